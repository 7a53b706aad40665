//! A stream of lines as the log of a producer: what `logrtc run` and `logrtc pipe` have in common.

use std::borrow::Cow;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use clap::Args;
use logrtc::binding::ConfigBuilderExt as _;
use logrtc::{Config, Level, Overflow, Producer, Span};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::address;
use super::environment::variable;
use super::ice::PathArgs;
use super::secret::SecretArgs;
use super::usage::UsageError;
use crate::bridge::{Joiner, Line, Lines, timed};

/// How much is read at once.
const READ_BYTES: usize = 64 * 1024;

/// What was written before the end has come when nothing follows for so long; and how long reading goes on at most.
const LEFT_PAUSE: Duration = Duration::from_millis(500);
const MAX_LEFT: Duration = Duration::from_secs(5);

/// How long the last entries may take to arrive.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// What both take from the environment, for their help.
pub(super) const ENVIRONMENT: &str = "\
The environment:
  LOGRTC_URL     the server, if --url is not given
  LOGRTC_TOKEN   the token for the server, if the URL has none
  LOGRTC_SECRET  a secret of this program and its readers, if neither --secret-file nor the URL has it
  LOGRTC_CLIENT_ID
                 the name of the producer, if --client-id is not given
  LOGRTC_LEVEL   what is logged, as in info,app::db=debug
  LOGRTC_ICE_SERVERS, LOGRTC_UDP_PORTS, LOGRTC_ANNOUNCED_ADDRESS, LOGRTC_INTERFACES, LOGRTC_RELAY_ONLY
                 as --ice-server, --udp-ports, --announced-address, --interface and --relay-only, if these are not given
  LOGRTC_DISABLED=1
                 nothing is logged; what is read is still passed on
  SSL_CERT_FILE  a file of certificates in PEM: the authorities that are trusted in place of the system's";

#[derive(Debug, Args)]
pub(super) struct SourceArgs {
    /// The signaling server, or the address of its log page [default: ws://localhost:8080/signaling].
    #[arg(long, value_name = "URL", value_parser = address::parse)]
    url: Option<address::Address>,
    #[command(flatten)]
    secret: SecretArgs,
    /// The name of the producer.
    #[arg(long, value_name = "NAME")]
    client_id: Option<String>,
    /// Pass on what is read to standard output and standard error. The default of `logrtc run`, and of `logrtc pipe` if
    /// standard output is a terminal.
    #[arg(long, overrides_with = "no_tee")]
    tee: bool,
    /// Pass on nothing of what is read.
    #[arg(long, overrides_with = "tee")]
    no_tee: bool,
    #[command(flatten)]
    paths: PathArgs,
}

impl SourceArgs {
    /// Starts the producer.
    ///
    /// # Errors
    /// What is wrong with the options or the environment.
    pub(super) fn connect(&self, default_client_id: &str, overflow: Overflow) -> Result<Producer, UsageError> {
        // What stands on the command line wins over the environment, as in every program.
        let client_id = self.client_id.clone().or_else(|| variable("LOGRTC_CLIENT_ID"));
        let mut config = Config::builder(client_id.as_deref().unwrap_or(default_client_id)).overflow(overflow);
        let address = address::of_environment_or(self.url.clone())?;
        let linked = address.as_ref().and_then(|address| address.secret.as_deref());
        if let Some(secret) = self.secret.read(linked)? {
            config = config.secret(secret);
        }
        let has_user = address.as_ref().is_some_and(|address| !address.url.username().is_empty());
        let mut token = variable("LOGRTC_TOKEN").filter(|_| !has_user);
        if let Some(address) = address {
            token = address.token.or(token);
            config = config.url(address.url);
        }
        if let Some(token) = token {
            config = config.token(token);
        }
        if let Some(filter) = variable("LOGRTC_LEVEL") {
            config = config.filter(filter);
        }
        config = config.paths_of_environment()?;
        config = self.paths.apply(config);
        Ok(config.environment(false).build().and_then(Producer::connect)?)
    }

    /// Whether what is read is passed on; `by_default` if no option decides it.
    pub(super) fn tees(&self, by_default: bool) -> bool {
        !self.no_tee && (self.tee || by_default)
    }
}

/// The time of the last line that was read of streams whose lines have one, in nanoseconds since 1970; 0 before the first.
/// Clones are the same.
#[derive(Clone, Debug, Default)]
pub(super) struct LastTime(Arc<AtomicI64>);

impl LastTime {
    pub(super) fn get(&self) -> Option<DateTime<Utc>> {
        let nanos = self.0.load(Ordering::Relaxed);
        (nanos != 0).then(|| DateTime::from_timestamp_nanos(nanos))
    }

    fn saw(&self, time: DateTime<Utc>) {
        self.0.fetch_max(time.timestamp_nanos_opt().unwrap_or(0), Ordering::Relaxed);
    }
}

/// Where the lines of one stream go.
pub(super) struct Source {
    producer: Producer,
    target: String,
    /// `stderr`, for lines that came by it.
    stream: Option<&'static str>,
    joiner: Joiner,
    /// If each line begins with the time at which it was written, as Docker's.
    timed: Option<Timed>,
}

