//! The connection to the signaling server: registers, carries messages, and comes back by itself.
//!
//! The logs do not flow through it, so its end touches no open channel.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep, timeout};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::Request;
use tokio_tungstenite::tungstenite::http::header::AUTHORIZATION;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error as WebSocketError, Message};
use tokio_tungstenite::{Connector, MaybeTlsStream, WebSocketStream, client_async_tls_with_config};

use super::dial::dial;
use super::failure::{self, Failure};
use super::paced::Paced;
use super::tls;
use super::trouble::{self, Trouble};
use crate::backoff::{Backoff, Ended};
use crate::config::Config;
use crate::consumer::arrivals::Arrivals;
use crate::consumer::table::ConsumerTable;
use crate::diagnostics::{self, debug, info};
use crate::message::{self, Incoming, Outgoing};
use crate::observe::{Event, Observers, State};
use crate::runtime::Shutdown;
use crate::stats::Counters;
use crate::token_bucket::TokenBucket;
use crate::webrtc::ice_servers::IceServers;

/// The longest message of a server, in bytes.
pub(crate) const MAX_MESSAGE_BYTES: usize = 256 * 1024;

/// How long name resolution, TCP, TLS and the handshake may take together, and each write.
const STEP_TIMEOUT: Duration = Duration::from_secs(10);

/// How often the server is asked for a sign of life, and after how long without one the connection counts as dead.
const PING_INTERVAL: Duration = Duration::from_secs(15);
const SILENCE_LIMIT: Duration = Duration::from_secs(25);

/// After how long a connection counts as working if the server says nothing: one of the base protocol never does.
const CONFIRMED_BY_SILENCE: Duration = Duration::from_secs(1);

/// How many messages of the server are read at once, and per second; each [`TOKEN_BYTES`] of one count as one more. 500
/// consumers that come together, with 32 candidates each, are 17 000.
const BURST_MESSAGES: u32 = 8192;
const MESSAGES_PER_SECOND: u32 = 1000;
const TOKEN_BYTES: usize = 1024;

/// How long the farewell may take.
const FAREWELL_TIMEOUT: Duration = Duration::from_millis(50);

type Socket = WebSocketStream<MaybeTlsStream<Paced<TcpStream>>>;

pub(crate) struct Client {
    pub(crate) config: Arc<Config>,
    pub(crate) session: String,
    pub(crate) observers: Arc<Observers>,
    pub(crate) counters: Arc<Counters>,
    /// To the consumers.
    pub(crate) incoming: mpsc::Sender<Incoming>,
    /// From the peers. What is said while there is no connection is lost: nobody would know what it is about.
    pub(crate) outgoing: mpsc::Receiver<Outgoing>,
    pub(crate) arrivals: Arc<Arrivals>,
    pub(crate) ice_servers: IceServers,
    pub(crate) table: Arc<ConsumerTable>,
    pub(crate) trouble: Trouble,
    /// Whether the server takes this producer, on the present connection.
    pub(crate) is_confirmed: bool,
    /// Whether it was said that the server sends too much.
    pub(crate) is_flood_reported: bool,
    pub(crate) shutdown: Shutdown,
}

impl Client {
    /// Stays connected until shutdown, or until no attempt is left.
    pub(crate) async fn run(mut self) {
        let mut backoff = Backoff::new(self.config.reconnect.clone());
        let mut shutdown = self.shutdown.clone();
        if let Some(secret) = self.config.secret_in_clear() {
            self.warn(trouble::in_clear(&self.config.url, secret));
        }
        while shutdown.borrow().is_none() {
            self.observers.set_state(State::Connecting);
            self.is_confirmed = false;
            let (ended, failure) = self.session().await;
            if shutdown.borrow().is_some() {
                return;
            }
            let reason = failure.text();
            debug!("no signaling connection: {reason}");
            self.observers.set_last_error(Some(reason.clone()));
            let delay = backoff.after(ended, fastrand::f64());
            let is_outage = if ended.was_healthy() {
                self.trouble.lasts();
                false
            } else if self.is_confirmed && ended != Ended::Refused {
                self.trouble.loses()
            } else {
                self.trouble.begins()
            };
            let (url, policy) = (&self.config.url, &self.config.reconnect);
            match delay {
                None => self.warn(trouble::abandoned(url, &reason, policy.max_attempts)),
                Some(delay) if is_outage => self.warn(trouble::outage(url, &reason, delay)),
                Some(_) => {}
            }
            self.observers.set_state(if delay.is_some() { State::Reconnecting } else { State::Abandoned });
            // Last, because a `close` that waits for it ends now.
            self.arrivals.disconnected();
            let Some(delay) = delay else { return };
            tokio::select! {
                () = sleep(delay) => {}
                _ = shutdown.changed() => {}
            }
        }
    }

