//! What benchmarks log: entries of 240 bytes, like those of the demo, and the demo's own.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use logrtc::{Level, Producer, Span};
use serde_json::{Value, json};

#[path = "../../../viewer/src/cli/demo/shop.rs"]
mod shop;

use shop::{Line, Shop};

/// So many different ids are made in advance. They do not come again within what DEFLATE looks back on.
const IDS: usize = 4096;

/// Entries that the demo logs for one request share a trace, and are about so many.
const ENTRIES_OF_TRACE: usize = 4;

const LEVELS: [Level; 4] = [Level::Debug, Level::Info, Level::Warn, Level::Error];

/// Entries of 240 bytes (239, if the level has four letters), each with ids that do not compress.
struct Load<'a> {
    producer: &'a Producer,
    spans: Vec<String>,
    traces: Vec<String>,
}

impl<'a> Load<'a> {
    fn new(producer: &'a Producer) -> Self {
        let ids = |digits: usize| -> Vec<String> {
            std::iter::repeat_with(|| format!("{:0digits$x}", fastrand::u128(..) >> (128 - 4 * digits)))
                .take(IDS)
                .collect()
        };
        Self { producer, spans: ids(16), traces: ids(32) }
    }

    fn log(&self, number: usize) {
        let span = Span::new(self.spans[number % IDS].as_str());
        let span = span.trace_id(self.traces[number / ENTRIES_OF_TRACE % IDS].as_str());
        self.producer
            .log(LEVELS[number % 4], "shop::http", "GET /orders 200")
            .field("sent_us", now_us())
            .field("duration_ms", 10 + number as u64 % 90)
            .span(span)
            .send();
    }
}

/// Logs `count` entries without a pause.
pub(crate) fn burst(producer: &Producer, count: usize) -> Value {
    let load = Load::new(producer);
    let since = Instant::now();
    (0..count).for_each(|number| load.log(number));
    json!({"logged": count, "took_ms": since.elapsed().as_secs_f64() * 1e3})
}

/// Logs `count` entries, so many a second. Returns how long the calls took.
pub(crate) fn pace(producer: &Producer, count: usize, per_second: f64) -> Value {
    let load = Load::new(producer);
    let mut calls_ns = Vec::with_capacity(count);
    let since = Instant::now();
    for number in 0..count {
        let due = since + Duration::from_secs_f64(number as f64 / per_second);
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let before = Instant::now();
        load.log(number);
        calls_ns.push(before.elapsed().as_nanos());
    }
    let took_ms = since.elapsed().as_secs_f64() * 1e3;
    calls_ns.sort_unstable();
    let quantile = |share: usize| calls_ns.get(count * share / 1000).or(calls_ns.last());
    json!({
        "logged": count,
        "took_ms": took_ms,
        "call_ns": {"p50": quantile(500), "p99": quantile(990), "p999": quantile(999), "max": calls_ns.last()},
    })
}

/// Logs `count` entries of the demo without a pause.
pub(crate) fn shop(producer: &Producer, count: usize) -> Value {
    let mut shop = Shop::default();
    let mut left = count;
    while left > 0 {
        for (_, line) in shop.serve_one().into_iter().take(left) {
            left -= 1;
            log_line(producer, line);
        }
    }
    json!({"logged": count})
}

fn log_line(producer: &Producer, line: Line) {
    let mut entry = producer.log(line.level, line.target, &line.message);
    for (key, value) in &line.fields {
        entry = entry.field(key, value);
    }
    let mut span = Span::new(line.span.id).trace_id(line.span.trace_id);
    if let Some(parent_id) = line.span.parent_id {
        span = span.parent_id(parent_id);
    }
    entry.span(span).send();
}

/// Microseconds since 1970.
fn now_us() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(now.as_micros()).unwrap_or(u64::MAX)
}
