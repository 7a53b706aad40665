//! Clients that speak nothing but signaling: an offer that is answered counts as a data channel, which outlives the
//! connection to the server.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio::time::sleep;
use tokio_tungstenite::tungstenite::Message;

/// What a client knows, and what it has seen that must not be.
#[derive(Debug, Default, Clone)]
pub(super) struct Knowledge {
    /// Its own id, while it is registered.
    pub(super) registered: Option<String>,
    /// Of the clients that were announced: how often, by this connection.
    pub(super) announced: BTreeMap<String, usize>,
    /// Sessions of the producers that were announced.
    pub(super) sessions: BTreeMap<String, String>,
    /// To whom it has a channel, with the producer's session.
    pub(super) channels: BTreeMap<String, String>,
    /// Who was reported gone, and how.
    pub(super) gone: BTreeMap<String, String>,
    pub(super) faults: Vec<String>,
}

#[derive(Clone)]
enum Role {
    Producer { client_id: String, session: String },
    Page { client_id: String, wanted: Option<String> },
}

/// It connects again until it is dropped.
pub(super) struct Client {
    knowledge: Arc<Mutex<Knowledge>>,
    task: JoinHandle<()>,
}

impl Client {
    pub(super) fn producer(url: &str, client_id: &str, session: &str) -> Self {
        Self::start(url, Role::Producer { client_id: client_id.to_owned(), session: session.to_owned() })
    }

    pub(super) fn page(url: &str, client_id: &str, wanted: Option<&str>) -> Self {
        Self::start(url, Role::Page { client_id: client_id.to_owned(), wanted: wanted.map(str::to_owned) })
    }

    fn start(url: &str, role: Role) -> Self {
        let knowledge = Arc::new(Mutex::new(Knowledge::default()));
        let (url, own) = (url.to_owned(), Arc::clone(&knowledge));
        let task = tokio::spawn(async move {
            loop {
                let _ = connection(&url, &role, &own).await;
                own.lock().unwrap().disconnect();
                sleep(Duration::from_millis(200)).await;
            }
        });
        Self { knowledge, task }
    }

    pub(super) fn now(&self) -> Knowledge {
        self.knowledge.lock().unwrap().clone()
    }

    pub(super) fn look<T>(&self, at: impl FnOnce(&Knowledge) -> T) -> T {
        at(&self.knowledge.lock().unwrap())
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.task.abort();
    }
}

type Ended = Result<(), tokio_tungstenite::tungstenite::Error>;

async fn connection(url: &str, role: &Role, own: &Mutex<Knowledge>) -> Ended {
    let (mut socket, _) = tokio_tungstenite::connect_async(url).await?;
    let register = {
        let channels = &own.lock().unwrap().channels;
        match role {
            Role::Producer { client_id, session } => json!({
                "type": "register", "role": "producer", "client_id": client_id, "session": session,
                "connected": channels.keys().collect::<Vec<_>>(),
            }),
            Role::Page { client_id, wanted } => json!({
                "type": "register", "role": "consumer", "client_id": client_id, "producer": wanted, "connected": channels,
            }),
        }
    };
    socket.send(Message::text(register.to_string())).await?;
    while let Some(message) = socket.next().await {
        let Message::Text(text) = message? else { continue };
        let message: Value = serde_json::from_str(&text).unwrap();
        let reply = own.lock().unwrap().take(role, &message);
        if let Some(reply) = reply {
            socket.send(Message::text(reply.to_string())).await?;
        }
    }
    Ok(())
}

impl Knowledge {
    fn disconnect(&mut self) {
        self.registered = None;
        self.announced.clear();
        self.sessions.clear();
    }

    fn take(&mut self, role: &Role, message: &Value) -> Option<Value> {
        let text = |key: &str| message[key].as_str().unwrap_or_default().to_owned();
        match message["type"].as_str().unwrap() {
            "registered" => self.registered = Some(text("client_id")),
            "consumer_connected" => {
                let to = text("consumer_id");
                *self.announced.entry(to.clone()).or_default() += 1;
                if self.channels.contains_key(&to) {
                    self.faults.push(format!("{to} has a channel and is announced"));
                }
                return Some(json!({"type": "webrtc_offer", "to": to, "sdp": "v=0"}));
            }
            "producer_connected" => {
                let id = text("producer_id");
                *self.announced.entry(id.clone()).or_default() += 1;
                self.sessions.insert(id, text("session"));
            }
            "webrtc_offer" => {
                let from = text("from");
                let Some(session) = self.sessions.get(&from).cloned() else {
                    self.faults.push(format!("{from} makes an offer before it is announced"));
                    return None;
                };
                if self.channels.insert(from.clone(), session.clone()) == Some(session) {
                    self.faults.push(format!("{from} makes the channel again"));
                }
                if let Role::Page { client_id, .. } = role
                    && text("to") != *client_id
                {
                    self.faults.push(format!("an offer to {}", text("to")));
                }
                return Some(json!({"type": "webrtc_answer", "to": from, "sdp": "v=0"}));
            }
            "webrtc_answer" => drop(self.channels.insert(text("from"), String::new())),
            "producer_disconnected" => {
                self.announced.remove(&text("producer_id"));
                self.gone.insert(text("producer_id"), text("reason"));
            }
            "consumer_disconnected" => {
                self.announced.remove(&text("consumer_id"));
                self.gone.insert(text("consumer_id"), String::new());
            }
            _ => self.faults.push(message.to_string()),
        }
        None
    }
}
