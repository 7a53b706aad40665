//! The ICE servers, with their names resolved ahead of time.
//!
//! The stack resolves a name within a connection's event loop, where a slow name server stalls it. So the names are
//! resolved here, again and again, and a connection gets addresses.

use std::sync::Arc;
use std::time::Duration;

use ::webrtc::peer_connection::RTCIceServer;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::config::{Config, IceServer};
use crate::diagnostics::debug;
use crate::names;
use crate::runtime::Shutdown;
use crate::stats::Counters;

/// How long one name may take.
const LOOKUP_TIMEOUT: Duration = Duration::from_secs(2);

/// How long the first consumer may be kept waiting for names that are still being resolved.
const FIRST_LOOKUP_PATIENCE: Duration = Duration::from_millis(500);

/// How long names hold, and how soon one that failed is tried again.
const REFRESH_INTERVAL: Duration = Duration::from_secs(300);
const RETRY_INTERVAL: Duration = Duration::from_secs(30);

const DEFAULT_PORT: u16 = 3478;

/// `None` until the first look-up has ended.
type Resolved = Option<Vec<RTCIceServer>>;

/// What the look-ups have found so far.
#[derive(Clone)]
pub(crate) struct IceServers(watch::Receiver<Resolved>);

impl IceServers {
    /// The servers that are known, after a short wait where none has been looked up yet.
    pub(crate) async fn known(&self) -> Vec<RTCIceServer> {
        let mut resolved = self.0.clone();
        let known = timeout(FIRST_LOOKUP_PATIENCE, resolved.wait_for(Option::is_some)).await;
        known.ok().and_then(Result::ok).and_then(|servers| servers.clone()).unwrap_or_default()
    }
}

/// What is to be looked up: give [`Lookup::run`] a task.
pub(crate) struct Lookup {
    config: Arc<Config>,
    counters: Arc<Counters>,
    resolved: watch::Sender<Resolved>,
    shutdown: Shutdown,
}

/// The two ends: who asks, and who looks up.
pub(crate) fn new(config: Arc<Config>, counters: Arc<Counters>, shutdown: Shutdown) -> (IceServers, Lookup) {
    let (resolved, known) = watch::channel(None);
    (IceServers(known), Lookup { config, counters, resolved, shutdown })
}

impl Lookup {
    /// Looks up until shutdown.
    pub(crate) async fn run(mut self) {
        let mut shutdown = self.shutdown.clone();
        // The last good answer for each server: it is better than none.
        let mut found = vec![None; self.config.ice_servers.len()];
        while self.shutdown.borrow().is_none() {
            let mut failed = false;
            for (server, known) in self.config.ice_servers.iter().zip(&mut found) {
                let resolved = tokio::select! {
                    resolved = resolve(server, &self.counters) => resolved,
                    _ = shutdown.changed() => return,
                };
                match resolved {
                    Ok(server) => *known = Some(server),
                    Err(problem) => {
                        debug!("no ICE server {:?}: {problem}", server.url);
                        failed = true;
                    }
                }
            }
            self.resolved.send_replace(Some(found.iter().flatten().cloned().collect()));
            let pause = if failed { RETRY_INTERVAL } else { REFRESH_INTERVAL };
            let _ = timeout(pause, self.shutdown.changed()).await;
        }
    }
}

async fn resolve(server: &IceServer, counters: &Arc<Counters>) -> Result<RTCIceServer, String> {
    let (scheme, rest) = server.url.split_once(':').ok_or("no scheme")?;
    let (authority, query) = rest.split_once('?').map_or((rest, None), |(authority, query)| (authority, Some(query)));
    let (host, port) = split_authority(authority)?;
    let addresses = timeout(LOOKUP_TIMEOUT, names::resolve(host, port, counters))
        .await
        .map_err(|_| format!("no answer within {LOOKUP_TIMEOUT:?}"))?
        .map_err(|error| error.to_string())?;
    // One address of each family is enough: the stack asks from every socket of that family.
    let of_family = |v4: bool| addresses.iter().find(move |address| address.is_ipv4() == v4);
    let urls = [of_family(true), of_family(false)].into_iter().flatten().map(|address| {
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        format!("{scheme}:{address}{query}")
    });
    Ok(RTCIceServer { urls: urls.collect(), username: server.username.clone(), credential: server.credential.clone() })
}

/// `host`, `host:port`, `[address]:port` (RFC 7064 §3.1).
fn split_authority(authority: &str) -> Result<(&str, u16), String> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest.split_once(']').ok_or("no ] after the address")?;
            (host, port.strip_prefix(':'))
        }
        None => authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port))),
    };
    match port {
        None => Ok((host, DEFAULT_PORT)),
        Some(port) => port.parse().map(|port| (host, port)).map_err(|_| format!("{port:?} is not a port")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn literal_addresses_need_no_name_server() {
        let counters = Arc::new(Counters::default());
        for (url, resolved) in [
            ("stun:127.0.0.1", "stun:127.0.0.1:3478"),
            ("stun:[::1]:19302", "stun:[::1]:19302"),
            ("turn:127.0.0.1:5?transport=udp", "turn:127.0.0.1:5?transport=udp"),
        ] {
            assert_eq!(resolve(&IceServer::turn(url, "u", "c"), &counters).await.unwrap().urls, [resolved]);
        }
        assert!(resolve(&IceServer::stun("stun:127.0.0.1:x"), &counters).await.is_err());
    }
}
