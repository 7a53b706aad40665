//! The child of a fork.

use pyo3::prelude::*;

use crate::{diagnostics, process};

/// Tells that this process is the child of a fork. To be called in the child, before anything is logged.
#[pyfunction]
pub(crate) fn after_fork_in_child() {
    logrtc::after_fork_in_child();
    process::after_fork_in_child();
    diagnostics::after_fork_in_child();
}
