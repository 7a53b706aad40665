//! Behind a server of the base protocol that announces no producer, names no sender, and answers no registration.

use serde_json::Value;

use crate::strict_server::{server_that, strict_server};
use crate::support::{Tail, messages, producer};

#[tokio::test(flavor = "multi_thread")]
async fn one_producer_is_read_and_its_end_is_told() {
    let url = strict_server().await;
    let api = producer(&url, "api");
    api.info("app", "history");
    let tail = Tail::start(&[&url]);
    tail.out.has("history").await;
    api.info("app", "live");
    tail.out.has("live").await;
    crate::support::close(api).await;
    tail.err.has("producer: ended").await;
    assert_eq!(messages(&tail.out.all()), ["history", "live"]);
    assert_eq!(tail.err.all(), ["logrtc: producer: ended"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_producers_are_told_apart_by_their_offers() {
    let url = strict_server().await;
    let tail = Tail::start(&[&url]);
    let first = producer(&url, "first");
    first.info("app", "one");
    tail.out.has("one").await;
    let second = producer(&url, "second");
    second.info("app", "two");
    tail.out.has("two").await;
    first.info("app", "three");
    tail.out.has("three").await;
}

/// Without the line of an answer that the producer does not get to see.
fn without_hello(message: &str) -> String {
    let mut message: Value = serde_json::from_str(message).unwrap();
    if let Some(sdp) = message["sdp"].as_str() {
        let rest = sdp.split_inclusive("\r\n").filter(|line| !line.starts_with("a=x-logrtc-hello:"));
        message["sdp"] = rest.collect::<String>().into();
    }
    message.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_producer_that_is_not_asked_is_read_as_one_of_the_base_protocol() {
    let url = server_that(without_hello).await;
    let api = producer(&url, "api");
    // It is silent when the channel opens.
    let tail = Tail::start(&[&url, "--json"]);
    crate::support::consumed(&api).await;
    (0..100).for_each(|number| api.info("app", number.to_string()));
    let lines = tail.out.until("every entry", |lines| lines.len() == 100).await;
    assert_eq!(messages(&lines), (0..100).map(|number| number.to_string()).collect::<Vec<_>>());
    let (status, lines, notes) = Tail::run(&[&url, "--json", "--no-follow", "-n", "3"]).await;
    assert_eq!((status, messages(&lines), notes), (0, ["97", "98", "99"].map(str::to_owned).to_vec(), vec![]));
    crate::support::close(api).await;
    tail.err.has("ended").await;
}

/// The offer that follows does not say whose it is: only its session tells that it is the same process.
#[tokio::test(flavor = "multi_thread")]
async fn a_consumer_that_was_stopped_for_long_goes_on_where_it_was() {
    let url = strict_server().await;
    let api = producer(&url, "api");
    let tail = Tail::start(&[&url, "--json"]);
    crate::support::consumed(&api).await;
    (0..100).for_each(|number| api.info("app", number.to_string()));
    tail.out.until("the first", |lines| lines.len() >= 100).await;
    tail.signal(rustix::process::Signal::STOP);
    (100..200).for_each(|number| api.info("app", number.to_string()));
    let gone = api.clone();
    logrtc_test_support::eventually("the producer gives the consumer up", || gone.stats().consumers.is_empty()).await;
    tail.signal(rustix::process::Signal::CONT);
    tail.err.has("producer: is back").await;
    api.info("app", "200");
    tail.out.has("\"message\":\"200\"").await;
    assert_eq!(messages(&tail.out.all()), (0..=200).map(|number| number.to_string()).collect::<Vec<_>>());
}
