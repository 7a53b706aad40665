//! The events of a producer, as a struct that can grow.

use std::ffi::{CStr, CString, c_char, c_int};
use std::ptr;

use logrtc_core::{Counts, EndReason, Event};

use crate::state::state_number;

/// The state changed: `state` is the new one. The first event has the state at logrtc_connect().
pub const LOGRTC_EVENT_STATE: i32 = 0;
/// The channel to a consumer opened: `consumer_id`.
pub const LOGRTC_EVENT_CONSUMER_CONNECTED: i32 = 1;
/// The connection to a consumer ended, or never opened: `consumer_id`, `reason` and the counts.
pub const LOGRTC_EVENT_CONSUMER_DISCONNECTED: i32 = 2;
/// A consumer was refused because max_consumers are connected: `consumer_id`.
pub const LOGRTC_EVENT_CONSUMER_REFUSED: i32 = 3;
/// The signaling server reported an error or could not be reached: `message`.
pub const LOGRTC_EVENT_SERVER_ERROR: i32 = 4;

/// The consumer closed the channel.
pub const LOGRTC_END_CLOSED_BY_CONSUMER: i32 = 0;
/// The signaling server reported that the consumer left.
pub const LOGRTC_END_LEFT: i32 = 1;
/// The consumer was announced again; a new connection replaces this one.
pub const LOGRTC_END_REPLACED: i32 = 2;
/// The channel did not open within 15 s, or within 3 s while all places were taken.
pub const LOGRTC_END_OPEN_TIMEOUT: i32 = 3;
/// The consumer acknowledged nothing for 20 s.
pub const LOGRTC_END_STALLED: i32 = 4;
/// The network path was lost for 15 s.
pub const LOGRTC_END_PATH_LOST: i32 = 5;
/// The consumer sent far more than it may, or opened a channel. It is offered another connection only
/// if the excess was not authenticated: somebody else may have sent it.
pub const LOGRTC_END_FLOODED: i32 = 6;
/// WebRTC failed.
pub const LOGRTC_END_FAILED: i32 = 7;
/// The producer closed.
pub const LOGRTC_END_PRODUCER_CLOSED: i32 = 8;
/// The answer of the consumer had no right proof of the secret. It is not offered another connection.
pub const LOGRTC_END_PROOF_REFUSED: i32 = 9;

/// An event. `kind` says which members are set; the others are 0 or NULL. The struct and its
/// strings are valid until the callback returns.
#[repr(C)]
pub struct logrtc_event {
    /// The size of the struct in this library. A member that lies beyond it is not there: members
    /// are only added at the end.
    pub struct_size: usize,
    /// One of LOGRTC_EVENT_…; ignore a kind that you do not know.
    pub kind: c_int,
    /// One of LOGRTC_STATE_….
    pub state: c_int,
    /// One of LOGRTC_END_….
    pub reason: c_int,
    /// The id under which the signaling server announced the consumer.
    pub consumer_id: *const c_char,
    /// The text of an error.
    pub message: *const c_char,
    /// Entries for this consumer: accepted = delivered + waiting + all dropped + filtered.
    pub accepted: u64,
    /// Entries that it acknowledged.
    pub delivered: u64,
    /// Entries in the journal or in flight.
    pub waiting: u64,
    /// Entries that left the journal before they were sent.
    pub dropped_overflow: u64,
    /// Entries that the overflow policy refused.
    pub dropped_refused: u64,
    /// Entries that are longer than the consumer accepts.
    pub dropped_oversize: u64,
    /// Entries that were not acknowledged when the connection ended.
    pub dropped_disconnected: u64,
    /// Entries that the consumer's filter left out.
    pub filtered: u64,
}

/// Calls `call` with an event of the core in the form of C.
pub(crate) fn with_event(event: &Event, call: impl FnOnce(*const logrtc_event)) {
    let mut made = empty();
    let text = match event {
        Event::StateChanged(state) => {
            (made.kind, made.state) = (LOGRTC_EVENT_STATE, state_number(*state));
            None
        }
        Event::ConsumerConnected { consumer_id } => {
            made.kind = LOGRTC_EVENT_CONSUMER_CONNECTED;
            Some(consumer_id)
        }
        Event::ConsumerDisconnected { consumer_id, reason, counts } => {
            (made.kind, made.reason) = (LOGRTC_EVENT_CONSUMER_DISCONNECTED, reason_number(*reason));
            made.count(counts);
            Some(consumer_id)
        }
        Event::ConsumerRefused { consumer_id } => {
            made.kind = LOGRTC_EVENT_CONSUMER_REFUSED;
            Some(consumer_id)
        }
        Event::ServerError { message } => {
            made.kind = LOGRTC_EVENT_SERVER_ERROR;
            Some(message)
        }
        // An event that this file does not know yet has no form in C.
        _ => return,
    };
    // It must live until the callback has returned.
    let text = text.map(|text| terminated(text));
    if let Some(text) = &text {
        let place = if made.kind == LOGRTC_EVENT_SERVER_ERROR { &mut made.message } else { &mut made.consumer_id };
        *place = text.as_ptr();
    }
    call(&raw const made);
}

