//! One WebSocket connection, from its first message to its end.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, close_code};
use tokio::sync::watch;
use tokio::time::{Instant, interval_at, sleep_until, timeout};

use super::gate::{Refusal, Ticket};
use super::strangers::Stranger;
use crate::hub::{Hub, Seat};
use crate::message::{CLOSE_UNAUTHORIZED, Departure, Incoming, Outgoing, Problem, Register, parse};
use crate::rate::Rate;
use crate::stopping::stopped;
use crate::tokens::Role;

/// How long the closing handshake may take.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// Where a connection stands: who has shown a token that the server wants has a seat, and the others have to show one.
pub(crate) enum Place {
    Seat(Seat),
    Stranger(Stranger, Arc<Hub>),
}

impl Place {
    fn hub(&self) -> &Hub {
        match self {
            Self::Seat(seat) => seat.hub(),
            Self::Stranger(_, hub) => hub,
        }
    }

    /// Waits until another one needs the place.
    async fn shown_out(&mut self) {
        match self {
            Self::Seat(_) => std::future::pending().await,
            Self::Stranger(stranger, _) => stranger.shown_out().await,
        }
    }

    /// The seat of a client that is let in; none if all are taken.
    fn seat(&mut self) -> Option<&mut Seat> {
        if let Self::Stranger(_, hub) = self {
            *self = Self::Seat(hub.take_seat()?);
        }
        match self {
            Self::Seat(seat) => Some(seat),
            Self::Stranger(..) => None,
        }
    }
}

/// Why a connection ends.
enum End {
    /// The client closed it, with a goodbye.
    Closed,
    /// The client is gone without one, or the network is.
    Gone,
    /// The hub let go of it: replaced, or too slow.
    LetGo,
    /// The server stops.
    Stopping,
    /// The client broke a rule, and is told which.
    Refused(Problem),
    /// The client has no token for what it wants to be.
    Unauthorized(Refusal),
    /// The client has one, and all seats are taken.
    Full,
}

/// Serves a connection until it ends, whichever side ends it. The closing handshake is part of it, so that the client
/// reads the reason before the connection is gone.
pub(crate) async fn serve(
    mut socket: WebSocket,
    mut place: Place,
    mut ticket: Ticket,
    mut stopping: watch::Receiver<bool>,
) {
    let end = tokio::select! {
        biased;
        () = stopped(&mut stopping) => End::Stopping,
        end = converse(&mut socket, &mut place, &mut ticket) => end,
    };
    match end {
        End::Unauthorized(_) => place.hub().refused("token"),
        End::Full => place.hub().refused("limit"),
        _ => {}
    }
    if let Place::Seat(seat) = &place {
        seat.leave(if matches!(end, End::Closed) { Departure::Closed } else { Departure::Lost });
    }
    let _ = timeout(CLOSE_TIMEOUT, close(&mut socket, end)).await;
}

