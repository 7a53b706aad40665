//! Who is there: which consumers have a peer, and which peer a message belongs to. No I/O.

use std::collections::HashMap;

/// One consumer's place in the roster. `T` is whatever drives its peer.
#[derive(Debug)]
struct Member<T> {
    peer: T,
    /// Tells this peer from an earlier one of the same consumer.
    generation: u64,
    /// Rises with each answer; `None` while the peer waits for its own.
    answered: Option<u64>,
    ufrag: Option<String>,
}

/// What came of an announcement.
#[derive(Debug, PartialEq)]
pub(crate) enum Admission<T> {
    /// It has a place; `replaced` is the peer that it had before: the page was loaded anew.
    Admitted { generation: u64, replaced: Option<T> },
    /// There are as many consumers as may be.
    Full(T),
}

#[derive(Debug)]
pub(crate) struct Roster<T> {
    max_consumers: usize,
    members: HashMap<String, Member<T>>,
    /// Rises with each admission and each answer.
    clock: u64,
}

impl<T> Roster<T> {
    pub(crate) fn new(max_consumers: usize) -> Self {
        Self { max_consumers, members: HashMap::new(), clock: 0 }
    }

    fn tick(&mut self) -> u64 {
        self.clock += 1;
        self.clock
    }

    /// Gives `consumer_id` a place, made by `make` from its generation.
    pub(crate) fn admit(&mut self, consumer_id: &str, make: impl FnOnce(u64) -> T) -> Admission<T> {
        let generation = self.tick();
        let peer = make(generation);
        if self.members.len() >= self.max_consumers && !self.members.contains_key(consumer_id) {
            return Admission::Full(peer);
        }
        let member = Member { peer, generation, answered: None, ufrag: None };
        let replaced = self.members.insert(consumer_id.to_owned(), member).map(|member| member.peer);
        Admission::Admitted { generation, replaced }
    }

    /// Ends the place of `consumer_id`.
    pub(crate) fn remove(&mut self, consumer_id: &str) -> Option<T> {
        self.members.remove(consumer_id).map(|member| member.peer)
    }

    /// Ends the place that has this generation, and no later one of the same consumer.
    pub(crate) fn remove_generation(&mut self, consumer_id: &str, generation: u64) -> Option<T> {
        let current = self.members.get(consumer_id)?.generation;
        if current == generation { self.remove(consumer_id) } else { None }
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.members.len()
    }

