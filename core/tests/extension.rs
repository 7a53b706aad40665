//! The extension (docs/protocol.md): a consumer that asks for it gets batches, gaps with their place, a filter at the source,
//! and goes on where it was.

#![allow(clippy::unwrap_used)]

use std::time::Duration;

use logrtc::{Config, ConfigBuilder, Level, Overflow, Producer, Replay};
use logrtc_test_support::{Consumer, DEADLINE, Server, eventually};
use serde_json::{Value, json};

fn config(server: &Server) -> ConfigBuilder {
    Config::builder("app").url(server.url()).ice_servers([]).environment(false)
}

async fn start(server: &Server, config: ConfigBuilder) -> Producer {
    let producer = Producer::connect(config.build().unwrap()).unwrap();
    server.registered().await;
    producer
}

fn log(producer: &Producer, level: Level, numbers: std::ops::Range<u64>) {
    for number in numbers {
        producer.log(level, "app::numbers", "one of many entries that look alike").field("number", number).send();
    }
}

/// What a consumer of the extension makes of its messages.
#[derive(Debug, Default)]
struct Read {
    welcome: Value,
    /// The number of each entry, and what its program called it.
    entries: Vec<(u64, u64)>,
    gaps: Vec<Value>,
    others: Vec<Value>,
    next: u64,
}

fn read(messages: &[String]) -> Read {
    let mut read = Read::default();
    let mut is_fetched = false;
    for (place, message) in messages.iter().enumerate() {
        let mut lines = message.lines();
        let head: Value = serde_json::from_str(lines.next().unwrap()).unwrap();
        let number = |key: &str| head[key].as_u64().unwrap();
        match head["type"].as_str().unwrap() {
            "welcome" => {
                assert_eq!(place, 0, "it is the first message");
                read.next = number("from");
                read.welcome = head;
            }
            "batch" if std::mem::take(&mut is_fetched) => {
                read.others.push(json!({"fetched": lines.count()}));
            }
            "batch" => {
                assert_eq!(number("first"), read.next, "every number is accounted for");
                let mut holes = head["holes"].as_array().cloned().unwrap_or_default().into_iter().peekable();
                let mut seq = read.next;
                for (line, text) in lines.enumerate() {
                    if let Some(hole) = holes.next_if(|hole| hole[0] == line) {
                        seq += hole[1].as_u64().unwrap();
                    }
                    let entry: Value = serde_json::from_str(text).unwrap();
                    read.entries.push((seq, entry["fields"]["number"].as_u64().unwrap()));
                    seq += 1;
                }
                read.next = number("last") + 1;
            }
            "gap" => {
                assert_eq!(number("first"), read.next);
                read.next = number("last") + 1;
                read.gaps.push(head);
            }
            "status" => {}
            kind => {
                is_fetched = kind == "fetch";
                read.others.push(head);
            }
        }
    }
    read
}

/// What a consumer has read, once `is_enough` of it.
async fn read_until(consumer: &Consumer, is_enough: impl Fn(&Read) -> bool) -> Read {
    let deadline = tokio::time::Instant::now() + DEADLINE;
    let mut count = 0;
    loop {
        let read = read(&consumer.messages(count).await);
        if is_enough(&read) {
            return read;
        }
        let entries = read.entries.len();
        assert!(tokio::time::Instant::now() < deadline, "{entries} entries, {:?}, {:?}", read.gaps, read.others);
        tokio::time::sleep(Duration::from_millis(10)).await;
        count = consumer.count();
    }
}

