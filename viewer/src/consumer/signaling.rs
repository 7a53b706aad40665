//! The connection to the signaling server: carries messages, and comes back when it is lost.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use logrtc::binding::{explained_failure, tls_client_config};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep, sleep_until, timeout};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::Request;
use tokio_tungstenite::tungstenite::http::header::{AUTHORIZATION, HeaderValue, ORIGIN};
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error as WebSocketError, Message};
use tokio_tungstenite::{Connector, MaybeTlsStream, WebSocketStream, connect_async_tls_with_config};
use url::Url;

use super::message::{self, Incoming, Outgoing};
use crate::message::CLOSE_UNAUTHORIZED;

/// The longest message of a server, in bytes.
const MAX_MESSAGE_BYTES: usize = 256 * 1024;

/// How long the connection may take to come about, and each write.
const STEP_TIMEOUT: Duration = Duration::from_secs(10);

/// How often the server is pinged, and after how long without a sign of life the connection counts as lost.
const PING_INTERVAL: Duration = Duration::from_secs(15);
const SILENCE_LIMIT: Duration = Duration::from_secs(25);

/// After how long a connection counts as working if the server says nothing: one of the base protocol may not answer `register`.
const CONFIRMED_BY_SILENCE: Duration = Duration::from_secs(1);

/// What becomes of the connection.
pub(crate) enum SignalingEvent {
    /// It is open: the registration is to be sent first.
    Open,
    /// The server has taken the registration, as far as anybody can tell.
    Confirmed,
    Message(Incoming),
    /// It ended, or did not come about; the next attempt follows.
    Lost(Failure),
}

/// Why there is no connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// In words.
    pub reason: String,
    /// The HTTP status, if the server responded with another one than 101; 401 also if it refused the token later.
    pub status: Option<u16>,
}

impl Failure {
    fn of(error: &impl std::fmt::Display) -> Self {
        Self { reason: error.to_string(), status: None }
    }
}

pub(crate) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

pub(crate) struct Signaling {
    pub(crate) url: Url,
    pub(crate) token: Option<String>,
    pub(crate) events: mpsc::Sender<SignalingEvent>,
    /// What is queued while there is no connection is lost: it is about a registration that is gone.
    pub(crate) outgoing: mpsc::Receiver<Outgoing>,
}

/// How long to wait before the `attempt`-th new connection, counted from 0: 1 s, growing to 5 s, less a fraction
/// `jitter` (0 to 1) of a quarter of it.
fn delay(attempt: u32, jitter: f64) -> Duration {
    let delay = Duration::from_secs(1).mul_f64(1.5_f64.powi(attempt.min(10).cast_signed()));
    delay.min(Duration::from_secs(5)).mul_f64(1.0 - jitter / 4.0)
}

impl Signaling {
    /// Stays connected until nobody listens to the events.
    pub(crate) async fn run(mut self) {
        let mut attempt = 0;
        loop {
            let failure = match timeout(STEP_TIMEOUT, connect(&self.url, self.token.as_deref(), None)).await {
                Ok(Ok(socket)) => match self.converse(socket, &mut attempt).await {
                    Some(failure) => failure,
                    None => return,
                },
                Ok(Err(failure)) => failure,
                Err(_) => Failure::of(&format_args!("no answer within {STEP_TIMEOUT:?}")),
            };
            if self.events.send(SignalingEvent::Lost(failure)).await.is_err() {
                return;
            }
            let delay = delay(attempt, fastrand::f64());
            attempt += 1;
            tokio::select! {
                () = sleep(delay) => {}
                () = self.events.closed() => return,
            }
        }
    }

