//! The STUN and TURN servers, with their names resolved ahead of time.
//!
//! The stack resolves within its event loop, where a slow name server stalls the connection.

use std::collections::HashSet;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::{Arc, Weak};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
pub(crate) use logrtc::binding::over_udp;
use tokio::sync::{Notify, Semaphore, watch};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::ice_servers::IceServer;

/// The STUN server of the protocol.
pub(crate) const DEFAULT_SERVER: &str = "stun:stun.l.google.com:19302";

/// How long one name may take.
const LOOKUP_TIMEOUT: Duration = Duration::from_secs(2);

/// How many look-ups hold a thread at once.
const MAX_LOOKUPS: usize = 8;

/// How long a connection waits for look-ups that have not ended yet.
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

/// One URL of a server, as far as it is known.
#[derive(Clone, Debug, PartialEq)]
struct Entry {
    scheme: &'static str,
    /// With the port.
    host: String,
    username: Option<String>,
    credential: Option<String>,
    /// The URL by one address of each family: those that were found last, because they are better than none.
    known: Vec<String>,
    /// Whether the first look-up has ended.
    is_settled: bool,
}

impl Entry {
    fn is_same(&self, other: &Self) -> bool {
        (self.scheme, &self.host) == (other.scheme, &other.host)
    }

    fn settle(&mut self, addresses: Option<&[SocketAddr]>) {
        self.is_settled = true;
        if let Some(addresses) = addresses {
            self.known = addressed(self.scheme, addresses);
        }
    }
}

#[derive(Clone)]
struct State {
    entries: Vec<Entry>,
    /// Whether it is known what the signaling server names, on the present connection.
    is_decided: bool,
    patience_ends: Instant,
}

impl State {
    /// What has been looked up `before` need not be looked up first, under whatever credentials.
    fn of(mut entries: Vec<Entry>, is_decided: bool, before: &[Entry]) -> Self {
        for entry in &mut entries {
            let former = before.iter().find(|former| former.is_same(entry));
            if let Some(Entry { known, is_settled, .. }) = former {
                (entry.known, entry.is_settled) = (known.clone(), *is_settled);
            }
        }
        Self { entries, is_decided, patience_ends: Instant::now() + PATIENCE }
    }

    /// The hosts to look up, each once.
    fn names(&self) -> HashSet<String> {
        let names = self.entries.iter().filter(|entry| literal(&entry.host).is_none());
        names.map(|entry| entry.host.clone()).collect()
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.replaced.notify_one();
    }
}

impl IceServers {
    /// Looks up until the returned value and its clones are dropped. A name server that does not answer holds a few threads
    /// of the runtime for as long as the system likes, and nothing else.
    pub(crate) fn start(own: Option<Vec<IceServer>>) -> Self {
        let state = watch::Sender::new(State::of(entries(own.iter().flatten()), false, &[]));
        let replaced = Arc::new(Notify::new());
        let shared = Arc::new(Shared { own, state, replaced: Arc::clone(&replaced) });
        tokio::spawn(look_up_again_and_again(Arc::downgrade(&shared), replaced));
        Self(shared)
    }

    /// The signaling connection is a new one.
    pub(crate) fn begin(&self) {
        self.0.state.send_modify(|state| state.is_decided = false);
    }

    /// Takes the servers that the signaling server names, `None` if it names none, in place of those that it named before.
    pub(crate) fn hand_out(&self, named: Option<&[IceServer]>) {
        let named = named.map(entries);
        let wanted = match (&self.0.own, named) {
            (Some(own), _) if own.is_empty() => Vec::new(),
            (Some(own), named) => {
                let mut wanted = entries(own);
                let own = wanted.clone();
                let others = named.into_iter().flatten();
                wanted.extend(others.filter(|entry| !own.iter().any(|own| own.is_same(entry))));
                wanted
            }
            (None, Some(named)) => named,
            (None, None) => entries([&IceServer::stun(DEFAULT_SERVER)]),
        };
        self.0.state.send_modify(|state| *state = State::of(wanted, true, &state.entries));
        self.0.replaced.notify_one();
    }

    /// The signaling server names none, unless it has done so on this connection.
    pub(crate) fn decide(&self) {
        if !self.0.state.borrow().is_decided {
            self.hand_out(None);
        }
    }

    /// The servers by one address of each family, after a short wait if some are still being looked up for the first time.
    pub(crate) async fn known(&self) -> Vec<IceServer> {
        let mut state = self.0.state.subscribe();
        let patience_ends = state.borrow().patience_ends;
        let all_settled = state.wait_for(|state| state.entries.iter().all(|entry| entry.is_settled));
        let _ = timeout_at(patience_ends, all_settled).await;
        let state = self.0.state.borrow();
        let known = state.entries.iter().filter(|entry| !entry.known.is_empty()).cloned();
        known.map(|Entry { known: urls, username, credential, .. }| IceServer { urls, username, credential }).collect()
    }
}

