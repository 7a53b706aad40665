//! The URLs of STUN and TURN servers, and the paths of a producer, on the command line.

use std::net::IpAddr;
use std::ops::RangeInclusive;

use clap::Args;
use logrtc::{ConfigBuilder, IceServer};
use thiserror::Error;

use crate::IceServer as NamedServer;

/// Why the value of an option is wrong. Its text does not name the value, because the command line does.
#[derive(Debug, Error)]
#[error("{}", .0.problem())]
pub(super) struct InvalidValue(#[from] logrtc::Error);

/// Reads a server. The text of the error does not have its password.
pub(super) fn server(text: &str) -> Result<IceServer, InvalidValue> {
    Ok(text.parse()?)
}

/// The server as the signaling server and consumers have it.
pub(super) fn named(server: &IceServer) -> NamedServer {
    let IceServer { url, username, credential } = server;
    if username.is_empty() { NamedServer::stun(url) } else { NamedServer::turn(url, username, credential) }
}

fn udp_ports(text: &str) -> Result<RangeInclusive<u16>, InvalidValue> {
    Ok(logrtc::binding::parse_udp_ports(text)?)
}

/// The servers of a program, whether it logs or reads.
#[derive(Debug, Args)]
pub(super) struct IceServerArgs {
    /// A STUN or TURN server beside those of the signaling server: stun:HOST, or turn:USER:PASSWORD@HOST.
    #[arg(long = "ice-server", value_name = "URL", value_parser = server)]
    servers: Vec<IceServer>,
    /// Use no STUN or TURN server at all.
    #[arg(long, conflicts_with = "servers")]
    no_stun: bool,
}

impl IceServerArgs {
    /// `None` for those of the signaling server, or the default.
    pub(super) fn servers(&self) -> Option<Vec<IceServer>> {
        (self.no_stun || !self.servers.is_empty()).then(|| self.servers.clone())
    }
}

/// Over which paths pages reach the producer.
#[derive(Debug, Args)]
pub(super) struct PathArgs {
    #[command(flatten)]
    ice_servers: IceServerArgs,
    #[command(flatten)]
    addresses: AddressArgs,
}

impl PathArgs {
    /// Sets what is given.
    pub(super) fn apply(&self, config: ConfigBuilder) -> ConfigBuilder {
        let config = self.addresses.apply(config);
        match self.ice_servers.servers() {
            Some(servers) => config.ice_servers(servers),
            None => config,
        }
    }
}

/// By which addresses pages reach a producer.
#[derive(Debug, Args)]
pub(super) struct AddressArgs {
    /// The UDP ports over which pages connect, as in 50000-50100; each page takes one of each local address.
    #[arg(long, value_name = "FIRST-LAST", value_parser = udp_ports)]
    udp_ports: Option<RangeInclusive<u16>>,
    /// A network interface over which pages connect, by name or by address; every one but loopback, by default.
    #[arg(long = "interface", value_name = "NAME")]
    interfaces: Vec<String>,
    /// The IP address by which pages reach this host behind a port forwarding, which keeps the ports of --udp-ports.
    #[arg(long, value_name = "ADDRESS")]
    announced_address: Option<IpAddr>,
    /// Let pages connect through a TURN server alone.
    #[arg(long)]
    relay_only: bool,
}

impl AddressArgs {
    /// Whether any of them is given.
    pub(super) fn is_given(&self) -> bool {
        self.udp_ports.is_some() || !self.interfaces.is_empty() || self.announced_address.is_some() || self.relay_only
    }

    /// Sets what is given.
    pub(super) fn apply(&self, mut config: ConfigBuilder) -> ConfigBuilder {
        if let Some(ports) = &self.udp_ports {
            config = config.udp_ports(ports.clone());
        }
        if !self.interfaces.is_empty() {
            config = config.interfaces(&self.interfaces);
        }
        if let Some(address) = self.announced_address {
            config = config.announced_address(address.to_string());
        }
        if self.relay_only { config.relay_only(true) } else { config }
    }
}