async fn converse(socket: &mut WebSocket, place: &mut Place, ticket: &mut Ticket) -> End {
    let limits = place.hub().limits().clone();
    let first = tokio::select! {
        first = timeout(limits.register_timeout, next_text(socket)) => first,
        () = place.shown_out() => return End::Gone,
    };
    let register = match first {
        Err(_) => {
            return End::Refused(Problem::new(format!("register: must come within {:?}", limits.register_timeout)));
        }
        Ok(Err(end)) => return end,
        Ok(Ok(text)) => match parse(&text) {
            Ok(Incoming::Register(register, token)) => {
                if let Err(refusal) = ticket.admit(role_of(&register), token.as_ref().map(|token| token.0.as_str())) {
                    return End::Unauthorized(refusal);
                }
                register
            }
            Ok(Incoming::Request(_)) => return End::Refused(Problem::new("type: must be register at first")),
            Err(problem) => return End::Refused(problem),
        },
    };
    let Some(seat) = place.seat() else { return End::Full };
    let role = role_of(&register);
    let mut ice_servers = seat.ice_servers(role);
    let register = seat.claim(register).await;
    seat.register(register, ice_servers.now());

    let mut bad_messages = 0;
    let mut last_heard = Instant::now();
    let mut rate = Rate::new(limits.max_messages_per_second, limits.max_message_burst, last_heard.into_std());
    let mut next_read = last_heard;
    let mut heartbeat = interval_at(last_heard + limits.ping_interval, limits.ping_interval);
    loop {
        let outgoing = tokio::select! {
            // A client that sends too fast is read slowly, until TCP holds it up.
            received = receive(socket, next_read) => {
                last_heard = Instant::now();
                next_read = rate.count(length(&received), last_heard.into_std()).into();
                let problem = match received {
                    Some(Ok(Message::Text(text))) => match parse(&text) {
                        Ok(Incoming::Request(request)) => {
                            seat.receive(request);
                            continue;
                        }
                        Ok(Incoming::Register(..)) => Problem::new("register: this connection has registered already"),
                        Err(problem) => problem,
                    },
                    Some(Ok(Message::Binary(_))) => Problem::new("message: must be text, not binary"),
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                    Some(Ok(Message::Close(frame))) => return end_by(frame.as_ref()),
                    None => return End::Gone,
                    Some(Err(error)) => return End::Refused(unreadable(&error)),
                };
                bad_messages += 1;
                if bad_messages > limits.max_bad_messages {
                    return End::Refused(problem);
                }
                Message::text(Outgoing::error(problem).to_json())
            }
            queued = seat.next() => match queued {
                Some(message) => Message::text(message),
                None => return End::LetGo,
            },
            named = ice_servers.again() => Message::text(Outgoing::IceServers { ice_servers: named }.to_json()),
            () = ticket.withdrawn(role) => return End::Unauthorized(Refusal::Withdrawn),
            _ = heartbeat.tick() => {
                if last_heard.elapsed() >= limits.silence_timeout {
                    return End::Gone;
                }
                Message::Ping(Vec::new().into())
            }
        };
        if !matches!(timeout(limits.write_timeout, socket.send(outgoing)).await, Ok(Ok(()))) {
            return End::Gone;
        }
    }
}

async fn receive(socket: &mut WebSocket, from: Instant) -> Option<Result<Message, axum::Error>> {
    sleep_until(from).await;
    socket.recv().await
}

fn length(received: &Option<Result<Message, axum::Error>>) -> usize {
    match received {
        Some(Ok(Message::Text(text))) => text.len(),
        Some(Ok(Message::Binary(bytes) | Message::Ping(bytes) | Message::Pong(bytes))) => bytes.len(),
        _ => 0,
    }
}

/// The first message that is not a control frame, or why there is none.
async fn next_text(socket: &mut WebSocket) -> Result<Utf8Bytes, End> {
    loop {
        match socket.recv().await {
            Some(Ok(Message::Text(text))) => return Ok(text),
            Some(Ok(Message::Binary(_))) => {
                return Err(End::Refused(Problem::new("message: must be text, not binary")));
            }
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Ok(Message::Close(_))) | None => return Err(End::Gone),
            Some(Err(error)) => return Err(End::Refused(unreadable(&error))),
        }
    }
}

async fn close(socket: &mut WebSocket, end: End) {
    let (code, reason, error) = match end {
        End::Closed | End::Gone => return,
        End::LetGo => (close_code::POLICY, "let go", None),
        End::Stopping => (close_code::AWAY, "the server stops", None),
        End::Refused(problem) => (close_code::POLICY, "refused", Some(Outgoing::error(problem))),
        End::Full => (close_code::AGAIN, "too many connections", Some(Outgoing::error("server: too many connections"))),
        End::Unauthorized(refusal) => {
            (CLOSE_UNAUTHORIZED, "the token is not accepted", Some(Outgoing::error(refusal.text())))
        }
    };
    if let Some(error) = error
        && socket.send(Message::text(error.to_json())).await.is_err()
    {
        return;
    }
    let frame = CloseFrame { code, reason: reason.into() };
    if socket.send(Message::Close(Some(frame))).await.is_ok() {
        while let Some(Ok(_)) = socket.recv().await {}
    }
}

fn role_of(register: &Register) -> Role {
    match register {
        Register::Producer(_) => Role::Producer,
        Register::Consumer(_) => Role::Reader,
    }
}

/// What a close frame says: any but the usual codes is a complaint, and the client's end no farewell.
fn end_by(frame: Option<&CloseFrame>) -> End {
    match frame.map(|frame| frame.code) {
        None | Some(close_code::NORMAL | close_code::AWAY | close_code::STATUS) => End::Closed,
        Some(_) => End::Gone,
    }
}

fn unreadable(error: &axum::Error) -> Problem {
    Problem::new(format!("message: cannot be read: {error}"))
}
