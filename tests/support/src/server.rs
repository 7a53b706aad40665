//! A signaling server for one producer, which says what a test wants said and nothing more.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, broadcast};
use tokio::task::JoinHandle;
use tokio_tungstenite::accept_hdr_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};

use crate::DEADLINE;

/// Listens, takes every producer that comes, keeps what it says, and says what the test tells it to.
///
/// It never names a sender, and forwards no candidate of the producer: the base protocol to the letter.
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    heard: Mutex<Vec<Value>>,
    authorization: Mutex<Option<String>>,
    came: Notify,
    connections: Mutex<Vec<JoinHandle<()>>>,
    say: Mutex<Option<broadcast::Sender<Message>>>,
    greeting: Mutex<Vec<Value>>,
    frozen: AtomicBool,
}

impl Server {
    /// A server on a port of its own.
    pub async fn start() -> Self {
        Self::start_at("127.0.0.1:0".parse().expect("an address")).await
    }

    /// A server at an address that was used before.
    pub async fn start_at(address: SocketAddr) -> Self {
        Self::serve(address, |stream| async move { Some(stream) }).await
    }

    /// A server that wraps every stream first, in TLS for example; `None` refuses it.
    pub async fn serve<S, W, F>(address: SocketAddr, wrap: W) -> Self
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
        W: Fn(TcpStream) -> F + Send + Sync + 'static,
        F: Future<Output = Option<S>> + Send + 'static,
    {
        let listener = TcpListener::bind(address).await.expect("the address is free");
        let address = listener.local_addr().expect("a bound listener has an address");
        let shared = Arc::new(Shared::default());
        *shared.say.lock().expect("no test panics with it") = Some(broadcast::channel(1024).0);
        let accepting = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let wrapped = wrap(stream);
                let shared = Arc::clone(&accepting);
                let connection = tokio::spawn(async move {
                    if let Some(stream) = wrapped.await {
                        converse(stream, &shared).await;
                    }
                });
                accepting.connections.lock().expect("no test panics with it").push(connection);
            }
        });
        Self { address, shared, task }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its address for a producer, without TLS.
    pub fn url(&self) -> String {
        format!("ws://{}/signaling", self.address)
    }

    /// The `Authorization` header of the last producer.
    pub fn authorization(&self) -> Option<String> {
        self.shared.authorization.lock().expect("no test panics with it").clone()
    }

    /// How many connections came so far.
    pub fn connections(&self) -> usize {
        self.shared.connections.lock().expect("no test panics with it").len()
    }

    /// Says `message` to the producer.
    pub fn say(&self, message: &Value) {
        self.say_raw(Message::text(message.to_string()));
    }

    /// Says these messages to each producer, at once behind its registration.
    pub fn greet_with(&self, messages: impl IntoIterator<Item = Value>) {
        *self.shared.greeting.lock().expect("no test panics with it") = messages.into_iter().collect();
    }

    /// Says anything at all to the producer.
    pub fn say_raw(&self, message: Message) {
        let say = self.shared.say.lock().expect("no test panics with it");
        // Nobody may be listening at the moment, which is a server's fate.
        let _ = say.as_ref().expect("it serves").send(message);
    }

    /// Takes the first message of the producer that `wanted` says yes to.
    ///
    /// # Panics
    /// Where none comes within the deadline.
    pub async fn hear(&self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let search = async {
            loop {
                let came = self.shared.came.notified();
                {
                    let mut heard = self.shared.heard.lock().expect("no test panics with it");
                    if let Some(place) = heard.iter().position(&wanted) {
                        return heard.remove(place);
                    }
                }
                came.await;
            }
        };
        tokio::time::timeout(DEADLINE, search).await.unwrap_or_else(|_| panic!("the producer does not say: {what}"))
    }

    /// Waits for the registration of a producer.
    pub async fn registered(&self) -> Value {
        self.hear("register", |message| message["type"] == "register").await
    }

    /// Reads and answers nothing any more, and keeps every connection: what a network does that drops every packet.
    pub fn freeze(&self) {
        self.shared.frozen.store(true, Ordering::Relaxed);
        self.say_raw(Message::Pong(Vec::new().into()));
    }

    /// Ends at once, with every connection.
    pub fn stop(self) {
        self.task.abort();
        for connection in self.shared.connections.lock().expect("no test panics with it").drain(..) {
            connection.abort();
        }
    }
}

// The callback's type is tungstenite's.
#[allow(clippy::result_large_err)]
async fn converse<S: AsyncRead + AsyncWrite + Unpin>(stream: S, shared: &Shared) {
    let header = |request: &Request, response: Response| -> Result<Response, ErrorResponse> {
        let value = request.headers().get("authorization").and_then(|value| value.to_str().ok());
        *shared.authorization.lock().expect("no test panics with it") = value.map(str::to_owned);
        Ok(response)
    };
    let Ok(mut socket) = accept_hdr_async(stream, header).await else { return };
    let mut said = shared.say.lock().expect("no test panics with it").as_ref().expect("it serves").subscribe();
    loop {
        if shared.frozen.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
        tokio::select! {
            frame = socket.next() => match frame {
                Some(Ok(Message::Text(text))) => {
                    let message: Value = serde_json::from_str(&text).expect("a producer says JSON");
                    if message["type"] == "register" {
                        let greeting = shared.greeting.lock().expect("no test panics with it").clone();
                        for message in greeting {
                            if socket.send(Message::text(message.to_string())).await.is_err() {
                                return;
                            }
                        }
                    }
                    shared.heard.lock().expect("no test panics with it").push(message);
                    shared.came.notify_waiters();
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return,
            },
            Ok(message) = said.recv() => if socket.send(message).await.is_err() { return },
        }
    }
}
