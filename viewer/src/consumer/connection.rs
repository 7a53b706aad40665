//! One peer connection to a producer. This module and its `runtime.rs` alone drive the WebRTC stack; what the stack does
//! wrong, and what is done about it, stands here.

mod runtime;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use futures_util::FutureExt;
use rtc::ice::mdns::MulticastDnsMode;
use rtc::peer_connection::configuration::setting_engine::SctpMaxMessageSize;
use tokio::sync::mpsc;
use tokio::time::timeout;
use webrtc::data_channel::{DataChannel, DataChannelEvent};
use webrtc::peer_connection::{
    PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCConfigurationBuilder, RTCIceCandidateInit,
    RTCIceGatheringState, RTCIceServer, RTCIceTransportPolicy, RTCPeerConnectionIceEvent, RTCPeerConnectionState,
    RTCSessionDescription, SettingEngine, SettingEngineBuilder,
};

use super::channel_message::ChannelMessage;
use super::message::RemoteCandidate;
use crate::ice_servers::IceServer;
use runtime::{Kick, Sockets};

/// The label of the channel that has the log.
const CHANNEL_LABEL: &str = "logs";

/// The longest message that is accepted, in bytes.
const MAX_MESSAGE_BYTES: u32 = 256 * 1024;

/// How many channels a producer may open beside that of the log. Each takes memory until the connection ends, its label among it.
const MAX_OTHER_CHANNELS: usize = 16;

/// How often a pair of candidates is tried, and how many times: 15 s, the time that a connection has to open.
const CHECK_INTERVAL: Duration = Duration::from_millis(50);
const MAX_CHECKS: u16 = 300;

/// How long the host's own candidates may take to be gathered; it is local work.
const HOST_CANDIDATES_TIMEOUT: Duration = Duration::from_millis(200);

/// If so many messages are at hand, the stack's queue to us, of 256, may have been full.
pub(crate) const FLOOD: usize = 64;

/// What the stack reports about a connection.
pub(crate) enum ConnectionEvent {
    /// A candidate of this side.
    Candidate(String),
    GatheringComplete,
    Channel(Channel),
    Path(Path),
}

/// Why an offer has no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OfferError {
    #[error(transparent)]
    Refused(#[from] webrtc::error::Error),
    #[error("the stack has no answer")]
    NoAnswer,
}

/// The network path to the producer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Path {
    Up,
    /// Nothing has come from the producer for a while; it may come back.
    Down,
    /// It has failed.
    Lost,
    /// The producer has closed the connection.
    Closed,
}

/// Must be closed: a connection that is only dropped keeps its task and its sockets.
pub(crate) struct Connection {
    peer: Arc<dyn PeerConnection>,
    events: mpsc::Receiver<ConnectionEvent>,
    is_opening: Arc<AtomicBool>,
    kick: Kick,
    sockets: usize,
}

impl Connection {
    /// A connection that has no offer yet.
    pub(crate) async fn new(
        addresses: Vec<SocketAddr>,
        ice_servers: Vec<IceServer>,
        relay_only: bool,
    ) -> webrtc::error::Result<Self> {
        let (sender, events) = mpsc::channel(64);
        let is_opening = Arc::new(AtomicBool::new(true));
        let kick = Kick::default();
        let closable = Arc::new(OnceLock::new());
        let handler = Handler { events: sender, other_channels: AtomicUsize::new(0), peer: Arc::clone(&closable) };
        let sockets = addresses.len();
        let configuration = RTCConfigurationBuilder::new()
            .with_ice_servers(ice_servers.into_iter().map(for_stack).collect())
            .with_ice_transport_policy(if relay_only {
                RTCIceTransportPolicy::Relay
            } else {
                RTCIceTransportPolicy::All
            })
            .build();
        let peer = PeerConnectionBuilder::new()
            .with_configuration(configuration)
            .with_setting_engine(settings())
            .with_handler(Arc::new(handler))
            .with_runtime(Arc::new(Sockets::new(Arc::clone(&is_opening), kick.clone())))
            .with_udp_addrs(addresses)
            .build()
            .await?;
        let peer: Arc<dyn PeerConnection> = Arc::new(peer);
        // It is set once, here.
        let _ = closable.set(Arc::downgrade(&peer));
        Ok(Self { peer, events, is_opening, kick, sockets })
    }

    /// Takes an offer, and returns the answer with the candidates that are known without the network: a server may drop
    /// those that come later.
    pub(crate) async fn answer(&mut self, offer: String) -> Result<String, OfferError> {
        self.describe(offer).await?;
        let mut gathered = 0;
        let gathering = async {
            while gathered < self.sockets {
                match self.events.recv().await {
                    Some(ConnectionEvent::Candidate(_)) => gathered += 1,
                    Some(ConnectionEvent::GatheringComplete) | None => return,
                    Some(_) => {}
                }
            }
        };
        let _ = timeout(HOST_CANDIDATES_TIMEOUT, gathering).await;
        let answer = self.peer.local_description().await.ok_or(OfferError::NoAnswer)?;
        Ok(answer.sdp)
    }

    async fn describe(&self, offer: String) -> webrtc::error::Result<()> {
        self.peer.set_remote_description(RTCSessionDescription::offer(offer)?).await?;
        let answer = self.peer.create_answer(None).await?;
        self.peer.set_local_description(answer).await
    }

