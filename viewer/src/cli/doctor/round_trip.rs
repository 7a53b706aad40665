//! An entry from a producer of this process to a reader of this process, as every log goes.

use std::time::{Duration, Instant};

use logrtc::{Config, Producer};
use tokio::time::timeout;
use url::Url;

use super::paths::Relay;
use super::report::Finding;
use crate::cli::source;
use crate::consumer::{Consumer, Event, Options};

const TIMEOUT: Duration = Duration::from_secs(20);

/// What both sides need.
pub(super) struct RoundTrip<'a> {
    pub(super) url: &'a Url,
    pub(super) producer_token: Option<&'a str>,
    pub(super) reader_token: Option<&'a str>,
    pub(super) relay_only: bool,
}

/// How far the reader has come.
#[derive(Default)]
struct Progress {
    is_announced: bool,
    is_open: bool,
    problem: Option<String>,
}

impl RoundTrip<'_> {
    pub(super) async fn run(&self, relay: Relay) -> Finding {
        let check = if self.relay_only { "relay" } else { "channel" };
        let client_id = format!("logrtc-doctor-{:08x}", fastrand::u32(..));
        let producer = match self.producer(&client_id) {
            Ok(producer) => producer,
            Err(error) => return Finding::failed(check, error.to_string(), "check the URL and the token"),
        };
        let began = Instant::now();
        producer.info("doctor", &client_id);
        let mut options = Options::new(self.url.clone());
        options.token = self.reader_token.map(str::to_owned);
        options.producer = Some(client_id.clone());
        options.relay_only = self.relay_only;
        let mut consumer = Consumer::connect(options);
        let mut progress = Progress::default();
        let arrived = timeout(TIMEOUT, progress.wait(&mut consumer, &client_id)).await.is_ok();
        let took = began.elapsed();
        let refused = producer.last_error();
        consumer.close().await;
        source::close(producer).await;
        if arrived {
            return Finding::ok(check, format!("an entry came through a data channel in {} ms", took.as_millis()));
        }
        let (found, advice) = progress.why(refused.as_deref(), self.relay_only, relay);
        Finding::failed(check, found, advice)
    }

    fn producer(&self, client_id: &str) -> logrtc::Result<Producer> {
        let mut config =
            Config::builder(client_id).url(self.url.as_str()).environment(false).system_name("logrtc doctor");
        if let Some(token) = self.producer_token {
            config = config.token(token);
        }
        // What is wrong is a finding.
        config.relay_only(self.relay_only).on_diagnostic(|_| {}).build().and_then(Producer::connect)
    }
}

impl Progress {
    /// Waits for the entry.
    async fn wait(&mut self, consumer: &mut Consumer, message: &str) {
        while let Some(event) = consumer.next().await {
            match event {
                Event::Announced { .. } => self.is_announced = true,
                Event::Opened { .. } => self.is_open = true,
                Event::ServerLost(failure) => self.problem = Some(failure.reason),
                Event::ServerError(problem) => self.problem = Some(problem),
                Event::Entries { entries, .. } if entries.iter().any(|entry| entry.contains(message)) => return,
                _ => {}
            }
        }
        // The consumer ends only with this one.
        std::future::pending::<()>().await;
    }

    fn why(self, refused: Option<&str>, relay_only: bool, relay: Relay) -> (String, &'static str) {
        match (refused, self.problem) {
            (Some(refused), _) => {
                (format!("no program may log: {refused}"), "use a token for producers: --producer-token-file")
            }
            (None, Some(problem)) => (format!("no reader: {problem}"), "use a token for readers: --reader-token-file"),
            (None, None) if !self.is_announced => {
                (format!("the server announced no program within {TIMEOUT:?}"), "restart the server")
            }
            (None, None) if !self.is_open && relay_only => (
                format!("no data channel opened through the TURN server within {TIMEOUT:?}"),
                "let the TURN server reach its own relay addresses, and check its range of ports",
            ),
            (None, None) if !self.is_open => (
                format!("no data channel opened within {TIMEOUT:?}"),
                match relay {
                    Relay::Unnamed => {
                        "let UDP through the firewall of this machine, or name a TURN server: --turn or --ice-server of \
                         logrtc serve"
                    }
                    Relay::Broken => {
                        "let UDP through the firewall of this machine, or mend the TURN server: see turn, above"
                    }
                    Relay::Works => "let UDP through the firewall of this machine, to the TURN server too",
                },
            ),
            (None, None) => (format!("a data channel opened, and no entry came within {TIMEOUT:?}"), "try again"),
        }
    }
}
