//! A flush that blocks nobody answers once, whatever happens meanwhile.

#![allow(clippy::unwrap_used)]

use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use logrtc::binding::ProducerExt as _;
use logrtc::{Config, ErrorKind, Producer, Result};
use logrtc_test_support::{Consumer, DEADLINE, Server, eventually};

fn begin(producer: &Producer, timeout: Duration) -> Receiver<Result<()>> {
    let (answer, answered) = channel();
    producer.flush_then(timeout, move |result| answer.send(result).unwrap());
    answered
}

fn answer(answered: &Receiver<Result<()>>) -> Result<()> {
    let first = answered.recv_timeout(DEADLINE).expect("an answer comes");
    assert_eq!(answered.recv_timeout(DEADLINE), Err(RecvTimeoutError::Disconnected), "there is one answer");
    first
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_answers_once() {
    let server = Server::start().await;
    let config = Config::builder("app").url(server.url()).ice_servers([]).environment(false).build().unwrap();
    let producer = Producer::connect(config).unwrap();
    server.registered().await;
    producer.info("app", "unread");
    assert_eq!(begin(&producer, DEADLINE).try_recv().unwrap(), Ok(()), "nobody is connected: at once");

    let consumer = Consumer::join(&server, "c").await;
    eventually("the producer knows it", || producer.stats().consumers.len() == 1).await;
    (0..100).for_each(|_| producer.info("app", "read"));
    assert_eq!(answer(&begin(&producer, DEADLINE)), Ok(()));
    assert_eq!(producer.stats().consumers[0].counts.waiting, 0);

    consumer.set_reading(false);
    let padding = "x".repeat(1000);
    (0..5_000).for_each(|_| producer.info("app", &padding));
    let error = answer(&begin(&producer, Duration::from_millis(50))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.pending() > 0);

    let overtaken = begin(&producer, DEADLINE);
    producer.close(Duration::ZERO).unwrap_err();
    assert_eq!(answer(&overtaken).unwrap_err().kind(), ErrorKind::Closed);
    assert_eq!(answer(&begin(&producer, DEADLINE)).unwrap_err().kind(), ErrorKind::Closed);

    let off = Config::builder("app").environment(false).disabled(true).build().unwrap();
    assert_eq!(answer(&begin(&Producer::connect(off).unwrap(), DEADLINE)), Ok(()));
    consumer.leave().await;
}
