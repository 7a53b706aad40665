//! The URL of a STUN or TURN server, checked and taken apart: RFC 7064 and RFC 7065.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use thiserror::Error;
use url::Host;

/// The port of a URL that has none, and of one with TLS.
const DEFAULT_PORT: u16 = 3478;
const DEFAULT_TLS_PORT: u16 = 5349;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    Stun,
    Turn,
}

impl Scheme {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Stun => "stun",
            Self::Turn => "turn",
        }
    }
}

/// How a server is reached. The stack knows UDP alone; browsers know all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    Udp,
    Tcp,
    Tls,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IceUrl {
    pub(crate) scheme: Scheme,
    pub(crate) transport: Transport,
    /// A name in ASCII, or an address.
    pub(crate) host: Host,
    pub(crate) port: u16,
}

impl IceUrl {
    pub(crate) fn at(scheme: Scheme, address: SocketAddr) -> Self {
        let host = match address.ip() {
            IpAddr::V4(address) => Host::Ipv4(address),
            IpAddr::V6(address) => Host::Ipv6(address),
        };
        Self { scheme, transport: Transport::Udp, host, port: address.port() }
    }

    /// The same URL, if this stack can use it.
    pub(crate) fn over_udp(self) -> Result<Self, IceUrlError> {
        match self.transport {
            Transport::Udp => Ok(self),
            Transport::Tcp => Err(IceUrlError::Tcp),
            Transport::Tls => Err(IceUrlError::Tls),
        }
    }

    pub(crate) fn parse(text: &str) -> Result<Self, IceUrlError> {
        let (scheme, is_secure, rest) = split_scheme(text)?;
        if rest.starts_with("//") {
            return Err(IceUrlError::Slashes);
        }
        let (authority, query) = match rest.split_once('?') {
            Some((authority, query)) => (authority, Some(query)),
            None => (rest, None),
        };
        if authority.contains('@') {
            return Err(IceUrlError::User);
        }
        let (host, port) = split_port(authority)?;
        if host.is_empty() {
            return Err(IceUrlError::NoHost);
        }
        let host = Host::parse(host).map_err(|source| IceUrlError::Host { host: host.to_owned(), source })?;
        let transport = match (query.map(|query| named_transport(scheme, query)).transpose()?, is_secure) {
            (None | Some(Transport::Udp), false) => Transport::Udp,
            (Some(Transport::Udp), true) => return Err(IceUrlError::TlsOverUdp),
            (None, true) | (Some(Transport::Tcp | Transport::Tls), true) => Transport::Tls,
            (Some(Transport::Tcp | Transport::Tls), false) => Transport::Tcp,
        };
        let default_port = if is_secure { DEFAULT_TLS_PORT } else { DEFAULT_PORT };
        Ok(Self { scheme, transport, host, port: port.map_or(Ok(default_port), parse_port)? })
    }
}

impl fmt::Display for IceUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.scheme.as_str();
        let (secure, query) = match self.transport {
            Transport::Udp => ("", ""),
            Transport::Tcp => ("", "?transport=tcp"),
            Transport::Tls => ("s", ""),
        };
        write!(formatter, "{scheme}{secure}:{}:{}{query}", self.host, self.port)
    }
}

