//! What a producer does for its consumer: it selects, brings back what it left out, and waits at its end.

use logrtc::Producer;
use logrtc_viewer::consumer::{Consumer, Event, Options, Selection};

use crate::support::{DEADLINE, Tail, close, config, consumed, messages, producer, server};

/// The next event that `pick` takes.
async fn next<T>(consumer: &mut Consumer, what: &str, mut pick: impl FnMut(Event) -> Option<T>) -> T {
    let picked = async {
        loop {
            if let Some(picked) = pick(consumer.next().await.expect("it goes on")) {
                return picked;
            }
        }
    };
    tokio::time::timeout(DEADLINE, picked).await.unwrap_or_else(|_| panic!("{what}"))
}

fn log(producer: &Producer, numbers: std::ops::Range<u32>) {
    for number in numbers {
        producer.debug("app", format!("debug {number}"));
        producer.info("app", format!("info {number}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_tail_does_not_want_is_not_sent() {
    let server = server().await;
    let producer = producer(&server.signaling_url(), "api");
    log(&producer, 0..100);
    let tail = Tail::start(&[&server.url(), "--level", "info", "--json"]);
    consumed(&producer).await;
    log(&producer, 100..200);
    producer.error("app", "last");
    let lines = tail.out.until("the last entry", |lines| lines.len() == 201).await;
    let expected: Vec<_> = (0..200).map(|number| format!("info {number}")).chain(["last".into()]).collect();
    assert_eq!(messages(&lines), expected);
    let counts = || producer.stats().consumers[0].counts;
    logrtc_test_support::eventually("everything is delivered", || counts().delivered == 201).await;
    assert_eq!((counts().filtered, counts().dropped.total()), (200, 0));
    assert_eq!(tail.err.all(), [""; 0], "what is not wanted is not lost");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_left_out_is_fetched_and_a_filter_changes_at_once() {
    let server = server().await;
    let producer = producer(&server.signaling_url(), "api");
    log(&producer, 0..5_000);
    let mut options = Options::new(server.signaling_url().parse().unwrap());
    options.ice_servers = Some(Vec::new());
    options.selection = Selection::new(Some("INFO"), None).unwrap();
    let mut consumer = Consumer::connect(options);
    let mut arrived = 0;
    next(&mut consumer, "the history", |event| {
        let Event::Entries { entries, malformed, .. } = event else { return None };
        assert!(malformed == 0 && entries.numbered().all(|(number, entry)| number % 2 == 1 && entry.contains("info")));
        arrived += entries.len();
        (arrived == 5_000).then_some(())
    })
    .await;

    let id = consumer.fetch("api", 3..=12_000, Selection::default()).await;
    let mut fetched = Vec::new();
    let missing = next(&mut consumer, "the end of the fetch", |event| match event {
        Event::Fetched { id: of, entries, .. } if of == id => {
            fetched.extend(entries.numbered().map(|(number, entry)| (number, entry.contains("debug"))));
            None
        }
        Event::FetchEnded { id: of, missing, .. } if of == id => Some(missing),
        _ => None,
    })
    .await;
    assert_eq!(missing, Ok(0));
    assert_eq!(fetched, (3..10_000).map(|number| (number, number % 2 == 0)).collect::<Vec<_>>());

    let id = consumer.set_filter(Selection::new(None, Some("debug")).unwrap());
    let first = next(&mut consumer, "the filter", |event| match event {
        Event::FilterApplied { id: of, first, .. } if of == id => Some(first),
        _ => None,
    })
    .await;
    assert_eq!(first, 10_000);
    producer.debug("app", "now");
    next(&mut consumer, "a debug entry", |event| match event {
        Event::Entries { entries, .. } => entries.numbered().next().map(|(number, entry)| {
            assert!(number == 10_000 && entry.contains("now"), "{number} {entry}");
        }),
        _ => None,
    })
    .await;

    let id = consumer.set_filter(Selection::new(Some("loud"), None).unwrap());
    let (of, message) = next(&mut consumer, "a refusal", |event| match event {
        Event::RequestFailed { id, message, .. } => Some((id, message)),
        _ => None,
    })
    .await;
    assert!(of == Some(id) && message.contains("loud"), "{message}");
    let id = consumer.fetch("nobody", 0..=1, Selection::default()).await;
    let missing = next(&mut consumer, "a fetch of nobody", |event| match event {
        Event::FetchEnded { id: of, missing, .. } if of == id => Some(missing),
        _ => None,
    })
    .await;
    assert!(missing.is_err());
    consumer.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_producer_that_ends_in_a_flood_loses_nothing() {
    const ENTRIES: usize = 100_000;
    let server = server().await;
    let config = config(&server.signaling_url(), "api").max_entries(2 * ENTRIES).max_bytes(100_000_000);
    let producer = Producer::connect(config.build().unwrap()).unwrap();
    let tail = Tail::start(&[&server.url(), "--json"]);
    consumed(&producer).await;
    let message = |number: usize| format!("entry {number} {:x<140}", "");
    for number in 0..ENTRIES {
        producer.info("app::http", message(number));
    }
    close(producer).await;
    tail.err.has("api: ended").await;
    let lines = tail.out.all();
    assert!(lines[0].len() >= 230, "{}", lines[0].len());
    let expected: Vec<_> = (0..ENTRIES).map(message).collect();
    assert!(messages(&lines) == expected, "{} lines", lines.len());
    assert_eq!(tail.err.all().len(), 1, "{:?}", tail.err.all());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_program_that_begins_later_every_entry_is_new() {
    let server = server().await;
    for lines in ["0", "2"] {
        let before = producer(&server.signaling_url(), "before");
        (0..10).for_each(|number| before.info("app", format!("before {number}")));
        let tail = Tail::start(&[&server.url(), "--json", "-n", lines]);
        consumed(&before).await;
        before.info("app", "live");
        tail.out.has("live").await;
        let later = producer(&server.signaling_url(), "later");
        (0..50).for_each(|number| later.info("app", format!("later {number}")));
        tail.out.has("later 49").await;
        let count: usize = lines.parse().unwrap();
        let history = (10 - count..10).map(|number| format!("before {number}"));
        let expected: Vec<_> =
            history.chain(["live".into()]).chain((0..50).map(|number| format!("later {number}"))).collect();
        assert_eq!(messages(&tail.out.all()), expected, "-n {lines}");
        close(before).await;
        close(later).await;
    }
}
