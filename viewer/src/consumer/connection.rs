//! One peer connection to a producer. The only file of this crate that imports the WebRTC stack; what the stack does
//! wrong, and what is done about it, stands here.

use std::fmt;
use std::future::Future;
use std::io::{self, IoSliceMut};
use std::net::{AddrParseError, Ipv6Addr, SocketAddr, TcpListener, UdpSocket};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::task::AtomicWaker;
use rtc::ice::mdns::MulticastDnsMode;
use rtc::peer_connection::configuration::setting_engine::SctpMaxMessageSize;
use socket2::{SockRef, Socket};
use tokio::sync::mpsc;
use tokio::time::timeout;
use webrtc::data_channel::{DataChannel, DataChannelEvent};
use webrtc::peer_connection::{
    PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCConfigurationBuilder, RTCIceCandidateInit,
    RTCIceGatheringState, RTCIceServer, RTCIceTransportPolicy, RTCPeerConnectionIceEvent, RTCPeerConnectionState,
    RTCSessionDescription, SettingEngine, SettingEngineBuilder,
};
use webrtc::runtime::{
    AsyncInterval, AsyncTcpListener, AsyncTcpStream, AsyncUdpSocket, JoinHandle, RecvMeta, Runtime, TokioRuntime,
    Transmit,
};

use super::channel_message::ChannelMessage;
use super::message::RemoteCandidate;
use crate::ice_servers::IceServer;

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

/// The longest sleep of the stack's event loop until the channel is open.
const OPENING_BEAT: Duration = Duration::from_millis(5);

/// If so many messages are at hand, the stack's queue to us, of 256, may have been full.
pub(crate) const FLOOD: usize = 64;

/// What a socket may hold in the kernel. The stack never asks, and the usual default loses bursts.
const SOCKET_BUFFER_BYTES: usize = 4 * 1024 * 1024;

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
            .with_runtime(Arc::new(Sockets {
                tokio: TokioRuntime,
                is_opening: Arc::clone(&is_opening),
                kick: kick.clone(),
            }))
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

