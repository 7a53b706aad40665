//! A network that loses, doubles, delays and reorders: nothing is lost, doubled or out of order.

#![allow(clippy::unwrap_used)]

use std::time::Duration;

use logrtc::{Config, Faults, Level, Producer};
use logrtc_test_support::{Consumer, DEADLINE, Server, eventually};
use serde_json::Value;

const ENTRIES: u64 = 5_000;

async fn connected(server: &Server, faults: Faults) -> (Producer, Consumer) {
    let config = Config::builder("app").url(server.url()).ice_servers([]).environment(false).faults(faults);
    let producer = Producer::connect(config.build().unwrap()).unwrap();
    server.registered().await;
    // The stack's handshake does not survive the loss of every datagram: then it is offered anew after 15 s.
    let offered_anew = async {
        tokio::time::sleep(Duration::from_secs(10)).await;
        Consumer::answer(server, "b").await
    };
    let consumer = tokio::select! {
        consumer = Consumer::join(server, "b") => consumer,
        consumer = offered_anew => consumer,
    };
    // Its channel opens a moment before ours does.
    eventually("the producer knows it", || producer.stats().consumers.len() == 1).await;
    (producer, consumer)
}

fn log_numbered(producer: &Producer, numbers: std::ops::Range<u64>) {
    for number in numbers {
        producer.log(Level::Info, "app", "numbered").field("number", number).send();
    }
}

fn assert_numbered(entries: &[Value], numbers: std::ops::Range<u64>) {
    let got: Vec<u64> = entries.iter().map(|entry| entry["fields"]["number"].as_u64().unwrap()).collect();
    assert_eq!(got, numbers.collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_entry_arrives_once_and_in_order() {
    for (name, loss, duplication, reordering) in [
        ("loss", 0.02, 0.0, 0.0),
        ("duplication", 0.0, 0.1, 0.0),
        ("reordering", 0.0, 0.0, 0.1),
        ("all", 0.01, 0.05, 0.05),
    ] {
        let mut faults = Faults::seeded(1);
        (faults.loss, faults.duplication, faults.reordering) = (loss, duplication, reordering);
        let server = Server::start().await;
        let (producer, consumer) = connected(&server, faults).await;
        log_numbered(&producer, 0..ENTRIES);
        let entries = consumer.entries(usize::try_from(ENTRIES).unwrap()).await;
        assert_numbered(&entries, 0..ENTRIES);
        producer.flush(DEADLINE).unwrap();
        let counts = producer.stats().consumers[0].counts;
        assert_eq!((counts.delivered, counts.waiting, counts.dropped.total()), (ENTRIES, 0, 0), "{name}");
        producer.close(DEADLINE).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_lost_for_three_seconds_comes_back() {
    let faults = Faults::seeded(1);
    let server = Server::start().await;
    let (producer, consumer) = connected(&server, faults.clone()).await;
    log_numbered(&producer, 0..100);
    consumer.messages(100).await;
    faults.set_blackout(true);
    log_numbered(&producer, 100..200);
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(consumer.count(), 100);
    faults.set_blackout(false);
    assert_numbered(&consumer.entries(200).await, 0..200);
    assert_eq!(producer.stats().consumers_opened, 1, "the same channel");
    producer.close(DEADLINE).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consumer_whose_path_was_lost_is_offered_another() {
    let faults = Faults::seeded(1);
    let server = Server::start().await;
    let (producer, _consumer) = connected(&server, faults.clone()).await;
    log_numbered(&producer, 0..10);
    faults.set_blackout(true);
    eventually("its path is lost", || producer.stats().consumers.is_empty()).await;
    faults.set_blackout(false);
    log_numbered(&producer, 10..20);
    let again = Consumer::answer(&server, "b").await;
    assert_numbered(&again.entries(20).await, 0..20);
    producer.close(DEADLINE).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_lost_for_good_ends_the_consumer_within_half_a_minute() {
    let faults = Faults::seeded(1);
    let server = Server::start().await;
    let (producer, _consumer) = connected(&server, faults.clone()).await;
    faults.set_blackout(true);
    eventually("it is ended", || producer.stats().consumers.is_empty()).await;
    eventually("nothing is left of it", || producer.stats().open_sockets == 0).await;
    producer.close(DEADLINE).unwrap();
}
