//! The end: quick where nobody waits, bounded where somebody does, and nothing is left.
//!
//! One test, for it counts the threads and descriptors of its process.

#![allow(clippy::unwrap_used)]

use std::time::{Duration, Instant};

use logrtc::{Config, ErrorKind, Outcome, Producer, State};
use logrtc_test_support::{Consumer, DEADLINE, Server, eventually};
use serde_json::json;

fn config(server: &Server) -> Config {
    Config::builder("app").url(server.url()).ice_servers([]).environment(false).build().unwrap()
}

/// What the kernel knows of this process.
#[derive(Debug, PartialEq)]
struct Held {
    own_threads: usize,
    threads: usize,
    descriptors: usize,
}

fn held() -> Held {
    let threads: Vec<String> = std::fs::read_dir("/proc/self/task")
        .unwrap()
        // A thread may end between the listing and the look.
        .filter_map(|thread| std::fs::read_to_string(thread.ok()?.path().join("comm")).ok())
        .collect();
    Held {
        own_threads: threads.iter().filter(|name| name.trim() == "logrtc").count(),
        threads: threads.len(),
        descriptors: std::fs::read_dir("/proc/self/fd").unwrap().count(),
    }
}

/// The server's side of a connection goes a moment later than ours, and is in the same process: wait for it.
async fn nothing_is_left(before: &Held) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while held() != *before {
        assert!(Instant::now() < deadline, "{:?}, and before {before:?}: {:?}", held(), descriptors());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// The least of a few, for a machine that does other things may take long for any one.
async fn quickest_close(config: &Config, server: Option<&Server>) -> Duration {
    let mut quickest = Duration::MAX;
    for _ in 0..5 {
        let producer = Producer::connect(config.clone()).unwrap();
        producer.info("app", "unread");
        let since = Instant::now();
        producer.close(DEADLINE).unwrap();
        quickest = quickest.min(since.elapsed());
        if let Some(server) = server {
            server.registered().await;
        }
    }
    quickest
}

/// How long it takes with eight consumers of whom one does not read.
async fn close_with_a_stalled_one(server: &Server, timeout: Duration) -> Duration {
    let producer = Producer::connect(config(server)).unwrap();
    server.registered().await;
    let mut consumers = Vec::new();
    for name in ["stalled", "b", "c", "d", "e", "f", "g", "h"] {
        consumers.push(Consumer::join(server, name).await);
    }
    eventually("the producer knows them", || producer.stats().consumers.len() == 8).await;
    consumers[0].set_reading(false);
    let padding = "x".repeat(1000);
    (0..5_000).for_each(|_| producer.info("app", &padding));
    let since = Instant::now();
    let error = producer.close(timeout).unwrap_err();
    let took = since.elapsed();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.pending() > 0);
    assert_eq!((producer.stats().open_sockets, producer.stats().running_tasks), (0, 0));
    for consumer in consumers {
        consumer.leave().await;
    }
    took
}

fn descriptors() -> Vec<String> {
    let open = std::fs::read_dir("/proc/self/fd").unwrap();
    open.filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok()).map(|to| to.display().to_string()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_left_and_it_takes_no_longer_than_it_may() {
    let server = Server::start().await;
    server.greet_with([json!({"type": "registered", "consumers": 0})]);
    let before = held();
    assert_eq!(before.own_threads, 0);

    // Nobody is connected: at once.
    let producer = Producer::connect(config(&server)).unwrap();
    server.registered().await;
    // A thread gives itself its name.
    eventually("two named threads", || held().own_threads == 2).await;
    producer.info("app", "unread");
    producer.close(DEADLINE).unwrap();
    nothing_is_left(&before).await;
    let quickest = quickest_close(&config(&server), Some(&server)).await;
    assert!(quickest < Duration::from_millis(50), "{quickest:?}");
    nothing_is_left(&before).await;

    // A server that is not there: at once.
    let nowhere = Config::builder("app").url("ws://127.0.0.1:9").ice_servers([]).environment(false).build().unwrap();
    let quickest = quickest_close(&nowhere, None).await;
    assert!(quickest < Duration::from_millis(50), "{quickest:?}");
    nothing_is_left(&before).await;

    // A healthy consumer: everything arrives first.
    let producer = Producer::connect(config(&server)).unwrap();
    server.registered().await;
    let consumer = Consumer::join(&server, "healthy").await;
    // Its channel opens a moment before ours does.
    eventually("the producer knows it", || producer.stats().consumers.len() == 1).await;
    // This consumer's stack forgets what it has acknowledged and its program has not taken, beyond 256 messages, when
    // the connection ends. tests/interop has more, with one that does not.
    (0..200).for_each(|_| producer.info("app", "to the end"));
    producer.close(DEADLINE).unwrap();
    assert_eq!(consumer.messages(200).await.len(), 200);
    assert_eq!(producer.state(), State::Closed);
    assert_eq!((producer.stats().open_sockets, producer.stats().running_tasks), (0, 0));
    consumer.leave().await;
    nothing_is_left(&before).await;

    // Eight consumers of whom one has stalled: the timeout, and 200 ms.
    let timeout = Duration::from_millis(500);
    let mut quickest = Duration::MAX;
    for _ in 0..3 {
        let took = close_with_a_stalled_one(&server, timeout).await;
        assert!(took >= timeout, "{took:?}");
        quickest = quickest.min(took);
        nothing_is_left(&before).await;
    }
    assert!(quickest < timeout + Duration::from_millis(200), "{quickest:?}");

    // After the end: every call answers, none does anything.
    assert_eq!(producer.log(logrtc::Level::Error, "app", "late").send(), Outcome::Closed);
    assert_eq!(producer.flush(DEADLINE).unwrap_err().kind(), ErrorKind::Closed);
    producer.set_level(logrtc::Level::Debug);
    assert!(!producer.enabled(logrtc::Level::Error, "app"));
    producer.close(DEADLINE).unwrap();
    assert_eq!(producer.stats().after_close, 1);

    // Closed by many at once, and dropped while others log.
    let producer = Producer::connect(config(&server)).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| (0..10_000).for_each(|_| producer.info("app", "hammer")));
            scope.spawn(|| producer.close(DEADLINE));
        }
    });
    let stats = producer.stats();
    assert_eq!(stats.accepted + stats.after_close, 80_000);

    // Switched off: no thread at all.
    let off = Config::builder("app").environment(false).disabled(true).build().unwrap();
    let producer = Producer::connect(off).unwrap();
    assert_eq!(producer.log(logrtc::Level::Error, "app", "nothing").send(), Outcome::Filtered);
    assert_eq!((producer.state(), held().own_threads), (State::Disabled, 0));
    drop(producer);
    nothing_is_left(&before).await;
}
