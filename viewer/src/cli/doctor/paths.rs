//! The ways by which a data channel can open from this machine: its addresses, STUN, TURN.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use logrtc::binding::addresses_to_bind;
use thiserror::Error;
use tokio::net::UdpSocket;
use tokio::time::timeout;
use url::Url;

use super::report::Finding;
use crate::IceServer;
use crate::consumer::addresses::is_local;
use crate::consumer::ice_servers::{DEFAULT_SERVER, over_udp};
use crate::consumer::probe::{ProbeError, reflexive_address, relayed_address};

const LOOKUP_TIMEOUT: Duration = Duration::from_secs(5);

/// Why a STUN or TURN server is of no use.
#[derive(Debug, Error)]
enum PathError {
    #[error("no answer for the name within {LOOKUP_TIMEOUT:?}")]
    LookupTimeout,
    #[error("the name has no address")]
    NoAddress,
    /// The name is not known, or no socket can be bound.
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Probe(#[from] ProbeError),
}

/// The addresses of this machine that are offered as candidates.
pub(super) fn candidates(url: &Url) -> Finding {
    let addresses: Vec<IpAddr> = addresses_to_bind(is_local(url)).iter().map(SocketAddr::ip).collect();
    let listed = addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let found = format!("this machine offers {listed}");
    if addresses.iter().all(IpAddr::is_loopback) && !is_local(url) {
        return Finding::failed(
            "candidates",
            found,
            "this machine has no address that others reach: check its network",
        );
    }
    Finding::ok("candidates", found)
}

/// The servers that are used: those that the signaling server names, or else the default.
pub(super) fn servers(named: Option<Vec<IceServer>>) -> Vec<IceServer> {
    named.unwrap_or_else(|| vec![IceServer::stun(DEFAULT_SERVER)])
}

/// What there is of TURN servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relay {
    /// The server names none that programs can use.
    Unnamed,
    /// None of them works.
    Broken,
    Works,
}

/// Asks each server. Returns what there is of TURN servers, too.
pub(super) async fn ask(servers: &[IceServer], url: &Url) -> (Relay, Vec<Finding>) {
    let (mut relay, mut findings) = (Relay::Unnamed, Vec::new());
    if servers.is_empty() {
        findings.push(Finding::ok("stun", "the server names no STUN or TURN server, and none is asked"));
    }
    for server in servers {
        for text in &server.urls {
            let Some((scheme, host)) = over_udp(text) else {
                findings.push(Finding::skipped("turn", format!("{text}: not over UDP; only browsers use it")));
                continue;
            };
            let asked = ask_one(scheme, &host, server).await;
            if scheme == "turn" && relay != Relay::Works {
                relay = if asked.is_ok() { Relay::Works } else { Relay::Broken };
            }
            findings.push(match asked {
                Ok(found) => Finding::ok(scheme, format!("{text}: {found}")),
                Err(problem) if scheme == "stun" => {
                    let is_default = text == DEFAULT_SERVER;
                    Finding::warning(scheme, format!("{text}: {problem}"), stun_advice(is_default, is_local(url)))
                }
                Err(problem) => Finding::failed(scheme, format!("{text}: {problem}"), turn_advice(server)),
            });
        }
    }
    (relay, findings)
}

async fn ask_one(scheme: &str, host: &str, server: &IceServer) -> Result<String, PathError> {
    let looked_up = timeout(LOOKUP_TIMEOUT, tokio::net::lookup_host(host)).await;
    let mut addresses = looked_up.map_err(|_| PathError::LookupTimeout)??;
    let address = addresses.next().ok_or(PathError::NoAddress)?;
    let any: IpAddr = if address.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind((any, 0)).await?;
    if scheme == "stun" {
        return Ok(format!("sees this machine as {}", reflexive_address(&socket, address).await?));
    }
    let (username, password) = (server.username.as_deref(), server.credential.as_deref());
    let relayed = relayed_address(&socket, address, username.unwrap_or_default(), password.unwrap_or_default()).await;
    Ok(format!("relays from {}", relayed?))
}

/// A STUN server is needed behind a NAT alone.
fn stun_advice(is_default: bool, is_local: bool) -> &'static str {
    match (is_default, is_local) {
        (true, true) => "it is not needed on one machine or in one network: --no-stun of logrtc serve leaves it out",
        (true, false) => {
            "behind a NAT no path may be found: let UDP out, or name a server of your own: --ice-server of logrtc serve"
        }
        (false, true) => {
            "it is not needed on one machine or in one network: start logrtc serve without this --ice-server"
        }
        (false, false) => "behind a NAT no path may be found: let UDP out, or mend --ice-server of logrtc serve",
    }
}

/// Credentials of `--turn` begin with the time of their end (docs/protocol.md §4.6), those of `--ice-server` are anything.
fn turn_advice(server: &IceServer) -> &'static str {
    let username = server.username.as_deref().unwrap_or_default();
    let end = username.split_once(':').map(|(end, _)| end).filter(|end| !end.is_empty());
    if end.is_some_and(|end| end.bytes().all(|byte| byte.is_ascii_digit())) {
        "check --turn and --turn-secret-file of logrtc serve, and that UDP reaches the server"
    } else {
        "check the host, the user and the password in --ice-server of logrtc serve, and that UDP reaches the server"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_advice_names_the_option_that_names_the_server() {
        for (username, option) in [
            ("1700086400:reader", "--turn-secret-file"),
            ("alice", "--ice-server"),
            ("alice:1", "--ice-server"),
            (":reader", "--ice-server"),
            ("", "--ice-server"),
        ] {
            assert!(turn_advice(&IceServer::turn("turn:h", username, "p")).contains(option), "{username}");
        }
        assert!(stun_advice(true, true).contains("--no-stun"));
        for (is_default, is_local) in [(true, false), (false, true), (false, false)] {
            assert!(stun_advice(is_default, is_local).contains("--ice-server"));
        }
    }
}
