//! A short program's entries reach a page that is open, and a program without a reader ends at once.

#![allow(clippy::unwrap_used)]

use std::time::{Duration, Instant};

use logrtc::binding::ProducerExt as _;
use logrtc::{Config, ConfigBuilder, ErrorKind, Producer, Replay};
use logrtc_test_support::{Consumer, DEADLINE, Server};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

const RUNS: usize = 10;

fn config(url: String) -> ConfigBuilder {
    Config::builder("job").url(url).ice_servers([]).environment(false)
}

/// The whole life of a program that logs one line and ends `life` later. Returns how long its end took.
async fn one_line(config: Config, life: Duration) -> (logrtc::Result<()>, Duration) {
    let program = move || {
        let producer = Producer::connect(config).unwrap();
        producer.info("job", "hi");
        std::thread::sleep(life);
        let since = Instant::now();
        (producer.close(Duration::from_secs(5)), since.elapsed())
    };
    tokio::task::spawn_blocking(program).await.unwrap()
}

/// The least of a few, because a machine that does other things may take long for any one.
async fn quickest(config: impl Fn() -> ConfigBuilder, life: Duration) -> Duration {
    let mut quickest = Duration::MAX;
    for _ in 0..5 {
        let (closed, took) = one_line(config().build().unwrap(), life).await;
        closed.unwrap();
        quickest = quickest.min(took);
    }
    quickest
}

fn announcement() -> Value {
    json!({"type": "consumer_connected", "consumer_id": "page"})
}

async fn a_page_that_is_open_gets_the_line(greeting: Vec<Value>) {
    let server = Server::start().await;
    server.greet_with(greeting);
    for life in [0, 20, 60, 150].map(Duration::from_millis).iter().cycle().take(RUNS) {
        let program = tokio::spawn(one_line(config(server.url()).build().unwrap(), *life));
        let consumer = Consumer::answer(&server, "page").await;
        assert_eq!(consumer.entries(1).await[0]["message"], "hi", "{life:?}");
        program.await.unwrap().0.unwrap();
        consumer.leave().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_arrives_behind_a_server_that_says_how_many_consumers_it_has() {
    let registered = json!({"type": "registered", "client_id": "job", "consumers": 1});
    a_page_that_is_open_gets_the_line(vec![registered, announcement()]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_arrives_behind_a_server_of_part_1() {
    a_page_that_is_open_gets_the_line(vec![announcement()]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_nobody_looks_at_ends_at_once() {
    let server = Server::start().await;
    server.greet_with([json!({"type": "registered", "consumers": 0})]);
    let took = quickest(|| config(server.url()), Duration::ZERO).await;
    assert!(took < Duration::from_millis(50), "behind a server that says so: {took:?}");

    server.greet_with([]);
    let took = quickest(|| config(server.url()), Duration::ZERO).await;
    assert!((200..300).contains(&took.as_millis()), "behind a server that says nothing: {took:?}");
    let took = quickest(|| config(server.url()), Duration::from_millis(300)).await;
    assert!(took < Duration::from_millis(50), "if it had said nothing for long enough before: {took:?}");
    let took = quickest(|| config(server.url()).replay(Replay::None), Duration::ZERO).await;
    assert!(took < Duration::from_millis(50), "if who comes now gets nothing: {took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_refuses_ends_it_at_once() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n").await;
        }
    });
    let took = quickest(|| config(format!("ws://{address}/signaling")), Duration::ZERO).await;
    assert!(took < Duration::from_millis(50), "401: {took:?}");
    serving.abort();
    let took = quickest(|| config("ws://127.0.0.1:9/signaling".to_owned()), Duration::ZERO).await;
    assert!(took < Duration::from_millis(50), "nobody listens: {took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_waits_no_longer_than_it_may() {
    // The kernel accepts, and nobody answers.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/", listener.local_addr().unwrap());
    let (closed, took) = one_line(config(url).build().unwrap(), Duration::ZERO).await;
    closed.unwrap();
    assert!((Duration::from_secs(5)..Duration::from_secs(6)).contains(&took), "{took:?}");

    // Announces a consumer that never answers.
    let server = Server::start().await;
    server.greet_with([announcement()]);
    let (closed, took) = one_line(config(server.url()).build().unwrap(), Duration::ZERO).await;
    let error = closed.unwrap_err();
    assert_eq!((error.kind(), error.pending()), (ErrorKind::Timeout, 1));
    assert!((Duration::from_secs(5)..Duration::from_secs(6)).contains(&took), "{took:?}");
}

/// What arrives before a page listens may be lost with the channel: a consumer that says something is not waited for.
#[tokio::test(flavor = "multi_thread")]
async fn a_channel_that_has_just_opened_lasts_until_its_consumer_listens() {
    for (says_something, at_least, at_most) in [(true, 0, 900), (false, 700, 2_000)] {
        let server = Server::start().await;
        let producer = Producer::connect(config(server.url()).build().unwrap()).unwrap();
        producer.info("job", "hi");
        server.registered().await;
        let consumer = Consumer::join(&server, "page").await;
        assert_eq!(consumer.entries(1).await[0]["message"], "hi");
        if says_something {
            consumer.say(r#"{"type":"ping","id":0}"#).await;
        }
        let since = Instant::now();
        producer.close(DEADLINE).unwrap();
        let took = since.elapsed().as_millis();
        assert!((at_least..at_most).contains(&took), "{says_something}: {took} ms");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_can_wait_for_its_reader() {
    let server = Server::start().await;
    let producer = Producer::connect(config(server.url()).build().unwrap()).unwrap();
    server.registered().await;
    let since = Instant::now();
    assert!(!producer.wait_for_consumer(Duration::from_millis(50)));
    assert!(since.elapsed() >= Duration::from_millis(50));
    let waiting = tokio::task::spawn_blocking({
        let producer = producer.clone();
        move || producer.wait_for_consumer(DEADLINE)
    });
    let (answer, answered) = tokio::sync::oneshot::channel();
    producer.wait_for_consumer_then(DEADLINE, move |open| answer.send(open).unwrap());
    let consumer = Consumer::join(&server, "page").await;
    assert!(waiting.await.unwrap() && answered.await.unwrap());
    assert!(producer.wait_for_consumer(Duration::ZERO));
    consumer.leave().await;

    let waiting = tokio::task::spawn_blocking({
        let producer = producer.clone();
        move || producer.wait_for_consumer(DEADLINE)
    });
    producer.close(DEADLINE).unwrap();
    waiting.await.unwrap();
    assert!(!producer.wait_for_consumer(DEADLINE), "closed");
    let (answer, answered) = std::sync::mpsc::channel();
    producer.wait_for_consumer_then(DEADLINE, move |open| answer.send(open).unwrap());
    assert!(!answered.recv().unwrap());
    let off = Config::builder("job").environment(false).disabled(true).build().unwrap();
    assert!(!Producer::connect(off).unwrap().wait_for_consumer(DEADLINE), "disabled");
}
