//! Producers and consumers find each other, over real sockets.

use std::time::{Duration, Instant};

use crate::support::{Client, server};
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

/// The beginning of SHA-256 of "page": what a producer knows of it.
const PAGE: &str = "3660315a9af3df255d8f19ab077e4797";

#[tokio::test]
async fn a_handshake_passes_through() {
    let server = server().await;
    let mut producer = Client::producer(&server, "api", "s1").await;
    let mut consumer = Client::consumer(&server, "page").await;
    assert_eq!(producer.hear().await, json!({"type": "consumer_connected", "consumer_id": PAGE}));
    assert_eq!(
        consumer.hear().await,
        json!({
            "type": "producer_connected",
            "producer_id": "api",
            "client_id": "api",
            "metadata": {"system_name": "Test"},
            // The beginning of SHA-256 of "s1".
            "session": "e8bc163c82eee18733288c7d4ac636db",
        })
    );

    producer.say(json!({"type": "webrtc_offer", "to": PAGE, "sdp": "v=0 offer"})).await;
    assert_eq!(consumer.hear().await, json!({"type": "webrtc_offer", "to": "page", "sdp": "v=0 offer", "from": "api"}));
    consumer.say(json!({"type": "webrtc_answer", "sdp": "v=0 answer"})).await;
    assert_eq!(producer.hear().await, json!({"type": "webrtc_answer", "sdp": "v=0 answer", "from": PAGE}));
    consumer.say(json!({"type": "ice_candidate", "to": "api", "candidate": "c", "sdpMLineIndex": 0})).await;
    assert_eq!(producer.hear().await["candidate"], "c");
    server.stop().await;
}

#[tokio::test]
async fn a_connection_that_ends_is_told_to_its_pairs() {
    let server = server().await;
    let mut producer = Client::producer(&server, "api", "s1").await;
    let consumer = Client::consumer(&server, "page").await;
    assert_eq!(producer.hear().await["type"], "consumer_connected");
    consumer.close().await;
    assert_eq!(producer.hear().await, json!({"type": "consumer_disconnected", "consumer_id": PAGE}));

    let mut consumer = Client::consumer(&server, "page").await;
    assert_eq!(consumer.hear().await["type"], "producer_connected");
    drop(producer);
    assert_eq!(consumer.hear().await, json!({"type": "producer_disconnected", "producer_id": "api", "reason": "lost"}));
    server.stop().await;
}

#[tokio::test]
async fn a_goodbye_is_a_close_frame_and_the_name_is_free_at_once() {
    let server = server().await;
    let mut consumer = Client::consumer(&server, "page").await;
    let frame = |code| Message::Close(Some(CloseFrame { code, reason: "".into() }));
    let ends = [
        (Some(Message::Close(None)), "closed"),
        (Some(frame(CloseCode::Normal)), "closed"),
        (Some(frame(CloseCode::Away)), "closed"),
        (Some(frame(CloseCode::Error)), "lost"),
        // A process that is killed says nothing; the kernel closes its socket.
        (None, "lost"),
    ];
    for (number, (goodbye, reason)) in ends.into_iter().enumerate() {
        let mut producer = Client::producer(&server, "api", &format!("s{number}")).await;
        let announced = consumer.hear().await;
        assert_eq!((&announced["type"], &announced["producer_id"]), (&json!("producer_connected"), &json!("api")));
        let since = Instant::now();
        if let Some(goodbye) = goodbye {
            producer.send(goodbye).await;
        } else {
            drop(producer);
        }
        assert_eq!(
            consumer.hear().await,
            json!({"type": "producer_disconnected", "producer_id": "api", "reason": reason})
        );
        assert!(since.elapsed() < Duration::from_secs(2), "{:?}", since.elapsed());
    }
    server.stop().await;
}

#[tokio::test]
async fn a_process_that_reconnects_replaces_its_older_connection() {
    let server = server().await;
    let mut older = Client::producer(&server, "api", "s1").await;
    let _newer = Client::producer(&server, "api", "s1").await;
    assert_eq!(older.hear().await["message"], "session: has registered again, on a newer connection");
    assert!(older.next().await.is_none());
    server.stop().await;
}

/// An id that a producer is told is of no use to register with: the consumer keeps its place.
#[tokio::test]
async fn a_producer_cannot_take_a_consumer_s_place() {
    let server = server().await;
    let mut page = Client::consumer(&server, "page").await;
    let mut producer = Client::producer(&server, "api", "s1").await;
    let told = producer.hear().await["consumer_id"].as_str().unwrap().to_owned();
    assert_eq!(page.hear().await["type"], "producer_connected");
    let mut thief = Client::consumer(&server, &told).await;
    assert_eq!(thief.hear().await["type"], "producer_connected");
    assert_ne!(producer.hear().await["consumer_id"], told.as_str());
    producer.say(json!({"type": "webrtc_offer", "to": told, "sdp": "v=0"})).await;
    assert_eq!(page.hear().await["to"], "page");
    server.stop().await;
}

#[tokio::test]
async fn a_ping_is_answered() {
    let server = server().await;
    let mut producer = Client::producer(&server, "api", "s1").await;
    producer.say(json!({"type": "ping"})).await;
    assert_eq!(producer.hear().await, json!({"type": "pong"}));
    server.stop().await;
}
