//! What whoever runs the server sees of it.

use std::sync::{Arc, Mutex};

use logrtc_viewer::{Handler, RequestRecord, Role, Server};
use tokio_tungstenite::tungstenite::http::StatusCode;

use crate::support::{Client, http, options};

const HOST: (&str, &str) = ("Host", "localhost");

#[tokio::test]
async fn a_health_check_needs_neither_name_nor_token() {
    let mut options = options();
    options.tokens.add("t", &[Role::Producer, Role::Reader]).unwrap();
    let server = Server::start(options).await.unwrap();
    let answer = http(&server, "GET /healthz", &[("Host", "pod-7.internal")]).await;
    assert_eq!((answer.status(), answer.body.as_slice()), (200, b"ok\n".as_slice()));
    assert_eq!(http(&server, "GET /metrics", &[HOST]).await.status(), 401);
    let answer = http(&server, "GET /metrics", &[HOST, ("Authorization", "Bearer t")]).await;
    assert_eq!(answer.status(), 200);
    assert!(answer.header("content-type").unwrap().starts_with("text/plain; version=0.0.4"));
    server.stop().await;
}

#[tokio::test]
async fn metrics_count_who_is_there_and_what_was_refused() {
    let server = Server::start(options()).await.unwrap();
    let _producer = Client::producer(&server, "api", "s1").await;
    let _page = Client::consumer(&server, "page").await;
    let refused = Client::connect_with(&server, &[("origin", "http://evil.example")]).await;
    assert_eq!(refused.err(), Some(StatusCode::FORBIDDEN));
    let text = String::from_utf8(http(&server, "GET /metrics", &[HOST]).await.body).unwrap();
    for line in [
        "logrtc_connections 2",
        "logrtc_clients{role=\"producer\"} 1",
        "logrtc_clients{role=\"consumer\"} 1",
        "logrtc_registrations_total{role=\"consumer\"} 1",
        "logrtc_refused_total{reason=\"origin\"} 1",
        "logrtc_responses_total{status=\"1xx\"} 2",
    ] {
        assert!(text.lines().any(|known| known == line), "{line}: {text}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_refused_page_is_told_once_with_the_flag_that_lets_it_in() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let to = Arc::clone(&told);
    let mut options = options();
    options.on_notice = Some(Handler::new(move |text: &str| to.lock().unwrap().push(text.to_owned())));
    let server = Server::start(options).await.unwrap();
    for _ in 0..3 {
        assert!(Client::connect_with(&server, &[("origin", "http://localhost:5173")]).await.is_err());
        assert_eq!(http(&server, "GET /", &[("Host", "logs.lan:8080")]).await.status(), 403);
    }
    let told = told.lock().unwrap().clone();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].ends_with("--allow-origin http://localhost:5173 lets it in"), "{told:?}");
    assert!(told[1].ends_with("--allow-origin http://logs.lan:8080 permits that name"), "{told:?}");
    server.stop().await;
}

#[tokio::test]
async fn an_access_log_has_every_request_without_its_query() {
    let records = Arc::new(Mutex::new(Vec::<RequestRecord>::new()));
    let to = Arc::clone(&records);
    let mut options = options();
    options.on_request = Some(Handler::new(move |record: &RequestRecord| to.lock().unwrap().push(record.clone())));
    let server = Server::start(options).await.unwrap();
    http(&server, "GET /?query=secret", &[HOST, ("User-Agent", "test/1")]).await;
    let _client = Client::connect(&server).await;
    let records = records.lock().unwrap().clone();
    let seen: Vec<_> = records.iter().map(|record| (record.path.as_str(), record.status)).collect();
    assert_eq!(seen, [("/", 200), ("/signaling", 101)]);
    assert_eq!((records[0].user_agent.as_deref(), records[0].method.as_str()), (Some("test/1"), "GET"));
    assert!(records.iter().all(|record| record.client.is_loopback()));
    server.stop().await;
}
