//! A bad network for tests: loss, duplication and delay on the producer's own sockets, from a seed.

use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use ::webrtc::runtime::{AsyncUdpSocket, RecvMeta, Transmit};

/// What goes wrong with each datagram that the producer sends. Clones share their chance, and their blackout.
///
/// The fractions go from 0 to 1, and are drawn one by one.
#[derive(Clone, Debug)]
pub struct Faults {
    /// The fraction that is lost.
    pub loss: f64,
    /// The fraction that arrives twice.
    pub duplication: f64,
    /// The fraction that arrives `delay` later, behind those sent after it.
    pub reordering: f64,
    /// How much later that is.
    pub delay: Duration,
    chance: Arc<Mutex<fastrand::Rng>>,
    blackout: Arc<AtomicBool>,
}

impl Faults {
    /// A network without faults yet, whose chance comes from `seed`.
    pub fn seeded(seed: u64) -> Self {
        Self {
            loss: 0.0,
            duplication: 0.0,
            reordering: 0.0,
            delay: Duration::from_millis(5),
            chance: Arc::new(Mutex::new(fastrand::Rng::with_seed(seed))),
            blackout: Arc::new(AtomicBool::new(false)),
        }
    }

    /// Lets nothing through in either direction, from now on or no longer.
    pub fn set_blackout(&self, blackout: bool) {
        self.blackout.store(blackout, Ordering::Relaxed);
    }

    fn is_blackout(&self) -> bool {
        self.blackout.load(Ordering::Relaxed)
    }

    fn happens(&self, fraction: f64) -> bool {
        fraction > 0.0 && self.chance.lock().unwrap_or_else(PoisonError::into_inner).f64() < fraction
    }

    pub(crate) fn wrap(&self, socket: Arc<dyn AsyncUdpSocket>) -> Arc<dyn AsyncUdpSocket> {
        Arc::new(FaultySocket { socket, faults: self.clone() })
    }
}

#[derive(Debug)]
struct FaultySocket {
    socket: Arc<dyn AsyncUdpSocket>,
    faults: Faults,
}

impl AsyncUdpSocket for FaultySocket {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// One datagram a call, for no segmentation is offered.
    fn poll_send(&self, context: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        let faults = &self.faults;
        if faults.is_blackout() || faults.happens(faults.loss) {
            return Poll::Ready(Ok(transmit.contents.len()));
        }
        if faults.happens(faults.reordering) {
            let (socket, delay) = (Arc::clone(&self.socket), faults.delay);
            let (contents, destination) = (transmit.contents.to_vec(), transmit.destination);
            tokio::spawn(async move {
                tokio::time::sleep(delay).await;
                // As on any network, nobody learns what became of it.
                let _ = socket.send_to(&contents, destination).await;
            });
            return Poll::Ready(Ok(transmit.contents.len()));
        }
        if faults.happens(faults.duplication) {
            let _ = self.socket.poll_send(context, transmit);
        }
        self.socket.poll_send(context, transmit)
    }

    fn poll_recv(
        &self,
        context: &mut Context<'_>,
        buffers: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        loop {
            let received = self.socket.poll_recv(context, buffers, meta);
            if !(self.faults.is_blackout() && matches!(received, Poll::Ready(Ok(_)))) {
                return received;
            }
        }
    }
}
