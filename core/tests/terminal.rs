//! The program's own logging shows our diagnostics, and nothing of the crates below us.
//!
//! One test, because it sets the logging of its process.

#![allow(clippy::unwrap_used)]

use std::sync::{Arc, Mutex};

use logrtc::adapters::TracingLayer;
use logrtc::{Config, Producer};
use logrtc_test_support::{Consumer, DEADLINE, Server, eventually};
use serde_json::json;
use tracing::field::{Field, Visit};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

/// What a terminal would show, at the lowest level: target and message.
#[derive(Clone, Default)]
struct Terminal(Arc<Mutex<Vec<(String, String)>>>);

struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}

impl<S: tracing::Subscriber> Layer<S> for Terminal {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        use tracing_log::NormalizeEvent;
        let normalized = event.normalized_metadata();
        let target = normalized.as_ref().map_or(event.metadata().target(), |metadata| metadata.target());
        let mut message = Message(String::new());
        event.record(&mut message);
        // The tests' own consumer and server are on the same crates, on threads of the test's.
        if std::thread::current().name() == Some("logrtc") || target == "logrtc" {
            self.0.lock().unwrap().push((target.to_owned(), message.0));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_terminal_shows_our_diagnostics_and_not_the_stack() {
    let terminal = Terminal::default();
    let shown = || terminal.0.lock().unwrap().clone();
    let server = Server::start().await;
    let (address, url) = (server.address(), server.url());
    server.stop();
    eventually("nobody listens there any more", || std::net::TcpStream::connect(address).is_err()).await;
    // The stack of the tests' own consumer logs, too, and is no part of this.
    let config = Config::builder("app")
        .url(url)
        .ice_servers([])
        .environment(false)
        .filter("off,shop=info,rtc_clock=warn,webrtc=warn");
    let config = config.reconnect_interval(std::time::Duration::from_millis(50)).build().unwrap();
    let producer = Producer::connect(config).unwrap();
    let subscriber = tracing_subscriber::registry().with(TracingLayer::new(&producer)).with(terminal.clone());
    tracing::subscriber::set_global_default(subscriber).unwrap();
    tracing_log::LogTracer::init().unwrap();

    // The warnings of an outage come through `tracing`; the first attempt may have failed before there was any.
    eventually("it cannot connect", || producer.last_error().is_some()).await;
    let server = Server::start_at(address).await;
    server.registered().await;
    server.say(&json!({"type": "registered"}));
    let recovered = |(target, message): &(String, String)| target == "logrtc" && message.contains("is connected again");
    eventually("the recovery is shown", || shown().iter().any(recovered)).await;

    for name in ["a", "b", "c"] {
        let consumer = Consumer::join(&server, name).await;
        (0..500).for_each(|number| tracing::info!(target: "shop", number, "order"));
        consumer.messages(500).await;
        consumer.leave().await;
    }
    // Crates of the user's that share a name with those below us.
    tracing::warn!(target: "rtc_clock", "the battery is low");
    tracing::warn!(target: "webrtc", "mine");
    let consumer = Consumer::join(&server, "d").await;
    let entries = consumer.entries(1502).await;
    let targets: Vec<&str> = entries[1500..].iter().map(|entry| entry["target"].as_str().unwrap()).collect();
    assert_eq!(targets[0], "rtc_clock");
    assert_eq!(entries[1501]["message"], "mine");
    producer.close(DEADLINE).unwrap();

    let shown = shown();
    let foreign: Vec<_> = shown.iter().filter(|(target, _)| target != "logrtc").take(10).collect();
    assert!(foreign.is_empty(), "{foreign:?}");
    assert!(shown.len() < 40, "{shown:?}");
}
