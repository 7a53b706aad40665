//! What waits to be sent to one client: bounded, and freed at once when the client is let go of.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::sync::Notify;

use crate::limits::Limits;

/// What a queued message takes besides its text.
const MESSAGE_OVERHEAD_BYTES: usize = 64;

/// Bytes that wait for all clients together.
#[derive(Debug, Clone, Default)]
pub(crate) struct TotalBytes(Arc<AtomicUsize>);

impl TotalBytes {
    pub(crate) fn get(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// A queue of messages with one sender, the hub, and one receiver, the connection.
#[derive(Debug)]
pub(crate) struct Queue {
    state: Mutex<State>,
    changed: Notify,
    total: TotalBytes,
    max_messages: usize,
    max_bytes: usize,
}

#[derive(Debug, Default)]
struct State {
    messages: VecDeque<String>,
    bytes: usize,
    is_ended: bool,
}

impl Queue {
    pub(crate) fn new(limits: &Limits, total: TotalBytes) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::default(),
            changed: Notify::new(),
            total,
            max_messages: limits.max_queued_messages,
            max_bytes: limits.max_queued_bytes,
        })
    }

    /// Queues a message; false if it does not fit.
    pub(crate) fn push(&self, message: String) -> bool {
        let mut state = self.lock();
        if state.is_ended {
            return true;
        }
        let bytes = state.bytes + cost(&message);
        if state.messages.len() >= self.max_messages || bytes > self.max_bytes {
            return false;
        }
        state.bytes = bytes;
        self.total.0.fetch_add(cost(&message), Ordering::Relaxed);
        state.messages.push_back(message);
        drop(state);
        self.changed.notify_one();
        true
    }

    /// Takes nothing more. The receiver gets what waits, and then the end.
    pub(crate) fn close(&self) {
        self.lock().is_ended = true;
        self.changed.notify_one();
    }

    /// Lets go of what waits, and takes nothing more.
    pub(crate) fn discard(&self) {
        let mut state = self.lock();
        let bytes = state.bytes;
        state.messages = VecDeque::new();
        self.subtract(&mut state, bytes);
        state.is_ended = true;
        drop(state);
        self.changed.notify_one();
    }

    /// Bytes that wait.
    pub(crate) fn bytes(&self) -> usize {
        self.lock().bytes
    }

    /// The next message, or none behind the last one. Cancelling loses none.
    pub(crate) async fn next(&self) -> Option<String> {
        loop {
            let changed = self.changed.notified();
            {
                let mut state = self.lock();
                if let Some(message) = state.messages.pop_front() {
                    self.subtract(&mut state, cost(&message));
                    return Some(message);
                }
                if state.is_ended {
                    return None;
                }
            }
            changed.await;
        }
    }

    fn subtract(&self, state: &mut State, bytes: usize) {
        state.bytes -= bytes;
        self.total.0.fetch_sub(bytes, Ordering::Relaxed);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while it holds a queue")
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        let bytes = self.bytes();
        self.total.0.fetch_sub(bytes, Ordering::Relaxed);
    }
}

fn cost(message: &str) -> usize {
    message.len() + MESSAGE_OVERHEAD_BYTES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_waits_is_counted_until_it_is_taken_or_let_go_of() {
        let total = TotalBytes::default();
        let limits = Limits { max_queued_messages: 3, max_queued_bytes: 1_000, ..Limits::default() };
        let (queue, other) = (Queue::new(&limits, total.clone()), Queue::new(&limits, total.clone()));
        assert!(queue.push("a".repeat(100)) && queue.push("b".into()) && other.push("c".into()));
        assert!(!queue.push("x".repeat(900)), "more bytes than may wait");
        assert!(queue.push("d".into()) && !queue.push("e".into()), "more messages than may wait");
        assert_eq!(total.get(), 103 + 4 * MESSAGE_OVERHEAD_BYTES);
        assert_eq!(queue.next().await.unwrap().len(), 100);
        assert_eq!(queue.bytes(), 2 + 2 * MESSAGE_OVERHEAD_BYTES);
        queue.close();
        assert!(queue.push("z".into()), "it takes everything once it has ended");
        assert_eq!(queue.next().await.as_deref(), Some("b"));
        queue.discard();
        assert_eq!(queue.next().await, None);
        drop(other);
        assert_eq!((queue.bytes(), total.get()), (0, 0));
    }

    #[tokio::test]
    async fn a_receiver_that_waits_is_woken() {
        let queue = Queue::new(&Limits::default(), TotalBytes::default());
        let waiting = tokio::spawn({
            let queue = Arc::clone(&queue);
            async move { (queue.next().await, queue.next().await) }
        });
        tokio::task::yield_now().await;
        queue.push("a".into());
        tokio::task::yield_now().await;
        queue.close();
        assert_eq!(waiting.await.unwrap(), (Some("a".into()), None));
    }
}
