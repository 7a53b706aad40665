//! What the candidates of this side say, beside what the stack writes: RFC 8839 §5.1. No I/O.

use std::net::IpAddr;

use crate::config::Paths;

/// The type preference of a server-reflexive candidate (RFC 8445 §5.1.2.2), in its place in a priority.
const SERVER_REFLEXIVE: u32 = 100 << 24;
const WITHOUT_TYPE: u32 = 0x00ff_ffff;

/// How the candidates are dressed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dress {
    announced_address: Option<IpAddr>,
    hides_related: bool,
}

impl Dress {
    pub(crate) fn new(paths: &Paths) -> Self {
        Self { announced_address: paths.announced_address, hides_related: paths.relay_only }
    }

    /// The candidates of a description.
    pub(crate) fn description(self, sdp: &str) -> String {
        let mut dressed = String::with_capacity(sdp.len() + 512);
        for line in sdp.lines() {
            match line.strip_prefix("a=") {
                Some(candidate) if candidate.starts_with("candidate:") => {
                    let (own, announced) = self.candidate(candidate);
                    for candidate in std::iter::once(own).chain(announced) {
                        dressed.extend(["a=", &candidate, "\r\n"]);
                    }
                }
                _ => dressed.extend([line, "\r\n"]),
            }
        }
        dressed
    }

    /// The candidate, and the one that announces it.
    pub(crate) fn candidate(self, candidate: &str) -> (String, Option<String>) {
        let own = if self.hides_related { without_related(candidate) } else { candidate.to_owned() };
        (own, self.announced_address.and_then(|address| announced(candidate, address)))
    }
}

/// The same port at the announced address, for a host candidate of its family.
///
/// It is one of a NAT whose mapping is known without asking: what a consumer sends there arrives at the socket of the host
/// candidate, and no stack has to know more about it.
fn announced(candidate: &str, address: IpAddr) -> Option<String> {
    let words: Vec<&str> = candidate.split(' ').collect();
    let [foundation, component, protocol, priority, local, port, "typ", "host", rest @ ..] = words.as_slice() else {
        return None;
    };
    let local_address: IpAddr = local.parse().ok()?;
    if local_address.is_loopback() || local_address.is_ipv4() != address.is_ipv4() {
        return None;
    }
    let priority = (priority.parse::<u32>().ok()? & WITHOUT_TYPE) | SERVER_REFLEXIVE;
    // Another foundation than the host's, as its type is another one (RFC 8445 §5.1.1.3). The stack's has 10 digits at most.
    let line = format!(
        "{foundation}0 {component} {protocol} {priority} {address} {port} typ srflx raddr {local} rport {port}"
    );
    Some(rest.iter().fold(line, |line, word| line + " " + word))
}

/// Related addresses are for diagnosis alone (RFC 8839 §5.1), and tell where this host is.
fn without_related(candidate: &str) -> String {
    let mut words: Vec<&str> = candidate.split(' ').collect();
    for (name, hidden) in [("raddr", "0.0.0.0"), ("rport", "0")] {
        if let Some(place) = words.iter().position(|word| *word == name)
            && let Some(value) = words.get_mut(place + 1)
        {
            *value = hidden;
        }
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: &str = "candidate:123 1 udp 2130706431 10.0.0.2 50000 typ host";

    fn dress(announced: Option<&str>, hides_related: bool) -> Dress {
        Dress { announced_address: announced.map(|address| address.parse().unwrap()), hides_related }
    }

    #[test]
    fn a_host_candidate_is_announced_at_the_other_address() {
        let all = |dress: Dress, candidate: &str| {
            let (own, announced) = dress.candidate(candidate);
            std::iter::once(own).chain(announced).collect::<Vec<_>>()
        };
        let announced = "candidate:1230 1 udp 1694498815 192.0.2.7 50000 typ srflx raddr 10.0.0.2 rport 50000";
        assert_eq!(all(dress(Some("192.0.2.7"), false), HOST), [HOST, announced]);
        let with_more = format!("{HOST} generation 0");
        assert_eq!(all(dress(Some("192.0.2.7"), false), &with_more)[1], format!("{announced} generation 0"));
        for other in [
            "candidate:123 1 udp 2130706431 127.0.0.1 50000 typ host",
            "candidate:123 1 udp 2130706431 fd00::2 50000 typ host",
            "candidate:123 1 udp 1694498815 192.0.2.9 50000 typ srflx raddr 10.0.0.2 rport 50000",
        ] {
            assert_eq!(all(dress(Some("192.0.2.7"), false), other), [other]);
        }
        assert_eq!(all(dress(None, false), HOST), [HOST]);
    }

    #[test]
    fn a_description_keeps_its_other_lines() {
        let sdp = format!("v=0\r\na=ice-ufrag:x\r\na={HOST}\r\na=end-of-candidates\r\n");
        assert_eq!(dress(None, false).description(&sdp), sdp);
        let dressed = dress(Some("192.0.2.7"), false).description(&sdp);
        assert_eq!(dressed.lines().count(), 5);
        assert!(dressed.contains("\r\na=candidate:1230 1 udp"));
    }

    #[test]
    fn a_relay_tells_nothing_of_the_host() {
        let relay = "candidate:5 1 udp 16777215 192.0.2.1 60000 typ relay raddr 10.0.0.2 rport 41000";
        let hidden = "candidate:5 1 udp 16777215 192.0.2.1 60000 typ relay raddr 0.0.0.0 rport 0";
        assert_eq!(dress(None, true).candidate(relay), (hidden.to_owned(), None));
    }
}