struct Timed {
    last: LastTime,
    /// Takes a line of standard error without a time: it is the words of the program that prints the lines.
    on_own_words: Box<dyn Fn(&str) + Send + Sync>,
}

impl Source {
    pub(super) fn new(producer: &Producer, target: &str, stream: Option<&'static str>) -> Self {
        let joiner = Joiner::default();
        Self { producer: producer.clone(), target: target.to_owned(), stream, joiner, timed: None }
    }

    /// Takes the time that each line begins with for the time of its entry, and keeps the last one in `last`. A line of
    /// standard error without one goes to `on_own_words`.
    pub(super) fn timed(self, last: &LastTime, on_own_words: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self { timed: Some(Timed { last: last.clone(), on_own_words: Box::new(on_own_words) }), ..self }
    }

    /// Reads `from` to its end, logs its lines, and copies it to `to`. Once `ending` is over, reads what is left: until nothing
    /// comes for a moment, and for [`MAX_LEFT`] at most. If the reader of `to` has closed it, `from` is closed, too, so that
    /// its writer sees what it would see without this program.
    ///
    /// # Errors
    /// Those of reading. After another failure of writing, the copy ends and the log goes on.
    pub(super) async fn copy(
        mut self,
        mut from: impl AsyncRead + Unpin,
        mut to: Option<impl AsyncWrite + Unpin>,
        ending: impl Future<Output = ()>,
    ) -> io::Result<()> {
        let (mut lines, mut buffer) = (Lines::default(), vec![0; READ_BYTES]);
        let mut ending = pin!(ending);
        let mut last: Option<Instant> = None;
        loop {
            let idle = last.map(|last| last.min(Instant::now() + LEFT_PAUSE));
            let waits = self.joiner.deadline();
            let read = tokio::select! {
                read = from.read(&mut buffer) => read?,
                () = sleep_until(waits), if waits.is_some() => {
                    self.finish();
                    continue;
                }
                () = &mut ending, if last.is_none() => {
                    last = Some(Instant::now() + MAX_LEFT);
                    continue;
                }
                () = sleep_until(idle), if idle.is_some() => break,
            };
            let mut is_closed = false;
            let began = Instant::now();
            if let Some(copy) = &mut to
                && let Err(error) = copied(copy, &buffer[..read]).await
            {
                is_closed = error.kind() == io::ErrorKind::BrokenPipe;
                to = None;
            }
            // A slow reader of the copy, as `less`, gets all of it.
            last = last.map(|last| last + began.elapsed());
            if read == 0 || last.is_some_and(|last| last <= Instant::now()) {
                break;
            }
            let mut read_lines = Vec::new();
            lines.push(&buffer[..read], |line| read_lines.push(line.to_owned()));
            for line in read_lines {
                self.line(&line);
                // A call that waits for a page holds up its thread; signals are for another one.
                tokio::task::yield_now().await;
            }
            if is_closed {
                break;
            }
        }
        lines.finish(|line| self.line(line));
        self.finish();
        Ok(())
    }

    /// Bytes that are no UTF-8 become U+FFFD.
    fn line(&mut self, bytes: &[u8]) {
        let (time, bytes) = if self.timed.is_some() { timed(bytes) } else { (None, Cow::from(bytes)) };
        let text = String::from_utf8_lossy(&bytes);
        match (&self.timed, time) {
            (Some(timed), Some(time)) => timed.last.saw(time),
            (Some(timed), None) if self.stream.is_some() => return (timed.on_own_words)(&text),
            _ => {}
        }
        let mut line = Line::read(&text);
        // It may wait for others that belong to it. A time within the text may lack its zone.
        line.time = Some(time.or(line.time).unwrap_or_else(Utc::now));
        let complete: Vec<Line> = self.joiner.push(&text, line, Instant::now()).collect();
        complete.iter().for_each(|line| self.log(line));
    }

    fn finish(&mut self) {
        if let Some(line) = self.joiner.finish() {
            self.log(&line);
        }
    }

    fn log(&self, line: &Line) {
        log(&self.producer, line, &self.target, self.stream);
    }
}

/// Logs what a line says; `target` is that of a line without its own.
pub(super) fn log(producer: &Producer, line: &Line, target: &str, stream: Option<&str>) {
    let target = line.target.as_deref().unwrap_or(target);
    let fields = line.fields_json();
    let begin = || producer.log(line.level.unwrap_or(Level::Info), target, &*line.message);
    // JSON may hold what no reader takes: half a character, or a number beyond any range.
    let mut record = begin().fields_json(&fields).unwrap_or_else(|_| begin().field("invalid_json", fields.as_str()));
    if let Some(stream) = stream {
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

pub(super) async fn sleep_until(instant: Option<Instant>) {
    match instant {
        Some(instant) => tokio::time::sleep_until(instant.into()).await,
        None => std::future::pending().await,
    }
}

async fn copied(to: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> io::Result<()> {
    to.write_all(bytes).await?;
    to.flush().await
}

/// Delivers the last entries, for two seconds at most, and ends the producer.
pub(super) async fn close(producer: Producer) {
    // The producer itself reports what it could not deliver.
    let _ = tokio::task::spawn_blocking(move || producer.close(CLOSE_TIMEOUT)).await;
}
