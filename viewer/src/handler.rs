//! What the server calls back.

use std::fmt;
use std::sync::Arc;

/// A function that the server calls, on one of its threads. It must not block.
pub struct Handler<T: ?Sized>(Arc<dyn Fn(&T) + Send + Sync>);

impl<T: ?Sized> Handler<T> {
    /// Wraps a function.
    pub fn new(handler: impl Fn(&T) + Send + Sync + 'static) -> Self {
        Self(Arc::new(handler))
    }

    pub(crate) fn call(&self, value: &T) {
        (self.0)(value);
    }
}

impl<T: ?Sized> Clone for Handler<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: ?Sized> fmt::Debug for Handler<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handler(…)")
    }
}
