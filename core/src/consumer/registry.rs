//! The registry of consumers: which have a connection, which are offered one again, and which a message belongs to. No I/O;
//! told the time.
//!
//! Only a consumer whose channel has opened keeps its place. While all places are taken, a connection that does not open gives
//! its place to a newcomer, unless the newcomer's own last connection did not open.
//!
//! An answer of the base protocol does not name its consumer. So each offer has a `mid` of its own, and the answer echoes
//! it (RFC 9429 §5.3.1).

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::mids::Mids;
use super::recents::Recents;
use super::waiting::{Failures, Queue, Waiting};
use crate::observe::EndReason;

/// The first and the longest delay before a consumer is offered a connection again; it doubles.
const FIRST_RETRY: Duration = Duration::from_secs(1);
const LAST_RETRY: Duration = Duration::from_secs(30);

/// How long a connection may open before it gives way to a newcomer, while there is no place.
const OPENING_GRACE: Duration = Duration::from_secs(3);

/// How many consumers wait for each that may be connected: their ids are all that they take.
const WAITING_PER_PLACE: usize = 4;

/// How many offers in a row a consumer may leave without an answer.
const MAX_UNANSWERED: u32 = 10;

/// One consumer with a connection. `T` is whatever drives that.
#[derive(Debug)]
struct Member<T> {
    peer: T,
    /// Tells this connection from an earlier one of the same consumer.
    generation: u64,
    mid: String,
    /// Rises with each answer; `None` while the offer waits for its own.
    answered: Option<u64>,
    ufrag: Option<String>,
    /// Since when it has its place.
    since: Instant,
    is_open: bool,
    failures: Failures,
    /// Whether the server still announces it.
    is_announced: bool,
}

/// How a connection ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) consumer_id: String,
    pub(crate) generation: u64,
    pub(crate) reason: EndReason,
    /// Whether its channel had opened.
    pub(crate) was_open: bool,
    /// Whether bytes that were not authenticated ended it, perhaps of somebody else.
    pub(crate) is_unauthenticated: bool,
}

/// A connection whose channel has opened.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) consumer_id: String,
    pub(crate) generation: u64,
}

/// What came of an announcement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Announced {
    /// It waits for a place now.
    New,
    /// It has been waiting for one.
    Known,
}

/// A place, with what had to go for it.
#[derive(Debug, PartialEq)]
pub(crate) struct Placed<T> {
    pub(crate) generation: u64,
    /// Of its offer.
    pub(crate) mid: String,
    /// The connection that the consumer had before.
    pub(crate) replaced: Option<T>,
    /// Another consumer's connection, which has not opened.
    pub(crate) evicted: Option<T>,
}

#[derive(Debug)]
pub(crate) struct Registry<T> {
    max_consumers: usize,
    members: HashMap<String, Member<T>>,
    waiting: Queue,
    recents: Recents,
    /// Nobody who waits is due before; `None` if only a change can make one due.
    next_due: Option<Instant>,
    /// Rises with each admission and each answer.
    clock: u64,
    mids: Mids,
}

impl<T> Registry<T> {
    pub(crate) fn new(now: Instant, max_consumers: usize, mids: Mids) -> Self {
        Self {
            max_consumers,
            members: HashMap::new(),
            waiting: Queue::new(max_consumers * WAITING_PER_PLACE),
            recents: Recents::new(now, max_consumers),
            next_due: None,
            clock: 0,
            mids,
        }
    }

    fn tick(&mut self) -> u64 {
        self.clock += 1;
        self.clock
    }

    /// `consumer_id` is announced now: it is [`due`](Self::due) as soon as there is a place for it.
    pub(crate) fn announce(&mut self, now: Instant, consumer_id: &str) -> Announced {
        let announced = if self.waiting.contains(consumer_id) { Announced::Known } else { Announced::New };
        self.wait(now, consumer_id, Waiting { failures: Failures::default(), retry_at: None });
        announced
    }

    /// Gives a consumer that is [`due`](Self::due) its place.
    pub(crate) fn place(&mut self, now: Instant, consumer_id: &str, peer: T) -> Placed<T> {
        let failures = self.waiting.remove(consumer_id).map(|waiting| waiting.failures).unwrap_or_default();
        let has_place = self.members.contains_key(consumer_id) || !self.is_full();
        let evicted = if has_place { None } else { self.evict(now) };
        self.recents.begin(now, consumer_id);
        let generation = self.tick();
        let zero_waits = self.members.values().any(|member| member.answered.is_none() && member.mid == Mids::FIRST);
        let mid = self.mids.give(consumer_id, generation, zero_waits);
        let member = Member {
            peer,
            generation,
            mid: mid.clone(),
            answered: None,
            ufrag: None,
            since: now,
            is_open: false,
            failures,
            is_announced: true,
        };
        let replaced = self.members.insert(consumer_id.to_owned(), member).map(|member| member.peer);
        Placed { generation, mid, replaced, evicted }
    }

