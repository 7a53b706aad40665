//! A peer connection with the channel `logs`, as the stack wants to be used: docs/protocol.md §1.
//!
//! What the stack does wrong, and what is done about it, stands here and in `sockets`.

use std::sync::Arc;
use std::time::Duration;

use ::webrtc::data_channel::{DataChannel, RTCDataChannelInit};
use ::webrtc::peer_connection::{
    CipherSuiteId, PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCConfigurationBuilder,
    RTCIceCandidateInit, RTCIceConnectionState, RTCIceGatheringState, RTCIceServer, RTCIceTransportPolicy,
    RTCPeerConnectionIceEvent, RTCPeerConnectionState, RTCSessionDescription, SettingEngine, SettingEngineBuilder,
};
use rtc::ice::mdns::MulticastDnsMode;
use rtc::peer_connection::configuration::setting_engine::SctpMaxMessageSize;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout, timeout_at};

use super::addresses;
use super::channel::Channel;
use super::dtls_gate::DtlsGate;
use super::early_gate::{EarlyGate, Stage};
use super::error::{Error, Result};
use super::local_candidates::Dress;
use super::ports::{Lease, Ports};
use super::sockets::Sockets;
use super::stream_reset::StreamResets;
use crate::config::Config;
use crate::message::RemoteCandidate;
use crate::stats::Counters;

/// The label of the channel (docs/protocol.md §1).
const CHANNEL_LABEL: &str = "logs";

/// The longest message that is offered and sent, in bytes: an entry of the longest that there are, with the head of a batch.
/// The stack keeps as much memory for each connection (rtc 0.21.1, `transport/sctp/mod.rs`, `start`).
pub(crate) const MAX_MESSAGE_BYTES: u32 = 66 * 1024;

/// How much the stack keeps of what a consumer sends before it is read, in bytes: two messages of the longest. Its own default
/// is eight times as much, and a message of one byte takes a hundred times its length of memory.
const RECEIVE_BUFFER_BYTES: u32 = 2 * MAX_MESSAGE_BYTES;

/// How often a pair of candidates is tried, and how many times: 15 s, the time that a peer has to open. `check_pace` lets
/// fewer of them go.
const CHECK_INTERVAL: Duration = Duration::from_millis(10);
const MAX_CHECKS: u16 = 1500;

/// How long the host's own candidates may take to be gathered; it is local work.
const HOST_CANDIDATES_TIMEOUT: Duration = Duration::from_millis(200);

/// How long an offer waits for the first address of a TURN server, if there are to be no others.
const RELAY_CANDIDATE_TIMEOUT: Duration = Duration::from_secs(1);

/// What the stack tells about a connection.
#[derive(Debug)]
pub(crate) enum ConnectionEvent {
    /// A candidate of this side.
    Candidate(String),
    /// One that the stack does not know: where a candidate of this side is announced.
    Announced(String),
    GatheringComplete,
    /// ICE has a pair: what follows is DTLS, SCTP, and the opening of the channel.
    PathFound,
    Path(Path),
}

/// How the path to the consumer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Path {
    Up,
    /// Nothing has come from the consumer for a while; it may come back.
    Down,
    /// It has failed.
    Lost,
    /// The consumer has closed the connection, or this side has.
    Closed,
}

/// Must be closed: a connection that is only dropped keeps its task and its sockets.
pub(crate) struct Connection {
    peer: Arc<dyn PeerConnection>,
    pub(crate) channel: Channel,
    pub(crate) events: mpsc::Receiver<ConnectionEvent>,
    pub(crate) dtls_gate: DtlsGate,
    dress: Dress,
    is_relayed: bool,
    resets: StreamResets,
    gate: EarlyGate,
    lease: Arc<Lease>,
}

/// What a connection is made with.
pub(crate) struct ConnectionOptions {
    pub(crate) config: Arc<Config>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) ice_servers: Vec<RTCIceServer>,
    pub(crate) ports: Arc<Ports>,
}

impl Connection {
    /// A connection that has offered nothing yet.
    pub(crate) async fn new(options: &ConnectionOptions) -> Result<Self> {
        // With mDNS a browser's `.local` candidates can be reached from behind a firewall. Where there is no multicast
        // route the stack refuses to build with it (webrtc 0.21.1, driver.rs `bind_transports`): then without, and the
        // browser is learnt from its own checks. Can go when mDNS is best effort upstream;
        // tests/loopback_only.rs shows the fault.
        let lease = Arc::new(options.ports.lease(addresses::to_bind(&options.config))?);
        match Self::with_mdns(options, Arc::clone(&lease), MulticastDnsMode::QueryOnly).await {
            Ok(connection) => Ok(connection),
            Err(_) => Self::with_mdns(options, lease, MulticastDnsMode::Disabled).await,
        }
    }

