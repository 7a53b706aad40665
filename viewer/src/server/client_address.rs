//! Where a request comes from, directly or through a reverse proxy. No I/O.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use axum::http::{HeaderMap, HeaderName};

/// The addresses that one subscriber has: one address of IPv4, or 64 bits of IPv6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Network(IpAddr);

impl Network {
    pub(crate) fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V6(address) if !address.is_loopback() => {
                Self(IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))))
            }
            canonical => Self(canonical),
        }
    }

    /// This machine, whose programs are not limited one by one.
    pub(crate) fn is_loopback(self) -> bool {
        self.0.is_loopback()
    }
}

/// Reverse proxies whose `X-Forwarded-For` and `X-Forwarded-Host` are believed: an address, as `10.0.0.1`, or a prefix, as
/// `10.0.0.0/8`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedProxy {
    address: IpAddr,
    prefix_bits: u32,
}

/// The text is no address and no prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidTrustedProxy(String);

impl fmt::Display for InvalidTrustedProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not an IP address or a prefix, as in 10.0.0.1 or 10.0.0.0/8", self.0)
    }
}

impl std::error::Error for InvalidTrustedProxy {}

impl FromStr for TrustedProxy {
    type Err = InvalidTrustedProxy;

    fn from_str(text: &str) -> Result<Self, InvalidTrustedProxy> {
        let invalid = || InvalidTrustedProxy(text.to_owned());
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| invalid())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let prefix_bits = match bits {
            Some(bits) => bits.parse().ok().filter(|bits| *bits <= most).ok_or_else(invalid)?,
            None => most,
        };
        Ok(Self { address, prefix_bits })
    }
}

impl TrustedProxy {
    fn includes(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let mask = u32::MAX.checked_shl(32 - self.prefix_bits).unwrap_or(0);
                own.to_bits() & mask == other.to_bits() & mask
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let mask = u128::MAX.checked_shl(128 - self.prefix_bits).unwrap_or(0);
                own.to_bits() & mask == other.to_bits() & mask
            }
            _ => false,
        }
    }
}

/// What a request says of its origin, after the proxies that are believed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Forwarding<'a> {
    pub(crate) proxies: &'a [TrustedProxy],
    /// The other end of the TCP connection.
    pub(crate) peer: IpAddr,
}

impl Forwarding<'_> {
    pub(crate) fn is_trusted(&self, address: IpAddr) -> bool {
        self.proxies.iter().any(|proxy| proxy.includes(address.to_canonical()))
    }

    /// The client's address. Each proxy appends the address of its own peer to `X-Forwarded-For`, so the last one that is not
    /// a trusted proxy is the client's; what stands before it is the client's own word.
    pub(crate) fn client(&self, headers: &HeaderMap) -> IpAddr {
        let mut client = self.peer.to_canonical();
        if !self.is_trusted(client) {
            return client;
        }
        // What the client wrote before may be no text at all.
        let values: Vec<&[u8]> = headers
            .get_all(HeaderName::from_static("x-forwarded-for"))
            .iter()
            .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
            .collect();
        for value in values.into_iter().rev() {
            let Some(address) = std::str::from_utf8(value).ok().and_then(|value| address_of(value.trim())) else {
                break;
            };
            client = address;
            if !self.is_trusted(client) {
                break;
            }
        }
        client
    }

    /// The name by which the browser reached the first proxy, if a trusted one says so.
    pub(crate) fn host<'h>(&self, headers: &'h HeaderMap) -> Option<&'h str> {
        if !self.is_trusted(self.peer) {
            return None;
        }
        let mut values = headers.get_all(HeaderName::from_static("x-forwarded-host")).iter();
        match (values.next(), values.next()) {
            (Some(value), None) => value.to_str().ok(),
            _ => None,
        }
    }
}

/// Some proxies add the port.
fn address_of(text: &str) -> Option<IpAddr> {
    let address = text.parse::<IpAddr>().ok();
    let with_port = || text.parse::<std::net::SocketAddr>().ok().map(|address| address.ip());
    address.or_else(with_port).map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(texts: &[&str]) -> Vec<TrustedProxy> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn the_client_is_the_last_address_that_is_no_trusted_proxy() {
        let trusted = proxies(&["10.0.0.0/8", "::1"]);
        for (peer, forwarded, client) in [
            ("192.0.2.1", vec!["203.0.113.1"], "192.0.2.1"),
            ("10.0.0.1", vec![], "10.0.0.1"),
            ("10.0.0.1", vec!["203.0.113.1"], "203.0.113.1"),
            ("::ffff:10.0.0.1", vec!["203.0.113.1"], "203.0.113.1"),
            ("::1", vec!["6.6.6.6, 203.0.113.1, 10.1.1.1"], "203.0.113.1"),
            ("::1", vec!["6.6.6.6", "203.0.113.1:4711"], "203.0.113.1"),
            ("::1", vec!["203.0.113.1, unknown"], "::1"),
            ("::1", vec!["[2001:db8::1]:443"], "2001:db8::1"),
            ("::1", vec!["\u{ff}, 203.0.113.1"], "203.0.113.1"),
        ] {
            let mut headers = HeaderMap::new();
            for value in &forwarded {
                let value = axum::http::HeaderValue::from_bytes(value.as_bytes()).unwrap();
                headers.append("x-forwarded-for", value);
            }
            let forwarding = Forwarding { proxies: &trusted, peer: peer.parse().unwrap() };
            assert_eq!(forwarding.client(&headers).to_string(), client, "{peer} {forwarded:?}");
        }
    }

    #[test]
    fn a_forwarded_host_counts_from_a_trusted_proxy_alone() {
        let trusted = proxies(&["10.0.0.1"]);
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-host", "logs.example".parse().unwrap());
        let from = |peer: &str| Forwarding { proxies: &trusted, peer: peer.parse().unwrap() };
        assert_eq!(from("10.0.0.1").host(&headers), Some("logs.example"));
        assert_eq!(from("10.0.0.2").host(&headers), None);
        headers.append("x-forwarded-host", "other.example".parse().unwrap());
        assert_eq!(from("10.0.0.1").host(&headers), None);
    }

    #[test]
    fn a_prefix_is_an_address_and_bits() {
        for (text, inside, outside) in [
            ("10.1.2.3", "10.1.2.3", "10.1.2.4"),
            ("10.0.0.0/9", "10.127.0.1", "10.128.0.1"),
            ("2001:db8::/32", "2001:db8:1::1", "2001:db9::1"),
        ] {
            let proxy: TrustedProxy = text.parse().unwrap();
            assert!(proxy.includes(inside.parse().unwrap()) && !proxy.includes(outside.parse().unwrap()), "{text}");
        }
        assert!("0.0.0.0/0".parse::<TrustedProxy>().unwrap().includes("1.2.3.4".parse().unwrap()));
        for text in ["", "localhost", "10.0.0.0/33", "::/129", "10.0.0.1/", "10.0.0.1/-1"] {
            assert!(text.parse::<TrustedProxy>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_subscriber_is_an_address_of_ipv4_or_64_bits_of_ipv6() {
        let network = |text: &str| Network::of(text.parse().unwrap());
        assert_eq!(network("2001:db8::1"), network("2001:db8::ffff:1"));
        assert_ne!(network("2001:db8::1"), network("2001:db8:0:1::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
        assert!(network("::1").is_loopback() && network("127.0.0.1").is_loopback());
    }
}
