//! The ICE servers, with their names resolved ahead of time.
//!
//! The stack resolves a name within a connection's event loop, where a slow name server stalls it. So the names are
//! resolved here, again and again, and a connection gets addresses.

use std::collections::HashSet;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use ::webrtc::peer_connection::RTCIceServer;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use thiserror::Error;
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, sleep, timeout, timeout_at};
use url::Host;

use super::addresses;
use crate::config::ice_url::IceUrl;
use crate::config::{CheckedIceServer, Config, DEFAULT_ICE_SERVER};
use crate::diagnostics::{self, debug, info};
use crate::names;
use crate::runtime::Shutdown;
use crate::stats::Counters;

/// How long one name may take.
const LOOKUP_TIMEOUT: Duration = Duration::from_secs(2);

/// How long after the begin of the first look-ups a consumer may be kept waiting for those that are still running.
const FIRST_LOOKUP_PATIENCE: Duration = Duration::from_millis(500);

/// How long names hold, and how soon one that failed is tried again.
const REFRESH_INTERVAL: Duration = Duration::from_secs(300);
const RETRY_INTERVAL: Duration = Duration::from_secs(30);

/// One server of the configuration, as far as it is known.
#[derive(Clone, Debug, Default)]
struct Entry {
    /// The last good answer: it is better than none.
    known: Option<RTCIceServer>,
    /// Whether its first look-up has ended.
    settled: bool,
}

/// What the look-ups have found so far.
#[derive(Clone)]
pub(crate) struct IceServers {
    entries: watch::Receiver<Vec<Entry>>,
    patience_ends: Instant,
}

impl IceServers {
    /// The servers that are known, after a short wait if some are still being looked up for the first time.
    pub(crate) async fn known(&self) -> Vec<RTCIceServer> {
        let mut entries = self.entries.clone();
        let all_settled = entries.wait_for(|entries| entries.iter().all(|entry| entry.settled));
        let _ = timeout_at(self.patience_ends, all_settled).await;
        self.entries.borrow().iter().filter_map(|entry| entry.known.clone()).collect()
    }
}

/// Why a server is not used.
#[derive(Debug, Error)]
enum Unusable {
    #[error("no answer of the name server within {:?}", LOOKUP_TIMEOUT)]
    LookupTimeout,
    #[error(transparent)]
    Lookup(#[from] io::Error),
    #[error("its name has no address")]
    NoAddress,
    #[error("no local address is of the kind of {0}")]
    Unreachable(String),
}

/// What is to be looked up: give [`Lookup::run`] a task.
pub(crate) struct Lookup {
    config: Arc<Config>,
    counters: Arc<Counters>,
    entries: watch::Sender<Vec<Entry>>,
    /// What was reported as not usable: each is said once.
    reported: HashSet<String>,
    places: Arc<Semaphore>,
    shutdown: Shutdown,
}

/// The two ends: who asks, and who looks up. A server whose URL has an address instead of a name is known at once.
pub(crate) fn new(config: Arc<Config>, counters: Arc<Counters>, shutdown: Shutdown) -> (IceServers, Lookup) {
    let local = addresses::to_bind(&config);
    let entries = config.ice_servers.iter().map(|server| match literal(&server.url) {
        Some(address) => Entry { known: usable(server, &[address], &local).ok(), settled: true },
        None => Entry::default(),
    });
    let (sender, receiver) = watch::channel(entries.collect());
    let places = Arc::new(Semaphore::new(names::MAX_ICE_LOOKUPS));
    let known = IceServers { entries: receiver, patience_ends: Instant::now() + FIRST_LOOKUP_PATIENCE };
    (known, Lookup { config, counters, entries: sender, reported: HashSet::new(), places, shutdown })
}

impl Lookup {
    /// Looks up until shutdown.
    pub(crate) async fn run(mut self) {
        let mut shutdown = self.shutdown.clone();
        tokio::select! {
            () = self.look_up_again_and_again() => {}
            _ = shutdown.wait_for(Option::is_some) => {}
        }
    }

    async fn look_up_again_and_again(&mut self) {
        let config = Arc::clone(&self.config);
        loop {
            self.report_interfaces();
            let local = addresses::to_bind(&config);
            let (places, counters) = (Arc::clone(&self.places), Arc::clone(&self.counters));
            let resolve = |(number, server)| {
                let resolving = resolve(server, &local, &places, &counters);
                async move { (number, resolving.await) }
            };
            let mut lookups: FuturesUnordered<_> = config.ice_servers.iter().enumerate().map(resolve).collect();
            let mut pause = REFRESH_INTERVAL;
            while let Some((number, resolved)) = lookups.next().await {
                if let Err(problem) = &resolved {
                    pause = RETRY_INTERVAL;
                    self.report_server(number, problem);
                }
                self.entries.send_modify(|entries| {
                    let entry = &mut entries[number];
                    entry.settled = true;
                    entry.known = resolved.ok().or(entry.known.take());
                });
            }
            sleep(pause).await;
        }
    }

