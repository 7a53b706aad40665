//! Reads the tokens, the certificate and the secret of TURN servers of `logrtc serve`.

use std::fmt::Display;
use std::io;
use std::path::{Path, PathBuf};

use super::ServeArgs;
use super::ice::IceArgs;
use crate::cli::token_file::token_file;
use crate::setting_file::SettingFile;
use crate::{IceServers, Role, Tls, Tokens};

/// A random token of so many characters cannot be guessed, in whatever alphabet it is written.
const STRONG_CHARS: usize = 32;

const BOTH: &[Role] = &[Role::Producer, Role::Reader];

/// Where they come from.
pub(super) struct Files {
    tokens: Vec<TokenFile>,
    /// Of `LOGRTC_TOKEN`; the environment of a process does not change.
    token: Option<String>,
    /// The certificate and its key.
    tls: Option<(PathBuf, PathBuf)>,
    ice: IceArgs,
}

struct TokenFile {
    option: &'static str,
    path: PathBuf,
    roles: &'static [Role],
}

/// What they hold.
pub(super) struct Secrets {
    pub(super) tokens: Tokens,
    /// Whether a token has fewer than [`STRONG_CHARS`] characters.
    pub(super) is_token_weak: bool,
    pub(super) tls: Option<Tls>,
    pub(super) ice_servers: Option<IceServers>,
}

impl Files {
    pub(super) fn of(args: &ServeArgs) -> Self {
        let tokens = [
            ("--token-file", &args.token_files, BOTH),
            ("--producer-token-file", &args.producer_token_files, &BOTH[..1]),
            ("--reader-token-file", &args.reader_token_files, &BOTH[1..]),
        ];
        let tokens = tokens.into_iter().flat_map(|(option, paths, roles)| {
            paths.iter().map(move |path| TokenFile { option, path: path.clone(), roles })
        });
        let token = if args.insecure_no_token { None } else { std::env::var("LOGRTC_TOKEN").ok() };
        Self {
            tokens: tokens.collect(),
            token: token.filter(|token| !token.is_empty()),
            tls: args.tls_cert.clone().zip(args.tls_key.clone()),
            ice: args.ice.clone(),
        }
    }

    /// What the files contain, as in `the tokens and the certificate`; None if there are no files.
    pub(super) fn contents(&self) -> Option<String> {
        let contents = [
            (!self.tokens.is_empty(), "the tokens"),
            (self.tls.is_some(), "the certificate"),
            (self.ice.turn_secret_file.is_some(), "the secret of TURN servers"),
        ];
        let names: Vec<&str> = contents.into_iter().filter_map(|(is_read, name)| is_read.then_some(name)).collect();
        (!names.is_empty()).then(|| names.join(" and "))
    }

    /// Reads them.
    ///
    /// # Errors
    /// The file that cannot be read, or what is wrong in it.
    pub(super) fn read(&self) -> io::Result<Secrets> {
        let mut tokens = Tokens::new();
        let mut is_token_weak = false;
        if let Some(token) = &self.token {
            is_token_weak |= has_weak(token);
            tokens.add(token, BOTH).map_err(|error| invalid(format_args!("LOGRTC_TOKEN: {error}")))?;
        }
        for TokenFile { option, path, roles } in &self.tokens {
            let file = token_file(option, path);
            let text = file.read_text()?;
            // An empty file would let nobody in, and is more likely one that is being written.
            if text.trim().is_empty() {
                return Err(file.invalid(&"has no token"));
            }
            is_token_weak |= has_weak(&text);
            tokens.add(&text, roles).map_err(|error| file.invalid(&error))?;
        }
        let tls = self.tls.as_ref().map(|(certificate, key)| read_tls(certificate, key)).transpose()?;
        let turn_secret = self.ice.turn_secret_file.as_deref().map(read_turn_secret).transpose()?;
        let ice_servers = self.ice.servers(turn_secret.as_deref());
        Ok(Secrets { tokens, is_token_weak, tls, ice_servers })
    }
}

fn has_weak(tokens: &str) -> bool {
    tokens.lines().map(str::trim).any(|token| !token.is_empty() && token.len() < STRONG_CHARS)
}

fn read_tls(certificate: &Path, key: &Path) -> io::Result<Tls> {
    let right = "a certificate in PEM, with those of its authorities";
    let (certificate, key) = (
        SettingFile { option: "--tls-cert", path: certificate, right },
        SettingFile { option: "--tls-key", path: key, right: "the key of the certificate, in PEM" },
    );
    Tls::from_pem(&certificate.read()?, &key.read()?).map_err(|error| {
        let (certificate, key) = (certificate.path.display(), key.path.display());
        invalid(format_args!("--tls-cert {certificate}, --tls-key {key}: {error}"))
    })
}

fn read_turn_secret(path: &Path) -> io::Result<String> {
    let right = "a file of the secret that the TURN server has, as coturn's static-auth-secret";
    let file = SettingFile { option: "--turn-secret-file", path, right };
    match file.read_text()?.trim() {
        "" => Err(file.invalid(&"has no secret")),
        secret => Ok(secret.to_owned()),
    }
}

fn invalid(problem: impl Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, problem.to_string())
}
