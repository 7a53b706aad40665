//! Where a request comes from, as a reverse proxy says.

use logrtc_viewer::Server;
use tokio_tungstenite::tungstenite::http::StatusCode;

use crate::support::{Client, http, options};

#[tokio::test]
async fn a_trusted_proxy_names_the_host_and_the_client_and_a_stranger_does_not() {
    let mut trusting = options();
    trusting.trusted_proxies.push("127.0.0.1".parse().unwrap());
    trusting.insecure_no_token = true;
    trusting.limits.max_connections_per_address = 1;
    let trusting = Server::start(trusting.allow_origin("https://logs.example".parse().unwrap())).await.unwrap();
    let own = Server::start(options().allow_origin("https://logs.example".parse().unwrap())).await.unwrap();

    let foreign = [("Host", "backend"), ("X-Forwarded-Host", "logs.example")];
    assert_eq!(http(&trusting, "GET /", &foreign).await.status(), 200);
    assert_eq!(http(&own, "GET /", &foreign).await.status(), 403);
    let pretended = [("Host", "logs.example"), ("X-Forwarded-Host", "evil.example")];
    assert_eq!(http(&trusting, "GET /", &pretended).await.status(), 403);

    // Each client behind the proxy has its own share; what it says of itself does not count.
    let from = |address: &'static str| [("x-forwarded-for", address)];
    let first = Client::connect_with(&trusting, &from("192.0.2.1")).await.unwrap();
    let again = Client::connect_with(&trusting, &from("198.51.100.1, 192.0.2.1")).await;
    assert_eq!(again.err(), Some(StatusCode::TOO_MANY_REQUESTS));
    let _other = Client::connect_with(&trusting, &from("192.0.2.2")).await.unwrap();
    let _unlimited = [
        Client::connect_with(&own, &from("192.0.2.1")).await.unwrap(),
        Client::connect_with(&own, &from("192.0.2.1")).await.unwrap(),
    ];
    first.close().await;
    crate::support::within(async { while Client::connect_with(&trusting, &from("192.0.2.1")).await.is_err() {} }).await;
    trusting.stop().await;
    own.stop().await;
}

#[tokio::test]
async fn a_server_behind_a_proxy_wants_a_token_though_it_listens_on_loopback() {
    let mut options = options();
    options.trusted_proxies.push("::1".parse().unwrap());
    let server = Server::start(options).await.unwrap();
    assert!(server.wants_token());
    assert_eq!(Client::connect_with(&server, &[]).await.err(), Some(StatusCode::UNAUTHORIZED));
    server.stop().await;
}
