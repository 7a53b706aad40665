//! A `log::Log` before us keeps its terminal; one test, because it sets the logger of its process.

#![allow(clippy::unwrap_used)]

use std::sync::{Arc, Mutex};

use logrtc::adapters::Logger;
use logrtc::{Config, Producer};
use logrtc_test_support::{Consumer, DEADLINE, Server, eventually};

/// What a terminal shows: of the user's crates everything, of others warnings.
#[derive(Clone, Default)]
struct Terminal(Arc<Mutex<Vec<String>>>);

impl log::Log for Terminal {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.target() == "shop" || metadata.level() <= log::Level::Warn
    }

    fn log(&self, record: &log::Record<'_>) {
        // The tests' own consumer is on the same stack, on threads of the test's.
        let is_consumer = record.target().starts_with("rtc") && std::thread::current().name() != Some("logrtc");
        if self.enabled(record.metadata()) && !is_consumer {
            self.0.lock().unwrap().push(format!("{} {}", record.target(), record.args()));
        }
    }

    fn flush(&self) {
        self.0.lock().unwrap().push("flushed".to_owned());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_logger_shows_what_it_showed_before() {
    let terminal = Terminal::default();
    let shown = || terminal.0.lock().unwrap().clone();
    let server = Server::start().await;
    let config = Config::builder("app").url(server.url()).ice_servers([]).environment(false).filter("off,shop=info");
    let producer = Producer::connect(config.build().unwrap()).unwrap();
    server.registered().await;
    Logger::new(&producer).chain(terminal.clone()).init().unwrap();
    assert!(log::log_enabled!(target: "shop", log::Level::Debug), "the terminal wants it");
    log::info!(target: "shop", "both");
    log::debug!(target: "shop", "terminal");
    log::info!(target: "other", "nobody");
    for name in ["a", "b"] {
        let consumer = Consumer::join(&server, name).await;
        assert_eq!(consumer.entries(1).await[0]["message"], "both");
        consumer.leave().await;
    }
    log::logger().flush();
    assert_eq!(shown(), ["shop both", "shop terminal", "flushed"]);

    // Our own warnings are the terminal's.
    server.stop();
    eventually("the outage is shown", || shown().iter().any(|line| line.starts_with("logrtc app: no connection")))
        .await;
    producer.close(DEADLINE).unwrap();
    let stats = producer.stats();
    assert!(stats.accepted == 1 && stats.filtered >= 2, "{stats:?}");
}
