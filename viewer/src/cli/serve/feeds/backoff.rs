//! When a command that has ended is started again. No I/O, no clock.

use std::time::Duration;

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(30);

/// After how long a command has worked, so that its end is a new beginning.
const HEALTHY: Duration = Duration::from_secs(30);

/// The delays between the starts of one command: one second, doubling to half a minute while it does not work.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// How long to wait after it ran for so long.
    pub(super) fn after(&mut self, ran: Duration) -> Duration {
        self.failures = if ran >= HEALTHY { 0 } else { self.failures };
        let delay = FIRST.saturating_mul(1 << self.failures.min(5)).min(LONGEST);
        self.failures += 1;
        delay
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_while_the_command_does_not_work() {
        let mut backoff = Backoff::default();
        let delays: Vec<_> = (0..7).map(|_| backoff.after(Duration::ZERO).as_secs()).collect();
        assert_eq!(delays, [1, 2, 4, 8, 16, 30, 30]);
        assert_eq!(backoff.after(HEALTHY).as_secs(), 1);
        assert_eq!(backoff.after(Duration::ZERO).as_secs(), 2);
    }
}
