//! A consumer with an open channel.

use std::time::Duration;

use logrtc_test_support::{Consumer, DEADLINE, Server, eventually};
use serde_json::json;
use tokio::time::timeout;

use crate::producer::{MIB, Producer};

/// What the producer may take for it: its stack's buffers, and what the allocator keeps of them.
/// Without a bound the channels take 568 MiB, and the messages 130 MiB.
const MOST_GROWTH: usize = 32 * MIB;

/// The hostile consumer is ended, the producer's memory has kept its bound, and another consumer
/// gets the log.
async fn it_is_ended(producer: &Producer, server: &Server, marked: usize) {
    eventually("it is ended", || !producer.ends("hostile").is_empty()).await;
    assert_eq!(producer.ends("hostile"), ["Flooded"]);
    let page = Consumer::join(server, "page").await;
    page.messages(10).await;
    let growth = producer.growth(marked);
    println!("the producer grows by {} MiB", growth / MIB);
    assert!(growth < MOST_GROWTH, "{} MiB", growth / MIB);
    page.leave().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_opens_channels_is_ended() {
    let server = Server::start().await;
    let producer = Producer::start(&server.url()).await;
    let hostile = Consumer::join(&server, "hostile").await;
    hostile.messages(10).await;
    let marked = producer.mark_memory();
    let label = "x".repeat(65_000);
    let opening = async {
        for _ in 0..3000 {
            if !hostile.try_open_channel(&label).await {
                return;
            }
        }
    };
    timeout(DEADLINE, opening).await.unwrap();
    it_is_ended(&producer, &server, marked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_floods_is_ended() {
    for extended in [false, true] {
        let server = Server::start().await;
        let producer = Producer::start(&server.url()).await;
        let hostile = match extended {
            true => Consumer::join_extended(&server, "hostile", &json!({"version": 1})).await,
            false => Consumer::join(&server, "hostile").await,
        };
        hostile.messages(1).await;
        let marked = producer.mark_memory();
        let flooding = async {
            for _ in 0..200_000 {
                if !hostile.try_say("x").await {
                    return;
                }
            }
        };
        timeout(DEADLINE, flooding).await.unwrap();
        it_is_ended(&producer, &server, marked).await;
    }
}

/// A message in every acknowledged frame, and requests as often as they may be.
#[tokio::test(flavor = "multi_thread")]
async fn one_that_sends_as_much_as_it_may_stays() {
    let server = Server::start().await;
    let producer = Producer::start(&server.url()).await;
    let busy = Consumer::join_extended(&server, "busy", &json!({"version": 1})).await;
    busy.messages(1).await;
    let padding = "x".repeat(4000);
    for _ in 0..3 {
        for id in 0..60 {
            busy.say(&json!({"type": "ping", "id": id, "padding": padding}).to_string()).await;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let pongs = || async { busy.messages(0).await.iter().filter(|text| text.contains("\"pong\"")).count() };
    timeout(DEADLINE, async { while pongs().await < 180 {} }).await.unwrap();
    assert_eq!(producer.ends("busy"), [""; 0]);
    busy.leave().await;
}
