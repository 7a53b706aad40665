//! What is known of a consumer's channel from outside its task.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

#[derive(Debug, Default)]
pub(crate) struct Gauge {
    sent_bytes: AtomicU64,
    buffered_amount: AtomicUsize,
    window_bytes: AtomicUsize,
}

impl Gauge {
    pub(crate) fn set(&self, sent_bytes: u64, buffered_amount: usize, window_bytes: usize) {
        self.sent_bytes.store(sent_bytes, Ordering::Relaxed);
        self.buffered_amount.store(buffered_amount, Ordering::Relaxed);
        self.window_bytes.store(window_bytes, Ordering::Relaxed);
    }

    /// Bytes sent, bytes not yet acknowledged, bytes of the window.
    pub(crate) fn get(&self) -> (u64, usize, usize) {
        (
            self.sent_bytes.load(Ordering::Relaxed),
            self.buffered_amount.load(Ordering::Relaxed),
            self.window_bytes.load(Ordering::Relaxed),
        )
    }
}
