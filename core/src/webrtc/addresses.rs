//! Which local addresses a peer binds.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The most sockets of one peer: a host may have dozens of bridges, and every one costs a descriptor and a candidate.
const MAX_SOCKETS: usize = 16;

/// One address for each usable interface address; loopback where it is needed.
///
/// The stack's own wildcard skips loopback, and binds 0.0.0.0 on a host that has nothing else.
pub(crate) fn to_bind(server_is_local: bool) -> Vec<SocketAddr> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    choose(interfaces.into_iter().map(|interface| interface.ip()), server_is_local)
}

fn choose(addresses: impl Iterator<Item = IpAddr>, server_is_local: bool) -> Vec<SocketAddr> {
    let mut chosen: Vec<IpAddr> = addresses.filter(|address| is_usable(*address)).collect();
    // Where the way to the server stays on this machine, so may the way to the consumer.
    if server_is_local || chosen.is_empty() {
        chosen.insert(0, IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    let mut sockets = Vec::new();
    for address in chosen {
        let socket = SocketAddr::new(address, 0);
        if sockets.len() < MAX_SOCKETS && !sockets.contains(&socket) {
            sockets.push(socket);
        }
    }
    sockets
}

fn is_usable(address: IpAddr) -> bool {
    let link_local = match address {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unicast_link_local(),
    };
    !address.is_loopback() && !address.is_unspecified() && !link_local
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(addresses: &[&str], server_is_local: bool) -> Vec<String> {
        let addresses = addresses.iter().map(|address| address.parse().unwrap());
        choose(addresses, server_is_local).iter().map(|socket| socket.ip().to_string()).collect()
    }

    #[test]
    fn loopback_is_there_where_it_is_needed() {
        let host = ["127.0.0.1", "::1", "192.0.2.2", "fe80::1", "fd00::2", "192.0.2.2"];
        assert_eq!(chosen(&host, false), ["192.0.2.2", "fd00::2"]);
        assert_eq!(chosen(&host, true), ["127.0.0.1", "192.0.2.2", "fd00::2"]);
        assert_eq!(chosen(&["127.0.0.1", "169.254.3.4"], false), ["127.0.0.1"]);
        assert_eq!(chosen(&[], false), ["127.0.0.1"]);
    }

    #[test]
    fn a_host_of_many_addresses_does_not_get_them_all() {
        let many: Vec<String> = (0..100).map(|number| format!("10.0.0.{number}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(chosen(&many, true).len(), MAX_SOCKETS);
    }
}
