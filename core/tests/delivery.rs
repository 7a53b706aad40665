//! Entries reach every consumer: all, in order, each as it was sent.

#![allow(clippy::unwrap_used)]

use std::time::Duration;

use logrtc::{Config, Event, Outcome, Producer, Replay, State};
use logrtc_test_support::{Consumer, DEADLINE, Server, eventually};
use serde_json::Value;

fn config(server: &Server) -> logrtc::ConfigBuilder {
    Config::builder("app").url(server.url()).ice_servers([]).environment(false)
}

fn log_numbered(producer: &Producer, numbers: std::ops::Range<u64>) {
    for number in numbers {
        let sent = producer.log(logrtc::Level::Info, "app::numbers", "numbered").field("number", number).send();
        assert_eq!(sent, Outcome::Accepted);
    }
}

fn numbers(entries: &[Value]) -> Vec<u64> {
    entries.iter().map(|entry| entry["fields"]["number"].as_u64().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_entries_arrive_half_of_them_from_before() {
    let server = Server::start().await;
    let producer = Producer::connect(config(&server).version("1.2.3").build().unwrap()).unwrap();
    log_numbered(&producer, 0..500);
    let register = server.registered().await;
    assert_eq!(register["role"], "producer");
    assert_eq!(register["client_id"], "app");
    assert_eq!(register["metadata"]["version"], "1.2.3");

    let consumer = Consumer::join(&server, "b").await;
    log_numbered(&producer, 500..1000);
    let entries = consumer.entries(1000).await;
    assert_eq!(numbers(&entries), (0..1000).collect::<Vec<_>>());
    assert!(entries.iter().all(|entry| entry["target"] == "app::numbers" && entry["level"] == "INFO"));

    producer.flush(DEADLINE).unwrap();
    let counts = producer.stats().consumers[0].counts;
    assert_eq!((counts.accepted, counts.delivered, counts.waiting), (1000, 1000, 0));
    producer.close(DEADLINE).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_consumers_and_one_that_comes_late_get_everything() {
    let server = Server::start().await;
    let producer = Producer::connect(config(&server).build().unwrap()).unwrap();
    server.registered().await;
    let first = Consumer::join(&server, "first").await;
    let second = Consumer::join(&server, "second").await;
    log_numbered(&producer, 0..1000);
    for consumer in [&first, &second] {
        assert_eq!(numbers(&consumer.entries(1000).await), (0..1000).collect::<Vec<_>>());
    }
    let late = Consumer::join(&server, "late").await;
    assert_eq!(late.messages(1000).await, first.messages(1000).await);
    producer.close(DEADLINE).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_loaded_anew_replaces_its_old_self() {
    let server = Server::start().await;
    let producer = Producer::connect(config(&server).build().unwrap()).unwrap();
    let events = producer.subscribe();
    server.registered().await;
    let old = Consumer::join(&server, "page").await;
    log_numbered(&producer, 0..10);
    old.messages(10).await;
    let new = Consumer::join(&server, "page").await;
    old.closed().await;
    log_numbered(&producer, 10..20);
    assert_eq!(numbers(&new.entries(20).await), (0..20).collect::<Vec<_>>());
    eventually("one consumer is left", || producer.stats().consumers.len() == 1).await;
    let is_replaced = |event| matches!(event, Event::ConsumerDisconnected { reason: logrtc::EndReason::Replaced, consumer_id, .. } if consumer_id == "page");
    eventually("the end of the old one is told", || events.try_iter().any(is_replaced)).await;
    producer.close(DEADLINE).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn replay_says_where_a_consumer_begins() {
    for (replay, first) in [(Replay::None, 100), (Replay::Last(10), 90)] {
        let server = Server::start().await;
        let producer = Producer::connect(config(&server).replay(replay).build().unwrap()).unwrap();
        log_numbered(&producer, 0..100);
        server.registered().await;
        let consumer = Consumer::join(&server, "b").await;
        eventually("the channel is open here, too", || !producer.stats().consumers.is_empty()).await;
        log_numbered(&producer, 100..110);
        let expected: Vec<_> = (first..110).collect();
        assert_eq!(numbers(&consumer.entries(expected.len()).await), expected);
        producer.close(DEADLINE).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_largest_entry_arrives_and_a_longer_one_is_cut() {
    let server = Server::start().await;
    let producer = Producer::connect(config(&server).build().unwrap()).unwrap();
    server.registered().await;
    let consumer = Consumer::join(&server, "b").await;
    producer.info("app", &"é".repeat(1_000_000));
    let messages = consumer.messages(1).await;
    assert!(messages[0].len() <= 64 * 1024 && messages[0].len() > 63 * 1024, "{}", messages[0].len());
    let entry: Value = serde_json::from_str(&messages[0]).unwrap();
    assert_eq!(entry["fields"]["truncated"], serde_json::json!(["message"]));
    producer.close(DEADLINE).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consumer_that_leaves_is_gone_and_may_come_again() {
    let server = Server::start().await;
    let producer = Producer::connect(config(&server).build().unwrap()).unwrap();
    server.registered().await;
    for round in 0..3 {
        let consumer = Consumer::join(&server, "b").await;
        log_numbered(&producer, round..round + 1);
        consumer.messages(usize::try_from(round + 1).unwrap()).await;
        consumer.leave().await;
        eventually("it is gone", || producer.stats().consumers.is_empty()).await;
    }
    eventually("no socket is left", || producer.stats().open_sockets == 0).await;
    assert_eq!(producer.stats().consumers_opened, 3);
    producer.close(DEADLINE).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn one_consumer_too_many_is_refused_and_counted() {
    let server = Server::start().await;
    let producer = Producer::connect(config(&server).max_consumers(1).build().unwrap()).unwrap();
    let events = producer.subscribe();
    server.registered().await;
    let consumer = Consumer::join(&server, "first").await;
    server.say(&serde_json::json!({"type": "consumer_connected", "consumer_id": "second"}));
    eventually("it is refused", || producer.stats().consumers_refused == 1).await;
    let refused = Event::ConsumerRefused { consumer_id: "second".into() };
    eventually("it is told", || events.try_iter().any(|event| event == refused)).await;
    log_numbered(&producer, 0..1);
    consumer.messages(1).await;
    consumer.leave().await;
    let second = Consumer::answer(&server, "second").await;
    assert_eq!(second.messages(1).await.len(), 1, "it gets the place that is free");
    producer.close(DEADLINE).unwrap();
}

/// No runtime of the program's own: the producer has its own.
#[test]
fn a_program_without_tokio_logs_too() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let server = runtime.block_on(Server::start());
    let producer = Producer::connect(config(&server).build().unwrap()).unwrap();
    runtime.block_on(server.registered());
    let consumer = runtime.block_on(Consumer::join(&server, "b"));
    runtime.block_on(eventually("the channel is open here, too", || !producer.stats().consumers.is_empty()));
    log_numbered(&producer, 0..10);
    producer.flush(DEADLINE).unwrap();
    assert_eq!(producer.stats().consumers[0].counts.delivered, 10, "a flush returns when everything is there");
    assert_eq!(runtime.block_on(consumer.messages(10)).len(), 10);
    producer.close(Duration::from_secs(2)).unwrap();
    assert_eq!(producer.state(), State::Closed);
    assert_eq!(producer.log(logrtc::Level::Error, "app", "late").send(), Outcome::Closed);
}

/// A runtime of one thread, which a wrong shutdown would panic on or dead-lock.
#[tokio::test(flavor = "current_thread")]
async fn a_program_on_one_tokio_thread_can_close_and_drop() {
    let server = Server::start().await;
    let producer = Producer::connect(config(&server).build().unwrap()).unwrap();
    server.registered().await;
    producer.info("app", "hello");
    producer.flush(Duration::from_secs(1)).unwrap();
    drop(producer);
    let producer = Producer::connect(config(&server).build().unwrap()).unwrap();
    producer.close(Duration::from_secs(1)).unwrap();
}
