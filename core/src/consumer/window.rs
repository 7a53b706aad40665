//! How much may be in flight to one consumer: pure, told the time.
//!
//! The window follows the path: twice the product of its delivery rate and its shortest round trip, because more in flight
//! only makes queues longer, and less leaves a long path idle. It follows BBR (draft-ietf-ccwg-bbr, ProbeRTT), above SCTP's own
//! congestion control.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The window of a path that is not known yet. It doubles with each round trip while the path takes more.
const FIRST_WINDOW_BYTES: usize = 32 * 1024;

/// The smallest window.
const MIN_WINDOW_BYTES: usize = 8 * 1024;

/// The smallest window of a fast path. With less, the delayed acknowledgements of the peer stall the flow.
const FAST_WINDOW_BYTES: usize = 128 * 1024;

/// How long the smallest window of a fast path may take to drain: on a slow path it is smaller.
const MIN_QUEUE: Duration = Duration::from_millis(250);

/// The largest window. With more, the queues of the path and of the stack overflow.
const MAX_WINDOW_BYTES: usize = 2 * 1024 * 1024;

/// How long a shortest round trip is believed. Then it must have been seen again, or it is probed for.
const ROUND_TRIP_EPOCH: Duration = Duration::from_secs(10);

/// By how much a round trip may exceed the shortest one and still count as the same, without a queue of ours.
const SAME_ROUND_TRIP: f64 = 1.25;

/// A probe for the shortest round trip lets the queue drain to this, and lasts no longer than that.
const PROBE_WINDOW_BYTES: usize = 4 * 1024;
const MAX_PROBE: Duration = Duration::from_secs(2);

/// How much of its delivery rate a path loses with each sample that is lower.
const RATE_DECAY: f64 = 0.9;

/// The shortest and the longest time over which a rate is measured: about a round trip.
const MIN_RATE_SAMPLE: Duration = Duration::from_millis(5);
const MAX_RATE_SAMPLE: Duration = Duration::from_millis(500);

/// Below this rate a path is slower than a processor that compresses with more effort.
const SLOW_BYTES_PER_SECOND: f64 = 4e6;

/// How many departures are remembered at once.
const MAX_MARKS: usize = 64;

#[derive(Debug)]
pub(crate) struct Window {
    size: usize,
    /// When the byte before this offset departed, oldest first.
    marks: VecDeque<(u64, Instant)>,
    round_trips: RoundTrips,
    rate: Rate,
}

impl Window {
    pub(crate) fn new() -> Self {
        Self {
            size: FIRST_WINDOW_BYTES,
            marks: VecDeque::new(),
            round_trips: RoundTrips::default(),
            rate: Rate::default(),
        }
    }

    /// How many bytes may be in flight.
    pub(crate) fn size(&self) -> usize {
        if self.round_trips.probe.is_some() { PROBE_WINDOW_BYTES.min(self.size) } else { self.size }
    }

    /// `sent` bytes have been handed to the channel since it opened.
    pub(crate) fn on_sent(&mut self, now: Instant, sent: u64) {
        if self.marks.len() < MAX_MARKS {
            self.marks.push_back((sent, now));
        }
    }

    /// There is room, and nothing to send: what is delivered now says nothing about what the path could deliver.
    pub(crate) fn on_idle(&mut self) {
        self.rate.is_limited = false;
    }

    /// `acknowledged` bytes have been acknowledged since the channel opened.
    pub(crate) fn on_acknowledged(&mut self, now: Instant, acknowledged: u64) {
        let mut departed = None;
        while let Some((offset, at)) = self.marks.front().copied()
            && offset <= acknowledged
        {
            departed = Some(at);
            self.marks.pop_front();
        }
        if let Some(departed) = departed {
            self.round_trips.on_sample(now, departed);
        }
        let Some(shortest) = self.round_trips.shortest else { return };
        let is_probing = self.round_trips.probe.is_some();
        // Acknowledgements come in bursts, a round trip apart.
        let least = self.round_trips.latest.clamp(MIN_RATE_SAMPLE, MAX_RATE_SAMPLE);
        if self.rate.on_acknowledged(now, acknowledged, least, is_probing) {
            self.size = self.size_for(shortest);
        }
    }

    /// Whether the path delivers less than a processor compresses with more effort, and there is more to send than it takes.
    pub(crate) fn is_the_limit(&self) -> bool {
        self.rate.is_limited && self.rate.bytes_per_second > 0.0 && self.rate.bytes_per_second < SLOW_BYTES_PER_SECOND
    }

    fn size_for(&self, shortest: Duration) -> usize {
        let product = bytes(2.0 * self.rate.bytes_per_second * shortest.as_secs_f64());
        let smallest = bytes(self.rate.bytes_per_second * MIN_QUEUE.as_secs_f64());
        product.max(smallest.min(FAST_WINDOW_BYTES)).clamp(MIN_WINDOW_BYTES, MAX_WINDOW_BYTES)
    }
}

