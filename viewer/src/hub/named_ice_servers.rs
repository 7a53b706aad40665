//! Names the ICE servers to one client: at its registration, and again before they are out of date.

use std::sync::Arc;
use std::time::SystemTime;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use crate::ice_servers::{IceServer, IceServers};
use crate::tokens::Role;

/// Of one client.
pub(crate) struct NamedIceServers {
    current: watch::Receiver<Option<Arc<IceServers>>>,
    named_at: Instant,
    user: &'static str,
}

impl NamedIceServers {
    pub(crate) fn new(current: watch::Receiver<Option<Arc<IceServers>>>, role: Role) -> Self {
        let user = match role {
            Role::Producer => "producer",
            Role::Reader => "reader",
        };
        Self { current, named_at: Instant::now(), user }
    }

    /// The servers, if this server names any, or names that there are none.
    pub(crate) fn now(&mut self) -> Option<Vec<IceServer>> {
        self.named_at = Instant::now();
        let current = self.current.borrow_and_update();
        current.as_ref().map(|servers| servers.named(SystemTime::now(), self.user))
    }

    /// Waits until they are to be named again. Cancelling loses nothing.
    pub(crate) async fn again(&mut self) -> Vec<IceServer> {
        loop {
            let renewal = self.current.borrow().as_ref().and_then(|servers| servers.renewal());
            let due = renewal.map(|renewal| self.named_at + renewal);
            tokio::select! {
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {}
                changed = self.current.changed() => if changed.is_err() {
                    // The server is gone, and its connections are about to be.
                    std::future::pending::<()>().await;
                },
            }
            if let Some(servers) = self.now() {
                return servers;
            }
        }
    }
}
