//! A server on a free port, and clients that speak to it over real sockets.

use std::net::Ipv4Addr;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use logrtc_viewer::{Options, Server};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue, StatusCode};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

pub(crate) const DEADLINE: Duration = Duration::from_secs(10);

pub(crate) fn options() -> Options {
    Options::new((Ipv4Addr::LOCALHOST, 0).into())
}

pub(crate) async fn server() -> Server {
    Server::start(options()).await.unwrap()
}

pub(crate) struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Client {
    pub(crate) async fn connect(server: &Server) -> Self {
        Self::connect_with(server, &[]).await.unwrap()
    }

    /// Connects with these headers; where the server refuses, its status.
    pub(crate) async fn connect_with(server: &Server, headers: &[(&'static str, &str)]) -> Result<Self, StatusCode> {
        let mut request = server.signaling_url().into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        match within(tokio_tungstenite::connect_async(request)).await {
            Ok((socket, _)) => Ok(Self { socket }),
            Err(Error::Http(response)) => Err(response.status()),
            Err(error) => panic!("{error}"),
        }
    }

    /// Speaks over a connection that is there.
    pub(crate) async fn on(server: &Server, stream: TcpStream) -> Self {
        let request = server.signaling_url().into_client_request().unwrap();
        let connecting = tokio_tungstenite::client_async(request, MaybeTlsStream::Plain(stream));
        Self { socket: within(connecting).await.unwrap().0 }
    }

    /// Connects as a page does, which sends its origin.
    pub(crate) async fn page(server: &Server) -> Self {
        let origin = format!("http://{}", server.local_addr());
        Self::connect_with(server, &[("origin", &origin)]).await.unwrap()
    }

    pub(crate) async fn producer(server: &Server, client_id: &str, session: &str) -> Self {
        let mut client = Self::connect(server).await;
        let metadata = json!({"system_name": "Test"});
        client
            .say(json!({"type": "register", "role": "producer", "client_id": client_id, "metadata": metadata, "session": session}))
            .await;
        assert_eq!(client.hear().await["type"], "registered");
        client
    }

    pub(crate) async fn consumer(server: &Server, client_id: &str) -> Self {
        let mut client = Self::connect(server).await;
        client.say(json!({"type": "register", "role": "consumer", "client_id": client_id})).await;
        assert_eq!(client.hear().await, json!({"type": "registered", "client_id": client_id}));
        client
    }

    pub(crate) async fn say(&mut self, message: Value) {
        self.send(Message::text(message.to_string())).await;
    }

    pub(crate) async fn send(&mut self, message: Message) {
        within(self.socket.send(message)).await.unwrap();
    }

    /// The next message of the server.
    pub(crate) async fn hear(&mut self) -> Value {
        loop {
            match self.next().await {
                Some(Message::Text(text)) => return serde_json::from_str(&text).unwrap(),
                Some(Message::Ping(_) | Message::Pong(_)) => {}
                other => panic!("expected a message, got {other:?}"),
            }
        }
    }

    /// The next frame, or none where the server has closed the connection.
    pub(crate) async fn next(&mut self) -> Option<Message> {
        match within(self.socket.next()).await? {
            Ok(Message::Close(_)) | Err(_) => None,
            Ok(message) => Some(message),
        }
    }

    /// The code of the close frame, after whatever is said before it.
    pub(crate) async fn close_code(&mut self) -> u16 {
        loop {
            match within(self.socket.next()).await.expect("a close frame").expect("a close frame") {
                Message::Close(frame) => return frame.expect("a code").code.into(),
                _ => continue,
            }
        }
    }

    pub(crate) async fn close(mut self) {
        within(self.socket.close(None)).await.unwrap();
    }
}

pub(crate) async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(DEADLINE, future).await.expect("within the deadline")
}

/// An HTTP answer: its status line and headers, and its body.
pub(crate) struct Answer {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn status(&self) -> u16 {
        self.head.split(' ').nth(1).unwrap().parse().unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

/// Sends one HTTP/1.1 request, as it stands but for its `Connection`.
pub(crate) async fn http(server: &Server, request_line: &str, headers: &[(&str, &str)]) -> Answer {
    let mut stream = TcpStream::connect(server.local_addr()).await.unwrap();
    let mut request = format!("{request_line} HTTP/1.1\r\nConnection: close\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str("\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    within(stream.read_to_end(&mut answer)).await.unwrap();
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").expect("a head");
    Answer { head: String::from_utf8(answer[..end].to_vec()).unwrap(), body: answer[end + 4..].to_vec() }
}
