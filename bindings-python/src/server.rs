//! The viewer in this process, and its command line.

use std::ffi::OsString;
use std::mem::ManuallyDrop;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Mutex, PoisonError};

use logrtc_viewer::cli::secret_of_environment;
use logrtc_viewer::{HostedServer, LinkSecret, Options, Origin};
use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;

use crate::errors::Refusal;

/// A signaling server with its log page, until it is closed or the process ends. Its threads run no code of Python.
///
/// It outlives its object: a program that does not keep the result of `serve` has a server all the same. In the child of a fork
/// its threads do not exist, and nothing there may wait for them.
#[pyclass(frozen, subclass, module = "logrtc._logrtc")]
pub(crate) struct Server {
    pid: u32,
    url: String,
    signaling_url: String,
    token: Option<String>,
    /// There until it is closed.
    running: Mutex<Option<ManuallyDrop<HostedServer>>>,
}

#[pymethods]
impl Server {
    #[new]
    #[pyo3(signature = (host, port, allow_origins))]
    fn new(py: Python<'_>, host: &str, port: i64, allow_origins: Vec<String>) -> Result<Self, Refusal> {
        let ip = if host.eq_ignore_ascii_case("localhost") {
            IpAddr::V4(Ipv4Addr::LOCALHOST)
        } else {
            host.parse().map_err(|_| {
                Refusal::invalid(
                    "host",
                    format_args!("{host:?} is neither an IP address, as in 127.0.0.1, nor \"localhost\""),
                )
            })?
        };
        let port = u16::try_from(port)
            .map_err(|_| Refusal::invalid("port", format_args!("{port} is not from 0 to {}", u16::MAX)))?;
        let address = SocketAddr::new(ip, port);
        let mut options = Options::new(address);
        let secret = secret_of_environment().map_err(|error| Refusal::invalid("LOGRTC_SECRET", error))?;
        options.link_secret = secret.map(LinkSecret::new);
        for origin in allow_origins {
            let origin: Origin = origin.parse().map_err(|error| Refusal::invalid("allow_origins", error))?;
            options = options.allow_origin(origin);
        }
        let server = py.detach(|| HostedServer::start(options)).map_err(|error| {
            PyOSError::new_err((error.raw_os_error(), format!("cannot listen on {address}: {error}")))
        })?;
        Ok(Self {
            pid: std::process::id(),
            url: server.url().to_owned(),
            signaling_url: server.signaling_url().to_owned(),
            token: server.token().map(str::to_owned),
            running: Mutex::new(Some(ManuallyDrop::new(server))),
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

    /// The token that producers and readers must have, or None. The server makes one if other machines can reach `host`.
    #[getter]
    fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Closes every connection. When it returns, the port is free again. Closing again does nothing.
    fn close(&self, py: Python<'_>) {
        py.detach(|| {
            if let Some(server) = self.take() {
                server.stop();
            }
        });
    }
}

impl Server {
    /// The server, if it runs in this process.
    fn take(&self) -> Option<HostedServer> {
        if self.pid != std::process::id() {
            return None;
        }
        self.running.lock().unwrap_or_else(PoisonError::into_inner).take().map(ManuallyDrop::into_inner)
    }
}

/// Runs the program `logrtc` until it is interrupted, and returns its exit status. `arguments` begin with its name.
#[pyfunction]
pub(crate) fn run(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
    py.detach(|| logrtc_viewer::cli::run(arguments))
}