/// What is wrong with a URL, and what is right; to be read behind the URL, as [`shown`] returns it.
#[derive(Debug, PartialEq, Eq, Error)]
pub(crate) enum IceUrlError {
    #[error("must begin with stun: or turn:")]
    Scheme,
    #[error("needs TLS, which is not supported; use stun: or turn:, over UDP")]
    Tls,
    #[error("needs TCP, which is not supported; use ?transport=udp or none")]
    Tcp,
    #[error("has TLS over UDP; use ?transport=tcp or none")]
    TlsOverUdp,
    #[error("must not have // behind its scheme, as in stun:host")]
    Slashes,
    #[error("must not hold a user; set username and credential")]
    User,
    #[error("names no host, as in stun:host")]
    NoHost,
    #[error("has no valid host: {host:?}")]
    Host { host: String, source: url::ParseError },
    #[error("must have its IPv6 address in brackets, as in stun:[2001:db8::1]:3478")]
    Ipv6WithoutBrackets,
    #[error("does not close the bracket of its address, as in stun:[2001:db8::1]:3478")]
    OpenBracket,
    #[error("has something behind its address that is not a port")]
    AfterAddress,
    #[error("has a port that is not from 1 to 65535")]
    Port,
    #[error("has a query, which only turn: has; leave it out")]
    StunQuery,
    #[error("has an unknown query; use ?transport=udp or none")]
    Query,
    #[error("has an unknown transport; use ?transport=udp or none")]
    Transport,
}

/// The URL without what may be a password: the part before an `@`, or what stands in the place of
/// the port and is no number, as in `turn:USER:PASSWORD` without its host.
pub(crate) fn shown(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once(':') else { return text.to_owned() };
    if let Some((_, host)) = rest.rsplit_once('@') {
        return format!("{scheme}:\u{2026}@{host}");
    }
    let address_end = if rest.starts_with('[') { rest.find(']').unwrap_or(rest.len()) } else { 0 };
    let Some(colon) = rest[address_end..].find(':') else { return text.to_owned() };
    let (host, port) = rest.split_at(address_end + colon + 1);
    let number = port.split_once('?').map_or(port, |(number, _)| number);
    let is_number = number.len() <= 5 && number.bytes().all(|byte| byte.is_ascii_digit());
    if is_number || rest.parse::<Ipv6Addr>().is_ok() { text.to_owned() } else { format!("{scheme}:{host}\u{2026}") }
}

/// The scheme, whether it is the one with TLS, and what follows it.
fn split_scheme(text: &str) -> Result<(Scheme, bool, &str), IceUrlError> {
    let (scheme, rest) = text.split_once(':').unwrap_or_default();
    match scheme.to_ascii_lowercase().as_str() {
        "stun" => Ok((Scheme::Stun, false, rest)),
        "turn" => Ok((Scheme::Turn, false, rest)),
        "stuns" => Ok((Scheme::Stun, true, rest)),
        "turns" => Ok((Scheme::Turn, true, rest)),
        _ => Err(IceUrlError::Scheme),
    }
}

/// `host`, `host:port`, `[address]`, `[address]:port`.
fn split_port(authority: &str) -> Result<(&str, Option<&str>), IceUrlError> {
    if !authority.starts_with('[') {
        return match authority.split_once(':') {
            Some((_, port)) if port.contains(':') => Err(IceUrlError::Ipv6WithoutBrackets),
            Some((host, port)) => Ok((host, Some(port))),
            None => Ok((authority, None)),
        };
    }
    let end = authority.find(']').ok_or(IceUrlError::OpenBracket)?;
    let (host, rest) = authority.split_at(end + 1);
    match rest.strip_prefix(':') {
        Some(port) => Ok((host, Some(port))),
        None if rest.is_empty() => Ok((host, None)),
        None => Err(IceUrlError::AfterAddress),
    }
}

fn parse_port(text: &str) -> Result<u16, IceUrlError> {
    // `u16` also reads a sign.
    let port = if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().unwrap_or(0) } else { 0 };
    if port == 0 { Err(IceUrlError::Port) } else { Ok(port) }
}

