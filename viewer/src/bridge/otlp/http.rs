//! The routes: they read requests and write responses.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use axum::routing::post;
use axum::{Extension, Router};
use futures_util::StreamExt;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::body::{self, Budget, Coding, Held};
use super::request::{Encoding, Request, Signal};
use super::{MAX_HELD_BYTES, Otlp, Problem, Taken, answer};
use crate::metrics::Metrics;

/// How long the server waits for a body.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// Where requests go, and what their bodies may take on the way.
#[derive(Clone)]
struct Receiver {
    otlp: Arc<Otlp>,
    budget: Budget,
    /// One body at a time.
    decompressing: Arc<Semaphore>,
}

/// The routes below `/v1/`.
pub(super) fn router(otlp: Arc<Otlp>) -> Router {
    Router::new()
        .route("/v1/logs", post(logs))
        .route("/v1/traces", post(traces))
        .route("/v1/metrics", post(metrics))
        .with_state(Receiver { otlp, budget: Budget::new(MAX_HELD_BYTES), decompressing: Arc::new(Semaphore::new(1)) })
}

async fn logs(
    receiver: State<Receiver>,
    counters: Extension<Arc<Metrics>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    export(receiver, counters, Signal::Logs, &headers, body).await
}

async fn traces(
    receiver: State<Receiver>,
    counters: Extension<Arc<Metrics>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    export(receiver, counters, Signal::Traces, &headers, body).await
}

/// An SDK that sends all that it has sends metrics, too, and its user wants to know why they do not arrive.
async fn metrics(headers: HeaderMap) -> Response {
    match encoding(&headers) {
        Some(encoding) => answer::refused(encoding, &Problem::Metrics),
        None => answer::unknown_type(),
    }
}

async fn export(
    State(receiver): State<Receiver>,
    Extension(counters): Extension<Arc<Metrics>>,
    signal: Signal,
    headers: &HeaderMap,
    body: Body,
) -> Response {
    let Some(encoding) = encoding(headers) else { return answer::unknown_type() };
    match receiver.take(signal, encoding, headers, body).await {
        Ok(taken) => {
            counters.exported(signal.name(), taken.accepted, taken.rejected);
            answer::taken(encoding, signal, &taken)
        }
        Err(problem) => {
            if matches!(problem, Problem::Busy | Problem::Full) {
                counters.refused("buffer");
            }
            answer::refused(encoding, &problem)
        }
    }
}

impl Receiver {
    async fn take(
        &self,
        signal: Signal,
        encoding: Encoding,
        headers: &HeaderMap,
        body: Body,
    ) -> Result<Taken, Problem> {
        let held = self.read(coding(headers)?, body).await?;
        self.otlp.take(Request { signal, encoding, held }).await
    }

    async fn read(&self, coding: Coding, body: Body) -> Result<Held, Problem> {
        let mut decoded = body::Body::new(coding, &self.budget);
        let (mut parts, mut left) = (body.into_data_stream(), BODY_TIMEOUT);
        loop {
            let began = Instant::now();
            let Some(part) = timeout(left, parts.next()).await.map_err(|_| Problem::TooSlow)? else { break };
            left = left.saturating_sub(began.elapsed());
            let part = part.map_err(|error| Problem::Unreadable(error.to_string()))?;
            if coding == Coding::Identity {
                decoded.push(&part)?;
                continue;
            }
            // A few bytes may become megabytes: that is for a thread which holds up nobody.
            let turn = Arc::clone(&self.decompressing).acquire_owned().await.expect("nobody closes it");
            let pushed = spawn_blocking(move || {
                let _turn = turn;
                decoded.push(&part).map(|()| decoded)
            });
            // A panic was reported where it happened.
            decoded = pushed.await.map_err(|_| Problem::Stopping)??;
        }
        decoded.finish()
    }
}

fn encoding(headers: &HeaderMap) -> Option<Encoding> {
    Encoding::of(headers.get(header::CONTENT_TYPE)?.to_str().ok()?)
}

fn coding(headers: &HeaderMap) -> Result<Coding, Problem> {
    let Some(coding) = headers.get(header::CONTENT_ENCODING) else { return Ok(Coding::Identity) };
    match coding.to_str().unwrap_or_default().trim() {
        name if name.eq_ignore_ascii_case("identity") => Ok(Coding::Identity),
        name if name.eq_ignore_ascii_case("gzip") => Ok(Coding::Gzip),
        name if name.eq_ignore_ascii_case("deflate") => Ok(Coding::Deflate),
        _ => Err(Problem::UnknownCoding),
    }
}
