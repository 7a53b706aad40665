//! What is said of trouble with the signaling server: once when it begins, once when it is over. No I/O.

use std::time::Duration;

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
