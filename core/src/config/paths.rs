//! Over which network paths consumers may connect: the options, and the check of them.

use std::net::IpAddr;
use std::ops::RangeInclusive;

use super::check_text;
use super::ice_server::{CheckedIceServer, IceServer};
use crate::error::{Error, Result};

/// The longest name of an interface, in bytes: Windows has the longest.
const MAX_INTERFACE_BYTES: usize = 256;

/// What `LOGRTC_ICE_SERVERS` is if there are to be none.
const NO_ICE_SERVERS: &str = "none";

/// The options, before they are checked.
#[derive(Clone, Default)]
pub(super) struct PathOptions {
    pub(super) ice_servers: Option<Vec<IceServer>>,
    pub(super) interfaces: Vec<String>,
    pub(super) udp_ports: Option<RangeInclusive<u16>>,
    pub(super) announced_address: Option<String>,
    pub(super) relay_only: bool,
}

/// The options, checked.
#[derive(Clone)]
pub(crate) struct Paths {
    /// `None` for those of the signaling server, or the default if it names none.
    pub(crate) ice_servers: Option<Vec<CheckedIceServer>>,
    /// Names and addresses; none for every interface.
    pub(crate) interfaces: Vec<String>,
    /// `None` for those that the system chooses.
    pub(crate) udp_ports: Option<RangeInclusive<u16>>,
    pub(crate) announced_address: Option<IpAddr>,
    pub(crate) relay_only: bool,
}

impl PathOptions {
    pub(super) fn check(self) -> Result<Paths> {
        let Self { ice_servers, interfaces, udp_ports, announced_address, relay_only } = self;
        for interface in &interfaces {
            check_text("interfaces", interface, 1, MAX_INTERFACE_BYTES)?;
        }
        if let Some(ports) = &udp_ports
            && (ports.is_empty() || *ports.start() == 0)
        {
            let text = format_args!("{}-{} is not a range of ports from 1 to 65535", ports.start(), ports.end());
            return Err(Error::invalid("udp_ports", text));
        }
        if relay_only && ice_servers.as_ref().is_some_and(Vec::is_empty) {
            return Err(Error::invalid("relay_only", "needs a TURN server, and ice_servers is empty"));
        }
        Ok(Paths {
            ice_servers: ice_servers
                .map(|servers| servers.into_iter().map(IceServer::checked).collect())
                .transpose()?,
            interfaces,
            udp_ports,
            announced_address: announced_address.as_deref().map(address_of).transpose()?,
            relay_only,
        })
    }
}

fn address_of(text: &str) -> Result<IpAddr> {
    let address = text.parse().ok().filter(|address: &IpAddr| !address.is_unspecified() && !address.is_multicast());
    address.ok_or_else(|| {
        Error::invalid("announced_address", format_args!("{text:?} is not an IP address, as in 192.0.2.1"))
    })
}

/// Reads `FIRST-LAST`, or one port.
///
/// # Errors
/// [`InvalidArgument`](crate::ErrorKind::InvalidArgument).
pub fn parse_udp_ports(text: &str) -> Result<RangeInclusive<u16>> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    match (first.trim().parse(), last.trim().parse()) {
        (Ok(first), Ok(last)) => Ok(first..=last),
        _ => Err(Error::invalid("udp_ports", format_args!("{text:?} is not a range of ports, as in 50000-50100"))),
    }
}

/// Reads servers with commas between them, or `none`.
pub(super) fn parse_ice_servers(text: &str) -> Result<Vec<IceServer>> {
    if text == NO_ICE_SERVERS { Ok(Vec::new()) } else { parse_list(text).map(str::parse).collect() }
}

/// The texts between commas.
pub(super) fn parse_list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty())
}
