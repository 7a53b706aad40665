//! The law of the journal, under whatever happens.

use proptest::prelude::*;

use super::account::{Account, GapReason};
use super::ring::{Read, Ring};
use super::{Limits, Replay};
use crate::level::Level;

#[derive(Clone, Debug)]
enum Step {
    Append(Level),
    Refuse,
    Evict,
    Open(Replay, Level),
    /// Reads on, at most so many entries.
    Read(usize, u64),
    /// The entry that is read next is too long.
    Oversize(usize),
    Arrive(usize, u64),
    Close(usize),
}

fn any_level() -> impl Strategy<Value = Level> {
    prop_oneof![Just(Level::Debug), Just(Level::Info), Just(Level::Warn), Just(Level::Error)]
}

fn any_step() -> impl Strategy<Value = Step> {
    let replay = prop_oneof![Just(Replay::All), Just(Replay::None), (0_u64..20).prop_map(Replay::Last)];
    prop_oneof![
        8 => any_level().prop_map(Step::Append),
        1 => Just(Step::Refuse),
        1 => Just(Step::Evict),
        1 => (replay, any_level()).prop_map(|(replay, level)| Step::Open(replay, level)),
        5 => (0_usize..4, 1_u64..20).prop_map(|(which, count)| Step::Read(which, count)),
        1 => (0_usize..4).prop_map(Step::Oversize),
        4 => (0_usize..4, 0_u64..10).prop_map(|(which, back)| Step::Arrive(which, back)),
        1 => (0_usize..4).prop_map(Step::Close),
    ]
}

/// What became of a number.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    Waits,
    OnTheWay,
    Delivered,
    Filtered,
    Overflow,
    Refused,
    Oversize,
}

/// A consumer that is told one thing after the other, and keeps the fate of each number by itself.
struct Consumer {
    account: Account,
    least: Level,
    start: u64,
    fates: Vec<Fate>,
}

impl Consumer {
    fn fate(&mut self, seq: u64) -> &mut Fate {
        let place = usize::try_from(seq - self.start).unwrap();
        if self.fates.len() <= place {
            self.fates.resize(place + 1, Fate::Waits);
        }
        &mut self.fates[place]
    }

    fn lose(&mut self, until: u64, reason: GapReason, fate: Fate) {
        (self.account.next()..until).for_each(|seq| *self.fate(seq) = fate);
        self.account.lose(until, reason);
    }

    fn read(&mut self, ring: &Ring, levels: &[Level], most: u64, is_too_long: bool) {
        let next = self.account.next();
        match ring.read(next) {
            Read::Lost(seqs) => self.lose(seqs.end, GapReason::Overflow, Fate::Overflow),
            Read::Refused(seqs) => self.lose(seqs.end, GapReason::Refused, Fate::Refused),
            Read::Nothing => {}
            Read::Block(_) | Read::Tail if is_too_long => self.lose(next + 1, GapReason::Oversize, Fate::Oversize),
            read @ (Read::Block(_) | Read::Tail) => {
                let end = if let Read::Block(block) = &read { block.end() } else { ring.end() };
                let until = end.min(next + most);
                let mut wanted = 0;
                for seq in next..until {
                    let level = levels[usize::try_from(seq).unwrap()];
                    let is_wanted = level >= self.least;
                    wanted += u64::from(is_wanted);
                    *self.fate(seq) = if is_wanted { Fate::OnTheWay } else { Fate::Filtered };
                }
                self.account.depart(until, wanted);
            }
        }
    }

    fn count(&self, fate: Fate) -> u64 {
        self.fates.iter().filter(|known| **known == fate).count() as u64
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]
    #[test]
    fn every_number_has_one_fate(limit in 1_usize..70, steps in prop::collection::vec(any_step(), 1..200)) {
        let mut ring = Ring::new(Limits { entries: limit, bytes: usize::MAX });
        let mut levels = Vec::new();
        let mut consumers: Vec<Consumer> = Vec::new();
        for step in steps {
            match step {
                Step::Append(level) => {
                    let entry = levels.len().to_string();
                    ring.append(level, level.as_str(), entry.as_bytes());
                    levels.push(level);
                }
                Step::Refuse => {
                    ring.refuse();
                    levels.push(Level::Error);
                }
                Step::Evict => { ring.evict_oldest(); }
                Step::Open(replay, least) if consumers.len() < 4 => {
                    let start = replay.first(ring.oldest(), ring.end());
                    let account = Account::new(start);
                    consumers.push(Consumer { account, least, start, fates: Vec::new() });
                }
                Step::Read(which, most) => if let Some(consumer) = consumers.get_mut(which) {
                    consumer.read(&ring, &levels, most, false);
                },
                Step::Oversize(which) => if let Some(consumer) = consumers.get_mut(which) {
                    consumer.read(&ring, &levels, 1, true);
                },
                Step::Arrive(which, back) => if let Some(consumer) = consumers.get_mut(which) {
                    // A message arrives as a whole; each read is one.
                    let until = consumer.account.next().saturating_sub(back);
                    let before = consumer.account.counts(ring.oldest(), ring.end()).delivered;
                    consumer.account.arrive(until);
                    let mut arrived = consumer.account.counts(ring.oldest(), ring.end()).delivered - before;
                    for fate in &mut consumer.fates {
                        if arrived > 0 && *fate == Fate::OnTheWay {
                            *fate = Fate::Delivered;
                            arrived -= 1;
                        }
                    }
                    prop_assert_eq!(arrived, 0);
                    let settled = usize::try_from(until.saturating_sub(consumer.start)).unwrap();
                    let late = consumer.fates.iter().take(settled).rposition(|fate| *fate == Fate::OnTheWay);
                    // What is still on the way below `until` shares a message with something behind it.
                    prop_assert!(late.is_none_or(|late| late + 20 >= settled));
                },
                Step::Close(which) => if which < consumers.len() { consumers.remove(which); },
                Step::Open(..) => {}
            }
            prop_assert!(ring.retained().0 <= limit);
            for consumer in &consumers {
                let counts = consumer.account.counts(ring.oldest(), ring.end());
                prop_assert_eq!(
                    counts.accepted,
                    counts.delivered + counts.waiting + counts.dropped.total() + counts.filtered
                );
                let fallen_out = ring.oldest().saturating_sub(consumer.account.next());
                prop_assert_eq!(counts.delivered, consumer.count(Fate::Delivered));
                prop_assert_eq!(counts.filtered, consumer.count(Fate::Filtered));
                prop_assert_eq!(counts.dropped.oversize, consumer.count(Fate::Oversize));
                prop_assert_eq!(counts.dropped.refused, consumer.count(Fate::Refused));
                prop_assert_eq!(counts.dropped.overflow, consumer.count(Fate::Overflow) + fallen_out);
                let unread = ring.end() - consumer.account.next() - fallen_out;
                prop_assert_eq!(counts.waiting, consumer.count(Fate::OnTheWay) + unread);
                prop_assert_eq!(consumer.account.lacks_below(ring.end(), ring.oldest()) == 0, counts.waiting == 0);
            }
        }
        // What is held is what was appended.
        for seq in ring.oldest()..ring.end() {
            if let Read::Block(block) = ring.read(seq) {
                prop_assert_eq!(block.entry(seq), seq.to_string());
                let (level, target) = block.kind(seq);
                prop_assert_eq!((level, &*block.targets()[target]), (levels[usize::try_from(seq).unwrap()], level.as_str()));
            }
        }
    }
}