    async fn with_mdns(options: &ConnectionOptions, lease: Arc<Lease>, mdns: MulticastDnsMode) -> Result<Self> {
        let (sender, events) = mpsc::channel(64);
        let (dtls_gate, gate) = (DtlsGate::default(), EarlyGate::default());
        let resets = StreamResets::default();
        let paths = &options.config.paths;
        let dress = Dress::new(paths);
        let policy = if paths.relay_only { RTCIceTransportPolicy::Relay } else { RTCIceTransportPolicy::All };
        let counters = Arc::clone(&options.counters);
        let runtime = Sockets::new(&options.config, counters, dtls_gate.clone(), gate.clone(), resets.clone());
        let handler = Handler { events: sender, dtls_gate: dtls_gate.clone(), gate: gate.clone(), dress };
        let configuration = RTCConfigurationBuilder::new()
            .with_ice_servers(options.ice_servers.clone())
            .with_ice_transport_policy(policy)
            .build();
        let peer = PeerConnectionBuilder::new()
            .with_configuration(configuration)
            .with_setting_engine(settings(mdns))
            .with_handler(Arc::new(handler))
            .with_runtime(Arc::new(runtime))
            .with_udp_addrs(lease.addresses().to_vec())
            .build()
            .await?;
        let peer: Arc<dyn PeerConnection> = Arc::new(peer);
        let init = RTCDataChannelInit { ordered: true, ..RTCDataChannelInit::default() };
        match peer.create_data_channel(CHANNEL_LABEL, Some(init)).await {
            Ok(channel) => {
                let (channel, is_relayed) = (Channel(channel), paths.relay_only);
                Ok(Self { peer, channel, events, dtls_gate, dress, is_relayed, resets, gate, lease })
            }
            Err(error) => {
                let _ = peer.close().await;
                Err(error.into())
            }
        }
    }

    /// The offer, with every candidate that is known without the network: a server may drop those that come later.
    pub(crate) async fn offer(&mut self) -> Result<String> {
        let offer = self.peer.create_offer(None).await?;
        self.peer.set_local_description(offer).await?;
        let mut gathered = 0;
        // A host has a candidate for each socket; that a TURN server has any is known when it answers.
        let (wanted, limit) = match self.is_relayed {
            false => (self.lease.addresses().len(), HOST_CANDIDATES_TIMEOUT),
            true => (1, RELAY_CANDIDATE_TIMEOUT),
        };
        let gathering = async {
            while gathered < wanted {
                match self.events.recv().await {
                    Some(ConnectionEvent::Candidate(_)) => gathered += 1,
                    Some(ConnectionEvent::Announced(_) | ConnectionEvent::Path(_) | ConnectionEvent::PathFound) => {}
                    Some(ConnectionEvent::GatheringComplete) | None => return,
                }
            }
        };
        let _ = timeout(limit, gathering).await;
        let local = self.peer.local_description().await.ok_or(Error::NoDescription)?;
        self.dtls_gate.set_local(&local.sdp);
        Ok(self.dress.description(&local.sdp))
    }

    /// Takes the consumer's answer, which has been checked.
    pub(crate) async fn accept(&self, answer: String) -> Result<()> {
        self.dtls_gate.set_remote(&answer);
        let answer = RTCSessionDescription::answer(answer)?;
        self.peer.set_remote_description(answer).await?;
        self.gate.reach(Stage::Answered);
        Ok(())
    }

    /// Takes one candidate of the consumer, which has been checked, after its answer.
    pub(crate) async fn add_candidate(&self, candidate: RemoteCandidate) -> Result<()> {
        let candidate = RTCIceCandidateInit {
            candidate: candidate.candidate,
            // There is one media line, whatever the offer called it.
            sdp_mid: Some("0".to_owned()),
            sdp_mline_index: Some(0),
            username_fragment: candidate.username_fragment,
            ..RTCIceCandidateInit::default()
        };
        Ok(self.peer.add_ice_candidate(candidate).await?)
    }

