//! Consumers that read every entry and keep none.
//!
//! `drain URL [consumers=N] [entries=N] [filter=FILTER] [latency=1]` writes `{"open":N}` for each channel that opens, and
//! `{"reached_ms":T}` (since 1970, with a fraction) when every consumer has had `entries` entries. The command `stats` on
//! standard input is answered with what arrived so far, and `reset` forgets it. The end of standard input ends it.

use std::io::BufRead;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use logrtc_bench::arrivals::{Arrivals, now_us, quantile};
use logrtc_viewer::consumer::{Consumer, Event, Options, Selection};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::{Result, say};

/// How many threads run the connections: as many as a program would have here.
const THREADS: usize = 2;

struct Wanted {
    consumers: usize,
    entries: u64,
    filter: Option<String>,
    with_latency: bool,
}

impl Wanted {
    fn parse(options: &[&str]) -> Result<Self> {
        let mut wanted = Self { consumers: 1, entries: u64::MAX, filter: None, with_latency: false };
        for option in options {
            match option.split_once('=').ok_or("an option is KEY=VALUE")? {
                ("consumers", count) => wanted.consumers = count.parse()?,
                ("entries", count) => wanted.entries = count.parse()?,
                ("filter", filter) => wanted.filter = Some(filter.to_owned()),
                ("latency", flag) => wanted.with_latency = flag == "1",
                (key, _) => return Err(format!("{key}: is not an option here").into()),
            }
        }
        Ok(wanted)
    }
}

/// What all consumers have in common.
struct Shared {
    wanted: Wanted,
    open: AtomicUsize,
    /// How many consumers have not had every entry.
    behind: AtomicUsize,
}

pub(crate) fn run(url: &str, options: &[&str]) -> Result<()> {
    let wanted = Wanted::parse(options)?;
    let mut connect = Options::new(url.parse()?);
    connect.ice_servers = Some(Vec::new());
    connect.selection = Selection::new(None, wanted.filter.as_deref())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(THREADS).enable_all().build()?;
    let shared = Arc::new(Shared { open: AtomicUsize::new(0), behind: AtomicUsize::new(wanted.consumers), wanted });
    let all = connect_all(&runtime, &connect, &shared);
    for line in std::io::stdin().lock().lines() {
        match line?.as_str() {
            "stats" => say(&stats(&all)),
            "reset" => {
                all.iter().for_each(|arrivals| *lock(arrivals) = Arrivals::default());
                say(&json!({"reset": true}));
            }
            line => say(&json!({"error": format!("{line:?} is not a command")})),
        }
    }
    Ok(())
}

fn connect_all(runtime: &Runtime, options: &Options, shared: &Arc<Shared>) -> Vec<Arc<Mutex<Arrivals>>> {
    let start = |_| {
        let arrivals = Arc::new(Mutex::new(Arrivals::default()));
        let (options, shared, own) = (options.clone(), Arc::clone(shared), Arc::clone(&arrivals));
        runtime.spawn(async move { drain(Consumer::connect(options), &shared, &own).await });
        arrivals
    };
    (0..shared.wanted.consumers).map(start).collect()
}

async fn drain(mut consumer: Consumer, shared: &Shared, arrivals: &Mutex<Arrivals>) {
    let mut total = 0;
    while let Some(event) = consumer.next().await {
        match event {
            Event::Opened { .. } => say(&json!({"open": shared.open.fetch_add(1, Ordering::Relaxed) + 1})),
            Event::Entries { entries, malformed, .. } => {
                let now = now_us();
                let mut arrivals = lock(arrivals);
                for entry in entries.iter() {
                    arrivals.entry_bytes += entry.len() as u64;
                    arrivals.entries += 1;
                    if shared.wanted.with_latency {
                        arrivals.push_latency(now, entry);
                    }
                }
                arrivals.message_bytes += entries.message_bytes() as u64;
                arrivals.messages += 1;
                arrivals.malformed += malformed;
                drop(arrivals);
                let had = total;
                total += entries.len() as u64;
                let has_reached = had < shared.wanted.entries && total >= shared.wanted.entries;
                if has_reached && shared.behind.fetch_sub(1, Ordering::Relaxed) == 1 {
                    say(&json!({"reached_ms": now_us() as f64 / 1e3}));
                }
            }
            Event::Gap { first, last, .. } => lock(arrivals).lost += last - first + 1,
            Event::Closed { how, .. } => say(&json!({"closed": format!("{how:?}")})),
            _ => {}
        }
    }
}

fn stats(all: &[Arc<Mutex<Arrivals>>]) -> Value {
    let sum = |of: fn(&Arrivals) -> u64| all.iter().map(|arrivals| of(&lock(arrivals))).sum::<u64>();
    let least = all.iter().map(|arrivals| lock(arrivals).entries).min();
    let mut latencies: Vec<u32> = all.iter().flat_map(|arrivals| lock(arrivals).latencies_us.clone()).collect();
    latencies.sort_unstable();
    json!({
        "entries": sum(|arrivals| arrivals.entries),
        "least_entries": least,
        "entry_bytes": sum(|arrivals| arrivals.entry_bytes),
        "message_bytes": sum(|arrivals| arrivals.message_bytes),
        "messages": sum(|arrivals| arrivals.messages),
        "lost": sum(|arrivals| arrivals.lost),
        "malformed": sum(|arrivals| arrivals.malformed as u64),
        "latency_us": {
            "count": latencies.len(),
            "p50": quantile(&latencies, 0.5),
            "p99": quantile(&latencies, 0.99),
            "max": quantile(&latencies, 1.0),
        },
    })
}

fn lock(arrivals: &Mutex<Arrivals>) -> MutexGuard<'_, Arrivals> {
    arrivals.lock().unwrap_or_else(PoisonError::into_inner)
}
