//! `tracing` and `log`: their events arrive, with fields and spans, and ours never do.

#![allow(clippy::unwrap_used)]

use std::time::Duration;

use logrtc::adapters::{Logger, TracingLayer};
use logrtc::{Config, Entry, Producer};
use logrtc_test_support::{Consumer, DEADLINE, Server};
use serde_json::{Value, json};
use tracing_subscriber::layer::SubscriberExt;

async fn connected() -> (Server, Producer, Consumer) {
    let server = Server::start().await;
    let config = Config::builder("app").url(server.url()).ice_servers([]).environment(false).build().unwrap();
    let producer = Producer::connect(config).unwrap();
    server.registered().await;
    let consumer = Consumer::join(&server, "b").await;
    (server, producer, consumer)
}

/// Where an event is in this file: checked, and not compared.
fn take_place(entry: &mut Value) {
    let fields = entry["fields"].as_object_mut().unwrap();
    assert!(fields.remove("code.file.path").unwrap().as_str().unwrap().ends_with(".rs"));
    assert!(fields.remove("code.line.number").unwrap().is_u64());
}

#[tokio::test(flavor = "multi_thread")]
async fn events_of_tracing_carry_fields_and_spans() {
    let (_server, producer, consumer) = connected().await;
    producer.set_filter("debug,traced=trace".parse().unwrap());
    let subscriber = tracing_subscriber::registry().with(TracingLayer::new(&producer));
    tracing::subscriber::with_default(subscriber, || {
        tracing::info!(target: "shop", user = "ada", n = 7_u64, f = 1.5, yes = true, debug = ?[1], "no span");
        let request = tracing::info_span!("request", id = "r1", status = tracing::field::Empty);
        request.in_scope(|| {
            request.record("status", 200);
            tracing::warn!(target: "shop", "in a span");
            tracing::debug_span!("query", table = "orders").in_scope(|| {
                tracing::trace!(target: "shop", "not by default");
                tracing::trace!(target: "traced", rows = 3, "in two");
            });
        });
        tracing::info!(target: "logrtc::secret", "our own");
    });
    let mut entries = consumer.entries(3).await;
    entries.iter_mut().for_each(take_place);
    assert_eq!(
        (&entries[0]["target"], &entries[0]["level"], &entries[0]["message"]),
        (&json!("shop"), &json!("INFO"), &json!("no span"))
    );
    assert_eq!(entries[0]["fields"], json!({"user": "ada", "n": 7, "f": 1.5, "yes": true, "debug": "[1]"}));
    assert_eq!(entries[0]["span"], Value::Null);

    assert_eq!(entries[1]["fields"], json!({"id": "r1", "status": 200, "span.path": "request"}));
    let (outer, inner) = (&entries[1]["span"], &entries[2]["span"]);
    assert_eq!(outer["parent_id"], Value::Null);
    assert_eq!((outer["id"].as_str().unwrap().len(), outer["trace_id"].as_str().unwrap().len()), (16, 32));

    assert_eq!(entries[2]["level"], "DEBUG");
    assert_eq!(
        entries[2]["fields"],
        json!({
            "id": "r1", "status": 200, "table": "orders", "rows": 3, "span.path": "request:query", "level_name": "TRACE"
        })
    );
    assert_eq!((&inner["parent_id"], &inner["trace_id"]), (&outer["id"], &outer["trace_id"]));
    assert_ne!(inner["id"], outer["id"]);
    producer.close(DEADLINE).unwrap();
}

/// Leaves out what the tests' own consumer says: it is on the same stack, on threads of the test's.
struct WithoutTheConsumer(Logger);

impl log::Log for WithoutTheConsumer {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        let is_stack = ["rtc", "webrtc"].iter().any(|name| metadata.target().starts_with(name));
        let is_ours = std::thread::current().name() == Some("logrtc");
        (is_ours || !is_stack) && self.0.enabled(metadata)
    }

    fn log(&self, record: &log::Record<'_>) {
        if self.enabled(record.metadata()) {
            self.0.log(record);
        }
    }

    fn flush(&self) {}
}

