//! Which local addresses a peer binds.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use crate::config::Config;

/// The most sockets of one peer: a host may have dozens of bridges, and every one costs a descriptor and a candidate.
const MAX_SOCKETS: usize = 16;

/// Of these, the most of interfaces that seldom lead to the other side. Every address of one side is checked with every one of the
/// other, and two hosts with 16 each never come to an end of that.
const MAX_UNLIKELY: usize = 4;

/// How the interfaces begin that lead to containers and virtual machines of this host, and seldom to the other side.
const VIRTUAL: [&str; 12] =
    ["br-", "cali", "cni", "docker", "flannel", "lxc", "lxdbr", "podman", "vboxnet", "veth", "virbr", "vmnet"];

/// One address of an interface.
#[derive(Clone, Debug)]
struct Local {
    name: String,
    ip: IpAddr,
    is_up: bool,
}

impl Local {
    /// A candidate cannot say of which link an IPv6 link-local address is.
    fn is_usable(&self) -> bool {
        let is_without_scope = matches!(self.ip, IpAddr::V6(address) if address.is_unicast_link_local());
        !self.ip.is_unspecified() && !is_without_scope
    }

    fn is_link_local(&self) -> bool {
        matches!(self.ip, IpAddr::V4(address) if address.is_link_local())
    }

    fn is_virtual(&self) -> bool {
        VIRTUAL.iter().any(|prefix| self.name.starts_with(prefix))
    }

    /// Whether it seldom leads to the other side: it is of a container's network, or it is down.
    fn is_unlikely(&self) -> bool {
        !self.is_up || self.is_virtual()
    }

    fn is_named_by(&self, wanted: &str) -> bool {
        self.name == wanted || wanted.parse() == Ok(self.ip)
    }
}

/// One address for each usable interface address; loopback if nothing else reaches the consumer.
///
/// The stack's own wildcard skips loopback, and binds 0.0.0.0 on a host that has nothing else.
pub(crate) fn to_bind(config: &Config) -> Vec<SocketAddr> {
    choose(all(), &config.paths.interfaces, config.server_is_local())
}

/// The same without a wish of the configuration: what a consumer binds.
///
/// Reads the addresses of the host.
pub fn addresses_to_bind(server_is_local: bool) -> Vec<SocketAddr> {
    choose(all(), &[], server_is_local)
}

/// Which of the interfaces and addresses that the configuration names are of no use now.
pub(crate) fn missing(config: &Config) -> Vec<String> {
    let all = if config.paths.interfaces.is_empty() { Vec::new() } else { all() };
    let is_missing = |wanted: &&String| !all.iter().any(|local| local.is_usable() && local.is_named_by(wanted));
    config.paths.interfaces.iter().filter(is_missing).cloned().collect()
}

fn all() -> Vec<Local> {
    let local = |interface: if_addrs::Interface| Local {
        ip: interface.ip(),
        is_up: interface.is_oper_up(),
        name: interface.name,
    };
    if_addrs::get_if_addrs().unwrap_or_default().into_iter().map(local).collect()
}

