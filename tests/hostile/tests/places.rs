//! Consumers that never open, or come again and again.

use std::time::{Duration, Instant};

use logrtc_test_support::{Consumer, Server};
use serde_json::json;

use crate::producer::Producer;

/// As long as the producer lets a connection open before it gives its place to a newcomer, and what
/// a loaded machine adds. Without that rule it takes 15 s or more.
const SOON: Duration = Duration::from_secs(12);

fn announce(server: &Server, consumer_id: &str) {
    server.say(&json!({"type": "consumer_connected", "consumer_id": consumer_id}));
}

/// A page that comes now gets the log soon.
async fn page_gets_the_log(server: &Server) {
    let since = Instant::now();
    let page = Consumer::join(server, "page").await;
    page.messages(10).await;
    println!("a page gets the log after {:?}", since.elapsed());
    assert!(since.elapsed() < SOON, "{:?}", since.elapsed());
    page.leave().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn those_that_do_not_open_shut_out_nobody() {
    let server = Server::start().await;
    let _producer = Producer::start(&server.url()).await;
    (0..64).for_each(|number| announce(&server, &format!("half-open {number}")));
    for number in 0..64 {
        let id = format!("half-open {number}");
        server.hear("an offer", |message| message["type"] == "webrtc_offer" && message["to"] == id).await;
    }
    page_gets_the_log(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_announcements_costs_little_and_keeps_nobody_away() {
    let server = Server::start().await;
    let producer = Producer::start(&server.url()).await;
    let flood = async {
        for round in 0.. {
            (0..10).for_each(|number| announce(&server, &format!("again {}", (round * 10 + number) % 200)));
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let watch = async {
        // So many as there are places begin at once, and are not what this measures.
        tokio::time::sleep(Duration::from_secs(6)).await;
        let load = producer.load(Duration::from_secs(5)).await;
        page_gets_the_log(&server).await;
        load
    };
    let load = tokio::select! {
        () = flood => unreachable!("it goes on"),
        load = watch => load,
    };
    println!("a flood of announcements takes {load:.2} of a processor");
    assert!(load < 0.75, "{load:.2} of a processor, of a program without optimization");
}
