//! The registry of consumers: which have a connection, which are offered one again, and which a message belongs to. No I/O;
//! told the time.
//!
//! An answer of the base protocol does not name its consumer. So each offer has a `mid` of its own, and the answer echoes
//! it (RFC 9429 §5.3.1).

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use super::mids::Mids;
use crate::observe::EndReason;

/// The first and the longest delay before a consumer is offered a connection again; it doubles.
const FIRST_RETRY: Duration = Duration::from_secs(1);
const LAST_RETRY: Duration = Duration::from_secs(30);

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
    failures: Failures,
    /// Whether the server still announces it.
    is_announced: bool,
}

/// What went wrong with a consumer, in a row.
#[derive(Clone, Copy, Debug, Default)]
struct Failures {
    /// Connections that did not open.
    unopened: u32,
    /// Offers that were not answered.
    unanswered: u32,
}

/// How a connection ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) consumer_id: String,
    pub(crate) generation: u64,
    pub(crate) reason: EndReason,
    /// Whether its channel had opened.
    pub(crate) was_open: bool,
}

/// A consumer that is announced and has no connection.
#[derive(Debug)]
struct Absent {
    failures: Failures,
    /// `None`: as soon as there is a place.
    retry_at: Option<Instant>,
}

/// What came of an announcement.
#[derive(Debug, PartialEq)]
pub(crate) enum Admission<T> {
    /// It has a place, and its offer this `mid`; `replaced` is the connection that it had before.
    Admitted { generation: u64, mid: String, replaced: Option<T> },
    /// There are as many consumers as may be. It is admitted when a place is free.
    Full,
}

#[derive(Debug)]
pub(crate) struct Registry<T> {
    max_consumers: usize,
    members: HashMap<String, Member<T>>,
    absent: HashMap<String, Absent>,
    /// The absent ones, in the order in which they came.
    order: VecDeque<String>,
    /// Rises with each admission and each answer.
    clock: u64,
    mids: Mids,
}

impl<T> Registry<T> {
    pub(crate) fn new(max_consumers: usize, mids: Mids) -> Self {
        Self { max_consumers, members: HashMap::new(), absent: HashMap::new(), order: VecDeque::new(), clock: 0, mids }
    }

    fn tick(&mut self) -> u64 {
        self.clock += 1;
        self.clock
    }

    /// Gives `consumer_id`, which is announced now, a place.
    pub(crate) fn admit(&mut self, consumer_id: &str, peer: T) -> Admission<T> {
        self.forget(consumer_id);
        self.place(consumer_id, Failures::default(), peer)
    }

    /// Gives a consumer that is [`due`](Self::due) a place.
    pub(crate) fn admit_again(&mut self, consumer_id: &str, peer: T) -> Admission<T> {
        let failures = self.forget(consumer_id).map(|absent| absent.failures).unwrap_or_default();
        self.place(consumer_id, failures, peer)
    }

    /// Has a consumer that is announced now wait for a place.
    pub(crate) fn defer(&mut self, consumer_id: &str) {
        self.forget(consumer_id);
        self.add_absent(consumer_id, Absent { failures: Failures::default(), retry_at: None });
    }

    fn place(&mut self, consumer_id: &str, failures: Failures, peer: T) -> Admission<T> {
        if self.is_full() && !self.members.contains_key(consumer_id) {
            self.add_absent(consumer_id, Absent { failures, retry_at: None });
            return Admission::Full;
        }
        let generation = self.tick();
        let zero_waits = self.members.values().any(|member| member.answered.is_none() && member.mid == Mids::FIRST);
        let mid = self.mids.give(consumer_id, generation, zero_waits);
        let member =
            Member { peer, generation, mid: mid.clone(), answered: None, ufrag: None, failures, is_announced: true };
        let replaced = self.members.insert(consumer_id.to_owned(), member).map(|member| member.peer);
        Admission::Admitted { generation, mid, replaced }
    }

