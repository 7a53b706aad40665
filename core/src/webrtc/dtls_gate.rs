//! Drops what a connection's sockets receive from anybody but its consumer, and limits what the
//! consumer sends.
//!
//! Once the stack has a pair, it accepts DTLS from any address (rtc 0.21.1, `handler/ice.rs`).
//! Until the handshake is complete, one alert or ClientHello in plain text ends it. A check can
//! switch the ICE role before it is authenticated (rtc-ice 0.21.1, `handle_inbound`). So this gate
//! authenticates each check by its MESSAGE-INTEGRITY (RFC 8445 §7.3), and accepts DTLS only from a
//! sender of an authenticated check or response. Can go when the stack does both; tests/hostile
//! shows the faults.

use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll};
use std::time::Instant;

use ::webrtc::runtime::{AsyncUdpSocket, RecvMeta, Transmit};
use rtc::crypto::{RTCCryptoProvider, default_provider};
use rtc::stun::integrity::MessageIntegrity;
use rtc::stun::message::Message;
use tokio::sync::Notify;

use super::check_pace::{is_binding_request, is_binding_response};
use super::datagrams;
use super::inflow::Inflow;
use super::relayed::{self, Channels, Sender};
use super::stream_reset::is_dtls;

/// How many authenticated senders are kept: a consumer has one for each of its candidates.
const MAX_SENDERS: usize = 64;

/// The gate of one connection; clones are the same gate.
#[derive(Clone, Default)]
pub(crate) struct DtlsGate(Arc<Shared>);

#[derive(Default)]
struct Shared {
    /// What the consumer's checks, and its responses to ours, are authenticated by (RFC 8445
    /// §7.2.2).
    local_password: OnceLock<String>,
    remote_password: OnceLock<String>,
    /// From whom DTLS is taken, the latest one last.
    senders: Mutex<Vec<Sender>>,
    inflow: Mutex<Inflow>,
    cause: OnceLock<Cause>,
    shut: Notify,
}

/// Why a gate is shut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    /// The consumer broke the protocol, within its own DTLS.
    Protocol,
    /// Too much came from an address of the consumer, which others can write into a datagram, too.
    Volume,
}

impl std::fmt::Debug for DtlsGate {
    /// Without the passwords.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("DtlsGate")
    }
}

impl DtlsGate {
    /// Takes the password of this side from its description. Until then no check is taken.
    pub(crate) fn set_local(&self, sdp: &str) {
        set_password(&self.0.local_password, sdp);
    }

    /// Takes the password of the consumer from its description.
    pub(crate) fn set_remote(&self, sdp: &str) {
        set_password(&self.0.remote_password, sdp);
    }

    /// The channel is open: the consumer may send more from now on.
    pub(crate) fn open(&self) {
        lock(&self.0.inflow).open(Instant::now());
    }

    /// Drops everything from now on, because the consumer breaks the protocol.
    pub(crate) fn shut(&self) {
        self.shut_for(Cause::Protocol);
    }

    fn shut_for(&self, cause: Cause) {
        if self.0.cause.set(cause).is_ok() {
            self.0.shut.notify_one();
        }
    }

    /// Whether the gate was shut because too much came. Nothing of it was authenticated: somebody
    /// else may have sent it.
    pub(crate) fn is_shut_by_volume(&self) -> bool {
        self.0.cause.get() == Some(&Cause::Volume)
    }

    /// Returns when the gate has been shut. Returns only once.
    pub(crate) async fn has_shut(&self) {
        self.0.shut.notified().await;
    }

    /// Puts `socket` behind the gate.
    pub(crate) fn guard(&self, socket: Arc<dyn AsyncUdpSocket>) -> Arc<dyn AsyncUdpSocket> {
        Arc::new(GuardedSocket { socket, gate: self.clone(), channels: Mutex::default() })
    }

    fn admits(&self, now: Instant, datagram: &[u8], from: SocketAddr, channels: &Channels) -> bool {
        if self.0.cause.get().is_some() {
            return false;
        }
        let (datagram, sender) = relayed::open(datagram, from);
        let sender = channels.resolve(sender);
        if is_dtls(&datagram) {
            return self.knows(sender) && self.takes(now, datagram.len());
        }
        if is_binding_request(&datagram) {
            let is_authentic = is_authentic(&datagram, &self.0.local_password);
            if is_authentic {
                self.learn(sender);
            }
            return is_authentic;
        }
        if is_binding_response(&datagram) && !self.knows(sender) && is_authentic(&datagram, &self.0.remote_password) {
            self.learn(sender);
        }
        // Of the STUN and TURN servers as well, which the stack tells apart.
        true
    }

    fn knows(&self, sender: Sender) -> bool {
        lock(&self.0.senders).contains(&sender)
    }

