//! The viewer in this process, and its command line.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

use logrtc_viewer::{HostedServer, Options, Origin};
use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;

use crate::errors::Refusal;

/// A signaling server with its log page. Its threads run no code of Python.
#[pyclass(frozen, subclass, module = "logrtc._logrtc")]
pub(crate) struct Server {
    pid: u32,
    url: String,
    signaling_url: String,
    /// There until it is stopped.
    running: Mutex<Option<HostedServer>>,
}

#[pymethods]
impl Server {
    #[new]
    #[pyo3(signature = (listen, allow_origins))]
    fn new(py: Python<'_>, listen: &str, allow_origins: Vec<String>) -> Result<Self, Refusal> {
        let address: SocketAddr = listen.parse().map_err(|_| {
            Refusal::invalid("listen", format_args!("{listen:?} is not an address, as in 127.0.0.1:8080"))
        })?;
        let mut options = Options::new(address);
        for origin in allow_origins {
            let origin: Origin = origin.parse().map_err(|error| Refusal::invalid("allow_origins", error))?;
            options = options.allow_origin(origin);
        }
        let server = py.detach(|| HostedServer::start(options)).map_err(|error| {
            PyOSError::new_err((error.raw_os_error(), format!("cannot listen on {listen}: {error}")))
        })?;
        Ok(Self {
            pid: std::process::id(),
            url: server.url().to_owned(),
            signaling_url: server.signaling_url().to_owned(),
            running: Mutex::new(Some(server)),
        })
    }

    /// The address of the log page.
    #[getter]
    fn url(&self) -> &str {
        &self.url
    }

    /// The address that producers connect to.
    #[getter]
    fn signaling_url(&self) -> &str {
        &self.signaling_url
    }

    /// Closes every connection. When it returns, the port is free again. Stopping again does nothing.
    fn stop(&self, py: Python<'_>) {
        py.detach(|| {
            if let Some(server) = self.take() {
                server.stop();
            }
        });
    }
}

impl Server {
    /// The server, where it runs in this process: the child of a fork has none of its threads, and lets it be.
    fn take(&self) -> Option<HostedServer> {
        if self.pid != std::process::id() {
            return None;
        }
        self.running.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.pid != std::process::id() {
            let running = self.running.get_mut().unwrap_or_else(PoisonError::into_inner);
            std::mem::forget(running.take());
        }
    }
}

/// Runs the program `logrtc` until it is interrupted, and returns its exit status. `arguments` begin with its name.
#[pyfunction]
pub(crate) fn run(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
    py.detach(|| logrtc_viewer::cli::run(arguments))
}
