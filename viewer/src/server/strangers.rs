//! WebSockets of clients that have not shown a token yet: a bounded number, of which the oldest gives way to the next.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::sync::{Notify, oneshot};

/// A page shows its token in its first message, at once. So who waits longest is the last that is missed.
#[derive(Debug)]
pub(crate) struct Strangers {
    state: Mutex<State>,
    none_left: Notify,
    max: usize,
}

#[derive(Debug, Default)]
struct State {
    /// By age. Dropping one shows it out.
    waiting: BTreeMap<u64, oneshot::Sender<()>>,
    next: u64,
}

impl Strangers {
    pub(crate) fn new(max: usize) -> Arc<Self> {
        Arc::new(Self { state: Mutex::default(), none_left: Notify::new(), max })
    }

    /// Takes one in. Returns it, and whether another one had to go.
    pub(crate) fn admit(self: &Arc<Self>) -> (Stranger, bool) {
        let (stay, shown_out) = oneshot::channel();
        let mut state = self.lock();
        let number = state.next;
        state.next += 1;
        state.waiting.insert(number, stay);
        let is_full = state.waiting.len() > self.max;
        if is_full {
            state.waiting.pop_first();
        }
        drop(state);
        (Stranger { strangers: Arc::clone(self), number, shown_out }, is_full)
    }

    pub(crate) fn count(&self) -> usize {
        self.lock().waiting.len()
    }

    /// Waits until there is none.
    pub(crate) async fn empty(&self) {
        loop {
            let none_left = self.none_left.notified();
            if self.count() == 0 {
                return;
            }
            none_left.await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while it counts")
    }
}

/// The place of one of them. Dropping it gives the place back.
#[derive(Debug)]
pub(crate) struct Stranger {
    strangers: Arc<Strangers>,
    number: u64,
    shown_out: oneshot::Receiver<()>,
}

impl Stranger {
    /// Waits until it has to go. Not to be called again then.
    pub(crate) async fn shown_out(&mut self) {
        // Nothing is ever sent: the sender is dropped.
        let _ = (&mut self.shown_out).await;
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        let mut state = self.strangers.lock();
        state.waiting.remove(&self.number);
        if state.waiting.is_empty() {
            self.strangers.none_left.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn the_oldest_gives_way_and_who_leaves_gives_the_place_back() {
        let strangers = Strangers::new(2);
        let (mut first, _) = strangers.admit();
        let (mut second, has_replaced) = strangers.admit();
        assert!(!has_replaced && first.shown_out().now_or_never().is_none());
        let (third, has_replaced) = strangers.admit();
        assert!(has_replaced && first.shown_out().now_or_never().is_some());
        assert!(second.shown_out().now_or_never().is_none());
        assert_eq!(strangers.count(), 2);
        drop((first, second));
        assert_eq!(strangers.count(), 1);
        assert!(!strangers.admit().1, "there is room again");
        assert!(strangers.empty().now_or_never().is_none());
        drop(third);
        assert!(strangers.empty().now_or_never().is_some());
    }
}
