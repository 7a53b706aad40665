//! A consumer that stops reading holds up nobody.

#![allow(clippy::unwrap_used)]

use std::time::{Duration, Instant};

use logrtc::{Config, EndReason, Event, Level, Producer};
use logrtc_test_support::{Consumer, DEADLINE, Server, eventually};
use serde_json::Value;

const ENTRIES: u64 = 40_000;
const MAX_ENTRIES: usize = 5_000;

#[tokio::test(flavor = "multi_thread")]
async fn the_other_gets_everything_and_the_counts_add_up() {
    let server = Server::start().await;
    let config = Config::builder("app")
        .url(server.url())
        .ice_servers([])
        .environment(false)
        .max_entries(MAX_ENTRIES)
        .build()
        .unwrap();
    let producer = Producer::connect(config).unwrap();
    let events = producer.subscribe();
    server.registered().await;
    let stalled = Consumer::join(&server, "stalled").await;
    stalled.set_reading(false);
    let reader = Consumer::join(&server, "reader").await;
    eventually("both are there", || producer.stats().consumers.len() == 2).await;

    let mut largest_window = 0;
    let padding = "x".repeat(200);
    for number in 0..ENTRIES {
        producer.log(Level::Info, "app", &padding).field("number", number).send();
        // As fast as the reader reads, so that what is lost is lost to the stalled one alone.
        if number % 500 == 0 {
            eventually("the reader keeps up", || reader.count() as u64 + 1_000 > number).await;
        }
        if number % 10 != 0 {
            continue;
        }
        let stats = producer.stats();
        assert!(stats.retained_entries <= MAX_ENTRIES);
        for consumer in &stats.consumers {
            let counts = consumer.counts;
            assert_eq!(counts.accepted, counts.delivered + counts.waiting + counts.dropped.total() + counts.filtered);
            // What is on the way was sent under the window of its time, which may have been a larger one.
            largest_window = largest_window.max(consumer.window_bytes);
            assert!(consumer.buffered_amount <= 2 * largest_window + 17 * 1024, "{}", consumer.buffered_amount);
        }
    }
    let entries = reader.entries(usize::try_from(ENTRIES).unwrap()).await;
    let numbers: Vec<u64> = entries.iter().map(|entry| entry["fields"]["number"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (0..ENTRIES).collect::<Vec<_>>());

    let of = |name: &str| producer.stats().consumers.iter().find(|c| c.consumer_id == name).cloned();
    let before = of("stalled").expect("it has 20 s");
    assert_eq!(before.counts.accepted, ENTRIES);
    assert!(before.counts.dropped.overflow > 0, "{:?}", before.counts);

    // It reads on: gaps are told, and with them every number is accounted for.
    stalled.set_reading(true);
    let (mut next, mut told) = (0, 0);
    let mut seen = 0;
    let deadline = Instant::now() + DEADLINE;
    while next < ENTRIES {
        assert!(Instant::now() < deadline, "{next} of {ENTRIES}");
        let messages = stalled.messages(seen + 1).await;
        for message in &messages[seen..] {
            let entry: Value = serde_json::from_str(message).unwrap();
            match entry["fields"]["number"].as_u64() {
                Some(number) => {
                    assert_eq!(number, next, "in order, with every gap told");
                    next += 1;
                }
                None => {
                    assert_eq!((&entry["target"], &entry["fields"]["reason"]), (&"logrtc".into(), &"overflow".into()));
                    next += entry["fields"]["dropped"].as_u64().unwrap();
                    told += entry["fields"]["dropped"].as_u64().unwrap();
                }
            }
        }
        seen = messages.len();
    }
    producer.flush(DEADLINE).unwrap();
    let after = of("stalled").expect("it came back in time").counts;
    assert_eq!((after.accepted, after.waiting, after.dropped.total()), (ENTRIES, 0, told));
    assert_eq!(after.delivered, ENTRIES - told);
    assert!(!events.try_iter().any(|event| matches!(event, Event::ConsumerDisconnected { .. })));
    producer.close(DEADLINE).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_never_reads_again_is_ended_after_twenty_seconds() {
    let server = Server::start().await;
    let config = Config::builder("app").url(server.url()).ice_servers([]).environment(false).build().unwrap();
    let producer = Producer::connect(config).unwrap();
    let events = producer.subscribe();
    server.registered().await;
    let stalled = Consumer::join(&server, "stalled").await;
    stalled.set_reading(false);
    let padding = "x".repeat(1000);
    (0..10_000).for_each(|_| producer.info("app", &padding));
    let since = Instant::now();
    let mut ended = None;
    eventually("it is ended", || {
        ended = events.try_iter().find_map(|event| match event {
            Event::ConsumerDisconnected { reason, counts, .. } => Some((reason, counts)),
            _ => None,
        });
        ended.is_some()
    })
    .await;
    let (reason, counts) = ended.expect("it is ended");
    assert_eq!(reason, EndReason::Stalled);
    assert!(since.elapsed() > Duration::from_secs(18), "{:?}", since.elapsed());
    assert_eq!((counts.accepted, counts.waiting), (10_000, 0));
    assert_eq!(counts.delivered + counts.dropped.total(), 10_000);
    producer.close(Duration::from_secs(1)).unwrap();
}
