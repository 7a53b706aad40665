//! One direction of a link: when a packet arrives, if it does. No I/O; told the time and the chance.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub(crate) delay: Duration,
    /// `None` for a link without a limit.
    pub(crate) bytes_per_second: Option<f64>,
    /// The part of all packets that is lost, from 0 to 1.
    pub(crate) loss: f64,
    /// How many bytes wait for the link at most; a packet more is lost.
    pub(crate) queue_bytes: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { delay: Duration::ZERO, bytes_per_second: None, loss: 0.0, queue_bytes: 256_000 }
    }
}

#[derive(Debug)]
pub(crate) struct Direction {
    settings: Settings,
    is_up: bool,
    /// When the link has sent all that it was given.
    free_at: Option<Instant>,
    stats: Stats,
}

/// Since they were asked for last.
#[derive(Debug, Default)]
struct Stats {
    since: Option<Instant>,
    carried_bytes: usize,
    lost_packets: usize,
    /// The longest that a packet waited for the link.
    queued: Duration,
    /// By how much a packet was handed over later than it was due: the machine's fault.
    late: Duration,
}

impl Direction {
    pub(crate) fn new(settings: Settings) -> Self {
        Self { settings, is_up: true, free_at: None, stats: Stats::default() }
    }

    /// Cuts the link, or mends it. Returns whether it is up now.
    pub(crate) fn turn(&mut self, is_up: bool) -> bool {
        self.is_up = is_up;
        is_up
    }

    /// When a packet that comes now is due at the other end; `None` if it is lost. `chance` is a number from 0 to 1, evenly
    /// spread.
    pub(crate) fn accept(&mut self, now: Instant, bytes: usize, chance: f64) -> Option<Instant> {
        let begins = self.free_at.map_or(now, |free_at| free_at.max(now));
        let queued = begins - now;
        let takes = |bytes: usize, rate: f64| Duration::from_secs_f64(bytes as f64 / rate);
        let rate = self.settings.bytes_per_second;
        let is_full = rate.is_some_and(|rate| queued > takes(self.settings.queue_bytes, rate));
        if !self.is_up || is_full || chance < self.settings.loss {
            self.stats.lost_packets += 1;
            return None;
        }
        let sent = begins + rate.map_or(Duration::ZERO, |rate| takes(bytes, rate));
        self.free_at = Some(sent);
        self.stats.carried_bytes += bytes;
        self.stats.queued = self.stats.queued.max(queued);
        Some(sent + self.settings.delay)
    }

    /// A packet was handed over.
    pub(crate) fn hand_over(&mut self, now: Instant, due: Instant) {
        self.stats.late = self.stats.late.max(now.saturating_duration_since(due));
    }

    pub(crate) fn take_stats(&mut self, now: Instant) -> Value {
        let Stats { since, carried_bytes, lost_packets, queued, late } = std::mem::take(&mut self.stats);
        self.stats.since = Some(now);
        let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
        json!({
            "over_ms": since.map(|since| milliseconds(now - since)),
            "carried_bytes": carried_bytes,
            "lost_packets": lost_packets,
            "queued_ms": milliseconds(queued),
            "late_ms": milliseconds(late),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLISECOND: Duration = Duration::from_millis(1);

    fn direction() -> Direction {
        Direction::new(Settings {
            delay: 50 * MILLISECOND,
            bytes_per_second: Some(100_000.0),
            loss: 0.1,
            queue_bytes: 2_000,
        })
    }

    #[test]
    fn packets_wait_for_the_link_and_then_for_the_distance() {
        let now = Instant::now();
        let mut direction = direction();
        assert_eq!(direction.accept(now, 1_000, 0.5), Some(now + 60 * MILLISECOND));
        assert_eq!(direction.accept(now, 1_000, 0.5), Some(now + 70 * MILLISECOND));
        assert_eq!(direction.accept(now + 100 * MILLISECOND, 500, 0.5), Some(now + 155 * MILLISECOND));
        assert_eq!(direction.take_stats(now)["queued_ms"], 10.0);
        assert_eq!(direction.take_stats(now)["queued_ms"], 0.0);
    }

    #[test]
    fn packets_are_lost_by_chance_in_a_full_queue_and_on_a_link_that_is_down() {
        let now = Instant::now();
        let mut direction = direction();
        assert_eq!(direction.accept(now, 1_000, 0.05), None);
        let taken = (0..10).filter(|_| direction.accept(now, 1_000, 0.5).is_some()).count();
        assert_eq!(taken, 3, "one on the link, and two that wait");
        let later = now + 100 * MILLISECOND;
        direction.turn(false);
        assert_eq!(direction.accept(later, 1_000, 0.5), None);
        direction.turn(true);
        assert!(direction.accept(later, 1_000, 0.5).is_some());
        let stats = direction.take_stats(later);
        assert_eq!((&stats["carried_bytes"], &stats["lost_packets"]), (&json!(4_000), &json!(9)));
    }
}
