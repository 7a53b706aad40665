//! The STUN and TURN servers, with their names resolved ahead of time.
//!
//! The stack resolves within its event loop, where a slow name server stalls the connection.

use std::net::SocketAddr;
use std::sync::{Arc, Weak};
use std::time::Duration;

use futures_util::future::join_all;
pub(crate) use logrtc::binding::over_udp;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep, timeout_at};

use crate::ice_servers::IceServer;

/// The STUN server of the protocol.
pub(crate) const DEFAULT_SERVER: &str = "stun:stun.l.google.com:19302";

/// How long a connection waits for a look-up that has not ended yet.
const PATIENCE: Duration = Duration::from_millis(500);

/// How long addresses are kept, and how soon a look-up that failed is tried again.
const REFRESH_INTERVAL: Duration = Duration::from_secs(300);
const RETRY_INTERVAL: Duration = Duration::from_secs(30);

/// The servers that are used now. Clones are the same.
#[derive(Clone)]
pub(crate) struct IceServers(Arc<Shared>);

struct Shared {
    /// Of the options; `None` for those of the signaling server, or the default.
    own: Option<Vec<IceServer>>,
    state: watch::Sender<State>,
    replaced: Arc<Notify>,
}

#[derive(Clone)]
struct State {
    wanted: Vec<IceServer>,
    /// The same by their addresses.
    known: Vec<IceServer>,
    /// Whether all of them have been looked up.
    is_settled: bool,
    /// Whether it is known what the signaling server names, on the present connection.
    is_decided: bool,
    patience_ends: Instant,
}

impl State {
    fn of(wanted: Vec<IceServer>, is_decided: bool) -> Self {
        let is_settled = wanted.is_empty();
        Self { wanted, known: Vec::new(), is_settled, is_decided, patience_ends: Instant::now() + PATIENCE }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.replaced.notify_one();
    }
}

impl IceServers {
    /// Looks up until the returned value and its clones are dropped. A name server that does not answer holds a thread
    /// of the runtime for as long as the system likes, and nothing else.
    pub(crate) fn start(own: Option<Vec<IceServer>>) -> Self {
        let state = watch::Sender::new(State::of(own.clone().unwrap_or_default(), false));
        let replaced = Arc::new(Notify::new());
        let shared = Arc::new(Shared { own, state, replaced: Arc::clone(&replaced) });
        tokio::spawn(look_up(Arc::downgrade(&shared), replaced));
        Self(shared)
    }

    /// The signaling connection is a new one.
    pub(crate) fn begin(&self) {
        self.0.state.send_modify(|state| state.is_decided = false);
    }

    /// Takes the servers that the signaling server names, `None` if it names none, in place of those that it named before.
    pub(crate) fn hand_out(&self, named: Option<Vec<IceServer>>) {
        let wanted = match (&self.0.own, named) {
            (Some(own), _) if own.is_empty() => Vec::new(),
            (Some(own), named) => own.iter().cloned().chain(named.into_iter().flatten()).collect(),
            (None, Some(named)) => named,
            (None, None) => vec![IceServer::stun(DEFAULT_SERVER)],
        };
        self.0.state.send_modify(|state| {
            state.is_decided = true;
            if state.wanted != wanted {
                *state = State::of(wanted, true);
            }
        });
        self.0.replaced.notify_one();
    }

    /// The signaling server names none, unless it has done so on this connection.
    pub(crate) fn decide(&self) {
        if !self.0.state.borrow().is_decided {
            self.hand_out(None);
        }
    }

    /// The servers by one address of each family, after a short wait if they have not been looked up yet.
    pub(crate) async fn known(&self) -> Vec<IceServer> {
        let mut state = self.0.state.subscribe();
        let patience_ends = state.borrow().patience_ends;
        let _ = timeout_at(patience_ends, state.wait_for(|state| state.is_settled)).await;
        self.0.state.borrow().known.clone()
    }
}

async fn look_up(shared: Weak<Shared>, replaced: Arc<Notify>) {
    loop {
        let Some(wanted) = shared.upgrade().map(|shared| shared.state.borrow().wanted.clone()) else { return };
        let found = join_all(wanted.iter().map(resolve)).await;
        let pause = if found.iter().all(Option::is_some) { REFRESH_INTERVAL } else { RETRY_INTERVAL };
        let Some(shared) = shared.upgrade() else { return };
        shared.state.send_modify(|state| {
            if state.wanted == wanted {
                // The last good answer is better than none.
                if found.iter().all(Option::is_some) || state.known.is_empty() {
                    state.known = found.into_iter().flatten().collect();
                }
                state.is_settled = true;
            }
        });
        drop(shared);
        tokio::select! {
            () = sleep(pause) => {}
            () = replaced.notified() => {}
        }
    }
}

/// The server by its addresses; none if it has none. URLs that this stack cannot use are left out: it knows UDP alone.
async fn resolve(server: &IceServer) -> Option<IceServer> {
    let mut urls = Vec::new();
    let mut has_failed = false;
    for (scheme, host) in server.urls.iter().filter_map(|url| over_udp(url)) {
        match tokio::net::lookup_host(&host).await {
            Ok(addresses) => urls.extend(addressed(scheme, &addresses.collect::<Vec<_>>())),
            Err(_) => has_failed = true,
        }
    }
    (!has_failed || !urls.is_empty()).then(|| IceServer { urls, ..server.clone() })
}

/// One address of each family, which is enough: the stack asks from every socket of that family.
fn addressed(scheme: &str, addresses: &[SocketAddr]) -> Vec<String> {
    let of_family = |v4: bool| addresses.iter().find(|address| address.is_ipv4() == v4);
    [of_family(true), of_family(false)].into_iter().flatten().map(|address| format!("{scheme}:{address}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn those_of_the_signaling_server_stand_beside_those_of_the_options() {
        let urls = |servers: Vec<IceServer>| servers.into_iter().flat_map(|server| server.urls).collect::<Vec<_>>();
        let named = || Some(vec![IceServer::turn("turn:192.0.2.2", "u", "c"), IceServer::stun("stuns:192.0.2.3")]);
        let servers = IceServers::start(Some(vec![IceServer::stun("stun:192.0.2.1:5")]));
        servers.hand_out(named());
        assert_eq!(urls(servers.known().await), ["stun:192.0.2.1:5", "turn:192.0.2.2:3478"]);

        let servers = IceServers::start(None);
        assert_eq!(servers.0.state.borrow().wanted.len(), 0, "the default is not asked before it is wanted");
        servers.hand_out(named());
        assert_eq!(urls(servers.known().await), ["turn:192.0.2.2:3478"], "in place of the default");
        servers.begin();
        servers.decide();
        assert_eq!(servers.0.state.borrow().wanted, [IceServer::stun(DEFAULT_SERVER)]);

        let servers = IceServers::start(Some(Vec::new()));
        servers.hand_out(named());
        assert_eq!(servers.known().await, [], "none is a wish, too");
    }
}