    /// Has the stack send what it has ready.
    ///
    /// Its event loop writes before it handles events (webrtc 0.21.1, `driver.rs`), so what an event makes it say, such
    /// as the first words of SCTP, waits for whatever wakes it next. To be called again and again while a channel is
    /// opening. Can go when the loop writes after it handles events.
    pub(crate) async fn nudge(&self) {
        // The threshold stays as it is; a channel that is gone needs no nudge.
        let _ = self.channel.set_drained_threshold(0).await;
    }

    /// Ends the channel behind its last message, and waits for the consumer to end its side, until then.
    ///
    /// A connection ends with an ABORT (RFC 9260 §9.1), and what the consumer's stack has acknowledged and its program has not
    /// yet read may go with it. The end of a channel is in its place in the stream, and the consumer answers it with the end of
    /// its side once its stack has handed on what came before (RFC 8831 §6.7). That answer the stack does not tell (rtc 0.21.1, `handler/sctp.rs`:
    /// `OnClose` comes with our own end): `stream_reset` sees it. Can wait for `OnClose` when that is the consumer's.
    pub(crate) async fn close_channel(&mut self, until: Instant) {
        let gone = async {
            while let Some(event) = self.events.recv().await {
                if let ConnectionEvent::Path(Path::Closed | Path::Lost) = event {
                    return;
                }
            }
        };
        let answered = self.resets.count() + 1;
        if self.channel.0.close().await.is_ok() {
            let _ = timeout_at(until, async {
                tokio::select! {
                    () = gone => {}
                    () = self.resets.reached(answered) => {}
                }
            })
            .await;
        }
    }

    /// Its ports are free again when it returns.
    pub(crate) async fn close(self) {
        // It reports only that it was closed before.
        let _ = self.peer.close().await;
    }
}

fn settings(mdns: MulticastDnsMode) -> SettingEngine {
    let none = Some(Duration::ZERO);
    SettingEngineBuilder::new()
        .with_sctp_max_message_size(SctpMaxMessageSize::Bounded(MAX_MESSAGE_BYTES))
        .with_sctp_max_receive_buffer_size(RECEIVE_BUFFER_BYTES)
        .with_multicast_dns_mode(mdns)
        // Both together stay below the 63 s after which the stack's SCTP gives up in silence.
        .with_ice_timeouts(Some(Duration::from_secs(5)), Some(Duration::from_secs(25)), Some(Duration::from_secs(2)))
        .with_ice_connection_attempts(Some(CHECK_INTERVAL), Some(MAX_CHECKS))
        // A browser behind mDNS is peer-reflexive, which the stack would hold back for a second.
        .with_host_acceptance_min_wait(none)
        .with_srflx_acceptance_min_wait(none)
        .with_prflx_acceptance_min_wait(none)
        .with_relay_acceptance_min_wait(none)
        // Ours is an ECDSA certificate; a handshake can stall where an RSA suite is chosen.
        .with_dtls_cipher_suites(vec![
            CipherSuiteId::Tls_Ecdhe_Ecdsa_With_Aes_128_Gcm_Sha256,
            CipherSuiteId::Tls_Ecdhe_Ecdsa_With_Aes_256_Cbc_Sha,
        ])
        .build()
}

/// Runs on the connection's own task: it only passes on, and never waits.
struct Handler {
    events: mpsc::Sender<ConnectionEvent>,
    dtls_gate: DtlsGate,
    gate: EarlyGate,
    dress: Dress,
}

impl Handler {
    fn tell(&self, event: ConnectionEvent) {
        // The peer reads on until it ends, so the queue is full only where nobody will read it.
        let _ = self.events.try_send(event);
    }
}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Handler {
    async fn on_ice_candidate(&self, event: RTCPeerConnectionIceEvent) {
        if let Ok(candidate) = event.candidate.to_json()
            && !candidate.candidate.is_empty()
        {
            let (own, announced) = self.dress.candidate(&candidate.candidate);
            self.tell(ConnectionEvent::Candidate(own));
            if let Some(announced) = announced {
                self.tell(ConnectionEvent::Announced(announced));
            }
        }
    }

    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state == RTCIceGatheringState::Complete {
            self.tell(ConnectionEvent::GatheringComplete);
        }
    }

    async fn on_ice_connection_state_change(&self, state: RTCIceConnectionState) {
        if matches!(state, RTCIceConnectionState::Connected | RTCIceConnectionState::Completed) {
            self.gate.reach(Stage::HasPair);
            self.tell(ConnectionEvent::PathFound);
        }
    }

    /// The one channel is this side's: each further one takes memory until the connection ends, its label among it.
    async fn on_data_channel(&self, _channel: Arc<dyn DataChannel>) {
        self.dtls_gate.shut();
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
}
