//! Counts the DTLS that a consumer sends, for what the stack does not tell.

use std::io::IoSliceMut;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Notify;
use webrtc::runtime::RecvMeta;

/// The count of one connection; clones are the same count.
#[derive(Clone, Debug, Default)]
pub(crate) struct Arrivals(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    datagrams: AtomicU64,
    changed: Notify,
}

impl Arrivals {
    /// Counts the DTLS in the messages that a socket has received.
    pub(crate) fn note(&self, buffers: &[IoSliceMut<'_>], meta: &[RecvMeta]) {
        let datagrams: usize = buffers
            .iter()
            .zip(meta)
            .filter(|(buffer, received)| is_dtls(&buffer[..received.len]))
            // The kernel may have put several datagrams of one sender together.
            .map(|(_, received)| received.len.div_ceil(received.stride.max(1)))
            .sum();
        if datagrams > 0 {
            self.0.datagrams.fetch_add(datagrams as u64, Ordering::Relaxed);
            self.0.changed.notify_waiters();
        }
    }

    /// How many have come so far.
    pub(crate) fn count(&self) -> u64 {
        self.0.datagrams.load(Ordering::Relaxed)
    }

    /// Returns when so many have come.
    pub(crate) async fn reached(&self, count: u64) {
        loop {
            // Before the look, so that none is missed in between.
            let changed = self.0.changed.notified();
            if self.count() >= count {
                return;
            }
            changed.await;
        }
    }
}

/// Whether a datagram is DTLS, by its first byte (RFC 7983 §7).
pub(crate) fn is_dtls(datagram: &[u8]) -> bool {
    datagram.first().is_some_and(|byte| (20..=63).contains(byte))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    fn note(arrivals: &Arrivals, first_byte: u8, len: usize, stride: usize) {
        let mut datagrams = [first_byte; 64];
        let mut meta = RecvMeta::default();
        (meta.len, meta.stride) = (len, stride);
        arrivals.note(&[IoSliceMut::new(&mut datagrams)], &[meta]);
    }

    #[tokio::test]
    async fn dtls_counts_and_who_waits_for_it_is_woken() {
        let arrivals = Arrivals::default();
        let waiting = tokio::spawn({
            let arrivals = arrivals.clone();
            async move { arrivals.reached(4).await }
        });
        tokio::task::yield_now().await;
        note(&arrivals, 0, 20, 20); // STUN
        note(&arrivals, 23, 0, 0); // nothing at all
        assert_eq!(arrivals.count(), 0);
        note(&arrivals, 23, 20, 20);
        assert!(timeout(Duration::from_millis(1), arrivals.reached(2)).await.is_err());
        // Three that the kernel put together, of which the last is shorter.
        note(&arrivals, 23, 50, 20);
        assert_eq!(arrivals.count(), 4);
        timeout(Duration::from_secs(5), waiting).await.unwrap().unwrap();
    }
}
