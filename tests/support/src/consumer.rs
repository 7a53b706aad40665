//! A consumer, on the same stack as the producer: of the base protocol, or of the extension where it says a `hello`.

use std::io::Read as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::read::DeflateDecoder;
use serde_json::{Value, json};
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinHandle;
use webrtc::data_channel::{DataChannel, DataChannelEvent};
use webrtc::peer_connection::{PeerConnection, RTCSessionDescription};

use crate::{DEADLINE, Server, peer};

/// One browser, as far as a producer can tell.
pub struct Consumer {
    peer: Arc<dyn PeerConnection>,
    channel: Arc<dyn DataChannel>,
    received: Arc<Received>,
    reads: watch::Sender<bool>,
    reader: JoinHandle<()>,
}

#[derive(Default)]
struct Received {
    messages: Mutex<Vec<String>>,
    compressed: AtomicUsize,
    came: Notify,
    closed: watch::Sender<bool>,
}

impl Consumer {
    /// Announces itself as `consumer_id`, answers the offer, and waits for the channel `logs`.
    pub async fn join(server: &Server, consumer_id: &str) -> Self {
        server.say(&json!({"type": "consumer_connected", "consumer_id": consumer_id}));
        Self::answer(server, consumer_id).await
    }

    /// Answers an offer to `consumer_id`, which has been announced.
    pub async fn answer(server: &Server, consumer_id: &str) -> Self {
        let offer = server.hear("an offer", |m| m["type"] == "webrtc_offer" && m["to"] == consumer_id).await;
        Self::answer_offer(server, offer["sdp"].as_str().expect("sdp is a string")).await
    }

    /// Answers this offer, as the base protocol does: without a name.
    pub async fn answer_offer(server: &Server, offer: &str) -> Self {
        Self::answer_with(offer, |answer| {
            server.say(&json!({"type": "webrtc_answer", "sdp": answer}));
        })
        .await
    }

    /// Announces itself, and asks for the extension (docs/protocol.md §6) by this `hello`. The messages that it
    /// gets are those before compression.
    pub async fn join_extended(server: &Server, consumer_id: &str, hello: &Value) -> Self {
        Self::join_with(server, consumer_id, |_, _| hello_line(hello)).await
    }

    /// Announces itself, and adds to its answer the session-level lines that `lines` makes of the offer and the answer.
    pub async fn join_with(server: &Server, consumer_id: &str, lines: impl FnOnce(&str, &str) -> String) -> Self {
        server.say(&json!({"type": "consumer_connected", "consumer_id": consumer_id}));
        let offer = server.hear("an offer", |m| m["type"] == "webrtc_offer" && m["to"] == consumer_id).await;
        let offer = offer["sdp"].as_str().expect("sdp is a string");
        assert!(offer.contains("\r\na=x-logrtc:1 "), "the offer tells of the extension");
        Self::answer_with(offer, |answer| {
            let answer = answer.replacen("\r\nm=", &format!("\r\n{}m=", lines(offer, answer)), 1);
            server.say(&json!({"type": "webrtc_answer", "sdp": answer}));
        })
        .await
    }

    /// Answers this offer, but says its candidates first, and the answer without them.
    pub async fn answer_candidates_first(server: &Server, offer: &str) -> Self {
        Self::answer_with(offer, |answer| {
            let is_candidate = |line: &&str| line.starts_with("a=candidate:");
            for candidate in answer.lines().filter(is_candidate) {
                let candidate = candidate.trim_start_matches("a=");
                server.say(&json!({"type": "ice_candidate", "candidate": candidate, "sdpMLineIndex": 0}));
            }
            let rest: String =
                answer.lines().filter(|line| !is_candidate(line)).map(|line| format!("{line}\r\n")).collect();
            server.say(&json!({"type": "webrtc_answer", "sdp": rest}));
        })
        .await
    }