    /// Ends every place.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = T> + '_ {
        self.members.drain().map(|(_, member)| member.peer)
    }

    /// The peer that an answer is for: the first of `from` that names one, else the one that waits longest.
    pub(crate) fn take_answer(&mut self, from: &[String], ufrag: &str) -> Option<&mut T> {
        let named = from.iter().find(|id| self.members.contains_key(*id)).cloned();
        let id = named.or_else(|| {
            let waiting = self.members.iter().filter(|(_, member)| member.answered.is_none());
            waiting.min_by_key(|(_, member)| member.generation).map(|(id, _)| id.clone())
        })?;
        let now = self.tick();
        let member = self.members.get_mut(&id)?;
        // The first answer holds; a second one is the peer's to ignore, and changes nothing here.
        if member.answered.is_none() {
            member.answered = Some(now);
            member.ufrag = Some(ufrag.to_owned());
        }
        Some(&mut member.peer)
    }

    /// The peer that a candidate is for: the first of `from` that names one, else the one whose `ufrag` it names,
    /// else the one answered last. Where none is answered yet, the one that waits longest.
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn roster(ids: &[&'static str]) -> Roster<&'static str> {
        let mut roster = Roster::new(8);
        for id in ids {
            roster.admit(id, |_| *id);
        }
        roster
    }

    fn ids(ids: &[&str]) -> Vec<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    #[test]
    fn a_known_id_is_a_page_loaded_anew() {
        let mut roster = Roster::new(1);
        assert_eq!(roster.admit("a", |_| 1), Admission::Admitted { generation: 1, replaced: None });
        assert_eq!(roster.admit("a", |_| 2), Admission::Admitted { generation: 2, replaced: Some(1) });
        assert_eq!(roster.remove_generation("a", 1), None, "the end of the old peer does not end the new");
        assert_eq!(roster.remove_generation("a", 2), Some(2));
    }

    #[test]
    fn one_too_many_is_refused() {
        let mut roster = Roster::new(2);
        roster.admit("a", |_| 1);
        roster.admit("b", |_| 2);
        assert_eq!(roster.admit("c", |_| 3), Admission::Full(3));
        assert_eq!(roster.len(), 2);
    }

    #[test]
    fn an_answer_goes_to_the_first_that_it_names() {
        let mut roster = roster(&["a", "b"]);
        assert_eq!(roster.take_answer(&ids(&["nobody", "b"]), "u"), Some(&mut "b"));
    }

    #[test]
    fn a_second_answer_changes_nothing() {
        let mut roster = roster(&["a", "b"]);
        roster.take_answer(&ids(&["a"]), "ua");
        roster.take_answer(&ids(&["b"]), "ub");
        roster.take_answer(&ids(&["a"]), "other");
        assert_eq!(roster.for_candidate(&[], Some("ua")), Some(&mut "a"));
        assert_eq!(roster.for_candidate(&[], None), Some(&mut "b"), "the one answered last");
    }

    #[test]
    fn an_answer_of_nobody_goes_to_the_oldest_that_waits() {
        let mut roster = roster(&["a", "b", "c"]);
        assert_eq!(roster.take_answer(&[], "1"), Some(&mut "a"));
        assert_eq!(roster.take_answer(&ids(&["b"]), "2"), Some(&mut "b"));
        assert_eq!(roster.take_answer(&ids(&["server"]), "3"), Some(&mut "c"));
        assert_eq!(roster.take_answer(&[], "4"), None);
    }

    #[test]
    fn a_candidate_goes_by_name_then_ufrag_then_last_answer() {
        let mut roster = roster(&["a", "b", "c"]);
        assert_eq!(roster.for_candidate(&[], None), Some(&mut "a"), "before any answer, the one that waits longest");
        roster.take_answer(&[], "ua");
        roster.take_answer(&[], "ub");
        assert_eq!(roster.for_candidate(&ids(&["c"]), Some("ua")), Some(&mut "c"));
        assert_eq!(roster.for_candidate(&ids(&["server"]), Some("ua")), Some(&mut "a"));
        assert_eq!(roster.for_candidate(&[], Some("unknown")), Some(&mut "b"));
        assert_eq!(roster.for_candidate(&[], None), Some(&mut "b"));
    }

    proptest! {
        #[test]
        fn one_live_peer_for_an_id_and_never_too_many(
            max in 1_usize..4,
            steps in prop::collection::vec((0_u8..4, 0_usize..6), 0..60),
        ) {
            let names = ["a", "b", "c", "d", "e", "f"];
            let mut roster = Roster::new(max);
            let mut live: Vec<(usize, u64)> = Vec::new();
            for (step, name) in steps {
                match step {
                    0 | 1 => match roster.admit(names[name], |generation| (name, generation)) {
                        Admission::Admitted { generation, replaced } => {
                            let before = live.iter().position(|(known, _)| *known == name).map(|at| live.remove(at));
                            prop_assert_eq!(replaced, before);
                            live.push((name, generation));
                        }
                        Admission::Full(_) => prop_assert!(live.len() == max),
                    },
                    2 => {
                        let before = live.iter().position(|(known, _)| *known == name).map(|at| live.remove(at));
                        prop_assert_eq!(roster.remove(names[name]), before);
                    }
                    _ => {
                        let answered = roster.take_answer(&[], "u").copied();
                        prop_assert!(answered.is_none_or(|peer| live.contains(&peer)));
                    }
                }
                prop_assert_eq!(roster.len(), live.len());
                prop_assert!(live.len() <= max);
            }
        }
    }
}
