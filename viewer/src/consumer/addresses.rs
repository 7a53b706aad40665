//! Which local addresses a connection binds.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The most sockets of one connection: a host may have dozens of bridges, and each costs a descriptor and a candidate.
const MAX_SOCKETS: usize = 16;

/// Of these, the most of interfaces that seldom lead to a producer. Every address of one side is checked with every one of the
/// other, and two hosts with 16 each never come to an end of that.
const MAX_UNLIKELY: usize = 4;

/// How the interfaces begin that lead to containers and virtual machines of this host, and seldom to a producer.
const VIRTUAL: [&str; 12] =
    ["br-", "cali", "cni", "docker", "flannel", "lxc", "lxdbr", "podman", "vboxnet", "veth", "virbr", "vmnet"];

/// One address of an interface.
struct Local {
    name: String,
    ip: IpAddr,
    is_up: bool,
}

impl Local {
    /// Whether it seldom leads to a producer: it is of a container's network, or it is down.
    fn is_unlikely(&self) -> bool {
        !self.is_up || VIRTUAL.iter().any(|prefix| self.name.starts_with(prefix))
    }
}

/// One address for each usable address of an interface, and loopback if the server or nothing else is on this machine.
///
/// The stack's own wildcard skips loopback, and binds 0.0.0.0 on a host that has nothing else.
pub(crate) fn to_bind(server_is_local: bool) -> Vec<SocketAddr> {
    let local = |interface: if_addrs::Interface| Local {
        ip: interface.ip(),
        is_up: interface.is_oper_up(),
        name: interface.name,
    };
    choose(if_addrs::get_if_addrs().unwrap_or_default().into_iter().map(local), server_is_local)
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

fn choose(locals: impl Iterator<Item = Local>, server_is_local: bool) -> Vec<SocketAddr> {
    let mut usable: Vec<Local> = locals.filter(|local| is_usable(local.ip)).collect();
    usable.sort_by_key(Local::is_unlikely);
    let mut unlikely = 0;
    usable.retain(|local| {
        unlikely += usize::from(local.is_unlikely());
        !local.is_unlikely() || unlikely <= MAX_UNLIKELY
    });
    let mut chosen: Vec<IpAddr> = usable.into_iter().map(|local| local.ip).collect();
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
            let local = |address: &&str| Local { name: "eth0".into(), ip: address.parse().unwrap(), is_up: true };
            choose(addresses.iter().map(local), server_is_local).iter().map(|socket| socket.ip().to_string()).collect()
        };
        let host = ["127.0.0.1", "::1", "192.0.2.2", "fe80::1", "fd00::2", "192.0.2.2"];
        assert_eq!(chosen(&host, false), ["192.0.2.2", "fd00::2"]);
        assert_eq!(chosen(&host, true), ["127.0.0.1", "192.0.2.2", "fd00::2"]);
        assert_eq!(chosen(&["127.0.0.1"], false), ["127.0.0.1"]);
    }

    #[test]
    fn many_bridges_do_not_keep_out_the_address_that_leads_elsewhere() {
        let bridge =
            |number| Local { name: format!("br-{number}"), ip: IpAddr::from([172, 20, number, 1]), is_up: true };
        let other = |name: &str, last, is_up| Local { name: name.into(), ip: IpAddr::from([192, 0, 2, last]), is_up };
        let host = (0..20).map(bridge).chain([other("eth0", 1, false), other("wlan0", 2, true)]);
        let chosen = choose(host, false);
        assert_eq!((chosen.len(), chosen[0].ip()), (1 + MAX_UNLIKELY, IpAddr::from([192, 0, 2, 2])));
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
