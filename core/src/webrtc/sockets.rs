//! The runtime that the WebRTC stack gets: tokio's, with socket buffers set, sockets and tasks counted, and no way to
//! the network but UDP.

use std::fmt;
use std::future::Future;
use std::io::{self, IoSliceMut};
use std::net::{AddrParseError, Ipv6Addr, SocketAddr, TcpListener, UdpSocket};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use ::webrtc::runtime::{
    AsyncInterval, AsyncTcpListener, AsyncTcpStream, AsyncUdpSocket, JoinHandle, RecvMeta, Runtime, TokioRuntime,
    Transmit,
};
use socket2::{SockRef, Socket};

use super::check_pace::{CheckPace, is_binding_request};
use super::dtls_gate::DtlsGate;
use super::early_gate::EarlyGate;
use super::stream_reset::StreamResets;
use crate::config::Config;
use crate::diagnostics::{debug, quiet};
use crate::stats::Counters;

/// What a socket may hold in the kernel. The stack never asks, and the usual default loses bursts.
const SOCKET_BUFFER_BYTES: usize = 1024 * 1024;

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// One for each connection, whose gates its sockets stand behind, and which sees their resets.
pub(crate) struct Sockets {
    tokio: TokioRuntime,
    counters: Arc<Counters>,
    dtls_gate: DtlsGate,
    gate: EarlyGate,
    resets: StreamResets,
    #[cfg(feature = "faults")]
    faults: Option<crate::faults::Faults>,
}

impl Sockets {
    pub(crate) fn new(
        config: &Config,
        counters: Arc<Counters>,
        dtls_gate: DtlsGate,
        gate: EarlyGate,
        resets: StreamResets,
    ) -> Self {
        #[cfg(not(feature = "faults"))]
        let _ = config;
        Self {
            tokio: TokioRuntime,
            counters,
            dtls_gate,
            gate,
            resets,
            #[cfg(feature = "faults")]
            faults: config.faults.clone(),
        }
    }
}

impl fmt::Debug for Sockets {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Sockets")
    }
}

impl Runtime for Sockets {
    fn spawn(&self, future: Boxed<'static, ()>) -> Box<dyn JoinHandle> {
        let counted = CountedTask::new(Arc::clone(&self.counters));
        self.tokio.spawn(Box::pin(quiet(async move {
            let _counted = counted;
            future.await;
        })))
    }

    fn wrap_udp_socket(&self, socket: UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
        let options = SockRef::from(&socket);
        for set in [Socket::set_send_buffer_size, Socket::set_recv_buffer_size] {
            if let Err(error) = set(&options, SOCKET_BUFFER_BYTES) {
                debug!("a socket keeps its buffer: {error}");
            }
        }
        let own = socket.try_clone()?;
        let socket = self.tokio.wrap_udp_socket(socket)?;
        let puts_together = !takes_one_by_one(&own);
        #[cfg(feature = "faults")]
        let socket = match &self.faults {
            Some(faults) => super::faulty_socket::wrap(socket, faults),
            None => socket,
        };
        let socket = self.gate.guard(self.dtls_gate.guard(socket));
        self.counters.open_sockets.increment();
        let (counters, resets) = (Arc::clone(&self.counters), self.resets.clone());
        let is_loopback = is_loopback(socket.local_addr()?);
        Ok(Arc::new(CountedSocket { socket, is_loopback, puts_together, pace: Mutex::default(), counters, resets }))
    }

    fn wrap_tcp_listener(&self, _listener: TcpListener) -> io::Result<Arc<dyn AsyncTcpListener>> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "ICE goes over UDP alone"))
    }

    /// A candidate of a consumer must not make this program connect to where the consumer likes.
    fn connect_tcp<'a>(&'a self, _address: SocketAddr) -> Boxed<'a, io::Result<Arc<dyn AsyncTcpStream>>> {
        Box::pin(async { Err(io::Error::new(io::ErrorKind::Unsupported, "ICE goes over UDP alone")) })
    }

    /// The stack resolves within its event loop, where a slow name server stalls the connection: names are resolved
    /// before (`ice_servers`), and only literal addresses come here.
    fn resolve_host<'a>(&'a self, host: &'a str) -> Boxed<'a, io::Result<Vec<SocketAddr>>> {
        let address = literal_address(host);
        Box::pin(async move { address.map(|address| vec![address]).map_err(io::Error::other) })
    }

    fn sleep(&self, duration: Duration) -> Boxed<'static, ()> {
        self.tokio.sleep(duration)
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