    async fn answer_with(offer: &str, say_answer: impl FnOnce(&str)) -> Self {
        let (opened, mut channels) = mpsc::channel(1);
        let gathered = Arc::new(Notify::new());
        let peer = peer::build(opened, Arc::clone(&gathered)).await;
        let offer = RTCSessionDescription::offer(offer.to_owned()).expect("the offer is SDP");
        peer.set_remote_description(offer).await.expect("the offer is acceptable");
        let answer = peer.create_answer(None).await.expect("an offer can be answered");
        let complete = gathered.notified();
        peer.set_local_description(answer).await.expect("the answer is our own");
        tokio::time::timeout(DEADLINE, complete).await.expect("candidates are gathered");
        let answer = peer.local_description().await.expect("the answer is set").sdp;
        say_answer(&answer);
        let channel = tokio::time::timeout(DEADLINE, channels.recv()).await.expect("the channel opens").expect("opens");
        // A short program may have closed it by now; its messages are still there.
        if let (Ok(label), Ok(ordered)) = (channel.label().await, channel.ordered().await) {
            assert_eq!((label.as_str(), ordered), ("logs", true));
        }

        let received = Arc::new(Received::default());
        let (reads, reading) = watch::channel(true);
        let reader = tokio::spawn(read(Arc::clone(&channel), Arc::clone(&received), reading));
        Self { peer, channel, received, reads, reader }
    }

    /// Stops taking messages: its receive window closes. Or takes them again.
    pub fn set_reading(&self, reading: bool) {
        self.reads.send_replace(reading);
    }

    /// Sends a message to the producer.
    pub async fn say(&self, text: &str) {
        self.channel.send_text(text).await.expect("the channel is open");
    }

    /// Sends a message to the producer; false where the channel has ended.
    pub async fn try_say(&self, text: &str) -> bool {
        self.channel.send_text(text).await.is_ok()
    }

    /// Opens a channel of its own, which no consumer may; false where the connection has ended.
    pub async fn try_open_channel(&self, label: &str) -> bool {
        !*self.received.closed.borrow() && self.peer.create_data_channel(label, None).await.is_ok()
    }

    /// How many of the messages came compressed.
    pub fn compressed(&self) -> usize {
        self.received.compressed.load(Ordering::Relaxed)
    }

    /// How many messages came so far.
    pub fn count(&self) -> usize {
        self.received.messages.lock().expect("no test panics with it").len()
    }

    /// Every message so far, once there are `count`.
    ///
    /// # Panics
    /// Where there are not as many within the deadline.
    pub async fn messages(&self, count: usize) -> Vec<String> {
        let arrive = async {
            loop {
                let came = self.received.came.notified();
                if self.count() >= count {
                    return;
                }
                came.await;
            }
        };
        if tokio::time::timeout(DEADLINE, arrive).await.is_err() {
            panic!("{} of {count} messages came", self.count());
        }
        self.received.messages.lock().expect("no test panics with it").clone()
    }

    /// The entries among the messages, once there are `count`.
    pub async fn entries(&self, count: usize) -> Vec<Value> {
        let messages = self.messages(count).await;
        messages.iter().map(|message| serde_json::from_str(message).expect("an entry is JSON")).collect()
    }

    /// Waits until the producer has closed the channel.
    pub async fn closed(&self) {
        let mut closed = self.received.closed.subscribe();
        tokio::time::timeout(DEADLINE, closed.wait_for(|closed| *closed)).await.expect("it closes").expect("it lives");
    }

    /// Leaves, as a closed tab does.
    pub async fn leave(self) {
        self.peer.close().await.expect("it can be closed");
        self.reader.abort();
    }
}

/// The line of an answer that asks for the extension (docs/protocol.md §6.1).
pub fn hello_line(hello: &Value) -> String {
    format!("a=x-logrtc-hello:{}\r\n", URL_SAFE_NO_PAD.encode(hello.to_string()))
}

async fn read(channel: Arc<dyn DataChannel>, received: Arc<Received>, mut reading: watch::Receiver<bool>) {
    loop {
        if reading.wait_for(|reading| *reading).await.is_err() {
            return;
        }
        tokio::select! {
            event = channel.poll() => match event {
                Some(DataChannelEvent::OnMessage(message)) => {
                    let text = if message.is_string {
                        String::from_utf8(message.data.to_vec()).expect("a text message is UTF-8")
                    } else {
                        received.compressed.fetch_add(1, Ordering::Relaxed);
                        inflate(&message.data)
                    };
                    received.messages.lock().expect("no test panics with it").push(text);
                    received.came.notify_waiters();
                }
                Some(DataChannelEvent::OnClose) | None => {
                    received.closed.send_replace(true);
                    return;
                }
                Some(_) => {}
            },
            changed = reading.changed() => if changed.is_err() { return },
        }
    }
}

fn inflate(bytes: &[u8]) -> String {
    let mut text = String::new();
    DeflateDecoder::new(bytes).read_to_string(&mut text).expect("a frame is a whole stream of text");
    text
}