/// A text of ours for C, which has no NUL inside of a string.
pub(crate) fn terminated(text: &str) -> CString {
    CString::new(text.replace('\0', "\u{fffd}")).expect("its NULs are replaced")
}

const fn empty() -> logrtc_event {
    logrtc_event {
        struct_size: size_of::<logrtc_event>(),
        kind: 0,
        state: 0,
        reason: 0,
        consumer_id: ptr::null(),
        message: ptr::null(),
        accepted: 0,
        delivered: 0,
        waiting: 0,
        dropped_overflow: 0,
        dropped_refused: 0,
        dropped_oversize: 0,
        dropped_disconnected: 0,
        filtered: 0,
    }
}

impl logrtc_event {
    fn count(&mut self, counts: &Counts) {
        self.accepted = counts.accepted;
        self.delivered = counts.delivered;
        self.waiting = counts.waiting;
        self.dropped_overflow = counts.dropped.overflow;
        self.dropped_refused = counts.dropped.refused;
        self.dropped_oversize = counts.dropped.oversize;
        self.dropped_disconnected = counts.dropped.disconnected;
        self.filtered = counts.filtered;
    }
}

fn reason_number(reason: EndReason) -> c_int {
    match reason {
        EndReason::ClosedByConsumer => LOGRTC_END_CLOSED_BY_CONSUMER,
        EndReason::Left => LOGRTC_END_LEFT,
        EndReason::Replaced => LOGRTC_END_REPLACED,
        EndReason::OpenTimeout => LOGRTC_END_OPEN_TIMEOUT,
        EndReason::Stalled => LOGRTC_END_STALLED,
        EndReason::PathLost => LOGRTC_END_PATH_LOST,
        EndReason::Flooded => LOGRTC_END_FLOODED,
        EndReason::ProducerClosed => LOGRTC_END_PRODUCER_CLOSED,
        EndReason::ProofRefused => LOGRTC_END_PROOF_REFUSED,
        // A reason that this file does not know yet is a failure to the program.
        _ => LOGRTC_END_FAILED,
    }
}

/// Returns the name of a reason (LOGRTC_END_…), such as "path_lost". Static; never NULL. "unknown"
/// if the number is not a reason.
#[unsafe(no_mangle)]
pub extern "C" fn logrtc_end_reason_string(reason: c_int) -> *const c_char {
    let name: &CStr = match reason {
        LOGRTC_END_CLOSED_BY_CONSUMER => c"closed_by_consumer",
        LOGRTC_END_LEFT => c"left",
        LOGRTC_END_REPLACED => c"replaced",
        LOGRTC_END_OPEN_TIMEOUT => c"open_timeout",
        LOGRTC_END_STALLED => c"stalled",
        LOGRTC_END_PATH_LOST => c"path_lost",
        LOGRTC_END_FLOODED => c"flooded",
        LOGRTC_END_FAILED => c"failed",
        LOGRTC_END_PRODUCER_CLOSED => c"producer_closed",
        LOGRTC_END_PROOF_REFUSED => c"proof_refused",
        _ => c"unknown",
    };
    name.as_ptr()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_those_of_the_core() {
        for reason in [
            EndReason::ClosedByConsumer,
            EndReason::Left,
            EndReason::Replaced,
            EndReason::OpenTimeout,
            EndReason::Stalled,
            EndReason::PathLost,
            EndReason::Flooded,
            EndReason::Failed,
            EndReason::ProducerClosed,
            EndReason::ProofRefused,
        ] {
            // SAFETY: it is static and NUL-terminated.
            let name = unsafe { CStr::from_ptr(logrtc_end_reason_string(reason_number(reason))) };
            assert_eq!(name.to_str(), Ok(reason.as_str()));
        }
    }
}
