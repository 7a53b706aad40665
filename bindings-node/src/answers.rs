//! What JavaScript is told later, on its own thread: the answers to what it asked, and events.
//!
//! Neither keeps the process alive, nor waits for JavaScript; and an environment that is gone is not called any more.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use logrtc::{Counts, Diagnostic, EndReason, Event, Level, State};
use serde::Serialize;
use serde_json::{Value, json};

use crate::environment::{Environment, Topic};
use crate::refusal::{Code, Result, no_thread};

/// How many events wait for JavaScript; later ones are lost to it, as with every subscriber of the core.
const EVENT_QUEUE: usize = 256;

/// Sends messages to JavaScript about one producer, from any thread.
#[derive(Clone)]
pub struct Answers {
    environment: Arc<Environment>,
    /// The number of the producer.
    id: u32,
    /// How many events wait for JavaScript.
    waiting: Arc<AtomicUsize>,
    /// The warnings that JavaScript has not taken yet.
    warnings: Arc<Mutex<Vec<String>>>,
}

impl Answers {
    /// For the producer `id`.
    pub fn new(environment: Arc<Environment>, id: u32) -> Self {
        Self { environment, id, waiting: Arc::default(), warnings: Arc::default() }
    }

    /// Answers the question `id`.
    pub fn give(&self, id: u32, result: logrtc::Result<impl Serialize>) {
        let answer = match result {
            Ok(value) => json!({ "id": id, "value": value }),
            Err(error) => json!({
                "id": id,
                "code": Code::from(error.kind()).as_ref(),
                "message": error.to_string(),
                "pending": error.pending(),
            }),
        };
        // An environment that is gone has no use for it.
        self.environment.send(self.id, Topic::Answer, answer.to_string(), None);
    }

    /// Keeps a warning until JavaScript takes it: at once, or at its end.
    pub fn warn(&self, diagnostic: &Diagnostic) {
        if diagnostic.level >= Level::Warn {
            self.warnings().push(diagnostic.to_string());
            self.environment.send(self.id, Topic::Warning, String::new(), None);
        }
    }

    /// The warnings that are not taken yet.
    pub fn take_warnings(&self) -> Vec<String> {
        std::mem::take(&mut self.warnings())
    }

    fn warnings(&self) -> MutexGuard<'_, Vec<String>> {
        self.warnings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts the thread that sends events, until they end. It is to be waited for before the environment ends.
    ///
    /// # Errors
    /// If the system has no thread left.
    pub fn tell_events(&self, events: Receiver<Event>) -> Result<JoinHandle<()>> {
        let answers = self.clone();
        let tell = move || {
            for event in events.into_iter().filter_map(describe) {
                let waiting = Arc::clone(&answers.waiting);
                if waiting.load(Ordering::Relaxed) < EVENT_QUEUE
                    && !answers.environment.send(answers.id, Topic::Event, event.to_string(), Some(waiting))
                {
                    return;
                }
            }
        };
        thread::Builder::new().name("logrtc-events".to_owned()).spawn(tell).map_err(|error| no_thread(&error))
    }
}

/// What `index.js` emits: the name of the event, and what its listeners get.
fn describe(event: Event) -> Option<Value> {
    Some(match event {
        Event::StateChanged(state) => json!(["state", state_name(state)]),
        Event::ConsumerConnected { consumer_id } => {
            json!(["consumer", { "type": "connected", "consumerId": consumer_id }])
        }
        Event::ConsumerDisconnected { consumer_id, reason, counts } => json!(["consumer", {
            "type": "disconnected",
            "consumerId": consumer_id,
            "reason": reason_name(reason),
            "counts": describe_counts(counts),
        }]),
        Event::ConsumerRefused { consumer_id } => json!(["consumer", { "type": "refused", "consumerId": consumer_id }]),
        Event::ServerError { message } => json!(["serverError", message]),
        // The core may come to tell more than this package knows of.
        _ => return None,
    })
}

/// The name of a state in JavaScript.
pub fn state_name(state: State) -> &'static str {
    match state {
        State::Registered => "registered",
        State::Reconnecting => "reconnecting",
        State::Abandoned => "abandoned",
        State::Closed => "closed",
        State::Disabled => "disabled",
        // Of what is not known here, all that can be said is that it is not there yet.
        _ => "connecting",
    }
}

fn reason_name(reason: EndReason) -> &'static str {
    match reason {
        EndReason::ClosedByConsumer => "closed_by_consumer",
        EndReason::Left => "left",
        EndReason::Replaced => "replaced",
        EndReason::OpenTimeout => "open_timeout",
        EndReason::Stalled => "stalled",
        EndReason::PathLost => "path_lost",
        EndReason::Flooded => "flooded",
        EndReason::ProofRefused => "proof_refused",
        EndReason::ProducerClosed => "producer_closed",
        _ => "failed",
    }
}

/// The counts of one consumer: `accepted = delivered + waiting + dropped + filtered`.
pub fn describe_counts(counts: Counts) -> Value {
    json!({
        "accepted": counts.accepted,
        "delivered": counts.delivered,
        "waiting": counts.waiting,
        "dropped": counts.dropped.total(),
        "droppedBy": {
            "overflow": counts.dropped.overflow,
            "refused": counts.dropped.refused,
            "oversize": counts.dropped.oversize,
            "disconnected": counts.dropped.disconnected,
        },
        "filtered": counts.filtered,
    })
}
