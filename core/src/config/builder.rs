//! The setters, and the check of them all.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::certificates::ExtraCertificates;
use super::credentials::Credentials;
use super::environment::{Variables, without_user};
use super::paths::PathOptions;
use super::proxy::Proxy;
use super::{
    Config, DEFAULT_URL, IceServer, MAX_CLIENT_ID_BYTES, Metadata, check_text, program_name, server_url::parse_url,
};
use crate::backoff;
use crate::diagnostics::{Diagnostic, Handler};
use crate::entry::DEFAULT_MAX_ENTRY_BYTES;
use crate::error::{Error, Result};
use crate::filter::Filter;
use crate::fork::Fork;
use crate::journal::{Limits, Overflow, Replay};
use crate::level::Level;
use crate::proof::Secret;

/// The longest text of the metadata, in bytes.
const MAX_METADATA_BYTES: usize = 1024;

/// The most that a journal may hold: 4 GiB, or everything that there is on a 32-bit machine.
const MAX_JOURNAL_BYTES: usize = (1_usize << 16).saturating_mul(1 << 16);

/// No option may make a producer wait longer than this.
const MAX_DURATION: Duration = Duration::from_secs(24 * 60 * 60);

/// Options before they are checked. Every setter has a default; [`build`](Self::build) checks them all.
#[derive(Clone)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct ConfigBuilder {
    url: String,
    client_id: Option<String>,
    program_name: Option<String>,
    token: Option<String>,
    secret: Option<String>,
    filter: FilterOption,
    disabled: bool,
    system_name: Option<String>,
    version: String,
    description: Option<String>,
    ca_file: Option<PathBuf>,
    max_entries: usize,
    max_bytes: usize,
    max_entry_bytes: usize,
    overflow: Overflow,
    replay: Replay,
    reconnect: backoff::Policy,
    paths: PathOptions,
    max_consumers: usize,
    close_timeout: Duration,
    fork: Fork,
    environment: bool,
    on_diagnostic: Option<Handler>,
    #[cfg(feature = "faults")]
    faults: Option<crate::faults::Faults>,
}

/// A filter that is known to be right, or the text of one that is not yet read.
#[derive(Clone)]
enum FilterOption {
    Level(Level),
    Directives(String),
}

impl ConfigBuilder {
    pub(super) fn new(client_id: Option<String>) -> Self {
        Self {
            url: DEFAULT_URL.to_owned(),
            client_id,
            program_name: None,
            token: None,
            secret: None,
            filter: FilterOption::Level(Level::Debug),
            disabled: false,
            system_name: None,
            version: "0.0.0".to_owned(),
            description: None,
            ca_file: None,
            max_entries: 65_536,
            max_bytes: 16 * 1024 * 1024,
            max_entry_bytes: DEFAULT_MAX_ENTRY_BYTES,
            overflow: Overflow::DropOldest,
            replay: Replay::All,
            reconnect: backoff::Policy {
                interval: Duration::from_secs(5),
                max_interval: Duration::ZERO,
                jitter: 0.0,
                max_attempts: None,
            },
            paths: PathOptions::default(),
            max_consumers: 64,
            close_timeout: Duration::from_secs(2),
            fork: Fork::Restart,
            environment: true,
            on_diagnostic: None,
            #[cfg(feature = "faults")]
            faults: None,
        }
    }

    /// The name under which the producer registers, of 1 to 128 bytes; the name of the program by default.
    pub fn client_id(mut self, client_id: impl Into<String>) -> Self {
        self.client_id = Some(client_id.into());
        self
    }

    pub(crate) fn program_name(mut self, name: impl Into<String>) -> Self {
        self.program_name = Some(name.into());
        self
    }

    pub(crate) fn paths_of_environment(mut self) -> Result<Self> {
        let variables = Variables::read(|name| std::env::var(name).ok())?;
        self.paths.overlay(&variables);
        self.disabled = variables.disabled.unwrap_or(self.disabled);
        Ok(self)
    }

