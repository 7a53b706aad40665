//! The producer's side of a connection, by hand: for a consumer that is to stand one that keeps to
//! no protocol.

use std::sync::Arc;

use tokio::sync::{Notify, mpsc};
use webrtc::data_channel::{DataChannel, DataChannelEvent, RTCDataChannelState};
use webrtc::peer_connection::{PeerConnection, RTCSessionDescription};

use crate::{DEADLINE, peer};

/// A connection with the channel `logs`.
pub struct Offerer {
    peer: Arc<dyn PeerConnection>,
    channel: Arc<dyn DataChannel>,
}

impl Offerer {
    /// One that waits for an answer, and its offer.
    pub async fn new() -> (Self, String) {
        let gathered = Arc::new(Notify::new());
        let peer = peer::build(mpsc::channel(1).0, Arc::clone(&gathered)).await;
        let channel = peer.create_data_channel("logs", None).await.expect("a channel can be made");
        let offer = peer.create_offer(None).await.expect("an offer can be made");
        let complete = gathered.notified();
        peer.set_local_description(offer).await.expect("the offer is our own");
        tokio::time::timeout(DEADLINE, complete).await.expect("candidates are gathered");
        let offer = peer.local_description().await.expect("the offer is set").sdp;
        (Self { peer, channel }, offer)
    }

    /// Takes the answer, and waits for the channel.
    pub async fn accept(&self, answer: &str) {
        let answer = RTCSessionDescription::answer(answer.to_owned()).expect("the answer is SDP");
        self.peer.set_remote_description(answer).await.expect("the answer is acceptable");
        let opened = async { while !matches!(self.channel.poll().await, Some(DataChannelEvent::OnOpen)) {} };
        tokio::time::timeout(DEADLINE, opened).await.expect("the channel opens");
    }

    /// Sends a message to the consumer.
    pub async fn say(&self, text: &str) {
        self.channel.send_text(text).await.expect("the channel is open");
    }

    /// Opens one more channel; false where the connection has ended.
    pub async fn try_open_channel(&self, label: &str) -> bool {
        let is_open = matches!(self.channel.ready_state().await, Ok(RTCDataChannelState::Open));
        is_open && self.peer.create_data_channel(label, None).await.is_ok()
    }
}
