//! A stream of lines as the log of a producer: what `logrtc run` and `logrtc pipe` have in common.

use std::io;
use std::time::{Duration, Instant};

use clap::Args;
use logrtc::{Config, Level, Overflow, Producer, Span};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::address;
use crate::bridge::{Joiner, Line, Lines};

/// How much is read at once.
const READ_BYTES: usize = 64 * 1024;

#[derive(Debug, Args)]
pub(super) struct SourceArgs {
    /// The signaling server, or the address of its log page [default: ws://localhost:8080/signaling].
    #[arg(long, value_name = "URL", value_parser = address::parse)]
    url: Option<address::Address>,
    /// The name of the producer.
    #[arg(long, value_name = "NAME")]
    client_id: Option<String>,
    /// Write what is read to the own standard streams, too. The default if standard output is a terminal.
    #[arg(long, overrides_with = "no_tee")]
    tee: bool,
    /// Write nothing of what is read.
    #[arg(long, overrides_with = "tee")]
    no_tee: bool,
}

impl SourceArgs {
    /// Starts the producer.
    ///
    /// # Errors
    /// What is wrong with the options or the environment.
    pub(super) fn connect(&self, default_client_id: &str, overflow: Overflow) -> Result<Producer, String> {
        // What stands on the command line wins over the environment, as in every program.
        let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let client_id = self.client_id.clone().or_else(|| set("LOGRTC_CLIENT_ID"));
        let mut config = Config::builder(client_id.as_deref().unwrap_or(default_client_id)).overflow(overflow);
        let (url, token) = match &self.url {
            Some(address) => (Some(address.url.to_string()), address.token.clone()),
            None => (set("LOGRTC_URL"), None),
        };
        if let Some(url) = url {
            config = config.url(url);
        }
        if let Some(token) = token.or_else(|| set("LOGRTC_TOKEN")) {
            config = config.token(token);
        }
        if let Some(filter) = set("LOGRTC_LEVEL") {
            config = config.filter(filter);
        }
        config.environment(false).build().and_then(Producer::connect).map_err(|error| error.to_string())
    }

    /// Whether what is read is written, too.
    pub(super) fn tees(&self) -> bool {
        !self.no_tee && (self.tee || io::IsTerminal::is_terminal(&io::stdout()))
    }
}

/// Where the lines of one stream go.
pub(super) struct Source {
    producer: Producer,
    target: String,
    /// `stderr`, for lines that came by it.
    stream: Option<&'static str>,
    joiner: Joiner,
}

impl Source {
    pub(super) fn new(producer: &Producer, target: &str, stream: Option<&'static str>) -> Self {
        Self { producer: producer.clone(), target: target.to_owned(), stream, joiner: Joiner::default() }
    }

    /// Reads `from` to its end, logs its lines, and copies it to `to`.
    ///
    /// # Errors
    /// Those of reading. A copy that cannot be written is not written any more.
    pub(super) async fn copy(
        mut self,
        mut from: impl AsyncRead + Unpin,
        mut to: Option<impl AsyncWrite + Unpin>,
    ) -> io::Result<()> {
        let (mut lines, mut buffer) = (Lines::default(), vec![0; READ_BYTES]);
        loop {
            let waits = self.joiner.deadline().map(tokio::time::Instant::from_std);
            let read = tokio::select! {
                read = from.read(&mut buffer) => read?,
                () = tokio::time::sleep_until(waits.unwrap_or_else(tokio::time::Instant::now)), if waits.is_some() => {
                    self.finish();
                    continue;
                }
            };
            if let Some(copy) = &mut to
                && copied(copy, &buffer[..read]).await.is_err()
            {
                to = None;
            }
            if read == 0 {
                break;
            }
            lines.push(&buffer[..read], |text| self.line(text));
        }
        lines.finish(|text| self.line(text));
        self.finish();
        Ok(())
    }

    fn line(&mut self, text: &str) {
        let complete: Vec<Line> = self.joiner.push(text, Line::read(text), Instant::now()).collect();
        complete.iter().for_each(|line| self.log(line));
    }

    fn finish(&mut self) {
        if let Some(line) = self.joiner.finish() {
            self.log(&line);
        }
    }

    fn log(&self, line: &Line) {
        let target = line.target.as_deref().unwrap_or(&self.target);
        let fields = line.fields_json();
        let record = self.producer.log(line.level.unwrap_or(Level::Info), target, &line.message);
        let Ok(mut record) = record.fields_json(&fields) else {
            unreachable!("the fields are members of an object that was read as JSON");
        };
        if let Some(stream) = self.stream {
            record = record.field("stream", stream);
        }
        if let Some(time) = line.time {
            record = record.timestamp(time);
        }
        if let Some(ids) = &line.span {
            let mut span = Span::new(&*ids.id);
            if let Some(trace_id) = &ids.trace_id {
                span = span.trace_id(&**trace_id);
            }
            if let Some(parent_id) = &ids.parent_id {
                span = span.parent_id(&**parent_id);
            }
            record = record.span(span);
        }
        record.send();
    }
}

async fn copied(to: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> io::Result<()> {
    to.write_all(bytes).await?;
    to.flush().await
}

/// Delivers what is logged, and ends the producer.
pub(super) async fn close(producer: Producer, timeout: Duration) {
    // What was not delivered is told by the producer itself.
    let _ = tokio::task::spawn_blocking(move || producer.close(timeout)).await;
}
