//! The signaling server with its page, and the program `logrtc`.

use std::ffi::OsString;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Mutex, PoisonError};

use logrtc_viewer::cli::secret_of_environment;
use logrtc_viewer::{HostedServer, LinkSecret, Options, Origin};
use napi::bindgen_prelude::AsyncTask;
use napi::{Env, Task};
use napi_derive::napi;

use crate::refusal::{Result, invalid, refused_by_system};

/// A running server.
#[napi]
pub struct NativeServer {
    server: Mutex<Option<HostedServer>>,
    url: String,
    signaling_url: String,
    token: Option<String>,
}

#[napi]
impl NativeServer {
    /// Binds `listen`, or the address that the viewer listens on by default, and begins to serve.
    #[napi(constructor)]
    #[allow(clippy::needless_pass_by_value, reason = "what comes from JavaScript is owned")]
    pub fn new(listen: Option<String>, allow_origins: Option<Vec<String>>) -> Result<Self> {
        let mut options = Options::default();
        if let Some(listen) = listen {
            options.listen = address(&listen)?;
        }
        let secret = secret_of_environment().map_err(|error| invalid("LOGRTC_SECRET", error))?;
        options.link_secret = secret.map(LinkSecret::new);
        let address = options.listen;
        for text in allow_origins.unwrap_or_default() {
            let origin: Origin = text.parse().map_err(|error| invalid("allowOrigins", error))?;
            options = options.allow_origin(origin);
        }
        let server = HostedServer::start(options)
            .map_err(|error| refused_by_system(format_args!("cannot listen on {address}"), &error))?;
        let (url, signaling_url) = (server.url().to_owned(), server.signaling_url().to_owned());
        let token = server.token().map(str::to_owned);
        Ok(Self { server: Mutex::new(Some(server)), url, signaling_url, token })
    }

    /// The address of the log page.
    #[napi(getter)]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The address that producers connect to.
    #[napi(getter)]
    pub fn signaling_url(&self) -> &str {
        &self.signaling_url
    }

    /// The token that producers and readers must have.
    #[napi(getter)]
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Closes every connection; resolves when the port is free again. Does nothing the second time.
    #[napi]
    pub fn close(&self) -> AsyncTask<Close> {
        AsyncTask::new(Close(self.server.lock().unwrap_or_else(PoisonError::into_inner).take()))
    }
}

/// An IP address or `localhost`, with a port.
fn address(listen: &str) -> Result<SocketAddr> {
    let named = listen.rsplit_once(':').filter(|(host, _)| host.eq_ignore_ascii_case("localhost"));
    let address = match named {
        Some((_, port)) => port.parse().ok().map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, port))),
        None => listen.parse().ok(),
    };
    address.ok_or_else(|| {
        invalid(
            "listen",
            format_args!("{listen:?} is not an address with a port, as in 127.0.0.1:8080 or localhost:8080"),
        )
    })
}

/// Opens `url` in a browser; resolves when that is begun, or with a browser in the terminal, when that ends.
#[napi]
pub fn open_in_browser(url: String) -> AsyncTask<Open> {
    AsyncTask::new(Open(url))
}

/// The start of a browser, which may block.
pub struct Open(String);

impl Task for Open {
    type Output = ();
    type JsValue = ();

    fn compute(&mut self) -> napi::Result<()> {
        webbrowser::open(&self.0).map_err(|error| napi::Error::from_reason(error.to_string()))
    }

    fn resolve(&mut self, _: Env, (): ()) -> napi::Result<()> {
        Ok(())
    }
}

/// The end of a server, which blocks.
pub struct Close(Option<HostedServer>);

impl Task for Close {
    type Output = ();
    type JsValue = ();

    fn compute(&mut self) -> napi::Result<()> {
        if let Some(server) = self.0.take() {
            server.stop();
        }
        Ok(())
    }

    fn resolve(&mut self, _: Env, (): ()) -> napi::Result<()> {
        Ok(())
    }
}

/// Runs the program `logrtc` until it is interrupted, and returns its exit status. Blocks, and takes SIGINT and SIGTERM from
/// Node for the rest of the process.
#[napi]
pub fn run_command_line(arguments: Vec<String>) -> u32 {
    forget_handlers();
    logrtc_viewer::cli::run(arguments.into_iter().map(OsString::from)).into()
}

/// Node's own handlers raise the signal again, for its default action. Where the program handles it, too, that never ends.
#[cfg(unix)]
fn forget_handlers() {
    for signal in [libc::SIGINT, libc::SIGTERM] {
        // SAFETY: the default action is a valid one for both.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
}

#[cfg(not(unix))]
fn forget_handlers() {}