/// The whole process logs to the producer, at the lowest level: what the producer's own threads say must not come
/// back, or each entry that is sent would make the next.
#[tokio::test(flavor = "multi_thread")]
async fn records_of_log_arrive_and_our_own_do_not() {
    let (server, producer, consumer) = connected().await;
    producer.set_filter("debug,shop::traced=trace".parse().unwrap());
    log::set_boxed_logger(Box::new(WithoutTheConsumer(Logger::new(&producer)))).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    log::warn!(target: "shop", user = "ada", n = 7, none = None::<i32>; "hello {}", "you");
    let user = json!({"name": "Ann", "roles": ["admin"]});
    let broken = std::io::Error::other(std::io::Error::new(std::io::ErrorKind::NotFound, "no disk"));
    log::trace!(target: "shop", "not by default");
    log::trace!(target: "shop::traced", user:serde = user, broken:err = broken, shown:? = [1]; "fine");
    log::error!(target: "logrtc", "our own");
    // Enough to make the stack talk: handshakes, packets, an end.
    for _ in 0..3 {
        Consumer::join(&server, "other").await.leave().await;
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    log::info!(target: "shop", "the last");
    let entries = consumer.entries(3).await;
    let from_us = |entry: &Value| entry["target"].as_str().unwrap().starts_with("shop");
    let ours: Vec<&Value> = entries.iter().filter(|entry| from_us(entry)).collect();
    assert_eq!(ours[0]["message"], "hello you");
    assert_eq!(ours[0]["level"], "WARN");
    let fields = &ours[0]["fields"];
    assert_eq!((&fields["user"], &fields["n"], &fields["none"]), (&json!("ada"), &json!(7), &Value::Null));
    assert!(fields["code.file.path"].as_str().unwrap().ends_with("adapters.rs"));
    assert!(fields["code.line.number"].is_u64());
    let fields = &ours[1]["fields"];
    assert_eq!((&ours[1]["level"], &fields["level_name"], &fields["user"]), (&json!("DEBUG"), &json!("TRACE"), &user));
    assert_eq!((&fields["broken"], &fields["shown"]), (&json!("no disk"), &json!("[1]")));
    let accepted = producer.stats().accepted;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(producer.stats().accepted, accepted, "silence stays silence");
    producer.close(DEADLINE).unwrap();
    for entry in consumer.entries(3).await {
        let target = entry["target"].as_str().unwrap();
        let crate_name = target.split("::").next().unwrap();
        let is_ours = matches!(crate_name, "logrtc" | "webrtc" | "rtc") || crate_name.starts_with("rtc_");
        assert!(!is_ours, "{target}");
    }
}

#[test]
fn a_whole_entry_is_the_same_by_every_way() {
    let producer =
        Producer::connect(Config::builder("app").environment(false).ice_servers([]).build().unwrap()).unwrap();
    let entry = Entry::new(logrtc::Level::Info, "app", "same").field("n", 1);
    let json = entry.to_json();
    assert_eq!(Entry::from_json(&json).unwrap().to_json(), json);
    assert_eq!(producer.send(&entry), logrtc::Outcome::Accepted);
    assert_eq!(producer.send_json(&json).unwrap(), logrtc::Outcome::Accepted);
    assert_eq!(producer.send_json("{}").unwrap_err().to_string(), "timestamp: is missing");
    producer.set_filter("off,other=info".parse().unwrap());
    assert_eq!(producer.send(&entry), logrtc::Outcome::Filtered);
    producer.set_level(logrtc::Level::Info);
    assert_eq!(producer.send(&entry), logrtc::Outcome::Accepted);
    assert_eq!((producer.stats().accepted, producer.stats().filtered), (3, 1));
    producer.close(DEADLINE).unwrap();
}

/// `main` returns early, and only its own handle of the producer goes: what is global stays.
#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_leaves_main_early_delivers_everything() {
    let (_server, producer, consumer) = connected().await;
    let subscriber = tracing::Dispatch::new(tracing_subscriber::registry().with(TracingLayer::new(&producer)));
    let main = {
        let subscriber = subscriber.clone();
        move || -> Result<(), std::num::ParseIntError> {
            let producer = producer;
            tracing::dispatcher::with_default(&subscriber, || {
                (0..100).for_each(|number| tracing::info!(number, "work"));
                let port: Result<u16, _> = "eighty".parse();
                if let Err(error) = &port {
                    tracing::error!(%error, "no port");
                }
                port
            })?;
            producer.info("app", "never");
            Ok(())
        }
    };
    assert!(tokio::task::spawn_blocking(main).await.unwrap().is_err());
    let entries = consumer.entries(101).await;
    assert_eq!(entries[100]["message"], "no port");
    tracing::dispatcher::with_default(&subscriber, || tracing::info!("after the end"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_layer_whose_producer_is_dropped_at_once_says_so() {
    let server = Server::start().await;
    let said = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let config = Config::builder("app").url(server.url()).ice_servers([]).environment(false).on_diagnostic({
        let said = std::sync::Arc::clone(&said);
        move |diagnostic| said.lock().unwrap().push(diagnostic.message.clone())
    });
    let layer = TracingLayer::new(&Producer::connect(config.build().unwrap()).unwrap());
    tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
        tracing::info!("lost");
        tracing::info!("lost, too");
    });
    let said = said.lock().unwrap().clone();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("keep it until the program ends"), "{said:?}");
}