async fn say(consumer: &Consumer, message: Value) {
    consumer.say(&message.to_string()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_travels_in_compressed_batches_and_is_acknowledged_by_the_program() {
    let server = Server::start().await;
    let producer = start(&server, config(&server)).await;
    log(&producer, Level::Info, 0..5000);
    let consumer = Consumer::join_extended(&server, "b", &json!({"accept": ["deflate-raw"]})).await;
    log(&producer, Level::Info, 5000..10_000);
    let read = read_until(&consumer, |read| read.entries.len() == 10_000).await;
    assert!(read.entries.iter().zip(0..).all(|((seq, number), expected)| (*seq, *number) == (expected, expected)));
    assert_eq!((&read.welcome["from"], &read.welcome["resumed"]), (&json!(0), &json!(false)));
    assert_eq!((&read.welcome["client_id"], &read.welcome["version"]), (&json!("app"), &json!(1)));
    assert_eq!(read.welcome["hello"]["accept"], json!(["deflate-raw"]));
    assert!(consumer.compressed() > 10, "{}", consumer.compressed());
    let stats = producer.stats();
    assert!(stats.consumers[0].sent_bytes < 10_000 * 100, "{} bytes", stats.consumers[0].sent_bytes);

    say(&consumer, json!({"type": "ack", "seq": 9_999})).await;
    producer.flush(DEADLINE).unwrap();
    let counts = producer.stats().consumers[0].counts;
    assert_eq!((counts.accepted, counts.delivered, counts.waiting), (10_000, 10_000, 0));
    producer.close(DEADLINE).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consumer_goes_on_where_it_was() {
    let server = Server::start().await;
    let producer = start(&server, config(&server)).await;
    log(&producer, Level::Info, 0..100);
    let first = Consumer::join_extended(&server, "b", &json!({})).await;
    let before = read_until(&first, |read| read.entries.len() == 100).await;
    log(&producer, Level::Info, 100..150);
    let session = before.welcome["session"].clone();
    first.leave().await;
    let resume = json!({"start": {"resume": {"session": session, "seq": 99}}});
    let again = Consumer::join_extended(&server, "b", &resume).await;
    let after = read_until(&again, |read| read.entries.len() == 50).await;
    assert_eq!(after.entries[0], (100, 100), "none twice, none missing");
    assert_eq!((&after.welcome["resumed"], &after.welcome["from"]), (&json!(true), &json!(100)));
    again.leave().await;
    let other = json!({"start": {"resume": {"session": "of another run", "seq": 99}}});
    let other = Consumer::join_extended(&server, "b", &other).await;
    let whole = read_until(&other, |read| read.entries.len() == 150).await;
    assert_eq!(whole.welcome["resumed"], false);
    producer.close(DEADLINE).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_lost_meanwhile_is_known_by_its_numbers() {
    let server = Server::start().await;
    let producer = start(&server, config(&server).max_entries(160)).await;
    log(&producer, Level::Info, 0..100);
    let first = Consumer::join_extended(&server, "b", &json!({})).await;
    let before = read_until(&first, |read| read.entries.len() == 100).await;
    first.leave().await;
    log(&producer, Level::Info, 100..1000);
    let resume = json!({"start": {"resume": {"session": before.welcome["session"], "seq": 99}}});
    let again = Consumer::join_extended(&server, "b", &resume).await;
    let after = read_until(&again, |read| read.entries.last().is_some_and(|last| last.1 == 999)).await;
    let from = after.welcome["from"].as_u64().unwrap();
    assert_eq!(after.welcome["oldest"], from);
    assert_eq!(after.entries[0], (from, from));
    assert!(from > 100 && after.entries.len() as u64 == 1000 - from);
    producer.close(DEADLINE).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_entries_have_their_place() {
    let server = Server::start().await;
    let producer = start(&server, config(&server).max_entries(32).overflow(Overflow::DropNewest)).await;
    log(&producer, Level::Info, 0..50);
    let stats = producer.stats();
    assert_eq!((stats.accepted, stats.refused), (32, 18));
    let consumer = Consumer::join_extended(&server, "b", &json!({})).await;
    let read = read_until(&consumer, |read| !read.gaps.is_empty()).await;
    assert_eq!(read.entries.len(), 32);
    assert_eq!(read.gaps, [json!({"type": "gap", "first": 32, "last": 49, "reason": "refused"})]);
    let counts = producer.stats().consumers[0].counts;
    assert_eq!((counts.accepted, counts.dropped.refused), (50, 18));
    producer.close(DEADLINE).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_acts_at_the_source_and_what_it_left_out_can_be_fetched() {
    let server = Server::start().await;
    let producer = start(&server, config(&server)).await;
    let consumer = Consumer::join_extended(&server, "b", &json!({"level": "WARN"})).await;
    log(&producer, Level::Debug, 0..500);
    log(&producer, Level::Error, 500..501);
    let narrow = read_until(&consumer, |read| !read.entries.is_empty()).await;
    assert_eq!(narrow.entries, [(500, 500)]);
    eventually("they are counted", || producer.stats().consumers[0].counts.filtered == 500).await;

    say(&consumer, json!({"type": "fetch", "id": 7, "first": 400, "last": 499})).await;
    let fetched = json!({"type": "fetched", "id": 7, "next": 500, "missing": 0});
    let read = read_until(&consumer, |read| read.others.contains(&fetched)).await;
    let lines: u64 = read.others.iter().filter_map(|message| message["fetched"].as_u64()).sum();
    assert_eq!(lines, 100);

    say(&consumer, json!({"type": "filter", "id": 8, "filter": "app=debug"})).await;
    let answered = |read: &Read| read.others.iter().any(|message| message["id"] == 8);
    let read = read_until(&consumer, answered).await;
    assert!(read.others.contains(&json!({"type": "filter", "id": 8, "first": 501})));
    log(&producer, Level::Debug, 501..510);
    read_until(&consumer, |read| read.entries.len() == 10).await;
    say(&consumer, json!({"type": "ping", "id": 9})).await;
    read_until(&consumer, |read| read.others.contains(&json!({"type": "pong", "id": 9}))).await;
    producer.close(DEADLINE).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn no_consumer_sees_what_is_older_than_it_may() {
    let server = Server::start().await;
    let producer = start(&server, config(&server).replay(Replay::None)).await;
    log(&producer, Level::Info, 0..100);
    let consumer = Consumer::join_extended(&server, "b", &json!({"start": "oldest"})).await;
    assert!(producer.wait_for_consumer(DEADLINE));
    log(&producer, Level::Info, 100..110);
    let read = read_until(&consumer, |read| read.entries.len() == 10).await;
    assert_eq!((read.entries[0], &read.welcome["oldest"]), ((100, 100), &json!(100)));
    say(&consumer, json!({"type": "fetch", "id": 1, "first": 0, "last": 104})).await;
    let fetched = json!({"type": "fetched", "id": 1, "next": 105, "missing": 100});
    let read = read_until(&consumer, |read| read.others.contains(&fetched)).await;
    assert!(read.others.contains(&json!({"fetched": 5})));
    producer.close(DEADLINE).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_for_nothing_sees_nothing_of_it() {
    let server = Server::start().await;
    let producer = start(&server, config(&server)).await;
    log(&producer, Level::Info, 0..100);
    let consumer = Consumer::join(&server, "b").await;
    for message in ["{\"type\":\"filter\",\"id\":1,\"level\":\"ERROR\"}", "{\"type\":\"ping\",\"id\":1}", "hello"] {
        consumer.say(message).await;
    }
    log(&producer, Level::Info, 100..200);
    let entries = consumer.entries(200).await;
    assert!(entries.iter().zip(0_u64..).all(|(entry, number)| entry["fields"]["number"] == number));
    producer.close(DEADLINE).unwrap();
    consumer.closed().await;
    assert_eq!(consumer.count(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hello_that_cannot_be_read_means_part_1() {
    let server = Server::start().await;
    let producer = start(&server, config(&server)).await;
    log(&producer, Level::Info, 0..10);
    for (number, hello) in
        (1..).zip([json!([]), json!({"level": "loud"}), json!({"start": 5}), json!("x".repeat(4000))])
    {
        let consumer = Consumer::join_extended(&server, &format!("b{number}"), &hello).await;
        let entries = consumer.entries(10).await;
        assert_eq!(entries[9]["fields"]["number"], 9);
        assert_eq!(producer.stats().ignored_messages, number);
        consumer.leave().await;
    }
    producer.close(DEADLINE).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_consumer_gets_nothing_by_it() {
    let server = Server::start().await;
    let producer = start(&server, config(&server)).await;
    log(&producer, Level::Info, 0..10);
    let consumer = Consumer::join_extended(&server, "b", &json!({"credit": 0})).await;
    read_until(&consumer, |read| read.entries.len() == 10).await;
    let huge = format!(r#"{{"type":"ping","id":1,"x":"{}"}}"#, "x".repeat(60_000));
    let long_filter = json!({"type": "filter", "id": 2, "filter": "a=info,".repeat(500)}).to_string();
    let wrong =
        ["", "null", "[1]", r#"{"type":"ack","seq":-1}"#, r#"{"type":"ack","seq":1e300}"#, r#"{"type":7}"#, &huge];
    for message in wrong {
        consumer.say(message).await;
    }
    eventually("they are counted", || producer.stats().ignored_messages == wrong.len() as u64).await;
    // What is acknowledged before it was sent, and what asks for too much, changes nothing.
    for message in [r#"{"type":"ack","seq":9007199254740991}"#, r#"{"type":"ack","seq":0}"#, &long_filter] {
        consumer.say(message).await;
    }
    for id in 100..140 {
        say(&consumer, json!({"type": "fetch", "id": id, "first": 0, "last": 1_u64 << 60})).await;
    }
    log(&producer, Level::Info, 10..20);
    let read = read_until(&consumer, |read| {
        let answered = read.others.iter().filter(|message| message["type"] == "error" || message["type"] == "fetched");
        read.entries.len() == 20 && answered.count() >= 41
    })
    .await;
    let fetched = read.others.iter().filter(|message| message["type"] == "fetched").count();
    assert!((1..=8).contains(&fetched), "{fetched} of 40");
    assert!(read.others.iter().any(|message| message["id"] == 2 && message["type"] == "error"));
    let counts = producer.stats().consumers[0].counts;
    assert_eq!(counts.accepted, counts.delivered + counts.waiting + counts.dropped.total() + counts.filtered);

    // And a flood ends it.
    for _ in 0..2000 {
        if !consumer.try_say(r#"{"type":"ping","id":1}"#).await {
            break;
        }
    }
    eventually("it is disconnected", || producer.stats().consumers.iter().all(|known| known.consumer_id != "b")).await;
    let other = Consumer::join(&server, "c").await;
    assert_eq!(other.entries(20).await.len(), 20);
    producer.close(DEADLINE).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flush_waits_for_the_program_and_not_for_one_that_is_frozen() {
    let server = Server::start().await;
    let producer = start(&server, config(&server)).await;
    let consumer = Consumer::join_extended(&server, "b", &json!({})).await;
    log(&producer, Level::Info, 0..100);
    read_until(&consumer, |read| read.entries.len() == 100).await;
    // It acknowledges nothing: after a second its transport is believed.
    producer.flush(DEADLINE).unwrap();
    log(&producer, Level::Info, 100..101);
    read_until(&consumer, |read| read.entries.len() == 101).await;
    say(&consumer, json!({"type": "ack", "seq": 100})).await;
    producer.close(DEADLINE).unwrap();
    consumer.closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_takes_no_more_holds_up_no_flush() {
    let server = Server::start().await;
    let producer = start(&server, config(&server)).await;
    let consumer = Consumer::join_extended(&server, "b", &json!({"credit": 1})).await;
    // More than the least credit.
    log(&producer, Level::Info, 0..20_000);
    producer.flush(DEADLINE).unwrap();
    let counts = producer.stats().consumers[0].counts;
    assert!(counts.waiting > 0 && counts.delivered > 0, "{counts:?}");
    log(&producer, Level::Info, 20_000..20_010);
    producer.flush(DEADLINE).unwrap();
    let mut next = 0;
    while next < 20_010 {
        let before = next;
        next = read_until(&consumer, |read| read.next > before).await.next;
        say(&consumer, json!({"type": "ack", "seq": next - 1})).await;
    }
    let read = read_until(&consumer, |_| true).await;
    assert!(read.entries.iter().zip(0..).all(|((seq, number), expected)| (*seq, *number) == (expected, expected)));
    producer.close(DEADLINE).unwrap();
}
