//! What is said of trouble with the signaling server: once when it begins, once when it is over. No I/O.

use std::time::Duration;

use tokio_tungstenite::tungstenite::http::StatusCode;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use crate::printable::printable;

/// The close code of a server that does not accept the token (docs/protocol.md §4.5).
const UNAUTHORIZED: u16 = 4401;

/// Which warning is due.
#[derive(Debug, Default)]
pub(crate) struct Trouble {
    said: bool,
    /// Whether the last connection worked and ended early, as that to a server that is restarted does once.
    was_lost: bool,
}

impl Trouble {
    /// An attempt failed, or the server hung up before it took this producer. Returns whether this begins an outage, which is
    /// said.
    pub(crate) fn begins(&mut self) -> bool {
        !std::mem::replace(&mut self.said, true)
    }

    /// A connection that worked ended early. Returns whether this begins an outage: from the second time in a row on.
    pub(crate) fn loses(&mut self) -> bool {
        std::mem::replace(&mut self.was_lost, true) && self.begins()
    }

    /// A connection has lasted.
    pub(crate) fn lasts(&mut self) {
        self.was_lost = false;
    }

    /// The connection works. Returns whether this ends an outage that was said.
    pub(crate) fn ends(&mut self) -> bool {
        std::mem::take(&mut self.said)
    }
}

/// The address of the server without what may be secret in it: the user, the password, the query.
pub(crate) fn shown(url: &url::Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{host}{port}{}", url.scheme(), url.path())
}

/// The warning at the begin of an outage.
pub(crate) fn outage(url: &url::Url, reason: &str, next_attempt: Duration) -> String {
    format!("no connection to the signaling server {}: {reason}; the next attempt is in {next_attempt:?}", shown(url))
}

/// The warning of a secret that everybody on the way can read.
pub(crate) fn in_clear(url: &url::Url, secret: &str) -> String {
    format!("{}: {secret} can be read by everybody on the way, because ws:// is not encrypted; use wss://", shown(url))
}

/// What a status other than 101 means for the person who runs the program; `credentials` is what those are called that
/// were sent.
pub(crate) fn refusal(status: StatusCode, credentials: Option<&str>) -> String {
    let hint = match (status, credentials) {
        (StatusCode::UNAUTHORIZED, sent) | (StatusCode::FORBIDDEN, sent @ Some(_)) => format!(": {}", wanted(sent)),
        (StatusCode::FORBIDDEN, None) => ": it does not let this program in".to_owned(),
        (StatusCode::NOT_FOUND, _) => ": the path is wrong; logrtc serve has /signaling".to_owned(),
        (status, _) if status.is_success() => {
            ": there is no signaling at this path; logrtc serve has /signaling".to_owned()
        }
        _ => String::new(),
    };
    format!("the server responds {status}{hint}")
}

/// What a server wants that refuses this program for the `credentials` that were sent.
fn wanted(credentials: Option<&str>) -> String {
    credentials.map_or_else(|| "it wants a token".to_owned(), |sent| format!("it does not accept {sent}"))
}

/// Whether a server closes the connection because it does not accept the token.
pub(crate) fn is_unauthorized(frame: Option<&CloseFrame>) -> bool {
    frame.is_some_and(|frame| u16::from(frame.code) == UNAUTHORIZED)
}

/// The reason of a server that closes for the token and says nothing else.
pub(crate) fn unauthorized(credentials: Option<&str>) -> String {
    format!("the server closed it: {UNAUTHORIZED}: {}", wanted(credentials))
}

/// The warning that the server has a complaint about this producer.
pub(crate) fn complaint(url: &url::Url, message: &str) -> String {
    format!("the signaling server {} reports: {message}", shown(url))
}

/// The warning that the server sends more than a server has reason to.
pub(crate) fn flood(url: &url::Url, per_second: u32) -> String {
    format!("the signaling server {} sends more than {per_second} messages a second; the rest waits", shown(url))
}

/// The warning that no attempt is left.
pub(crate) fn abandoned(url: &url::Url, reason: &str, attempts: Option<u32>) -> String {
    let attempts = attempts.unwrap_or_default();
    format!("gives up on the signaling server {} after {attempts} failed attempts: {reason}", shown(url))
}

/// The warning that a producer closed before the server had answered.
pub(crate) fn unanswered(url: &url::Url, entries: usize) -> String {
    format!(
        "closes before the signaling server {} has answered; nobody received what was logged: {entries} entries",
        shown(url)
    )
}

/// The warning that a producer closed before a consumer had received everything.
pub(crate) fn undelivered(entries: u64) -> String {
    format!("closes before every consumer has received everything; {entries} entries are missing at the slowest one")
}

/// How a server closed the connection (RFC 6455 §7.1.5, §7.1.6).
pub(crate) fn closed(frame: Option<&CloseFrame>) -> String {
    let Some(CloseFrame { code, reason }) = frame else { return "the server closed it".to_owned() };
    format!("the server closed it: {} {}", u16::from(*code), printable(reason)).trim_end().to_owned()
}

/// The text at the end of an outage.
pub(crate) fn recovery(url: &url::Url) -> String {
    format!("the signaling server {} is connected again", shown(url))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_is_said_once_and_so_is_its_end() {
        let mut trouble = Trouble::default();
        assert!(!trouble.ends(), "nothing was wrong");
        assert!(trouble.begins());
        assert!(!trouble.begins());
        assert!(trouble.ends());
        assert!(!trouble.ends());
        assert!(trouble.begins(), "a new one");
    }

    #[test]
    fn a_connection_that_is_lost_once_is_no_outage_yet() {
        let mut trouble = Trouble::default();
        assert!(!trouble.loses(), "the server may be restarted");
        assert!(trouble.loses(), "it hangs up again and again");
        assert!(!trouble.loses(), "that was said");
        assert!(trouble.ends());
        trouble.lasts();
        assert!(!trouble.loses());
        assert!(trouble.begins(), "it is not back");
    }

    #[test]
    fn a_server_says_why_it_closes() {
        assert_eq!(closed(None), "the server closed it");
        let frame = CloseFrame { code: 4001.into(), reason: "bad\ntoken".into() };
        assert_eq!(closed(Some(&frame)), r"the server closed it: 4001 bad\ntoken");
    }

    #[test]
    fn an_address_is_shown_without_its_secrets() {
        let url = url::Url::parse("wss://user:secret@example.org:8443/logs?token=secret").unwrap();
        assert_eq!(shown(&url), "wss://example.org:8443/logs");
        let text = outage(&url, "connection refused", Duration::from_secs(5));
        assert_eq!(
            text,
            "no connection to the signaling server wss://example.org:8443/logs: connection refused; the next attempt is in 5s"
        );
    }
}
