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

/// How many ports are tried for one address: other programs may have all of them.
const MAX_TRIES: usize = 256;

/// The ports of a producer.
pub(crate) struct Ports {
    config: Arc<Config>,
    given: Mutex<Given>,
    /// Whether it was said that there are not enough.
    is_reported: AtomicBool,
}

#[derive(Default)]
struct Given {
    taken: HashSet<SocketAddr>,
    /// The port that was tried last: the next search begins behind it.
    last: u16,
}

impl Given {
    /// Takes a free port for `address`. Behind the last port of the range, the search goes on at its
    /// first one.
    fn find(
        &mut self,
        mut address: SocketAddr,
        range: &RangeInclusive<u16>,
        last: u16,
        mut is_free: impl FnMut(SocketAddr) -> bool,
    ) -> Option<SocketAddr> {
        let behind = range.clone().filter(|port| *port > last);
        let from_first = range.clone().filter(|port| *port <= last);
        let addresses = behind.chain(from_first).map(|port| {
            address.set_port(port);
            address
        });
        let found = addresses.filter(|address| !self.taken.contains(address)).take(MAX_TRIES).find(|address| {
            self.last = address.port();
            is_free(*address)
        })?;
        self.taken.insert(found);
        Some(found)
    }
}

/// Addresses with their ports, which are free again when it is dropped: not before the sockets are closed.
pub(crate) struct Lease {
    ports: Arc<Ports>,
    addresses: Vec<SocketAddr>,
}

impl Ports {
    pub(crate) fn new(config: Arc<Config>) -> Arc<Self> {
        Arc::new(Self { config, given: Mutex::default(), is_reported: AtomicBool::new(false) })
    }

    /// A port for each address: any, if the options name none. An address without a free port is left out.
    pub(crate) fn lease(self: &Arc<Self>, addresses: Vec<SocketAddr>) -> Result<Lease> {
        let mut lease = Lease { ports: Arc::clone(self), addresses };
        let Some(range) = self.config.paths.udp_ports.clone() else { return Ok(lease) };
        let mut given = self.lock();
        let last = given.last;
        let addresses = std::mem::take(&mut lease.addresses).into_iter();
        lease.addresses = addresses.filter_map(|address| given.find(address, &range, last, is_free)).collect();
        drop(given);
        if lease.addresses.is_empty() {
            if !self.is_reported.swap(true, Ordering::Relaxed) {
                let text = format!(
                    "udp_ports: no port of {}-{} was found free, so a consumer cannot connect",
                    range.start(),
                    range.end()
                );
                diagnostics::warn_user(&self.config.client_id, text, self.config.on_diagnostic.as_ref());
            }
            return Err(Error::NoFreePort);
        }
        Ok(lease)
    }

    fn lock(&self) -> MutexGuard<'_, Given> {
        self.given.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lease {
    pub(crate) fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let mut given = self.ports.lock();
        for address in &self.addresses {
            given.taken.remove(address);
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
        let text = format!("app: udp_ports: no port of {first}-{last} was found free, so a consumer cannot connect");
        assert_eq!(*said.lock().unwrap(), [text]);
        let freed = port(&leases.remove(0));
        assert_eq!(port(&lease().unwrap()), freed);
    }

    /// A host whose ports are all taken is not asked for each of them, nor for the same ones again.
    #[test]
    fn a_search_is_limited_and_goes_on_behind_the_last() {
        let range = 20_000..=60_000;
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut given = Given::default();
        let tried = |given: &mut Given, last: u16| {
            let mut tries = Vec::new();
            let found = given.find(address, &range, last, |address| {
                tries.push(address.port());
                false
            });
            assert_eq!(found, None);
            tries
        };
        assert_eq!(tried(&mut given, 0), (20_000..20_256).collect::<Vec<u16>>());
        let last = given.last;
        assert_eq!(tried(&mut given, last), (20_256..20_512).collect::<Vec<u16>>());
        let around = tried(&mut given, 59_999);
        assert_eq!((around[0], around[1], given.last), (60_000, 20_000, 20_254));
        given.taken.insert(SocketAddr::from(([127, 0, 0, 1], 20_000)));
        assert_eq!(tried(&mut given, 60_000)[0], 20_001);
    }

    #[test]
    fn without_a_range_the_system_chooses() {
        let ports = Ports::new(Arc::new(Config::builder("app").environment(false).build().unwrap()));
        let address: SocketAddr = "127.0.0.1:0".parse().unwrap();
        assert_eq!(ports.lease(vec![address]).unwrap().addresses(), [address]);
    }
}
