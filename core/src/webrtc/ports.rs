//! Which UDP ports a peer binds, if the options name a range.
//!
//! The stack binds by itself, so that a port is looked for before: one that this producer has not given away, and that can be
//! bound. Another program may still take it in between; then the peer has one socket less, or none and is tried again.

use std::collections::HashSet;
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::error::{Error, Result};
use crate::config::Config;
use crate::diagnostics;

/// How many ports another program may have before the search ends; the next one continues there. Each costs a call of
/// the system, on a thread that serves every peer.
const MAX_TRIES: usize = 256;

/// The ports of a producer.
pub(crate) struct Ports {
    config: Arc<Config>,
    taken: Mutex<Taken>,
    /// Whether it was said that there are not enough.
    is_reported: AtomicBool,
}

#[derive(Default)]
struct Taken {
    addresses: HashSet<SocketAddr>,
    /// The port that was looked at last: the next peer begins behind it.
    last: Option<u16>,
}

/// Addresses with their ports, which are free again when it is dropped: not before the sockets are closed.
pub(crate) struct Lease {
    ports: Arc<Ports>,
    addresses: Vec<SocketAddr>,
}

impl Ports {
    pub(crate) fn new(config: Arc<Config>) -> Arc<Self> {
        Arc::new(Self { config, taken: Mutex::default(), is_reported: AtomicBool::new(false) })
    }

    /// A port for each address: any, if the options name none. An address without a free port is left out.
    pub(crate) fn lease(self: &Arc<Self>, addresses: Vec<SocketAddr>) -> Result<Lease> {
        let mut lease = Lease { ports: Arc::clone(self), addresses };
        let Some(range) = self.config.paths.udp_ports.clone() else { return Ok(lease) };
        let mut taken = self.lock();
        lease.addresses = std::mem::take(&mut lease.addresses)
            .into_iter()
            .filter_map(|address| taken.take_free(address, &range, is_free))
            .collect();
        drop(taken);
        if lease.addresses.is_empty() {
            if !self.is_reported.swap(true, Ordering::Relaxed) {
                let text = format!(
                    "udp_ports: no port of {}-{} is free, so a consumer cannot connect",
                    range.start(),
                    range.end()
                );
                diagnostics::warn_user(&self.config.client_id, text, self.config.on_diagnostic.as_ref());
            }
            return Err(Error::NoFreePort);
        }
        Ok(lease)
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken {
    /// Takes a free port of the range at this address.
    fn take_free(
        &mut self,
        mut address: SocketAddr,
        range: &RangeInclusive<u16>,
        mut is_free: impl FnMut(SocketAddr) -> bool,
    ) -> Option<SocketAddr> {
        let (first, end) = (*range.start(), *range.end());
        let next = self.last.and_then(|last| last.checked_add(1)).filter(|next| range.contains(next)).unwrap_or(first);
        let mut tries = 0;
        for port in (next..=end).chain(first..next) {
            address.set_port(port);
            if self.addresses.contains(&address) {
                continue;
            }
            self.last = Some(port);
            tries += 1;
            if is_free(address) {
                self.addresses.insert(address);
                return Some(address);
            }
            if tries == MAX_TRIES {
                break;
            }
        }
        None
    }
}

impl Lease {
    pub(crate) fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let mut taken = self.ports.lock();
        for address in &self.addresses {
            taken.addresses.remove(address);
        }
    }
}

/// An address that this host no longer has is free at its first port: the stack skips it.
fn is_free(address: SocketAddr) -> bool {
    UdpSocket::bind(address).map_or_else(|error| error.kind() != io::ErrorKind::AddrInUse, |_| true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_peer_has_ports_of_its_own_until_it_ends() {
        // A port that somebody else has, and another one behind it.
        let other = UdpSocket::bind("127.0.0.1:0").unwrap();
        let first = other.local_addr().unwrap().port();
        let Some(last) = first.checked_add(2) else { return };
        let said = Arc::new(Mutex::new(Vec::new()));
        let keep = Arc::clone(&said);
        let config = Config::builder("app").environment(false).udp_ports(first..=last);
        let config = config.on_diagnostic(move |diagnostic| keep.lock().unwrap().push(diagnostic.to_string()));
        let ports = Ports::new(Arc::new(config.build().unwrap()));
        let lease = || ports.lease(vec![SocketAddr::from(([127, 0, 0, 1], 0))]);
        let port = |lease: &Lease| lease.addresses()[0].port();
        let mut leases: Vec<Lease> = std::iter::from_fn(|| lease().ok()).collect();
        assert!((1..=2).contains(&leases.len()), "another program may have one of them");
        assert!(leases.iter().all(|lease| port(lease) > first && port(lease) <= last));
        assert!(matches!(lease(), Err(Error::NoFreePort)));
        let text = format!("app: udp_ports: no port of {first}-{last} is free, so a consumer cannot connect");
        assert_eq!(*said.lock().unwrap(), [text]);
        let freed = port(&leases.remove(0));
        assert_eq!(port(&lease().unwrap()), freed);
    }

    #[test]
    fn a_search_begins_behind_the_last_port_and_ends() {
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut taken = Taken::default();
        let mut tries = 0;
        let mut search = |range, first_free| {
            let is_free = |address: SocketAddr| {
                tries += 1;
                address.port() >= first_free
            };
            taken.take_free(address, &range, is_free).map(|address| address.port())
        };
        assert_eq!(search(1..=3, 0), Some(1));
        assert_eq!(search(1..=3, 0), Some(2));
        assert_eq!(search(1..=2, 0), None, "both are given away");
        // Another program has all up to here.
        let first_free = 3 + u16::try_from(MAX_TRIES).unwrap();
        assert_eq!(search(1..=u16::MAX, first_free), None);
        assert_eq!(search(1..=u16::MAX, first_free), Some(first_free), "it continues where it ended");
        assert_eq!(search(1..=u16::MAX, u16::MAX), None);
        assert_eq!(tries, 2 + MAX_TRIES + 1 + MAX_TRIES);
    }

    #[test]
    fn without_a_range_the_system_chooses() {
        let ports = Ports::new(Arc::new(Config::builder("app").environment(false).build().unwrap()));
        let address: SocketAddr = "127.0.0.1:0".parse().unwrap();
        assert_eq!(ports.lease(vec![address]).unwrap().addresses(), [address]);
    }
}
