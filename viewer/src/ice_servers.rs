//! The STUN and TURN servers that the server names to its clients (docs/protocol.md §4.6). No I/O, no clock.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use serde::Serialize;

/// How long the credentials of a TURN server are valid, unless the options say otherwise.
const DEFAULT_TURN_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// The bounds of that. Credentials are renewed after half of it, and no more often than once in a second; their end
/// is a time that every clock can show.
const MIN_TURN_LIFETIME: Duration = Duration::from_secs(2);
const MAX_TURN_LIFETIME: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

/// A STUN or TURN server, as browsers have it (`RTCIceServer`).
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct IceServer {
    /// `stun:`, `turn:` or `turns:` URLs of the same server.
    pub urls: Vec<String>,
    /// The user of a TURN server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The password of a TURN server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
}

impl IceServer {
    /// A STUN server, `stun:host[:port]`.
    pub fn stun(url: impl Into<String>) -> Self {
        Self { urls: vec![url.into()], username: None, credential: None }
    }

    /// A TURN server, `turn:host[:port]`, with its user and password.
    pub fn turn(url: impl Into<String>, username: impl Into<String>, credential: impl Into<String>) -> Self {
        Self { urls: vec![url.into()], username: Some(username.into()), credential: Some(credential.into()) }
    }
}

impl fmt::Debug for IceServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IceServer").field("urls", &self.urls).finish_non_exhaustive()
    }
}

/// TURN servers that share a secret with this server, which makes credentials for each client:
/// draft-uberti-behave-turn-rest-00, in coturn `use-auth-secret`.
#[derive(Clone)]
pub struct TurnServers {
    urls: Vec<String>,
    secret: Arc<str>,
    lifetime: Duration,
}

impl TurnServers {
    /// The servers at `urls`, and the secret that they share with this server. Credentials are valid for a day.
    pub fn new(urls: Vec<String>, secret: &str) -> Self {
        Self { urls, secret: secret.into(), lifetime: DEFAULT_TURN_LIFETIME }
    }

    /// Sets how long credentials are valid: between 2 s and 10 years, and the nearer of both if it is not. A client gets
    /// new ones after half of that time.
    #[must_use]
    pub fn lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime.clamp(MIN_TURN_LIFETIME, MAX_TURN_LIFETIME);
        self
    }

    /// Credentials that are valid from `now` on: the user name is the time of their end in seconds since 1970 and who they are
    /// for, the password the HMAC-SHA-1 of it.
    fn credentials(&self, now: SystemTime, user: &str) -> IceServer {
        let end = now.duration_since(UNIX_EPOCH).unwrap_or_default() + self.lifetime;
        let username = format!("{}:{user}", end.as_secs());
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, self.secret.as_bytes());
        let credential = STANDARD.encode(hmac::sign(&key, username.as_bytes()));
        IceServer { urls: self.urls.clone(), username: Some(username), credential: Some(credential) }
    }
}

impl fmt::Debug for TurnServers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TurnServers").field("urls", &self.urls).finish_non_exhaustive()
    }
}

/// The servers that are named to every client. With none of them, clients that have none of their own use none.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct IceServers {
    /// Servers that are the same for every client.
    pub fixed: Vec<IceServer>,
    /// Servers whose credentials are made for each client.
    pub turn: Option<TurnServers>,
}

impl IceServers {
    /// What a client is told at `now`.
    pub(crate) fn named(&self, now: SystemTime, user: &str) -> Vec<IceServer> {
        let turn = self.turn.as_ref().map(|turn| turn.credentials(now, user));
        self.fixed.iter().cloned().chain(turn).collect()
    }

    /// After how long a client is told again, so that it never holds credentials that are about to end.
    pub(crate) fn renewal(&self) -> Option<Duration> {
        self.turn.as_ref().map(|turn| turn.lifetime / 2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_those_of_the_draft() {
        // `printf 1700086400:producer | openssl dgst -sha1 -hmac north -binary | base64`
        let turn = TurnServers::new(vec!["turn:h".into()], "north");
        let servers = IceServers { fixed: vec![IceServer::stun("stun:h")], turn: Some(turn) };
        let named = servers.named(UNIX_EPOCH + Duration::from_secs(1_700_000_000), "producer");
        assert_eq!(
            serde_json::to_string(&named).unwrap(),
            concat!(
                r#"[{"urls":["stun:h"]},{"urls":["turn:h"],"username":"1700086400:producer","#,
                r#""credential":"NcIzLc3EZsdbyqt2gvNfIcw/Aqc="}]"#
            )
        );
        assert_eq!(servers.renewal(), Some(Duration::from_secs(12 * 60 * 60)));
        assert!(!format!("{servers:?} {named:?}").contains("north"));
    }

    #[test]
    fn a_lifetime_has_bounds() {
        let servers = |lifetime| {
            let turn = TurnServers::new(vec!["turn:h".into()], "north").lifetime(lifetime);
            IceServers { fixed: Vec::new(), turn: Some(turn) }
        };
        assert_eq!(servers(Duration::ZERO).renewal(), Some(Duration::from_secs(1)));
        let longest = servers(Duration::MAX);
        assert_eq!(longest.named(SystemTime::now(), "reader").len(), 1);
        assert!(std::time::Instant::now().checked_add(longest.renewal().unwrap()).is_some());
    }

    #[test]
    fn without_a_secret_nothing_is_renewed() {
        let servers = IceServers { fixed: vec![IceServer::turn("turn:h", "u", "c")], turn: None };
        assert_eq!(servers.renewal(), None);
        let named = serde_json::to_string(&servers.named(UNIX_EPOCH, "reader")).unwrap();
        assert_eq!(named, r#"[{"urls":["turn:h"],"username":"u","credential":"c"}]"#);
    }
}
