//! The options of a producer, their defaults, the environment, and their validation.

mod builder;
pub(crate) mod certificates;
mod credentials;
pub(crate) mod environment;
pub(crate) mod ice_server;
pub(crate) mod ice_url;
pub(crate) mod paths;
mod program_name;
pub(crate) mod proxy;
pub(crate) mod server_url;

use std::time::Duration;

pub use builder::ConfigBuilder;
use certificates::ExtraCertificates;
use credentials::Credentials;
pub use ice_server::IceServer;
pub(crate) use paths::Paths;
use proxy::Proxy;
use serde::Serialize;

use crate::backoff;
use crate::diagnostics;
use crate::error::{Error, Result};
use crate::filter::Filter;
use crate::fork::Fork;
use crate::journal::{Limits, Overflow, Replay};
use crate::proof::Secret;

/// The address that the protocol names (docs/protocol.md §1).
pub const DEFAULT_URL: &str = "ws://localhost:8080/signaling";

/// The ICE server that the protocol names (docs/protocol.md §1).
pub const DEFAULT_ICE_SERVER: &str = "stun:stun.l.google.com:19302";

/// The longest `client_id`, in bytes: what servers take.
const MAX_CLIENT_ID_BYTES: usize = 128;

/// Who the producer is, to people (docs/protocol.md §1).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Metadata {
    pub(crate) system_name: String,
    pub(crate) version: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
}

/// Everything that a producer needs to know, checked: an invalid `Config` cannot be built.
///
/// ```
/// # fn main() -> Result<(), logrtc::Error> {
/// let config = logrtc::Config::builder("checkout")
///     .system_name("Checkout")
///     .version("1.4.0")
///     .filter("info,checkout::db=debug")
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Config {
    pub(crate) url: url::Url,
    pub(crate) client_id: String,
    pub(crate) metadata: Metadata,
    pub(crate) credentials: Credentials,
    pub(crate) secret: Option<Secret>,
    pub(crate) proxy: Option<Proxy>,
    pub(crate) extra_certificates: ExtraCertificates,
    pub(crate) filter: Filter,
    pub(crate) limits: Limits,
    pub(crate) max_entry_bytes: usize,
    pub(crate) overflow: Overflow,
    pub(crate) replay: Replay,
    pub(crate) reconnect: backoff::Policy,
    pub(crate) paths: Paths,
    pub(crate) max_consumers: usize,
    pub(crate) close_timeout: Duration,
    pub(crate) fork: Fork,
    pub(crate) disabled: bool,
    pub(crate) on_diagnostic: Option<diagnostics::Handler>,
    #[cfg(feature = "faults")]
    pub(crate) faults: Option<crate::faults::Faults>,
}

impl Config {
    /// Begins a configuration; `client_id` is the name under which the producer registers.
    pub fn builder(client_id: impl Into<String>) -> ConfigBuilder {
        ConfigBuilder::new(Some(client_id.into()))
    }

    /// Begins a configuration whose `client_id` is the name of the program.
    pub fn for_program() -> ConfigBuilder {
        ConfigBuilder::new(None)
    }

    /// The address of the signaling server, without the user and the password.
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// The name under which the producer registers.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// What the credentials are called, if they leave this host without encryption.
    pub(crate) fn secret_in_clear(&self) -> Option<&'static str> {
        let is_in_clear = self.url.scheme() == "ws" && !self.server_is_local();
        self.credentials.name().filter(|_| is_in_clear)
    }

    /// Whether the signaling server is on this host.
    pub(crate) fn server_is_local(&self) -> bool {
        is_local(&self.url)
    }

    /// The same, for the child of a fork.
    pub(crate) fn in_child(&self, pid: u32) -> Self {
        let mut config = self.clone();
        let suffix = format!("#{pid}");
        let mut kept = self.client_id.len().min(MAX_CLIENT_ID_BYTES - suffix.len());
        while !self.client_id.is_char_boundary(kept) {
            kept -= 1;
        }
        config.client_id = self.client_id[..kept].to_owned() + &suffix;
        config.disabled |= self.fork == Fork::Disable;
        config
    }

    /// How long the end waits for delivery.
    pub fn close_timeout(&self) -> Duration {
        self.close_timeout
    }

    /// Whether the producer does nothing (`LOGRTC_DISABLED`).
    pub fn is_disabled(&self) -> bool {
        self.disabled
    }
}

impl std::fmt::Debug for Config {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The credentials are a secret, and so may be the rest of the address.
        formatter
            .debug_struct("Config")
            .field("url", &format_args!("{}://{}", self.url.scheme(), self.url.host_str().unwrap_or_default()))
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

/// Whether the host of `url` is a loopback address, or a name of one (RFC 6761 §6.3).
pub(crate) fn is_local(url: &url::Url) -> bool {
    // `ws` and `wss` are special schemes, so an address is one here, however it is written.
    match url.host() {
        Some(url::Host::Domain(name)) => {
            let name = name.strip_suffix('.').unwrap_or(name);
            name == "localhost" || name.ends_with(".localhost")
        }
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.to_canonical().is_loopback(),
        None => false,
    }
}

fn check_text(name: &str, text: &str, least: usize, most: usize) -> Result<()> {
    if text.len() < least {
        return Err(Error::invalid(name, "must not be empty"));
    }
    if text.len() > most {
        return Err(Error::invalid(name, format_args!("has {} bytes; at most {most}", text.len())));
    }
    if text.chars().any(char::is_control) {
        return Err(Error::invalid(name, "must not hold control characters"));
    }
    Ok(())
}
