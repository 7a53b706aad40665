//! The faults of a bad network, on the producer's own sockets.

use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::{Context, Poll};

use ::webrtc::runtime::{AsyncUdpSocket, RecvMeta, Transmit};

use crate::faults::Faults;

/// `socket` with faults.
pub(super) fn wrap(socket: Arc<dyn AsyncUdpSocket>, faults: &Faults) -> Arc<dyn AsyncUdpSocket> {
    Arc::new(FaultySocket { socket, faults: faults.clone() })
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
