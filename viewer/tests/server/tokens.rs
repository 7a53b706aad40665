//! Who is let in, by tokens, over real sockets.

use std::time::Instant;

use logrtc_viewer::{LinkSecret, Options, Role, Server, Tokens};
use serde_json::json;
use tokio_tungstenite::tungstenite::http::StatusCode;

use crate::support::{Client, http, options};

const UNAUTHORIZED: u16 = 4401;

fn tokens(producer: &str, reader: &str) -> Tokens {
    let mut tokens = Tokens::new();
    tokens.add(producer, &[Role::Producer]).unwrap();
    tokens.add(reader, &[Role::Reader]).unwrap();
    tokens
}

async fn server() -> Server {
    let mut options = options();
    options.tokens = tokens("p1\np2", "r1\nr2");
    Server::start(options).await.unwrap()
}

fn producer() -> serde_json::Value {
    json!({"type": "register", "role": "producer", "client_id": "api"})
}

fn reader(token: Option<&str>) -> serde_json::Value {
    json!({"type": "register", "role": "consumer", "token": token})
}

async fn bearer(server: &Server, token: &str) -> Result<Client, StatusCode> {
    Client::connect_with(server, &[("authorization", &format!("Bearer {token}"))]).await
}

#[tokio::test]
async fn a_right_token_lets_in_and_without_one_nothing_is_told() {
    let server = server().await;
    for token in ["p1", "p2"] {
        let mut client = bearer(&server, token).await.unwrap();
        client.say(producer()).await;
        assert_eq!(client.hear().await["type"], "registered");
        client.close().await;
    }
    let mut api = bearer(&server, "p1").await.unwrap();
    api.say(producer()).await;
    assert_eq!(api.hear().await["type"], "registered");

    // A page says it in its first message; another program may send it in its request.
    let mut page = Client::page(&server).await;
    page.say(reader(Some("r2"))).await;
    assert_eq!(page.hear().await["type"], "registered");
    assert_eq!(page.hear().await["type"], "producer_connected");
    let mut tail = bearer(&server, "r1").await.unwrap();
    tail.say(reader(None)).await;
    assert_eq!(tail.hear().await["type"], "registered");

    assert_eq!(Client::connect_with(&server, &[]).await.err(), Some(StatusCode::UNAUTHORIZED));
    let basic = [("authorization", "Basic cDE6")];
    assert_eq!(Client::connect_with(&server, &basic).await.err(), Some(StatusCode::UNAUTHORIZED));
    let mut page = Client::page(&server).await;
    page.say(reader(None)).await;
    assert_eq!(page.hear().await, json!({"type": "error", "message": "token: this server wants a token"}));
    assert_eq!(page.close_code().await, UNAUTHORIZED);
    server.stop().await;
}

#[tokio::test]
async fn a_wrong_token_is_401_to_a_program_and_an_error_to_a_page() {
    let server = server().await;
    assert_eq!(bearer(&server, "p3").await.err(), Some(StatusCode::UNAUTHORIZED));
    let answer = http(&server, "GET /signaling", &[("Host", "localhost"), ("Authorization", "Bearer p3")]).await;
    assert_eq!((answer.status(), answer.header("www-authenticate")), (401, Some("Bearer")));
    let mut page = Client::page(&server).await;
    page.say(reader(Some("r3"))).await;
    assert_eq!(page.hear().await, json!({"type": "error", "message": "token: the server does not accept it"}));
    assert_eq!(page.close_code().await, UNAUTHORIZED);
    // The token of another role is none.
    let mut page = Client::page(&server).await;
    page.say(reader(Some("p1"))).await;
    assert!(page.hear().await["message"].as_str().unwrap().contains("a reader needs a token of its own"));
    assert_eq!(page.close_code().await, UNAUTHORIZED);
    let mut program = bearer(&server, "r1").await.unwrap();
    program.say(producer()).await;
    assert!(program.hear().await["message"].as_str().unwrap().contains("a producer needs a token of its own"));
    assert_eq!(program.close_code().await, UNAUTHORIZED);
    // Each of them is counted, in whatever way it was refused.
    let answer = http(&server, "GET /metrics", &[("Host", "localhost"), ("Authorization", "Bearer r1")]).await;
    let metrics = String::from_utf8(answer.body).unwrap();
    assert!(metrics.contains("logrtc_refused_total{reason=\"token\"} 5"), "{metrics}");
    server.stop().await;
}