/// Those of `wanted`, or of every interface but loopback if nothing is.
fn choose(all: Vec<Local>, wanted: &[String], server_is_local: bool) -> Vec<SocketAddr> {
    let is_wanted = |local: &Local| {
        if wanted.is_empty() { !local.ip.is_loopback() } else { wanted.iter().any(|wanted| local.is_named_by(wanted)) }
    };
    let mut chosen: Vec<Local> = all.into_iter().filter(|local| local.is_usable() && is_wanted(local)).collect();
    // A link-local address reaches one link only.
    let is_by_address = |local: &Local| wanted.iter().any(|wanted| wanted.parse() == Ok(local.ip));
    if chosen.iter().any(|local| !local.is_link_local()) {
        chosen.retain(|local| !local.is_link_local() || is_by_address(local));
    }
    chosen.sort_by_key(|local| (!local.is_up, local.is_virtual()));
    let mut sockets: Vec<SocketAddr> = Vec::new();
    // If the way to the server stays on this machine, so may the way to the consumer.
    if chosen.is_empty() || (wanted.is_empty() && server_is_local) {
        sockets.push((Ipv4Addr::LOCALHOST, 0).into());
    }
    let mut unlikely = 0;
    for local in &chosen {
        let socket = SocketAddr::new(local.ip, 0);
        let is_too_many = wanted.is_empty() && local.is_unlikely() && unlikely == MAX_UNLIKELY;
        if sockets.len() < MAX_SOCKETS && !sockets.contains(&socket) && !is_too_many {
            unlikely += usize::from(local.is_unlikely());
            sockets.push(socket);
        }
    }
    sockets
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `name address`, and `down` behind it if the interface is not up.
    fn host(interfaces: &[&str]) -> Vec<Local> {
        let local = |text: &&str| {
            let mut words = text.split(' ');
            let (name, ip) = (words.next().unwrap().to_owned(), words.next().unwrap().parse().unwrap());
            Local { name, ip, is_up: words.next() != Some("down") }
        };
        interfaces.iter().map(local).collect()
    }

    fn chosen(interfaces: &[&str], wanted: &[&str], server_is_local: bool) -> Vec<String> {
        let wanted: Vec<_> = wanted.iter().map(|&wanted| wanted.to_owned()).collect();
        let sockets = choose(host(interfaces), &wanted, server_is_local);
        sockets.iter().map(|socket| socket.ip().to_string()).collect()
    }

    const HOST: [&str; 6] =
        ["lo 127.0.0.1", "lo ::1", "eth0 192.0.2.2", "eth0 fe80::1", "eth1 fd00::2", "eth1 192.0.2.2"];

    #[test]
    fn loopback_is_there_where_it_is_needed() {
        assert_eq!(chosen(&HOST, &[], false), ["192.0.2.2", "fd00::2"]);
        assert_eq!(chosen(&HOST, &[], true), ["127.0.0.1", "192.0.2.2", "fd00::2"]);
        assert_eq!(chosen(&HOST[..2], &[], false), ["127.0.0.1"]);
        assert_eq!(chosen(&[], &[], false), ["127.0.0.1"]);
    }

    #[test]
    fn link_local_addresses_are_for_a_host_that_has_nothing_else() {
        let host = ["lo 127.0.0.1", "eth0 169.254.3.4", "eth0 fe80::1"];
        assert_eq!(chosen(&host, &[], false), ["169.254.3.4"]);
        assert_eq!(chosen(&host, &[], true), ["127.0.0.1", "169.254.3.4"]);
        assert_eq!(chosen(&["lo 127.0.0.1", "eth0 fe80::1"], &[], false), ["127.0.0.1"]);
        assert_eq!(chosen(&["eth0 169.254.3.4", "eth1 192.0.2.1"], &["169.254.3.4", "eth1"], false).len(), 2);
    }

    #[test]
    fn interfaces_that_are_up_come_first_and_those_of_containers_last() {
        let host =
            ["docker0 172.17.0.1", "eth0 192.0.2.2 down", "wlan0 10.0.0.2", "br-12ab 172.18.0.1", "wlan0 fd00::2"];
        assert_eq!(chosen(&host, &[], false), ["10.0.0.2", "fd00::2", "172.17.0.1", "172.18.0.1", "192.0.2.2"]);
    }

    #[test]
    fn few_of_many_bridges_are_bound_unless_they_are_named() {
        let mut host: Vec<String> = (0..20).map(|number| format!("br-{number} 172.20.{number}.1")).collect();
        host.push("eth0 192.0.2.2".to_owned());
        let host: Vec<&str> = host.iter().map(String::as_str).collect();
        let found = chosen(&host, &[], false);
        assert_eq!((found.len(), found[0].as_str()), (1 + MAX_UNLIKELY, "192.0.2.2"));
        let named: Vec<&str> = host.iter().map(|local| local.split(' ').next().unwrap()).take(8).collect();
        assert_eq!(chosen(&host, &named, false).len(), 8);
    }

    #[test]
    fn what_is_chosen_is_all_that_is_bound() {
        assert_eq!(chosen(&HOST, &["eth1"], false), ["fd00::2", "192.0.2.2"]);
        assert_eq!(chosen(&HOST, &["eth1"], true), ["fd00::2", "192.0.2.2"]);
        assert_eq!(chosen(&HOST, &["lo"], false), ["127.0.0.1", "::1"]);
        assert_eq!(chosen(&HOST, &["FD00:0::2", "fe80::1"], false), ["fd00::2"]);
        assert_eq!(chosen(&HOST, &["eth7", "eth1"], false), ["fd00::2", "192.0.2.2"]);
        assert_eq!(chosen(&HOST, &["eth7"], false), ["127.0.0.1"], "what leads nowhere tells nobody an address");
    }

    #[test]
    fn a_host_of_many_addresses_does_not_get_them_all() {
        let many: Vec<String> = (0..100).map(|number| format!("eth0 10.0.0.{number}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(chosen(&many, &[], true).len(), MAX_SOCKETS);
    }
}
