//! Holds a consumer's DTLS back until ICE has a pair.
//!
//! A consumer may begin its handshake as soon as its own checks succeed, which is before this side has selected a pair.
//! The stack drops what comes by then (rtc 0.21.1, `handler/ice.rs`), and the consumer sends it again a second later:
//! that second was most of the time that opening took. Can go when the stack keeps early DTLS;
//! `tests/bench/rows/open.mjs` shows the fault.

use std::collections::VecDeque;
use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use ::webrtc::runtime::{AsyncUdpSocket, RecvMeta, Transmit};
use futures_util::task::AtomicWaker;

use super::stream_reset::is_dtls;

/// How many datagrams one socket holds: a first flight is a few, and what is dropped is sent again.
const MAX_HELD: usize = 8;

/// The gate of one connection; clones are the same gate.
#[derive(Clone, Debug, Default)]
pub(crate) struct EarlyGate(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    is_open: AtomicBool,
    sockets: Mutex<Vec<Arc<AtomicWaker>>>,
}

impl EarlyGate {
    /// Lets through what is held, and whatever comes from now on.
    pub(crate) fn open(&self) {
        if !self.0.is_open.swap(true, Ordering::AcqRel) {
            for socket in self.sockets().drain(..) {
                socket.wake();
            }
        }
    }

    fn is_open(&self) -> bool {
        self.0.is_open.load(Ordering::Acquire)
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
        if held.len() < MAX_HELD {
            let mut single = received;
            (single.len, single.stride) = (datagram.len(), datagram.len());
            held.push_back((datagram.to_vec(), single));
        }
    }

    /// Gives out the oldest that was held.
    fn release(&self, buffers: &mut [IoSliceMut<'_>], meta: &mut [RecvMeta]) -> Option<usize> {
        let (datagram, received) = self.held().pop_front()?;
        let (buffer, meta) = (buffers.first_mut()?, meta.first_mut()?);
        buffer.get_mut(..datagram.len())?.copy_from_slice(&datagram);
        *meta = received;
        Some(1)
    }

    /// Keeps the DTLS among `count` messages, and moves the others to the front; returns how many these are.
    fn hold(&self, buffers: &mut [IoSliceMut<'_>], meta: &mut [RecvMeta], count: usize) -> usize {
        let mut kept = 0;
        for index in 0..count {
            let received = meta[index];
            // The kernel may have put several datagrams of one sender together.
            let message = buffers[index][..received.len].to_vec();
            let mut rest = Vec::with_capacity(message.len());
            for datagram in message.chunks(received.stride.max(1)) {
                if is_dtls(datagram) {
                    self.keep(datagram, received);
                } else {
                    rest.extend_from_slice(datagram);
                }
            }
            if !rest.is_empty() || message.is_empty() {
                buffers[kept][..rest.len()].copy_from_slice(&rest);
                meta[kept] = received;
                meta[kept].len = rest.len();
                kept += 1;
            }
        }
        kept
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
        if !self.gate.is_open() {
            // Before the second look, so that an opening in between is not missed.
            self.waker.register(context.waker());
        }
        loop {
            if self.gate.is_open() {
                return match self.release(buffers, meta) {
                    Some(count) => Poll::Ready(Ok(count)),
                    None => self.socket.poll_recv(context, buffers, meta),
                };
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
    const CHECK: &[u8] = &[0, 1, 0, 0];

    async fn received(socket: &Arc<dyn AsyncUdpSocket>) -> Vec<u8> {
        let mut buffer = [0; 64];
        let receiving = socket.recv_from(&mut buffer);
        let (len, _) = tokio::time::timeout(std::time::Duration::from_secs(5), receiving).await.unwrap().unwrap();
        buffer[..len].to_vec()
    }

    #[tokio::test]
    async fn dtls_waits_for_the_gate_and_stun_does_not() {
        let inner = UdpSocket::bind("127.0.0.1:0").unwrap();
        let to = inner.local_addr().unwrap();
        let gate = EarlyGate::default();
        let socket = gate.guard(TokioRuntime.wrap_udp_socket(inner).unwrap());
        let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
        peer.send_to(HELLO, to).unwrap();
        peer.send_to(CHECK, to).unwrap();
        assert_eq!(received(&socket).await, CHECK);

        let waiting = tokio::spawn({
            let socket = Arc::clone(&socket);
            async move { received(&socket).await }
        });
        tokio::task::yield_now().await;
        gate.open();
        assert_eq!(waiting.await.unwrap(), HELLO, "who waits is woken");
        peer.send_to(HELLO, to).unwrap();
        assert_eq!(received(&socket).await, HELLO);
    }

    #[tokio::test]
    async fn no_more_is_held_than_may_be() {
        let inner = UdpSocket::bind("127.0.0.1:0").unwrap();
        let to = inner.local_addr().unwrap();
        let gate = EarlyGate::default();
        let socket = gate.guard(TokioRuntime.wrap_udp_socket(inner).unwrap());
        let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
        for _ in 0..100 {
            peer.send_to(HELLO, to).unwrap();
        }
        peer.send_to(CHECK, to).unwrap();
        assert_eq!(received(&socket).await, CHECK);
        gate.open();
        for _ in 0..MAX_HELD {
            assert_eq!(received(&socket).await, HELLO);
        }
        peer.send_to(CHECK, to).unwrap();
        assert_eq!(received(&socket).await, CHECK, "the rest was dropped, as a network does");
    }
}
