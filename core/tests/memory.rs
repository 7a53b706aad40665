//! What is logged takes no more memory than the journal may, and a consumer that has stopped reading a window more.
//!
//! One test, for it looks at the memory of its process.

#![allow(clippy::unwrap_used)]

use logrtc::{Config, Producer};
use logrtc_test_support::{Consumer, Server, eventually};

const MIB: usize = 1 << 20;

/// What the stack keeps for itself, and what the allocator holds free in an arena of each thread: 4 to 8 MiB here, and
/// more with more threads. Far from a second journal, which is what this test would find.
const SLACK: usize = 16 * MIB;

/// A window of this side, and what the consumer, in the same process, has received and not read.
const WINDOWS: usize = 2 * MIB + 2 * MIB;

/// What the kernel has given to this process for data, in bytes: pages of its code come as it is first run.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
}

fn log_of_every_size(producer: &Producer, bytes: usize) {
    let text = "x".repeat(8 * 1024);
    let mut logged = 0;
    for number in 0.. {
        // Most are short, some are too long to share an allocation.
        let len = if number % 16 == 0 { number * 37 % text.len() } else { number * 7 % 400 };
        producer.info("app", &text[..len]);
        logged += len;
        if logged > bytes {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_stays_within_the_journal_and_a_window() {
    const JOURNAL: usize = 64 * MIB;
    let server = Server::start().await;
    let config = Config::builder("app").url(server.url()).ice_servers([]).environment(false);
    let producer = Producer::connect(config.max_entries(1 << 24).max_bytes(JOURNAL).build().unwrap()).unwrap();
    server.registered().await;
    producer.info("app", "first");
    let before = resident();

    log_of_every_size(&producer, 4 * JOURNAL);
    let grown = resident().saturating_sub(before);
    assert!(producer.stats().retained_bytes > JOURNAL - MIB, "it is full");
    assert!((JOURNAL / 2..JOURNAL + SLACK).contains(&grown), "{} MiB", grown / MIB);

    let stalled = Consumer::join(&server, "stalled").await;
    stalled.set_reading(false);
    eventually("it is there", || producer.stats().consumers.len() == 1).await;
    log_of_every_size(&producer, 4 * JOURNAL);
    let grown = resident().saturating_sub(before);
    assert!(producer.stats().consumers[0].counts.dropped.overflow > 0, "{:?}", producer.stats());
    assert!(grown < JOURNAL + WINDOWS + SLACK, "{} MiB", grown / MIB);
    producer.close(std::time::Duration::ZERO).unwrap_err();
}
