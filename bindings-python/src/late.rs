//! Entries of the functions of `atexit` that Python calls after logrtc's own: those that were registered before logrtc was
//! imported. The producers are closed by then, so that such an entry begins a new one, which the end of the interpreter closes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use logrtc::Config;
use pyo3::ffi;
use pyo3::prelude::*;

/// The thread on which Python calls the functions of `atexit`, once it does.
static EXIT_THREAD: OnceLock<ThreadId> = OnceLock::new();

/// The producers that the end of the interpreter is to close, each within its own limit.
static OPEN: Mutex<Vec<(Arc<OnceLock<logrtc::Producer>>, Duration)>> = Mutex::new(Vec::new());

/// The producer for what is logged after the end of another one.
pub(crate) struct Late {
    config: Config,
    /// Whether the end of the program, and not the program itself, closed the other one.
    is_wanted: AtomicBool,
    producer: Arc<OnceLock<logrtc::Producer>>,
}

impl Late {
    pub(crate) fn new(config: Config) -> Self {
        Self { config, is_wanted: AtomicBool::new(false), producer: Arc::default() }
    }

    /// Notes that the other producer is closed because the program ends.
    pub(crate) fn follow(&self) {
        if EXIT_THREAD.get().is_some() {
            self.is_wanted.store(true, Ordering::Release);
        }
    }

    /// The producer, once it is wanted.
    #[inline]
    pub(crate) fn producer(&self) -> Option<&logrtc::Producer> {
        if self.is_wanted.load(Ordering::Relaxed) { self.begin() } else { None }
    }

    #[cold]
    fn begin(&self) -> Option<&logrtc::Producer> {
        // What daemon threads log meanwhile has no end.
        if EXIT_THREAD.get() != Some(&std::thread::current().id()) {
            return None;
        }
        if self.producer.get().is_none() {
            // Without threads the entry is counted as one that came after the close.
            let _ = self.producer.set(logrtc::Producer::connect(self.config.clone()).ok()?);
            OPEN.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push((Arc::clone(&self.producer), self.config.close_timeout()));
        }
        self.producer.get()
    }
}

/// Tells that Python calls the functions of `atexit`.
#[pyfunction]
pub(crate) fn begin_exit() {
    // SAFETY: any thread may call it. The function runs no code of Python, and Python calls it once.
    if unsafe { ffi::Py_AtExit(Some(close_all)) } == 0 {
        // It is set once.
        let _ = EXIT_THREAD.set(std::thread::current().id());
    }
}

/// Closes them, all within the longest `close_timeout`. There is no interpreter any more.
extern "C" fn close_all() {
    let open = std::mem::take(&mut *OPEN.lock().unwrap_or_else(PoisonError::into_inner));
    let began = Instant::now();
    for (producer, timeout) in &open {
        if let Some(producer) = producer.get() {
            let _ = producer.close(timeout.saturating_sub(began.elapsed()));
        }
    }
}
