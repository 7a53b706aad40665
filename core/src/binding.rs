//! What the C, Python and Node packages and the program `logrtc` need, and other programs do not. No part of the public API: it changes without notice.

use std::time::Duration;

pub use crate::entry::{ArrayWriter, ObjectWriter, RawMember, RawMembers, ValueWriter, has_member, raw_string};
pub use crate::level::level_of_pino;
pub use crate::printable::printable;
pub use crate::proof::{Claim, Context, Fingerprint, NONCE_BYTES, Secret, only_fingerprint};
pub use crate::signaling::tls::{TlsError, tls_client_config};
pub use crate::webrtc::addresses::addresses_to_bind;
pub use crate::webrtc::sockets::literal_address;

use crate::config::ConfigBuilder;
pub use crate::config::environment::ice_servers_of_environment;
use crate::config::ice_url::{self, IceUrl, Scheme};
pub use crate::config::paths::parse_udp_ports;
use crate::entry::Fields;
use crate::error::{Error, Result};
use crate::level::Level;
use crate::nearest::nearest;
use crate::producer::{Outcome, Producer};
use crate::signaling::failure::explained;

/// The text of a failed connection to a server, in words if it is one that a wrong set-up causes.
#[must_use]
pub fn explained_failure(text: &str) -> String {
    explained(text)
}

/// A producer whose waits are done in parts or without blocking, and whose filter is asked before an entry is made.
pub trait ProducerExt {
    /// Counts an entry that was skipped because `enabled` returned false.
    fn count_filtered(&self) -> Outcome;

    /// Whether an entry of `level` would be logged for any target: one atomic load.
    fn enabled_for_any_target(&self, level: Level) -> bool;

    /// The number of the next entry. Entries that the overflow policy refused have numbers, too.
    fn position(&self) -> u64;

    /// Does what [`Producer::flush`] does for the entries before `position`, so that a wait can be done in parts.
    ///
    /// # Errors
    /// Those of [`Producer::flush`].
    fn flush_to(&self, position: u64, timeout: Duration) -> Result<()>;

    /// Does what [`Producer::flush`] does without blocking: calls `done` once, before this returns or on a thread of logrtc,
    /// which it must not block.
    fn flush_then(&self, timeout: Duration, done: impl FnOnce(Result<()>) + Send + 'static);

    /// Does what [`Producer::wait_for_consumer`] does without blocking; `done` is called as by `flush_then`.
    fn wait_for_consumer_then(&self, timeout: Duration, done: impl FnOnce(bool) + Send + 'static);
}

impl ProducerExt for Producer {
    fn count_filtered(&self) -> Outcome {
        Self::count_filtered(self)
    }

    #[inline]
    fn enabled_for_any_target(&self, level: Level) -> bool {
        Self::enabled_for_any_target(self, level)
    }

    fn position(&self) -> u64 {
        Self::position(self)
    }

    fn flush_to(&self, position: u64, timeout: Duration) -> Result<()> {
        Self::flush_to(self, position, timeout)
    }

    fn flush_then(&self, timeout: Duration, done: impl FnOnce(Result<()>) + Send + 'static) {
        Self::flush_then(self, timeout, done);
    }

    fn wait_for_consumer_then(&self, timeout: Duration, done: impl FnOnce(bool) + Send + 'static) {
        Self::wait_for_consumer_then(self, timeout, done);
    }
}

/// The configuration of a program that is run by an interpreter.
pub trait ConfigBuilderExt: Sized {
    /// Sets the name of the program, which is the `client_id` by default; the name of the executable by default.
    #[must_use]
    fn program_name(self, name: impl Into<String>) -> Self;

    /// Sets what the environment has of paths (`LOGRTC_ICE_SERVERS` and the like), for a program whose own options win over it.
    /// `LOGRTC_DISABLED` switches the producer off.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) that names the variable.
    fn paths_of_environment(self) -> Result<Self>;
}

impl ConfigBuilderExt for ConfigBuilder {
    fn program_name(self, name: impl Into<String>) -> Self {
        Self::program_name(self, name)
    }

    fn paths_of_environment(self) -> Result<Self> {
        Self::paths_of_environment(self)
    }
}

/// Fields whose nested values are written in place.
pub trait FieldsExt {
    /// Adds one field whose value is written into its place, without a tree in between.
    fn member(&mut self, key: &str) -> ValueWriter<'_>;
}

impl FieldsExt for Fields {
    fn member(&mut self, key: &str) -> ValueWriter<'_> {
        Self::member(self, key)
    }
}

/// The URL of a TURN server without a user, over whatever transport, in its canonical form.
///
/// # Errors
/// [`InvalidArgument`](crate::ErrorKind::InvalidArgument).
pub fn parse_turn_url(text: &str) -> Result<String> {
    let wrong =
        |problem: &dyn std::fmt::Display| Error::invalid("turn", format_args!("{:?} {problem}", ice_url::shown(text)));
    let url = IceUrl::parse(text).map_err(|problem| wrong(&problem))?;
    if url.scheme == Scheme::Turn { Ok(url.to_string()) } else { Err(wrong(&"must begin with turn: or turns:")) }
}

/// The scheme (`stun` or `turn`) and the host with its port of the URL of a STUN or TURN server, if it
/// is reached over UDP. An IPv6 address is in brackets.
pub fn over_udp(text: &str) -> Option<(&'static str, String)> {
    let url = IceUrl::parse(text).and_then(IceUrl::over_udp).ok()?;
    Some((url.scheme.as_str(), format!("{}:{}", url.host, url.port)))
}

/// `; did you mean max_bytes?` if one of `known` is near to `written`, else nothing: to be put behind the problem of an
/// unknown option.
pub fn did_you_mean<'k>(written: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    nearest(written, known).map_or_else(String::new, |known| format!("; did you mean {known}?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_over_udp_has_a_host_and_a_port() {
        for (url, expected) in [
            ("stun:h", Some(("stun", "h:3478"))),
            ("TURN:h:80?transport=UDP", Some(("turn", "h:80"))),
            ("turn:[::1]:5", Some(("turn", "[::1]:5"))),
            ("turn:h?transport=tcp", None),
            ("turns:h", None),
            ("stun:", None),
            ("nonsense", None),
        ] {
            assert_eq!(over_udp(url), expected.map(|(scheme, host)| (scheme, host.to_owned())), "{url}");
        }
    }

    #[test]
    fn the_url_of_a_turn_server_is_named_without_what_may_be_a_password() {
        assert_eq!(parse_turn_url("turns:h").unwrap(), "turns:h:5349");
        for text in ["turn:user:secret@h", "turn:user:secret"] {
            let error = parse_turn_url(text).unwrap_err().to_string();
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
