//! The addresses by which other machines reach a server that listens on every interface.

use std::net::{IpAddr, SocketAddr};

/// Those of this machine's interfaces that `bound` includes; none if it is an address of its own.
pub(super) fn addresses(bound: SocketAddr) -> Vec<SocketAddr> {
    if !bound.ip().is_unspecified() {
        return Vec::new();
    }
    // Without a list of interfaces there is nothing to say.
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    choose(bound, interfaces.into_iter().map(|interface| interface.ip()))
}

/// IPv4 first. A link-local address of IPv6 is of no use without a zone, which no browser takes.
fn choose(bound: SocketAddr, interfaces: impl Iterator<Item = IpAddr>) -> Vec<SocketAddr> {
    let is_usable = |address: &IpAddr| match address {
        IpAddr::V4(address) => !address.is_loopback() && !address.is_link_local(),
        IpAddr::V6(address) => bound.is_ipv6() && !address.is_loopback() && !address.is_unicast_link_local(),
    };
    let mut addresses: Vec<_> = interfaces.filter(is_usable).map(|ip| SocketAddr::new(ip, bound.port())).collect();
    addresses.sort();
    addresses.dedup();
    addresses
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_can_use_is_told() {
        let interfaces = ["::1", "fe80::1", "2001:db8::1", "192.0.2.2", "127.0.0.1", "192.0.2.1", "169.254.0.1"];
        let chosen = |bound: &str| {
            let addresses = choose(bound.parse().unwrap(), interfaces.iter().map(|text| text.parse().unwrap()));
            addresses.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(chosen("0.0.0.0:80"), ["192.0.2.1:80", "192.0.2.2:80"]);
        assert_eq!(chosen("[::]:80"), ["192.0.2.1:80", "192.0.2.2:80", "[2001:db8::1]:80"]);
    }

    #[test]
    fn an_address_of_its_own_is_told_already() {
        assert!(addresses("127.0.0.1:80".parse().unwrap()).is_empty());
    }
}
