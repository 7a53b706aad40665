//! Which pages may talk to the server. No I/O.
//!
//! A browser lets any page open a WebSocket to `localhost`; only the `Origin` header tells a foreign page from ours.
//! A page whose name was rebound to our address by its DNS server passes that check, since its `Origin` and `Host`
//! agree; its `Host` gives it away.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// A web origin, as `https://logs.example.com` or `http://127.0.0.1:5173`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    scheme: Scheme,
    host: String,
    port: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Http,
    Https,
}

impl Scheme {
    fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// The text is not a web origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidOrigin(String);

impl fmt::Display for InvalidOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "origin: must be http:// or https:// with a host and at most a port, not {:?}", self.0)
    }
}

impl std::error::Error for InvalidOrigin {}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.scheme == Scheme::Http { "http" } else { "https" };
        write!(f, "{scheme}://{}", self.host)?;
        if self.port == self.scheme.default_port() { Ok(()) } else { write!(f, ":{}", self.port) }
    }
}

impl FromStr for Origin {
    type Err = InvalidOrigin;

    /// Reads an origin; one `/` at the end is allowed, a path is not.
    fn from_str(text: &str) -> Result<Self, InvalidOrigin> {
        let invalid = || InvalidOrigin(text.to_owned());
        let (scheme, rest) = text.split_once("://").ok_or_else(invalid)?;
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            _ => return Err(invalid()),
        };
        let (host, port) = split_host(rest.strip_suffix('/').unwrap_or(rest)).ok_or_else(invalid)?;
        Ok(Self { scheme, host, port: port.unwrap_or(scheme.default_port()) })
    }
}

/// Decides over requests by their `Host` and `Origin` headers.
#[derive(Debug, Clone)]
pub(crate) struct OriginPolicy {
    allowed: Vec<Origin>,
}

impl OriginPolicy {
    pub(crate) fn new(allowed: Vec<Origin>) -> Self {
        Self { allowed }
    }

    /// Whether the page may be served under the name `host`.
    pub(crate) fn permits_host(&self, host: &str) -> bool {
        split_host(host).is_some_and(|(host, _)| self.knows(&host))
    }

    /// Whether a WebSocket may be opened; a request without `Origin` does not come from a browser.
    pub(crate) fn permits_socket(&self, host: Option<&str>, origin: Option<&str>) -> bool {
        let Some(origin) = origin else { return true };
        let Ok(origin) = origin.parse::<Origin>() else { return false };
        self.allowed.contains(&origin) || host.is_some_and(|host| self.is_own(host, &origin))
    }

    fn is_own(&self, host: &str, origin: &Origin) -> bool {
        split_host(host).is_some_and(|(host, port)| {
            let port = port.unwrap_or(origin.scheme.default_port());
            host == origin.host && port == origin.port && self.knows(&host)
        })
    }

    fn knows(&self, host: &str) -> bool {
        host == "localhost"
            || host.ends_with(".localhost")
            || host.parse::<Ipv4Addr>().is_ok()
            || host.starts_with('[')
            || self.allowed.iter().any(|origin| origin.host == host)
    }
}

