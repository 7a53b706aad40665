//! OTLP over HTTP: programs with an OpenTelemetry SDK as producers, one for each service.
//!
//! A request is decompressed in bounded memory (`body`), taken apart (`part`, `request`) and read twice, one record at a
//! time: first to know that all of it can be read and has room, and then to log it. So a request that is refused has left
//! nothing behind, and its sender may send it again. A fault of the server is the exception: it may have logged a part.

mod answer;
mod body;
mod entry;
mod http;
mod intake;
mod json;
mod message;
mod part;
mod request;
mod services;
mod source;
#[cfg(test)]
mod tests;
mod value;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use logrtc::ConfigBuilder;
use tokio::sync::Mutex;
use tokio::task::{JoinError, JoinHandle};

use crate::handler::Handler;
use intake::Intake;
use part::Unreadable;
use request::Request;

/// The most that a body has when it is decompressed.
const MAX_BODY_BYTES: usize = 8 * 1024 * 1024;
/// The most that the bodies of all requests take together.
const MAX_HELD_BYTES: usize = 64 * 1024 * 1024;
/// The records of a request, and the entries that they become: what a journal holds.
const MAX_RECORDS: usize = 65_536;
/// The longest record that is read. It becomes an entry of 64 KiB at most.
const MAX_RECORD_BYTES: usize = 512 * 1024;
/// How often services that are idle are looked for.
const IDLE_CHECK: Duration = Duration::from_secs(60);

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Problem {
    Unreadable(String),
    UnknownCoding,
    TooLarge,
    TooSlow,
    Metrics,
    /// The bodies of other requests take all the memory.
    Busy,
    /// A reader is behind.
    Full,
    Stopping,
    /// The server has a fault: the request would meet it again, and a part of it may have been logged.
    Failed,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(reason) => write!(f, "the request cannot be read: {reason}"),
            Self::UnknownCoding => f.write_str("Content-Encoding: must be gzip or deflate"),
            Self::TooLarge => write!(f, "a request has at most {MAX_BODY_BYTES} bytes and {MAX_RECORDS} records"),
            Self::TooSlow => f.write_str("the body did not arrive in time"),
            Self::Metrics => {
                f.write_str("this server accepts logs and traces only; OTEL_METRICS_EXPORTER=none turns metrics off")
            }
            Self::Busy => f.write_str("too many requests at once"),
            Self::Full => f.write_str("the buffer is full: a reader of this service is behind"),
            Self::Stopping => f.write_str("the server is stopping"),
            Self::Failed => f.write_str("the server has failed"),
        }
    }
}

impl std::error::Error for Problem {}

impl From<Unreadable> for Problem {
    fn from(unreadable: Unreadable) -> Self {
        match unreadable {
            Unreadable::Malformed(reason) => Self::Unreadable(reason),
            Unreadable::TooMany => Self::TooLarge,
        }
    }
}

impl From<JoinError> for Problem {
    fn from(error: JoinError) -> Self {
        // A panic was reported where it happened.
        if error.is_panic() { Self::Failed } else { Self::Stopping }
    }
}

/// What became of the records of a request.
#[derive(Debug, Default)]
struct Taken {
    accepted: u64,
    rejected: u64,
    /// Why records were rejected, or what is odd in a request without any.
    reason: Option<String>,
}

/// How many services there may be, and what each of them keeps.
#[derive(Debug, Clone)]
pub(crate) struct OtlpOptions {
    pub(crate) max_services: usize,
    /// What the journal of a service holds.
    pub(crate) buffer_bytes: usize,
    /// Receives what the person who runs the server should know.
    pub(crate) on_notice: Handler<str>,
}

/// The services that send their logs and spans over OTLP.
pub(crate) struct Otlp {
    intake: Arc<Mutex<Intake>>,
    ends_idle: JoinHandle<()>,
}

impl Otlp {
    /// No service yet. Requests are put off until [`connect`](Self::connect).
    pub(crate) fn new(options: OtlpOptions) -> Arc<Self> {
        let intake = Arc::new(Mutex::new(Intake::new(options)));
        let ends_idle = tokio::spawn(end_idle(Arc::clone(&intake)));
        Arc::new(Self { intake, ends_idle })
    }

    /// Its routes, for clients that may log.
    pub(crate) fn routes(self: &Arc<Self>) -> Router {
        http::router(Arc::clone(self))
    }

    /// Takes requests from now on. The options of each producer begin as `config`, which says where to register.
    pub(crate) async fn connect(&self, config: ConfigBuilder) {
        self.intake.lock().await.config = Some(config);
    }

    /// One request at a time: what reads one takes much of a processor, and the entries of a service stay in order.
    async fn take(&self, request: Request) -> Result<Taken, Problem> {
        let mut intake = Arc::clone(&self.intake).lock_owned().await;
        tokio::task::spawn_blocking(move || intake.take(&request)).await?
    }

    /// Takes no more requests, delivers the last entries, for two seconds at most, and ends the producers.
    pub(crate) async fn stop(&self) {
        self.ends_idle.abort();
        let mut intake = self.intake.lock().await;
        intake.config = None;
        let services = intake.services.all();
        services.into_iter().for_each(|producer| intake.close(producer));
        while intake.closing.join_next().await.is_some() {}
    }
}

async fn end_idle(intake: Arc<Mutex<Intake>>) {
    loop {
        tokio::time::sleep(IDLE_CHECK).await;
        let mut intake = intake.lock().await;
        let idle = intake.services.idle(Instant::now());
        idle.into_iter().for_each(|producer| intake.close(producer));
    }
}
