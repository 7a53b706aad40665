//! The registry of producers: what the server and the channels say of each, which connection an offer belongs to, and
//! when to ask for another one. No I/O; the time is an argument.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::proof::ProofFailure;

/// How long an announced producer may take to make its offer.
const OFFER_TIMEOUT: Duration = Duration::from_secs(10);

/// A channel that lived longer was a good one.
const LASTING: Duration = Duration::from_secs(10);

/// The longest wait before a lost channel is asked for again; the first time there is none.
const MAX_ASK_DELAY: Duration = Duration::from_secs(5);

/// How long a producer is left alone that has not proved that it has the secret of this consumer: no side's changes soon.
const UNPROVED_DELAY: Duration = Duration::from_secs(60);

/// How many connections there are at most: each costs a task and up to 16 sockets. An announced producer beyond them is
/// asked again until there is a place.
const MAX_CONNECTIONS: usize = 256;

/// How many producers that are gone are remembered.
const MAX_GONE: usize = 200;

/// The id that a producer gets from us if the server names no sender.
const ANONYMOUS_ID: &str = "producer";

/// How a channel came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelEnd {
    /// The producer closed it, as it does when it ends.
    Closed,
    /// The connection was ended from the other side, or it never opened.
    Broken,
    /// The network path to the producer was lost: the producer crashed, or it cannot be reached.
    PathLost,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Channel {
    None,
    Connecting,
    Open { since: Instant },
}

#[derive(Debug)]
struct Known {
    id: String,
    session: Option<String>,
    /// Whether the server names it as a sender.
    is_named: bool,
    /// Whether the server says that it is connected.
    is_announced: bool,
    channel: Channel,
    /// When to ask for a connection, if there is none.
    ask_at: Option<Instant>,
    /// Channels in a row that failed, or did not last.
    failures: u32,
}

/// Where the connection of an offer belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The id under which the connection is kept; a connection that is there already is replaced.
    pub(crate) id: String,
    /// Whom the answer names as its receiver.
    pub(crate) to: Option<String>,
    pub(crate) session: Option<String>,
}

/// In the order in which they came.
#[derive(Debug, Default)]
pub(crate) struct Registry(Vec<Known>);

impl Registry {
    /// Open channels, as producer id → session: the server does not have them made a second time.
    pub(crate) fn connected(&self) -> BTreeMap<String, String> {
        let open = self.0.iter().filter(|producer| matches!(producer.channel, Channel::Open { .. }));
        open.filter_map(|producer| Some((producer.id.clone(), producer.session.clone()?))).collect()
    }

    /// The server announces a producer. Returns whether the connection that is kept for it belongs to another process,
    /// which is gone.
    pub(crate) fn announce(&mut self, id: &str, session: Option<String>, now: Instant) -> bool {
        let producer = self.entry(id);
        let is_other = producer.channel != Channel::None && producer.session != session;
        producer.session = session;
        producer.is_named = true;
        producer.is_announced = true;
        producer.ask_at = Some(now + OFFER_TIMEOUT);
        if is_other {
            producer.channel = Channel::None;
        }
        is_other
    }

    /// The server says that a producer is gone. Its channel may live on, because the log does not flow through the server.
    pub(crate) fn withdraw(&mut self, id: &str) {
        if let Some(producer) = self.get(id) {
            producer.is_announced = false;
        }
        self.forget_oldest();
    }

    /// The server is gone, and with it all that it said.
    pub(crate) fn withdraw_all(&mut self) {
        self.0.iter_mut().for_each(|producer| producer.is_announced = false);
        self.forget_oldest();
    }

    /// Finds the place of an offer that names these senders. Without a sender it belongs to `same`, where a connection to
    /// the same process is; if there is none, it cannot be told from the offer of another producer, so it gets a place
    /// of its own: the first that has no connection. None if there are as many connections as there may be.
    pub(crate) fn offered(&mut self, senders: &[String], same: Option<String>) -> Option<Place> {
        let known = senders.iter().find(|id| self.0.iter().any(|producer| producer.id == **id));
        let sender = known.or(senders.first()).cloned();
        let is_named = sender.is_some();
        let id = sender.or(same).unwrap_or_else(|| self.free_place());
        let others = self.0.iter().filter(|producer| producer.channel != Channel::None && producer.id != id);
        if others.count() >= MAX_CONNECTIONS {
            return None;
        }
        let producer = self.entry(&id);
        producer.is_named |= is_named;
        producer.channel = Channel::Connecting;
        Some(Place { to: is_named.then(|| id.clone()), session: producer.session.clone(), id })
    }