    /// Takes back that a consumer was announced. Returns its connection if that has no answer yet: nobody would give one.
    /// An answered one lives as long as its channel.
    pub(crate) fn on_departed(&mut self, consumer_id: &str) -> Option<T> {
        self.forget(consumer_id);
        let member = self.members.get_mut(consumer_id)?;
        member.is_announced = false;
        if member.answered.is_some() { None } else { self.members.remove(consumer_id).map(|member| member.peer) }
    }

    /// The connection of a consumer that is no longer announced.
    pub(crate) fn departed(&self, consumer_id: &str) -> Option<&T> {
        self.members.get(consumer_id).filter(|member| !member.is_announced).map(|member| &member.peer)
    }

    /// The connection of this generation has ended, and no later one of the same consumer. If the consumer is still there
    /// and did not end it, it is offered another one.
    pub(crate) fn on_ended(&mut self, now: Instant, ended: &Ended) {
        let Ended { consumer_id, generation, reason, was_open } = ended;
        if self.members.get(consumer_id).is_none_or(|member| member.generation != *generation) {
            return;
        }
        let Some(member) = self.members.remove(consumer_id) else { return };
        let failures = Failures {
            unopened: if *was_open { 0 } else { member.failures.unopened + 1 },
            unanswered: if member.answered.is_some() { 0 } else { member.failures.unanswered + 1 },
        };
        if member.is_announced && is_failure(*reason) && failures.unanswered < MAX_UNANSWERED {
            let doublings = failures.unopened.saturating_sub(1).min(8);
            let delay = FIRST_RETRY.saturating_mul(1 << doublings).min(LAST_RETRY);
            self.add_absent(consumer_id, Absent { failures, retry_at: Some(now + delay) });
        }
    }

    /// A consumer that is to be offered a connection again now, if there is one; to be asked until there is none.
    pub(crate) fn due(&mut self, now: Instant) -> Option<String> {
        if self.is_full() {
            return None;
        }
        let is_due = |id: &&String| self.absent[*id].retry_at.is_none_or(|at| at <= now);
        self.order.iter().find(is_due).cloned()
    }

    /// When to ask next although nothing has changed.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        if self.is_full() { None } else { self.absent.values().filter_map(|absent| absent.retry_at).min() }
    }

    /// The server does not know this consumer.
    pub(crate) fn on_unknown(&mut self, consumer_id: &str) {
        self.forget(consumer_id);
        if let Some(member) = self.members.get_mut(consumer_id) {
            member.is_announced = false;
        }
    }

    fn is_full(&self) -> bool {
        self.members.len() >= self.max_consumers
    }

    fn add_absent(&mut self, consumer_id: &str, absent: Absent) {
        if self.absent.len() >= self.max_consumers {
            return;
        }
        self.absent.insert(consumer_id.to_owned(), absent);
        self.order.push_back(consumer_id.to_owned());
    }

    fn forget(&mut self, consumer_id: &str) -> Option<Absent> {
        let absent = self.absent.remove(consumer_id)?;
        self.order.retain(|id| id != consumer_id);
        Some(absent)
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
    ///
    /// # Errors
    /// The `mid` belongs to another consumer, or to an older offer.
    pub(crate) fn take_answer(
        &mut self,
        from: &[String],
        mid: Option<&str>,
        ufrag: &str,
    ) -> Result<Option<&mut T>, String> {
        let named = from.iter().find(|id| self.members.contains_key(*id)).cloned();
        let given = mid.and_then(|mid| self.mids.given(mid));
        let id = match (named, given) {
            (named, Some((given, generation))) => {
                let is_current = self.members.get(given).is_some_and(|member| member.generation == generation);
                if !is_current || named.as_ref().is_some_and(|named| named != given) {
                    return Err(format!("mid: {:?} is of another offer", mid.unwrap_or_default()));
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
