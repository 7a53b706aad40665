//! A bad network for tests: loss, duplication and delay, from a seed.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What goes wrong with each datagram that the producer sends. Clones share their chance, and their blackout.
///
/// The fractions go from 0 to 1, and are drawn one by one.
#[derive(Clone, Debug)]
pub struct Faults {
    /// The fraction that is lost.
    pub loss: f64,
    /// The fraction that arrives twice.
    pub duplication: f64,
    /// The fraction that arrives `delay` later, behind those sent after it.
    pub reordering: f64,
    /// How much later that is.
    pub delay: Duration,
    chance: Arc<Mutex<fastrand::Rng>>,
    blackout: Arc<AtomicBool>,
}

impl Faults {
    /// A network without faults yet, whose chance comes from `seed`.
    pub fn seeded(seed: u64) -> Self {
        Self {
            loss: 0.0,
            duplication: 0.0,
            reordering: 0.0,
            delay: Duration::from_millis(5),
            chance: Arc::new(Mutex::new(fastrand::Rng::with_seed(seed))),
            blackout: Arc::new(AtomicBool::new(false)),
        }
    }

    /// Lets nothing through in either direction, from now on or no longer.
    pub fn set_blackout(&self, blackout: bool) {
        self.blackout.store(blackout, Ordering::Relaxed);
    }

    pub(crate) fn is_blackout(&self) -> bool {
        self.blackout.load(Ordering::Relaxed)
    }

    /// Whether chance picks this datagram.
    pub(crate) fn happens(&self, fraction: f64) -> bool {
        fraction > 0.0 && self.chance.lock().unwrap_or_else(PoisonError::into_inner).f64() < fraction
    }
}
