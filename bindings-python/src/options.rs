//! Options: keywords of Python as the setters of the core, which has the defaults and the checks.

use std::path::PathBuf;
use std::time::Duration;

use logrtc::binding::{ConfigBuilderExt as _, did_you_mean};
use logrtc::{Config, ConfigBuilder, Fork, IceServer, Overflow, Replay};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::callbacks::Callbacks;
use crate::diagnostics;
use crate::errors::Refusal;
use crate::levels::level_of;
use crate::values::{seconds, shown, typed};

/// What a producer is made of.
pub(crate) struct Options {
    pub(crate) config: Config,
    /// Whether a log call may wait for a consumer.
    pub(crate) may_block: bool,
    pub(crate) callbacks: Callbacks,
}

impl Options {
    /// Reads the keywords; `None` stands for the default.
    pub(crate) fn read(
        py: Python<'_>,
        url: Option<&Bound<'_, PyAny>>,
        client_id: Option<&Bound<'_, PyAny>>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> Result<Self, Refusal> {
        let mut builder = Config::for_program().on_diagnostic(diagnostics::push);
        builder = match client_id {
            Some(client_id) => builder.client_id(text("client_id", client_id)?),
            None => builder.program_name(program_name(py)?),
        };
        if let Some(url) = url {
            builder = builder.url(text("url", url)?);
        }
        let callbacks = Callbacks { on_state: None, on_event: None };
        let mut read = Reading { overflow: None, block_timeout: None, callbacks };
        for (key, value) in options.into_iter().flatten() {
            let key: String = key.extract()?;
            if !value.is_none() {
                builder = read.set(builder, &key, &value)?;
            }
        }
        let overflow = read.overflow()?;
        if let Some(overflow) = overflow {
            builder = builder.overflow(overflow);
        }
        Ok(Self {
            config: builder.build()?,
            may_block: matches!(overflow, Some(Overflow::Block(_))),
            callbacks: read.callbacks,
        })
    }
}

/// What a producer that `install` or `connect` would make registers as, and where: `(url, client_id)`. Raises what they raise.
#[pyfunction]
#[pyo3(signature = (url=None, *, client_id=None, **options))]
pub(crate) fn identify(
    py: Python<'_>,
    url: Option<&Bound<'_, PyAny>>,
    client_id: Option<&Bound<'_, PyAny>>,
    options: Option<&Bound<'_, PyDict>>,
) -> Result<(String, String), Refusal> {
    let Options { config, .. } = Options::read(py, url, client_id, options)?;
    Ok((config.url().to_owned(), config.client_id().to_owned()))
}

fn program_name(py: Python<'_>) -> PyResult<String> {
    py.import("logrtc._program")?.call_method0("name")?.extract()
}

struct Reading {
    overflow: Option<String>,
    block_timeout: Option<Duration>,
    callbacks: Callbacks,
}

impl Reading {
    fn set(&mut self, builder: ConfigBuilder, key: &str, value: &Bound<'_, PyAny>) -> Result<ConfigBuilder, Refusal> {
        Ok(match key {
            "system_name" => builder.system_name(text(key, value)?),
            "version" => builder.version(text(key, value)?),
            "description" => builder.description(text(key, value)?),
            "token" => builder.token(text(key, value)?),
            "secret" => builder.secret(text(key, value)?),
            "ca_file" => builder.ca_file(typed::<PathBuf>(key, value, "a path")?),
            "level" => builder.level(level_of(value)?.0),
            "filter" => builder.filter(text(key, value)?),
            "max_entries" => builder.max_entries(count(key, value)?),
            "max_bytes" => builder.max_bytes(count(key, value)?),
            "max_entry_bytes" => builder.max_entry_bytes(count(key, value)?),
            "max_consumers" => builder.max_consumers(count(key, value)?),
            "overflow" => {
                self.overflow = Some(text(key, value)?);
                builder
            }
            "block_timeout" => {
                self.block_timeout = Some(seconds(key, value)?);
                builder
            }
            "replay" => builder.replay(replay(value)?),
            "reconnect_interval" => builder.reconnect_interval(seconds(key, value)?),
            "max_reconnect_interval" => builder.max_reconnect_interval(seconds(key, value)?),
            "reconnect_jitter" => builder.reconnect_jitter(typed(key, value, "a number")?),
            "max_reconnect_attempts" => builder.max_reconnect_attempts(max_attempts(value)?),
            "ice_servers" => builder.ice_servers(list(key, value, ice_server)?),
            "interfaces" => builder.interfaces(list(key, value, |name| text(key, name))?),
            "udp_ports" => {
                let (first, last) = typed::<(u16, u16)>(key, value, "a pair of ports, as (50000, 50100)")?;
                builder.udp_ports(first..=last)
            }
            "announced_address" => builder.announced_address(text(key, value)?),
            "relay_only" => builder.relay_only(typed(key, value, "True or False")?),
            "close_timeout" => builder.close_timeout(seconds(key, value)?),
            "fork" => builder.fork(match &*text(key, value)? {
                "restart" => Fork::Restart,
                "disable" => Fork::Disable,
                other => {
                    return Err(Refusal::invalid(key, format_args!("{other:?} is neither 'restart' nor 'disable'")));
                }
            }),
            "disabled" => builder.disabled(typed(key, value, "True or False")?),
            "environment" => builder.environment(typed(key, value, "True or False")?),
            "on_state" => {
                self.callbacks.on_state = Some(callable(key, value)?);
                builder
            }
            "on_event" => {
                self.callbacks.on_event = Some(callable(key, value)?);
                builder
            }
            _ => return Err(unknown(value.py(), key)?),
        })
    }