    /// A server that is known from before is still used.
    fn report_server(&mut self, number: usize, problem: &Unusable) {
        let url = &self.config.ice_servers[number].url;
        if self.entries.borrow()[number].known.is_some() {
            debug!("the ICE server {url} keeps its addresses: {problem}");
        } else if self.reported.insert(format!("the ICE server {url}")) {
            let text =
                format!("the ICE server {url} is not used: {problem}; it is tried again every {RETRY_INTERVAL:?}");
            if url.to_string() == DEFAULT_ICE_SERVER {
                // Nobody asked for it, and a program that is used within one network does not need it.
                info!("{text}");
            } else {
                self.warn(text);
            }
        }
    }

    fn report_interfaces(&mut self) {
        for name in addresses::missing(&self.config) {
            if self.reported.insert(format!("the interface {name}")) {
                self.warn(format!(
                    "interfaces: {name:?} is not used: this host has no such interface or address to offer"
                ));
            }
        }
    }

    fn warn(&self, text: String) {
        diagnostics::warn_user(&self.config.client_id, text, self.config.on_diagnostic.as_ref());
    }
}

async fn resolve(
    server: &CheckedIceServer,
    local: &[SocketAddr],
    places: &Arc<Semaphore>,
    counters: &Arc<Counters>,
) -> Result<RTCIceServer, Unusable> {
    let addresses = match (&server.url.host, literal(&server.url)) {
        (Host::Domain(name), None) => {
            timeout(LOOKUP_TIMEOUT, names::resolve_within(places, name, server.url.port, counters))
                .await
                .map_err(|_| Unusable::LookupTimeout)??
        }
        (_, literal) => literal.into_iter().collect(),
    };
    usable(server, &addresses, local)
}

fn literal(url: &IceUrl) -> Option<SocketAddr> {
    let address = match url.host {
        Host::Domain(_) => return None,
        Host::Ipv4(address) => IpAddr::V4(address),
        Host::Ipv6(address) => IpAddr::V6(address),
    };
    Some(SocketAddr::new(address, url.port))
}

/// The server by one address of each family, which is enough: the stack asks from every socket of that family.
fn usable(server: &CheckedIceServer, addresses: &[SocketAddr], local: &[SocketAddr]) -> Result<RTCIceServer, Unusable> {
    // No datagram goes from a loopback address to another kind of address, nor back (`sockets`).
    let reaches = |from: &SocketAddr, to: &SocketAddr| {
        from.is_ipv4() == to.is_ipv4() && from.ip().is_loopback() == to.ip().is_loopback()
    };
    let reachable = |address: &&SocketAddr| local.iter().any(|from| reaches(from, address));
    let of_family = |v4: bool| addresses.iter().filter(reachable).find(|address| address.is_ipv4() == v4);
    let urls: Vec<_> = [of_family(true), of_family(false)]
        .into_iter()
        .flatten()
        .map(|address| IceUrl::at(server.url.scheme, *address).to_string())
        .collect();
    if urls.is_empty() {
        let addresses: Vec<_> = addresses.iter().map(|address| address.ip().to_string()).collect();
        return Err(match addresses.as_slice() {
            [] => Unusable::NoAddress,
            addresses => Unusable::Unreachable(addresses.join(", ")),
        });
    }
    Ok(RTCIceServer { urls, username: server.username.clone(), credential: server.credential.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::IceServer;

    fn config(servers: &[&str]) -> Arc<Config> {
        let servers = servers.iter().map(|url| IceServer::turn(*url, "u", "c"));
        Arc::new(Config::builder("app").environment(false).ice_servers(servers).build().unwrap())
    }

    fn urls(server: &str, addresses: &[&str], local: &[&str]) -> Result<Vec<String>, Unusable> {
        let parse = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<SocketAddr>>();
        usable(&config(&[server]).ice_servers[0], &parse(addresses), &parse(local)).map(|server| server.urls)
    }

    #[test]
    fn a_server_has_one_address_of_each_family_that_this_host_has() {
        let addresses = ["[2001:db8::1]:5", "192.0.2.1:5", "192.0.2.2:5", "[2001:db8::2]:5"];
        let both = ["10.0.0.1:0", "[fd00::1]:0"];
        assert_eq!(urls("turn:h:5", &addresses, &both).unwrap(), ["turn:192.0.2.1:5", "turn:[2001:db8::1]:5"]);
        assert_eq!(urls("stun:h:5", &addresses, &both[..1]).unwrap(), ["stun:192.0.2.1:5"]);
        assert_eq!(urls("stun:h:5", &addresses[..1], &both).unwrap(), ["stun:[2001:db8::1]:5"]);
        assert_eq!(
            urls("stun:h:5", &addresses[..1], &both[..1]).unwrap_err().to_string(),
            "no local address is of the kind of 2001:db8::1"
        );
        assert!(urls("stun:h", &["127.0.0.1:5"], &both).is_err(), "no socket sends there");
        assert_eq!(urls("stun:h", &[], &both).unwrap_err().to_string(), "its name has no address");
    }

    #[tokio::test]
    async fn a_literal_address_is_known_before_any_look_up() {
        let (_shutdown, stop) = watch::channel(None);
        let servers = ["turn:192.0.2.1:5", "stun:never.looked.up"];
        let (known, lookup) = new(config(&servers), Arc::default(), stop);
        // The look-up never runs.
        assert_eq!(known.known().await[0].urls, ["turn:192.0.2.1:5"]);
        assert_eq!(known.known().await.len(), 1);
        drop(lookup);
    }
}