    /// Takes the place of the consumer that has been opening for longest. It is offered another connection.
    fn evict(&mut self, now: Instant) -> Option<T> {
        let may_go =
            |(id, member): &(&String, &Member<T>)| self.gives_way_at(now, id, member).is_some_and(|at| at <= now);
        let oldest = self.members.iter().filter(may_go).min_by_key(|(_, member)| member.generation);
        let (id, generation) = oldest.map(|(id, member)| (id.clone(), member.generation))?;
        self.end(now, &id, generation, true, false)
    }

    /// When a consumer's connection gives way to a newcomer; `None`: never.
    fn gives_way_at(&self, now: Instant, id: &str, member: &Member<T>) -> Option<Instant> {
        let at = if self.recents.has_failed(id) { now } else { member.since + OPENING_GRACE };
        (!member.is_open).then_some(at)
    }

    /// The channel of this generation has opened.
    pub(crate) fn on_opened(&mut self, now: Instant, Opened { consumer_id, generation }: &Opened) {
        if let Some(member) = self.members.get_mut(consumer_id)
            && member.generation == *generation
        {
            member.is_open = true;
            self.recents.set_failed(now, consumer_id, false);
        }
    }

    /// Takes back that a consumer was announced. Returns its connection if that has no answer yet: nobody would give one.
    /// An answered one lives as long as its channel.
    pub(crate) fn on_departed(&mut self, now: Instant, consumer_id: &str) -> Option<T> {
        self.waiting.remove(consumer_id);
        let member = self.members.get_mut(consumer_id)?;
        member.is_announced = false;
        if member.answered.is_some() {
            return None;
        }
        self.next_due = Some(now);
        self.members.remove(consumer_id).map(|member| member.peer)
    }

    /// The connection of a consumer that is no longer announced.
    pub(crate) fn departed(&self, consumer_id: &str) -> Option<&T> {
        self.members.get(consumer_id).filter(|member| !member.is_announced).map(|member| &member.peer)
    }

    /// The connection of this generation has ended, and no later one of the same consumer. If the consumer is still there
    /// and did not end it, it is offered another one.
    pub(crate) fn on_ended(&mut self, now: Instant, ended: &Ended) {
        let is_failure = is_failure(ended.reason) || ended.is_unauthenticated;
        self.end(now, &ended.consumer_id, ended.generation, is_failure, ended.was_open);
    }

    fn end(&mut self, now: Instant, id: &str, generation: u64, is_failure: bool, was_open: bool) -> Option<T> {
        if self.members.get(id).is_none_or(|member| member.generation != generation) {
            return None;
        }
        let member = self.members.remove(id)?;
        self.next_due = Some(now);
        if !was_open {
            self.recents.set_failed(now, id, true);
        }
        let failures = Failures {
            unopened: if was_open { 0 } else { member.failures.unopened + 1 },
            unanswered: if member.answered.is_some() { 0 } else { member.failures.unanswered + 1 },
        };
        if member.is_announced && is_failure && failures.unanswered < MAX_UNANSWERED && !self.waiting.contains(id) {
            let doublings = failures.unopened.saturating_sub(1).min(8);
            let delay = FIRST_RETRY.saturating_mul(1 << doublings).min(LAST_RETRY);
            self.wait(now, id, Waiting { failures, retry_at: Some(now + delay) });
        }
        Some(member.peer)
    }

    /// A consumer that is to be given a place now, if there is one; to be asked until there is none. One that has not failed
    /// to open comes first.
    pub(crate) fn due(&mut self, now: Instant) -> Option<String> {
        if self.next_due.is_none_or(|at| at > now) {
            return None;
        }
        let is_full = self.is_full();
        let gives_way = |(id, member): (&String, &Member<T>)| self.gives_way_at(now, id, member);
        let room_at = if is_full { self.members.iter().filter_map(gives_way).min() } else { Some(now) };
        let due_at = |id: &str, waiting: Waiting| {
            let has_place = !is_full || self.members.contains_key(id);
            let place_at = if has_place { now } else { room_at.filter(|_| !self.recents.has_failed(id))? };
            let ready_at = self.recents.ready_at(now, id).max(waiting.retry_at.unwrap_or(now));
            Some(ready_at.max(place_at))
        };
        let waiting = || self.waiting.iter().filter_map(|(id, waiting)| Some((id, due_at(id, waiting)?)));
        let due = waiting().filter(|(_, at)| *at <= now).min_by_key(|(id, _)| self.recents.has_failed(id));
        let due = due.map(|(id, _)| id.to_owned());
        if due.is_none() {
            self.next_due = waiting().map(|(_, at)| at).min();
        }
        due
    }