    /// Adds a candidate of the producer. One that the stack refuses is left out, because others may do.
    pub(crate) async fn add_candidate(&self, candidate: RemoteCandidate) {
        let candidate = RTCIceCandidateInit {
            candidate: candidate.candidate,
            // There is one media line, whatever the offer called it.
            sdp_mid: Some("0".to_owned()),
            sdp_mline_index: Some(0),
            username_fragment: candidate.username_fragment,
            ..RTCIceCandidateInit::default()
        };
        let _ = self.peer.add_ice_candidate(candidate).await;
    }

    /// The next event; none once the connection is closed. Cancelling loses none.
    pub(crate) async fn next_event(&mut self) -> Option<ConnectionEvent> {
        self.events.recv().await
    }

    /// The channel is open: the stack no longer has to be hurried.
    pub(crate) fn set_open(&self) {
        self.is_opening.store(false, Ordering::Relaxed);
    }

    /// To be called when [`FLOOD`] messages or more were at hand: the stack may hold others.
    pub(crate) fn kick(&self) {
        self.kick.send();
    }

    pub(crate) async fn close(self) {
        // It reports only that it was closed before.
        let _ = self.peer.close().await;
    }
}

/// The data channel `logs`.
pub(crate) struct Channel(Arc<dyn DataChannel>);

/// What happens to a channel.
pub(crate) enum ChannelEvent {
    Message(ChannelMessage),
    Closed,
    /// Something that changes nothing.
    Other,
}

impl Channel {
    /// The next event. Cancelling loses none. While nobody asks, the stack holds the producer back.
    pub(crate) async fn next_event(&self) -> ChannelEvent {
        match self.0.poll().await {
            Some(DataChannelEvent::OnMessage(message)) => {
                ChannelEvent::Message(ChannelMessage { is_text: message.is_string, data: message.data.into() })
            }
            Some(DataChannelEvent::OnClose) | None => ChannelEvent::Closed,
            Some(_) => ChannelEvent::Other,
        }
    }

    /// Sends a message. If the channel has ended, that is told by its next event.
    pub(crate) async fn send(&self, text: &str) {
        let _ = self.0.send_text(text).await;
    }

    /// The next event, if there is one.
    pub(crate) fn event_at_hand(&self) -> Option<ChannelEvent> {
        self.next_event().now_or_never()
    }
}

/// A TURN server is a STUN server, too.
fn for_stack(IceServer { mut urls, username, credential }: IceServer) -> RTCIceServer {
    let stun = |url: &String| url.strip_prefix("turn:").map(|address| format!("stun:{address}"));
    urls.extend(urls.iter().filter_map(stun).collect::<Vec<_>>());
    RTCIceServer { urls, username: username.unwrap_or_default(), credential: credential.unwrap_or_default() }
}

fn settings() -> SettingEngine {
    let none = Some(Duration::ZERO);
    SettingEngineBuilder::new()
        .with_sctp_max_message_size(SctpMaxMessageSize::Bounded(MAX_MESSAGE_BYTES))
        .with_multicast_dns_mode(MulticastDnsMode::Disabled)
        .with_ice_timeouts(Some(Duration::from_secs(5)), Some(Duration::from_secs(25)), Some(Duration::from_secs(2)))
        .with_ice_connection_attempts(Some(CHECK_INTERVAL), Some(MAX_CHECKS))
        // The stack would hold a pair back for up to two seconds, for the chance of a better one.
        .with_host_acceptance_min_wait(none)
        .with_srflx_acceptance_min_wait(none)
        .with_prflx_acceptance_min_wait(none)
        .with_relay_acceptance_min_wait(none)
        .build()
}

/// Runs on the connection's own task: it only passes on, and never waits.
struct Handler {
    events: mpsc::Sender<ConnectionEvent>,
    other_channels: AtomicUsize,
    /// There once the connection is.
    peer: Arc<OnceLock<Weak<dyn PeerConnection>>>,
}

impl Handler {
    fn tell(&self, event: ConnectionEvent) {
        // It is read until the connection ends, so the queue is full only if nobody will read it.
        let _ = self.events.try_send(event);
    }
}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Handler {
    async fn on_ice_candidate(&self, event: RTCPeerConnectionIceEvent) {
        if let Ok(candidate) = event.candidate.to_json()
            && !candidate.candidate.is_empty()
        {
            self.tell(ConnectionEvent::Candidate(candidate.candidate));
        }
    }

    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state == RTCIceGatheringState::Complete {
            self.tell(ConnectionEvent::GatheringComplete);
        }
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        let path = match state {
            RTCPeerConnectionState::Connected => Path::Up,
            RTCPeerConnectionState::Disconnected => Path::Down,
            RTCPeerConnectionState::Failed => Path::Lost,
            RTCPeerConnectionState::Closed => Path::Closed,
            _ => return,
        };
        self.tell(ConnectionEvent::Path(path));
    }

    async fn on_data_channel(&self, channel: Arc<dyn DataChannel>) {
        // A producer that ends at once may have closed it by now, and its label with it; its messages are still there.
        if channel.label().await.map_or(true, |label| label == CHANNEL_LABEL) {
            self.tell(ConnectionEvent::Channel(Channel(channel)));
        } else if self.other_channels.fetch_add(1, Ordering::Relaxed) >= MAX_OTHER_CHANNELS
            && let Some(peer) = self.peer.get().and_then(Weak::upgrade)
        {
            // At once, because whoever reads the events may wait for a user.
            let _ = peer.close().await;
        }
    }
}
