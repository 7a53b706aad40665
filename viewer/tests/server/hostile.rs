//! A network that is not kind: who does not read, who is slow, who comes too often.

use std::time::{Duration, Instant};

use logrtc_test_support::in_namespace;
use logrtc_viewer::{Role, Server};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::http::StatusCode;

use crate::support::{Client, http, options, within};

const HOST: (&str, &str) = ("Host", "localhost");

/// Waits until the server has ended the connection.
async fn is_ended(mut stream: TcpStream) {
    let mut sink = vec![0; 64 * 1024];
    within(async { while matches!(stream.read(&mut sink).await, Ok(read) if read > 0) {} }).await;
}

#[tokio::test]
async fn sockets_that_never_read_a_response_give_their_places_back() {
    let mut options = options();
    options.limits.max_http_connections = 8;
    options.limits.write_timeout = Duration::from_millis(300);
    // Nothing else gives a place back in time.
    options.limits.header_timeout = Duration::from_secs(600);
    let server = Server::start(options).await.unwrap();
    let mut silent = Vec::new();
    for _ in 0..8 {
        let mut stream = narrow(&server).await;
        // More than the buffers of both ends take.
        let request = "GET /app.js HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(200);
        stream.write_all(request.as_bytes()).await.unwrap();
        silent.push(stream);
    }
    assert_eq!(within(http(&server, "GET /healthz", &[HOST])).await.status(), 200);
    drop(silent);
    server.stop().await;
}

#[tokio::test]
async fn slow_heads_give_their_places_back() {
    let mut options = options();
    options.limits.max_http_connections = 8;
    options.limits.header_timeout = Duration::from_millis(300);
    let server = Server::start(options).await.unwrap();
    let mut slow = Vec::new();
    for _ in 0..8 {
        let mut stream = TcpStream::connect(server.local_addr()).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nHost: local").await.unwrap();
        slow.push(stream);
    }
    assert_eq!(within(http(&server, "GET /healthz", &[HOST])).await.status(), 200);
    for stream in slow {
        is_ended(stream).await;
    }
    server.stop().await;
}

/// A connection that takes little before it is full.
async fn narrow(server: &Server) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4 * 1024).unwrap();
    within(socket.connect(server.local_addr())).await.unwrap()
}

async fn metrics(server: &Server) -> String {
    String::from_utf8(http(server, "GET /metrics", &[HOST]).await.body).unwrap()
}

/// What waits for consumers that do not read stays within the budget, and the one that reads keeps its place.
#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_those_that_do_not_read_is_bounded_in_all() {
    const BUDGET: usize = 1 << 20;
    let mut options = options();
    options.limits.max_total_queued_bytes = BUDGET;
    let server = Server::start(options).await.unwrap();
    let mut reading = Client::consumer(&server, "reading").await;
    let mut silent = Vec::new();
    for number in 0..4 {
        let mut client = Client::on(&server, narrow(&server).await).await;
        client.say(json!({"type": "register", "role": "consumer", "client_id": format!("silent-{number}")})).await;
        silent.push(client);
    }
    let mut producer = Client::producer(&server, "api", "s1").await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(producer.hear().await["consumer_id"].as_str().unwrap().to_owned());
    }
    assert_eq!(reading.hear().await["type"], "producer_connected");
    let sdp = "x".repeat(200 * 1024);
    let mut rounds = 0;
    let text = loop {
        for id in &ids {
            producer.say(json!({"type": "webrtc_offer", "to": id, "sdp": sdp})).await;
        }
        assert_eq!(reading.hear().await["type"], "webrtc_offer");
        let text = metrics(&server).await;
        assert!(sample(&text, "logrtc_queued_bytes") <= BUDGET, "{text}");
        if sample(&text, "logrtc_dropped_clients_total") > 0 {
            break text;
        }
        rounds += 1;
        assert!(rounds < 200, "the budget is used up at last");
    };
    assert_eq!(sample(&text, "logrtc_queued_bytes_limit"), BUDGET);
    server.stop().await;
}

fn sample(text: &str, name: &str) -> usize {
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    value.expect("the series is there").parse().unwrap()
}

