//! Which consumers may still come: what `close` waits for beside those that are connected.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a server that does not say how many consumers it has may take to announce the first, and each further one.
const QUIET: Duration = Duration::from_millis(250);

/// The most that a slow path to the server adds to that.
const MAX_ROUND_TRIP: Duration = Duration::from_secs(1);

/// Whether a consumer may still come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// Nobody is connecting, and the server has nobody to announce.
    Nobody,
    /// Unknown; nobody if no consumer is announced until then.
    Unknown(Option<Instant>),
    /// At least one consumer is connecting, or is about to be announced.
    Somebody,
    /// The program of at least one consumer may not listen yet on its open channel.
    Listener,
}

/// How the producer stands with its signaling server, as far as announcements depend on it.
#[derive(Debug)]
enum Registration {
    /// The first attempt is under way.
    Pending,
    /// There is no connection, and there was at least one attempt.
    Absent,
    /// Registered. `announcements`: how many the server has promised and not yet sent, if it says so; otherwise silence
    /// until `quiet_at` means that there are none.
    Present { quiet_at: Instant, announcements: Option<u64> },
}

/// The state behind [`Arrivals`]. No I/O; told the time.
#[derive(Debug)]
struct Policy {
    registration: Registration,
    /// Consumers that were announced, whose channel is not open yet and has not failed.
    connecting: usize,
    /// Consumers whose channel is open, and whose program may not listen yet.
    opening: usize,
}

impl Policy {
    fn on_registered(&mut self, now: Instant, round_trip: Duration) {
        let quiet_at = now + QUIET + round_trip.min(MAX_ROUND_TRIP);
        self.registration = Registration::Present { quiet_at, announcements: None };
    }

    fn on_promise(&mut self, count: u64) {
        if let Registration::Present { announcements, .. } = &mut self.registration {
            *announcements = Some(count);
        }
    }

    fn on_announced(&mut self, now: Instant) {
        self.connecting += 1;
        if let Registration::Present { quiet_at, announcements } = &mut self.registration {
            *quiet_at = (*quiet_at).max(now + QUIET);
            *announcements = announcements.map(|count| count.saturating_sub(1));
        }
    }

    fn expected(&self, now: Instant) -> Expected {
        if self.connecting > 0 {
            return Expected::Somebody;
        }
        if self.opening > 0 {
            return Expected::Listener;
        }
        match self.registration {
            Registration::Pending => Expected::Unknown(None),
            Registration::Absent | Registration::Present { announcements: Some(0), .. } => Expected::Nobody,
            Registration::Present { announcements: Some(_), .. } => Expected::Somebody,
            Registration::Present { quiet_at, announcements: None } if now < quiet_at => {
                Expected::Unknown(Some(quiet_at))
            }
            Registration::Present { .. } => Expected::Nobody,
        }
    }
}

/// The consumers that may still come, shared by the signaling connection, the consumers and `close`.
#[derive(Debug)]
pub(crate) struct Arrivals {
    policy: Mutex<Policy>,
    changed: Condvar,
}

/// A consumer that arrives, until it is dropped.
#[derive(Debug)]
pub(crate) struct Arriving {
    arrivals: Arc<Arrivals>,
    is_open: bool,
}

impl Arriving {
    /// Its channel is open: what it lacks is counted elsewhere.
    pub(crate) fn open(&mut self) {
        if !std::mem::replace(&mut self.is_open, true) {
            self.arrivals.change(|policy| {
                policy.connecting -= 1;
                policy.opening += 1;
            });
        }
    }
}