/// Splits `host[:port]` into the lower-case host (IPv6 in brackets, checked) and the port.
fn split_host(text: &str) -> Option<(String, Option<u16>)> {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (text, None),
    };
    let port = match port {
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => Some(digits.parse().ok()?),
        Some(_) => return None,
        None => None,
    };
    let is_valid = match host.strip_prefix('[') {
        Some(rest) => rest.strip_suffix(']').is_some_and(|address| address.parse::<Ipv6Addr>().is_ok()),
        None => {
            !host.is_empty()
                && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
        }
    };
    is_valid.then(|| (host.to_ascii_lowercase(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(allowed: &[&str]) -> OriginPolicy {
        OriginPolicy::new(allowed.iter().map(|origin| origin.parse().unwrap()).collect())
    }

    #[test]
    fn a_socket_is_opened_for_our_own_pages_only() {
        let table = [
            // host, origin, permitted
            (Some("localhost:8080"), None, true),
            (None, None, true),
            (Some("evil.example"), None, true),
            (Some("localhost:8080"), Some("http://localhost:8080"), true),
            (Some("LOCALHOST:8080"), Some("http://localhost:8080"), true),
            (Some("app.localhost:8080"), Some("http://app.localhost:8080"), true),
            (Some("127.0.0.1:8080"), Some("http://127.0.0.1:8080"), true),
            (Some("192.168.1.7"), Some("http://192.168.1.7"), true),
            (Some("192.168.1.7"), Some("https://192.168.1.7"), true),
            (Some("192.168.1.7:80"), Some("http://192.168.1.7"), true),
            (Some("[::1]:8080"), Some("http://[::1]:8080"), true),
            (Some("[::1]"), Some("http://[::1]"), true),
            (Some("localhost:8080"), Some("http://localhost:9090"), false),
            (Some("localhost:8080"), Some("http://localhost"), false),
            (Some("localhost:8080"), Some("http://127.0.0.1:8080"), false),
            (Some("localhost:8080"), Some("http://evil.example"), false),
            (Some("evil.example:8080"), Some("http://evil.example:8080"), false),
            (Some("localhost.evil.example"), Some("http://localhost.evil.example"), false),
            (Some("127.0.0.1.evil.example"), Some("http://127.0.0.1.evil.example"), false),
            (Some("localhost:8080"), Some("null"), false),
            (Some("localhost:8080"), Some(""), false),
            (Some("localhost:8080"), Some("file://localhost:8080"), false),
            (Some("localhost:8080"), Some("http://user@localhost:8080"), false),
            (Some("localhost:8080"), Some("http://localhost:8080/path"), false),
            (Some("localhost:99999"), Some("http://localhost:99999"), false),
            (None, Some("http://localhost:8080"), false),
            (Some("logs.example.com"), Some("https://logs.example.com"), false),
        ];
        for (host, origin, permitted) in table {
            assert_eq!(policy(&[]).permits_socket(host, origin), permitted, "Host {host:?}, Origin {origin:?}");
        }
    }

    #[test]
    fn an_allowed_origin_is_let_in_and_its_host_is_a_name_of_ours() {
        let policy = policy(&["https://logs.example.com", "http://localhost:5173/"]);
        let table = [
            (Some("logs.example.com"), Some("https://logs.example.com"), true),
            (Some("logs.example.com:443"), Some("https://logs.example.com"), true),
            (Some("logs.example.com:8443"), Some("https://logs.example.com:8443"), true),
            (Some("10.0.0.1:8080"), Some("https://logs.example.com"), true),
            (Some("127.0.0.1:8080"), Some("http://localhost:5173"), true),
            (Some("127.0.0.1:8080"), Some("https://localhost:5173"), false),
            (Some("127.0.0.1:8080"), Some("http://localhost:5174"), false),
            (Some("other.example.com"), Some("https://other.example.com"), false),
        ];
        for (host, origin, permitted) in table {
            assert_eq!(policy.permits_socket(host, origin), permitted, "Host {host:?}, Origin {origin:?}");
        }
    }

    #[test]
    fn the_page_is_served_under_names_of_ours_only() {
        let policy = policy(&["https://logs.example.com"]);
        let table = [
            ("localhost", true),
            ("localhost:8080", true),
            ("logs.localhost:8080", true),
            ("10.1.2.3:8080", true),
            ("[fe80::1]:8080", true),
            ("logs.example.com", true),
            ("logs.example.com:8080", true),
            ("example.com", false),
            ("localhost.", false),
            ("[not-an-address]", false),
            ("[::1", false),
            ("::1", false),
            ("", false),
            (":8080", false),
            ("a b", false),
        ];
        for (host, permitted) in table {
            assert_eq!(policy.permits_host(host), permitted, "Host {host:?}");
        }
    }

    #[test]
    fn what_is_not_an_origin_is_named() {
        for text in ["", "localhost", "ws://localhost", "http://", "http://a/b", "http://a:port", "http://:80"] {
            let error = text.parse::<Origin>().unwrap_err().to_string();
            assert!(error.starts_with("origin: must be") && error.ends_with(&format!("{text:?}")), "{error}");
        }
    }
}
