//! A consumer's check may be faster than its answer, which goes through the server.

#![allow(clippy::unwrap_used)]

use std::net::SocketAddr;

use logrtc::{Config, Producer};
use logrtc_test_support::{DEADLINE, Server, eventually};
use rtc::ice::attributes::control::AttrControlled;
use rtc::ice::attributes::priority::PriorityAttr;
use rtc::stun::attributes::ATTR_USERNAME;
use rtc::stun::fingerprint::FINGERPRINT;
use rtc::stun::integrity::MessageIntegrity;
use rtc::stun::message::{BINDING_REQUEST, BINDING_SUCCESS, Message, TransactionId};
use rtc::stun::textattrs::TextAttribute;
use serde_json::json;
use tokio::net::UdpSocket;
use tokio::time::timeout;

const UFRAG: &str = "abcd";

/// The value of a line of an SDP.
fn line<'a>(sdp: &'a str, key: &str) -> &'a str {
    sdp.lines().find_map(|line| line.strip_prefix(key)).unwrap()
}

/// Where the offer's first candidate is reached.
fn candidate(sdp: &str) -> SocketAddr {
    let words: Vec<_> = line(sdp, "a=candidate:").split(' ').collect();
    SocketAddr::new(words[4].parse().unwrap(), words[5].parse().unwrap())
}

/// A check of a consumer, as RFC 8445 §7.1 has it.
fn check(offer: &str) -> Message {
    let crypto = rtc::crypto::default_provider().unwrap();
    let username = format!("{}:{UFRAG}", line(offer, "a=ice-ufrag:"));
    let password = line(offer, "a=ice-pwd:").to_owned();
    let mut check = Message::new();
    check
        .build(&[
            Box::new(BINDING_REQUEST),
            Box::new(TransactionId::new()),
            Box::new(TextAttribute::new(ATTR_USERNAME, username)),
            Box::new(PriorityAttr(1)),
            Box::new(AttrControlled(1)),
            Box::new(MessageIntegrity::new_short_term_integrity_with_provider(password, crypto.crypto())),
            Box::new(FINGERPRINT),
        ])
        .unwrap();
    check
}

fn answer(mid: &str) -> String {
    let fingerprint = ["AB"; 32].join(":");
    format!(
        "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE {mid}\r\n\
         m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=mid:{mid}\r\na=setup:active\r\n\
         a=ice-ufrag:{UFRAG}\r\na=ice-pwd:0123456789012345678901\r\na=fingerprint:sha-256 {fingerprint}\r\n\
         a=sctp-port:5000\r\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_that_comes_before_the_answer_is_answered_after_it() {
    let server = Server::start().await;
    let config = Config::builder("app").url(server.url()).ice_servers([]).environment(false);
    let producer = Producer::connect(config.interfaces(["127.0.0.1"]).build().unwrap()).unwrap();
    server.registered().await;
    server.say(&json!({"type": "consumer_connected", "consumer_id": "b"}));
    let offer = server.hear("an offer", |message| message["type"] == "webrtc_offer").await;
    let offer = offer["sdp"].as_str().unwrap();

    let consumer = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let check = check(offer);
    consumer.send_to(&check.raw, candidate(offer)).await.unwrap();
    server.say(&json!({"type": "webrtc_answer", "from": "b", "sdp": answer(line(offer, "a=mid:"))}));

    let mut buffer = [0; 2048];
    loop {
        let length = timeout(DEADLINE, consumer.recv(&mut buffer)).await.expect("the check is answered").unwrap();
        let mut received = Message { raw: buffer[..length].to_vec(), ..Message::default() };
        // The producer checks the path, too.
        if received.decode().is_ok() && received.typ == BINDING_SUCCESS {
            assert_eq!(received.transaction_id, check.transaction_id);
            break;
        }
    }
    let _ = producer.close(std::time::Duration::ZERO);
    eventually("it is closed", || producer.stats().open_sockets == 0).await;
}
