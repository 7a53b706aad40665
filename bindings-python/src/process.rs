//! The end of the interpreter, while threads still log.
//!
//! When Python ends, it ends each other thread at the moment at which that next wants to run code of Python. Where frames of
//! Rust lie below that code, the process aborts. So no log call may be under way then: who ends the program waits for those
//! that are, and later ones of other threads do nothing.

use std::sync::atomic::{AtomicBool, AtomicIsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use pyo3::exceptions::PyImportError;
use pyo3::ffi;
use pyo3::prelude::*;

/// How long the end waits for calls that are under way: what they call in the program may never return.
const END_TIMEOUT: Duration = Duration::from_secs(1);

static CALLS: AtomicIsize = AtomicIsize::new(0);
static IS_ENDING: AtomicBool = AtomicBool::new(false);
static ENDING_THREAD: Mutex<Option<ThreadId>> = Mutex::new(None);

/// A log call that is under way, to its drop.
pub(crate) struct Call(());

impl Call {
    /// `None` where the call has to do nothing.
    #[inline]
    pub(crate) fn begin() -> Option<Self> {
        CALLS.fetch_add(1, Ordering::SeqCst);
        let call = Self(());
        // Counted before it looks: so either it sees that the end has begun, or the end sees it.
        (!IS_ENDING.load(Ordering::SeqCst) || is_ending_thread()).then_some(call)
    }
}

impl Drop for Call {
    #[inline]
    fn drop(&mut self) {
        CALLS.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cold]
fn is_ending_thread() -> bool {
    *ENDING_THREAD.lock().unwrap_or_else(PoisonError::into_inner) == Some(std::thread::current().id())
}

/// Waits for the log calls that are under way, and has those to come do nothing, but for the calling thread's. To be called
/// when the interpreter ends.
#[pyfunction]
pub(crate) fn end(py: Python<'_>) {
    *ENDING_THREAD.lock().unwrap_or_else(PoisonError::into_inner) = Some(std::thread::current().id());
    IS_ENDING.store(true, Ordering::SeqCst);
    py.detach(|| {
        let deadline = Instant::now() + END_TIMEOUT;
        while CALLS.load(Ordering::SeqCst) > 0 && Instant::now() < deadline {
            std::thread::sleep(Duration::from_micros(200));
        }
    });
}

/// What is kept of Python between calls belongs to one interpreter. From 3.12 on Python refuses others by itself.
pub(crate) fn refuse_subinterpreters() -> PyResult<()> {
    // SAFETY: the caller is attached to an interpreter, which is there as long as it is.
    let id = unsafe { ffi::PyInterpreterState_GetID(ffi::PyInterpreterState_Get()) };
    if id == 0 { Ok(()) } else { Err(PyImportError::new_err("logrtc does not support subinterpreters")) }
}

/// Begins anew, in the child of a fork: the calls of the parent's other threads are not under way there.
pub(crate) fn after_fork_in_child() {
    CALLS.store(0, Ordering::SeqCst);
}