#[tokio::test]
async fn wrong_tokens_are_bounded_and_the_right_one_is_always_let_in() {
    let server = server().await;
    let since = Instant::now();
    let mut statuses = Vec::new();
    while !statuses.contains(&StatusCode::TOO_MANY_REQUESTS) {
        statuses.push(bearer(&server, "guess").await.err().expect("a guess is refused"));
        let seconds = usize::try_from(since.elapsed().as_secs()).unwrap() + 1;
        assert!(statuses.len() <= 10 * seconds + 1, "{statuses:?}");
        assert!(bearer(&server, "p1").await.is_ok());
    }
    assert!(bearer(&server, "p1").await.is_ok());
    server.stop().await;
}

#[tokio::test]
async fn a_token_that_is_withdrawn_ends_its_connections_and_no_others() {
    let server = server().await;
    let mut api = bearer(&server, "p1").await.unwrap();
    api.say(producer()).await;
    assert_eq!(api.hear().await["type"], "registered");
    let mut page = Client::page(&server).await;
    page.say(reader(Some("r1"))).await;
    assert_eq!(page.hear().await["type"], "registered");
    assert_eq!(page.hear().await["type"], "producer_connected");

    server.set_tokens(tokens("p9", "r1"));
    assert_eq!(api.hear().await["type"], "consumer_connected");
    assert_eq!(api.hear().await["message"], "token: the server no longer accepts it");
    assert_eq!(api.close_code().await, UNAUTHORIZED);
    assert_eq!(page.hear().await["type"], "producer_disconnected");
    assert_eq!(bearer(&server, "p1").await.err(), Some(StatusCode::UNAUTHORIZED));
    let mut api = bearer(&server, "p9").await.unwrap();
    api.say(producer()).await;
    assert_eq!(api.hear().await["type"], "registered");
    assert_eq!(page.hear().await["type"], "producer_connected");
    server.stop().await;
}

#[tokio::test]
async fn a_server_for_other_machines_makes_a_token_and_its_link_has_it() {
    let server = Server::start(Options::new("0.0.0.0:0".parse().unwrap())).await.unwrap();
    let token = server.token().expect("it has made one").to_owned();
    assert_eq!(server.url(), format!("http://127.0.0.1:{}/#token={token}", server.local_addr().port()));
    assert!(!server.signaling_url().contains(&token));
    assert_eq!(Client::connect_with(&server, &[]).await.err(), Some(StatusCode::UNAUTHORIZED));
    let mut api = bearer(&server, &token).await.unwrap();
    api.say(producer()).await;
    assert_eq!(api.hear().await["type"], "registered");
    // It stays when others are read.
    server.set_tokens(tokens("p", "r"));
    assert!(bearer(&server, &token).await.is_ok());
    server.stop().await;

    let mut open = Options::new("0.0.0.0:0".parse().unwrap());
    open.insecure_no_token = true;
    let server = Server::start(open).await.unwrap();
    assert!(server.token().is_none() && !server.url().contains('#'));
    assert!(Client::connect_with(&server, &[]).await.is_ok());
    server.stop().await;

    let mut linked = Options::new("0.0.0.0:0".parse().unwrap());
    linked.link_secret = Some(LinkSecret::new("s3c"));
    assert!(!format!("{linked:?}").contains("s3c"));
    let server = Server::start(linked.clone()).await.unwrap();
    let token = server.token().expect("it has made one").to_owned();
    assert!(server.url().ends_with(&format!("/#token={token}&secret=s3c")), "{}", server.url());
    assert!(!server.signaling_url().contains("s3c"));
    server.stop().await;
    linked.insecure_no_token = true;
    let server = Server::start(linked).await.unwrap();
    assert!(server.url().ends_with("/#secret=s3c"), "{}", server.url());
    server.stop().await;
}
