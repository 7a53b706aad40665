//! The variables `LOGRTC_*`: they win over the code, because the person who runs the program knows better.

use std::ops::RangeInclusive;

use super::ice_server::IceServer;
use super::paths::{PathOptions, parse_ice_servers, parse_list, parse_udp_ports};
use crate::error::{Error, Result};
use crate::switch::parse_switch;

/// What the variables hold. An empty variable counts as unset.
#[derive(Clone, Default)]
pub(super) struct Variables {
    pub(super) url: Option<String>,
    pub(super) client_id: Option<String>,
    pub(super) level: Option<String>,
    pub(super) token: Option<String>,
    pub(super) secret: Option<String>,
    pub(super) disabled: Option<bool>,
    pub(super) ice_servers: Option<Vec<IceServer>>,
    pub(super) interfaces: Option<Vec<String>>,
    pub(super) udp_ports: Option<RangeInclusive<u16>>,
    pub(super) announced_address: Option<String>,
    pub(super) relay_only: Option<bool>,
}

impl Variables {
    pub(super) fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let set = |name| variable(name).filter(|value| !value.is_empty());
        let switch = |name| set(name).map(|text| parse_bool(name, &text)).transpose();
        let named = |name: &'static str| move |error: Error| error.about(name);
        let udp_ports = set("LOGRTC_UDP_PORTS").map(|text| parse_udp_ports(&text)).transpose();
        Ok(Self {
            url: set("LOGRTC_URL"),
            client_id: set("LOGRTC_CLIENT_ID"),
            level: set("LOGRTC_LEVEL"),
            token: set("LOGRTC_TOKEN"),
            secret: set("LOGRTC_SECRET"),
            disabled: switch("LOGRTC_DISABLED")?,
            ice_servers: ice_servers(&variable)?,
            interfaces: set("LOGRTC_INTERFACES").map(|text| parse_list(&text).map(str::to_owned).collect()),
            udp_ports: udp_ports.map_err(named("LOGRTC_UDP_PORTS"))?,
            announced_address: set("LOGRTC_ANNOUNCED_ADDRESS"),
            relay_only: switch("LOGRTC_RELAY_ONLY")?,
        })
    }

    /// `error` about an option, under the name of the variable that set it.
    pub(super) fn rename(&self, error: Error) -> Error {
        let variable = match error.argument() {
            Some("url") if self.url.is_some() => "LOGRTC_URL",
            Some("client_id") if self.client_id.is_some() => "LOGRTC_CLIENT_ID",
            Some("filter") if self.level.is_some() => "LOGRTC_LEVEL",
            Some("token") if self.token.is_some() => "LOGRTC_TOKEN",
            Some("secret") if self.secret.is_some() => "LOGRTC_SECRET",
            Some("ice_servers") if self.ice_servers.is_some() => "LOGRTC_ICE_SERVERS",
            Some("interfaces") if self.interfaces.is_some() => "LOGRTC_INTERFACES",
            Some("udp_ports") if self.udp_ports.is_some() => "LOGRTC_UDP_PORTS",
            Some("announced_address") if self.announced_address.is_some() => "LOGRTC_ANNOUNCED_ADDRESS",
            Some("relay_only") if self.relay_only.is_some() => "LOGRTC_RELAY_ONLY",
            _ => return error,
        };
        error.about(variable)
    }
}

/// The servers of `LOGRTC_ICE_SERVERS`, if it is set.
fn ice_servers(variable: impl Fn(&str) -> Option<String>) -> Result<Option<Vec<IceServer>>> {
    let text = variable("LOGRTC_ICE_SERVERS").filter(|value| !value.is_empty());
    text.map(|text| parse_ice_servers(&text)).transpose().map_err(|error| error.about("LOGRTC_ICE_SERVERS"))
}

/// The servers of `LOGRTC_ICE_SERVERS` in the environment of this process, for a program that reads; `None` if it is not set.
///
/// # Errors
/// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) that names the variable, without a password.
pub fn ice_servers_of_environment() -> Result<Option<Vec<IceServer>>> {
    ice_servers(|name| std::env::var(name).ok())
}

impl PathOptions {
    /// Takes what the environment has.
    pub(super) fn overlay(&mut self, variables: &Variables) {
        let Variables { ice_servers, interfaces, udp_ports, announced_address, relay_only, .. } = variables.clone();
        self.ice_servers = ice_servers.or(self.ice_servers.take());
        self.interfaces = interfaces.unwrap_or(std::mem::take(&mut self.interfaces));
        self.udp_ports = udp_ports.or(self.udp_ports.take());
        self.announced_address = announced_address.or(self.announced_address.take());
        self.relay_only = relay_only.unwrap_or(self.relay_only);
    }
}

/// `url` without its user and password; `None` if it has neither.
pub(super) fn without_user(url: &str) -> Option<String> {
    let mut url = url::Url::parse(url).ok().filter(url::Url::has_authority)?;
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    url.set_username("").and_then(|()| url.set_password(None)).ok()?;
    Some(url.into())
}

fn parse_bool(name: &str, text: &str) -> Result<bool> {
    parse_switch(text).ok_or_else(|| Error::invalid(name, format_args!("{text:?} is neither 1 nor 0")))
}
