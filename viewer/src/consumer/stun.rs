//! The STUN server, with its name resolved ahead of time.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{sleep, timeout};

/// The STUN server of the protocol.
const DEFAULT_SERVER: &str = "stun.l.google.com:19302";

/// How long a connection waits for a look-up that has not ended yet.
const PATIENCE: Duration = Duration::from_millis(500);

/// How long addresses are kept, and how soon a look-up that failed is tried again.
const REFRESH_INTERVAL: Duration = Duration::from_secs(300);
const RETRY_INTERVAL: Duration = Duration::from_secs(30);

/// The addresses that are known; none until the first look-up has ended.
#[derive(Clone)]
pub(crate) struct StunServers(watch::Receiver<Option<Vec<SocketAddr>>>);

impl StunServers {
    /// Looks up until the returned value and its clones are dropped. A name server that does not answer holds a thread
    /// of the runtime for as long as the system likes, and nothing else.
    pub(crate) fn start() -> Self {
        let (sender, known) = watch::channel(None);
        tokio::spawn(async move {
            while !sender.is_closed() {
                let found = tokio::net::lookup_host(DEFAULT_SERVER).await.map(Iterator::collect::<Vec<_>>);
                let pause = if found.is_ok() { REFRESH_INTERVAL } else { RETRY_INTERVAL };
                // The last good answer is better than none.
                sender.send_modify(|known| *known = Some(found.ok().or(known.take()).unwrap_or_default()));
                tokio::select! {
                    () = sleep(pause) => {}
                    () = sender.closed() => {}
                }
            }
        });
        Self(known)
    }

    /// One address of each family, after a short wait if none has been looked up yet.
    pub(crate) async fn known(&self) -> Vec<SocketAddr> {
        let mut resolved = self.0.clone();
        let known = timeout(PATIENCE, resolved.wait_for(Option::is_some)).await;
        let known = known.ok().and_then(Result::ok).and_then(|known| known.clone()).unwrap_or_default();
        let of_family = |v4: bool| known.iter().find(|address| address.is_ipv4() == v4).copied();
        [of_family(true), of_family(false)].into_iter().flatten().collect()
    }
}
