//! `logrtc._logrtc`: what the Python package is made of. It converts, calls, converts.
//!
//! What Python programmers read is `python/logrtc/`; this module is private to it.
//!
//! Nothing here relies on the GIL: what is shared is atomic, or behind a lock under which no Python code runs.

mod arguments;
mod callbacks;
mod cancel;
mod convert;
mod diagnostics;
mod errors;
mod exceptions;
mod fields;
mod fork;
mod keys;
mod late;
mod levels;
mod members;
mod options;
mod process;
mod producer;
mod record;
mod registry;
mod server;
mod spans;
mod stats;
mod text;
mod values;

use pyo3::prelude::*;

#[pymodule(gil_used = false)]
mod _logrtc {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::callbacks::Events;
    #[pymodule_export]
    use crate::cancel::Cancellation;
    #[pymodule_export]
    use crate::diagnostics::{next_diagnostic, stop_diagnostics, wait_for_diagnostics};
    #[pymodule_export]
    use crate::fork::after_fork_in_child;
    #[pymodule_export]
    use crate::late::begin_exit;
    #[pymodule_export]
    use crate::options::identify;
    #[pymodule_export]
    use crate::process::end;
    #[pymodule_export]
    use crate::producer::Producer;
    #[pymodule_export]
    use crate::registry::shutdown;
    #[pymodule_export]
    use crate::server::{Server, run};
    #[pymodule_export]
    use crate::stats::{ConsumerStats, Stats};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        crate::process::refuse_subinterpreters()?;
        module.add("DEFAULT_URL", logrtc::DEFAULT_URL)?;
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
