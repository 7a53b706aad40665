//! Reads the tokens, the certificate and the secret of TURN servers of `logrtc serve`.

use std::fmt::Display;
use std::io;
use std::path::{Path, PathBuf};

use super::ServeArgs;
use super::ice::IceArgs;
use crate::{IceServers, Role, Tls, Tokens};

/// A random token of so many characters cannot be guessed, in whatever alphabet it is written.
const STRONG_CHARS: usize = 32;

const BOTH: &[Role] = &[Role::Producer, Role::Reader];

/// Where they come from.
pub(super) struct Files {
    tokens: Vec<(PathBuf, &'static [Role])>,
    /// Of `LOGRTC_TOKEN`; the environment of a process does not change.
    token: Option<String>,
    /// The certificate and its key.
    tls: Option<(PathBuf, PathBuf)>,
    ice: IceArgs,
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
        let both = args.token_files.iter().map(|path| (path.clone(), BOTH));
        let producers = args.producer_token_files.iter().map(|path| (path.clone(), &BOTH[..1]));
        let readers = args.reader_token_files.iter().map(|path| (path.clone(), &BOTH[1..]));
        let token = if args.insecure_no_token { None } else { std::env::var("LOGRTC_TOKEN").ok() };
        Self {
            tokens: both.chain(producers).chain(readers).collect(),
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
            tokens.add(token, BOTH).map_err(|error| invalid(&"LOGRTC_TOKEN", &error))?;
        }
        for (path, roles) in &self.tokens {
            let text = String::from_utf8(read(path)?).map_err(|error| invalid(&path.display(), &error))?;
            // An empty file would let nobody in, and is more likely one that is being written.
            if text.trim().is_empty() {
                return Err(invalid(&path.display(), &"has no token"));
            }
            is_token_weak |= has_weak(&text);
            tokens.add(&text, roles).map_err(|error| invalid(&path.display(), &error))?;
        }
        let tls = self.tls.as_ref().map(|(certificate, key)| read_tls(certificate, key)).transpose()?;
        let turn_secret = self.ice.turn_secret_file.as_deref().map(read_secret).transpose()?;
        let ice_servers = self.ice.servers(turn_secret.as_deref());
        Ok(Secrets { tokens, is_token_weak, tls, ice_servers })
    }
}

fn has_weak(tokens: &str) -> bool {
    tokens.lines().map(str::trim).any(|token| !token.is_empty() && token.len() < STRONG_CHARS)
}

fn read_tls(certificate: &Path, key: &Path) -> io::Result<Tls> {
    Tls::from_pem(&read(certificate)?, &read(key)?)
        .map_err(|error| invalid(&format_args!("{}, {}", certificate.display(), key.display()), &error))
}

fn read_secret(path: &Path) -> io::Result<String> {
    let text = String::from_utf8(read(path)?).map_err(|error| invalid(&path.display(), &error))?;
    match text.trim() {
        "" => Err(invalid(&path.display(), &"has no secret")),
        secret => Ok(secret.to_owned()),
    }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}

fn invalid(what: &dyn Display, problem: &dyn Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{what}: {problem}"))
}
