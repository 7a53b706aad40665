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

#[tokio::main]
async fn inside() {
    // Bound and never read: a port that nobody has bound would answer at once.
    let asked = UdpSocket::bind("127.0.0.1:53").unwrap();

    // The name of the signaling server.
    let config = Config::builder("app").url("ws://signaling.example/").environment(false).build().unwrap();
    let producer = Producer::connect(config).unwrap();
    asked.recv(&mut [0; 512]).unwrap();
    let since = Instant::now();
    (0..1_000).for_each(|_| producer.info("app", "while a name is looked up"));
    let logged = since.elapsed();
    producer.close(Duration::from_secs(2)).unwrap();
    let closed = since.elapsed();
    assert!(closed < Duration::from_millis(100), "{logged:?} to log, and then {:?} to close", closed - logged);
    assert_eq!(producer.state(), State::Closed);

    // The name of the STUN server, the default one.
    let server = Server::start().await;
    let config = Config::builder("app").url(server.url()).environment(false).build().unwrap();
    let producer = Producer::connect(config).unwrap();
    server.registered().await;
    let consumer = Consumer::join(&server, "b").await;
    producer.info("app", "without a STUN server");
    assert_eq!(consumer.entries(1).await[0]["message"], "without a STUN server");
    eventually("the entry is known to have arrived", || producer.flush(Duration::ZERO).is_ok()).await;
    let since = Instant::now();
    producer.close(Duration::from_secs(2)).unwrap();
    assert!(since.elapsed() < Duration::from_millis(300), "{:?}", since.elapsed());
}