    fn free_place(&self) -> String {
        let is_free = |id: &String| {
            self.0.iter().find(|producer| producer.id == *id).is_none_or(|p| !p.is_named && p.channel == Channel::None)
        };
        let numbered = (2_u64..).map(|number| format!("{ANONYMOUS_ID}#{number}"));
        std::iter::once(ANONYMOUS_ID.to_owned()).chain(numbered).find(is_free).expect("there are fewer than 2^64")
    }

    pub(crate) fn opened(&mut self, id: &str, now: Instant) {
        self.entry(id).channel = Channel::Open { since: now };
    }

    /// A channel has ended or failed: it is asked for again, at once the first time, then ever more slowly. A producer
    /// that closed it is about to end, and is asked only if it stays. One from which nothing was read because of `failure` is
    /// asked much later.
    pub(crate) fn closed(&mut self, id: &str, how: ChannelEnd, failure: Option<ProofFailure>, now: Instant) {
        let producer = self.entry(id);
        if let Channel::Open { since } = producer.channel
            && now.saturating_duration_since(since) > LASTING
        {
            producer.failures = 0;
        }
        producer.channel = Channel::None;
        let delay = match (failure, how) {
            (Some(_), _) => UNPROVED_DELAY,
            (None, ChannelEnd::Closed) => OFFER_TIMEOUT,
            (None, ChannelEnd::Broken | ChannelEnd::PathLost) => {
                let delay = Duration::from_secs(1).saturating_mul(producer.failures).min(MAX_ASK_DELAY);
                producer.failures += 1;
                delay
            }
        };
        producer.ask_at = Some(now + delay);
        self.forget_oldest();
    }

    /// The producers to ask for a connection now. Each is asked again if no offer comes.
    pub(crate) fn take_due(&mut self, now: Instant) -> Vec<String> {
        let mut due = Vec::new();
        for producer in self.0.iter_mut().filter(|producer| producer.can_be_asked()) {
            if producer.ask_at.is_some_and(|at| at <= now) {
                producer.ask_at = Some(now + OFFER_TIMEOUT);
                due.push(producer.id.clone());
            }
        }
        due
    }

    /// When [`Registry::take_due`] has the next one, as far as anybody knows now.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        self.0.iter().filter(|producer| producer.can_be_asked()).filter_map(|producer| producer.ask_at).min()
    }

    fn get(&mut self, id: &str) -> Option<&mut Known> {
        self.0.iter_mut().find(|producer| producer.id == id)
    }

    fn entry(&mut self, id: &str) -> &mut Known {
        let place = self.0.iter().position(|producer| producer.id == id).unwrap_or_else(|| {
            self.0.push(Known {
                id: id.to_owned(),
                session: None,
                is_named: false,
                is_announced: false,
                channel: Channel::None,
                ask_at: None,
                failures: 0,
            });
            self.0.len() - 1
        });
        &mut self.0[place]
    }

    fn forget_oldest(&mut self) {
        let mut superfluous = self.0.iter().filter(|producer| producer.is_gone()).count().saturating_sub(MAX_GONE);
        self.0.retain(|producer| {
            let goes = superfluous > 0 && producer.is_gone();
            superfluous -= usize::from(goes);
            !goes
        });
    }
}

impl Known {
    fn can_be_asked(&self) -> bool {
        self.is_announced && self.channel == Channel::None
    }

