//! Where the backplane is.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::str::FromStr;

use async_nats::{ConnectOptions, ServerAddr};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::setting_file::SettingFile;

const CREDENTIALS_FILE: &str = "--backplane-credentials-file";

/// The NATS servers by which any number of signaling servers work as one. A producer and a reader meet,
/// whichever server each of them has reached.
///
/// It is parsed from the URLs of one NATS cluster, separated by commas, as
/// `nats://10.0.0.1:4222,nats://10.0.0.2:4222`. A URL may contain a user and a password, or a token. The
/// scheme `tls` requires TLS. NATS must have JetStream.
#[derive(Clone)]
pub struct Backplane {
    pub(super) addresses: Vec<ServerAddr>,
    pub(super) bucket: String,
    credentials_file: Option<PathBuf>,
    ca_file: Option<PathBuf>,
}

impl Backplane {
    /// The default name of the bucket.
    pub const DEFAULT_BUCKET: &str = "logrtc";

    /// Keeps the presence of clients in the key-value bucket `name`. Servers with the same bucket work as
    /// one. A missing bucket is created in memory, with one replica.
    ///
    /// # Errors
    /// A name with other characters than letters, digits, `-` and `_`.
    pub fn bucket(mut self, name: &str) -> Result<Self, InvalidBackplane> {
        let is_right = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if name.is_empty() || !name.chars().all(is_right) {
            let right = "must have letters, digits, - and _ only";
            return Err(InvalidBackplane(format!("bucket: {right}, not {name:?}")));
        }
        name.clone_into(&mut self.bucket);
        Ok(self)
    }

    /// Authenticates with a `.creds` file of NATS. The file is read for every connection.
    #[must_use]
    pub fn credentials_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.credentials_file = Some(path.into());
        self
    }

    /// Trusts the certificate authorities in this PEM file instead of those of the system.
    #[must_use]
    pub fn ca_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.ca_file = Some(path.into());
        self
    }

    /// What a server that refuses this one wants.
    pub(super) fn advice(&self) -> String {
        match &self.credentials_file {
            Some(path) => format!("check {CREDENTIALS_FILE} {}", path.display()),
            None if self.addresses.iter().any(ServerAddr::has_user_pass) => {
                "check the user and the password, or the token, of --backplane".to_owned()
            }
            None => format!("set {CREDENTIALS_FILE}, or a user and a password in --backplane"),
        }
    }

    /// What a connection is made with.
    ///
    /// # Errors
    /// A file that cannot be used, with its option.
    pub(super) fn connect_options(&self) -> io::Result<ConnectOptions> {
        let mut options = ConnectOptions::new();
        // All of them are of one account.
        if let Some(address) = self.addresses.iter().find(|address| address.has_user_pass()) {
            let user = decoded(address.username().unwrap_or_default());
            options = match address.password() {
                Some(password) => options.user_and_password(user, decoded(password)),
                None => options.token(user),
            };
        }
        if let Some(path) = &self.credentials_file {
            let right = "a .creds file, as nsc writes it";
            let file = SettingFile { option: CREDENTIALS_FILE, path, right };
            options = options.credentials(&file.read_text()?).map_err(|error| file.invalid(&error))?;
        }
        if let Some(path) = &self.ca_file {
            let file = SettingFile { option: "--backplane-ca-file", path, right: "a file of certificates in PEM" };
            let has_certificate =
                CertificateDer::pem_slice_iter(&file.read()?).next().is_some_and(|first| first.is_ok());
            if !has_certificate {
                return Err(file.invalid(&"has no certificate"));
            }
            options = options.add_root_certificates(path.clone());
        }
        Ok(options)
    }
}

fn decoded(part: &str) -> String {
    percent_encoding::percent_decode_str(part).decode_utf8_lossy().into_owned()
}

impl FromStr for Backplane {
    type Err = InvalidBackplane;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let right = "must be the URL of a NATS server, as nats://10.0.0.1:4222, or several, separated by commas";
        let address = |url: &str| {
            let address = url.trim().parse::<ServerAddr>().ok();
            address
                .filter(|address| matches!(address.scheme(), "nats" | "tls") && !address.host().is_empty())
                .ok_or_else(|| InvalidBackplane(format!("backplane: {right}")))
        };
        let addresses = text.split(',').map(address).collect::<Result<_, _>>()?;
        Ok(Self { addresses, bucket: Self::DEFAULT_BUCKET.to_owned(), credentials_file: None, ca_file: None })
    }
}

/// Without the secrets of a URL.
impl fmt::Display for Backplane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, address) in self.addresses.iter().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            write!(f, "{comma}{}://{}:{}", address.scheme(), address.host(), address.port())?;
        }
        Ok(())
    }
}

impl fmt::Debug for Backplane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Backplane({self})")
    }
}

/// Why a backplane cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidBackplane(String);

impl fmt::Display for InvalidBackplane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for InvalidBackplane {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_read_and_shown_without_their_secrets() {
        for (text, shown) in [
            ("nats://localhost", "nats://localhost:4222"),
            ("localhost:4333", "nats://localhost:4333"),
            ("tls://user:secret@nats.example:4222, nats://token@b", "tls://nats.example:4222,nats://b:4222"),
        ] {
            let backplane: Backplane = text.parse().unwrap();
            assert_eq!(backplane.to_string(), shown);
            assert!(!format!("{backplane:?}").contains("secret"));
        }
        for wrong in ["", "nats://", "http://localhost", "ws://localhost", "nats://a,,nats://b"] {
            assert!(wrong.parse::<Backplane>().unwrap_err().to_string().contains("nats://10.0.0.1:4222"), "{wrong}");
        }
    }

    #[test]
    fn a_bucket_has_a_name_that_nats_takes() {
        let backplane = || "nats://localhost".parse::<Backplane>().unwrap();
        assert_eq!(backplane().bucket("team-1_logs").unwrap().bucket, "team-1_logs");
        for wrong in ["", "a.b", "a b", "ä", "*"] {
            assert!(backplane().bucket(wrong).is_err(), "{wrong}");
        }
    }
}
