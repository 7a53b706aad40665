//! What a hostile server or consumer says is refused, and the producer goes on.

#![allow(clippy::unwrap_used)]

use std::time::{Duration, Instant};

use logrtc::{Config, EndReason, Event, Level, Producer, State};
use logrtc_test_support::{Consumer, DEADLINE, Server, eventually};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

async fn producer(server: &Server) -> Producer {
    let config = Config::builder("app").url(server.url()).ice_servers([]).environment(false);
    let producer = Producer::connect(config.reconnect_interval(Duration::from_millis(50)).build().unwrap()).unwrap();
    server.registered().await;
    producer
}

/// The producer still does what it is for.
async fn goes_on(producer: &Producer, server: &Server, name: &str) {
    producer.info("app", name);
    let consumer = Consumer::join(server, name).await;
    eventually("the entry arrives", || consumer.count() > 0).await;
    let count = usize::try_from(producer.stats().accepted).unwrap();
    assert_eq!(consumer.entries(count).await[count - 1]["message"], name);
    consumer.leave().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_json_is_counted_and_costs_nothing() {
    let server = Server::start().await;
    let producer = producer(&server).await;
    let deep = format!("{{\"type\":{}1{}}}", "[".repeat(10_000), "]".repeat(10_000));
    let surrogate = r#"{"type":"consumer_connected","consumer_id":"\ud800"}"#;
    let wrong = [
        String::new(),
        "null".into(),
        "[]".into(),
        "{".into(),
        "\u{0}".into(),
        "NaN".into(),
        r#"{"type":NaN}"#.into(),
        r#"{"type":"consumer_connected","consumer_id":1e999}"#.into(),
        r#"{"type":"consumer_connected","consumer_id":[]}"#.into(),
        r#"{"type":"consumer_connected","consumer_id":""}"#.into(),
        r#"{"type":"webrtc_answer","sdp":5}"#.into(),
        r#"{"type":"ice_candidate","candidate":{"candidate":{}}}"#.into(),
        format!(r#"{{"type":"consumer_connected","consumer_id":"{}"}}"#, "x".repeat(10_000)),
        surrogate.into(),
        deep,
    ];
    for text in &wrong {
        server.say_raw(Message::text(text.clone()));
    }
    server.say_raw(Message::binary(vec![0xff; 1000]));
    let expected = wrong.len() as u64 + 1;
    eventually("all of it is counted", || producer.stats().malformed_messages == expected).await;
    assert_eq!(producer.state(), State::Registered, "the connection stays");
    // The last of two keys counts, as everywhere in JSON's readers; it is not a fault.
    server.say_raw(Message::text(r#"{"type":"news","type":"ping"}"#));
    server.hear("pong", |message| message["type"] == "pong").await;
    goes_on(&producer, &server, "still here").await;
    producer.close(DEADLINE).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_beyond_the_limit_ends_the_connection_alone() {
    for bytes in [256 * 1024 + 1, 64 * 1024 * 1024] {
        let server = Server::start().await;
        let producer = producer(&server).await;
        let consumer = Consumer::join(&server, "b").await;
        let since = Instant::now();
        server.say_raw(Message::text(" ".repeat(bytes)));
        server.registered().await;
        assert!(since.elapsed() < Duration::from_secs(5), "it comes back: {:?}", since.elapsed());
        producer.info("app", "the channel is as it was");
        consumer.messages(1).await;
        producer.close(DEADLINE).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_malformed_messages_are_swallowed() {
    let server = Server::start().await;
    let producer = producer(&server).await;
    // As many as are read at once, and some more.
    for batch in 1..=10 {
        (0..1000).for_each(|number| server.say(&json!({"type": number})));
        eventually("a batch is counted", || producer.stats().malformed_messages == batch * 1000).await;
    }
    goes_on(&producer, &server, "still here").await;
    producer.close(DEADLINE).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_sdp_does_not_reach_the_stack() {
    let server = Server::start().await;
    let producer = producer(&server).await;
    server.say(&json!({"type": "consumer_connected", "consumer_id": "hostile"}));
    server.hear("an offer", |message| message["to"] == "hostile").await;
    let fingerprint = format!("a=fingerprint:sha-256 {}\r\n", ["AB"; 32].join(":"));
    let media = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n";
    let ice = "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n";
    let wrong = [
        "x".repeat(65 * 1024),
        String::new(),
        format!("v=0\r\n{}{fingerprint}{ice}", media.repeat(3000)),
        format!("v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n{fingerprint}{ice}"),
        format!("v=0\r\n{media}{ice}"),
        format!("v=0\r\n{media}{ice}a=fingerprint:md5 AB\r\n"),
        format!("v=0\r\n{media}{ice}{fingerprint}{}", fingerprint.replace("AB", "CD")),
        format!("v=0\r\n{}{ice}{fingerprint}", media.replace(" 9 ", " 0 ")),
        format!("v=0\r\n{media}{ice}{fingerprint}a=max-message-size:18446744073709551616\r\n"),
        format!("v=0\r\n{media}{fingerprint}"),
    ];
    for sdp in &wrong {
        server.say(&json!({"type": "webrtc_answer", "from": "hostile", "sdp": sdp}));
    }
    eventually("all are refused", || producer.stats().answers_refused == wrong.len() as u64).await;
    // An answer that passes the check and is nonsense to the stack: that peer fails, and no other.
    let nonsense =
        format!("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n{media}{ice}{fingerprint}a=setup:holdconn\r\n");
    let events = producer.subscribe();
    server.say(&json!({"type": "webrtc_answer", "from": "hostile", "sdp": nonsense}));
    eventually("it fails", || {
        events.try_iter().any(|event| {
            matches!(event, Event::ConsumerDisconnected { reason: EndReason::Failed | EndReason::OpenTimeout, .. })
        })
    })
    .await;
    eventually("nothing is left of it", || producer.stats().open_sockets == 0).await;
    goes_on(&producer, &server, "still here").await;
    producer.close(DEADLINE).unwrap();
}

/// A page that is loaded anew, again and again, faster than its old selves can go.
#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_announcements_costs_a_bounded_number_of_sockets() {
    let server = Server::start().await;
    let config = Config::builder("app").url(server.url()).ice_servers([]).environment(false).max_consumers(4);
    let producer = Producer::connect(config.build().unwrap()).unwrap();
    server.registered().await;
    let mut most = 0;
    for batch in 1..=50 {
        (0..20).for_each(|_| server.say(&json!({"type": "consumer_connected", "consumer_id": "again"})));
        // So that they are known to be read.
        server.say(&json!({"type": "news"}));
        eventually("they are handled", || {
            let stats = producer.stats();
            most = most.max(stats.open_sockets);
            stats.unknown_messages == batch
        })
        .await;
    }
    // The registry, those on their way out, and the sockets of each: 16, and one for mDNS.
    assert!(most <= (4 + 16) * 17, "{most}");
    let begun = producer.stats().consumers_failed;
    assert!(begun < 100, "{begun} connections for one consumer");
    server.say(&json!({"type": "consumer_left", "consumer_id": "again"}));
    eventually("nothing is left", || producer.stats().open_sockets == 0).await;
    goes_on(&producer, &server, "still here").await;
    producer.close(DEADLINE).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_candidates_do_not_reach_the_stack() {
    let server = Server::start().await;
    let producer = producer(&server).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let candidate = |address: &str, rest: &str| -> Value {
        json!({"type": "ice_candidate", "from": "b", "candidate": format!("candidate:1 1 {rest} 1 {address}"), "sdpMLineIndex": 0})
    };
    let consumer = Consumer::join(&server, "b").await;
    let wrong = [
        candidate(&format!("127.0.0.1 {port} typ host tcptype passive"), "tcp"),
        candidate("169.254.169.254 80 typ host", "udp"),
        candidate("0.0.0.0 80 typ host", "udp"),
        candidate("10.0.0.1 0 typ host", "udp"),
        candidate("internal.example 80 typ host", "udp"),
        json!({"type": "ice_candidate", "from": "b", "candidate": "candidate:", "sdpMLineIndex": 0}),
    ];
    for message in &wrong {
        server.say(message);
    }
    eventually("all are refused", || producer.stats().candidates_refused == wrong.len() as u64).await;
    // One consumer may name no more than 32, its answer's among them.
    (0..100_u16).for_each(|number| server.say(&candidate(&format!("192.0.2.{number} 9 typ host"), "udp")));
    eventually("the rest is refused", || producer.stats().candidates_refused >= wrong.len() as u64 + 68).await;
    let connected = tokio::time::timeout(Duration::from_millis(300), listener.accept()).await;
    assert!(connected.is_err(), "no TCP connection is made for a candidate");
    producer.log(Level::Info, "app", "on").send();
    consumer.messages(1).await;
    producer.close(DEADLINE).unwrap();
}
