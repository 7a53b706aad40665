//! A server of the base protocol, and one that lies.

use std::sync::{Arc, Mutex};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::broadcast;
use tokio_tungstenite::tungstenite::Message;

/// Passes every message of one side to the other as it is, and tells producers of consumers.
pub(crate) async fn strict_server() -> String {
    server_that(str::to_owned).await
}

/// The same, but passes on what `change` makes of it.
pub(crate) async fn server_that(change: impl Fn(&str) -> String + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/signaling", listener.local_addr().unwrap());
    let change = Arc::new(change);
    let (to_all, _) = broadcast::channel::<(&'static str, String)>(1024);
    let consumers = Arc::new(Mutex::new(Vec::<String>::new()));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (to_all, consumers, change) = (to_all.clone(), Arc::clone(&consumers), Arc::clone(&change));
            tokio::spawn(async move {
                let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
                let mut from_all = to_all.subscribe();
                let mut role = "";
                loop {
                    tokio::select! {
                        frame = socket.next() => {
                            let Some(Ok(frame)) = frame else { return };
                            let Message::Text(text) = frame else { continue };
                            let message: Value = serde_json::from_str(&text).unwrap();
                            let connected = |id: &str| json!({"type": "consumer_connected", "consumer_id": id}).to_string();
                            if message["type"] != "register" {
                                let other = if role == "producer" { "consumer" } else { "producer" };
                                let _ = to_all.send((other, change(&text)));
                            } else if message["role"] == "producer" {
                                role = "producer";
                                let known = consumers.lock().unwrap().clone();
                                for id in known {
                                    socket.send(Message::text(connected(&id))).await.unwrap();
                                }
                            } else {
                                role = "consumer";
                                let id = message["client_id"].as_str().unwrap().to_owned();
                                let _ = to_all.send(("producer", connected(&id)));
                                consumers.lock().unwrap().push(id);
                            }
                        }
                        Ok((to, text)) = from_all.recv() => if to == role && socket.send(Message::text(text)).await.is_err() {
                            return;
                        }
                    }
                }
            });
        }
    });
    url
}