    /// One connection, from the attempt to its end. Returns how it ended, and why.
    async fn session(&mut self) -> (Ended, Failure) {
        let mut shutdown = self.shutdown.clone();
        let connected = tokio::select! {
            connected = timeout(STEP_TIMEOUT, connect(&self.config, &self.counters)) => connected,
            _ = shutdown.changed() => return (Ended::Failed, Failure::Closing),
        };
        let (socket, round_trip) = match connected.unwrap_or_else(|_| Err(self.no_answer())) {
            Ok(connected) => connected,
            Err(failure) => {
                self.observers.emit(&Event::ServerError { message: failure.text() });
                return (failure.ended(), failure);
            }
        };
        let since = Instant::now();
        while self.outgoing.try_recv().is_ok() {}
        let failure = self.converse(socket, round_trip, &mut shutdown).await;
        (failure.ended_after(since.elapsed()), failure)
    }

    fn no_answer(&self) -> Failure {
        Failure::NoAnswer { within: STEP_TIMEOUT, through: self.config.proxy.as_ref().map(ToString::to_string) }
    }

    fn warn(&self, message: String) {
        diagnostics::warn_user(&self.config.client_id, message, self.config.on_diagnostic.as_ref());
    }

    /// The server takes this producer: what was wrong before is over.
    fn confirm(&mut self) {
        self.is_confirmed = true;
        self.observers.set_last_error(None);
        if self.trouble.ends() {
            self.warn(trouble::recovery(&self.config.url));
        }
    }

    async fn converse(&mut self, mut socket: Socket, round_trip: Duration, shutdown: &mut Shutdown) -> Failure {
        let register = Outgoing::Register {
            role: "producer",
            client_id: self.config.client_id.clone(),
            metadata: self.config.metadata.clone(),
            session: self.session.clone(),
            connected: (self.counters.registrations.get() > 0).then(|| self.table.consumer_ids()),
        };
        self.ice_servers.begin();
        if let Err(failure) = say(&mut socket, &register).await {
            return failure;
        }
        info!("registered as {:?}", self.config.client_id);
        self.counters.registrations.increment();
        self.arrivals.registered(round_trip);
        self.observers.set_state(State::Registered);

        let mut heard = Instant::now();
        let silence_confirms = heard + CONFIRMED_BY_SILENCE;
        let mut pace = TokenBucket::new(heard.into_std(), MESSAGES_PER_SECOND, BURST_MESSAGES);
        let mut readable = heard;
        let mut ping = interval_at(heard + PING_INTERVAL, PING_INTERVAL);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let silence = heard + SILENCE_LIMIT;
            let is_paused = Instant::now() < readable;
            let said = tokio::select! {
                () = tokio::time::sleep_until(readable), if is_paused => Ok(()),
                frame = socket.next(), if !is_paused => {
                    heard = Instant::now();
                    readable = self.pause_after(frame.as_ref(), &mut pace, heard);
                    match frame {
                        Some(Ok(Message::Text(text))) => self.hear(&mut socket, &text).await,
                        Some(Ok(Message::Close(frame))) => Err(self.closed(frame)),
                        None => Err(Failure::Closed(None)),
                        Some(Ok(Message::Binary(_))) => { self.counters.malformed_messages.increment(); Ok(()) }
                        Some(Ok(_)) => Ok(()),
                        Some(Err(error)) => Err(Failure::WebSocket(error)),
                    }
                }
                Some(message) = self.outgoing.recv() => say(&mut socket, &message).await,
                () = tokio::time::sleep_until(silence_confirms), if !self.is_confirmed => {
                    self.confirm();
                    Ok(())
                }
                _ = ping.tick() => write(&mut socket, Message::Ping(Vec::new().into())).await,
                () = tokio::time::sleep_until(silence) => Err(Failure::Silent(SILENCE_LIMIT)),
                _ = shutdown.changed() => {
                    let _ = timeout(FAREWELL_TIMEOUT, socket.close(None)).await;
                    Err(Failure::Closing)
                }
            };
            if let Err(failure) = said {
                return failure;
            }
        }
    }

    /// Until when the next message waits.
    fn pause_after(
        &mut self,
        frame: Option<&std::result::Result<Message, WebSocketError>>,
        pace: &mut TokenBucket,
        now: Instant,
    ) -> Instant {
        let bytes = frame.and_then(|frame| frame.as_ref().ok()).map_or(0, Message::len);
        let cost = u32::try_from(1 + bytes / TOKEN_BYTES).expect("a message has a limit");
        let until = pace.spend(now.into_std(), cost).into();
        if until > now && !std::mem::replace(&mut self.is_flood_reported, true) {
            self.warn(trouble::flood(&self.config.url, MESSAGES_PER_SECOND));
        }
        until
    }

    /// The server closes the connection. It may let a producer connect and then refuse its token, as one of a reader. What it
    /// says about it comes first; a server that says nothing has it said here.
    fn closed(&self, frame: Option<CloseFrame>) -> Failure {
        if !failure::is_unauthorized(frame.as_ref()) {
            return Failure::Closed(frame);
        }
        let told = self.observers.last_error().filter(|_| self.is_confirmed);
        let is_new = told.is_none();
        let failure = Failure::TokenRefused { told, sent: self.config.credentials.name() };
        if is_new {
            self.observers.emit(&Event::ServerError { message: failure.text() });
        }
        failure
    }

    async fn hear(&mut self, socket: &mut Socket, text: &str) -> Result<(), Failure> {
        let message = message::parse(text);
        if !self.is_confirmed && !matches!(message, Ok(Incoming::Error { .. }) | Err(_)) {
            self.confirm();
        }
        match message {
            Ok(Incoming::Ping) => return say(socket, &Outgoing::Pong).await,
            Ok(Incoming::IceServers(servers)) => self.ice_servers.hand_out(Some(servers)),
            Ok(Incoming::Registered { consumers, ice_servers }) => {
                self.ice_servers.hand_out(ice_servers);
                if let Some(consumers) = consumers {
                    self.arrivals.promised(consumers);
                }
            }
            Ok(Incoming::Error { message, to }) => {
                debug!("the signaling server reports: {message}");
                if to.is_some() {
                    let _ = self.incoming.send(Incoming::Error { message: message.clone(), to }).await;
                } else {
                    self.is_confirmed = true;
                    self.observers.set_last_error(Some(message.clone()));
                    if self.trouble.begins() {
                        self.warn(trouble::complaint(&self.config.url, &message));
                    }
                }
                self.observers.emit(&Event::ServerError { message });
            }
            Ok(Incoming::Unknown) => self.counters.unknown_messages.increment(),
            Ok(incoming) => {
                if matches!(incoming, Incoming::ConsumerConnected { .. }) {
                    // A server that names ICE servers has done so by now.
                    self.ice_servers.decide();
                }
                // Their task always reads on; it is gone only at shutdown.
                let _ = self.incoming.send(incoming).await;
            }
            Err(problem) => {
                self.counters.malformed_messages.increment();
                debug!("ignores a message of the signaling server: {problem}");
            }
        }
        Ok(())
    }
}