    /// The address of the signaling server, `ws://` or `wss://`; [`DEFAULT_URL`] by default. A user and a password in it
    /// are sent as `Authorization: Basic …`, and exclude a [`token`](Self::token). `#token=…` or `#secret=…` behind
    /// it, as in the link of a log page, is an error: they are options of their own.
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.url = url.into();
        self
    }

    /// The name of the system that people read; the `client_id` by default.
    pub fn system_name(mut self, system_name: impl Into<String>) -> Self {
        self.system_name = Some(system_name.into());
        self
    }

    /// The version of the system; `0.0.0` by default.
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = version.into();
        self
    }

    /// A description of the system that people read; none by default.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// A bearer token for the signaling server, sent as `Authorization: Bearer …`; none by default.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// A secret that this program shares with its readers and not with the signaling server; none by default.
    ///
    /// The two prove to each other that no server stands between them (docs/protocol.md §6.5). A consumer that does not
    /// prove it gets no entry.
    ///
    /// It is random: 32 to 256 hexadecimal digits, as `openssl rand -hex 16` prints them, or 22 to 256 characters of
    /// base64url.
    pub fn secret(mut self, secret: impl Into<String>) -> Self {
        self.secret = Some(secret.into());
        self
    }

    /// A file of certificates (PEM) that are trusted for `wss://`, beside the system's own, or beside those of `SSL_CERT_FILE`
    /// if it is set; none by default.
    pub fn ca_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.ca_file = Some(path.into());
        self
    }

    /// The lowest level that is logged, of every target; [`Level::Debug`] by default. Replaces the filter.
    pub fn level(mut self, level: Level) -> Self {
        self.filter = FilterOption::Level(level);
        self
    }

    /// What is logged, by level and target, as [`Filter`] has it: `info,app::db=debug`. Replaces the level.
    pub fn filter(mut self, directives: impl Into<String>) -> Self {
        self.filter = FilterOption::Directives(directives.into());
        self
    }

    /// How many entries the journal holds; 65 536 by default.
    pub fn max_entries(mut self, max_entries: usize) -> Self {
        self.max_entries = max_entries;
        self
    }

    /// How many bytes the journal holds, 128 for each entry's place among them; 16 MiB by default.
    pub fn max_bytes(mut self, max_bytes: usize) -> Self {
        self.max_bytes = max_bytes;
        self
    }

    /// The longest entry, in bytes as encoded: 2 KiB to 64 KiB; 64 KiB by default.
    ///
    /// A longer entry is cut value by value, the longest first: the message, and each text in the fields at any depth.
    /// `fields.truncated` is the list of their names, such as `["message", "err.stack"]`. A key that ends in `stack`,
    /// `stacktrace` or `traceback` keeps the beginning and the end of its value. If there are too many fields even so, the
    /// last ones are dropped and counted in `fields.dropped_fields`.
    pub fn max_entry_bytes(mut self, max_entry_bytes: usize) -> Self {
        self.max_entry_bytes = max_entry_bytes;
        self
    }

    /// What happens when the journal is full; [`Overflow::DropOldest`] by default.
    pub fn overflow(mut self, overflow: Overflow) -> Self {
        self.overflow = overflow;
        self
    }

    /// Where a new consumer begins; [`Replay::All`] by default.
    pub fn replay(mut self, replay: Replay) -> Self {
        self.replay = replay;
        self
    }

    /// How long to wait between attempts to reach the signaling server; 5 s by default (docs/protocol.md §1).
    pub fn reconnect_interval(mut self, interval: Duration) -> Self {
        self.reconnect.interval = interval;
        self
    }

    /// What the interval grows to, doubling with each failure; no growth by default.
    pub fn max_reconnect_interval(mut self, max_interval: Duration) -> Self {
        self.reconnect.max_interval = max_interval;
        self
    }

    /// Jitter, 0 to 1: each delay is shortened by a random fraction of at most this, so that many producers do not come
    /// back at once; 0 by default. A delay that the server asks for is not shortened.
    pub fn reconnect_jitter(mut self, jitter: f64) -> Self {
        self.reconnect.jitter = jitter;
        self
    }

    /// How many failed attempts in a row, the first one included, end the producer's search for its server, at least
    /// 1; no end by default. An attempt fails, too, if its connection ends within 30 s.
    pub fn max_reconnect_attempts(mut self, max_attempts: Option<u32>) -> Self {
        self.reconnect.max_attempts = max_attempts;
        self
    }

    /// The STUN and TURN servers; by default those that the signaling server names, or
    /// [`DEFAULT_ICE_SERVER`](crate::DEFAULT_ICE_SERVER) if it names none.
    ///
    /// Servers that are set here are used beside those of the signaling server. An empty list means none at all: the
    /// producer sends nothing to any STUN or TURN server, which is right within one network.
    ///
    /// A server that cannot be used, because its name has no address for example, is skipped and reported once
    /// ([`on_diagnostic`](Self::on_diagnostic)).
    pub fn ice_servers(mut self, ice_servers: impl IntoIterator<Item = IceServer>) -> Self {
        self.paths.ice_servers = Some(ice_servers.into_iter().collect());
        self
    }

    /// The network interfaces over which consumers connect, by name (`eth0`) or by address (`192.0.2.1`); every one but
    /// loopback by default, and loopback if the signaling server is on this host or there is no other.
    ///
    /// One that this host does not have is skipped and reported once ([`on_diagnostic`](Self::on_diagnostic)). If it has
    /// none of them, only consumers on this host connect.
    pub fn interfaces(mut self, interfaces: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.paths.interfaces = interfaces.into_iter().map(Into::into).collect();
        self
    }

    /// The UDP ports over which consumers connect, as where a firewall or a container opens only some; any free port by
    /// default.
    ///
    /// Each consumer takes one port of each local address, so the number of ports is the number of consumers that can
    /// connect at once. A consumer that finds no free port is not connected; this is reported once
    /// ([`on_diagnostic`](Self::on_diagnostic)).
    pub fn udp_ports(mut self, ports: RangeInclusive<u16>) -> Self {
        self.paths.udp_ports = Some(ports);
        self
    }

    /// The IP address by which consumers reach this host, as behind a port forwarding or in a container whose ports are
    /// published; none by default. Consumers are offered it beside the local addresses of its family.
    ///
    /// The forwarding must keep the port: use it with [`udp_ports`](Self::udp_ports).
    pub fn announced_address(mut self, address: impl Into<String>) -> Self {
        self.paths.announced_address = Some(address.into());
        self
    }

    /// Whether consumers connect through a TURN server alone, so that they do not learn the addresses of this host;
    /// false by default. Without a TURN server no consumer connects, which is reported once
    /// ([`on_diagnostic`](Self::on_diagnostic)).
    pub fn relay_only(mut self, relay_only: bool) -> Self {
        self.paths.relay_only = relay_only;
        self
    }

    /// How many consumers there may be at once; 64 by default. One more is refused, and counted.
    pub fn max_consumers(mut self, max_consumers: usize) -> Self {
        self.max_consumers = max_consumers;
        self
    }

    /// How long the end of the last [`Producer`](crate::Producer) handle waits for delivery; 2 s by default.
    pub fn close_timeout(mut self, timeout: Duration) -> Self {
        self.close_timeout = timeout;
        self
    }

    /// What becomes of the producer in the child of a fork; [`Fork::Restart`] by default.
    pub fn fork(mut self, fork: Fork) -> Self {
        self.fork = fork;
        self
    }

    /// Makes the producer do nothing: no thread, no socket, and every entry is filtered.
    pub fn disabled(mut self, disabled: bool) -> Self {
        self.disabled = disabled;
        self
    }

    /// Whether the environment is read, true by default. `LOGRTC_URL`, `LOGRTC_CLIENT_ID`, `LOGRTC_LEVEL`, `LOGRTC_TOKEN`,
    /// `LOGRTC_SECRET` and `LOGRTC_DISABLED` win over what is set here, because the person who runs the program knows
    /// better. So do `LOGRTC_ICE_SERVERS` (with commas between them, a TURN server as `turn:USER:PASSWORD@host`; or `none`),
    /// `LOGRTC_INTERFACES` (with commas between them), `LOGRTC_UDP_PORTS` (`50000-50100`), `LOGRTC_ANNOUNCED_ADDRESS` and
    /// `LOGRTC_RELAY_ONLY` (`1` or `0`).
    /// `HTTPS_PROXY` for `wss://`, `HTTP_PROXY` for `ws://` and `ALL_PROXY` for both name the proxy to the signaling server,
    /// and `NO_PROXY` the hosts that need none; this host never does.
    pub fn environment(mut self, environment: bool) -> Self {
        self.environment = environment;
        self
    }

    /// Receives the diagnostics of the producer: a warning at the first failed attempt to reach the signaling server,
    /// one when it is connected again, and one for each ICE server and interface that cannot be used. By default they go to `tracing` or `log` under the target `logrtc`, or to
    /// standard error if nobody listens to either.
    ///
    /// `handler` is called on a thread of logrtc. It must not block, because that thread carries the connections.
    pub fn on_diagnostic(mut self, handler: impl Fn(&Diagnostic) + Send + Sync + 'static) -> Self {
        self.on_diagnostic = Some(Arc::new(handler));
        self
    }

    /// Faults for the producer's own sockets, for tests.
    #[cfg(feature = "faults")]
    pub fn faults(mut self, faults: crate::faults::Faults) -> Self {
        self.faults = Some(faults);
        self
    }

    /// Checks every option.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) that names the option and states what is right.
    pub fn build(self) -> Result<Config> {
        if self.environment { self.build_with(|name| std::env::var(name).ok()) } else { self.check() }
    }

    /// Overlays what `variable` holds.
    fn build_with(mut self, variable: impl Fn(&str) -> Option<String>) -> Result<Config> {
        let variables = Variables::read(variable)?;
        self.overlay(&variables);
        self.check().map_err(|error| variables.rename(error))
    }

    fn overlay(&mut self, variables: &Variables) {
        let Variables { url, client_id, level, token, secret, disabled, .. } = variables;
        // Credentials from there replace those of the code, of whichever kind.
        match (url, token) {
            (Some(url), None) if without_user(url).is_some() => self.token = None,
            (None, Some(_)) => self.url = without_user(&self.url).unwrap_or_else(|| self.url.clone()),
            _ => {}
        }
        if let Some(url) = url {
            url.clone_into(&mut self.url);
        }
        if let Some(level) = level {
            self.filter = FilterOption::Directives(level.clone());
        }
        self.client_id = client_id.clone().or(self.client_id.take());
        self.token = token.clone().or(self.token.take());
        self.secret = secret.clone().or(self.secret.take());
        self.disabled = disabled.unwrap_or(self.disabled);
        self.paths.overlay(variables);
    }

    fn check(self) -> Result<Config> {
        let mut url = parse_url(&self.url)?;
        let client_id = self.client_id.unwrap_or_else(|| program_name::usable(self.program_name));
        check_text("client_id", &client_id, 1, MAX_CLIENT_ID_BYTES)?;
        let system_name = self.system_name.unwrap_or_else(|| client_id.clone());
        check_text("system_name", &system_name, 1, MAX_METADATA_BYTES)?;
        check_text("version", &self.version, 1, MAX_METADATA_BYTES)?;
        if let Some(description) = &self.description {
            check_text("description", description, 0, MAX_METADATA_BYTES)?;
        }
        if let Some(token) = &self.token {
            check_token(token)?;
        }
        let secret = self.secret.as_deref().map(Secret::parse).transpose();
        let secret = secret.map_err(|problem| Error::invalid("secret", problem))?;
        let credentials = Credentials::take(self.token, &mut url)?;
        let proxy = if self.environment { Proxy::from_environment(&url) } else { None };
        let filter = match self.filter {
            FilterOption::Level(level) => Filter::at_least(level),
            FilterOption::Directives(directives) => directives.parse()?,
        };
        check_range("max_entry_bytes", self.max_entry_bytes, 2048, DEFAULT_MAX_ENTRY_BYTES)?;
        check_range("max_entries", self.max_entries, 1, 1 << 24)?;
        check_range("max_bytes", self.max_bytes, 2 * self.max_entry_bytes, MAX_JOURNAL_BYTES)?;
        check_range("max_consumers", self.max_consumers, 1, 1000)?;
        if !(0.0..=1.0).contains(&self.reconnect.jitter) {
            return Err(Error::invalid(
                "reconnect_jitter",
                format_args!("{} is not from 0 to 1", self.reconnect.jitter),
            ));
        }
        check_duration("reconnect_interval", self.reconnect.interval, Duration::from_millis(1))?;
        check_duration("max_reconnect_interval", self.reconnect.max_interval, Duration::ZERO)?;
        if self.reconnect.max_attempts == Some(0) {
            let text = "0 is not from 1; for no end of the attempts leave it unset, for no attempt use disabled";
            return Err(Error::invalid("max_reconnect_attempts", text));
        }
        check_duration("close_timeout", self.close_timeout, Duration::ZERO)?;
        if let Overflow::Block(limit) = self.overflow {
            check_duration("block_timeout", limit, Duration::ZERO)?;
        }
        let extra_certificates = match &self.ca_file {
            Some(path) => ExtraCertificates::read(path)?,
            None => ExtraCertificates::default(),
        };
        Ok(Config {
            url,
            metadata: Metadata { system_name, version: self.version, description: self.description },
            client_id,
            credentials,
            secret,
            proxy,
            extra_certificates,
            filter,
            limits: Limits { entries: self.max_entries, bytes: self.max_bytes },
            max_entry_bytes: self.max_entry_bytes,
            overflow: self.overflow,
            replay: self.replay,
            reconnect: self.reconnect,
            paths: self.paths.check()?,
            max_consumers: self.max_consumers,
            close_timeout: self.close_timeout,
            fork: self.fork,
            disabled: self.disabled,
            on_diagnostic: self.on_diagnostic,
            #[cfg(feature = "faults")]
            faults: self.faults,
        })
    }
}

/// What may stand in a header (RFC 6750 §2.1); the message never shows the token.
fn check_token(token: &str) -> Result<()> {
    if token.is_empty() || token.len() > 4096 || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Error::invalid("token", "must have 1 to 4096 visible ASCII characters"));
    }
    Ok(())
}

fn check_range(name: &str, value: usize, least: usize, most: usize) -> Result<()> {
    if (least..=most).contains(&value) {
        Ok(())
    } else {
        Err(Error::invalid(name, format_args!("{value} is not from {least} to {most}")))
    }
}

fn check_duration(name: &str, value: Duration, least: Duration) -> Result<()> {
    if (least..=MAX_DURATION).contains(&value) {
        Ok(())
    } else {
        Err(Error::invalid(name, format_args!("{value:?} is not from {least:?} to {MAX_DURATION:?}")))
    }
}

#[cfg(test)]
mod environment_tests;
#[cfg(test)]
mod tests;
