//! Which UDP ports a peer binds, if the options name a range.
//!
//! The stack binds by itself, so that a port is looked for before: one that this producer has not given away, and that can be
//! bound. Another program may still take it in between; then the peer has one socket less, or none and is tried again.

use std::collections::HashSet;
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::error::{Error, Result};
use crate::config::Config;
use crate::diagnostics;

/// The ports of a producer.
pub(crate) struct Ports {
    config: Arc<Config>,
    taken: Mutex<HashSet<SocketAddr>>,
    /// Whether it was said that there are not enough.
    is_reported: AtomicBool,
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
        let mut free = |mut address: SocketAddr| {
            let port = range.clone().find(|port| {
                address.set_port(*port);
                !taken.contains(&address) && is_free(address)
            })?;
            address.set_port(port);
            taken.insert(address);
            Some(address)
        };
        lease.addresses = std::mem::take(&mut lease.addresses).into_iter().filter_map(&mut free).collect();
        drop(taken);
        if lease.addresses.is_empty() {
            if !self.is_reported.swap(true, Ordering::Relaxed) {
                let text = format!(
                    "udp_ports: every port of {}-{} is taken, so a consumer cannot connect",
                    range.start(),
                    range.end()
                );
                diagnostics::warn_user(&self.config.client_id, text, self.config.on_diagnostic.as_ref());
            }
            return Err(Error::NoFreePort);
        }
        Ok(lease)
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<SocketAddr>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
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
            taken.remove(address);
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
        let text = format!("app: udp_ports: every port of {first}-{last} is taken, so a consumer cannot connect");
        assert_eq!(*said.lock().unwrap(), [text]);
        let freed = port(&leases.remove(0));
        assert_eq!(port(&lease().unwrap()), freed);
    }

    #[test]
    fn without_a_range_the_system_chooses() {
        let ports = Ports::new(Arc::new(Config::builder("app").environment(false).build().unwrap()));
        let address: SocketAddr = "127.0.0.1:0".parse().unwrap();
        assert_eq!(ports.lease(vec![address]).unwrap().addresses(), [address]);
    }
}
