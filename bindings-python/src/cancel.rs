//! The end of a wait that nobody waits for any more.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use pyo3::prelude::*;

/// How often a wait looks whether the program is interrupted, or nobody waits any more.
pub(crate) const SIGNAL_INTERVAL: Duration = Duration::from_millis(50);

/// Ends the flush that it is given to, from any thread, once it is set.
#[pyclass(frozen, module = "logrtc._logrtc")]
#[derive(Default)]
pub(crate) struct Cancellation(AtomicBool);

#[pymethods]
impl Cancellation {
    #[new]
    fn new() -> Self {
        Self::default()
    }

    /// Ends the flush, soon.
    fn set(&self) {
        self.0.store(true, Ordering::Release);
    }
}

impl Cancellation {
    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}
