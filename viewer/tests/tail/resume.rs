//! It goes on by itself, without a gap and without showing anything twice.

use crate::support::{Tail, close, consumed, messages, producer, server, server_at};

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_restarts_is_found_again() {
    let first = server().await;
    let (address, url) = (first.local_addr(), first.signaling_url());
    let api = producer(&url, "api");
    let tail = Tail::start(&[&url]);
    consumed(&api).await;
    api.info("app", "before");
    tail.out.has("before").await;
    first.stop().await;
    tail.err.has("lost the server").await;
    api.info("app", "between");
    tail.out.has("between").await;
    let _second = server_at(address).await;
    tail.err.has("the server is back").await;
    let late = producer(&url, "late");
    late.info("app", "after");
    tail.out.has("after").await;
    assert_eq!(messages(&tail.out.all()), ["before", "between", "after"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_producer_that_starts_again_is_another_log() {
    let server = server().await;
    let tail = Tail::start(&[&server.url(), "-n", "1"]);
    tail.err.has("waiting for producer at ws://").await;
    for message in ["same", "same"] {
        let api = producer(&server.signaling_url(), "api");
        consumed(&api).await;
        (0..3).for_each(|_| api.info("app", message));
        close(api).await;
    }
    let lines = tail.out.until("both runs", |lines| lines.len() >= 6).await;
    assert_eq!(messages(&lines), ["same"; 6]);
    let notes = tail.err.until("both ends", |lines| lines.len() >= 4).await;
    assert_eq!(notes[2..], ["logrtc: api: is back", "logrtc: api: ended"]);
}

/// The channel is lost, but the process is the same: its log comes once more, and is shown once.
#[tokio::test(flavor = "multi_thread")]
async fn a_channel_that_is_lost_shows_nothing_twice() {
    let server = server().await;
    let api = producer(&server.signaling_url(), "api");
    let tail = Tail::start(&[&server.url()]);
    consumed(&api).await;
    (0..100).for_each(|_| api.info("app", "before"));
    tail.out.until("the first", |lines| lines.len() >= 100).await;
    // Longer than the producer waits for an acknowledgement.
    tail.signal(rustix::process::Signal::STOP);
    (0..100).for_each(|_| api.info("app", "between"));
    let gone = api.clone();
    logrtc_test_support::eventually("the producer gives the consumer up", || gone.stats().consumers.is_empty()).await;
    tail.signal(rustix::process::Signal::CONT);
    tail.err.has("api: is back").await;
    api.info("app", "after");
    tail.out.has("after").await;
    let expected = [vec!["before"; 100], vec!["between"; 100], vec!["after"]].concat();
    assert_eq!(messages(&tail.out.all()), expected);
}
