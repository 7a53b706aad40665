//! The `mid` of each offer, by which its answer is known. No I/O.

use std::collections::{HashMap, VecDeque};

/// How many are remembered, so that a late answer to an older offer is not taken for one to a newer.
const REMEMBERED: usize = 1024;

/// The length of a `mid`: browsers refuse one of more than 16 characters.
const LENGTH: usize = 8;

/// Gives each offer its `mid`, and remembers whose it was.
#[derive(Debug)]
pub(crate) struct Mids {
    chance: fastrand::Rng,
    given: HashMap<String, (String, u64)>,
    order: VecDeque<String>,
}

impl Mids {
    /// The `mid` of the stack's own offer, and of the first offer to a consumer if no other one waits under it: some pages
    /// have it written into their code.
    pub(crate) const FIRST: &str = "0";

    pub(crate) fn new(chance: fastrand::Rng) -> Self {
        Self { chance, given: HashMap::new(), order: VecDeque::new() }
    }

    /// A `mid` for an offer to `consumer_id`. `first_waits`: whether an offer with [`FIRST`](Self::FIRST) waits for its answer.
    pub(crate) fn give(&mut self, consumer_id: &str, generation: u64, first_waits: bool) -> String {
        let had_one = self.given.values().any(|(id, _)| id == consumer_id);
        let mid = if had_one || first_waits { self.random() } else { Self::FIRST.to_owned() };
        self.order.retain(|known| *known != mid);
        self.order.push_back(mid.clone());
        self.given.insert(mid.clone(), (consumer_id.to_owned(), generation));
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.given.remove(&oldest);
        }
        mid
    }

    /// To whom, and in which generation, a `mid` was given.
    pub(crate) fn given(&self, mid: &str) -> Option<(&str, u64)> {
        self.given.get(mid).map(|(id, generation)| (id.as_str(), *generation))
    }

    fn random(&mut self) -> String {
        std::iter::repeat_with(|| self.chance.alphanumeric()).take(LENGTH).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_offer_has_the_stacks_own_and_a_second_one_another() {
        let mut mids = Mids::new(fastrand::Rng::with_seed(1));
        assert_eq!(mids.give("a", 1, false), "0");
        let second = mids.give("a", 2, false);
        assert_eq!(second.len(), LENGTH);
        assert_ne!(mids.give("b", 3, true), "0", "an answer to the other one may still come");
        assert_eq!(mids.give("c", 4, false), "0");
        assert_eq!((mids.given("0"), mids.given(&second)), (Some(("c", 4)), Some(("a", 2))));
        assert_eq!(mids.given("audio"), None);
    }

    #[test]
    fn no_more_are_remembered_than_may_be() {
        let mut mids = Mids::new(fastrand::Rng::with_seed(1));
        let first = (mids.give("a", 0, true), mids.give("a", 0, true)).0;
        (0..2 * REMEMBERED as u64).for_each(|number| drop(mids.give("a", number, true)));
        assert_eq!((mids.given.len(), mids.order.len(), mids.given(&first)), (REMEMBERED, REMEMBERED, None));
    }
}
