//! What a client may not do, and what becomes of it.

use std::time::Duration;

use crate::support::{Client, options, server, within};
use logrtc_viewer::Server;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::http::StatusCode;

#[tokio::test]
async fn a_first_message_that_is_not_a_registration_is_refused() {
    let server = server().await;
    for (message, reason) in [
        (json!({"type": "ping"}), "type: must be register at first"),
        (json!({"type": "register", "role": "spy"}), "role: must be \"producer\" or \"consumer\", not \"spy\""),
        (json!({"type": "register", "role": "producer"}), "client_id: must be there, as a string"),
    ] {
        let mut client = Client::connect(&server).await;
        client.say(message).await;
        assert_eq!(client.hear().await, json!({"type": "error", "message": reason}));
        assert!(client.next().await.is_none());
    }
    server.stop().await;
}

#[tokio::test]
async fn who_does_not_register_is_closed() {
    let mut options = options();
    options.limits.register_timeout = Duration::from_millis(50);
    let server = Server::start(options).await.unwrap();
    let mut client = Client::connect(&server).await;
    assert_eq!(client.hear().await["message"], "register: must come within 50ms");
    assert!(client.next().await.is_none());
    server.stop().await;
}

#[tokio::test]
async fn who_is_silent_is_closed() {
    let mut options = options();
    options.limits.ping_interval = Duration::from_millis(20);
    options.limits.silence_timeout = Duration::from_secs(2);
    let server = Server::start(options).await.unwrap();
    let mut listening = Client::consumer(&server, "listening").await;
    // A client answers pings only while it reads, so this one is silent.
    let _silent = Client::producer(&server, "silent", "s1").await;
    assert_eq!(listening.hear().await["type"], "producer_connected");
    assert_eq!(
        listening.hear().await,
        json!({"type": "producer_disconnected", "producer_id": "silent", "reason": "lost"})
    );
    server.stop().await;
}

#[tokio::test]
async fn a_bad_message_is_named_and_too_many_end_the_connection() {
    let mut options = options();
    options.limits.max_bad_messages = 3;
    let server = Server::start(options).await.unwrap();
    let mut client = Client::consumer(&server, "page").await;
    for (message, reason) in [
        (Message::text("{"), "message: must be JSON: "),
        (Message::binary(vec![0]), "message: must be text, not binary"),
        (Message::text(r#"{"type":"register","role":"consumer"}"#), "register: this connection has registered already"),
        (Message::text(r#"{"type":"subscribe"}"#), "type: must be "),
    ] {
        client.send(message).await;
        let answer = client.hear().await;
        assert!(answer["message"].as_str().unwrap().starts_with(reason), "{answer}");
    }
    assert!(client.next().await.is_none());
    server.stop().await;
}

#[tokio::test]
async fn a_receiver_that_is_not_there_is_no_bad_message() {
    let mut options = options();
    options.limits.max_bad_messages = 0;
    let server = Server::start(options).await.unwrap();
    let mut client = Client::consumer(&server, "page").await;
    for _ in 0..3 {
        client.say(json!({"type": "webrtc_answer", "to": "x", "sdp": ""})).await;
        let expected = json!({"type": "error", "message": "to: no such client \"x\"", "to": "x"});
        assert_eq!(client.hear().await, expected);
    }
    server.stop().await;
}

#[tokio::test]
async fn a_message_that_is_too_long_ends_the_connection() {
    let server = server().await;
    let mut client = Client::consumer(&server, "page").await;
    client.say(json!({"type": "ping", "padding": "x".repeat(255 * 1024)})).await;
    assert_eq!(client.hear().await["type"], "pong");
    client.say(json!({"type": "ping", "padding": "x".repeat(257 * 1024)})).await;
    let answer = client.hear().await;
    assert!(answer["message"].as_str().unwrap().starts_with("message: cannot be read: "), "{answer}");
    assert!(client.next().await.is_none());
    server.stop().await;
}

#[tokio::test]
async fn one_connection_too_many_is_refused() {
    let mut options = options();
    options.limits.max_connections = 1;
    let server = Server::start(options).await.unwrap();
    let first = Client::consumer(&server, "page").await;
    assert_eq!(Client::connect_with(&server, &[]).await.err(), Some(StatusCode::SERVICE_UNAVAILABLE));
    first.close().await;
    within(async { while Client::connect_with(&server, &[]).await.is_err() {} }).await;
    server.stop().await;
}
