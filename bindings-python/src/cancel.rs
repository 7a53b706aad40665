//! The end of a wait that nobody waits for any more.

use std::sync::atomic::{AtomicBool, Ordering};

use pyo3::prelude::*;

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
