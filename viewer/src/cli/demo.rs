//! A made-up web shop that logs, so that the page has something to show.

mod shop;

use std::io;

use tokio::task::JoinHandle;

use super::source;
use shop::{Line, Shop};

/// A running shop, and the producer that it logs to.
pub(crate) struct Demo {
    producer: logrtc::Producer,
    logging: JoinHandle<()>,
}

impl Demo {
    /// Connects a producer to the server of this process, as `config` begins, and begins to log.
    pub(crate) fn start(config: logrtc::ConfigBuilder) -> io::Result<Self> {
        let config = config.client_id("shop").system_name("Shop").version("1.0.0").description("A made-up web shop");
        let config = config.build().map_err(io::Error::other)?;
        let producer = logrtc::Producer::connect(config).map_err(io::Error::other)?;
        let logging = tokio::spawn(trade(producer.clone()));
        Ok(Self { producer, logging })
    }

    /// Stops logging and waits until the entries are delivered, or for two seconds.
    pub(crate) async fn stop(self) {
        self.logging.abort();
        let _ = self.logging.await;
        source::close(self.producer).await;
    }
}

async fn trade(producer: logrtc::Producer) {
    let mut shop = Shop::default();
    loop {
        for (pause, line) in shop.serve_one() {
            tokio::time::sleep(pause).await;
            send(&producer, line);
        }
    }
}

fn send(producer: &logrtc::Producer, line: Line) {
    let mut entry = producer.log(line.level, line.target, &line.message);
    for (key, value) in &line.fields {
        entry = entry.field(key, value);
    }
    let mut span = logrtc::Span::new(line.span.id).trace_id(line.span.trace_id);
    if let Some(parent_id) = line.span.parent_id {
        span = span.parent_id(parent_id);
    }
    entry.span(span).send();
}