/// A float converts to the nearest integer that there is: `as` saturates.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn bytes(value: f64) -> usize {
    value as usize
}

/// The shortest round trip of a path.
///
/// A flow that always has something to send keeps a queue, so its round trips are too long. Once in an epoch it must have
/// seen the shortest one again; otherwise the queue is drained for a moment, and measured without it.
#[derive(Debug, Default)]
struct RoundTrips {
    shortest: Option<Duration>,
    latest: Duration,
    /// The shortest of the present epoch, and when that began.
    epoch: Option<(Duration, Instant)>,
    probe: Option<Probe>,
}

#[derive(Debug)]
struct Probe {
    since: Instant,
    /// Of what departed since then, and when the first of it was acknowledged.
    shortest: Option<(Duration, Instant)>,
}

impl RoundTrips {
    fn on_sample(&mut self, now: Instant, departed: Instant) {
        let sample = now.saturating_duration_since(departed);
        self.latest = sample;
        self.shortest = Some(self.shortest.map_or(sample, |shortest| shortest.min(sample)));
        if let Some(probe) = &mut self.probe {
            if departed > probe.since {
                let (shortest, first) = probe.shortest.unwrap_or((sample, now));
                probe.shortest = Some((shortest.min(sample), first));
            }
            self.end_probe(now);
            return;
        }
        let (epoch_shortest, since) = self.epoch.unwrap_or((sample, now));
        let epoch_shortest = epoch_shortest.min(sample);
        self.epoch = Some((epoch_shortest, since));
        if now.saturating_duration_since(since) < ROUND_TRIP_EPOCH {
            return;
        }
        let is_same = self.shortest.is_some_and(|shortest| epoch_shortest <= shortest.mul_f64(SAME_ROUND_TRIP));
        if is_same {
            self.begin_epoch(epoch_shortest);
        } else {
            self.probe = Some(Probe { since: now, shortest: None });
        }
    }

    fn end_probe(&mut self, now: Instant) {
        let Some(Probe { since, shortest }) = self.probe else { return };
        // The first of what departed behind the probe's begin may have met the end of the queue; a round trip later the
        // queue is gone.
        let measured = shortest.filter(|(shortest, first)| now.saturating_duration_since(*first) >= *shortest);
        match measured {
            Some((shortest, _)) => self.begin_epoch(shortest),
            None if now.saturating_duration_since(since) >= MAX_PROBE => {
                let shortest = shortest.map(|(shortest, _)| shortest).or(self.shortest).unwrap_or_default();
                self.begin_epoch(shortest);
            }
            None => {}
        }
    }

    fn begin_epoch(&mut self, shortest: Duration) {
        self.probe = None;
        self.shortest = Some(shortest);
        self.epoch = None;
    }
}

/// How fast a path delivers.
#[derive(Debug, Default)]
struct Rate {
    /// The highest of late.
    bytes_per_second: f64,
    /// Where the present sample began: bytes acknowledged, time.
    since: Option<(u64, Instant)>,
    /// Whether there was something to send throughout the sample.
    is_limited: bool,
}

impl Rate {
    /// Returns whether a sample is complete, after at least `least`. A sample that the path did not limit, or that a probe
    /// did, only raises the rate.
    fn on_acknowledged(&mut self, now: Instant, acknowledged: u64, least: Duration, is_probing: bool) -> bool {
        let Some((from, since)) = self.since else {
            self.begin(now, acknowledged);
            return false;
        };
        let elapsed = now.saturating_duration_since(since);
        if elapsed < least {
            return false;
        }
        let sample = (acknowledged - from) as f64 / elapsed.as_secs_f64();
        let floor = if self.is_limited && !is_probing { RATE_DECAY } else { 1.0 };
        self.bytes_per_second = sample.max(self.bytes_per_second * floor);
        self.begin(now, acknowledged);
        true
    }

