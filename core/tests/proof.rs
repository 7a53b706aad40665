//! The end-to-end proof (docs/protocol.md §6.5): a consumer without the secret gets no entry.

#![allow(clippy::unwrap_used)]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use logrtc::binding::{Claim, Context, NONCE_BYTES, Secret, only_fingerprint};
use logrtc::{Config, EndReason, Event, Producer};
use logrtc_test_support::{Consumer, DEADLINE, Server, eventually, hello_line};
use serde_json::{Value, json};

const SECRET: &str = "0123456789abcdef0123456789abcdef";

async fn start(server: &Server, secret: Option<&str>) -> Producer {
    let mut config = Config::builder("app").url(server.url()).ice_servers([]).environment(false);
    if let Some(secret) = secret {
        config = config.secret(secret);
    }
    let producer = Producer::connect(config.build().unwrap()).unwrap();
    server.registered().await;
    producer.info("app", "for readers");
    producer
}

/// The value of a session-level line of an SDP.
fn line<'a>(sdp: &'a str, key: &str) -> Option<&'a str> {
    sdp.lines().take_while(|line| !line.starts_with("m=")).find_map(|line| line.strip_prefix(key))
}

/// The MAC of `answer` or of the producer for it, with this secret.
fn mac(secret: &str, offer: &str, answer: &str, claim: impl FnOnce(&[u8; 32]) -> Claim<'_>) -> String {
    let nonce = URL_SAFE_NO_PAD.decode(line(offer, "a=x-logrtc-nonce:").unwrap()).unwrap();
    let nonce: [u8; NONCE_BYTES] = nonce.try_into().unwrap();
    let session = line(offer, "a=x-logrtc:1 ").unwrap();
    let context = Context { nonce: &nonce, session, offer: &only_fingerprint(offer).unwrap() };
    let fingerprint = only_fingerprint(answer).unwrap();
    URL_SAFE_NO_PAD.encode(Secret::parse(secret).unwrap().mac(context, claim(&fingerprint)))
}

fn proof_line(secret: &str, offer: &str, answer: &str) -> String {
    format!("a=x-logrtc-proof:{}\r\n", mac(secret, offer, answer, |fingerprint| Claim::Consumer(fingerprint)))
}

/// The `welcome` of a consumer of the extension, once it has the entry, too.
async fn welcomed(consumer: &Consumer) -> Value {
    let mut count = 2;
    loop {
        let messages = consumer.messages(count).await;
        if messages.iter().any(|message| message.contains("for readers")) {
            return serde_json::from_str(&messages[0]).unwrap();
        }
        count = messages.len() + 1;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_the_secret_gets_the_log_and_the_proof_of_the_producer() {
    let server = Server::start().await;
    let producer = start(&server, Some(SECRET)).await;
    let mut expected = String::new();
    let extended = Consumer::join_with(&server, "extended", |offer, answer| {
        expected = mac(SECRET, offer, answer, |fingerprint| Claim::Producer(fingerprint));
        proof_line(SECRET, offer, answer) + &hello_line(&json!({}))
    })
    .await;
    let welcome = welcomed(&extended).await;
    assert_eq!((&welcome["type"], &welcome["proof"]), (&json!("welcome"), &json!(expected)));
    let plain = Consumer::join_with(&server, "plain", |offer, answer| proof_line(SECRET, offer, answer)).await;
    assert_eq!(plain.entries(1).await[0]["message"], "for readers");
    let stats = producer.stats();
    assert_eq!((stats.consumers_opened, stats.proofs_refused), (2, 0));
    producer.close(DEADLINE).unwrap();
}

/// An answer of a consumer that no entry must reach.
fn answer(lines: &str) -> String {
    let ice = "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n";
    let fingerprint = format!("a=fingerprint:sha-256 {}\r\n", ["AB"; 32].join(":"));
    let head = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n";
    format!("{head}{lines}m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n{ice}{fingerprint}a=setup:active\r\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_the_right_proof_is_refused_and_counted() {
    let server = Server::start().await;
    let producer = start(&server, Some(SECRET)).await;
    let events = producer.subscribe();
    let mut earlier = String::new();
    let other = "0123456789abcdef0123456789abcdee";
    for (number, what) in ["none", "another secret", "of an earlier offer", "two fingerprints"].into_iter().enumerate()
    {
        let id = format!("without-{number}");
        server.say(&json!({"type": "consumer_connected", "consumer_id": id}));
        let offer = server.hear("an offer", |message| message["to"] == id.as_str()).await;
        let offer = offer["sdp"].as_str().unwrap();
        let right = proof_line(SECRET, offer, &answer(""));
        let said = match what {
            "none" => answer(""),
            "another secret" => answer(&proof_line(other, offer, &answer(""))),
            "of an earlier offer" => answer(&earlier),
            // Both the same, which is right without a secret.
            _ => answer(&format!("{right}a=fingerprint:sha-256 {}\r\n", ["AB"; 32].join(":"))),
        };
        assert_ne!(std::mem::replace(&mut earlier, right.clone()), right, "each offer has a nonce of its own");
        server.say(&json!({"type": "webrtc_answer", "from": id, "sdp": said}));
        eventually("it is counted", || producer.stats().proofs_refused == number as u64 + 1).await;
        eventually("its connection ends", || {
            events.try_iter().any(|event| {
                matches!(event, Event::ConsumerDisconnected { consumer_id, reason, counts }
                    if consumer_id == id && reason == EndReason::ProofRefused && counts.accepted == 0)
            })
        })
        .await;
    }
    let stats = producer.stats();
    assert_eq!((stats.consumers_opened, stats.consumers_failed, stats.answers_refused), (0, 4, 0));
    eventually("nothing is left of them", || producer.stats().open_sockets == 0).await;
    let reader = Consumer::join_with(&server, "with", |offer, answer| proof_line(SECRET, offer, answer)).await;
    assert_eq!(reader.entries(1).await[0]["message"], "for readers");
    producer.close(DEADLINE).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_secret_nothing_is_asked_for_and_a_proof_says_nothing() {
    let server = Server::start().await;
    let producer = start(&server, None).await;
    let consumer = Consumer::join_with(&server, "with", |offer, _| {
        assert_eq!(line(offer, "a=x-logrtc-nonce:").or(line(offer, "a=x-logrtc-proof:")), None);
        format!("a=x-logrtc-proof:{}\r\n{}", "A".repeat(43), hello_line(&json!({})))
    })
    .await;
    assert_eq!(welcomed(&consumer).await.get("proof"), None);
    producer.close(DEADLINE).unwrap();
}
