//! The state and the events of a producer.

use std::fmt;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::journal::Counts;

/// How many events wait for a subscriber that does not read; later ones are lost to it.
const SUBSCRIBER_QUEUE: usize = 256;

/// The connection of the producer to its signaling server. Open channels do not depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum State {
    /// An attempt to reach the server is under way.
    Connecting,
    /// Registered: consumers can connect.
    Registered,
    /// The server cannot be reached, or the connection to it is lost; another attempt follows.
    Reconnecting,
    /// No attempt is left (`max_reconnect_attempts`); connected consumers stay.
    Abandoned,
    /// Closed by the program.
    Closed,
    /// Switched off (`LOGRTC_DISABLED`).
    Disabled,
}

impl State {
    /// The name in every language: `connecting`, `registered`, `reconnecting`, `abandoned`, `closed` or `disabled`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Registered => "registered",
            Self::Reconnecting => "reconnecting",
            Self::Abandoned => "abandoned",
            Self::Closed => "closed",
            Self::Disabled => "disabled",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// Why a consumer's connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EndReason {
    /// The consumer closed the channel.
    ClosedByConsumer,
    /// The server reported that the consumer is gone.
    Left,
    /// The consumer was announced anew; a new connection takes the place of this one.
    Replaced,
    /// The channel did not open within 15 s, or within 3 s while all places were taken.
    OpenTimeout,
    /// Nothing was acknowledged for 20 s.
    Stalled,
    /// The path was lost for 15 s.
    PathLost,
    /// The consumer sent far more than it may, or opened a channel (docs/protocol.md §3, §6.3).
    ///
    /// It is offered another connection only if the excess was not authenticated: somebody else may have sent it.
    Flooded,
    /// Its answer had no right proof of the secret (docs/protocol.md §6.5). It is not offered another connection.
    ProofRefused,
    /// The WebRTC stack refused something.
    Failed,
    /// The producer closed.
    ProducerClosed,
}

impl EndReason {
    /// The name in every language: the variant in snake case, such as `closed_by_consumer`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ClosedByConsumer => "closed_by_consumer",
            Self::Left => "left",
            Self::Replaced => "replaced",
            Self::OpenTimeout => "open_timeout",
            Self::Stalled => "stalled",
            Self::PathLost => "path_lost",
            Self::Flooded => "flooded",
            Self::ProofRefused => "proof_refused",
            Self::Failed => "failed",
            Self::ProducerClosed => "producer_closed",
        }
    }
}

impl fmt::Display for EndReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// An event of a producer.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// The state changed.
    StateChanged(State),
    /// A consumer's channel opened.
    ConsumerConnected {
        /// The id under which the server announced it.
        consumer_id: String,
    },
    /// A consumer's connection ended, or did not come about.
    ConsumerDisconnected {
        /// The id under which the server announced it.
        consumer_id: String,
        /// Why.
        reason: EndReason,
        /// What became of its entries until the end.
        counts: Counts,
    },
    /// A consumer was refused because `max_consumers` are connected.
    ConsumerRefused {
        /// The id under which the server announced it.
        consumer_id: String,
    },
    /// The signaling server reported an error, or could not be reached.
    ServerError {
        /// The text of the server, or the reason why it could not be reached.
        message: String,
    },
}

#[derive(Debug)]
struct Subscriber {
    events: SyncSender<Event>,
    /// The last state that it received.
    last_state: State,
}

impl Subscriber {
    /// False once its receiver is dropped.
    fn send(&mut self, event: Event) -> bool {
        let state = if let Event::StateChanged(state) = event { Some(state) } else { None };
        match self.events.try_send(event) {
            Ok(()) => self.last_state = state.unwrap_or(self.last_state),
            // Other events are lost to one that does not read.
            Err(TrySendError::Full(_)) => {}
            Err(TrySendError::Disconnected(_)) => return false,
        }
        true
    }

    /// Sends the last state if there was no room for it before, so that a slow reader still receives the latest one.
    fn catch_up(&mut self, state: State) -> bool {
        self.last_state == state || self.send(Event::StateChanged(state))
    }
}

#[derive(Debug)]
struct Observed {
    state: State,
    last_error: Option<String>,
    /// `None` once there are no more events.
    subscribers: Option<Vec<Subscriber>>,
}

#[derive(Debug)]
pub(crate) struct Observers(Mutex<Observed>);

impl Observers {
    pub(crate) fn new(state: State) -> Self {
        Self(Mutex::new(Observed { state, last_error: None, subscribers: Some(Vec::new()) }))
    }

    /// One lock for the state and its subscribers, so that all receive the states in their order.
    fn lock(&self) -> MutexGuard<'_, Observed> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn state(&self) -> State {
        self.lock().state
    }

    pub(crate) fn last_error(&self) -> Option<String> {
        self.lock().last_error.clone()
    }

    pub(crate) fn set_last_error(&self, error: Option<String>) {
        self.lock().last_error = error;
    }

    /// Changes the state and reports it. `Closed` is the last one.
    pub(crate) fn set_state(&self, new: State) {
        let mut observed = self.lock();
        if observed.state != new && observed.state != State::Closed {
            observed.state = new;
            observed.tell_all(None);
        }
    }

    /// Tells every subscriber; never waits for one. Who has gone is forgotten.
    pub(crate) fn emit(&self, event: &Event) {
        self.lock().tell_all(Some(event));
    }

    /// The events from now on, and before them the present state.
    pub(crate) fn subscribe(&self) -> Receiver<Event> {
        let mut observed = self.lock();
        let (events, receiver) = sync_channel(SUBSCRIBER_QUEUE);
        let state = observed.state;
        if let Some(subscribers) = &mut observed.subscribers {
            let mut subscriber = Subscriber { events, last_state: state };
            subscriber.send(Event::StateChanged(state));
            subscribers.push(subscriber);
        }
        receiver
    }

    /// There are no more events: every receiver comes to its end.
    pub(crate) fn end(&self) {
        self.lock().subscribers = None;
    }
}

impl Observed {
    fn tell_all(&mut self, event: Option<&Event>) {
        let state = self.state;
        if let Some(subscribers) = &mut self.subscribers {
            subscribers.retain_mut(|subscriber| {
                subscriber.catch_up(state) && event.is_none_or(|event| subscriber.send(event.clone()))
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(number: usize) -> Event {
        Event::ServerError { message: number.to_string() }
    }

    #[test]
    fn a_subscriber_begins_with_the_present_state() {
        let observers = Observers::new(State::Connecting);
        observers.set_state(State::Registered);
        let events = observers.subscribe();
        observers.set_state(State::Registered);
        observers.set_state(State::Closed);
        observers.set_state(State::Connecting);
        observers.end();
        let received: Vec<Event> = events.iter().collect();
        assert_eq!(received, [State::Registered, State::Closed].map(Event::StateChanged));
    }

    #[test]
    fn one_that_has_not_read_learns_the_last_state_all_the_same() {
        let observers = Observers::new(State::Connecting);
        let events = observers.subscribe();
        (0..2 * SUBSCRIBER_QUEUE).for_each(|number| observers.emit(&error(number)));
        observers.set_state(State::Registered);
        assert_eq!(events.try_iter().count(), SUBSCRIBER_QUEUE);
        observers.emit(&error(1));
        assert_eq!(events.try_iter().collect::<Vec<_>>(), [Event::StateChanged(State::Registered), error(1)]);
    }
}
