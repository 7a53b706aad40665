//! The producers that are open, so that the end of the program can close them.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use pyo3::prelude::*;

use crate::callbacks::CallbackThread;
use crate::cancel::SIGNAL_INTERVAL;
use crate::late::Late;

/// What a callback that is quick needs on a busy machine.
const CALLBACK_TIME: Duration = Duration::from_millis(100);

/// A producer, and what belongs to it.
pub(crate) struct Handle {
    pub(crate) producer: logrtc::Producer,
    pub(crate) callbacks: Option<CallbackThread>,
    pub(crate) close_timeout: Duration,
    pub(crate) late: Late,
}

impl Handle {
    /// The producer that takes what is logged now.
    #[inline]
    pub(crate) fn current(&self) -> &logrtc::Producer {
        self.late.producer().unwrap_or(&self.producer)
    }

    /// Closes the producer, and waits for its last callback: for both together no longer than `timeout`, but that a callback
    /// has [`CALLBACK_TIME`] in any case. Blocks; the caller must not hold the GIL.
    pub(crate) fn close(&self, timeout: Duration) -> logrtc::Result<()> {
        let began = Instant::now();
        let closed = self.producer.close(timeout);
        if let Some(callbacks) = &self.callbacks {
            callbacks.stop(timeout.saturating_sub(began.elapsed()).max(CALLBACK_TIME));
        }
        closed
    }
}

/// Without a lock, for a fork would leave it held.
static OPEN: LazyLock<ArcSwap<Vec<Arc<Handle>>>> = LazyLock::new(ArcSwap::default);

pub(crate) fn add(handle: &Arc<Handle>) {
    OPEN.rcu(|open| open.iter().chain([handle]).cloned().collect::<Vec<_>>());
}

/// Whether a producer is known as open.
pub(crate) fn holds(handle: &Arc<Handle>) -> bool {
    OPEN.load().iter().any(|other| Arc::ptr_eq(other, handle))
}

/// Takes a producer out.
pub(crate) fn remove(handle: &Arc<Handle>) {
    let is_other = |other: &&Arc<Handle>| !Arc::ptr_eq(other, handle);
    OPEN.rcu(|open| open.iter().filter(is_other).cloned().collect::<Vec<_>>());
}

/// Closes a producer that nobody holds any more, without holding up the thread that let go of it. Until that is done it
/// is known to [`shutdown`].
pub(crate) fn close_abandoned(handle: &Arc<Handle>) {
    let close = {
        let handle = Arc::clone(handle);
        move || {
            // Who could have been told has let go of it.
            let _ = handle.close(handle.close_timeout);
            remove(&handle);
        }
    };
    if std::thread::Builder::new().name("logrtc".to_owned()).spawn(close).is_err() {
        let _ = handle.close(Duration::ZERO);
        remove(handle);
    }
}

/// Closes every producer of the process, all at once, each within its `close_timeout`; one without a consumer at once.
///
/// Ctrl-C ends the wait, and what is not delivered then is lost.
///
/// Runs at the end of the program; `atexit.unregister(logrtc.shutdown)` has it left out.
#[pyfunction]
pub(crate) fn shutdown(py: Python<'_>) -> PyResult<()> {
    let open = OPEN.load_full();
    let (done, mut ended) = mpsc::channel::<()>();
    py.detach(|| {
        for handle in open.iter() {
            let (closing, done) = (Arc::clone(handle), done.clone());
            let close = move || {
                let _ = closing.close(closing.close_timeout);
                closing.late.follow();
                remove(&closing);
                drop(done);
            };
            if std::thread::Builder::new().name("logrtc".to_owned()).spawn(close).is_err() {
                let _ = handle.close(Duration::ZERO);
                remove(handle);
            }
        }
    });
    drop(done);
    loop {
        // The end of the last one ends the channel.
        let (receiver, waited) = py.detach(move || {
            let waited = ended.recv_timeout(SIGNAL_INTERVAL);
            (ended, waited)
        });
        if waited != Err(RecvTimeoutError::Timeout) {
            return Ok(());
        }
        ended = receiver;
        py.check_signals()?;
    }
}
