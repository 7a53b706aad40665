//! On virtual time, over a real ring.

use std::cell::{Cell, RefCell};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use serde_json::Value;

use super::super::hello::Hello;
use super::*;
use crate::journal::{Counts, Limits, Read, Ring};
use crate::level::Level;

const MAX_MESSAGE: usize = 262_144;
const MILLISECOND: Duration = Duration::from_millis(1);

/// A journal of one thread.
struct Held {
    ring: RefCell<Ring>,
    account: RefCell<Account>,
    consumers: Cell<usize>,
}

impl Held {
    fn new(entries: usize) -> Self {
        let ring = RefCell::new(Ring::new(Limits { entries, bytes: usize::MAX }));
        Self { ring, account: RefCell::new(Account::new(0)), consumers: Cell::new(1) }
    }

    fn append(&self, level: Level) {
        let seq = self.ring.borrow().end();
        let entry = format!(r#"{{"seq":{seq},"level":"{}"}}"#, level.as_str());
        self.ring.borrow_mut().append(level, "t", entry.as_bytes());
    }

    fn append_long(&self, bytes: usize) {
        self.ring.borrow_mut().append(Level::Info, "t", &vec![b'x'; bytes]);
    }

    fn counts(&self) -> Counts {
        let ring = self.ring.borrow();
        self.account.borrow().counts(ring.oldest(), ring.end())
    }
}

impl Source for Held {
    fn read(&self, seq: u64) -> Found {
        let ring = self.ring.borrow();
        match ring.read(seq) {
            Read::Lost(seqs) => Found::Lost(seqs),
            Read::Refused(seqs) => Found::Refused(seqs),
            Read::Block(block) => Found::Block(block),
            Read::Tail => Found::Block(Arc::new(ring.tail(seq))),
            Read::Nothing => Found::Nothing,
        }
    }

    fn read_now(&self, seq: u64) -> Found {
        self.read(seq)
    }

    fn account(&self, change: impl FnOnce(&mut Account)) {
        change(&mut self.account.borrow_mut());
    }

    fn status(&self) -> Status {
        let ring = self.ring.borrow();
        Status { oldest: ring.oldest(), next: ring.end(), consumers: self.consumers.get(), ..Status::default() }
    }
}

/// A consumer, and a channel that loses nothing and acknowledges when it is told to.
struct Link {
    delivery: Delivery,
    now: Instant,
    outstanding: usize,
    received: Vec<String>,
}

impl Link {
    fn plain(held: &Held) -> Self {
        Self::with_limit(held, MAX_MESSAGE)
    }

    fn with_limit(held: &Held, max_message_bytes: usize) -> Self {
        let now = Instant::now();
        let start = held.account.borrow().next();
        let delivery = Delivery::new(now, start, 0, max_message_bytes);
        Self { delivery, now, outstanding: 0, received: Vec::new() }
    }

