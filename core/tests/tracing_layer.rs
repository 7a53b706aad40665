//! The layer of `tracing`: names and places, filters, values that change, other layers beside it.

#![allow(clippy::unwrap_used)]

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use logrtc::adapters::TracingLayer;
use logrtc::{Config, Entry, Producer};
use logrtc_test_support::{Consumer, DEADLINE, Server};
use opentelemetry::trace::{TraceContextExt, TracerProvider};
use serde_json::{Value, json};
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};

/// Nobody listens to it: the journal is enough.
fn alone(filter: &str) -> Producer {
    let config = Config::builder("app").environment(false).ice_servers([]).filter(filter).build().unwrap();
    Producer::connect(config).unwrap()
}

struct Shop {
    _server: Server,
    producer: Producer,
    consumer: Consumer,
}

async fn shop(filter: &str) -> Shop {
    let server = Server::start().await;
    let config = Config::builder("app").url(server.url()).ice_servers([]).environment(false).filter(filter);
    let producer = Producer::connect(config.build().unwrap()).unwrap();
    server.registered().await;
    let consumer = Consumer::join(&server, "b").await;
    Shop { _server: server, producer, consumer }
}

/// Another layer, that wants everything.
#[derive(Clone, Default)]
struct Everything(Arc<AtomicU64>);

impl<S: Subscriber> Layer<S> for Everything {
    fn on_event(&self, _: &tracing::Event<'_>, _: Context<'_, S>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[derive(Debug)]
struct QueryFailed(std::io::Error);

impl fmt::Display for QueryFailed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("query failed")
    }
}