    /// Whether every place is taken.
    pub(crate) fn is_full(&self) -> bool {
        self.members.len() >= self.max_consumers
    }

    /// When to ask next although nothing has changed.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        self.next_due
    }

    /// The server does not know this consumer.
    pub(crate) fn on_unknown(&mut self, consumer_id: &str) {
        self.waiting.remove(consumer_id);
        if let Some(member) = self.members.get_mut(consumer_id) {
            member.is_announced = false;
        }
    }

    fn wait(&mut self, now: Instant, consumer_id: &str, waiting: Waiting) {
        self.waiting.put(consumer_id, waiting, |id| self.recents.has_failed(id));
        let at = waiting.retry_at.unwrap_or(now);
        self.next_due = Some(self.next_due.map_or(at, |known| known.min(at)));
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.members.len()
    }

    /// Ends every place.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = T> + '_ {
        self.members.drain().map(|(_, member)| member.peer)
    }

    /// The connection that an answer is for: that of the consumer that `from` names and whose offer had this `mid`, or of
    /// the offer with this `mid`. A `mid` that no offer had says nothing: then the first of `from` that names a connection,
    /// or else the one that waits longest.
    pub(crate) fn take_answer(
        &mut self,
        from: &[String],
        mid: Option<&str>,
        ufrag: &str,
    ) -> Result<Option<&mut T>, ForeignMid> {
        let named = from.iter().find(|id| self.members.contains_key(*id)).cloned();
        let given = mid.and_then(|mid| self.mids.given(mid));
        let id = match (named, given) {
            (named, Some((given, generation))) => {
                let is_current = self.members.get(given).is_some_and(|member| member.generation == generation);
                if !is_current || named.as_ref().is_some_and(|named| named != given) {
                    return Err(ForeignMid(mid.unwrap_or_default().to_owned()));
                }
                Some(given.to_owned())
            }
            (Some(named), None) => Some(named),
            (None, None) => {
                let waiting = self.members.iter().filter(|(_, member)| member.answered.is_none());
                waiting.min_by_key(|(_, member)| member.generation).map(|(id, _)| id.clone())
            }
        };
        let Some(id) = id else { return Ok(None) };
        let now = self.tick();
        let Some(member) = self.members.get_mut(&id) else { return Ok(None) };
        // The first answer holds; a second one is the connection's to ignore, and changes nothing here.
        if member.answered.is_none() {
            member.answered = Some(now);
            member.ufrag = Some(ufrag.to_owned());
        }
        Ok(Some(&mut member.peer))
    }

    /// The connection that a candidate is for: the first of `from` that names one, else the one whose `ufrag` it names,
    /// else the one answered last. If none is answered yet, the one that waits longest.
    pub(crate) fn for_candidate(&mut self, from: &[String], ufrag: Option<&str>) -> Option<&mut T> {
        let named = from.iter().find(|id| self.members.contains_key(*id));
        let members = || self.members.iter();
        let by_ufrag = || members().find(|(_, member)| ufrag.is_some() && member.ufrag.as_deref() == ufrag);
        let last_answered =
            || members().filter(|(_, member)| member.answered.is_some()).max_by_key(|(_, member)| member.answered);
        let oldest = || members().min_by_key(|(_, member)| member.generation);
        let id = named.or_else(|| by_ufrag().or_else(last_answered).or_else(oldest).map(|(id, _)| id))?.clone();
        self.members.get_mut(&id).map(|member| &mut member.peer)
    }
}

/// The `mid` of an answer belongs to another consumer, or to an older offer.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("mid: {0:?} is of another offer")]
pub(crate) struct ForeignMid(String);

/// Whether a connection ended although both sides wanted it.
fn is_failure(reason: EndReason) -> bool {
    match reason {
        EndReason::PathLost | EndReason::Stalled | EndReason::OpenTimeout | EndReason::Failed => true,
        EndReason::ClosedByConsumer
        | EndReason::Left
        | EndReason::Replaced
        | EndReason::Flooded
        | EndReason::ProofRefused
        | EndReason::ProducerClosed => false,
    }
}

#[cfg(test)]
mod tests;
