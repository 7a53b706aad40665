//! The states of a producer.

use std::ffi::{CStr, c_char, c_int};

use logrtc_core::State;

/// The producer is connecting to the signaling server.
pub const LOGRTC_STATE_CONNECTING: i32 = 0;
/// The producer is registered; consumers can connect.
pub const LOGRTC_STATE_REGISTERED: i32 = 1;
/// The signaling server cannot be reached or the connection is lost; the producer retries. Open
/// channels stay open.
pub const LOGRTC_STATE_RECONNECTING: i32 = 2;
/// The producer has stopped retrying (logrtc_options_set_max_reconnect_attempts()). Open channels
/// stay open.
pub const LOGRTC_STATE_ABANDONED: i32 = 3;
/// The producer is closed.
pub const LOGRTC_STATE_CLOSED: i32 = 4;
/// The producer is disabled, by an option or by LOGRTC_DISABLED in the environment.
pub const LOGRTC_STATE_DISABLED: i32 = 5;

pub(crate) fn state_number(state: State) -> c_int {
    match state {
        State::Connecting => LOGRTC_STATE_CONNECTING,
        State::Registered => LOGRTC_STATE_REGISTERED,
        State::Abandoned => LOGRTC_STATE_ABANDONED,
        State::Closed => LOGRTC_STATE_CLOSED,
        State::Disabled => LOGRTC_STATE_DISABLED,
        // A state that this file does not know yet is one between the others.
        _ => LOGRTC_STATE_RECONNECTING,
    }
}

/// Returns the name of a state, such as "registered". Static; never NULL. "unknown" if the number
/// is not a state.
#[unsafe(no_mangle)]
pub extern "C" fn logrtc_state_string(state: c_int) -> *const c_char {
    let name: &CStr = match state {
        LOGRTC_STATE_CONNECTING => c"connecting",
        LOGRTC_STATE_REGISTERED => c"registered",
        LOGRTC_STATE_RECONNECTING => c"reconnecting",
        LOGRTC_STATE_ABANDONED => c"abandoned",
        LOGRTC_STATE_CLOSED => c"closed",
        LOGRTC_STATE_DISABLED => c"disabled",
        _ => c"unknown",
    };
    name.as_ptr()
}
