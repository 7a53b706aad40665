//! Foreign pages are kept out, over real sockets; the table of cases is with the policy.

use crate::support::{Client, http, options, server};
use logrtc_viewer::Server;
use tokio_tungstenite::tungstenite::http::StatusCode;

#[tokio::test]
async fn a_foreign_page_gets_no_socket() {
    let server = server().await;
    let own = format!("http://{}", server.local_addr());
    assert!(Client::connect_with(&server, &[("origin", &own)]).await.is_ok());
    for origin in ["http://evil.example", "http://localhost:1", "null", ""] {
        let refused = Client::connect_with(&server, &[("origin", origin)]).await.err();
        assert_eq!(refused, Some(StatusCode::FORBIDDEN), "{origin}");
    }
    let rebound = [("host", "evil.example"), ("origin", "http://evil.example")];
    assert_eq!(Client::connect_with(&server, &rebound).await.err(), Some(StatusCode::FORBIDDEN));
    server.stop().await;
}

#[tokio::test]
async fn an_allowed_origin_gets_in() {
    let options = options().allow_origin("https://logs.example.com".parse().unwrap());
    let server = Server::start(options).await.unwrap();
    assert!(Client::connect_with(&server, &[("origin", "https://logs.example.com")]).await.is_ok());
    assert_eq!(http(&server, "GET /", &[("Host", "logs.example.com")]).await.status(), 200);
    server.stop().await;
}

#[tokio::test]
async fn the_page_is_not_served_under_a_foreign_name() {
    let server = server().await;
    for path in ["/", "/app.js"] {
        assert_eq!(http(&server, &format!("GET {path}"), &[("Host", "evil.example")]).await.status(), 403);
        assert_eq!(http(&server, &format!("GET {path}"), &[("Host", "127.0.0.1"), ("Host", "x")]).await.status(), 403);
        assert_eq!(http(&server, &format!("GET {path}"), &[]).await.status(), 403);
    }
    server.stop().await;
}
