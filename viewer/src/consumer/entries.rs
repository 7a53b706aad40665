//! Entries as a consumer hands them out: one text and the place of each entry in it, so that a flood of small entries
//! costs no allocation for each. No I/O.

use std::ops::RangeInclusive;

/// Consecutive entries of one producer, each as it was sent and unread: JSON, if the producer is honest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entries {
    text: String,
    /// Where the first entry begins. Each of the others begins behind the byte that follows the one before.
    begin: usize,
    ends: Vec<usize>,
    numbers: Option<Numbers>,
    message_bytes: usize,
}

/// The sequence numbers that entries account for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Numbers {
    pub(crate) first: u64,
    pub(crate) last: u64,
    /// Before the entry of this index, so many numbers belong to entries that a filter left out. Sorted by index.
    pub(crate) holes: Vec<(usize, u64)>,
}

impl Entries {
    /// The lines of `text` from `begin` on; the last may end with a line break and may not.
    pub(crate) fn from_lines(text: String, begin: usize) -> Self {
        let mut ends: Vec<usize> = Vec::with_capacity((text.len() - begin) / 128);
        ends.extend(memchr::memchr_iter(b'\n', &text.as_bytes()[begin..]).map(|place| begin + place));
        if ends.last().map_or(begin, |end| end + 1) < text.len() {
            ends.push(text.len());
        }
        Self { message_bytes: text.len(), text, begin, ends, numbers: None }
    }

    /// Adds an entry without a number.
    pub(crate) fn push(&mut self, entry: &str) {
        self.text.push_str(entry);
        self.ends.push(self.text.len());
        self.text.push('\n');
        self.message_bytes += entry.len();
    }

    /// Sets the numbers, which are as many as the entries and the holes together.
    pub(crate) fn set_numbers(&mut self, numbers: Numbers) {
        self.numbers = Some(numbers);
    }

    pub(crate) fn set_message_bytes(&mut self, bytes: usize) {
        self.message_bytes = bytes;
    }

    /// Removes what has a number below `next`.
    pub(crate) fn skip_until(&mut self, next: u64) {
        let Some(numbers) = &self.numbers else { return };
        if next <= numbers.first {
            return;
        }
        let last = numbers.last;
        let surplus = self.numbered().take_while(|(number, _)| *number < next).count();
        // What is left begins with the rest of the hole before the first entry that stays.
        let first_entry = self.numbered().nth(surplus).map_or(last + 1, |(number, _)| number);
        let Some(numbers) = &mut self.numbers else { return };
        numbers.first = next.min(last + 1);
        let later = numbers.holes.iter().filter(|(index, _)| *index > surplus);
        let rest = first_entry.saturating_sub(next);
        let rest = (rest > 0).then_some((0, rest));
        numbers.holes = rest.into_iter().chain(later.map(|(index, skipped)| (index - surplus, *skipped))).collect();
        if surplus > 0 {
            self.begin = self.ends[surplus - 1] + 1;
            self.ends.drain(..surplus);
        }
    }

    /// How many numbers belong to entries that a filter left out.
    #[cfg(test)]
    pub(crate) fn left_out(&self) -> u64 {
        self.numbers.iter().flat_map(|numbers| &numbers.holes).map(|(_, skipped)| skipped).sum()
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none, as where a filter at the source left out all of them.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The entries in their order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        let mut begin = self.begin;
        self.ends.iter().map(move |end| {
            let entry = &self.text[begin..*end];
            begin = end + 1;
            entry
        })
    }

    /// The entries with their sequence numbers. None of them if the producer does not number its entries.
    pub fn numbered(&self) -> impl Iterator<Item = (u64, &str)> {
        let mut next = self.numbers.as_ref().map_or(0, |numbers| numbers.first);
        let mut holes = self.numbers.as_ref().map_or(&[][..], |numbers| &numbers.holes).iter().peekable();
        let count = if self.numbers.is_some() { self.len() } else { 0 };
        self.iter().take(count).enumerate().map(move |(index, entry)| {
            while let Some((_, skipped)) = holes.next_if(|(at, _)| *at <= index) {
                next += skipped;
            }
            next += 1;
            (next - 1, entry)
        })
    }

    /// The sequence numbers that these entries account for: their own, and those of entries that a filter at the source
    /// left out. None if the producer does not number its entries.
    pub fn numbers(&self) -> Option<RangeInclusive<u64>> {
        self.numbers.as_ref().map(|numbers| numbers.first..=numbers.last)
    }

    /// The size of the messages that brought the entries, in bytes: compressed, if they were.
    pub fn message_bytes(&self) -> usize {
        self.message_bytes
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn numbered(entries: &Entries) -> Vec<(u64, &str)> {
        entries.numbered().collect()
    }

    #[test]
    fn lines_and_messages_become_entries() {
        for text in ["head\na\nbc\n", "head\na\nbc"] {
            let entries = Entries::from_lines(text.to_owned(), 5);
            assert_eq!(entries.iter().collect::<Vec<_>>(), ["a", "bc"]);
            assert_eq!((entries.numbers(), numbered(&entries)), (None, vec![]));
        }
        let mut entries = Entries::default();
        ["{\n}", "", "b"].iter().for_each(|entry| entries.push(entry));
        assert_eq!(entries.iter().collect::<Vec<_>>(), ["{\n}", "", "b"]);
        assert_eq!((entries.len(), entries.message_bytes()), (3, 4));
        assert!(Entries::from_lines("head\n".to_owned(), 5).is_empty());
    }

    #[test]
    fn a_hole_moves_the_numbers_behind_it() {
        let mut entries = Entries::from_lines("a\nb\nc\n".to_owned(), 0);
        entries.set_numbers(Numbers { first: 10, last: 19, holes: vec![(0, 2), (2, 4), (3, 1)] });
        assert_eq!(numbered(&entries), [(12, "a"), (13, "b"), (18, "c")]);
    }

    proptest! {
        #[test]
        fn what_is_skipped_is_what_is_below(first in 0_u64..100, holes in prop::collection::vec(0_u64..4, 1..8), next in 0_u64..140) {
            let count = holes.len() - 1;
            let text: String = (0..count).map(|index| format!("{index}\n")).collect();
            let mut entries = Entries::from_lines(text, 0);
            let last = first + count as u64 + holes.iter().sum::<u64>();
            prop_assume!(last > first);
            let last = last - 1;
            let holes = holes.iter().enumerate().filter(|(_, skipped)| **skipped > 0).map(|(at, n)| (at, *n)).collect();
            entries.set_numbers(Numbers { first, last, holes });
            let expected: Vec<(u64, String)> =
                entries.numbered().filter(|(number, _)| *number >= next).map(|(n, e)| (n, e.to_owned())).collect();
            entries.skip_until(next);
            let left: Vec<(u64, String)> = entries.numbered().map(|(n, e)| (n, e.to_owned())).collect();
            prop_assert_eq!(left, expected);
            prop_assert_eq!(entries.numbers(), Some(first.max(next.min(last + 1))..=last));
            let Some(Numbers { first, last, .. }) = entries.numbers else { unreachable!() };
            prop_assert_eq!(entries.left_out() + entries.len() as u64, last + 1 - first);
        }
    }
}
