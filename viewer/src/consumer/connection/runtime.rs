//! The runtime that the WebRTC stack gets.

use std::fmt;
use std::future::Future;
use std::io::{self, IoSliceMut};
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::task::AtomicWaker;
use logrtc::binding::literal_address;
use socket2::{SockRef, Socket};
use webrtc::runtime::{
    AsyncInterval, AsyncTcpListener, AsyncTcpStream, AsyncUdpSocket, JoinHandle, RecvMeta, Runtime, TokioRuntime,
    Transmit,
};

/// The longest sleep of the stack's event loop until the channel is open.
const OPENING_BEAT: Duration = Duration::from_millis(5);

/// What a socket may hold in the kernel. The stack never asks, and the usual default loses bursts.
const SOCKET_BUFFER_BYTES: usize = 4 * 1024 * 1024;

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Has the stack look for messages that it has parked, by a datagram that says nothing. Clones are the same.
///
/// Messages beyond the 256th that the stack holds wait in its SCTP association, and only an incoming packet fetches them
/// (rtc 0.21.1, `handler/mod.rs`: `poll_data_read` does not pump, and neither does `handle_timeout`). When the producer
/// has sent all that it has, the next packet comes two seconds later. Can go when `poll_data_read` pumps.
#[derive(Clone, Debug, Default)]
pub(super) struct Kick(Arc<Kicks>);

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

    pub(super) fn send(&self) {
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
pub(super) struct Sockets {
    tokio: TokioRuntime,
    is_opening: Arc<AtomicBool>,
    kick: Kick,
}

impl Sockets {
    /// A runtime that is in a hurry while `is_opening`.
    pub(super) fn new(is_opening: Arc<AtomicBool>, kick: Kick) -> Self {
        Self { tokio: TokioRuntime, is_opening, kick }
    }
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
        let address = literal_address(host);
        Box::pin(async move { address.map(|address| vec![address]).map_err(io::Error::other) })
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
