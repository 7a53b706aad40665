//! What JavaScript is told later, on its own thread: the answers to what it asked, and events.
//!
//! Neither keeps the process alive, nor waits for JavaScript; and an environment that is gone is not called any more.

use std::mem::ManuallyDrop;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::thread::{self, JoinHandle};

use logrtc::{Counts, EndReason, Event, State};
use napi::Status;
use napi::bindgen_prelude::Unknown;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use serde_json::{Value, json};

use crate::refusal::{Code, Result, internal};

/// How many events wait for JavaScript; later ones are lost to it, as with every subscriber of the core.
const EVENT_QUEUE: usize = 256;

/// A function of JavaScript that takes JSON. It waits without a bound for what JavaScript itself has asked for.
pub type AnswerFunction = ThreadsafeFunction<String, Unknown<'static>, String, Status, false, true, 0>;

/// The same for what nobody asked for.
pub type EventFunction = ThreadsafeFunction<String, Unknown<'static>, String, Status, false, true, EVENT_QUEUE>;

/// Gives answers, from any thread.
#[derive(Clone)]
pub struct Answers(Arc<AnswerFunction>);

impl Answers {
    /// Gives them to `function`.
    pub fn new(function: AnswerFunction) -> Self {
        Self(Arc::new(function))
    }

    /// Answers the question `id`.
    pub fn give(&self, id: u32, result: logrtc::Result<()>) {
        let answer = match result {
            Ok(()) => json!({ "id": id }),
            Err(error) => json!({
                "id": id,
                "code": Code::from(error.kind()).as_ref(),
                "message": error.to_string(),
                "pending": error.pending(),
            }),
        };
        // An environment that is gone has no use for it.
        self.0.call(answer.to_string(), ThreadsafeFunctionCallMode::NonBlocking);
    }
}

/// Starts the thread that tells events, until they end. It is to be waited for before the environment ends.
pub fn tell_events(function: EventFunction, events: Receiver<Event>) -> Result<JoinHandle<()>> {
    // Never released: Node aborts the process where that happens while the environment ends, which no thread but its own can
    // know. The environment takes it at its end, and it keeps nothing alive.
    let function = ManuallyDrop::new(function);
    let tell = move || {
        for event in events {
            if let Some(event) = describe(event) {
                let status = function.call(event.to_string(), ThreadsafeFunctionCallMode::NonBlocking);
                if matches!(status, Status::Closing) {
                    return;
                }
            }
        }
    };
    thread::Builder::new().name("logrtc-events".to_owned()).spawn(tell).map_err(internal)
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
        EndReason::ClosedByConsumer => "closedByConsumer",
        EndReason::Left => "left",
        EndReason::Replaced => "replaced",
        EndReason::OpenTimeout => "openTimeout",
        EndReason::Stalled => "stalled",
        EndReason::PathLost => "pathLost",
        EndReason::ProducerClosed => "producerClosed",
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
            "oversize": counts.dropped.oversize,
            "disconnected": counts.dropped.disconnected,
        },
        "filtered": counts.filtered,
    })
}
