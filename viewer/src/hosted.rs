//! A server for programs without a tokio runtime: it brings its own.

use std::io;

use tokio::runtime::{Builder, Runtime};

use crate::server::{Options, Server};

/// A running [`Server`], on a thread of its own named `logrtc-serve`.
///
/// Its functions block, and must not be called on a thread that itself drives a tokio runtime. Dropping it stops it
/// without waiting.
#[derive(Debug)]
pub struct HostedServer {
    /// There until it is stopped or dropped.
    running: Option<(Server, Runtime)>,
    url: String,
    signaling_url: String,
}

impl HostedServer {
    /// Binds the address and begins to serve.
    ///
    /// # Errors
    /// What binding the address answers, or that the system gives no thread.
    pub fn start(options: Options) -> io::Result<Self> {
        let runtime = Builder::new_multi_thread().worker_threads(1).thread_name("logrtc-serve").enable_all().build()?;
        let server = runtime.block_on(Server::start(options))?;
        let (url, signaling_url) = (server.url(), server.signaling_url());
        Ok(Self { running: Some((server, runtime)), url, signaling_url })
    }

    /// The address of the log page, for a browser on this machine: [`Server::url`].
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The address that producers on this machine connect to: `ws://127.0.0.1:8080/signaling`.
    pub fn signaling_url(&self) -> &str {
        &self.signaling_url
    }

    /// The token that the server has made, because others can reach its address and it was given none. A producer sends it, and
    /// [`url`](Self::url) contains it.
    pub fn token(&self) -> Option<&str> {
        self.running.as_ref().and_then(|(server, _)| server.token())
    }

    /// Closes every connection and ends the thread. When it returns, the port is free again.
    pub fn stop(mut self) {
        if let Some((server, runtime)) = self.running.take() {
            runtime.block_on(server.stop());
        }
    }
}

impl Drop for HostedServer {
    fn drop(&mut self) {
        if let Some((server, runtime)) = self.running.take() {
            drop(server);
            runtime.shutdown_background();
        }
    }
}