/// Another machine of the network takes its share of the connections, and no more.
#[test]
fn an_address_has_its_share() {
    let prepare = "ip addr add 192.0.2.1/32 dev lo";
    in_namespace("hostile::an_address_has_its_share", prepare, || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut options = options();
            options.listen = "192.0.2.1:0".parse().unwrap();
            options.insecure_no_token = true;
            options.limits.max_http_connections_per_address = 4;
            let server = Server::start(options).await.unwrap();
            let mut idle = Vec::new();
            for _ in 0..20 {
                idle.push(TcpStream::connect(server.local_addr()).await.unwrap());
            }
            // Those that have no place are closed at once, long before a head would be late.
            let since = Instant::now();
            for stream in idle.drain(4..) {
                is_ended(stream).await;
            }
            assert!(since.elapsed() < Duration::from_secs(5));
            drop(idle);
            within(async {
                loop {
                    let mut stream = TcpStream::connect(server.local_addr()).await.unwrap();
                    let request = b"GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n";
                    let _ = stream.write_all(request).await;
                    let mut answer = String::new();
                    if stream.read_to_string(&mut answer).await.is_ok() && answer.starts_with("HTTP/1.1 200") {
                        break;
                    }
                }
            })
            .await;
            server.stop().await;
        });
    });
}

/// Who has no token takes no place of those who have one, and hinders no page that brings one.
#[tokio::test(flavor = "multi_thread")]
async fn clients_without_a_token_shut_nobody_out() {
    let mut options = options();
    options.tokens.add("t0k", &[Role::Producer, Role::Reader]).unwrap();
    options.limits.max_connections = 3;
    options.limits.max_connections_without_token = 4;
    // Nothing else gives a place back in time.
    options.limits.register_timeout = Duration::from_secs(600);
    let server = Server::start(options).await.unwrap();
    let mut strangers = Vec::new();
    for _ in 0..10 {
        strangers.push(Client::page(&server).await);
    }
    for stranger in &mut strangers[..6] {
        assert!(stranger.next().await.is_none(), "the oldest give way");
    }
    let bearer = [("authorization", "Bearer t0k")];
    let mut producer = Client::connect_with(&server, &bearer).await.unwrap();
    producer.say(json!({"type": "register", "role": "producer", "client_id": "api"})).await;
    assert_eq!(producer.hear().await["type"], "registered");
    let register = json!({"type": "register", "role": "consumer", "token": "t0k"});
    let mut page = Client::page(&server).await;
    page.say(register.clone()).await;
    assert_eq!(page.hear().await["type"], "registered");
    let metrics_with_token = [HOST, ("Authorization", "Bearer t0k")];
    let text = String::from_utf8(http(&server, "GET /metrics", &metrics_with_token).await.body).unwrap();
    assert_eq!((sample(&text, "logrtc_connections"), sample(&text, "logrtc_connections_without_token")), (2, 3));

    // All seats are taken: that is said to a page, too.
    let _third = Client::connect_with(&server, &bearer).await.unwrap();
    assert_eq!(Client::connect_with(&server, &bearer).await.err(), Some(StatusCode::SERVICE_UNAVAILABLE));
    let mut page = Client::page(&server).await;
    page.say(register).await;
    assert_eq!(page.hear().await["message"], "server: too many connections");
    assert_eq!(page.close_code().await, 1013);
    server.stop().await;
}

/// A client that floods the server is read slowly, is not ended, and holds nobody else up.
#[tokio::test(flavor = "multi_thread")]
async fn messages_of_one_client_are_bounded_in_time() {
    const RATE: u32 = 20;
    const BURST: u32 = 50;
    let mut options = options();
    options.limits.max_messages_per_second = RATE;
    options.limits.max_message_burst = BURST;
    let server = Server::start(options).await.unwrap();
    let since = Instant::now();
    let mut flood = Client::consumer(&server, "flood").await;
    for _ in 0..2_000 {
        flood.say(json!({"type": "ping"})).await;
    }
    let read = loop {
        let read = sample(&metrics(&server).await, "logrtc_messages_total");
        let allowed = f64::from(BURST) + since.elapsed().as_secs_f64() * f64::from(RATE) + 1.0;
        assert!(read as f64 <= allowed, "{read} of {allowed}");
        if read >= BURST as usize + 5 {
            break read;
        }
    };
    for _ in 0..read {
        assert_eq!(flood.hear().await["type"], "pong");
    }
    // Another one is read at once, whatever the first one does.
    let mut other = Client::consumer(&server, "other").await;
    other.say(json!({"type": "ping"})).await;
    assert_eq!(other.hear().await["type"], "pong");
    server.stop().await;
}
