//! Why there is no connection to the signaling server. No I/O.

use std::io;
use std::time::Duration;

use thiserror::Error;
use tokio::task::JoinError;
use tokio_tungstenite::tungstenite::Error as WebSocketError;
use tokio_tungstenite::tungstenite::http::header::{HeaderMap, InvalidHeaderValue, RETRY_AFTER};
use tokio_tungstenite::tungstenite::http::{Response, StatusCode};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use super::tls::TlsError;
use crate::backoff::Ended;
use crate::printable::printable;

/// The close code of a server that does not accept the token (docs/protocol.md §4.5).
const UNAUTHORIZED: u16 = 4401;

/// Why a connection did not come about, or ended; in words for the person who runs the program.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    #[error("the producer closes")]
    Closing,
    /// `through` is the proxy, if there is one.
    #[error("no answer within {within:?}{}", .through.as_ref().map(|proxy| format!(" through {proxy}")).unwrap_or_default())]
    NoAnswer { within: Duration, through: Option<String> },
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error(transparent)]
    Credentials(#[from] InvalidHeaderValue),
    #[error(transparent)]
    Task(#[from] JoinError),
    #[error("{}", explained(&.0.to_string()))]
    WebSocket(WebSocketError),
    /// `sent` is what the credentials are called that were sent.
    #[error("the server responds {status}{}", hint(*.status, *.sent))]
    Refused { status: StatusCode, sent: Option<&'static str>, retry_after: Option<Duration> },
    #[error("the server closed it{}", close_text(.0.as_ref()))]
    Closed(Option<CloseFrame>),
    /// The server closes because it does not accept the token. `told` is what it has said before.
    #[error("{}", .told.clone().unwrap_or_else(|| format!("the server closed it: {UNAUTHORIZED}: {}", wanted(*.sent))))]
    TokenRefused { told: Option<String>, sent: Option<&'static str> },
    #[error("no sign of life for {0:?}")]
    Silent(Duration),
    #[error("the server did not read for {0:?}")]
    NotRead(Duration),
}

impl Failure {
    /// A response other than 101.
    pub(super) fn refused<T>(response: &Response<T>, sent: Option<&'static str>) -> Self {
        Self::Refused { status: response.status(), sent, retry_after: retry_after(response.headers()) }
    }

    /// Its text for a terminal: a server or a proxy may have written parts of it.
    pub(super) fn text(&self) -> String {
        printable(&self.to_string())
    }

    /// What a connection that it ended after `lived` means for the next attempt.
    pub(super) fn ended_after(&self, lived: Duration) -> Ended {
        if matches!(self, Self::TokenRefused { .. }) { Ended::Refused } else { Ended::Lost(lived) }
    }

    /// What an attempt that failed with it means for the next one.
    pub(super) fn ended(&self) -> Ended {
        match self {
            Self::Refused { status: StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, .. } => Ended::Refused,
            Self::Refused {
                status: StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE,
                retry_after: Some(delay),
                ..
            } => Ended::Deferred(*delay),
            _ => Ended::Failed,
        }
    }
}

/// The text of a failed handshake, in words if it is one that a wrong set-up causes.
pub(crate) fn explained(text: &str) -> String {
    // The second one if an authority that is trusted has the name of the one that has signed.
    let distrust = ["UnknownIssuer", "BadSignature"].into_iter().find(|reason| text.contains(reason));
    if let Some(reason) = distrust {
        return format!(
            "no authority that this machine trusts has signed the certificate of the server ({reason}); if the authority \
             is one of your own, set SSL_CERT_FILE to the file of its certificate, or the option ca_file of a program"
        );
    }
    let reason = if text.contains("CaUsedAsEndEntity") {
        "the certificate of the server is one of an authority (CA:TRUE), which is not accepted as that of a server; \
         make it with openssl's -addext basicConstraints=critical,CA:FALSE"
    } else if text.contains("invalid HTTP version") {
        "the port does not speak HTTP; if it speaks TLS, use https:// or wss://"
    } else if text.contains("InvalidContentType") {
        "the port does not speak TLS; for a server without TLS, use http:// or ws://"
    } else {
        text
    };
    reason.to_owned()
}

/// What a status other than 101 means.
fn hint(status: StatusCode, sent: Option<&str>) -> String {
    match (status, sent) {
        (StatusCode::UNAUTHORIZED, sent) | (StatusCode::FORBIDDEN, sent @ Some(_)) => format!(": {}", wanted(sent)),
        (StatusCode::FORBIDDEN, None) => ": it does not let this program in".to_owned(),
        (StatusCode::NOT_FOUND, _) => ": the path is wrong; logrtc serve has /signaling".to_owned(),
        (StatusCode::TOO_MANY_REQUESTS, _) => {
            ": too many connections or wrong tokens of this address; check the token".to_owned()
        }
        (status, _) if status.is_success() => {
            ": there is no signaling at this path; logrtc serve has /signaling".to_owned()
        }
        _ => String::new(),
    }
}

/// What a server wants that refuses this program for the credentials that were sent.
fn wanted(sent: Option<&str>) -> String {
    sent.map_or_else(|| "it wants a token".to_owned(), |sent| format!("it does not accept {sent}"))
}

/// Whether a server closes the connection because it does not accept the token.
pub(super) fn is_unauthorized(frame: Option<&CloseFrame>) -> bool {
    frame.is_some_and(|frame| u16::from(frame.code) == UNAUTHORIZED)
}

/// The code and the reason that a server closes with (RFC 6455 §7.1.5, §7.1.6).
fn close_text(frame: Option<&CloseFrame>) -> String {
    let Some(CloseFrame { code, reason }) = frame else { return String::new() };
    format!(": {} {reason}", u16::from(*code)).trim_end().to_owned()
}

/// How long the server wants to be left alone (RFC 9110 §10.2.3).
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = chrono::DateTime::parse_from_rfc2822(text).ok()?;
    // A date that has passed asks for nothing.
    date.signed_duration_since(chrono::Utc::now()).to_std().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_says_in_seconds_or_by_a_date_when_to_come_back() {
        let after = |text: &str| retry_after(&HeaderMap::from_iter([(RETRY_AFTER, text.parse().unwrap())]));
        assert_eq!(after("120"), Some(Duration::from_secs(120)));
        assert_eq!(after("soon"), None);
        assert_eq!(after("-1"), None);
        assert_eq!(after("Wed, 21 Oct 2015 07:28:00 GMT"), None);
        let date = (chrono::Utc::now() + Duration::from_secs(90)).format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        let wait = after(&date).unwrap();
        assert!((Duration::from_secs(80)..=Duration::from_secs(90)).contains(&wait), "{wait:?}");
    }

    #[test]
    fn a_response_decides_about_the_next_attempt() {
        let ended = |status: u16, after: Option<&str>| {
            let mut response = Response::builder().status(status);
            if let Some(after) = after {
                response = response.header(RETRY_AFTER, after);
            }
            Failure::refused(&response.body(()).unwrap(), None).ended()
        };
        assert_eq!(ended(401, None), Ended::Refused);
        assert_eq!(ended(403, Some("7")), Ended::Refused);
        assert_eq!(ended(503, Some("7")), Ended::Deferred(Duration::from_secs(7)));
        assert_eq!(ended(429, None), Ended::Failed);
        assert_eq!(ended(500, Some("7")), Ended::Failed);
        assert_eq!(Failure::Closing.ended(), Ended::Failed);
    }

    #[test]
    fn a_wrong_set_up_is_explained() {
        for (text, part) in [
            (
                "invalid peer certificate: UnknownIssuer",
                "(UnknownIssuer); if the authority is one of your own, set SSL_CERT_FILE",
            ),
            ("invalid peer certificate: BadSignature", "(BadSignature); if the authority is one of your own"),
            (
                "received corrupt message of type InvalidContentType",
                "does not speak TLS; for a server without TLS, use http://",
            ),
            ("invalid HTTP version parsed", "if it speaks TLS, use https://"),
            ("invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))", "CA:FALSE"),
            ("connection reset", "connection reset"),
        ] {
            assert!(explained(text).contains(part), "{text}");
        }
    }

    #[test]
    fn a_server_says_why_it_closes() {
        assert_eq!(Failure::Closed(None).to_string(), "the server closed it");
        let frame = CloseFrame { code: 4001.into(), reason: "bad\ntoken".into() };
        assert_eq!(Failure::Closed(Some(frame)).text(), r"the server closed it: 4001 bad\ntoken");
    }

    #[test]
    fn a_refused_token_is_no_lost_connection() {
        let lived = Duration::from_secs(60);
        let refused = Failure::TokenRefused { told: None, sent: Some("the token") };
        assert_eq!(refused.to_string(), "the server closed it: 4401: it does not accept the token");
        assert_eq!(refused.ended_after(lived), Ended::Refused);
        assert_eq!(Failure::Closed(None).ended_after(lived), Ended::Lost(lived));
    }

    #[test]
    fn a_timeout_names_the_proxy() {
        let within = Duration::from_secs(10);
        assert_eq!(Failure::NoAnswer { within, through: None }.to_string(), "no answer within 10s");
        let through = Some("the proxy http://p:1".to_owned());
        let text = "no answer within 10s through the proxy http://p:1";
        assert_eq!(Failure::NoAnswer { within, through }.to_string(), text);
    }
}
