//! Diagnostics of the core, on their way to Python's `logging`.
//!
//! The core reports them on its own threads, which must not wait for the interpreter and must not run its code. So they wait
//! in a queue. The first one starts a thread of Python, `logrtc._diagnostics`, which ends when the queue is empty: a program
//! with nothing to report has no such thread. That thread can be ended by the interpreter wherever it stands, because no frame
//! of Rust lies below the handlers that it calls.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use logrtc::{Diagnostic, Level};
use pyo3::prelude::*;

use crate::errors::Refusal;
use crate::process::Call;
use crate::values::seconds;

/// Further ones are discarded, until a handler of the program that blocks has returned.
const MAX_WAITING: usize = 256;

#[derive(Default)]
struct State {
    waiting: VecDeque<Diagnostic>,
    /// Whether somebody takes them out, or is about to.
    is_taken: bool,
}

#[derive(Default)]
struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

impl Queue {
    /// Calls `act` under the lock, under which no code of Python runs.
    fn with<R>(&self, act: impl FnOnce(&mut State) -> R) -> R {
        let result = act(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
        self.changed.notify_all();
        result
    }
}

/// Replaced in the child of a fork, in which the lock may be held for ever.
static QUEUE: LazyLock<ArcSwap<Queue>> = LazyLock::new(ArcSwap::default);

/// Begins anew, in the child of a fork.
pub(crate) fn after_fork_in_child() {
    QUEUE.store(Arc::default());
}

/// Passes a diagnostic on, without waiting.
pub(crate) fn push(diagnostic: &Diagnostic) {
    let must_start = QUEUE.load().with(|state| {
        if state.waiting.len() < MAX_WAITING {
            state.waiting.push_back(diagnostic.clone());
        }
        !std::mem::replace(&mut state.is_taken, true)
    });
    // It waits for the interpreter, and the core's thread must not.
    if must_start && std::thread::Builder::new().name("logrtc".to_owned()).spawn(start).is_err() {
        stop_diagnostics();
    }
}

fn start() {
    let started = Call::begin().and_then(|_call| {
        Python::try_attach(|py| {
            let start = || py.import("logrtc._diagnostics")?.call_method0("start");
            start().is_ok()
        })
    });
    if started != Some(true) {
        // The end of the program takes them.
        stop_diagnostics();
    }
}

/// The next diagnostic, as the level's number in `logging`, the `client_id` and the message; `None` when there are no more,
/// and the caller must not ask again.
#[pyfunction]
pub(crate) fn next_diagnostic() -> Option<(u8, String, String)> {
    let next = Call::begin().and_then(|_call| {
        QUEUE.load().with(|state| {
            let next = state.waiting.pop_front();
            state.is_taken = next.is_some();
            next
        })
    })?;
    let level = match next.level {
        Level::Error => 40,
        Level::Warn => 30,
        Level::Info => 20,
        Level::Debug => 10,
    };
    Some((level, next.client_id, next.message))
}

/// Tells that the caller takes no more out of the queue.
#[pyfunction]
pub(crate) fn stop_diagnostics() {
    QUEUE.load().with(|state| state.is_taken = false);
}

/// Waits until nobody takes anything out of the queue, which may have something left then. False after `timeout` seconds.
#[pyfunction]
pub(crate) fn wait_for_diagnostics(py: Python<'_>, timeout: &Bound<'_, PyAny>) -> Result<bool, Refusal> {
    let timeout: Duration = seconds("timeout", timeout)?;
    Ok(py.detach(|| {
        let queue = QUEUE.load_full();
        let state = queue.state.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = queue.changed.wait_timeout_while(state, timeout, |state| state.is_taken);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }))
}