    /// One connection. Returns why it ended, or none if nobody listens any more.
    async fn converse(&mut self, mut socket: Socket, attempt: &mut u32) -> Option<Failure> {
        while self.outgoing.try_recv().is_ok() {}
        self.events.send(SignalingEvent::Open).await.ok()?;
        let mut heard = Instant::now();
        let silence_confirms = heard + CONFIRMED_BY_SILENCE;
        let mut is_confirmed = false;
        let mut ping = interval_at(heard + PING_INTERVAL, PING_INTERVAL);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let written = tokio::select! {
                frame = socket.next() => {
                    heard = Instant::now();
                    let text = match frame {
                        Some(Ok(Message::Text(text))) => text,
                        Some(Ok(Message::Close(frame))) => return Some(closed(frame.as_ref())),
                        None => return Some(closed(None)),
                        Some(Ok(_)) => continue,
                        Some(Err(error)) => return Some(Failure::of(&error)),
                    };
                    match message::parse(&text) {
                        Ok(Incoming::Ping) => write(&mut socket, Message::text(Outgoing::Pong.to_json())).await,
                        Ok(message) => {
                            if !is_confirmed && !matches!(message, Incoming::Error { .. }) {
                                is_confirmed = true;
                                *attempt = 0;
                                self.events.send(SignalingEvent::Confirmed).await.ok()?;
                            }
                            self.events.send(SignalingEvent::Message(message)).await.ok()?;
                            Ok(())
                        }
                        Err(problem) => {
                            log::debug!("ignores a message of the signaling server: {problem}");
                            Ok(())
                        }
                    }
                }
                message = self.outgoing.recv() => {
                    write(&mut socket, Message::text(message?.to_json())).await
                }
                () = sleep_until(silence_confirms), if !is_confirmed => {
                    is_confirmed = true;
                    *attempt = 0;
                    self.events.send(SignalingEvent::Confirmed).await.ok()?;
                    Ok(())
                }
                _ = ping.tick() => write(&mut socket, Message::Ping(Vec::new().into())).await,
                () = sleep_until(heard + SILENCE_LIMIT) => {
                    Err(Failure::of(&format_args!("no sign of life for {SILENCE_LIMIT:?}")))
                }
                () = self.events.closed() => return None,
            };
            if let Err(failure) = written {
                return Some(failure);
            }
        }
    }
}

/// Why a server closes. If it does not accept the token for this role, that is what 401 is for any role.
pub(crate) fn closed(frame: Option<&CloseFrame>) -> Failure {
    match frame.map(|frame| u16::from(frame.code)) {
        Some(CLOSE_UNAUTHORIZED) => Failure { reason: "the server refuses the token".to_owned(), status: Some(401) },
        _ => Failure::of(&"the server closed it"),
    }
}

async fn write(socket: &mut Socket, message: Message) -> Result<(), Failure> {
    match timeout(STEP_TIMEOUT, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(Failure::of(&error)),
        Err(_) => Err(Failure::of(&format_args!("the server did not read for {STEP_TIMEOUT:?}"))),
    }
}

/// Connects as a program does, or as a page of `origin`.
pub(crate) async fn connect(url: &Url, token: Option<&str>, origin: Option<&str>) -> Result<Socket, Failure> {
    let limits = WebSocketConfig::default()
        .max_message_size(Some(MAX_MESSAGE_BYTES))
        .max_frame_size(Some(MAX_MESSAGE_BYTES))
        .read_buffer_size(8 * 1024)
        .write_buffer_size(8 * 1024);
    let connector = if url.scheme() == "wss" {
        let made = tokio::task::spawn_blocking(tls_client_config).await.map_err(|error| Failure::of(&error))?;
        Connector::Rustls(made.map_err(|error| Failure::of(&error))?)
    } else {
        Connector::Plain
    };
    let request = request(url, token, origin)?;
    match connect_async_tls_with_config(request, Some(limits), true, Some(connector)).await {
        Ok((socket, _)) => Ok(socket),
        Err(WebSocketError::Http(response)) => {
            let status = response.status();
            let hint = match status.as_u16() {
                429 => ": too many connections or wrong tokens of this address; check the token",
                _ => "",
            };
            Err(Failure { reason: format!("the server responds {status}{hint}"), status: Some(status.as_u16()) })
        }
        Err(WebSocketError::Io(error)) => Err(Failure::of(&explained_failure(&error.to_string()))),
        Err(error) => Err(Failure::of(&explained_failure(&error.to_string()))),
    }
}

fn request(url: &Url, token: Option<&str>, origin: Option<&str>) -> Result<Request<()>, Failure> {
    let mut request = url.as_str().into_client_request().map_err(|error| Failure::of(&error))?;
    if let Some(token) = token {
        let mut value = HeaderValue::from_str(&format!("Bearer {token}")).map_err(|error| Failure::of(&error))?;
        value.set_sensitive(true);
        request.headers_mut().insert(AUTHORIZATION, value);
    }
    if let Some(origin) = origin {
        let value = HeaderValue::from_str(origin).map_err(|error| Failure::of(&error))?;
        request.headers_mut().insert(ORIGIN, value);
    }
    Ok(request)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_become_rarer_up_to_five_seconds() {
        let delays: Vec<_> = (0..5).map(|attempt| delay(attempt, 0.0).as_millis()).collect();
        assert_eq!(delays, [1000, 1500, 2250, 3375, 5000]);
        assert_eq!(delay(u32::MAX, 0.0), Duration::from_secs(5));
        assert_eq!(delay(0, 1.0), Duration::from_millis(750));
    }
}
