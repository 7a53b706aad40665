//! Waits that block nobody.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use super::{Inner, Producer};
use crate::error::{Error, Result};
use crate::journal::{Flushed, SharedJournal};

impl Producer {
    /// Does what [`flush`](Self::flush) does, without blocking: `done` is called once with the result. If nothing has to be
    /// waited for, it is called before this returns; otherwise on a thread of logrtc, which it must not hold up.
    pub(crate) fn flush_then(&self, timeout: Duration, done: impl FnOnce(Result<()>) + Send + 'static) {
        let Some(inner) = self.existing() else { return done(Ok(())) };
        let answer = Answer { done: Some(done), otherwise: || Err(Error::closed()) };
        let target = inner.journal.totals().next;
        match inner.journal.flushed(target) {
            Flushed::Pending(_) => {
                inner.answer_later(answer, async move |journal| journal.flush_async(target, timeout).await.into());
            }
            flushed => answer.give(flushed.into()),
        }
    }

    /// Does what [`wait_for_consumer`](Self::wait_for_consumer) does, without blocking: `done` is called once with the
    /// result, before this returns or on a thread of logrtc, which it must not hold up.
    pub(crate) fn wait_for_consumer_then(&self, timeout: Duration, done: impl FnOnce(bool) + Send + 'static) {
        self.with_inner(|inner| {
            let answer = Answer { done: Some(done), otherwise: || false };
            match inner.journal.has_cursor() {
                None => inner.answer_later(answer, async move |journal| journal.wait_for_cursor_async(timeout).await),
                Some(has_cursor) => answer.give(has_cursor),
            }
        });
    }
}

/// Is given once; `otherwise` if the producer ends before.
struct Answer<T, F: FnOnce(T)> {
    done: Option<F>,
    otherwise: fn() -> T,
}

impl<T, F: FnOnce(T)> Answer<T, F> {
    fn give(mut self, result: T) {
        if let Some(done) = self.done.take() {
            done(result);
        }
    }
}

impl<T, F: FnOnce(T)> Drop for Answer<T, F> {
    fn drop(&mut self) {
        if let Some(done) = self.done.take() {
            done((self.otherwise)());
        }
    }
}

impl Inner {
    /// Gives the answer once `wait` has it, on a thread of logrtc.
    fn answer_later<T, F, W>(&self, answer: Answer<T, F>, wait: impl FnOnce(Arc<SharedJournal>) -> W)
    where
        T: Send + 'static,
        F: FnOnce(T) + Send + 'static,
        W: Future<Output = T> + Send + 'static,
    {
        if let Some(running) = &*self.running.lock().unwrap_or_else(PoisonError::into_inner) {
            let wait = wait(Arc::clone(&self.journal));
            running.runtime.spawn(async move { answer.give(wait.await) });
        }
    }
}