    fn learn(&self, sender: Sender) {
        let mut senders = lock(&self.0.senders);
        if senders.last() != Some(&sender) {
            senders.retain(|known| *known != sender);
            if senders.len() == MAX_SENDERS {
                senders.remove(0);
            }
            senders.push(sender);
        }
    }

    fn takes(&self, now: Instant, bytes: usize) -> bool {
        let takes = lock(&self.0.inflow).allows(now, bytes);
        if !takes {
            self.shut_for(Cause::Volume);
        }
        takes
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn set_password(password: &OnceLock<String>, sdp: &str) {
    if let Some(text) = sdp.lines().find_map(|line| line.strip_prefix("a=ice-pwd:")) {
        // The first one holds: ICE is never restarted.
        let _ = password.set(text.trim_end().to_owned());
    }
}

/// Whether a STUN message proves to know the password (RFC 8489 §14.5).
fn is_authentic(datagram: &[u8], password: &OnceLock<String>) -> bool {
    static CRYPTO: OnceLock<Option<Arc<dyn RTCCryptoProvider>>> = OnceLock::new();
    let Some(password) = password.get() else { return false };
    let Some(crypto) = CRYPTO.get_or_init(|| default_provider().ok()) else { return false };
    let mut message = Message { raw: datagram.to_vec(), ..Message::default() };
    message.decode().is_ok() && MessageIntegrity::check(&mut message, password.as_bytes(), crypto.crypto()).is_ok()
}

#[derive(Debug)]
struct GuardedSocket {
    socket: Arc<dyn AsyncUdpSocket>,
    gate: DtlsGate,
    channels: Mutex<Channels>,
}

impl AsyncUdpSocket for GuardedSocket {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    fn poll_send(&self, context: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        let sent = self.socket.poll_send(context, transmit);
        if let Poll::Ready(Ok(bytes)) = sent {
            lock(&self.gate.0.inflow).on_sent(bytes);
            lock(&self.channels).note_sent(transmit.contents, transmit.destination);
        }
        sent
    }

    fn poll_recv(
        &self,
        context: &mut Context<'_>,
        buffers: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        loop {
            let count = match self.socket.poll_recv(context, buffers, meta) {
                Poll::Ready(Ok(count)) => count,
                other => return other,
            };
            let now = Instant::now();
            let channels = lock(&self.channels);
            let admits =
                |datagram: &[u8], received: &RecvMeta| self.gate.admits(now, datagram, received.addr, &channels);
            match datagrams::retain(buffers, meta, count, admits) {
                0 => {}
                kept => return Poll::Ready(Ok(kept)),
            }
        }
    }

    fn max_gso_segments(&self) -> usize {
        self.socket.max_gso_segments()
    }

    fn max_gro_segments(&self) -> usize {
        self.socket.max_gro_segments()
    }
}

#[cfg(test)]
mod tests {
    use std::net::UdpSocket;
    use std::time::Duration;

    use ::webrtc::runtime::{Runtime, TokioRuntime};
    use rtc::stun::attributes::{ATTR_USERNAME, RawAttribute};
    use rtc::stun::message::{BINDING_REQUEST, BINDING_SUCCESS, MessageType, TransactionId};

    use super::*;

    const PASSWORD: &str = "0123456789012345678901";
    const REMOTE_PASSWORD: &str = "another password, theirs";
    const ALERT: &[u8] = &[21, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 40];

    fn stun(kind: MessageType, password: &str) -> Vec<u8> {
        let provider = default_provider().unwrap();
        let integrity =
            MessageIntegrity::new_short_term_integrity_with_provider(password.to_owned(), provider.crypto());
        let username = RawAttribute { typ: ATTR_USERNAME, length: 3, value: b"a:b".to_vec() };
        let mut message = Message::new();
        message
            .build(&[Box::new(kind), Box::new(TransactionId::new()), Box::new(username), Box::new(integrity)])
            .unwrap();
        message.raw
    }

    fn gate() -> DtlsGate {
        let gate = DtlsGate::default();
        gate.set_local(&format!("v=0\r\na=ice-ufrag:a\r\na=ice-pwd:{PASSWORD}\r\n"));
        gate.set_remote(&format!("v=0\r\na=ice-pwd:{REMOTE_PASSWORD}\r\n"));
        gate
    }

    /// By a socket without channels.
    fn admits(gate: &DtlsGate, now: Instant, datagram: &[u8], from: SocketAddr) -> bool {
        gate.admits(now, datagram, from, &Channels::default())
    }

    fn address(port: u16) -> SocketAddr {
        ([192, 0, 2, 1], port).into()
    }

    #[test]
    fn dtls_is_taken_from_whom_a_check_or_a_response_authenticates() {
        let now = Instant::now();
        for (message, is_taken, authenticates) in [
            (stun(BINDING_REQUEST, PASSWORD), true, true),
            (stun(BINDING_REQUEST, REMOTE_PASSWORD), false, false),
            (stun(BINDING_REQUEST, ""), false, false),
            (stun(BINDING_SUCCESS, REMOTE_PASSWORD), true, true),
            (stun(BINDING_SUCCESS, PASSWORD), true, false),
            (stun(BINDING_REQUEST, PASSWORD)[..28].to_vec(), false, false),
        ] {
            let gate = gate();
            assert!(!admits(&gate, now, ALERT, address(1)));
            assert_eq!(admits(&gate, now, &message, address(1)), is_taken, "{message:?}");
            assert_eq!(admits(&gate, now, ALERT, address(1)), authenticates, "{message:?}");
            assert!(!admits(&gate, now, ALERT, address(2)), "of that address alone");
        }
        assert!(
            !admits(&DtlsGate::default(), now, &stun(BINDING_REQUEST, ""), address(1)),
            "without a password nobody"
        );
    }

    #[test]
    fn a_consumer_behind_a_turn_server_is_told_from_others_behind_it() {
        let now = Instant::now();
        let (server, check) = (address(3478), stun(BINDING_REQUEST, PASSWORD));
        let indicated: fn(u16, &[u8]) -> Vec<u8> = |peer, data| relayed::tests::data_indication(address(peer), data);
        let by_channel = |peer, data: &[u8]| relayed::tests::channel_data(0x4000 + peer, data);
        for way in [indicated, by_channel] {
            let gate = gate();
            assert!(!admits(&gate, now, &way(1, ALERT), server));
            assert!(!admits(&gate, now, &way(2, &stun(BINDING_REQUEST, "guess")), server));
            assert!(admits(&gate, now, &way(1, &check), server));
            assert!(admits(&gate, now, &way(1, ALERT), server));
            assert!(!admits(&gate, now, &way(2, ALERT), server));
            assert!(!admits(&gate, now, &way(1, ALERT), address(9)), "nobody else speaks for the server");
        }
    }

    #[test]
    fn a_peer_is_the_same_one_once_its_relay_uses_the_channel() {
        let now = Instant::now();
        let (gate, server, check) = (gate(), address(3478), stun(BINDING_REQUEST, PASSWORD));
        let mut channels = Channels::default();
        let check = relayed::tests::data_indication(address(1), &check);
        assert!(gate.admits(now, &check, server, &channels));
        channels.note_sent(&relayed::tests::channel_bind(0x4001, address(1)), server);
        channels.note_sent(&relayed::tests::channel_bind(0x4002, address(2)), server);
        let alert = |number| relayed::tests::channel_data(number, ALERT);
        assert!(gate.admits(now, &alert(0x4001), server, &channels));
        assert!(!gate.admits(now, &alert(0x4002), server, &channels), "another peer");
        assert!(!gate.admits(now, &alert(0x4001), address(9), &channels), "nobody else speaks for the server");
    }

    #[test]
    fn of_many_addresses_the_latest_are_known() {
        let gate = gate();
        let sender = |port: u16| Sender::Direct(address(port));
        (1..=100).for_each(|port| gate.learn(sender(port)));
        gate.learn(sender(50));
        gate.learn(sender(101));
        let known: Vec<u16> = (1..=101).filter(|port| gate.knows(sender(*port))).collect();
        assert_eq!(known, (38..=101).collect::<Vec<u16>>());
    }

    #[tokio::test]
    async fn who_sends_too_much_is_shut_out() {
        let now = Instant::now();
        let gate = gate();
        assert!(admits(&gate, now, &stun(BINDING_REQUEST, PASSWORD), address(1)));
        let flood = [&[23][..], &[0; 1199]].concat();
        let taken = (0..10_000).take_while(|_| admits(&gate, now, &flood, address(1))).count();
        assert_eq!(taken, 256 * 1024 / 1200);
        tokio::time::timeout(Duration::from_secs(5), gate.has_shut()).await.unwrap();
        gate.shut();
        assert!(gate.is_shut_by_volume(), "the first cause holds");
        assert!(!admits(&gate, now, &stun(BINDING_REQUEST, PASSWORD), address(1)), "nothing more is taken");
    }

    #[tokio::test]
    async fn a_socket_behind_it_receives_what_is_admitted() {
        let inner = UdpSocket::bind("127.0.0.1:0").unwrap();
        let to = inner.local_addr().unwrap();
        let socket = gate().guard(TokioRuntime.wrap_udp_socket(inner).unwrap());
        let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
        let check = stun(BINDING_REQUEST, PASSWORD);
        for datagram in [ALERT, &stun(BINDING_REQUEST, "guess"), &check, ALERT] {
            peer.send_to(datagram, to).unwrap();
        }
        let mut buffer = [0; 256];
        for expected in [&check[..], ALERT] {
            let (len, _) =
                tokio::time::timeout(Duration::from_secs(5), socket.recv_from(&mut buffer)).await.unwrap().unwrap();
            assert_eq!(&buffer[..len], expected);
        }
    }
}