impl Error for QueryFailed {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_event_is_without_a_name_and_a_place() {
    let Shop { producer, consumer, .. } = shop("debug").await;
    let failed = QueryFailed(std::io::Error::other("connection refused"));
    let error: &(dyn Error + 'static) = &failed;
    tracing::subscriber::with_default(tracing_subscriber::registry().with(TracingLayer::new(&producer)), || {
        tracing::info_span!("request").in_scope(|| {
            tracing::info_span!("pay").in_scope(|| {
                tracing::error!(error);
                tracing::info!(name: "paid", order = 7);
            });
        });
        tracing::info!(order = 8);
    });
    let entries = consumer.entries(3).await;
    let fields = &entries[0]["fields"];
    assert_eq!((&entries[0]["message"], &fields["span.path"]), (&json!("pay"), &json!("request:pay")));
    assert_eq!(fields["error"], "query failed: connection refused");
    assert_eq!(entries[1]["message"], "paid");
    assert!(entries[2]["message"].as_str().unwrap().contains("tracing_layer.rs"), "{}", entries[2]);
    for entry in &entries {
        let fields = &entry["fields"];
        assert!(fields["code.file.path"].as_str().unwrap().ends_with("tracing_layer.rs"), "{entry}");
        assert!(fields["code.line.number"].is_u64(), "{entry}");
    }
    producer.close(DEADLINE).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_producers_get_the_same_events_of_the_same_span() {
    let (one, other) = (shop("info").await, shop("info").await);
    let subscriber =
        tracing_subscriber::registry().with(TracingLayer::new(&one.producer)).with(TracingLayer::new(&other.producer));
    tracing::subscriber::with_default(subscriber, || {
        let span = tracing::info_span!("s", progress = tracing::field::Empty, kept = "k");
        span.in_scope(|| {
            span.record("progress", 1);
            span.record("progress", 2);
            tracing::info!("m");
        });
    });
    let entries = [one.consumer.entries(1).await.remove(0), other.consumer.entries(1).await.remove(0)];
    for entry in &entries {
        let fields = &entry["fields"];
        assert_eq!((&fields["progress"], &fields["kept"], &fields["span.path"]), (&json!(2), &json!("k"), &json!("s")));
    }
    assert_eq!(entries[0]["span"], entries[1]["span"]);
    assert_eq!(entries[0]["span"]["id"].as_str().unwrap().len(), 16);
    one.producer.close(DEADLINE).unwrap();
    other.producer.close(DEADLINE).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn many_records_are_one_value() {
    let Shop { producer, consumer, .. } = shop("info").await;
    tracing::subscriber::with_default(tracing_subscriber::registry().with(TracingLayer::new(&producer)), || {
        let span = tracing::info_span!("import", id = 42, progress = tracing::field::Empty, extra = "kept");
        (0..20_000_u64).for_each(|number| {
            span.record("progress", number);
        });
        span.in_scope(|| tracing::info!("done"));
    });
    let entry = consumer.entries(1).await.remove(0);
    let text = serde_json::to_string(&entry["fields"]).unwrap();
    assert_eq!(text.matches("progress").count(), 1, "{text}");
    let fields = &entry["fields"];
    assert_eq!((&fields["id"], &fields["progress"], &fields["extra"]), (&json!(42), &json!(19_999), &json!("kept")));
    producer.close(DEADLINE).unwrap();
}

#[test]
fn another_layer_sees_what_this_one_leaves_out_and_it_is_counted() {
    let producer = alone("warn");
    let everything = Everything::default();
    let subscriber = tracing_subscriber::registry().with(TracingLayer::new(&producer)).with(everything.clone());
    tracing::subscriber::with_default(subscriber, || {
        for _ in 0..100 {
            tracing::trace!("one");
            tracing::info!("two");
            tracing::warn!("three");
        }
        // A question is no event.
        let _ = tracing::enabled!(tracing::Level::DEBUG);
    });
    assert_eq!(everything.0.load(Ordering::Relaxed), 300);
    let stats = producer.stats();
    assert_eq!((stats.accepted, stats.filtered), (100, 200));
    producer.close(DEADLINE).unwrap();
}

/// The one test of this process that sets the logger of `log`.
#[tokio::test(flavor = "multi_thread")]
async fn a_record_of_log_keeps_its_target_and_its_place() {
    let Shop { producer, consumer, .. } = shop("info,hyper=off").await;
    tracing_log::LogTracer::init().unwrap();
    tracing::subscriber::with_default(tracing_subscriber::registry().with(TracingLayer::new(&producer)), || {
        log::warn!(target: "hyper::proto", "hidden");
        tracing::info_span!("request").in_scope(|| log::warn!(target: "shop::db", "slow"));
        log::debug!(target: "shop::db", "hidden");
    });
    let entry = consumer.entries(1).await.remove(0);
    assert_eq!(
        (&entry["target"], &entry["level"], &entry["message"]),
        (&json!("shop::db"), &json!("WARN"), &json!("slow"))
    );
    let fields = entry["fields"].as_object().unwrap();
    assert!(fields.keys().all(|key| !key.starts_with("log.")), "{fields:?}");
    assert!(fields["code.file.path"].as_str().unwrap().ends_with("tracing_layer.rs"));
    assert!(fields["code.line.number"].is_u64() && fields["span.path"] == "request", "{fields:?}");
    producer.close(DEADLINE).unwrap();
    assert_eq!(producer.stats().accepted, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn beside_opentelemetry_the_ids_are_its_own() {
    let Shop { producer, consumer, .. } = shop("info").await;
    let provider = opentelemetry_sdk::trace::SdkTracerProvider::builder().build();
    let telemetry = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
    let subscriber = tracing_subscriber::registry().with(TracingLayer::new(&producer)).with(telemetry);
    let ids = tracing::subscriber::with_default(subscriber, || {
        let ids = |span: &tracing::Span| {
            let context = tracing_opentelemetry::OpenTelemetrySpanExt::context(span);
            let context = context.span().span_context().clone();
            (context.trace_id().to_string(), context.span_id().to_string())
        };
        let outer = tracing::info_span!("outer");
        outer.in_scope(|| {
            let inner = tracing::info_span!("inner");
            inner.in_scope(|| tracing::info!("m"));
            (ids(&outer), ids(&inner))
        })
    });
    let entry = consumer.entries(1).await.remove(0);
    let ((trace_id, outer), (_, inner)) = ids;
    assert_eq!(entry["span"], json!({"id": inner, "trace_id": trace_id, "parent_id": outer}));
    assert_ne!(entry["span"]["trace_id"], "0".repeat(32));
    producer.close(DEADLINE).unwrap();
}

#[test]
fn texts_may_be_owned_and_a_value_is_whatever_serializes() {
    let producer = alone("debug");
    producer.info("app", format!("order {}", 7));
    producer.warn(String::from("app"), "m");
    let failed = QueryFailed(std::io::Error::other("connection refused"));
    let outcome = producer
        .log(logrtc::Level::Error, format!("app::{}", "db"), std::borrow::Cow::from("m"))
        .field(String::from("error"), &failed as &dyn Error)
        .field("took", std::time::Duration::from_millis(1500))
        .field("pair", logrtc::FieldValue::serialize(&(1, "two")))
        .send();
    assert_eq!(outcome, logrtc::Outcome::Accepted);
    let boxed: Box<dyn Error + Send + Sync> = failed.into();
    let entry = Entry::new(logrtc::Level::Info, "app", "m").field("error", &*boxed);
    let json: Value = serde_json::from_str(&entry.to_json()).unwrap();
    assert_eq!(json["fields"], json!({"error": "query failed: connection refused"}));
    producer.close(DEADLINE).unwrap();
}
