//! Names to addresses, by the system's own resolver.
//!
//! The system's resolver cannot be interrupted: a name server that is silent holds a thread for many seconds. Such a
//! thread is counted, so that the end does not wait for it.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::stats::Counters;

/// Counts a look-up until its thread has ended it, whether or not a task still waits for the result.
struct Running(Arc<Counters>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.running_lookups.decrement();
    }
}

/// How many look-ups of ICE servers hold a thread at once, so that the signaling server always finds one.
pub(crate) const MAX_ICE_LOOKUPS: usize = 8;

/// Every address of `host`. One that is an address already costs nothing.
pub(crate) async fn resolve(host: &str, port: u16, counters: &Arc<Counters>) -> io::Result<Vec<SocketAddr>> {
    if let Ok(address) = host.parse() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    look_up(host, port, counters, ()).await
}

/// The same, once one of `places` is free. The place is held as long as the thread, which outlives the caller's patience.
pub(crate) async fn resolve_within(
    places: &Arc<Semaphore>,
    host: &str,
    port: u16,
    counters: &Arc<Counters>,
) -> io::Result<Vec<SocketAddr>> {
    let place = Arc::clone(places).acquire_owned().await.map_err(io::Error::other)?;
    look_up(host, port, counters, place).await
}

async fn look_up<T: Send + 'static>(
    host: &str,
    port: u16,
    counters: &Arc<Counters>,
    place: T,
) -> io::Result<Vec<SocketAddr>> {
    counters.running_lookups.increment();
    let running = Running(Arc::clone(counters));
    let host = host.to_owned();
    let lookup = move || {
        let _held = (running, place);
        (host.as_str(), port).to_socket_addrs().map(Iterator::collect)
    };
    tokio::task::spawn_blocking(lookup).await.map_err(io::Error::other)?
}
