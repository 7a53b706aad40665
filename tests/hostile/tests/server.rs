//! The signaling server.

use std::time::Duration;

use logrtc_test_support::{Server, eventually};
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use crate::producer::Producer;

/// How much of a processor a flood may take of a program without optimization. Without a limit it is all of one.
const MOST_LOAD: f64 = 0.5;

/// The load of the producer while the server sends this without end.
async fn load_under(server: &Server, producer: &Producer, message: &Message) -> f64 {
    let flood = async {
        loop {
            (0..200).for_each(|_| server.say_raw(message.clone()));
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    let measure = async {
        // What may come at once is over by then.
        tokio::time::sleep(Duration::from_secs(4)).await;
        producer.load(Duration::from_secs(3)).await
    };
    tokio::select! {
        () = flood => unreachable!("it goes on"),
        load = measure => load,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_sends_without_end_is_read_slowly() {
    let empty_fragment = Frame::message(Vec::new(), OpCode::Data(Data::Continue), false);
    for (name, first, message) in [
        ("ping", None, Message::text(json!({"type": "ping"}).to_string())),
        ("WebSocket ping", None, Message::Ping(Vec::new().into())),
        (
            "fragments",
            Some(Message::Frame(Frame::message(b" ".to_vec(), OpCode::Data(Data::Text), false))),
            Message::Frame(empty_fragment),
        ),
    ] {
        let server = Server::start().await;
        let producer = Producer::start(&server).await;
        if let Some(first) = first {
            server.say_raw(first);
        }
        let load = load_under(&server, &producer, &message).await;
        assert!(load < MOST_LOAD, "{name}: {load:.2}");
        let said = producer.standard_error();
        let is_told = said.matches("sends more than").count();
        assert_eq!(is_told, usize::from(name != "fragments"), "{name}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_says_is_shown_without_its_commands() {
    let server = Server::start().await;
    let producer = Producer::start(&server).await;
    let text = format!("no\u{1b}[2J\r\n\u{202e}FORGED LINE {}", "x".repeat(100_000));
    server.say(&json!({"type": "error", "message": text}));
    eventually("it is shown", || producer.standard_error().contains("FORGED LINE")).await;
    let said = producer.standard_error();
    assert!(said.contains(r"no\u{1b}[2J\r\n\u{202e}FORGED LINE xxx"), "{said}");
    assert!(said.len() < 2000 && !said.contains(['\u{1b}', '\r', '\u{202e}']), "{said}");
}