    fn begin(&mut self, now: Instant, acknowledged: u64) {
        self.since = Some((acknowledged, now));
        self.is_limited = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLISECOND: Duration = Duration::from_millis(1);

    /// A path of this rate and round trip, and a flow over it that always has something to send.
    struct Flow {
        window: Window,
        bytes_per_second: f64,
        round_trip: Duration,
        now: Instant,
        sent: u64,
        acknowledged: u64,
        free_at: Instant,
        in_flight: VecDeque<(Instant, Instant, u64)>,
        /// From the sending of a byte to its acknowledgement, the longest.
        oldest: Duration,
    }

    impl Flow {
        fn new(bytes_per_second: f64, round_trip: Duration) -> Self {
            let now = Instant::now();
            Self {
                window: Window::new(),
                bytes_per_second,
                round_trip,
                now,
                sent: 0,
                acknowledged: 0,
                free_at: now,
                in_flight: VecDeque::new(),
                oldest: Duration::ZERO,
            }
        }

        /// Returns the bytes that arrived in this time, and the longest that one of them took.
        fn run(&mut self, time: Duration) -> (u64, Duration) {
            let (end, before) = (self.now + time, self.acknowledged);
            self.oldest = Duration::ZERO;
            let chunk = |window: usize| (window / 8).clamp(1024, 16 * 1024) as u64;
            while self.now < end {
                while self.in_flight.front().is_some_and(|(_, at, _)| *at <= self.now) {
                    let (departed, at, offset) = self.in_flight.pop_front().unwrap();
                    self.acknowledged = offset;
                    self.oldest = self.oldest.max(at - departed);
                    self.window.on_acknowledged(self.now, offset);
                }
                while self.sent - self.acknowledged < self.window.size() as u64 {
                    let length = chunk(self.window.size());
                    self.sent += length;
                    let takes = Duration::from_secs_f64(length as f64 / self.bytes_per_second);
                    self.free_at = self.free_at.max(self.now) + takes;
                    self.in_flight.push_back((self.now, self.free_at + self.round_trip, self.sent));
                    self.window.on_sent(self.now, self.sent);
                }
                self.now += MILLISECOND;
            }
            (self.acknowledged - before, self.oldest)
        }
    }

    /// The share of the path's capacity that is used, and the longest that a byte takes, each over 10 s, for two minutes.
    fn two_minutes(bytes_per_second: f64, round_trip: Duration) -> Vec<(f64, Duration)> {
        let mut flow = Flow::new(bytes_per_second, round_trip);
        let ten = Duration::from_secs(10);
        let stretch = |_| {
            let (arrived, oldest) = flow.run(ten);
            (arrived as f64 / (bytes_per_second * ten.as_secs_f64()), oldest)
        };
        (0..12).map(stretch).collect()
    }

    #[test]
    fn a_slow_path_does_not_fill_up_however_long_it_lasts() {
        for (number, (used, oldest)) in two_minutes(125e3, 50 * MILLISECOND).into_iter().enumerate() {
            assert!(used > 0.9, "{used} in stretch {number}");
            assert!(oldest < Duration::from_millis(500), "{oldest:?} in stretch {number}");
        }
    }

    #[test]
    fn a_middling_path_is_used_and_its_queue_is_short() {
        for (number, (used, oldest)) in two_minutes(1e6, 50 * MILLISECOND).into_iter().enumerate() {
            assert!(used > 0.95, "{used} in stretch {number}");
            assert!(oldest < Duration::from_millis(400), "{oldest:?} in stretch {number}");
        }
    }

    #[test]
    fn a_long_fast_path_is_used() {
        for (number, (used, oldest)) in two_minutes(30e6, 50 * MILLISECOND).into_iter().enumerate() {
            assert!(used > 0.85, "{used} in stretch {number}");
            assert!(oldest < Duration::from_millis(200), "{oldest:?} in stretch {number}");
        }
    }

    #[test]
    fn a_fast_path_gets_the_smallest_window_that_does_not_stall() {
        let mut flow = Flow::new(30e6, Duration::from_micros(500));
        flow.run(Duration::from_secs(60));
        assert_eq!(flow.window.size(), FAST_WINDOW_BYTES);
    }

    #[test]
    fn no_path_gets_more_than_the_largest() {
        let mut flow = Flow::new(1e9, Duration::from_millis(200));
        flow.run(Duration::from_secs(30));
        assert_eq!(flow.window.size(), MAX_WINDOW_BYTES);
    }

    #[test]
    fn a_path_that_changes_is_followed() {
        let mut flow = Flow::new(10e6, 20 * MILLISECOND);
        flow.run(Duration::from_secs(30));
        flow.round_trip = Duration::from_millis(100);
        flow.run(Duration::from_secs(30));
        let (arrived, _) = flow.run(Duration::from_secs(10));
        assert!(arrived as f64 > 0.9 * 10e6 * 10.0, "{arrived}");
        flow.bytes_per_second = 125e3;
        flow.run(Duration::from_secs(60));
        let (_, oldest) = flow.run(Duration::from_secs(30));
        assert!(oldest < Duration::from_millis(600), "{oldest:?}");
    }

    #[test]
    fn a_flow_with_little_to_send_keeps_what_it_knows_of_the_path() {
        let mut flow = Flow::new(10e6, 50 * MILLISECOND);
        flow.run(Duration::from_secs(20));
        let size = flow.window.size();
        for _ in 0..100 {
            flow.window.on_idle();
            flow.now += 100 * MILLISECOND;
            flow.sent += 200;
            flow.window.on_sent(flow.now, flow.sent);
            flow.now += 50 * MILLISECOND;
            flow.acknowledged = flow.sent;
            flow.in_flight.clear();
            flow.window.on_acknowledged(flow.now, flow.acknowledged);
        }
        assert!(flow.window.size() >= size / 2, "{} after {size}", flow.window.size());
    }
}