impl Arrivals {
    pub(crate) fn new() -> Self {
        let policy = Policy { registration: Registration::Pending, connecting: 0, opening: 0 };
        Self { policy: Mutex::new(policy), changed: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, Policy> {
        self.policy.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut Policy)) {
        change(&mut self.lock());
        self.changed.notify_all();
    }

    /// The producer has registered. `round_trip` is about how long an answer of the server takes.
    pub(crate) fn registered(&self, round_trip: Duration) {
        self.change(|policy| policy.on_registered(Instant::now(), round_trip));
    }

    /// The server says that `count` announcements follow at once.
    pub(crate) fn promised(&self, count: u64) {
        self.change(|policy| policy.on_promise(count));
    }

    /// An attempt failed, or the connection was lost.
    pub(crate) fn disconnected(&self) {
        self.change(|policy| policy.registration = Registration::Absent);
    }

    /// A consumer was announced; it is connecting until the result is dropped.
    pub(crate) fn announced(self: &Arc<Self>) -> Arriving {
        self.change(|policy| policy.on_announced(Instant::now()));
        Arriving { arrivals: Arc::clone(self), is_open: false }
    }

    /// Whether somebody is connecting or may be announced now.
    pub(crate) fn is_expected(&self) -> bool {
        self.lock().expected(Instant::now()) != Expected::Nobody
    }

    /// A consumer is offered a connection again; it is connecting until the result is dropped.
    pub(crate) fn returning(self: &Arc<Self>) -> Arriving {
        self.change(|policy| policy.connecting += 1);
        Arriving { arrivals: Arc::clone(self), is_open: false }
    }

    /// Waits until nobody is expected, at most until `deadline`. Returns what is expected then. Blocks the calling thread.
    pub(crate) fn wait(&self, deadline: Instant) -> Expected {
        let mut policy = self.lock();
        loop {
            let now = Instant::now();
            let expected = policy.expected(now);
            let until = match expected {
                Expected::Nobody => return expected,
                Expected::Unknown(Some(quiet_at)) => quiet_at.min(deadline),
                Expected::Unknown(None) | Expected::Somebody | Expected::Listener => deadline,
            };
            if now >= deadline {
                return expected;
            }
            let left = until.saturating_duration_since(now);
            policy = self.changed.wait_timeout(policy, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        self.arrivals.change(|policy| {
            let count = if self.is_open { &mut policy.opening } else { &mut policy.connecting };
            *count -= 1;
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROUND_TRIP: Duration = Duration::from_millis(30);

    fn pending() -> Policy {
        Policy { registration: Registration::Pending, connecting: 0, opening: 0 }
    }

    fn registered(now: Instant) -> Policy {
        let mut policy = pending();
        policy.on_registered(now, ROUND_TRIP);
        policy
    }

    #[test]
    fn the_first_attempt_is_waited_for_until_it_fails() {
        let now = Instant::now();
        let mut policy = pending();
        assert_eq!(policy.expected(now + Duration::from_secs(60)), Expected::Unknown(None));
        policy.registration = Registration::Absent;
        assert_eq!(policy.expected(now), Expected::Nobody);
    }

    #[test]
    fn a_server_that_says_how_many_is_believed() {
        let now = Instant::now();
        let mut policy = registered(now);
        policy.on_promise(0);
        assert_eq!(policy.expected(now), Expected::Nobody);

        let mut policy = registered(now);
        policy.on_promise(2);
        assert_eq!(policy.expected(now), Expected::Somebody);
        policy.on_announced(now);
        policy.connecting -= 1;
        assert_eq!(
            policy.expected(now + Duration::from_secs(1)),
            Expected::Somebody,
            "the second is not announced yet"
        );
        policy.on_announced(now);
        policy.connecting -= 1;
        assert_eq!(policy.expected(now), Expected::Nobody);
    }

    #[test]
    fn any_other_server_has_nobody_if_it_is_quiet() {
        let now = Instant::now();
        let mut policy = registered(now);
        let quiet_at = now + QUIET + ROUND_TRIP;
        assert_eq!(policy.expected(now), Expected::Unknown(Some(quiet_at)));
        assert_eq!(policy.expected(quiet_at), Expected::Nobody);
        let late = quiet_at - Duration::from_millis(1);
        policy.on_announced(late);
        assert_eq!(policy.expected(quiet_at + Duration::from_secs(5)), Expected::Somebody, "it is connecting");
        policy.connecting -= 1;
        assert_eq!(policy.expected(late), Expected::Unknown(Some(late + QUIET)), "a second one may follow");
        assert_eq!(policy.expected(late + QUIET), Expected::Nobody);
    }

    #[test]
    fn a_lost_server_announces_nobody() {
        let now = Instant::now();
        let mut policy = registered(now);
        policy.on_promise(1);
        policy.registration = Registration::Absent;
        assert_eq!(policy.expected(now), Expected::Nobody);
        policy.on_announced(now);
        assert_eq!(policy.expected(now), Expected::Somebody, "who is connecting may have what it needs");
    }

    #[test]
    fn a_wait_ends_with_the_last_consumer_and_at_its_deadline() {
        let arrivals = Arc::new(Arrivals::new());
        arrivals.registered(Duration::ZERO);
        let mut arriving = arrivals.announced();
        assert_eq!(arrivals.wait(Instant::now() + Duration::from_millis(10)), Expected::Somebody);
        arrivals.promised(0);
        arriving.open();
        assert_eq!(arrivals.wait(Instant::now() + Duration::from_millis(10)), Expected::Listener);
        let waiting = std::thread::spawn({
            let arrivals = Arc::clone(&arrivals);
            move || arrivals.wait(Instant::now() + Duration::from_secs(60))
        });
        drop(arriving);
        assert_eq!(waiting.join().unwrap(), Expected::Nobody);
    }
}
