//! A receiver against a producer that is a model: what it sends, loses, filters, breaks and repeats, over many channels.

use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use proptest::prelude::*;

use super::*;
use crate::consumer::receiver::Receiver;

fn text(data: impl Into<String>) -> ChannelMessage {
    ChannelMessage { is_text: true, data: data.into().into_bytes() }
}

fn deflated(data: &str) -> ChannelMessage {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(data.as_bytes()).unwrap();
    ChannelMessage { is_text: false, data: encoder.finish().unwrap() }
}

fn welcome(session: &str, oldest: u64, from: u64, next: u64) -> String {
    format!(r#"{{"type":"welcome","version":1,"session":"{session}","oldest":{oldest},"from":{from},"next":{next}}}"#)
}

fn receiver(next: Option<u64>) -> Receiver {
    Receiver::new("api".into(), Some("5e".into()), true, next)
}

/// What the events of a message are, in short.
fn read(receiver: &mut Receiver, message: ChannelMessage) -> Vec<String> {
    let mut events = Vec::new();
    receiver.message(Instant::now(), message, &mut events);
    receiver.flush(&mut events);
    receiver.handed_out();
    events.iter().map(short).collect()
}

fn short(event: &Event) -> String {
    match event {
        Event::Opened { session, welcome, .. } => {
            let welcome = welcome.as_ref().map(|welcome| (welcome.from, welcome.next, welcome.is_resumed));
            format!("opened {} {welcome:?}", session.as_deref().unwrap_or("-"))
        }
        Event::Entries { entries, malformed, .. } => {
            let numbered: Vec<_> = entries.numbered().map(|(number, entry)| format!("{number}:{entry}")).collect();
            let plain: Vec<_> = entries.iter().collect();
            let all = if entries.numbers().is_some() { numbered.join(" ") } else { plain.join(" ") };
            format!("{:?} {all} malformed {malformed}", entries.numbers())
        }
        Event::Gap { first, last, reason, .. } => format!("gap {first}..={last} {reason:?}"),
        Event::Fetched { id, entries, .. } => format!("fetched {id} {:?}", entries.iter().collect::<Vec<_>>()),
        Event::FetchEnded { id, missing, .. } => format!("fetch {id} ended {missing:?}"),
        Event::FilterApplied { id, first, .. } => format!("filter {id} from {first}"),
        Event::RequestFailed { id, message, .. } => format!("request {id:?} failed: {message}"),
        Event::Status { status, .. } => format!("status {}", status.next),
        other => format!("{other:?}"),
    }
}

#[test]
fn the_first_message_decides() {
    let entry = r#"{"level":"INFO"}"#;
    let mut plain = receiver(None);
    assert_eq!(read(&mut plain, text(entry)), ["opened 5e None", &format!("None {entry} malformed 0")]);
    assert_eq!(read(&mut plain, text(welcome("5e", 0, 0, 0))).len(), 1, "an entry like any other");
    for broken in
        [ChannelMessage { is_text: false, data: b"{}".to_vec() }, ChannelMessage { is_text: true, data: vec![255] }]
    {
        assert_eq!(read(&mut plain, broken), ["None  malformed 1"]);
    }
    assert_eq!((plain.ack(), plain.position()), (None, None));

    let mut unasked = Receiver::new("api".into(), None, false, None);
    assert_eq!(read(&mut unasked, text(welcome("5e", 0, 0, 0)))[0], "opened - None");

    let mut extended = receiver(None);
    assert_eq!(read(&mut extended, text(welcome("6f", 3, 5, 9))), ["opened 6f Some((5, 9, false))"]);
    assert_eq!(extended.position(), Some(("6f", 5)));
    assert_eq!(read(&mut extended, text(entry)), ["None  malformed 1"]);

    for broken in [welcome("5e", 0, 9, 5), welcome("5e", 0, 0, 1 << 53), welcome("5e", 0, 0, 0).replace("from", "x")] {
        assert_eq!(read(&mut receiver(None), text(broken))[0], "opened 5e None");
    }
    let mut late = receiver(None);
    let mut events = Vec::new();
    late.open(&mut events);
    late.open(&mut events);
    assert_eq!(events.iter().map(short).collect::<Vec<_>>(), ["opened 5e None"]);
    assert_eq!(read(&mut late, text(welcome("5e", 0, 0, 0))), ["opened 5e Some((0, 0, false))"]);
}

#[test]
fn every_number_is_told_once() {
    let mut receiver = receiver(None);
    read(&mut receiver, text(welcome("5e", 0, 10, 20)));
    let frame = "{\"type\":\"batch\",\"first\":10,\"last\":14,\"count\":2,\"holes\":[[1,3]]}\na\nb\n";
    assert_eq!(read(&mut receiver, deflated(frame)), ["Some(10..=14) 10:a 14:b malformed 0"]);
    assert_eq!(receiver.ack().as_deref(), Some(r#"{"type":"ack","seq":14}"#));
    assert_eq!(receiver.ack(), None, "nothing more");
    assert_eq!(read(&mut receiver, text(frame)), [""; 0], "nothing new");
    let gap = r#"{"type":"gap","first":13,"last":16,"reason":"refused"}"#;
    assert_eq!(read(&mut receiver, text(gap)), ["gap 15..=16 Refused"]);
    let frame = "{\"type\":\"batch\",\"first\":19,\"last\":20,\"count\":2}\nc\nd";
    assert_eq!(read(&mut receiver, text(frame)), ["gap 17..=18 Unknown", "Some(19..=20) 19:c 20:d malformed 0"]);
    let frame = "{\"type\":\"batch\",\"first\":20,\"last\":21,\"count\":2}\nd\ne";
    assert_eq!(read(&mut receiver, text(frame)), ["Some(21..=21) 21:e malformed 0"]);
    let frame = "{\"type\":\"batch\",\"first\":22,\"last\":99,\"count\":0,\"holes\":[[0,78]]}";
    assert_eq!(read(&mut receiver, text(frame)), ["Some(22..=99)  malformed 0"]);
    assert_eq!(receiver.position(), Some(("5e", 100)));
    for broken in [r#"{"type":"gap","first":101,"last":100,"reason":"refused"}"#, "{\"type\":\"batch\"}\na", "", "[1]"]
    {
        assert_eq!(read(&mut receiver, text(broken)), ["None  malformed 1"]);
    }
    assert_eq!(receiver.position(), Some(("5e", 100)));
}

#[test]
fn a_session_goes_on_and_what_was_lost_meanwhile_is_told() {
    let on = |next: u64, message: String| {
        let mut receiver = receiver(Some(next));
        let told = read(&mut receiver, text(message));
        (told, receiver.position().unwrap().1)
    };
    assert_eq!(on(7, welcome("5e", 0, 7, 9)), (vec!["opened 5e Some((7, 9, true))".into()], 7));
    let lost = vec!["opened 5e Some((8, 9, true))".into(), "gap 7..=7 Overflow".into()];
    assert_eq!(on(7, welcome("5e", 8, 8, 9)), (lost, 8));
    let lost = vec!["opened 5e Some((8, 9, true))".into(), "gap 0..=7 Unknown".into()];
    assert_eq!(on(0, welcome("5e", 0, 8, 9)), (lost, 8));
    let lost = vec!["opened 5e Some((9, 9, true))".into(), "gap 7..=8 Unknown".into()];
    assert_eq!(on(7, welcome("5e", 9, 9, 9)), (lost, 9), "it shows nothing that is older than the channel");
    assert_eq!(on(7, welcome("5e", 0, 0, 9)), (vec!["opened 5e Some((0, 9, true))".into()], 7), "nothing twice");
    assert_eq!(on(7, welcome("6f", 0, 0, 9)), (vec!["opened 6f Some((0, 9, false))".into()], 0), "another process");
    assert_eq!(on(7, welcome("5e", 0, 0, 3)), (vec!["opened 5e Some((0, 3, false))".into()], 0), "another account");
}

#[test]
fn what_was_fetched_is_no_part_of_the_account() {
    let mut receiver = receiver(None);
    read(&mut receiver, text(welcome("5e", 0, 10, 10)));
    let (mut events, now) = (Vec::new(), Instant::now());
    receiver.fetch(Fetch { id: 4, numbers: 2..=3, selection: Selection::default() }, &mut events);
    assert_eq!(receiver.next_message(now).as_deref(), Some(r#"{"type":"fetch","id":4,"first":2,"last":3}"#));
    let frame = "{\"type\":\"batch\",\"first\":2,\"last\":3,\"count\":2}\na\nb\n";
    for id in [4, 5] {
        assert_eq!(read(&mut receiver, text(format!(r#"{{"type":"fetch","id":{id}}}"#))), [""; 0]);
        let told = read(&mut receiver, deflated(frame));
        assert_eq!(told, if id == 4 { vec![r#"fetched 4 ["a", "b"]"#] } else { vec![] }, "only what was asked for");
    }
    read(&mut receiver, text(r#"{"type":"fetch","id":4}"#));
    assert_eq!(read(&mut receiver, text("{}")), ["None  malformed 1"], "the frame is broken");
    let live = "{\"type\":\"batch\",\"first\":10,\"last\":10,\"count\":1}\nc";
    assert_eq!(read(&mut receiver, text(live)), ["Some(10..=10) 10:c malformed 0"], "and the next one is live");
    let end = r#"{"type":"fetched","id":4,"next":4,"missing":0}"#;
    assert_eq!(read(&mut receiver, text(end)), ["fetch 4 ended Ok(0)"]);
    receiver.fetch(Fetch { id: 6, numbers: 2..=3, selection: Selection::default() }, &mut events);
    receiver.next_message(now + std::time::Duration::from_secs(1));
    let error = r#"{"type":"error","id":6,"message":"first: too old"}"#;
    assert_eq!(read(&mut receiver, text(error)), [r#"fetch 6 ended Err(Refused("first: too old"))"#]);
    receiver.fetch(Fetch { id: 7, numbers: 2..=3, selection: Selection::default() }, &mut events);
    receiver.end(&mut events);
    assert_eq!(events.iter().map(short).collect::<Vec<_>>(), ["fetch 7 ended Err(ChannelEnded)"]);
}

#[test]
fn other_messages_are_told_or_ignored() {
    let mut receiver = receiver(None);
    read(&mut receiver, text(welcome("5e", 0, 10, 10)));
    for (message, told) in [
        (r#"{"type":"filter","id":3,"first":12}"#, vec!["filter 3 from 12"]),
        (r#"{"type":"error","id":3,"message":"filter: \"x\""}"#, vec![r#"request Some(3) failed: filter: "x""#]),
        (r#"{"type":"error","message":"m"}"#, vec!["request None failed: m"]),
        (r#"{"type":"status","next":7}"#, vec!["status 7"]),
        (r#"{"type":"pong","id":0}"#, vec![]),
        (r#"{"type":"later"}"#, vec![]),
    ] {
        assert_eq!(read(&mut receiver, text(message)), told);
    }
    assert_eq!((receiver.ack(), receiver.position()), (None, Some(("5e", 10))));
}

/// What becomes of an entry at the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Sent,
    Filtered,
    Lost(GapReason),
}

/// What becomes of a message on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Arrives,
    Compressed,
    Twice,
    Broken,
    /// It does not arrive, and the channel ends.
    Cut,
    /// As `Cut`, and the producer drops so many of the entries that the consumer lacks before the next channel opens.
    CutAndEvicted(u64),
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        6 => Just(Fate::Sent),
        3 => Just(Fate::Filtered),
        1 => Just(Fate::Lost(GapReason::Overflow)),
        1 => Just(Fate::Lost(GapReason::Refused)),
        1 => Just(Fate::Lost(GapReason::Oversize)),
    ]
}

fn way() -> impl Strategy<Value = Way> {
    prop_oneof![
        6 => Just(Way::Arrives),
        4 => Just(Way::Compressed),
        2 => Just(Way::Twice),
        1 => Just(Way::Broken),
        1 => Just(Way::Cut),
        1 => (1_u64..20).prop_map(Way::CutAndEvicted),
    ]
}

fn name(reason: GapReason) -> &'static str {
    match reason {
        GapReason::Overflow => "overflow",
        GapReason::Refused => "refused",
        GapReason::Oversize => "oversize",
        GapReason::Unknown => "unknown",
    }
}

/// The message for the numbers from `first` on, and the first number behind it: a gap of one reason, or a frame of at
/// most `length` numbers.
fn message(fates: &[Fate], first: usize, length: usize) -> (String, usize) {
    let run = |is: &dyn Fn(Fate) -> bool| fates[first..].iter().take_while(|fate| is(**fate)).count();
    if let Fate::Lost(reason) = fates[first] {
        let end = first + run(&|fate| fate == Fate::Lost(reason));
        let gap = format!(r#"{{"type":"gap","first":{first},"last":{},"reason":"{}"}}"#, end - 1, name(reason));
        return (gap, end);
    }
    let end = first + run(&|fate| !matches!(fate, Fate::Lost(_))).min(length);
    let (mut lines, mut count, mut holes) = (String::new(), 0, Vec::<(usize, u64)>::new());
    for (number, fate) in fates.iter().enumerate().take(end).skip(first) {
        if *fate == Fate::Sent {
            lines += &format!("entry {number}\n");
            count += 1;
        } else if let Some((_, skipped)) = holes.last_mut().filter(|(index, _)| *index == count) {
            *skipped += 1;
        } else {
            holes.push((count, 1));
        }
    }
    // What is left out at the end may be told and may not.
    if length.is_multiple_of(2) {
        holes.pop_if(|(index, _)| *index == count);
    }
    let holes: Vec<_> = holes.iter().map(|(index, skipped)| format!("[{index},{skipped}]")).collect();
    let head = format!(
        r#"{{"type":"batch","first":{first},"last":{},"count":{count},"holes":[{}]}}"#,
        end - 1,
        holes.join(",")
    );
    (format!("{head}\n{lines}"), end)
}

/// What a user was told of each number, in order.
#[derive(Debug, Default)]
struct Told {
    next: u64,
    delivered: Vec<u64>,
    lost: Vec<(u64, GapReason)>,
}

impl Told {
    fn take(&mut self, events: Vec<Event>) -> std::result::Result<(), TestCaseError> {
        for event in events {
            match event {
                Event::Entries { entries, .. } => {
                    let Some(numbers) = entries.numbers() else { continue };
                    prop_assert_eq!(*numbers.start(), self.next);
                    for (number, entry) in entries.numbered() {
                        prop_assert!(numbers.contains(&number));
                        prop_assert_eq!(entry, format!("entry {number}"));
                        self.delivered.push(number);
                    }
                    self.next = numbers.end() + 1;
                }
                Event::Gap { first, last, reason, .. } => {
                    prop_assert_eq!(first, self.next);
                    prop_assert!(first <= last);
                    self.lost.extend((first..=last).map(|number| (number, reason)));
                    self.next = last + 1;
                }
                Event::Opened { .. } => {}
                other => prop_assert!(false, "{:?}", other),
            }
        }
        Ok(())
    }
}

proptest! {
    /// Each number is told once and in order; an entry that was sent arrives unless its message was broken or it was
    /// dropped before a channel could go on, and then it is told as lost.
    #[test]
    fn the_account_never_lies(
        fates in prop::collection::vec(fate(), 1..200),
        ways in prop::collection::vec((way(), 1_usize..20), 1..60),
    ) {
        let mut told = Told::default();
        let mut sessions = Sessions::default();
        let mut excused = Vec::new();
        let (mut oldest, mut at) = (0, 0);
        let mut channel: Option<Receiver> = None;
        let mut ways = ways.into_iter().chain(std::iter::repeat((Way::Arrives, 7)));
        while at < fates.len() || channel.is_none() {
            let mut events = Vec::new();
            let reading = match &mut channel {
                Some(reading) => reading,
                None => {
                    let next = sessions.next("5e");
                    at = usize::try_from(next.unwrap_or(0).max(oldest)).unwrap();
                    let mut opened = receiver(next);
                    opened.message(Instant::now(), text(welcome("5e", oldest, at as u64, fates.len() as u64)), &mut events);
                    channel.insert(opened)
                }
            };
            if at < fates.len() {
                let (way, length) = ways.next().unwrap();
                let (data, end) = message(&fates, at, length);
                let numbers = at as u64..end as u64;
                match way {
                    Way::Arrives => { reading.message(Instant::now(), text(data), &mut events); }
                    Way::Compressed => { reading.message(Instant::now(), if data.contains("batch") { deflated(&data) } else { text(data) }, &mut events); }
                    Way::Twice => for _ in 0..2 { reading.message(Instant::now(), text(data.clone()), &mut events); },
                    Way::Broken => {
                        excused.extend(numbers);
                        reading.message(Instant::now(), text(data.replace("\"last\"", "\"lost\"")), &mut events);
                    }
                    Way::Cut | Way::CutAndEvicted(_) => {}
                }
                at = end;
                reading.flush(&mut events);
                told.take(events)?;
                reading.handed_out();
                prop_assert_eq!(reading.position(), Some(("5e", told.next)));
                if let Some(ack) = reading.ack() {
                    prop_assert_eq!(ack, format!(r#"{{"type":"ack","seq":{}}}"#, told.next - 1));
                }
                if matches!(way, Way::Cut | Way::CutAndEvicted(_)) {
                    sessions.read("5e", told.next);
                    channel = None;
                }
                if let Way::CutAndEvicted(count) = way {
                    let evicted = (told.next + count).min(fates.len() as u64);
                    excused.extend(told.next..evicted);
                    oldest = oldest.max(evicted);
                }
            } else {
                told.take(events)?;
            }
        }
        let delivered = |number: u64| told.delivered.binary_search(&number).is_ok();
        for (number, fate) in (0_u64..told.next).zip(&fates) {
            let lost = told.lost.iter().find(|(lost, _)| *lost == number).map(|(_, reason)| *reason);
            let is_excused = excused.contains(&number);
            match *fate {
                Fate::Sent => prop_assert!(delivered(number) != lost.is_some() && (delivered(number) || is_excused), "{}", number),
                Fate::Filtered => prop_assert!(!delivered(number) && (lost.is_none() || is_excused), "{}", number),
                Fate::Lost(reason) => prop_assert!(lost == Some(reason) || (is_excused && lost.is_some()), "{}", number),
            }
        }
        // What was broken at the very end is told by what follows it.
        prop_assert!((told.next..fates.len() as u64).all(|number| excused.contains(&number)));
    }

    #[test]
    fn no_message_makes_it_panic(messages in prop::collection::vec((any::<bool>(), any::<Vec<u8>>()), 0..20)) {
        let mut receiver = receiver(None);
        let mut events = Vec::new();
        receiver.message(Instant::now(), text(welcome("5e", 0, 0, 0)), &mut events);
        for (is_text, data) in messages {
            receiver.message(Instant::now(), ChannelMessage { is_text, data }, &mut events);
        }
        receiver.end(&mut events);
    }
}
