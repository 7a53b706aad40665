//! How a producer tells the program what happens to it.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Mutex, PoisonError};

use crate::journal::Counts;

/// How many events wait for a subscriber that does not read; later ones are lost to it.
const SUBSCRIBER_QUEUE: usize = 256;

/// Where the producer stands with its signaling server. Open channels do not depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum State {
    /// An attempt to reach the server is under way.
    Connecting,
    /// Registered: consumers can come.
    Registered,
    /// The server cannot be reached, or is lost; the next attempt will come.
    Reconnecting,
    /// No attempt is left (`max_reconnect_attempts`); consumers that are there stay.
    Abandoned,
    /// Closed by the program.
    Closed,
    /// Switched off (`LOGRTC_DISABLED`).
    Disabled,
}

/// Why a consumer's connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EndReason {
    /// The consumer closed the channel.
    ClosedByConsumer,
    /// The server said that the consumer is gone.
    Left,
    /// The consumer was announced anew; a new connection takes the place of this one.
    Replaced,
    /// The channel did not open within 15 s.
    OpenTimeout,
    /// Nothing was acknowledged for 20 s.
    Stalled,
    /// The path was lost for 15 s.
    PathLost,
    /// The WebRTC stack refused something.
    Failed,
    /// The producer closed.
    ProducerClosed,
}

/// What happens to a producer.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// The state is now another one.
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
        /// What became of its entries, to the end.
        counts: Counts,
    },
    /// A consumer was refused, for there are as many as may be.
    ConsumerRefused {
        /// The id under which the server announced it.
        consumer_id: String,
    },
    /// The signaling server said that something is wrong, or could not be reached.
    ServerError {
        /// In its words, or in ours.
        message: String,
    },
}

#[derive(Debug)]
pub(crate) struct Observers {
    state: Mutex<State>,
    /// `None` once there are no more events.
    subscribers: Mutex<Option<Vec<SyncSender<Event>>>>,
}

impl Observers {
    pub(crate) fn new(state: State) -> Self {
        Self { state: Mutex::new(state), subscribers: Mutex::new(Some(Vec::new())) }
    }

    pub(crate) fn state(&self) -> State {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the state, and tells so. `Closed` is the last one.
    pub(crate) fn set_state(&self, new: State) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if *state == new || *state == State::Closed {
            return;
        }
        *state = new;
        // Under the lock, so that events tell of the states in their order.
        self.emit(&Event::StateChanged(new));
    }

    /// Tells every subscriber; never waits for one. Who has gone is forgotten.
    pub(crate) fn emit(&self, event: &Event) {
        if let Some(subscribers) = &mut *self.subscribers.lock().unwrap_or_else(PoisonError::into_inner) {
            subscribers
                .retain(|subscriber| !matches!(subscriber.try_send(event.clone()), Err(TrySendError::Disconnected(_))));
        }
    }

    pub(crate) fn subscribe(&self) -> Receiver<Event> {
        let (sender, receiver) = sync_channel(SUBSCRIBER_QUEUE);
        if let Some(subscribers) = &mut *self.subscribers.lock().unwrap_or_else(PoisonError::into_inner) {
            subscribers.push(sender);
        }
        receiver
    }

    /// There are no more events: every receiver comes to its end.
    pub(crate) fn end(&self) {
        *self.subscribers.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
