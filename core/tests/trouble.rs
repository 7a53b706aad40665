//! Trouble with the signaling server is said once, with the address and the reason, and so is its end.

#![allow(clippy::unwrap_used)]

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use logrtc::{Config, ConfigBuilder, Diagnostic, Event, Level, Producer, State};
use logrtc_test_support::{Consumer, DEADLINE, Server, eventually};
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

#[derive(Clone, Default)]
struct Said(Arc<Mutex<Vec<Diagnostic>>>);

impl Said {
    fn config(&self, url: String) -> ConfigBuilder {
        let said = Arc::clone(&self.0);
        Config::builder("app")
            .url(url)
            .ice_servers([])
            .environment(false)
            .reconnect_interval(Duration::from_millis(20))
            .on_diagnostic(move |diagnostic| said.lock().unwrap().push(diagnostic.clone()))
    }

    fn warnings(&self) -> Vec<String> {
        let said = self.0.lock().unwrap();
        said.iter().filter(|said| said.level == Level::Warn).map(ToString::to_string).collect()
    }
}

/// Answers every request with `status`.
async fn refusing(status: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n").as_bytes()).await;
        }
    });
    address
}

/// Hangs up once the handshake and the registration have come.
async fn hangs_up() -> Server {
    Server::serve("127.0.0.1:0".parse().unwrap(), |stream| async move {
        tokio::spawn(async move {
            let mut socket = tokio_tungstenite::accept_async(stream).await.ok()?;
            futures_util::StreamExt::next(&mut socket).await?.ok()
        });
        None::<tokio::net::TcpStream>
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_hangs_up_at_once_counts_as_an_attempt_that_failed() {
    let server = hangs_up().await;
    let said = Said::default();
    let config = said.config(server.url()).max_reconnect_attempts(Some(2)).build().unwrap();
    let producer = Producer::connect(config).unwrap();
    eventually("it gives up", || producer.state() == State::Abandoned).await;
    assert_eq!((producer.stats().registrations, server.connections()), (2, 2), "two attempts are two");
    assert!(said.warnings()[1].contains("after 2 failed attempts"), "{:?}", said.warnings());
    producer.close(DEADLINE).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_is_said_once_and_its_end_once() {
    let server = Server::start().await;
    let (address, url) = (server.address(), server.url());
    server.stop();
    eventually("nobody listens there any more", || std::net::TcpStream::connect(address).is_err()).await;
    let said = Said::default();
    let producer = Producer::connect(said.config(url.clone()).build().unwrap()).unwrap();
    eventually("it is said", || !said.warnings().is_empty()).await;
    assert!(producer.last_error().unwrap().contains("refused"), "{:?}", producer.last_error());
    let events = producer.subscribe();
    let mut states = 0;
    eventually("further attempts", || {
        states += events.try_iter().count();
        states > 10
    })
    .await;
    let warnings = said.warnings();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].starts_with("app: no connection to the signaling server ws://127.0.0.1"), "{warnings:?}");
    assert!(warnings[0].contains("/signaling") && warnings[0].contains("refused"), "{warnings:?}");

    let server = Server::start_at(address).await;
    eventually("its end is said", || said.warnings().len() == 2).await;
    assert_eq!(said.warnings()[1], format!("app: the signaling server {url} is connected again"));
    assert_eq!((producer.state(), producer.last_error()), (State::Registered, None));

    // A second outage is another one.
    server.stop();
    eventually("it is said", || said.warnings().len() == 3).await;
    let _server = Server::start_at(address).await;
    eventually("its end is said", || said.warnings().len() == 4).await;
    producer.close(DEADLINE).unwrap();
    assert_eq!(said.warnings().len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reason_says_what_is_wrong() {
    for (status, reason) in [
        ("404 Not Found", "404 Not Found: the path is wrong"),
        ("401 Unauthorized", "401 Unauthorized: it does not accept the token"),
        ("503 Service Unavailable", "503 Service Unavailable"),
    ] {
        let address = refusing(status).await;
        let said = Said::default();
        let config = said.config(format!("ws://{address}/logs")).token("wrong").build().unwrap();
        let producer = Producer::connect(config).unwrap();
        eventually("it is said", || !said.warnings().is_empty()).await;
        assert!(said.warnings()[0].contains(reason), "{:?}", said.warnings());
        assert!(producer.last_error().unwrap().contains(reason));
        producer.close(DEADLINE).unwrap();
    }
}

/// The addresses are of no machine (RFC 5737), so nothing of the token leaves this one.
#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_everybody_on_the_way_can_read_is_warned_of() {
    for (url, has_token, is_warned) in [
        ("ws://192.0.2.1:9/signaling", true, true),
        ("ws://user:password@192.0.2.1:9/signaling", false, true),
        ("ws://192.0.2.1:9/signaling", false, false),
        ("wss://192.0.2.1:9/signaling", true, false),
        ("ws://127.0.0.1:9/signaling", true, false),
    ] {
        let said = Said::default();
        let config = said.config(url.to_owned());
        let config = if has_token { config.token("s3cret") } else { config };
        let producer = Producer::connect(config.build().unwrap()).unwrap();
        let closing = tokio::task::spawn_blocking(move || producer.close(Duration::from_millis(500)));
        let _ = closing.await.unwrap();
        let warned: Vec<_> = said.warnings().into_iter().filter(|text| text.contains("use wss://")).collect();
        assert_eq!(warned.len(), usize::from(is_warned), "{url} {warned:?}");
        assert!(warned.iter().all(|text| !text.contains("s3cret") && !text.contains("password@")), "{warned:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_ends_at_once_has_said_why() {
    let address = refusing("404 Not Found").await;
    for _ in 0..20 {
        let said = Said::default();
        let config = said.config(format!("ws://{address}/")).build().unwrap();
        let close = move || {
            let producer = Producer::connect(config).unwrap();
            producer.info("app", "hi");
            producer.close(DEADLINE).unwrap();
        };
        tokio::task::spawn_blocking(close).await.unwrap();
        assert_eq!(said.warnings().len(), 1, "{:?}", said.warnings());
    }
    // One that never answers, too.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let said = Said::default();
    let config = said.config(format!("ws://{}/", listener.local_addr().unwrap())).build().unwrap();
    let close = move || {
        let producer = Producer::connect(config).unwrap();
        producer.info("app", "hi");
        producer.close(Duration::from_millis(200)).unwrap();
    };
    tokio::task::spawn_blocking(close).await.unwrap();
    assert!(said.warnings()[0].contains("closes before the signaling server"), "{:?}", said.warnings());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_abandoned_search_is_said() {
    let address = refusing("404 Not Found").await;
    let said = Said::default();
    let config = said.config(format!("ws://{address}/")).max_reconnect_attempts(Some(3)).build().unwrap();
    let producer = Producer::connect(config).unwrap();
    eventually("it gives up", || producer.state() == State::Abandoned).await;
    let warnings = said.warnings();
    assert!(warnings[1].contains("gives up") && warnings[1].contains("404"), "{warnings:?}");
    assert!(producer.last_error().unwrap().contains("404"));
    producer.close(DEADLINE).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_busy_says_when_to_come_back() {
    let address = refusing("429 Too Many Requests\r\nRetry-After: 120").await;
    let said = Said::default();
    let producer = Producer::connect(said.config(format!("ws://{address}/")).build().unwrap()).unwrap();
    eventually("it is said", || !said.warnings().is_empty()).await;
    assert!(
        said.warnings()[0].ends_with("429 Too Many Requests: too many connections or wrong tokens of this address; check the token; the next attempt is in 120s"),
        "{:?}",
        said.warnings()
    );
    producer.close(DEADLINE).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_hangs_up_again_and_again_is_one_outage() {
    let server = hangs_up().await;
    let said = Said::default();
    let producer = Producer::connect(said.config(server.url()).build().unwrap()).unwrap();
    eventually("several registrations", || producer.stats().registrations >= 5).await;
    let warnings = said.warnings();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    producer.close(DEADLINE).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_complaint_of_the_server_is_said_and_one_about_a_consumer_is_not() {
    let server = Server::start().await;
    let said = Said::default();
    let producer = Producer::connect(said.config(server.url()).build().unwrap()).unwrap();
    server.registered().await;
    server.say(&json!({"type": "error", "message": "to: no such client \"b\"", "to": "b"}));
    let consumer = Consumer::join(&server, "page").await;
    assert_eq!((said.warnings(), producer.last_error()), (vec![], None));
    server.say(&json!({"type": "error", "message": "client_id: not on the list"}));
    eventually("it is said", || !said.warnings().is_empty()).await;
    assert!(said.warnings()[0].ends_with("reports: client_id: not on the list"), "{:?}", said.warnings());
    assert_eq!(producer.last_error().as_deref(), Some("client_id: not on the list"));
    consumer.leave().await;
    producer.close(DEADLINE).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_that_loses_entries_says_so() {
    let server = Server::start().await;
    server.greet_with([json!({"type": "consumer_connected", "consumer_id": "mute"})]);
    let said = Said::default();
    let config = said.config(server.url()).close_timeout(Duration::from_millis(300)).build().unwrap();
    let program = move || {
        let producer = Producer::connect(config).unwrap();
        producer.info("app", "hi");
        drop(producer);
    };
    tokio::task::spawn_blocking(program).await.unwrap();
    let warnings = said.warnings();
    assert!(warnings[0].contains("closes before every consumer has received everything; 1 entries"), "{warnings:?}");
}

/// Lets everybody connect, sends `message`, and closes with `code`.
async fn closing(message: Option<&'static str>, code: u16, reason: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut socket) = tokio_tungstenite::accept_async(stream).await else { continue };
            if let Some(message) = message {
                let error = json!({"type": "error", "message": message}).to_string();
                let _ = futures_util::SinkExt::send(&mut socket, Message::text(error)).await;
            }
            let _ = socket.close(Some(CloseFrame { code: code.into(), reason: reason.into() })).await;
        }
    });
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_refused_after_the_handshake_is_a_refusal() {
    // With words of the server, these are said; without, what the close code means, and when it is tried again.
    for (message, warning, reason) in [
        (Some("token: it is for readers"), "reports: token: it is for readers", "token: it is for readers"),
        (None, "4401: it does not accept the token; the next attempt is in 30s", "it does not accept the token"),
    ] {
        let address = closing(message, 4401, "").await;
        let said = Said::default();
        let config = said.config(format!("ws://{address}/")).token("wrong").build().unwrap();
        let producer = Producer::connect(config).unwrap();
        let events = producer.subscribe();
        eventually("it is said", || !said.warnings().is_empty()).await;
        assert!(said.warnings()[0].contains(warning), "{:?}", said.warnings());
        eventually("it waits", || producer.state() == State::Reconnecting).await;
        assert!(producer.last_error().unwrap().contains(reason), "{:?}", producer.last_error());
        let errors: Vec<_> = events.try_iter().filter(|event| matches!(event, Event::ServerError { .. })).collect();
        assert!(errors.len() <= 1, "{errors:?}");
        assert_eq!(producer.stats().registrations, 1, "it is not tried again at once");
        producer.close(DEADLINE).unwrap();
        assert_eq!(said.warnings().len(), 1, "{:?}", said.warnings());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_closes_says_why() {
    let address = closing(None, 4001, "bad token").await;
    let said = Said::default();
    let producer = Producer::connect(said.config(format!("ws://{address}/")).build().unwrap()).unwrap();
    eventually("it is said", || !said.warnings().is_empty()).await;
    assert!(said.warnings()[0].contains("the server closed it: 4001 bad token"), "{:?}", said.warnings());
    assert!(producer.last_error().unwrap().contains("4001 bad token"));
    producer.close(DEADLINE).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_restarted_is_no_trouble() {
    let server = Server::start().await;
    let address = server.address();
    let said = Said::default();
    let config = said.config(server.url()).reconnect_interval(Duration::from_secs(3));
    let producer = Producer::connect(config.build().unwrap()).unwrap();
    server.registered().await;
    server.say(&json!({"type": "registered"}));
    let consumer = Consumer::join(&server, "page").await;
    server.stop();
    eventually("nobody listens there any more", || std::net::TcpStream::connect(address).is_err()).await;
    let server = Server::start_at(address).await;
    server.registered().await;
    assert_eq!(said.warnings(), Vec::<String>::new());
    consumer.leave().await;
    producer.close(DEADLINE).unwrap();
}