    fn extended(held: &Held, hello: &str) -> Self {
        let mut link = Self::plain(held);
        let hello = Hello::decode(&URL_SAFE_NO_PAD.encode(hello)).unwrap();
        let start = held.account.borrow().next();
        let extended = Extended::new(link.now, &hello, start, Arc::default());
        link.delivery = link.delivery.extended(extended, r#"{"type":"welcome"}"#.to_owned());
        link
    }

    /// Does what the delivery says until it waits or ends.
    fn run(&mut self, held: &Held) -> Step {
        loop {
            match self.delivery.next(self.now, held) {
                Step::Send(message) => {
                    let text = match message {
                        Message::Entry(block, seq) => block.entry(seq).to_owned(),
                        Message::Text(text) => text,
                        Message::Batch(batch, _) => batch.text(),
                    };
                    self.outstanding += text.len();
                    self.delivery.on_sent(self.now, text.len());
                    self.received.push(text);
                }
                Step::Look => self.delivery.on_outstanding(self.now, self.outstanding, held),
                step => return step,
            }
        }
    }

    /// All that was sent arrives.
    fn arrive(&mut self, held: &Held) {
        self.outstanding = 0;
        self.delivery.on_outstanding(self.now, 0, held);
    }

    /// Until nothing is left to send.
    fn drain(&mut self, held: &Held) {
        loop {
            self.run(held);
            if self.outstanding == 0 {
                return;
            }
            self.now += MILLISECOND;
            self.arrive(held);
        }
    }

    fn take(&mut self) -> Vec<String> {
        std::mem::take(&mut self.received)
    }

    /// What was received, without what says how the producer is.
    fn take_messages(&mut self) -> Vec<Value> {
        let head = |text: &String| serde_json::from_str(text.lines().next().unwrap()).unwrap();
        self.take().iter().map(head).filter(|message: &Value| message["type"] != "status").collect()
    }
}

#[test]
fn one_of_part_1_gets_each_entry_alone_and_nothing_else() {
    let held = Held::new(100);
    (0..3).for_each(|_| held.append(Level::Info));
    let mut link = Link::plain(&held);
    link.drain(&held);
    assert_eq!(link.take(), [0, 1, 2].map(|seq| format!(r#"{{"seq":{seq},"level":"INFO"}}"#)));
    assert_eq!((held.counts().delivered, held.counts().waiting), (3, 0));
    assert!(matches!(link.run(&held), Step::Wait { readable: Some(3), until: None }));
}

#[test]
fn no_more_is_in_flight_than_the_window_and_a_chunk() {
    let held = Held::new(100_000);
    (0..50_000).for_each(|_| held.append(Level::Info));
    for mut link in [Link::plain(&held), Link::extended(&held, "{}")] {
        let window = link.delivery.window_bytes();
        assert!(matches!(link.run(&held), Step::Wait { readable: None, .. }));
        assert!((window..window + MAX_CHUNK_BYTES + 64 * 1024).contains(&link.outstanding), "{}", link.outstanding);
        *held.account.borrow_mut() = Account::new(0);
    }
}

#[test]
fn what_falls_out_of_the_journal_is_told_once_and_counted() {
    let held = Held::new(32);
    let mut plain = Link::plain(&held);
    (0..100).for_each(|_| held.append(Level::Info));
    plain.drain(&held);
    let received = plain.take();
    let oldest = held.ring.borrow().oldest();
    assert!(received[0].contains(&format!(r#""fields":{{"dropped":{oldest},"reason":"overflow"}}"#)));
    assert_eq!(received.len() as u64, 1 + 100 - oldest);
    assert_eq!((held.counts().dropped.overflow, held.counts().delivered), (oldest, 100 - oldest));

    *held.account.borrow_mut() = Account::new(0);
    let mut extended = Link::extended(&held, "{}");
    extended.drain(&held);
    let messages = extended.take_messages();
    assert_eq!(messages[1]["type"], "gap");
    assert_eq!((&messages[1]["last"], &messages[1]["reason"]), (&Value::from(oldest - 1), &Value::from("overflow")));
    assert_eq!(messages[2]["first"], oldest);
}

#[test]
fn refused_numbers_are_a_gap_in_their_place() {
    let held = Held::new(100);
    held.append(Level::Info);
    (0..2).for_each(|_| held.ring.borrow_mut().refuse());
    held.append(Level::Info);
    let mut link = Link::extended(&held, "{}");
    link.drain(&held);
    let gap = serde_json::json!({"type": "gap", "first": 1, "last": 2, "reason": "refused"});
    assert_eq!(link.take_messages()[2], gap);
    assert_eq!((held.counts().dropped.refused, held.counts().accepted), (2, 4));
}

#[test]
fn what_is_too_long_for_a_consumer_is_a_gap_for_it() {
    let held = Held::new(100);
    for bytes in [10, 3000, 10] {
        held.append_long(bytes);
    }
    let mut link = Link::with_limit(&held, 2000);
    link.drain(&held);
    let received = link.take();
    assert_eq!(received.len(), 3);
    assert!(received[1].contains("oversize"));
    assert_eq!((held.counts().dropped.oversize, held.counts().delivered), (1, 2));
}

#[test]
fn a_stall_ends_it_and_an_idle_channel_does_not() {
    let held = Held::new(100);
    let mut link = Link::plain(&held);
    link.now += 10 * STALL_LIMIT;
    assert!(matches!(link.run(&held), Step::Wait { .. }));
    held.append(Level::Info);
    link.run(&held);
    assert!(link.delivery.is_waited_for(link.now + DEPARTED_PATIENCE, false));
    assert!(!link.delivery.is_waited_for(link.now + DEPARTED_PATIENCE, true), "it may be gone");
    link.now += STALL_LIMIT;
    assert!(matches!(link.run(&held), Step::End(EndReason::Stalled)));
}

#[test]
fn a_wish_leaves_entries_out_at_the_source_and_every_number_is_told() {
    let held = Held::new(1000);
    for number in 0..10 {
        held.append(if number % 4 == 1 { Level::Warn } else { Level::Debug });
    }
    let mut link = Link::extended(&held, r#"{"level":"WARN"}"#);
    link.drain(&held);
    let batch = link.take().into_iter().find(|text| text.contains("batch")).unwrap();
    let mut lines = batch.lines();
    assert_eq!(lines.next(), Some(r#"{"type":"batch","first":0,"last":9,"count":3,"holes":[[0,1],[1,3],[2,3]]}"#));
    assert_eq!(lines.count(), 3);
    assert_eq!((held.counts().delivered, held.counts().filtered, held.counts().waiting), (0, 7, 3));
    link.delivery.on_ack(link.now, 9, &held);
    assert_eq!(held.counts().delivered, 3);

    held.append(Level::Debug);
    link.drain(&held);
    assert_eq!(link.take_messages(), [] as [Value; 0], "it can wait");
    let Step::Wait { until: Some(until), .. } = link.run(&held) else { panic!("it is told within a second") };
    assert!(until <= link.now + SECOND);
    link.now += SECOND;
    link.drain(&held);
    let nothing = serde_json::json!({"type": "batch", "first": 10, "last": 10, "count": 0});
    assert_eq!(link.take_messages(), [nothing]);
}

#[test]
fn a_wish_may_change_and_a_wrong_one_is_answered() {
    let held = Held::new(100);
    held.append(Level::Debug);
    let mut link = Link::extended(&held, "{}");
    link.drain(&held);
    link.take();
    let ask = |id, level: &str| Request::Filter { id, level: Some(level.to_owned()), filter: None };
    link.delivery.on_request(link.now, ask(1, "ERROR"), &held);
    link.delivery.on_request(link.now, ask(2, "loud"), &held);
    held.append(Level::Debug);
    held.append(Level::Error);
    link.drain(&held);
    let messages = link.take_messages();
    assert_eq!(messages[0], serde_json::json!({"type": "filter", "id": 1, "first": 1}));
    assert_eq!((&messages[1]["type"], &messages[1]["id"]), (&Value::from("error"), &Value::from(2)));
    assert!(messages[1]["message"].as_str().unwrap().contains("loud"));
    let holes = serde_json::json!({"type": "batch", "first": 1, "last": 2, "count": 1, "holes": [[0, 1]]});
    assert_eq!(messages[2], holes);
}

#[test]
fn a_program_that_acknowledges_nothing_gets_no_more_than_its_credit() {
    let held = Held::new(1_000_000);
    (0..200_000).for_each(|_| held.append(Level::Info));
    let mut link = Link::extended(&held, r#"{"credit":1048576}"#);
    for _ in 0..5000 {
        link.run(&held);
        link.now += MILLISECOND;
        link.arrive(&held);
    }
    let bytes: usize = link.received.iter().map(String::len).sum();
    assert!((1_000_000..1_200_000).contains(&bytes), "{bytes}");
    let Step::Wait { readable: None, .. } = link.run(&held) else { panic!("it waits for nothing of the journal") };
    assert!(!link.delivery.is_waited_for(link.now, false), "its program is frozen");
    let last = link.delivery.next - 1;
    link.delivery.on_ack(link.now, last, &held);
    assert!(held.counts().delivered == last + 1 && link.delivery.is_waited_for(link.now, false));
    link.take();
    link.run(&held);
    assert!(!link.take_messages().is_empty(), "it goes on");
}

#[test]
fn a_flush_waits_for_a_program_that_acknowledges_and_not_for_a_frozen_one() {
    let held = Held::new(100);
    held.append(Level::Info);
    let mut link = Link::extended(&held, "{}");
    link.run(&held);
    link.arrive(&held);
    assert_eq!(held.counts().waiting, 1, "its transport has it, its program may not");
    let Step::Wait { until: Some(until), .. } = link.run(&held) else { panic!("it is asked again") };
    link.now = until;
    link.arrive(&held);
    assert_eq!(held.counts().waiting, 0);
}

#[test]
fn patience_that_ends_between_two_looks_is_over_all_the_same() {
    let held = Held::new(100);
    held.append(Level::Info);
    let mut link = Link::extended(&held, "{}");
    link.run(&held);
    link.now += SECOND - MILLISECOND;
    link.arrive(&held);
    assert_eq!(held.counts().waiting, 1);
    link.now += 2 * MILLISECOND;
    link.run(&held);
    assert_eq!(held.counts().waiting, 0, "nothing else will wake it");
}

#[test]
fn what_was_left_out_can_be_fetched_and_live_entries_go_first() {
    let held = Held::new(10_000);
    for number in 0..3000 {
        held.append(if number % 100 == 0 { Level::Error } else { Level::Debug });
    }
    let mut link = Link::extended(&held, r#"{"level":"ERROR"}"#);
    link.drain(&held);
    link.take();
    let ask = |id, first, last| Request::Fetch { id, first, last, level: None, filter: None };
    link.delivery.on_request(link.now, ask(7, 150, 249), &held);
    link.delivery.on_request(link.now, ask(8, 0, 5), &held);
    held.append(Level::Error);
    link.drain(&held);
    let messages = link.take_messages();
    let kinds: Vec<&str> = messages.iter().map(|message| message["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["error", "batch", "fetch", "batch", "fetched"]);
    assert_eq!((&messages[0]["id"], &messages[2]["id"]), (&Value::from(8), &Value::from(7)));
    assert_eq!((&messages[3]["first"], &messages[3]["count"]), (&Value::from(150), &Value::from(100)));
    assert_eq!(messages[4], serde_json::json!({"type": "fetched", "id": 7, "next": 250, "missing": 0}));
    assert_eq!(held.counts().filtered, 2970, "what is fetched is not part of the account");
}

#[test]
fn an_answer_is_bounded_and_says_where_to_go_on() {
    let held = Held::new(1_000_000);
    (0..100_000).for_each(|_| held.append(Level::Info));
    let mut link = Link::extended(&held, r#"{"start":"newest","level":"ERROR"}"#);
    link.drain(&held);
    let (mut next, mut fetched, mut id) = (0, 0, 0);
    while next < 100_000 {
        link.take();
        id += 1;
        link.now += SECOND;
        link.delivery.on_request(
            link.now,
            Request::Fetch { id, first: next, last: u64::MAX, level: None, filter: None },
            &held,
        );
        link.drain(&held);
        let messages = link.take_messages();
        let bytes_of = |message: &Value| message["count"].as_u64().unwrap_or(0);
        fetched += messages.iter().map(bytes_of).sum::<u64>();
        let end = messages.last().unwrap();
        assert_eq!((&end["type"], &end["missing"]), (&Value::from("fetched"), &Value::from(0)));
        assert!(end["next"].as_u64().unwrap() > next);
        next = end["next"].as_u64().unwrap();
    }
    assert_eq!((next, fetched), (100_000, 100_000));
    assert!((3..10).contains(&id), "{id} answers");
}

#[test]
fn a_long_search_goes_on_in_turns_and_one_consumer_at_a_time() {
    let held = Held::new(1_000_000);
    (0..50_000).for_each(|_| held.append(Level::Debug));
    held.append(Level::Error);
    let mut link = Link::extended(&held, r#"{"level":"ERROR"}"#);
    link.drain(&held);
    link.take();
    let level = Some("ERROR".to_owned());
    link.delivery.on_request(link.now, Request::Fetch { id: 1, first: 0, last: 50_000, level, filter: None }, &held);
    let mut turns = 1;
    loop {
        let step = link.run(&held);
        if link.received.iter().any(|text| text.contains("fetched")) {
            break;
        }
        let Step::Wait { until: Some(until), .. } = step else { panic!("there is more to look at") };
        assert!(until <= link.now, "at once");
        turns += 1;
        link.arrive(&held);
    }
    assert_eq!(turns, 50_001_u64.div_ceil(4096));
    let kinds: Vec<Value> = link.take_messages().into_iter().map(|message| message["type"].clone()).collect();
    assert_eq!(kinds, ["fetch", "batch", "fetched"]);
}

#[test]
fn nothing_is_waited_for_that_is_already_due_while_the_window_is_full() {
    let held = Held::new(1_000_000);
    (0..50_000).for_each(|_| held.append(Level::Info));
    let mut link = Link::extended(&held, "{}");
    link.run(&held);
    held.append(Level::Info);
    let request = Request::Fetch { id: 1, first: 0, last: 50_000, level: None, filter: None };
    link.delivery.on_request(link.now, request, &held);
    for _ in 0..10 {
        link.now += SECOND;
        let Step::Wait { readable: None, until } = link.run(&held) else { panic!("it is full") };
        assert!(until.is_none_or(|until| until > link.now));
    }
}

#[test]
fn fetching_in_a_loop_is_refused() {
    let held = Held::new(100);
    held.append(Level::Info);
    let mut link = Link::extended(&held, "{}");
    link.drain(&held);
    link.take();
    for id in 0..10 {
        link.delivery.on_request(link.now, Request::Fetch { id, first: 0, last: 0, level: None, filter: None }, &held);
        link.drain(&held);
    }
    let answered = link.take_messages().iter().filter(|message| message["type"] == "fetched").count();
    assert_eq!(answered, 4);
}

#[derive(Clone, Debug)]
enum Event {
    Append(Level),
    Refuse,
    Run,
    Arrive,
    Ack(u64),
    Wish(Option<Level>),
    Later(u64),
}

fn any_step() -> impl Strategy<Value = Event> {
    let level = prop_oneof![Just(Level::Debug), Just(Level::Info), Just(Level::Warn)];
    prop_oneof![
        8 => level.clone().prop_map(Event::Append),
        1 => Just(Event::Refuse),
        4 => Just(Event::Run),
        3 => Just(Event::Arrive),
        2 => (0_u64..40).prop_map(Event::Ack),
        1 => prop::option::of(level).prop_map(Event::Wish),
        2 => (1_u64..1500).prop_map(Event::Later),
    ]
}

/// Reads messages as a consumer does, and knows what it must have got.
#[derive(Default)]
struct Reader {
    next: u64,
    got: Vec<u64>,
    lost: u64,
}

impl Reader {
    fn read(&mut self, text: &str) -> Result<(), TestCaseError> {
        let mut lines = text.lines();
        let head: Value = serde_json::from_str(lines.next().unwrap()).unwrap();
        let number = |key: &str| head[key].as_u64().unwrap();
        match head["type"].as_str().unwrap() {
            "batch" => {
                prop_assert_eq!(number("first"), self.next, "every number is accounted for");
                let mut seq = self.next;
                let mut holes = head["holes"].as_array().cloned().unwrap_or_default().into_iter().peekable();
                for (place, line) in lines.enumerate() {
                    if let Some(hole) = holes.next_if(|hole| hole[0] == place) {
                        seq += hole[1].as_u64().unwrap();
                    }
                    let entry: Value = serde_json::from_str(line).unwrap();
                    prop_assert_eq!(entry["seq"].as_u64(), Some(seq), "each entry knows its number");
                    self.got.push(seq);
                    seq += 1;
                }
                prop_assert!(holes.next().is_none());
                self.next = number("last") + 1;
                prop_assert!(seq <= self.next);
            }
            "gap" => {
                prop_assert_eq!(number("first"), self.next, "a gap has its place");
                self.lost += number("last") + 1 - number("first");
                self.next = number("last") + 1;
            }
            _ => {}
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn a_consumer_can_account_for_every_number(limit in 1_usize..80, steps in prop::collection::vec(any_step(), 1..150)) {
        let held = Held::new(limit);
        let mut link = Link::extended(&held, r#"{"credit":1048576}"#);
        let mut reader = Reader::default();
        let mut refused = 0;
        let settle = |link: &mut Link, reader: &mut Reader| link.take().iter().try_for_each(|text| reader.read(text));
        for (id, step) in (0..).zip(steps) {
            match step {
                Event::Append(level) => held.append(level),
                Event::Refuse => {
                    held.ring.borrow_mut().refuse();
                    refused += 1;
                }
                Event::Run => drop(link.run(&held)),
                Event::Arrive => link.arrive(&held),
                Event::Ack(seq) => drop(link.delivery.on_ack(link.now, seq, &held)),
                Event::Wish(level) => {
                    let level = level.map(|level| level.as_str().to_owned());
                    link.delivery.on_request(link.now, Request::Filter { id, level, filter: None }, &held);
                }
                Event::Later(milliseconds) => link.now += Duration::from_millis(milliseconds),
            }
            settle(&mut link, &mut reader)?;
            let counts = held.counts();
            let sum = counts.delivered + counts.waiting + counts.dropped.total() + counts.filtered;
            prop_assert_eq!(counts.accepted, sum);
        }
        link.now += SECOND;
        link.drain(&held);
        link.now += SECOND;
        link.drain(&held);
        link.delivery.on_ack(link.now, held.ring.borrow().end().saturating_sub(1), &held);
        settle(&mut link, &mut reader)?;
        let counts = held.counts();
        prop_assert_eq!(reader.next, held.ring.borrow().end(), "nothing is left untold");
        prop_assert_eq!(counts.delivered, reader.got.len() as u64);
        prop_assert_eq!(counts.dropped.total(), reader.lost);
        prop_assert!(counts.dropped.refused <= refused);
        prop_assert_eq!(counts.waiting, 0);
    }
}
