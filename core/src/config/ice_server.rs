//! STUN and TURN servers, as programs and the signaling server name them.

use std::str::FromStr;

use percent_encoding::percent_decode_str;

use super::ice_url::{self, IceUrl, IceUrlError, Scheme};
use crate::error::{Error, Result};

/// A STUN or TURN server (RFC 7064, RFC 7065), reached over UDP.
///
/// It can be read from a text: `stun:host[:port]`, or `turn:USER:PASSWORD@host[:port]`, where the user and the password
/// are percent-encoded.
#[derive(Clone, PartialEq, Eq)]
pub struct IceServer {
    /// `stun:host[:port]` or `turn:host[:port][?transport=udp]`; an IPv6 address stands in brackets.
    pub url: String,
    /// The user of a TURN server; empty for STUN.
    pub username: String,
    /// The password of a TURN server; empty for STUN.
    pub credential: String,
}

impl IceServer {
    /// A STUN server, `stun:host[:port]`.
    pub fn stun(url: impl Into<String>) -> Self {
        Self { url: url.into(), username: String::new(), credential: String::new() }
    }

    /// A TURN server, `turn:host[:port]`, with its user and password.
    pub fn turn(url: impl Into<String>, username: impl Into<String>, credential: impl Into<String>) -> Self {
        Self { url: url.into(), username: username.into(), credential: credential.into() }
    }

    /// The server, if this stack can use it.
    pub(crate) fn checked(self) -> Result<CheckedIceServer> {
        let Self { url: text, username, credential } = self;
        let url = IceUrl::parse(&text).and_then(IceUrl::over_udp).map_err(|problem| wrong_url(&text, &problem))?;
        if url.scheme == Scheme::Turn && (username.is_empty() || credential.is_empty()) {
            return Err(invalid(&text, "needs a username and a credential"));
        }
        Ok(CheckedIceServer { url, username, credential })
    }
}

impl FromStr for IceServer {
    type Err = Error;

    /// Reads a server. One over TCP or TLS is accepted: a browser can use it.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument); the text never has the password.
    fn from_str(text: &str) -> Result<Self> {
        let wrong = |problem: &str| invalid(text, problem);
        let (user, url) = match (text.split_once(':'), text.rsplit_once('@')) {
            (Some((scheme, _)), Some((user, host))) if user.len() > scheme.len() => {
                (Some(&user[scheme.len() + 1..]), format!("{scheme}:{host}"))
            }
            _ => (None, text.to_owned()),
        };
        let scheme = IceUrl::parse(&url).map_err(|problem| wrong_url(text, &problem))?.scheme;
        match (scheme, user) {
            (Scheme::Stun, None) => Ok(Self::stun(url)),
            (Scheme::Stun, Some(_)) => Err(wrong("has a user, which only turn: has")),
            (Scheme::Turn, user) => {
                let decoded = |part: &str| percent_decode_str(part).decode_utf8().map(String::from).ok();
                let (username, credential) = user
                    .and_then(|user| user.split_once(':'))
                    .filter(|(username, credential)| !username.is_empty() && !credential.is_empty())
                    .ok_or_else(|| wrong("needs a user and a password, as in turn:USER:PASSWORD@host"))?;
                let (username, credential) = decoded(username)
                    .zip(decoded(credential))
                    .ok_or_else(|| wrong("has a user or a password that is not UTF-8"))?;
                Ok(Self::turn(url, username, credential))
            }
        }
    }
}

fn wrong_url(text: &str, problem: &IceUrlError) -> Error {
    let error = invalid(text, problem);
    match problem {
        IceUrlError::Host { source, .. } => error.caused_by(*source),
        _ => error,
    }
}

fn invalid(text: &str, problem: impl std::fmt::Display) -> Error {
    Error::invalid("ice_servers", format_args!("{:?} {problem}", ice_url::shown(text)))
}

impl std::fmt::Debug for IceServer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("IceServer").field("url", &ice_url::shown(&self.url)).finish_non_exhaustive()
    }
}

/// An [`IceServer`] that has been checked, and that this stack can use.
#[derive(Clone, PartialEq)]
pub(crate) struct CheckedIceServer {
    pub(crate) url: IceUrl,
    pub(crate) username: String,
    pub(crate) credential: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_read_from_a_text() {
        let read = |text: &str| text.parse::<IceServer>().unwrap();
        assert_eq!(read("stun:h:1"), IceServer::stun("stun:h:1"));
        assert_eq!(read("turn:u:p@h:1"), IceServer::turn("turn:h:1", "u", "p"));
        assert_eq!(read("turn:12%3Aa:p%40:%2F@[::1]"), IceServer::turn("turn:[::1]", "12:a", "p@:/"));
        assert_eq!(read("turns:u:p@h"), IceServer::turn("turns:h", "u", "p"));
    }

    #[test]
    fn what_is_not_one_is_named_without_its_password() {
        for (text, problem) in [
            ("turn:h", "\"turn:h\" needs a user and a password, as in turn:USER:PASSWORD@host"),
            ("turn:u@h", "\"turn:\u{2026}@h\" needs a user and a password, as in turn:USER:PASSWORD@host"),
            ("stun:u:secret@h", "\"stun:\u{2026}@h\" has a user, which only turn: has"),
            ("turn:u:secret@", "\"turn:\u{2026}@\" names no host, as in stun:host"),
            ("turn:u:%ff@h", "\"turn:\u{2026}@h\" has a user or a password that is not UTF-8"),
            ("http:h", "\"http:h\" must begin with stun: or turn:"),
        ] {
            assert_eq!(text.parse::<IceServer>().unwrap_err().problem(), problem);
        }
    }
}
