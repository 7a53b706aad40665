//! Holds back what a consumer sends before the stack takes it.
//!
//! A consumer begins to check paths as soon as it has the offer, and its check may be faster than its answer, which goes
//! through the server. The stack drops a check of a consumer whose answer it has not (rtc-ice 0.21.1, `handle_inbound`), and
//! libdatachannel sends it again half a second later. So may its DTLS come before this side has selected a pair; the stack drops
//! that, too (rtc 0.21.1, `handler/ice.rs`), and it comes again a second later. These times were most of what opening took. Can
//! go when the stack keeps both; `tests/bench/rows/open.mjs` shows the fault.

use std::collections::VecDeque;
use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use ::webrtc::runtime::{AsyncUdpSocket, RecvMeta, Transmit};
use futures_util::task::AtomicWaker;

use super::check_pace::is_binding_request;
use super::datagrams;
use super::stream_reset::is_dtls;

/// How many datagrams one socket holds: a first flight is a few, as are the addresses of a consumer. What is dropped is sent
/// again.
const MAX_HELD: usize = 8;

/// How far a connection is. Each stage lets through more than the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Stage {
    /// The stack takes what STUN and TURN servers send, and nothing of the consumer.
    Offered,
    /// The stack has the consumer's answer, and takes its checks.
    Answered,
    /// The stack has a pair, and takes DTLS.
    HasPair,
}

/// The first stage at which the stack takes a datagram.
fn stage_for(datagram: &[u8]) -> Stage {
    if is_dtls(datagram) {
        Stage::HasPair
    } else if is_binding_request(datagram) {
        Stage::Answered
    } else {
        Stage::Offered
    }
}

/// The gate of one connection; clones are the same gate.
#[derive(Clone, Debug, Default)]
pub(crate) struct EarlyGate(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    /// A [`Stage`].
    stage: AtomicU8,
    sockets: Mutex<Vec<Arc<AtomicWaker>>>,
}

impl EarlyGate {
    /// Lets through what is held for this stage, and what comes from now on. A stage that is behind changes nothing.
    pub(crate) fn reach(&self, stage: Stage) {
        if self.0.stage.fetch_max(stage as u8, Ordering::AcqRel) < stage as u8 {
            for socket in self.sockets().iter() {
                socket.wake();
            }
        }
    }

    fn lets_through(&self, stage: Stage) -> bool {
        self.0.stage.load(Ordering::Acquire) >= stage as u8
    }

    fn sockets(&self) -> MutexGuard<'_, Vec<Arc<AtomicWaker>>> {
        self.0.sockets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts `socket` behind the gate.
    pub(crate) fn guard(&self, socket: Arc<dyn AsyncUdpSocket>) -> Arc<dyn AsyncUdpSocket> {
        let waker = Arc::new(AtomicWaker::new());
        self.sockets().push(Arc::clone(&waker));
        Arc::new(GatedSocket { socket, gate: self.clone(), waker, held: Mutex::default() })
    }
}

#[derive(Debug)]
struct GatedSocket {
    socket: Arc<dyn AsyncUdpSocket>,
    gate: EarlyGate,
    waker: Arc<AtomicWaker>,
    held: Mutex<VecDeque<(Vec<u8>, RecvMeta)>>,
}

