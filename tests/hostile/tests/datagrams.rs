//! Anybody who knows a port of the producer, and neither a password nor a key.

use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use logrtc_test_support::{Consumer, Server};

use crate::producer::Producer;

/// A fatal alert in plain text: handshake_failure (RFC 5246 §7.2).
const ALERT: [u8; 15] = [21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 40];

/// A ClientHello of DTLS 1.2 with one cipher suite (RFC 6347 §4.2.2).
fn client_hello() -> Vec<u8> {
    let body: Vec<u8> = [
        &[0xfe, 0xfd][..],   // version
        &[7; 32],            // random
        &[0, 0],             // no session, no cookie
        &[0, 2, 0xc0, 0x2b], // TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
        &[1, 0],             // no compression
    ]
    .concat();
    let length = u8::try_from(body.len()).unwrap();
    let handshake = [&[1, 0, 0, length, 0, 0, 0, 0, 0, 0, 0, length][..], &body].concat();
    [&[22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, u8::try_from(handshake.len()).unwrap()][..], &handshake].concat()
}

/// A check that claims the other role, by the highest tie-breaker (RFC 8445 §7.1.3), and proves
/// nothing.
fn forged_check() -> Vec<u8> {
    let attribute = [&[0x80, 0x2a, 0, 8][..], &[0xff; 8]].concat();
    let length = u8::try_from(attribute.len()).unwrap();
    [&[0, 1, 0, length, 0x21, 0x12, 0xa4, 0x42][..], &[9; 12], &attribute].concat()
}

/// Where an offer says that the producer listens.
fn candidates(sdp: &str) -> Vec<SocketAddr> {
    let address = |line: &str| {
        let words: Vec<&str> = line.strip_prefix("a=candidate:")?.split(' ').collect();
        Some(SocketAddr::new(words[4].parse().ok()?, words[5].parse().ok()?))
    };
    sdp.lines().filter_map(address).filter(SocketAddr::is_ipv4).collect()
}

/// Sends a datagram to every candidate, each millisecond, until it is dropped.
struct Attack(Arc<AtomicBool>, Option<std::thread::JoinHandle<()>>);

impl Attack {
    fn start(datagram: Vec<u8>, to: Vec<SocketAddr>) -> Self {
        assert!(!to.is_empty(), "the offer has candidates");
        let ends = Arc::new(AtomicBool::new(false));
        let ended = Arc::clone(&ends);
        let attack = std::thread::spawn(move || {
            let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
            while !ended.load(Ordering::Relaxed) {
                for address in &to {
                    // An address that it has no way to is another network's.
                    let _ = socket.send_to(&datagram, address);
                }
                std::thread::sleep(Duration::from_millis(1));
            }
        });
        Self(ends, Some(attack))
    }
}

impl Drop for Attack {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
        self.1.take().unwrap().join().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_datagram_of_anybody_ends_no_opening() {
    let server = Server::start().await;
    let producer = Producer::start(&server.url()).await;
    for (name, datagram) in [("alert", ALERT.to_vec()), ("hello", client_hello()), ("check", forged_check())] {
        for number in 0..3 {
            let id = format!("{name} {number}");
            server.say(&serde_json::json!({"type": "consumer_connected", "consumer_id": id}));
            let offer =
                server.hear("an offer", |message| message["type"] == "webrtc_offer" && message["to"] == id).await;
            let offer = offer["sdp"].as_str().unwrap();
            let attack = Attack::start(datagram.clone(), candidates(offer));
            let consumer = Consumer::answer_offer(&server, offer).await;
            consumer.messages(10).await;
            // The channel that has opened is not ended by it, either.
            consumer.say("still here").await;
            assert_eq!(producer.ends(&id), [""; 0], "the first attempt opens");
            drop(attack);
            consumer.leave().await;
        }
    }
}
