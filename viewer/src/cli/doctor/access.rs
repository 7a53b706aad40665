//! Whether the server lets in: a program, a page, a reader.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use url::Url;

use super::report::Finding;
use crate::IceServer;
use crate::consumer::Failure;
use crate::consumer::message::{self, Incoming, Outgoing};
use crate::consumer::signaling::{Socket, closed, connect};

const TIMEOUT: Duration = Duration::from_secs(10);

/// Opens a WebSocket as a program does.
pub(super) async fn program(url: &Url, token: Option<&str>) -> Result<Finding, Finding> {
    match open(url, token, None).await {
        Ok(_) => {
            let found = if token.is_some() { "the server accepts the token" } else { "the server takes programs" };
            Ok(Finding::ok("server", found))
        }
        Err(failure) => Err(refused("server", url, &failure, token.is_some())),
    }
}

/// Opens a WebSocket as the log page does, or as a page of `origin`.
pub(super) async fn origin(url: &Url, origin: Option<&str>) -> Finding {
    let own = own_origin(url);
    let origin = origin.unwrap_or(&own);
    match open(url, None, Some(origin)).await {
        Ok(_) => Finding::ok("origin", format!("pages of {origin} may connect")),
        Err(Failure { status: Some(403), .. }) => {
            let found = format!("pages of {origin} may not connect");
            Finding::failed("origin", found, format!("start logrtc serve with --allow-origin {origin}"))
        }
        Err(failure) => refused("origin", url, &failure, false),
    }
}

/// Registers as a reader. Returns the ICE servers that the server names.
pub(super) async fn reader(url: &Url, token: Option<&str>) -> Result<(Option<Vec<IceServer>>, Finding), Finding> {
    let refused = |failure| refused("reader", url, &failure, token.is_some());
    let mut socket = open(url, token, None).await.map_err(refused)?;
    let client_id = format!("doctor_{:016x}", fastrand::u64(..));
    // A producer that does not exist, so this reader is announced to no program.
    let producer = Some(client_id.clone());
    let register = Outgoing::Register { role: "consumer", client_id, producer, connected: BTreeMap::new() };
    let asked = async {
        socket.send(Message::text(register.to_json())).await.map_err(|error| failure(&error))?;
        loop {
            let text = match socket.next().await {
                Some(Ok(Message::Text(text))) => text,
                Some(Ok(Message::Close(frame))) => return Err(closed(frame.as_ref())),
                Some(Ok(_)) => continue,
                Some(Err(error)) => return Err(failure(&error)),
                None => return Err(closed(None)),
            };
            match message::parse(&text) {
                Ok(Incoming::Registered { ice_servers }) => return Ok(ice_servers),
                Ok(Incoming::Error { message }) => return Err(Failure { reason: message, status: None }),
                _ => {}
            }
        }
    };
    match timeout(TIMEOUT, asked).await {
        Ok(Ok(ice_servers)) => Ok((ice_servers, Finding::ok("reader", "a reader is registered"))),
        Ok(Err(failure)) => Err(refused(failure)),
        Err(_) => {
            let found = format!("the server does not respond to `register` within {TIMEOUT:?}");
            Err(Finding::failed("reader", found, "is it a signaling server of logrtc?"))
        }
    }
}

async fn open(url: &Url, token: Option<&str>, origin: Option<&str>) -> Result<Socket, Failure> {
    let opened = timeout(TIMEOUT, connect(url, token, origin)).await;
    opened.unwrap_or_else(|_| Err(Failure { reason: format!("no response within {TIMEOUT:?}"), status: None }))
}

fn failure(error: &dyn std::fmt::Display) -> Failure {
    Failure { reason: error.to_string(), status: None }
}

/// The origin of the page that the server at a signaling URL has.
fn own_origin(url: &Url) -> String {
    let scheme = if url.scheme() == "wss" { "https" } else { "http" };
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{scheme}://{}{port}", url.host_str().unwrap_or_default())
}

fn refused(check: &'static str, url: &Url, failure: &Failure, has_token: bool) -> Finding {
    let is_of_token = failure.status == Some(401) || failure.reason.starts_with("token:");
    let advice = match (failure.status, has_token) {
        _ if is_of_token && !has_token => "set LOGRTC_TOKEN, or use the link that logrtc serve prints",
        _ if is_of_token => {
            "use a token of this server, and for this role; logrtc serve reads its files again on SIGHUP"
        }
        (Some(403), _) => "a server or a proxy in between does not let this program in",
        (Some(404), _) => "check the path: logrtc serve has /signaling, below its --base-path",
        (Some(429), _) => "there are too many connections or wrong tokens of this address: try again in a moment",
        (Some(502 | 504), _) => "the proxy does not reach logrtc serve: check its address there",
        (Some(503), _) => "the server is full or stops: see --max-connections",
        (Some(200..=399 | 426), _) => {
            "there is no WebSocket at this address: check the path, and that a proxy forwards Upgrade and Connection"
        }
        // A server with TLS sends a record of TLS or, behind some proxies, 400.
        (None | Some(400), _) if url.scheme() == "ws" => {
            "if the server has TLS, use https:// or wss://; else check that logrtc serve listens at this port"
        }
        _ => "check that logrtc serve listens at this port",
    };
    Finding::failed(check, &*failure.reason, advice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_advice_is_of_the_reason() {
        let advice_for = |url: &str, status, reason: &str, has_token| {
            let failure = Failure { reason: reason.to_owned(), status };
            refused("server", &url.parse().unwrap(), &failure, has_token).advice.unwrap()
        };
        let advice = |status, reason, has_token| advice_for("ws://h/signaling", status, reason, has_token);
        assert!(advice(Some(401), "", false).contains("LOGRTC_TOKEN"));
        assert!(advice(Some(401), "", true).contains("a token of this server"));
        assert!(advice(None, "token: it is for producers", true).contains("for this role"));
        assert!(advice(Some(404), "", false).contains("/signaling"));
        assert!(advice(Some(200), "", false).contains("Upgrade"));
        assert!(advice(None, "reset", false).contains("use https:// or wss://"));
        assert!(advice(Some(400), "", false).contains("use https:// or wss://"));
        assert!(!advice_for("wss://h/signaling", None, "reset", false).contains("https://"));
    }

    #[test]
    fn a_page_has_the_origin_of_its_server() {
        for (url, origin) in [
            ("ws://127.0.0.1:8080/signaling", "http://127.0.0.1:8080"),
            ("wss://logs.example/app/signaling", "https://logs.example"),
            ("ws://[::1]:1/signaling", "http://[::1]:1"),
        ] {
            assert_eq!(own_origin(&url.parse().unwrap()), origin);
        }
    }
}