/// An entry for each URL, known already if it has an address instead of a name. URLs that this stack cannot use are left out:
/// it knows UDP alone.
fn entries<'s>(servers: impl IntoIterator<Item = &'s IceServer>) -> Vec<Entry> {
    let of_server = |server: &'s IceServer| {
        server.urls.iter().filter_map(|url| over_udp(url)).map(|(scheme, host)| {
            let address = literal(&host);
            let known = addressed(scheme, address.as_slice());
            let (username, credential) = (server.username.clone(), server.credential.clone());
            Entry { scheme, host, username, credential, known, is_settled: address.is_some() }
        })
    };
    servers.into_iter().flat_map(of_server).collect()
}

fn literal(host: &str) -> Option<SocketAddr> {
    host.parse().ok()
}

async fn look_up_again_and_again(shared: Weak<Shared>, replaced: Arc<Notify>) {
    let places = Arc::new(Semaphore::new(MAX_LOOKUPS));
    loop {
        let Some(names) = shared.upgrade().map(|shared| shared.state.borrow().names()) else { return };
        tokio::select! {
            pause = look_up(&shared, names, &places) => tokio::select! {
                () = sleep(pause) => {}
                () = replaced.notified() => {}
            },
            () = replaced.notified() => {}
        }
    }
}

/// Looks up every name once, and hands out what is found of each at once. Returns when to do it again.
async fn look_up(shared: &Weak<Shared>, names: HashSet<String>, places: &Arc<Semaphore>) -> Duration {
    let resolve = |name: String| async {
        let found = timeout(LOOKUP_TIMEOUT, resolve(name.clone(), places)).await;
        (name, found.ok().and_then(io::Result::ok))
    };
    let mut lookups: FuturesUnordered<_> = names.into_iter().map(resolve).collect();
    let mut pause = REFRESH_INTERVAL;
    while let Some((name, addresses)) = lookups.next().await {
        if addresses.is_none() {
            pause = RETRY_INTERVAL;
        }
        let Some(shared) = shared.upgrade() else { break };
        shared.state.send_modify(|state| {
            let named = state.entries.iter_mut().filter(|entry| entry.host == name);
            named.for_each(|entry| entry.settle(addresses.as_deref()));
        });
    }
    pause
}

/// Every address of a host with a port, once one of `places` is free. The place is held as long as the thread, which outlives the
/// caller's patience.
async fn resolve(host: String, places: &Arc<Semaphore>) -> io::Result<Vec<SocketAddr>> {
    let place = Arc::clone(places).acquire_owned().await.map_err(io::Error::other)?;
    let lookup = move || {
        let _held = place;
        host.to_socket_addrs().map(Iterator::collect)
    };
    tokio::task::spawn_blocking(lookup).await.map_err(io::Error::other)?
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
        servers.hand_out(named().as_deref());
        assert_eq!(urls(servers.known().await), ["stun:192.0.2.1:5", "turn:192.0.2.2:3478"]);
        servers.hand_out(Some(&[IceServer::stun("stun:192.0.2.1:5")]));
        assert_eq!(urls(servers.known().await), ["stun:192.0.2.1:5"], "one of both is used once");

        let servers = IceServers::start(None);
        assert_eq!(servers.0.state.borrow().entries, [], "the default is not asked before it is wanted");
        servers.hand_out(named().as_deref());
        assert_eq!(urls(servers.known().await), ["turn:192.0.2.2:3478"], "in place of the default");
        servers.begin();
        servers.decide();
        assert_eq!(servers.0.state.borrow().names(), HashSet::from(["stun.l.google.com:19302".to_owned()]));

        let servers = IceServers::start(Some(Vec::new()));
        servers.hand_out(named().as_deref());
        assert_eq!(servers.known().await, [], "none is a wish, too");
    }

    /// The resolver of the system cannot be made silent, so the look-ups themselves are held back: no place is free.
    #[tokio::test(start_paused = true)]
    async fn a_silent_name_server_withholds_no_other_addresses() {
        let (shared, places) = (IceServers::start(None).0, Arc::new(Semaphore::new(0)));
        let servers = IceServers(Arc::clone(&shared));
        servers.hand_out(Some(&[IceServer::turn("turn:192.0.2.2", "u", "c"), IceServer::stun("stun:name.invalid")]));
        let names = || shared.state.borrow().names();
        let began = Instant::now();
        assert_eq!(look_up(&Arc::downgrade(&shared), names(), &places).await, RETRY_INTERVAL);
        assert_eq!(began.elapsed(), LOOKUP_TIMEOUT);
        assert_eq!(servers.known().await, [IceServer::turn("turn:192.0.2.2:3478", "u", "c")]);
    }

    #[test]
    fn addresses_outlive_a_failed_look_up_and_new_credentials() {
        let (name, address) = ("turn:name.invalid", SocketAddr::from(([192, 0, 2, 1], 3478)));
        let mut before = entries([&IceServer::turn(name, "old", "c")]);
        before[0].settle(Some(&[address]));
        before[0].settle(None);
        let renewed = State::of(entries([&IceServer::turn(name, "new", "c")]), true, &before).entries;
        assert_eq!(renewed[0].known, ["turn:192.0.2.1:3478"]);
        assert_eq!((renewed[0].username.as_deref(), renewed[0].is_settled), (Some("new"), true));
        let other = State::of(entries([&IceServer::stun("stun:name.invalid")]), true, &before).entries;
        assert!(!other[0].is_settled, "another scheme");
    }
}
