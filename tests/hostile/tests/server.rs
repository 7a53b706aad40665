//! The signaling server.

use std::time::Duration;

use logrtc_test_support::{Server, eventually};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::producer::Producer;

/// How much of a processor a flood may take of a program without optimization. Without a limit it
/// is all of one.
const MOST_LOAD: f64 = 0.5;

/// A server that sends `first`, and then `frame` without end, to whoever connects: frames of
/// WebSocket as they are on the wire (RFC 6455 §5.2). Returns its URL.
async fn flooding(first: &'static [u8], frame: &'static [u8]) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/signaling", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let stream = tokio_tungstenite::accept_async(stream).await.unwrap().into_inner();
            let (mut read, mut write) = stream.into_split();
            let reading = tokio::spawn(async move {
                let mut sink = vec![0; 64 * 1024];
                while matches!(read.read(&mut sink).await, Ok(1..)) {}
            });
            let block = frame.repeat(64 * 1024 / frame.len());
            // It ends where the producer ends the connection.
            let mut sent = write.write_all(first).await;
            while sent.is_ok() {
                sent = write.write_all(&block).await;
            }
            reading.abort();
        }
    });
    (url, serving)
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_sends_without_end_is_read_slowly() {
    let ping = b"\x81\x0f{\"type\":\"ping\"}";
    for (name, is_told, first, frame) in [
        ("ping", true, &b""[..], &ping[..]),
        ("ping of WebSocket", true, b"", b"\x89\x00"),
        ("empty fragments of one message", false, b"\x01\x01 ", b"\x00\x00"),
    ] {
        let (url, serving) = flooding(first, frame).await;
        let producer = Producer::start(&url).await;
        // What may come at once is read by then.
        if is_told {
            eventually("it is reported", || producer.standard_error().contains("sends more than")).await;
        } else {
            tokio::time::sleep(Duration::from_secs(5)).await;
        }
        let load = producer.load(Duration::from_secs(3)).await;
        println!("{name}: {load:.2} of a processor");
        assert!(load < MOST_LOAD, "{name}: {load:.2}");
        let said = producer.standard_error();
        assert_eq!(said.matches("sends more than").count(), usize::from(is_told), "{name}: {said}");
        serving.abort();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_says_is_shown_without_its_commands() {
    let server = Server::start().await;
    let producer = Producer::start(&server.url()).await;
    let text = format!("no\u{1b}[2J\r\n\u{202e}FORGED LINE {}", "x".repeat(100_000));
    server.say(&json!({"type": "error", "message": text}));
    eventually("it is shown", || producer.standard_error().contains("FORGED LINE")).await;
    let said = producer.standard_error();
    assert!(said.contains(r"no\u{1b}[2J\r\n\u{202e}FORGED LINE xxx"), "{said}");
    assert!(said.len() < 2000 && !said.contains(['\u{1b}', '\r', '\u{202e}']), "{said}");
}
