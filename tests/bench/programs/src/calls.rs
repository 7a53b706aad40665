//! What a log call with two fields costs: of logrtc, of its layer for `tracing`, and of `tracing-appender`, which also
//! formats on the thread that logs and writes on another one.
//!
//! The journal of logrtc is full before the measurement begins, because that is the state of a program that has run for
//! some time. `tracing-appender` writes to nowhere, and drops lines where its queue is full, as is its default.

use std::time::{Duration, Instant};

use logrtc::adapters::TracingLayer;
use logrtc::{Config, Level, Producer};
use rustix::time::{ClockId, clock_gettime};
use serde_json::json;
use tracing_appender::non_blocking::{ErrorCounter, NonBlocking, WorkerGuard};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::{Result, say};

/// As many as the journal holds by default.
const WARM_UP: u64 = 100_000;

pub(crate) fn run(kind: &str, threads: u64, count: u64, url: &str) -> Result<()> {
    match kind {
        "logrtc" => {
            let producer = connect(url)?;
            measure(threads, count, |number| {
                producer
                    .log(Level::Info, "shop::http", "request finished")
                    .field("path", "/products/4711")
                    .field("duration_ms", number % 90)
                    .send();
            });
        }
        "logrtc-tracing" => {
            let producer = connect(url)?;
            tracing_subscriber::registry().with(TracingLayer::new(&producer)).try_init()?;
            measure(threads, count, trace);
        }
        "tracing-appender" => {
            let (writer, guard, dropped) = appender();
            let layer = tracing_subscriber::fmt::layer().json().with_writer(writer);
            tracing_subscriber::registry().with(layer).try_init()?;
            measure(threads, count, trace);
            say(&json!({"dropped": dropped.dropped_lines()}));
            drop(guard);
        }
        _ => return Err(format!("{kind}: is no kind of call").into()),
    }
    // Whoever reads the figures ends this.
    std::io::stdin().lines().for_each(drop);
    Ok(())
}

fn trace(number: u64) {
    tracing::info!(target: "shop::http", path = "/products/4711", duration_ms = number % 90, "request finished");
}

fn connect(url: &str) -> Result<Producer> {
    Ok(Producer::connect(Config::builder("calls").url(url).ice_servers([]).build()?)?)
}

fn appender() -> (NonBlocking, WorkerGuard, ErrorCounter) {
    let (writer, guard) = tracing_appender::non_blocking(std::io::sink());
    let dropped = writer.error_counter();
    (writer, guard, dropped)
}

/// Writes the time of a call: by the clock, times the threads that can run at once; and of the processor, that of the
/// threads behind the calls included.
fn measure(threads: u64, count: u64, call: impl Fn(u64) + Sync) {
    (0..WARM_UP).for_each(&call);
    let processors = std::thread::available_parallelism().map_or(1, |count| count.get() as u64);
    let (since, cpu_since) = (Instant::now(), cpu_time());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| (0..count / threads).for_each(&call));
        }
    });
    let (elapsed, cpu) = (since.elapsed(), cpu_time().saturating_sub(cpu_since));
    let per_call = |time: Duration| time.as_secs_f64() * 1e9 / (count / threads * threads) as f64;
    say(&json!({
        "wall_ns": per_call(elapsed) * threads.min(processors) as f64,
        "cpu_ns": per_call(cpu),
    }));
}

fn cpu_time() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ProcessCPUTime)).unwrap_or_default()
}
