//! A server below a path, as behind a proxy that leaves the path in.

use logrtc_viewer::Server;

use crate::support::{Client, http, options};

const HOST: (&str, &str) = ("Host", "localhost");

#[tokio::test]
async fn everything_is_below_the_path_and_its_slash_is_not_forgotten() {
    for text in ["/team/logs", "/team/logs/"] {
        let mut options = options();
        options.base_path = text.parse().unwrap();
        let server = Server::start(options).await.unwrap();
        assert!(server.url().ends_with("/team/logs/"), "{}", server.url());
        assert!(server.signaling_url().ends_with("/team/logs/signaling"), "{}", server.signaling_url());
        for (path, status) in
            [("/team/logs/", 200), ("/team/logs/app.js?v=1", 200), ("/team/logs/healthz", 200), ("/", 404)]
        {
            assert_eq!(http(&server, &format!("GET {path}"), &[HOST]).await.status(), status, "{path}");
        }
        let moved = http(&server, "GET /team/logs?query=x", &[HOST]).await;
        assert_eq!((moved.status(), moved.header("location")), (308, Some("/team/logs/?query=x")));
        assert!(moved.header("content-security-policy").is_some());
        let _client = Client::consumer(&server, "page").await;
        server.stop().await;
    }
}