/// Has the kernel hand out each datagram alone; false where it has no such option.
///
/// Otherwise the stack keeps 96 KB for each socket (webrtc 0.21.1, `transport/mod.rs`, `gro_recv_buf_len`), and a producer receives
/// little but acknowledgements.
fn takes_one_by_one(socket: &UdpSocket) -> bool {
    #[cfg(target_os = "linux")]
    let is_set = nix::sys::socket::setsockopt(socket, nix::sys::socket::sockopt::UdpGroSegment, &false).is_ok();
    #[cfg(not(target_os = "linux"))]
    let is_set = false;
    is_set
}

/// `address:port`, with or without the brackets of an IPv6 address.
///
/// The stack asks for a TURN server without them (webrtc 0.21.1, `turn_relayer.rs` `gather`). Can go when it asks with
/// them, as for a STUN server; tests/ice_servers.rs has one of each.
///
/// # Errors
/// It is a name, or no address.
pub fn literal_address(host: &str) -> Result<SocketAddr, AddrParseError> {
    let without_brackets = host.rsplit_once(':').filter(|(address, _)| address.parse::<Ipv6Addr>().is_ok());
    match without_brackets {
        Some((address, port)) => format!("[{address}]:{port}").parse(),
        None => host.parse(),
    }
}

struct CountedTask(Arc<Counters>);

impl CountedTask {
    fn new(counters: Arc<Counters>) -> Self {
        counters.running_tasks.increment();
        Self(counters)
    }
}

impl Drop for CountedTask {
    fn drop(&mut self) {
        self.0.running_tasks.decrement();
    }
}

fn is_loopback(address: SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}

/// Sends nothing between a loopback address and any other address.
///
/// The kernel delivers such a datagram on its own machine, so ICE may nominate the pair; but Firefox never sends DTLS
/// to a loopback address, and the channel never opens. A pair of two addresses of the same kind always exists beside it.
#[derive(Debug)]
struct CountedSocket {
    socket: Arc<dyn AsyncUdpSocket>,
    is_loopback: bool,
    /// Whether the kernel may hand out several datagrams as one.
    puts_together: bool,
    pace: Mutex<CheckPace>,
    counters: Arc<Counters>,
    resets: StreamResets,
}

impl CountedSocket {
    fn lets_go(&self, transmit: &Transmit<'_>) -> bool {
        let is_in_time = || {
            let mut pace = self.pace.lock().unwrap_or_else(PoisonError::into_inner);
            pace.allows(Instant::now(), transmit.destination)
        };
        self.is_loopback == is_loopback(transmit.destination)
            && (!is_binding_request(transmit.contents) || is_in_time())
    }
}

impl Drop for CountedSocket {
    fn drop(&mut self) {
        self.counters.open_sockets.decrement();
    }
}

impl AsyncUdpSocket for CountedSocket {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    fn poll_send(&self, context: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        if !self.lets_go(transmit) {
            return Poll::Ready(Ok(transmit.contents.len()));
        }
        self.socket.poll_send(context, transmit)
    }

    fn poll_recv(
        &self,
        context: &mut Context<'_>,
        buffers: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        let received = self.socket.poll_recv(context, buffers, meta);
        if let Poll::Ready(Ok(messages)) = received {
            self.resets.note(&buffers[..messages], &meta[..messages]);
        }
        received
    }

    fn max_gso_segments(&self) -> usize {
        self.socket.max_gso_segments()
    }

    fn max_gro_segments(&self) -> usize {
        if self.puts_together { self.socket.max_gro_segments() } else { 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_as_the_stack_writes_it() {
        for (host, address) in [
            ("192.0.2.1:5", "192.0.2.1:5"),
            ("[2001:db8::1]:5", "[2001:db8::1]:5"),
            ("2001:db8::1:5", "[2001:db8::1]:5"),
            ("1:2:3:4:5:6:7:8:5", "[1:2:3:4:5:6:7:8]:5"),
        ] {
            assert_eq!(literal_address(host).unwrap().to_string(), address);
        }
        for host in ["stun.example.org:5", "2001:db8::1:65536", "192.0.2.1", ""] {
            assert!(literal_address(host).is_err(), "{host}");
        }
    }
}