    fn is_gone(&self) -> bool {
        !self.is_announced && self.channel == Channel::None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(id: &str) -> Vec<String> {
        vec![id.to_owned()]
    }

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_channel_that_is_lost_is_asked_for_again_ever_more_slowly() {
        let (mut registry, mut now) = (Registry::default(), Instant::now());
        registry.announce("api", Some("5e".into()), now);
        for wait in [0, 1, 2, 3, 4, 5, 5] {
            registry.offered(&named("api"), None);
            registry.opened("api", now);
            registry.closed("api", ChannelEnd::PathLost, None, now);
            assert_eq!(registry.next_due(), Some(now + seconds(wait)));
            now += seconds(wait);
            assert_eq!(registry.take_due(now), ["api"]);
            assert_eq!(registry.take_due(now), [""; 0], "it has time to make its offer");
        }
        registry.offered(&named("api"), None);
        registry.opened("api", now);
        now += seconds(11);
        registry.closed("api", ChannelEnd::Broken, None, now);
        assert_eq!(registry.next_due(), Some(now), "a channel that lasted makes good for the others");
    }

    #[test]
    fn a_producer_that_closes_is_asked_only_if_it_stays() {
        let (mut registry, now) = (Registry::default(), Instant::now());
        registry.announce("api", None, now);
        registry.offered(&named("api"), None);
        registry.opened("api", now);
        registry.closed("api", ChannelEnd::Closed, None, now);
        assert!(registry.take_due(now + seconds(9)).is_empty());
        assert_eq!(registry.take_due(now + seconds(10)), ["api"]);
        registry.withdraw("api");
        assert_eq!(registry.next_due(), None);
        assert!(registry.take_due(now + seconds(60)).is_empty());
    }

    #[test]
    fn a_producer_without_the_right_proof_is_left_alone_for_a_minute() {
        let (mut registry, now) = (Registry::default(), Instant::now());
        registry.announce("api", None, now);
        for how in [ChannelEnd::Broken, ChannelEnd::Closed, ChannelEnd::PathLost] {
            registry.offered(&named("api"), None);
            registry.closed("api", how, Some(ProofFailure::WrongSecret), now);
            assert_eq!(registry.next_due(), Some(now + seconds(60)), "{how:?}");
        }
    }

    #[test]
    fn an_offer_beyond_the_limit_has_no_place_until_there_is_one() {
        let (mut registry, now) = (Registry::default(), Instant::now());
        for number in 0..MAX_CONNECTIONS {
            assert!(registry.offered(&named(&number.to_string()), None).is_some());
        }
        for (senders, same) in [(named("api"), None), (vec![], None)] {
            assert_eq!(registry.offered(&senders, same), None);
        }
        assert!(registry.offered(&named("0"), None).is_some(), "it replaces a connection");
        assert_eq!(registry.0.len(), MAX_CONNECTIONS, "a refused one takes no memory");
        registry.closed("0", ChannelEnd::Broken, None, now);
        assert!(registry.offered(&named("api"), None).is_some());
    }

    #[test]
    fn an_announced_producer_that_makes_no_offer_is_asked() {
        let (mut registry, now) = (Registry::default(), Instant::now());
        registry.announce("api", None, now);
        assert!(registry.take_due(now + seconds(9)).is_empty());
        assert_eq!(registry.take_due(now + seconds(10)), ["api"]);
        assert_eq!(registry.take_due(now + seconds(20)), ["api"]);
    }

    #[test]
    fn only_another_session_makes_a_connection_obsolete() {
        let (mut registry, now) = (Registry::default(), Instant::now());
        assert!(!registry.announce("api", Some("1".into()), now), "there is no connection yet");
        registry.offered(&named("api"), None);
        registry.opened("api", now);
        registry.withdraw_all();
        assert_eq!(registry.connected(), BTreeMap::from([("api".to_owned(), "1".to_owned())]));
        assert!(!registry.announce("api", Some("1".into()), now), "the same process");
        assert!(registry.announce("api", Some("2".into()), now), "another process");
        assert_eq!(registry.connected(), BTreeMap::new());
    }

    #[test]
    fn an_offer_finds_its_place_by_the_first_sender_that_is_known() {
        let (mut registry, now) = (Registry::default(), Instant::now());
        registry.announce("api", Some("5e".into()), now);
        let place = registry.offered(&["x".to_owned(), "api".to_owned()], None).unwrap();
        assert_eq!(place, Place { id: "api".into(), to: Some("api".into()), session: Some("5e".into()) });
        assert_eq!(registry.offered(&named("new"), Some("api".into())).unwrap().id, "new");
    }

    #[test]
    fn offers_without_a_sender_do_not_replace_each_other() {
        let (mut registry, now) = (Registry::default(), Instant::now());
        registry.announce("producer#2", None, now);
        let place = registry.offered(&[], None).unwrap();
        assert_eq!(place, Place { id: "producer".into(), to: None, session: None });
        registry.opened("producer", now);
        assert_eq!(registry.offered(&[], None).unwrap().id, "producer#3", "producer#2 is the name of another one");
        assert_eq!(registry.offered(&[], Some("producer".into())).unwrap(), place, "it is the same process");
        registry.closed("producer", ChannelEnd::PathLost, None, now);
        assert_eq!(registry.offered(&[], None).unwrap().id, "producer");
        assert_eq!(registry.next_due(), Some(now + OFFER_TIMEOUT), "who is not announced cannot be asked");
    }

    #[test]
    fn those_that_are_gone_are_forgotten_in_time() {
        let (mut registry, now) = (Registry::default(), Instant::now());
        for number in 0..MAX_GONE + 50 {
            let id = number.to_string();
            registry.announce(&id, None, now);
            registry.withdraw(&id);
        }
        assert_eq!(registry.0.len(), MAX_GONE);
        assert_eq!(registry.0[0].id, "50");
    }
}
