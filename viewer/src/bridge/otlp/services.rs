//! Which services have a producer, and whether there is room for what they send. No I/O, no clock.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use logrtc::Stats;

/// A service that has sent nothing for so long is ended.
const MAX_IDLE: Duration = Duration::from_secs(60 * 60);
/// One that has sent nothing for so long gives its place to another one, if all places are taken.
const MIN_IDLE: Duration = Duration::from_secs(60);
/// How long entries are put off for a reader that is behind. After that, they cost this reader what it has not read: nobody
/// else waits for it.
const MAX_PUT_OFF: Duration = Duration::from_secs(5);

/// The services that have a producer; `P` is one.
#[derive(Debug)]
pub(super) struct Services<P> {
    most: usize,
    open: HashMap<String, Service<P>>,
}

#[derive(Debug)]
pub(super) struct Service<P> {
    pub(super) producer: P,
    last_sent: Instant,
    put_off_since: Option<Instant>,
}

/// Whether a service can have a place.
#[derive(Debug, PartialEq)]
pub(super) enum Place<P> {
    /// It has one.
    Taken,
    /// There is one.
    Free,
    /// There is the one that this producer has left, which is to be closed.
    Left(P),
    None,
}

impl<P> Services<P> {
    pub(super) fn new(most: usize) -> Self {
        Self { most, open: HashMap::new() }
    }

    pub(super) fn get(&mut self, name: &str) -> Option<&mut Service<P>> {
        self.open.get_mut(name)
    }

    /// Looks for a place for a service.
    pub(super) fn place(&mut self, name: &str, now: Instant) -> Place<P> {
        if self.open.contains_key(name) {
            return Place::Taken;
        }
        if self.open.len() < self.most {
            return Place::Free;
        }
        let longest = self.open.iter().min_by_key(|(_, service)| service.last_sent);
        match longest.filter(|(_, service)| service.is_idle(MIN_IDLE, now)).map(|(name, _)| name.clone()) {
            Some(name) => self.open.remove(&name).map_or(Place::None, |service| Place::Left(service.producer)),
            None => Place::None,
        }
    }

    /// Gives a place to a service that has none.
    pub(super) fn begin(&mut self, name: String, producer: P, now: Instant) {
        self.open.insert(name, Service { producer, last_sent: now, put_off_since: None });
    }

    /// Takes out the producers of services that have been idle for long.
    pub(super) fn idle(&mut self, now: Instant) -> Vec<P> {
        let idle = self.open.extract_if(|_, service| service.is_idle(MAX_IDLE, now));
        idle.map(|(_, service)| service.producer).collect()
    }

    /// Takes out all of them.
    pub(super) fn all(&mut self) -> Vec<P> {
        self.open.drain().map(|(_, service)| service.producer).collect()
    }
}

impl<P> Service<P> {
    fn is_idle(&self, least: Duration, now: Instant) -> bool {
        now.saturating_duration_since(self.last_sent) >= least
    }

    /// Whether it may log now, if there is room or not.
    pub(super) fn may_log(&mut self, has_room: bool, now: Instant) -> bool {
        if has_room {
            self.put_off_since = None;
            return true;
        }
        let since = *self.put_off_since.get_or_insert(now);
        now.saturating_duration_since(since) >= MAX_PUT_OFF
    }

    /// It has logged.
    pub(super) fn sent(&mut self, now: Instant) {
        self.last_sent = now;
    }
}

/// What a request adds to a producer's journal.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Demand {
    pub(super) entries: usize,
    pub(super) bytes: usize,
}

/// Whether a journal of `capacity` takes `demand` without letting go of what a connected reader has yet to get. What is more
/// than a journal holds has room in one that nobody waits for.
pub(super) fn has_room(capacity: Demand, demand: Demand, stats: &Stats) -> bool {
    let waiting = stats.consumers.iter().map(|consumer| consumer.counts.waiting).max().unwrap_or(0);
    let waiting = usize::try_from(waiting).unwrap_or(usize::MAX).min(stats.retained_entries);
    if waiting == 0 {
        return true;
    }
    let waiting_bytes = stats.retained_bytes / stats.retained_entries * waiting;
    let fits = |capacity: usize, waiting: usize, more: usize| waiting.saturating_add(more) <= capacity;
    fits(capacity.entries, waiting, demand.entries) && fits(capacity.bytes, waiting_bytes, demand.bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn services(names: &[&str], now: Instant) -> Services<String> {
        let mut services = Services::new(names.len());
        for name in names {
            assert_eq!(services.place(name, now), Place::Free);
            services.begin((*name).to_owned(), format!("producer of {name}"), now);
        }
        services
    }

    #[test]
    fn only_who_is_idle_gives_a_place_and_the_longest_idle_goes_first() {
        let start = Instant::now();
        let mut services = services(&["a", "b"], start);
        assert_eq!(services.place("a", start), Place::Taken);
        assert_eq!(services.place("c", start + MIN_IDLE - SECOND), Place::None);
        services.get("a").unwrap().sent(start + SECOND);
        assert_eq!(services.place("c", start + MIN_IDLE), Place::Left("producer of b".to_owned()));
        services.begin("c".to_owned(), "producer of c".to_owned(), start + MIN_IDLE);
        assert_eq!(services.place("b", start + MIN_IDLE), Place::None);
    }

    #[test]
    fn who_is_idle_for_long_is_ended() {
        let start = Instant::now();
        let mut services = services(&["a", "b"], start);
        services.get("a").unwrap().sent(start + SECOND);
        assert!(services.idle(start + MAX_IDLE - SECOND).is_empty());
        assert_eq!(services.idle(start + MAX_IDLE), ["producer of b"]);
        assert_eq!(services.all(), ["producer of a"]);
    }

    #[test]
    fn a_reader_that_is_behind_puts_entries_off_and_not_for_ever() {
        let start = Instant::now();
        let mut services = services(&["a"], start);
        let service = services.get("a").unwrap();
        assert!(service.may_log(true, start) && !service.may_log(false, start));
        assert!(!service.may_log(false, start + MAX_PUT_OFF - SECOND));
        assert!(service.may_log(false, start + MAX_PUT_OFF));
        assert!(service.may_log(true, start + 2 * MAX_PUT_OFF), "the reader has caught up");
        assert!(!service.may_log(false, start + 2 * MAX_PUT_OFF), "another time begins");
    }

    #[test]
    fn an_empty_journal_has_room_for_anything() {
        let capacity = Demand { entries: 10, bytes: 100 };
        assert!(has_room(capacity, Demand { entries: 1000, bytes: 1000 }, &Stats::default()));
    }
}
