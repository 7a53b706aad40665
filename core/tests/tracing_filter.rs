//! What the layer tells `tracing` in advance. One test: `tracing` keeps one answer for all subscribers of a process.

#![allow(clippy::unwrap_used)]

use std::sync::atomic::{AtomicU64, Ordering};

use logrtc::adapters::TracingLayer;
use logrtc::{Config, Producer};
use logrtc_test_support::DEADLINE;
use tracing_subscriber::layer::SubscriberExt;

#[test]
fn what_the_filter_leaves_out_is_not_made() {
    let config = Config::builder("app").environment(false).ice_servers([]).filter("error,shop=info").build().unwrap();
    let producer = Producer::connect(config).unwrap();
    tracing::subscriber::with_default(tracing_subscriber::registry().with(TracingLayer::new(&producer)), || {
        let made = AtomicU64::new(0);
        let value = || made.fetch_add(1, Ordering::Relaxed);
        let log = || {
            tracing::debug!(target: "shop", value = value());
            tracing::info!(target: "other", value = value());
            tracing::info!(target: "shop", value = value());
            tracing::info_span!(target: "other", "span").is_disabled()
        };
        assert!(!tracing::enabled!(target: "shop", tracing::Level::DEBUG));
        assert!(log());
        assert_eq!((made.load(Ordering::Relaxed), producer.stats().accepted), (1, 1));

        // A filter that changes is obeyed at once, by the same call sites.
        producer.set_filter("debug".parse().unwrap());
        assert!(!log());
        assert_eq!((made.load(Ordering::Relaxed), producer.stats().accepted), (4, 4));
        producer.close(DEADLINE).unwrap();
        assert!(log());
        assert_eq!((made.load(Ordering::Relaxed), producer.stats().accepted), (4, 4));
    });
}
