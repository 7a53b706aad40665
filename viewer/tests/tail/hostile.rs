//! A producer that takes what none may.

use futures_util::{SinkExt, StreamExt};
use logrtc_test_support::Offerer;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::process::Child;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::support::{Tail, server};

const MIB: usize = 1 << 20;

struct Signaling(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Signaling {
    async fn say(&mut self, message: &Value) {
        self.0.send(Message::text(message.to_string())).await.unwrap();
    }

    async fn hear(&mut self, kind: &str) -> Value {
        let search = async {
            loop {
                if let Message::Text(text) = self.0.next().await.unwrap().unwrap()
                    && let Ok(message) = serde_json::from_str::<Value>(&text)
                    && message["type"] == kind
                {
                    return message;
                }
            }
        };
        tokio::time::timeout(crate::support::DEADLINE, search).await.unwrap_or_else(|_| panic!("no {kind}"))
    }
}

/// The most memory that the process has had, in bytes.
fn peak(child: &Child) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id().unwrap())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn one_that_opens_channels_without_end_is_left() {
    let server = server().await;
    let url = format!("ws://{}/signaling", server.local_addr());
    let (socket, _) = tokio_tungstenite::connect_async(&url).await.unwrap();
    let mut signaling = Signaling(socket);
    let metadata = json!({"system_name": "Hostile", "version": "1"});
    signaling.say(&json!({"type": "register", "role": "producer", "client_id": "hostile", "metadata": metadata})).await;
    let tail = Tail::start(&[&url]);
    let consumer = signaling.hear("consumer_connected").await["consumer_id"].clone();
    let (offerer, offer) = Offerer::new().await;
    signaling.say(&json!({"type": "webrtc_offer", "to": consumer, "sdp": offer})).await;
    offerer.accept(signaling.hear("webrtc_answer").await["sdp"].as_str().unwrap()).await;
    let entry = json!({"timestamp": "2026-01-01T00:00:00.000Z", "level": "INFO", "target": "app", "message": "hello"});
    offerer.say(&entry.to_string()).await;
    tail.out.has("hello").await;

    let before = peak(&tail.child);
    let label = "x".repeat(60_000);
    for _ in 0..3000 {
        if !offerer.try_open_channel(&label).await {
            break;
        }
        tokio::task::yield_now().await;
    }
    // It asks for another connection.
    signaling.hear("consumer_connected").await;
    let growth = peak(&tail.child) - before;
    println!("it grows by {} MiB", growth / MIB);
    assert!(growth < 48 * MIB, "{} MiB", growth / MIB);
    server.stop().await;
}
