//! A channel that is cut goes on where it was: nothing twice, nothing missing, and what is lost has its number.

use std::process::Stdio;
use std::time::Duration;

use logrtc::{Faults, Producer};
use rustix::process::Signal;
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};

use crate::support::{RESUME_DEADLINE, Tail, config, consumed, messages, producer, server, signal};

fn log(producer: &Producer, numbers: std::ops::Range<u32>) {
    numbers.for_each(|number| producer.info("app", number.to_string()));
}

fn all(numbers: std::ops::Range<u32>) -> Vec<String> {
    numbers.map(|number| number.to_string()).collect()
}

/// Waits until `tail` has this message, across a channel that is lost.
async fn reads(tail: &Tail, message: &str) {
    let last = format!("\"message\":\"{message}\"");
    tail.out.within(RESUME_DEADLINE, &last, |lines| lines.last().is_some_and(|line| line.contains(&last))).await;
}

async fn notes(tail: &Tail, note: &str) {
    tail.err.within(RESUME_DEADLINE, note, |lines| lines.iter().any(|line| line.ends_with(note))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_channel_goes_on_where_it_was() {
    let server = server().await;
    let faults = Faults::seeded(1);
    let config = config(&server.signaling_url(), "api").faults(faults.clone());
    let producer = Producer::connect(config.build().unwrap()).unwrap();
    let tail = Tail::start(&[&server.url(), "--json"]);
    consumed(&producer).await;
    log(&producer, 0..10_000);
    // It is cut while entries are on the way.
    tail.out.until("the first entries", |lines| !lines.is_empty()).await;
    faults.set_blackout(true);
    log(&producer, 10_000..20_000);
    notes(&tail, "api: the channel is lost").await;
    log(&producer, 20_000..21_000);
    faults.set_blackout(false);
    notes(&tail, "api: is back").await;
    log(&producer, 21_000..22_000);
    reads(&tail, "21999").await;
    assert_eq!(messages(&tail.out.all()), all(0..22_000));
    assert!(!tail.err.all().iter().any(|note| note.contains("lost (")), "{:?}", tail.err.all());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_overflows_meanwhile_is_a_gap_with_its_number() {
    let server = server().await;
    let faults = Faults::seeded(2);
    let config = config(&server.signaling_url(), "api").faults(faults.clone()).max_entries(1_000);
    let producer = Producer::connect(config.build().unwrap()).unwrap();
    let tail = Tail::start(&[&server.url(), "--json"]);
    consumed(&producer).await;
    log(&producer, 0..100);
    reads(&tail, "99").await;
    faults.set_blackout(true);
    log(&producer, 100..5_000);
    notes(&tail, "api: the channel is lost").await;
    faults.set_blackout(false);
    reads(&tail, "4999").await;
    let messages = messages(&tail.out.all());
    let first: u32 = messages[100].parse().unwrap();
    assert_eq!(messages, [all(0..100), all(first..5_000)].concat());
    assert!((3_900..4_900).contains(&first), "{first}");
    let gap = format!("logrtc: api: {} entries lost (journal was full)", first - 100);
    assert_eq!(tail.err.all().iter().filter(|note| note.contains("entries lost")).collect::<Vec<_>>(), [&gap]);
}

const INSIDE: &str = "LOGRTC_TEST_PRODUCER_OF";

/// What the process of a producer is, which logs as many entries as its standard input has bytes.
fn be_a_producer(url: &str) {
    let producer = producer(url, "api");
    let bytes = std::io::Read::bytes(std::io::stdin());
    for (number, _) in (0_u32..).zip(bytes) {
        producer.info("app", number.to_string());
    }
    producer.close(Duration::from_secs(10)).unwrap();
}

async fn tell(child: &mut Child, count: usize) {
    child.stdin.as_mut().unwrap().write_all(&vec![b'.'; count]).await.unwrap();
}

/// It runs itself once more, as the producer.
#[tokio::test(flavor = "multi_thread")]
async fn a_producer_that_was_stopped_for_long_goes_on_where_it_was() {
    if let Ok(url) = std::env::var(INSIDE) {
        return tokio::task::spawn_blocking(move || be_a_producer(&url)).await.unwrap();
    }
    let server = server().await;
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "cut::a_producer_that_was_stopped_for_long_goes_on_where_it_was", "--nocapture"]);
    child.env(INSIDE, server.signaling_url()).stdin(Stdio::piped()).stdout(Stdio::null()).kill_on_drop(true);
    let mut child = child.spawn().unwrap();
    let tail = Tail::start(&[&server.url(), "--json"]);
    tell(&mut child, 5_000).await;
    tail.out.until("the first entries", |lines| !lines.is_empty()).await;
    signal(&child, Signal::STOP);
    notes(&tail, "api: the channel is lost").await;
    tell(&mut child, 1_000).await;
    signal(&child, Signal::CONT);
    reads(&tail, "5999").await;
    tell(&mut child, 1_000).await;
    drop(child.stdin.take());
    let status = tokio::time::timeout(RESUME_DEADLINE, child.wait()).await.expect("it ends").unwrap();
    assert!(status.success());
    notes(&tail, "api: ended").await;
    assert_eq!(messages(&tail.out.all()), all(0..7_000));
}