async fn say(socket: &mut Socket, message: &Outgoing) -> Result<(), Failure> {
    write(socket, Message::text(message.to_json())).await
}

async fn write(socket: &mut Socket, message: Message) -> Result<(), Failure> {
    match timeout(STEP_TIMEOUT, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(Failure::WebSocket(error)),
        Err(_) => Err(Failure::NotRead(STEP_TIMEOUT)),
    }
}

/// Connects, and measures the time of the handshake: about how long an answer of the server takes.
async fn connect(config: &Config, counters: &Arc<Counters>) -> Result<(Socket, Duration), Failure> {
    let connector = if config.url.scheme() == "wss" {
        let extra = config.extra_certificates.clone();
        Connector::Rustls(tokio::task::spawn_blocking(move || tls::client_config(&extra)).await??)
    } else {
        Connector::Plain
    };
    let limits = WebSocketConfig::default()
        .max_message_size(Some(MAX_MESSAGE_BYTES))
        .max_frame_size(Some(MAX_MESSAGE_BYTES))
        .read_buffer_size(8 * 1024)
        .write_buffer_size(8 * 1024)
        .max_write_buffer_size(1024 * 1024);
    let stream = Paced::new(dial(config, counters).await?);
    let since = Instant::now();
    match client_async_tls_with_config(request(config)?, stream, Some(limits), Some(connector)).await {
        Ok((socket, _)) => Ok((socket, since.elapsed())),
        Err(WebSocketError::Http(response)) => Err(Failure::refused(&response, config.credentials.name())),
        Err(error) => Err(Failure::WebSocket(error)),
    }
}

fn request(config: &Config) -> Result<Request<()>, Failure> {
    let mut request = config.url.as_str().into_client_request().map_err(Failure::WebSocket)?;
    if let Some(value) = config.credentials.header()? {
        request.headers_mut().insert(AUTHORIZATION, value);
    }
    Ok(request)
}
