//! What is written: everything, in order, as it came, and what of it is wanted.

use logrtc::Level;
use tokio::io::AsyncReadExt;

use crate::support::{Tail, close, command, consumed, messages, producer, server};

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_entries_come_in_order_as_history_and_live() {
    let server = server().await;
    let producer = producer(&server.signaling_url(), "api");
    let message = |number: &i32| format!("entry {number} {:x<100}", "");
    (0..5_000).for_each(|number| producer.info("app", message(&number)));
    let mut tail = Tail::start(&[&server.url()]);
    consumed(&producer).await;
    (5_000..10_000).for_each(|number| producer.info("app", message(&number)));
    let lines = tail.out.until("all entries", |lines| lines.len() >= 10_000).await;
    let expected: Vec<_> = (0..10_000).map(|number| message(&number)).collect();
    assert_eq!(messages(&lines), expected);
    // What the stack holds back does not come before a history counts as quiet: it has to be fetched.
    for _ in 0..3 {
        let (status, lines, _) = Tail::run(&[&server.url(), "--no-follow"]).await;
        assert_eq!((status, messages(&lines)), (0, expected.clone()));
    }
    tail.signal(rustix::process::Signal::INT);
    assert_eq!(tail.status().await, 0);
    close(producer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn json_is_as_it_was_sent_to_the_last_digit() {
    let server = server().await;
    let producer = producer(&server.signaling_url(), "api");
    let entry = r#"{"timestamp":"2024-01-01T12:00:00.000Z","level":"INFO","target":"a","message":"m","fields":{"n":9007199254740993,"f":1.10,"e":"\u001b"}}"#;
    producer.send_json(entry).unwrap();
    let (status, lines, notes) = Tail::run(&[&server.signaling_url(), "--no-follow"]).await;
    assert_eq!((status, lines, notes), (0, vec![entry.to_owned()], vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wanted_is_chosen_by_level_filter_pattern_producer_and_number() {
    let server = server().await;
    let (api, worker) = (producer(&server.signaling_url(), "api"), producer(&server.signaling_url(), "worker"));
    for (level, target, message) in [
        (Level::Debug, "app::db", "query"),
        (Level::Info, "app::http", "GET /orders"),
        (Level::Warn, "app::http", "slow"),
        (Level::Error, "other", "GET /failed"),
    ] {
        api.log(level, target, message).field("ms", 812).send();
    }
    worker.info("job", "done");
    let url = server.url();
    let api = ["--no-follow", "--producer", "api", url.as_str()];
    for (arguments, expected) in [
        (vec![], vec!["query", "GET /orders", "slow", "GET /failed"]),
        (vec!["--level", "warn"], vec!["slow", "GET /failed"]),
        (vec!["--filter", "off,app::db=debug"], vec!["query"]),
        (vec!["--level", "error", "--filter", "app::http=info"], vec!["GET /orders", "slow", "GET /failed"]),
        (vec!["--grep", "^app.*GET"], vec!["GET /orders"]),
        (vec!["--grep", "ms=812$", "-n", "1"], vec!["GET /failed"]),
        (vec!["-n", "2"], vec!["slow", "GET /failed"]),
        (vec!["-n", "0"], vec![]),
    ] {
        let (status, lines, notes) = Tail::run(&[&api[..], &arguments].concat()).await;
        assert_eq!(
            (status, messages(&lines)),
            (0, expected.iter().map(ToString::to_string).collect()),
            "{arguments:?} {notes:?}"
        );
    }
    let (_, lines, _) = Tail::run(&["--no-follow", "--text", "--grep", "done|query", &url]).await;
    let mut lines: Vec<_> = lines.iter().map(|line| line.split_once(' ').unwrap().1).collect();
    lines.sort_unstable();
    assert_eq!(lines, ["DEBUG api app::db: query ms=812", "INFO  worker job: done"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_shows_text_in_colour_and_is_not_steered() {
    let server = server().await;
    let producer = producer(&server.signaling_url(), "api");
    producer.log(Level::Warn, "app", "red \x1b[31m\x07\nnext").field("k\x1b", "v\u{9b}").send();
    let expected = "app: red \\x1b[31m\\x07\\nnext k\\x1b=v\\u{9b}";
    let mut plain = command(&[&server.url(), "-n", "5"]);
    plain.env("NO_COLOR", "1");
    let tail = Tail::on_terminal(plain);
    let lines = tail.out.until("a line", |lines| !lines.is_empty()).await;
    assert!(lines[0].ends_with(&format!(" WARN  {expected}")), "{lines:?}");

    let tail = Tail::on_terminal(command(&[&server.url()]));
    let lines = tail.out.until("a line", |lines| !lines.is_empty()).await;
    assert!(lines[0].contains("\x1b[33mWARN \x1b[0m"), "{lines:?}");
    assert_eq!(anstream::adapter::strip_str(&lines[0]).to_string().split_once("WARN  ").unwrap().1, expected);

    let tail = Tail::on_terminal(command(&[&server.url(), "--json"]));
    let lines = tail.out.until("a line", |lines| !lines.is_empty()).await;
    assert!(!lines[0].contains('\u{9b}'));
    assert_eq!(messages(&lines), ["red \x1b[31m\x07\nnext"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_reads_no_more_ends_it_quietly() {
    let server = server().await;
    let producer = producer(&server.signaling_url(), "api");
    producer.info("app", "one");
    let mut child = command(&[&server.url()]).stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut out = child.stdout.take().unwrap();
    let mut begin = [0; 10];
    out.read_exact(&mut begin).await.unwrap();
    drop(out);
    // Nothing more is logged: the end is noticed by itself.
    let status = tokio::time::timeout(crate::support::DEADLINE, child.wait()).await.expect("it ends").unwrap();
    assert_eq!(status.code(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_reader_does_not_disturb_the_producer() {
    let server = server().await;
    let producer = producer(&server.signaling_url(), "api");
    let tail = Tail::start(&[&server.url()]);
    consumed(&producer).await;
    tail.signal(rustix::process::Signal::STOP);
    (0..20_000).for_each(|number| producer.info("app", format!("entry {number}")));
    let (_, others, _) = Tail::run(&[&server.url(), "--no-follow"]).await;
    assert_eq!(others.len(), 20_000, "another reader gets everything");
    tail.signal(rustix::process::Signal::CONT);
    let lines = tail.out.until("the rest", |lines| lines.len() >= 20_000).await;
    assert_eq!(messages(&lines), (0..20_000).map(|number| format!("entry {number}")).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gap_is_told_on_standard_error_whatever_is_wanted() {
    let server = server().await;
    let config = logrtc::Config::builder("api").url(server.signaling_url()).ice_servers([]).environment(false);
    let producer = logrtc::Producer::connect(config.max_entries(1_000).build().unwrap()).unwrap();
    let tail = Tail::start(&[&server.url(), "--level", "error"]);
    consumed(&producer).await;
    tail.signal(rustix::process::Signal::STOP);
    (0..50_000).for_each(|number| producer.info("app", format!("entry {number}")));
    tail.signal(rustix::process::Signal::CONT);
    producer.error("app", "last");
    tail.out.has("last").await;
    let notes = tail
        .err
        .until("a gap", |notes| notes.iter().any(|note| note.contains("entries lost (journal was full)")))
        .await;
    assert!(notes.iter().all(|note| note.starts_with("logrtc: ")), "{notes:?}");
    assert_eq!(messages(&tail.out.all()), ["last"]);
}
