//! The options object, as JSON, to a checked `Config`. Defaults and bounds are the core's.

use std::ops::RangeInclusive;
use std::time::Duration;

use logrtc::binding::{ConfigBuilderExt as _, did_you_mean};
use logrtc::{Config, ConfigBuilder, Diagnostic, Filter, IceServer, Level, Overflow, Replay};
use serde_json::{Map, Value};

use crate::refusal::{Refusal, Result, invalid, refused, refused_as};

/// The options of `connect`, each with its name in the core.
const OPTIONS: [(&str, &str); 29] = [
    ("url", "url"),
    ("clientId", "client_id"),
    ("systemName", "system_name"),
    ("version", "version"),
    ("description", "description"),
    ("token", "token"),
    ("secret", "secret"),
    ("caFile", "ca_file"),
    ("level", "level"),
    ("filter", "filter"),
    ("maxEntries", "max_entries"),
    ("maxBytes", "max_bytes"),
    ("maxEntryBytes", "max_entry_bytes"),
    ("maxConsumers", "max_consumers"),
    ("overflow", "overflow"),
    ("blockTimeoutMs", "block_timeout"),
    ("replay", "replay"),
    ("reconnectIntervalMs", "reconnect_interval"),
    ("maxReconnectIntervalMs", "max_reconnect_interval"),
    ("reconnectJitter", "reconnect_jitter"),
    ("maxReconnectAttempts", "max_reconnect_attempts"),
    ("iceServers", "ice_servers"),
    ("interfaces", "interfaces"),
    ("udpPorts", "udp_ports"),
    ("announcedAddress", "announced_address"),
    ("relayOnly", "relay_only"),
    ("closeTimeoutMs", "close_timeout"),
    ("disabled", "disabled"),
    ("environment", "environment"),
];

/// Reads the options of `connect`. Without a `clientId`, the producer is called `program_name`. An unknown option may have been
/// meant as one of `adapter_options`.
pub(crate) fn config(
    json: &str,
    adapter_options: &[String],
    program_name: String,
    on_diagnostic: impl Fn(&Diagnostic) + Send + Sync + 'static,
) -> Result<Config> {
    let options: Map<String, Value> = serde_json::from_str(json).map_err(|error| invalid("options", error))?;
    let mut builder = Config::for_program().program_name(program_name).on_diagnostic(on_diagnostic);
    if let Some(unknown) = options.keys().find(|key| OPTIONS.iter().all(|(name, _)| name != key)) {
        let names = OPTIONS.iter().map(|(name, _)| *name).chain(adapter_options.iter().map(String::as_str));
        return Err(invalid(unknown, format_args!("is not an option{}", did_you_mean(unknown, names))));
    }
    // A later setter replaces an earlier one; the more exact of the two is the filter.
    if let Some(level) = options.get("level") {
        builder = set(builder, "level", level)?;
    }
    if let Some(overflow) = overflow(options.get("overflow"), options.get("blockTimeoutMs"))? {
        builder = builder.overflow(overflow);
    }
    for (key, value) in
        options.iter().filter(|(key, _)| !["level", "overflow", "blockTimeoutMs"].contains(&key.as_str()))
    {
        builder = set(builder, key, value)?;
    }
    builder.build().map_err(|error| as_written(&error))
}

/// An error of the core, with the option under the name that it has here. A variable of the environment keeps its own.
fn as_written(error: &logrtc::Error) -> Refusal {
    let option = error.argument().and_then(|argument| OPTIONS.iter().find(|(_, in_core)| *in_core == argument));
    let text = option.map_or_else(|| error.to_string(), |(name, _)| format!("{name}: {}", error.problem()));
    refused_as(error, text)
}

fn set(builder: ConfigBuilder, key: &str, value: &Value) -> Result<ConfigBuilder> {
    Ok(match key {
        "url" => builder.url(text(key, value)?),
        "clientId" => builder.client_id(text(key, value)?),
        "systemName" => builder.system_name(text(key, value)?),
        "version" => builder.version(text(key, value)?),
        "description" => builder.description(text(key, value)?),
        "token" => builder.token(text(key, value)?),
        "secret" => builder.secret(text(key, value)?),
        "caFile" => builder.ca_file(text(key, value)?),
        "level" => builder.level(level(text(key, value)?)?),
        "filter" => builder.filter(text(key, value)?),
        "maxEntries" => builder.max_entries(count(key, value)?),
        "maxBytes" => builder.max_bytes(count(key, value)?),
        "maxEntryBytes" => builder.max_entry_bytes(count(key, value)?),
        "maxConsumers" => builder.max_consumers(count(key, value)?),
        "replay" => builder.replay(replay(value)?),
        "reconnectIntervalMs" => builder.reconnect_interval(milliseconds(key, value)?),
        "maxReconnectIntervalMs" => builder.max_reconnect_interval(milliseconds(key, value)?),
        "reconnectJitter" => builder.reconnect_jitter(number(key, value)?),
        "maxReconnectAttempts" => builder.max_reconnect_attempts(attempts(key, value)?),
        "iceServers" => builder.ice_servers(ice_servers(value)?),
        "interfaces" => builder.interfaces(interfaces(value)?),
        "udpPorts" => builder.udp_ports(udp_ports(value)?),
        "announcedAddress" => builder.announced_address(text(key, value)?),
        "relayOnly" => builder.relay_only(boolean(key, value)?),
        "closeTimeoutMs" => builder.close_timeout(milliseconds(key, value)?),
        "disabled" => builder.disabled(boolean(key, value)?),
        "environment" => builder.environment(boolean(key, value)?),
        unknown => return Err(invalid(unknown, "is not an option")),
    })
}

