//! What an adapter needs of a producer.

use std::sync::Arc;
use std::sync::atomic::Ordering;

#[cfg(feature = "tracing")]
use super::Inner;
use super::Producer;
use crate::config::Config;
use crate::diagnostics;
use crate::filter::Rank;
#[cfg(feature = "tracing")]
use crate::fork;

impl Producer {
    /// A handle that does not keep the producer open, for what lives as long as the process.
    pub(crate) fn detached(&self) -> Self {
        Self::handle(Arc::clone(self.inner()), false)
    }

    /// Whether the filter lets an entry through.
    #[inline]
    pub(crate) fn allows(&self, rank: Rank, target: &str) -> bool {
        match self.existing() {
            Some(inner) => inner.filter.allows(rank, target),
            None => self.origin().child_logs() && self.origin().filter.allows_without_waiting(rank, target),
        }
    }

    /// Whether the producer was closed by mistake, and nobody has been told of it.
    pub(crate) fn is_abandoned_early(&self) -> bool {
        self.origin().abandoned_early.load(Ordering::Relaxed)
    }

    /// Warns once if the producer was closed by mistake.
    pub(crate) fn warn_if_abandoned_early(&self) {
        let origin = self.origin();
        if self.is_abandoned_early() && origin.abandoned_early.swap(false, Ordering::Relaxed) {
            let message = "nothing is logged, because the last handle of the producer was dropped at once: keep it until \
                           the program ends";
            let Config { client_id, on_diagnostic, .. } = &*origin.config;
            diagnostics::warn_user(client_id, message.to_owned(), on_diagnostic.as_ref());
        }
    }
}

#[cfg(feature = "tracing")]
impl Producer {
    /// The lowest rank that the filter lets through for any target.
    pub(crate) fn floor(&self) -> Rank {
        match self.existing() {
            Some(inner) => inner.filter.floor(),
            None => self.origin().filter.floor(),
        }
    }

    /// `tracing` keeps what a layer of this producer told it, until [`Inner::refresh_interest`].
    pub(crate) fn tells_tracing(&self) {
        self.origin().has_layer.store(true, Ordering::Relaxed);
    }
}

#[cfg(feature = "tracing")]
impl Inner {
    /// Not in the child of a fork, in which a lock of `tracing` may be held for ever: there `on_event` asks again.
    pub(super) fn refresh_interest(&self) {
        if self.has_layer.load(Ordering::Relaxed) && self.generation == fork::generation() {
            tracing::callsite::rebuild_interest_cache();
        }
    }
}
