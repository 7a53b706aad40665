//! The page as a browser gets it.

use crate::support::{http, server};

const HOST: (&str, &str) = ("Host", "localhost");

#[tokio::test]
async fn every_file_is_there_with_its_type() {
    let server = server().await;
    for (path, content_type) in [
        ("/", "text/html; charset=utf-8"),
        ("/app.js", "text/javascript; charset=utf-8"),
        ("/store.js", "text/javascript; charset=utf-8"),
        ("/engine.wasm", "application/wasm"),
        ("/app.css", "text/css; charset=utf-8"),
        ("/icon.svg", "image/svg+xml"),
    ] {
        let answer = http(&server, &format!("GET {path}"), &[HOST]).await;
        assert_eq!((answer.status(), answer.header("content-type")), (200, Some(content_type)), "{path}");
        assert!(!answer.body.is_empty());
    }
    server.stop().await;
}

#[tokio::test]
async fn every_answer_is_hardened() {
    let server = server().await;
    for (request, status) in [("GET /", 200), ("GET /missing", 404), ("POST /", 405), ("GET /signaling", 426)] {
        let answer = http(&server, request, &[HOST]).await;
        assert_eq!(answer.status(), status, "{request}");
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; "), "{policy}");
        for directive in [
            "worker-src 'self'",
            "style-src 'self'",
            "connect-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            "trusted-types logrtc",
        ] {
            assert!(policy.contains(directive), "{policy}");
        }
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(answer.header("cache-control"), Some("no-cache"));
    }
    server.stop().await;
}

#[tokio::test]
async fn what_a_browser_has_is_not_sent_again() {
    let server = server().await;
    let first = http(&server, "GET /app.js", &[HOST]).await;
    let etag = first.header("etag").unwrap();
    let weak_list = format!("\"other\", W/{etag}");
    for known in [etag, &weak_list, "*"] {
        let again = http(&server, "GET /app.js", &[HOST, ("If-None-Match", known)]).await;
        assert_eq!((again.status(), again.header("etag"), again.body.len()), (304, Some(etag), 0));
    }
    assert_eq!(http(&server, "GET /app.js", &[HOST, ("If-None-Match", "\"other\"")]).await.status(), 200);
    server.stop().await;
}

#[tokio::test]
async fn head_tells_the_length_without_the_body() {
    let server = server().await;
    let get = http(&server, "GET /", &[HOST]).await;
    let head = http(&server, "HEAD /", &[HOST]).await;
    assert_eq!((head.status(), head.body.len()), (200, 0));
    assert_eq!(head.header("content-length"), Some(get.body.len().to_string().as_str()));
    server.stop().await;
}
