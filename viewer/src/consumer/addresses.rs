//! Which local addresses a connection binds.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The most sockets of one connection: a host may have dozens of bridges, and each costs a descriptor and a candidate.
const MAX_SOCKETS: usize = 16;

/// One address for each usable address of an interface, and loopback if the server or nothing else is on this machine.
///
/// The stack's own wildcard skips loopback, and binds 0.0.0.0 on a host that has nothing else.
pub(crate) fn to_bind(server_is_local: bool) -> Vec<SocketAddr> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    choose(interfaces.into_iter().map(|interface| interface.ip()), server_is_local)
}

/// Whether the host of a URL is this machine, as far as its name tells.
pub(crate) fn is_local(url: &url::Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn choose(addresses: impl Iterator<Item = IpAddr>, server_is_local: bool) -> Vec<SocketAddr> {
    let mut chosen: Vec<IpAddr> = addresses.filter(|address| is_usable(*address)).collect();
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
    let is_link_local = match address {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unicast_link_local(),
    };
    !address.is_loopback() && !address.is_unspecified() && !is_link_local
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_bound_if_it_is_needed() {
        let chosen = |addresses: &[&str], server_is_local| -> Vec<String> {
            let addresses = addresses.iter().map(|address| address.parse().unwrap());
            choose(addresses, server_is_local).iter().map(|socket| socket.ip().to_string()).collect()
        };
        let host = ["127.0.0.1", "::1", "192.0.2.2", "fe80::1", "fd00::2", "192.0.2.2"];
        assert_eq!(chosen(&host, false), ["192.0.2.2", "fd00::2"]);
        assert_eq!(chosen(&host, true), ["127.0.0.1", "192.0.2.2", "fd00::2"]);
        assert_eq!(chosen(&["127.0.0.1"], false), ["127.0.0.1"]);
    }

    #[test]
    fn a_name_or_an_address_of_this_machine_is_local() {
        for (url, expected) in [
            ("ws://localhost:8080/", true),
            ("ws://app.localhost/", true),
            ("ws://127.1.2.3/", true),
            ("ws://[::1]:1/", true),
            ("ws://192.0.2.1/", false),
            ("wss://logs.example/", false),
        ] {
            assert_eq!(is_local(&url.parse().unwrap()), expected, "{url}");
        }
    }
}
