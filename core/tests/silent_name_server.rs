//! A name server that never answers holds up no log call, no consumer and no close.

#![allow(clippy::unwrap_used)]

use std::net::UdpSocket;
use std::time::{Duration, Instant};

use logrtc::{Config, Producer, State};
use logrtc_test_support::{Consumer, Server, eventually, in_namespace};

/// What the system asks, and how long it waits for it.
const RESOLV_CONF: &str = "conf=$(mktemp); printf 'nameserver 127.0.0.1\\noptions timeout:5 attempts:1\\n' >\"$conf\"; \
                           mount --bind \"$conf\" /etc/resolv.conf; rm \"$conf\"";

#[test]
fn a_name_server_that_does_not_answer_holds_up_nothing() {
    in_namespace("a_name_server_that_does_not_answer_holds_up_nothing", RESOLV_CONF, inside);
}

const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

#[tokio::main]
async fn inside() {
    // Bound and never read: a port that nobody has bound would answer at once.
    let asked = UdpSocket::bind("127.0.0.1:53").unwrap();

    no_name_is_looked_up_before_a_consumer(&asked).await;

    // The quickest of a few, for a machine that does other things may take long for any one.
    let mut quickest = Duration::MAX;
    for _ in 0..3 {
        quickest = quickest.min(to_log_and_close(&asked));
    }
    let beyond = quickest.checked_sub(CLOSE_TIMEOUT).unwrap();
    assert!(beyond < Duration::from_millis(100), "{quickest:?}");

    let mut quickest = Duration::MAX;
    for _ in 0..3 {
        quickest = quickest.min(to_close_with_a_consumer().await);
    }
    assert!(quickest < Duration::from_millis(300), "{quickest:?}");
}

/// A server that has said nothing yet may still name its ICE servers, or none: the default one waits
/// for the first consumer.
async fn no_name_is_looked_up_before_a_consumer(asked: &UdpSocket) {
    asked.set_nonblocking(true).unwrap();
    let server = Server::start().await;
    let config = Config::builder("app").url(server.url()).environment(false).build().unwrap();
    let producer = Producer::connect(config).unwrap();
    server.registered().await;
    // Longer than the second after which a silent server counts as working.
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert!(asked.recv(&mut [0; 512]).is_err(), "no query is sent");
    let _consumer = Consumer::join(&server, "a").await;
    eventually("the name of the default is looked up", || asked.recv(&mut [0; 512]).is_ok()).await;
    producer.close(Duration::ZERO).ok();
    asked.set_nonblocking(false).unwrap();
}

/// While the name of the signaling server is looked up: `close` waits for the first registration, and no longer than it
/// may.
fn to_log_and_close(asked: &UdpSocket) -> Duration {
    let config = Config::builder("app").url("ws://signaling.example/").environment(false).build().unwrap();
    let producer = Producer::connect(config).unwrap();
    asked.recv(&mut [0; 512]).unwrap();
    let since = Instant::now();
    (0..1_000).for_each(|_| producer.info("app", "while a name is looked up"));
    assert!(since.elapsed() < Duration::from_millis(500), "a log call waits for nothing");
    producer.close(CLOSE_TIMEOUT).unwrap();
    assert_eq!(producer.state(), State::Closed);
    since.elapsed()
}

/// While the name of the STUN server, the default one, is looked up.
async fn to_close_with_a_consumer() -> Duration {
    let server = Server::start().await;
    let config = Config::builder("app").url(server.url()).environment(false).build().unwrap();
    let producer = Producer::connect(config).unwrap();
    server.registered().await;
    let consumer = Consumer::join(&server, "b").await;
    consumer.say(r#"{"type":"ping","id":0}"#).await;
    producer.info("app", "without a STUN server");
    assert_eq!(consumer.entries(1).await[0]["message"], "without a STUN server");
    eventually("the entry is known to have arrived", || producer.flush(Duration::ZERO).is_ok()).await;
    let since = Instant::now();
    producer.close(CLOSE_TIMEOUT).unwrap();
    since.elapsed()
}
