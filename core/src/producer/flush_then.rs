//! A flush that blocks nobody.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use super::{Inner, Producer};
use crate::error::{Error, Result};
use crate::journal::Flushed;

impl Producer {
    /// Does what [`flush`](Self::flush) does, without blocking: `done` is called once with the result. Where nothing has
    /// to be waited for that is before this returns; else on a thread of logrtc's, which it must not hold up.
    pub fn flush_then(&self, timeout: Duration, done: impl FnOnce(Result<()>) + Send + 'static) {
        match self.existing() {
            Some(inner) => inner.flush_then(timeout, Answer(Some(done))),
            None => done(Ok(())),
        }
    }
}

/// Is given once; where nobody is left to give it, the producer is closed.
struct Answer<F: FnOnce(Result<()>)>(Option<F>);

impl<F: FnOnce(Result<()>)> Answer<F> {
    fn give(mut self, result: Result<()>) {
        if let Some(done) = self.0.take() {
            done(result);
        }
    }
}

impl<F: FnOnce(Result<()>)> Drop for Answer<F> {
    fn drop(&mut self) {
        if let Some(done) = self.0.take() {
            done(Err(Error::closed()));
        }
    }
}

impl Inner {
    fn flush_then<F: FnOnce(Result<()>) + Send + 'static>(&self, timeout: Duration, answer: Answer<F>) {
        let target = self.journal.totals().accepted;
        match self.journal.flushed(target) {
            Flushed::Pending(_) => {}
            flushed => return answer.give(flushed.into()),
        }
        if let Some(running) = &*self.running.lock().unwrap_or_else(PoisonError::into_inner) {
            let journal = Arc::clone(&self.journal);
            running.runtime.spawn(async move {
                answer.give(journal.flush_async(target, timeout).await.into());
            });
        }
    }
}
