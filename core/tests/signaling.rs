//! The way to the server: it comes back by itself, and its end touches no open channel.

#![allow(clippy::unwrap_used)]

use std::time::{Duration, Instant};

use logrtc::{Config, Event, Producer, State};
use logrtc_test_support::{Consumer, DEADLINE, Server, eventually};
use serde_json::json;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;

fn config(server: &Server) -> logrtc::ConfigBuilder {
    Config::builder("app").url(server.url()).ice_servers([]).environment(false)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_of_the_server_disturbs_no_channel_and_is_noticed_within_six_seconds() {
    let server = Server::start().await;
    let address = server.address();
    let producer = Producer::connect(config(&server).build().unwrap()).unwrap();
    server.registered().await;
    let consumer = Consumer::join(&server, "b").await;
    let leaves_meanwhile = Consumer::join(&server, "c").await;
    (0..300).for_each(|_| producer.info("app", "before"));
    consumer.messages(300).await;
    server.stop();
    eventually("the loss is noticed", || producer.state() == State::Reconnecting).await;
    (0..300).for_each(|_| producer.info("app", "without"));
    assert_eq!(consumer.messages(600).await.len(), 600, "the logs do not flow through the server");
    leaves_meanwhile.leave().await;
    eventually("one is left", || producer.stats().consumers.len() == 1).await;

    let since = Instant::now();
    let server = Server::start_at(address).await;
    let register = server.registered().await;
    assert_eq!(register["connected"], json!(["b"]), "it says whose channels it still has");
    assert!(since.elapsed() < Duration::from_secs(6), "{:?}", since.elapsed());
    (0..300).for_each(|_| producer.info("app", "after"));
    assert_eq!(consumer.messages(900).await.len(), 900);
    let stats = producer.stats();
    assert_eq!((stats.registrations, stats.consumers_opened), (2, 2), "the same channel all along");

    let second = Consumer::join(&server, "second").await;
    assert_eq!(second.messages(900).await, consumer.messages(900).await);
    producer.close(DEADLINE).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_comes_late_is_found() {
    let server = Server::start().await;
    let address = server.address();
    let config = config(&server).reconnect_interval(Duration::from_millis(50)).build().unwrap();
    server.stop();
    eventually("nobody listens there any more", || std::net::TcpStream::connect(address).is_err()).await;
    let producer = Producer::connect(config).unwrap();
    let events = producer.subscribe();
    producer.info("app", "early");
    eventually("it cannot connect", || producer.state() == State::Reconnecting).await;
    let server = Server::start_at(address).await;
    server.registered().await;
    let consumer = Consumer::join(&server, "b").await;
    assert_eq!(consumer.entries(1).await[0]["message"], "early");
    assert!(
        events.try_iter().any(|event| matches!(event, Event::ServerError { message } if message.contains("refused")))
    );
    producer.close(DEADLINE).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn attempts_end_where_the_configuration_says() {
    let server = Server::start().await;
    let config =
        config(&server).reconnect_interval(Duration::from_millis(10)).max_reconnect_attempts(Some(3)).build().unwrap();
    server.stop();
    let producer = Producer::connect(config).unwrap();
    eventually("it gives up", || producer.state() == State::Abandoned).await;
    producer.close(DEADLINE).unwrap();
    assert_eq!(producer.state(), State::Closed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_hangs_up_at_once_is_not_hammered() {
    let server = Server::serve("127.0.0.1:0".parse().unwrap(), |_| async { None::<TcpStream> }).await;
    let config = config(&server).reconnect_interval(Duration::from_millis(200)).build().unwrap();
    let producer = Producer::connect(config).unwrap();
    let since = Instant::now();
    eventually("several attempts", || server.connections() >= 4).await;
    assert!(since.elapsed() >= Duration::from_millis(3 * 200), "{:?}", since.elapsed());
    producer.close(DEADLINE).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ping_is_answered_and_an_error_reaches_the_program() {
    let server = Server::start().await;
    let producer = Producer::connect(config(&server).token("s3cret").build().unwrap()).unwrap();
    let events = producer.subscribe();
    server.registered().await;
    assert_eq!(server.authorization().as_deref(), Some("Bearer s3cret"));
    server.say(&json!({"type": "registered", "client_id": "app"}));
    server.say(&json!({"type": "ping"}));
    assert_eq!(server.hear("pong", |message| message["type"] == "pong").await, json!({"type": "pong"}));
    server.say(&json!({"type": "error", "message": "your clock is wrong"}));
    server.say(&json!({"type": "news", "of": "tomorrow"}));
    server.say_raw(Message::text("not JSON"));
    eventually("all is counted", || {
        let stats = producer.stats();
        (stats.unknown_messages, stats.malformed_messages) == (1, 1)
    })
    .await;
    let error = Event::ServerError { message: "your clock is wrong".into() };
    assert!(events.try_iter().any(|event| event == error));
    producer.close(DEADLINE).unwrap();
}

/// The answer and the candidates name nobody, and come in any order (docs/protocol.md §5).
#[tokio::test(flavor = "multi_thread")]
async fn consumers_that_join_at_the_same_time_are_told_apart_without_names() {
    let server = Server::start().await;
    let producer = Producer::connect(config(&server).build().unwrap()).unwrap();
    producer.info("app", "hello");
    server.registered().await;
    for name in ["a", "b", "c"] {
        server.say(&json!({"type": "consumer_connected", "consumer_id": name}));
    }
    let mut offers = Vec::new();
    for name in ["a", "b", "c"] {
        offers.push(server.hear(name, |m| m["type"] == "webrtc_offer" && m["to"] == name).await);
    }
    for (name, offer) in ["a", "b", "c"].iter().zip(&offers) {
        let consumer = Consumer::answer_offer(&server, offer["sdp"].as_str().unwrap()).await;
        assert_eq!(consumer.entries(1).await[0]["message"], "hello", "{name}");
        std::mem::forget(consumer);
    }
    eventually("all are there", || producer.stats().consumers.len() == 3).await;
    producer.close(DEADLINE).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consumer_that_never_answers_is_given_up() {
    let server = Server::start().await;
    let producer = Producer::connect(config(&server).build().unwrap()).unwrap();
    let events = producer.subscribe();
    server.registered().await;
    let since = Instant::now();
    server.say(&json!({"type": "consumer_connected", "consumer_id": "mute"}));
    let offer = server.hear("an offer", |m| m["type"] == "webrtc_offer" && m["to"] == "mute").await;
    assert!(offer["sdp"].as_str().unwrap().contains("a=candidate:"), "host candidates are in the offer");
    eventually("it is given up", || producer.stats().consumers_failed == 1).await;
    let waited = since.elapsed();
    assert!((Duration::from_secs(15)..Duration::from_secs(17)).contains(&waited), "{waited:?}");
    eventually("nothing is left of it", || producer.stats().open_sockets == 0).await;
    let is_given_up =
        |event| matches!(event, Event::ConsumerDisconnected { reason: logrtc::EndReason::OpenTimeout, .. });
    eventually("it is told", || events.try_iter().any(is_given_up)).await;

    // It is still announced, and gets another offer.
    producer.info("app", "at last");
    let consumer = Consumer::answer(&server, "mute").await;
    assert_eq!(consumer.entries(1).await[0]["message"], "at last");
    producer.close(DEADLINE).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consumer_whose_signaling_ends_keeps_its_channel() {
    let server = Server::start().await;
    let producer = Producer::connect(config(&server).build().unwrap()).unwrap();
    server.registered().await;
    let consumer = Consumer::join(&server, "b").await;
    server.say(&json!({"type": "consumer_connected", "consumer_id": "mute"}));
    server.hear("an offer", |m| m["type"] == "webrtc_offer" && m["to"] == "mute").await;
    for name in ["b", "mute"] {
        server.say(&json!({"type": "consumer_left", "consumer_id": name}));
    }
    eventually("one that had not answered is gone", || producer.stats().consumers_failed == 1).await;
    producer.info("app", "still here");
    assert_eq!(consumer.entries(1).await[0]["message"], "still here");
    producer.flush(DEADLINE).unwrap();

    // One that has gone without a word holds up nothing.
    consumer.set_reading(false);
    let padding = "x".repeat(10_000);
    (0..1_000).for_each(|_| producer.info("app", &padding));
    let since = Instant::now();
    producer.flush(DEADLINE).unwrap();
    assert!(since.elapsed() < Duration::from_secs(10), "{:?}", since.elapsed());
    producer.close(DEADLINE).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn candidates_that_come_before_the_answer_wait_for_it() {
    let server = Server::start().await;
    let producer = Producer::connect(config(&server).build().unwrap()).unwrap();
    producer.info("app", "hello");
    server.registered().await;
    server.say(&json!({"type": "consumer_connected", "consumer_id": "b"}));
    let offer = server.hear("an offer", |m| m["type"] == "webrtc_offer" && m["to"] == "b").await;
    let consumer = Consumer::answer_candidates_first(&server, offer["sdp"].as_str().unwrap()).await;
    assert_eq!(consumer.entries(1).await[0]["message"], "hello");
    producer.close(DEADLINE).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_falls_silent_is_noticed() {
    let server = Server::start().await;
    let config = config(&server).reconnect_interval(Duration::from_secs(60)).build().unwrap();
    let producer = Producer::connect(config).unwrap();
    server.registered().await;
    let consumer = Consumer::join(&server, "b").await;
    server.freeze();
    eventually("it is noticed", || producer.state() == State::Reconnecting).await;
    producer.info("app", "the channel is as it was");
    consumer.messages(1).await;
    producer.close(DEADLINE).unwrap();
}