/// The level that a name means.
pub(crate) fn level(name: &str) -> Result<Level> {
    name.parse().map_err(refused)
}

/// The filter that directives mean.
pub(crate) fn filter(directives: &str) -> Result<Filter> {
    directives.parse().map_err(refused)
}

/// A time in milliseconds, for ever where it is infinite.
pub(crate) fn duration(name: &str, milliseconds: f64) -> Result<Duration> {
    if milliseconds == f64::INFINITY {
        return Ok(Duration::MAX);
    }
    Duration::try_from_secs_f64(milliseconds / 1e3)
        .map_err(|_| invalid(name, format_args!("{milliseconds} is not a number of milliseconds from 0")))
}

fn wrong(key: &str, value: &Value, right: &str) -> Refusal {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) => return invalid(key, format_args!("must be {right}, not {number}")),
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    };
    invalid(key, format_args!("must be {right}, not {kind}"))
}

fn text<'a>(key: &str, value: &'a Value) -> Result<&'a str> {
    value.as_str().ok_or_else(|| wrong(key, value, "a string"))
}

fn boolean(key: &str, value: &Value) -> Result<bool> {
    value.as_bool().ok_or_else(|| wrong(key, value, "a boolean"))
}

fn number(key: &str, value: &Value) -> Result<f64> {
    value.as_f64().ok_or_else(|| wrong(key, value, "a number"))
}

fn count(key: &str, value: &Value) -> Result<usize> {
    let whole = value.as_u64().and_then(|number| usize::try_from(number).ok());
    whole.ok_or_else(|| wrong(key, value, "a whole number"))
}

fn milliseconds(key: &str, value: &Value) -> Result<Duration> {
    duration(key, number(key, value)?)
}

/// `null` is what JSON makes of `Infinity`; -1 is what the protocol calls it.
fn attempts(key: &str, value: &Value) -> Result<Option<u32>> {
    if value.is_null() || value.as_i64() == Some(-1) {
        return Ok(None);
    }
    let attempts = value.as_u64().and_then(|number| u32::try_from(number).ok());
    attempts.map(Some).ok_or_else(|| wrong(key, value, "a whole number from 1, or -1 for no end"))
}

/// The policy that both options describe; `None` if neither is there.
fn overflow(policy: Option<&Value>, block_timeout: Option<&Value>) -> Result<Option<Overflow>> {
    let block_timeout = block_timeout.map(|value| milliseconds("blockTimeoutMs", value)).transpose()?;
    let wrong = || invalid("overflow", "must be \"drop_oldest\", \"drop_newest\" or \"block\"");
    let policy = policy.map(|value| value.as_str().ok_or_else(wrong)).transpose()?;
    match (policy, block_timeout) {
        (None, None) => Ok(None),
        (Some("drop_oldest"), None) => Ok(Some(Overflow::DropOldest)),
        (Some("drop_newest"), None) => Ok(Some(Overflow::DropNewest)),
        (Some("block"), Some(timeout)) => Ok(Some(Overflow::Block(timeout))),
        (Some("block"), None) => Err(invalid("blockTimeoutMs", "is missing: how long a log call may wait for room")),
        (None | Some("drop_oldest" | "drop_newest"), Some(_)) => {
            Err(invalid("blockTimeoutMs", "is only for overflow: \"block\""))
        }
        (Some(_), _) => Err(wrong()),
    }
}

fn replay(value: &Value) -> Result<Replay> {
    match value {
        Value::String(name) if name == "all" => Ok(Replay::All),
        Value::String(name) if name == "none" => Ok(Replay::None),
        Value::Number(number) if number.is_u64() => Ok(Replay::Last(number.as_u64().unwrap_or_default())),
        _ => Err(invalid("replay", "must be \"all\", \"none\" or a whole number")),
    }
}

fn ice_servers(value: &Value) -> Result<Vec<IceServer>> {
    let servers = value.as_array().ok_or_else(|| wrong("iceServers", value, "an array"))?;
    servers.iter().map(ice_server).collect()
}

fn interfaces(value: &Value) -> Result<Vec<&str>> {
    const RIGHT: &str = "an array of strings";
    let interfaces = value.as_array().ok_or_else(|| wrong("interfaces", value, RIGHT))?;
    interfaces.iter().map(|interface| interface.as_str().ok_or_else(|| wrong("interfaces", interface, RIGHT))).collect()
}

fn udp_ports(value: &Value) -> Result<RangeInclusive<u16>> {
    let port = |value: &Value| value.as_u64().and_then(|port| u16::try_from(port).ok());
    let ports = value.as_array().map(|ports| ports.iter().map(port).collect::<Vec<_>>());
    match ports.as_deref() {
        Some([Some(first), Some(last)]) => Ok(*first..=*last),
        _ => Err(wrong("udpPorts", value, "[first, last], two ports")),
    }
}

fn ice_server(value: &Value) -> Result<IceServer> {
    const RIGHT: &str = "an array of strings or { url, username, credential }";
    match value {
        Value::String(url) => Ok(IceServer::stun(url)),
        Value::Object(object) => {
            let member = |key: &str| match object.get(key) {
                None => Ok(""),
                Some(value) => value.as_str().ok_or_else(|| wrong("iceServers", value, RIGHT)),
            };
            if let Some(unknown) = object.keys().find(|key| !["url", "username", "credential"].contains(&key.as_str()))
            {
                return Err(invalid(
                    &format!("iceServers.{unknown}"),
                    "is not a key here; use url, username, credential",
                ));
            }
            Ok(IceServer::turn(member("url")?, member("username")?, member("credential")?))
        }
        other => Err(wrong("iceServers", other, RIGHT)),
    }
}
