//! The ways by which a data channel can open from this machine: its addresses, STUN, TURN.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use thiserror::Error;
use tokio::net::UdpSocket;
use tokio::time::timeout;
use url::Url;

use super::report::Finding;
use crate::IceServer;
use crate::consumer::addresses::{is_local, to_bind};
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
    let addresses: Vec<IpAddr> = to_bind(is_local(url)).iter().map(SocketAddr::ip).collect();
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

/// Asks each server. Returns whether a relay is to be had, too.
pub(super) async fn ask(servers: &[IceServer], url: &Url) -> (bool, Vec<Finding>) {
    let (mut has_relay, mut findings) = (false, Vec::new());
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
            has_relay |= scheme == "turn" && asked.is_ok();
            findings.push(match asked {
                Ok(found) => Finding::ok(scheme, format!("{text}: {found}")),
                Err(problem) => failed(scheme, format!("{text}: {problem}"), is_local(url)),
            });
        }
    }
    (has_relay, findings)
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
fn failed(scheme: &'static str, found: String, is_local: bool) -> Finding {
    if scheme == "stun" {
        let advice = if is_local {
            "it is not needed on one machine or in one network: --no-stun of logrtc serve leaves it out"
        } else {
            "behind a NAT no path may be found: let UDP out, or name a server of your own by --ice-server"
        };
        return Finding::warning(scheme, found, advice);
    }
    Finding::failed(
        scheme,
        found,
        "check --turn and --turn-secret-file of logrtc serve, and that UDP reaches the server",
    )
}