    fn overflow(&self) -> Result<Option<Overflow>, Refusal> {
        Ok(Some(match (self.overflow.as_deref(), self.block_timeout) {
            (None, None) => return Ok(None),
            (Some("drop_oldest"), None) => Overflow::DropOldest,
            (Some("drop_newest"), None) => Overflow::DropNewest,
            (Some("block"), Some(limit)) => Overflow::Block(limit),
            (Some("block"), None) => {
                return Err(Refusal::invalid("block_timeout", "must be given where overflow is 'block'"));
            }
            (None | Some("drop_oldest" | "drop_newest"), Some(_)) => {
                return Err(Refusal::invalid("block_timeout", "is for overflow='block' alone"));
            }
            (Some(other), _) => {
                let problem = format_args!("{other:?} is neither 'drop_oldest', 'drop_newest' nor 'block'").to_string();
                return Err(Refusal::invalid("overflow", problem));
            }
        }))
    }
}

/// Names the option that is nearest to an unknown one.
fn unknown(py: Python<'_>, key: &str) -> PyResult<Refusal> {
    let options = py.import("logrtc._types")?.getattr("Options")?.getattr("__annotations__")?.cast_into::<PyDict>()?;
    let mut known: Vec<String> = options.keys().extract()?;
    known.extend(["url", "client_id"].map(str::to_owned));
    let meant = did_you_mean(key, known.iter().map(String::as_str));
    Ok(Refusal::invalid(key, format_args!("is not an option{meant}")))
}

fn callable(key: &str, value: &Bound<'_, PyAny>) -> Result<Py<PyAny>, Refusal> {
    if value.is_callable() { Ok(value.clone().unbind()) } else { Err(Refusal::invalid(key, "must be callable")) }
}

fn text(key: &str, value: &Bound<'_, PyAny>) -> Result<String, Refusal> {
    let text = value.extract::<String>();
    if text.is_err() && value.is_instance_of::<PyString>() {
        return Err(Refusal::invalid(key, "must not hold half of a surrogate pair"));
    }
    text.or_else(|_| typed(key, value, "a string"))
}

fn count(key: &str, value: &Bound<'_, PyAny>) -> Result<usize, Refusal> {
    typed(key, value, "a positive integer")
}

fn replay(value: &Bound<'_, PyAny>) -> Result<Replay, Refusal> {
    if let Ok(word) = value.cast::<PyString>() {
        match word.to_str() {
            Ok("all") => return Ok(Replay::All),
            Ok("none") => return Ok(Replay::None),
            _ => {}
        }
    }
    typed("replay", value, "'all', 'none' or a number of entries").map(Replay::Last)
}

/// As the protocol has it, -1 stands for no end.
fn max_attempts(value: &Bound<'_, PyAny>) -> Result<Option<u32>, Refusal> {
    if value.extract::<i64>().is_ok_and(|attempts| attempts == -1) {
        return Ok(None);
    }
    typed("max_reconnect_attempts", value, "a number of attempts from 1, or -1").map(Some)
}

/// The members of a list, each as `read` has it. A string, which has members, too, is none.
fn list<'py, T>(
    key: &str,
    value: &Bound<'py, PyAny>,
    read: impl Fn(&Bound<'py, PyAny>) -> Result<T, Refusal>,
) -> Result<Vec<T>, Refusal> {
    if value.is_instance_of::<PyString>() {
        return Err(Refusal::invalid(key, "must be a list, not a string"));
    }
    value.try_iter().map_err(|_| Refusal::invalid(key, "must be a list"))?.map(|member| read(&member?)).collect()
}

/// A URL, or a dict.
fn ice_server(server: &Bound<'_, PyAny>) -> Result<IceServer, Refusal> {
    let key = "ice_servers";
    if server.is_instance_of::<PyString>() {
        return Ok(IceServer::stun(text(key, server)?));
    }
    let Ok(members) = server.cast::<PyDict>() else {
        return Err(Refusal::invalid(key, format_args!("must be URLs or dicts, not {}", shown(server))));
    };
    let mut made = IceServer::stun("");
    for (name, value) in members.iter() {
        match &*text(key, &name)? {
            // As the W3C's RTCIceServer has it, too.
            "url" | "urls" => made.url = text("ice_servers.url", &value)?,
            "username" => made.username = text("ice_servers.username", &value)?,
            "credential" => made.credential = text("ice_servers.credential", &value)?,
            other => {
                let problem = format_args!("{other:?} is not a key here; use url, username, credential").to_string();
                return Err(Refusal::invalid(key, problem));
            }
        }
    }
    Ok(made)
}