/// `address:port`, with or without the brackets of an IPv6 address, which the stack leaves out if it asks for a TURN server
/// (webrtc 0.21.1, `turn_relayer.rs` `gather`). Can go when it asks with them.
fn literal(host: &str) -> Result<SocketAddr, AddrParseError> {
    let without_brackets = host.rsplit_once(':').filter(|(address, _)| address.parse::<Ipv6Addr>().is_ok());
    match without_brackets {
        Some((address, port)) => format!("[{address}]:{port}").parse(),
        None => host.parse(),
    }
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

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Has the stack look for messages that it has parked, by a datagram that says nothing. Clones are the same.
///
/// Messages beyond the 256th that the stack holds wait in its SCTP association, and only an incoming packet fetches them
/// (rtc 0.21.1, `handler/mod.rs`: `poll_data_read` does not pump, and neither does `handle_timeout`). When the producer
/// has sent all that it has, the next packet comes two seconds later. Can go when `poll_data_read` pumps.
#[derive(Clone, Debug, Default)]
struct Kick(Arc<Kicks>);

#[derive(Debug, Default)]
struct Kicks {
    is_due: AtomicBool,
    wakers: Mutex<Vec<Arc<AtomicWaker>>>,
}

impl Kicks {
    fn lock(&self) -> MutexGuard<'_, Vec<Arc<AtomicWaker>>> {
        self.wakers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kick {
    /// A first byte that belongs to no protocol (RFC 7983 §7): such a datagram is dropped.
    const DATAGRAM: u8 = 0xff;

    fn send(&self) {
        self.0.is_due.store(true, Ordering::Release);
        self.0.lock().iter().for_each(|waker| waker.wake());
    }

    fn take(&self) -> bool {
        self.0.is_due.load(Ordering::Acquire) && self.0.is_due.swap(false, Ordering::AcqRel)
    }
}

#[derive(Debug)]
struct KickedSocket {
    socket: Arc<dyn AsyncUdpSocket>,
    kick: Kick,
    waker: Arc<AtomicWaker>,
}

impl AsyncUdpSocket for KickedSocket {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    fn poll_send(&self, context: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        self.socket.poll_send(context, transmit)
    }

    fn poll_recv(
        &self,
        context: &mut Context<'_>,
        buffers: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        // Before the look, so that a kick in between is not missed.
        self.waker.register(context.waker());
        if self.kick.take()
            && let (Some(buffer), Some(meta)) =
                (buffers.first_mut().and_then(|buffer| buffer.first_mut()), meta.first_mut())
        {
            *buffer = Kick::DATAGRAM;
            *meta = RecvMeta::default();
            (meta.addr, meta.len, meta.stride) = (self.socket.local_addr()?, 1, 1);
            return Poll::Ready(Ok(1));
        }
        self.socket.poll_recv(context, buffers, meta)
    }

    fn max_gso_segments(&self) -> usize {
        self.socket.max_gso_segments()
    }

    fn max_gro_segments(&self) -> usize {
        self.socket.max_gro_segments()
    }
}

/// The runtime that the stack gets: tokio's, with large socket buffers, and no way to the network but UDP.
struct Sockets {
    tokio: TokioRuntime,
    is_opening: Arc<AtomicBool>,
    kick: Kick,
}

impl fmt::Debug for Sockets {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Sockets")
    }
}

impl Runtime for Sockets {
    fn spawn(&self, future: Boxed<'static, ()>) -> Box<dyn JoinHandle> {
        self.tokio.spawn(future)
    }

    fn wrap_udp_socket(&self, socket: UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
        let options = SockRef::from(&socket);
        for set in [Socket::set_send_buffer_size, Socket::set_recv_buffer_size] {
            // A system that grants less serves, too.
            let _ = set(&options, SOCKET_BUFFER_BYTES);
        }
        let waker = Arc::new(AtomicWaker::new());
        self.kick.0.lock().push(Arc::clone(&waker));
        Ok(Arc::new(KickedSocket { socket: self.tokio.wrap_udp_socket(socket)?, kick: self.kick.clone(), waker }))
    }

    fn wrap_tcp_listener(&self, _listener: TcpListener) -> io::Result<Arc<dyn AsyncTcpListener>> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "ICE goes over UDP alone"))
    }

    /// A candidate of a producer must not make this program connect to where the producer likes.
    fn connect_tcp<'a>(&'a self, _address: SocketAddr) -> Boxed<'a, io::Result<Arc<dyn AsyncTcpStream>>> {
        Box::pin(async { Err(io::Error::new(io::ErrorKind::Unsupported, "ICE goes over UDP alone")) })
    }

    /// The stack resolves within its event loop, where a slow name server stalls the connection: names are resolved
    /// before, and only literal addresses come here.
    fn resolve_host<'a>(&'a self, host: &'a str) -> Boxed<'a, io::Result<Vec<SocketAddr>>> {
        let literal = literal(host);
        Box::pin(async move { literal.map(|address| vec![address]).map_err(io::Error::other) })
    }

    /// The stack's event loop writes before it handles events (webrtc 0.21.1, `driver.rs`), so what an event makes it
    /// send, such as the first message of DTLS, waits for whatever wakes it next. So it sleeps but shortly until the
    /// channel is open. Can go when the loop writes after it handles events.
    fn sleep(&self, duration: Duration) -> Boxed<'static, ()> {
        let is_opening = self.is_opening.load(Ordering::Relaxed);
        self.tokio.sleep(if is_opening { duration.min(OPENING_BEAT) } else { duration })
    }

    fn interval(&self, period: Duration) -> Box<dyn AsyncInterval> {
        self.tokio.interval(period)
    }

    fn block_on(&self, future: Pin<Box<dyn Future<Output = ()> + '_>>) {
        self.tokio.block_on(future);
    }

    fn yield_now(&self) -> Boxed<'static, ()> {
        self.tokio.yield_now()
    }
}