fn named_transport(scheme: Scheme, query: &str) -> Result<Transport, IceUrlError> {
    if scheme == Scheme::Stun {
        return Err(IceUrlError::StunQuery);
    }
    let transport = match query.split_once('=') {
        Some((name, transport)) if name.eq_ignore_ascii_case("transport") => transport,
        _ => return Err(IceUrlError::Query),
    };
    match transport.to_ascii_lowercase().as_str() {
        "udp" => Ok(Transport::Udp),
        "tcp" => Ok(Transport::Tcp),
        _ => Err(IceUrlError::Transport),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_url_has_one_canonical_form() {
        for (text, canonical) in [
            ("stun:stun.example.org", "stun:stun.example.org:3478"),
            ("STUN:Example.org:19302", "stun:example.org:19302"),
            ("stun:under_score.local.", "stun:under_score.local.:3478"),
            ("stun:b\u{fc}cher.example", "stun:xn--bcher-kva.example:3478"),
            ("stun:192.0.2.1:65535", "stun:192.0.2.1:65535"),
            ("stun:[::1]:19302", "stun:[::1]:19302"),
            ("stun:[2001:DB8:0:0::1]", "stun:[2001:db8::1]:3478"),
            ("turn:h?transport=udp", "turn:h:3478"),
            ("Turn:h:1?Transport=UDP", "turn:h:1"),
            ("turn:h?transport=TCP", "turn:h:3478?transport=tcp"),
            ("turns:h?transport=tcp", "turns:h:5349"),
            ("TURNS:h:443", "turns:h:443"),
            ("stuns:h", "stuns:h:5349"),
        ] {
            let url = IceUrl::parse(text).unwrap_or_else(|problem| panic!("{text}: {problem}"));
            assert_eq!(url.to_string(), canonical);
            assert_eq!(IceUrl::parse(canonical).unwrap(), url);
        }
    }

    /// Each kind once more at the builder, with the whole message.
    #[test]
    fn what_is_not_one_is_refused() {
        for text in [
            "",
            "stun",
            "stun:",
            "turn:",
            "stun:?",
            "stun::3478",
            "turn::",
            "stun:h:",
            "stun:h:0",
            "stun:h:+1",
            "stun:h:99999",
            "stun:h:99999999999999999999",
            "stun:h:1x",
            "stun:h h",
            " stun:h",
            "stun: h",
            "stun:h\n",
            "stun:[::1",
            "stun:[::1]x",
            "stun:[::1]:",
            "stun:[]",
            "stun:[h]",
            "stun:[fe80::1%eth0]",
            "stun:::1",
            "stun:2001:db8::1",
            "stun:h/path",
            "stun:h#x",
            "stun:1.2.3.4.5",
            "stun:1.2.3.256",
            "stun://h",
            "turn:u@h",
            "turn:u:p@h",
            "stun:h?",
            "stun:h?transport=udp",
            "turn:h?",
            "turn:h?transport",
            "turn:h?transport=",
            "turn:h?transport=udp&x=y",
            "turn:h?x=y",
            "turns:h?transport=udp",
            "stuns:h?transport=tcp",
            "http:h",
            "stun:%",
            "stun:%20",
        ] {
            assert!(IceUrl::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_password_is_not_shown() {
        assert_eq!(shown("turn:user:p@ss@h:1"), "turn:\u{2026}@h:1");
        for text in [
            "turn:h:1",
            "turn:h:99999?transport=tcp",
            "turn:[::1]:1",
            "stun:[::1",
            "stun:2001:db8::1",
            "turn:h?x=y",
            "stun",
        ] {
            assert_eq!(shown(text), text);
        }
        for (text, expected) in [
            ("turn:user:secret", "turn:user:\u{2026}"),
            ("turn://user:secret", "turn://user:\u{2026}"),
            ("turn:user:1secret?secret", "turn:user:\u{2026}"),
            ("turn:[::1]:secret", "turn:[::1]:\u{2026}"),
            ("turn:user:secret@h", "turn:\u{2026}@h"),
        ] {
            assert_eq!(shown(text), expected);
            assert!(!IceUrl::parse(text).unwrap_err().to_string().contains("secret"), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "((stun|turn)s?:)?[\\PC]{0,40}") {
            if let Ok(url) = IceUrl::parse(&text) {
                prop_assert_eq!(IceUrl::parse(&url.to_string()), Ok(url));
            }
        }
    }
}