impl GatedSocket {
    fn held(&self) -> MutexGuard<'_, VecDeque<(Vec<u8>, RecvMeta)>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, datagram: &[u8], received: RecvMeta) {
        let mut held = self.held();
        // Of the checks of one address the last one counts: an answer to an earlier one would tell of too long a path.
        if is_binding_request(datagram) {
            held.retain(|(earlier, from)| from.addr != received.addr || !is_binding_request(earlier));
        }
        if held.len() < MAX_HELD {
            let mut single = received;
            (single.len, single.stride) = (datagram.len(), datagram.len());
            held.push_back((datagram.to_vec(), single));
        }
    }

    /// Gives out the oldest that is held and need not be any more.
    fn release(&self, buffers: &mut [IoSliceMut<'_>], meta: &mut [RecvMeta]) -> Option<usize> {
        let mut held = self.held();
        let place = held.iter().position(|(datagram, _)| self.gate.lets_through(stage_for(datagram)))?;
        let (datagram, received) = held.remove(place)?;
        let (buffer, meta) = (buffers.first_mut()?, meta.first_mut()?);
        buffer.get_mut(..datagram.len())?.copy_from_slice(&datagram);
        *meta = received;
        Some(1)
    }

    /// Keeps what is early among `count` messages, and moves the others to the front; returns how many these are.
    fn hold(&self, buffers: &mut [IoSliceMut<'_>], meta: &mut [RecvMeta], count: usize) -> usize {
        datagrams::retain(buffers, meta, count, |datagram, received| {
            let is_in_time = self.gate.lets_through(stage_for(datagram));
            if !is_in_time {
                self.keep(datagram, *received);
            }
            is_in_time
        })
    }
}

impl AsyncUdpSocket for GatedSocket {
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
        if !self.gate.lets_through(Stage::HasPair) {
            // Before the second look, so that a stage that is reached in between is not missed.
            self.waker.register(context.waker());
        }
        loop {
            if let Some(count) = self.release(buffers, meta) {
                return Poll::Ready(Ok(count));
            }
            if self.gate.lets_through(Stage::HasPair) {
                return self.socket.poll_recv(context, buffers, meta);
            }
            match self.socket.poll_recv(context, buffers, meta) {
                Poll::Ready(Ok(count)) => match self.hold(buffers, meta, count) {
                    0 => {}
                    kept => return Poll::Ready(Ok(kept)),
                },
                other => return other,
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

    use ::webrtc::runtime::{Runtime, TokioRuntime};

    use super::*;

    const HELLO: &[u8] = &[22, 254, 253, 1];
    /// A response of a STUN server.
    const RESPONSE: &[u8] = &[1, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42];

    /// A binding request; `number` is of its transaction.
    fn check(number: u8) -> Vec<u8> {
        vec![0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, number]
    }

    /// A gate, a socket behind it, and its address.
    fn guarded() -> (EarlyGate, Arc<dyn AsyncUdpSocket>, SocketAddr) {
        let inner = UdpSocket::bind("127.0.0.1:0").unwrap();
        let to = inner.local_addr().unwrap();
        let gate = EarlyGate::default();
        let socket = gate.guard(TokioRuntime.wrap_udp_socket(inner).unwrap());
        (gate, socket, to)
    }

    fn peer() -> UdpSocket {
        UdpSocket::bind("127.0.0.1:0").unwrap()
    }

    async fn received(socket: &Arc<dyn AsyncUdpSocket>) -> Vec<u8> {
        let mut buffer = [0; 64];
        let receiving = socket.recv_from(&mut buffer);
        let (len, _) = tokio::time::timeout(std::time::Duration::from_secs(5), receiving).await.unwrap().unwrap();
        buffer[..len].to_vec()
    }

    #[tokio::test]
    async fn checks_wait_for_the_answer_and_dtls_for_a_pair() {
        let (gate, socket, to) = guarded();
        let peer = peer();
        for datagram in [HELLO, &check(1), RESPONSE] {
            peer.send_to(datagram, to).unwrap();
        }
        assert_eq!(received(&socket).await, RESPONSE);

        for (stage, held) in [(Stage::Answered, &check(1)[..]), (Stage::HasPair, HELLO)] {
            let waiting = tokio::spawn({
                let socket = Arc::clone(&socket);
                async move { received(&socket).await }
            });
            tokio::task::yield_now().await;
            gate.reach(stage);
            assert_eq!(waiting.await.unwrap(), held, "who waits is woken");
        }
        gate.reach(Stage::Answered);
        for datagram in [HELLO, &check(2)] {
            peer.send_to(datagram, to).unwrap();
            assert_eq!(received(&socket).await, datagram);
        }
    }

    #[tokio::test]
    async fn of_each_address_the_last_check_is_held() {
        let (gate, socket, to) = guarded();
        let peers = [peer(), peer()];
        for number in 0..100 {
            peers[usize::from(number % 2)].send_to(&check(number), to).unwrap();
        }
        peers[0].send_to(RESPONSE, to).unwrap();
        assert_eq!(received(&socket).await, RESPONSE);
        gate.reach(Stage::Answered);
        assert_eq!(received(&socket).await, check(98));
        assert_eq!(received(&socket).await, check(99));
    }

    #[tokio::test]
    async fn no_more_is_held_than_may_be() {
        let (gate, socket, to) = guarded();
        gate.reach(Stage::Answered);
        let peer = peer();
        for _ in 0..100 {
            peer.send_to(HELLO, to).unwrap();
        }
        peer.send_to(&check(1), to).unwrap();
        assert_eq!(received(&socket).await, check(1));
        gate.reach(Stage::HasPair);
        for _ in 0..MAX_HELD {
            assert_eq!(received(&socket).await, HELLO);
        }
        peer.send_to(&check(2), to).unwrap();
        assert_eq!(received(&socket).await, check(2), "the rest was dropped, as a network does");
    }
}
