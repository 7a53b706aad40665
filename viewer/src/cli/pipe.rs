//! `logrtc pipe`: standard input as a log.

use std::io::{self, IsTerminal as _};
use std::time::Duration;

use clap::Args;
use logrtc::Overflow;

use super::source::{self, ENVIRONMENT, Source, SourceArgs};

/// How long reading waits for a page that is behind. Behind it, entries are dropped.
const BLOCK_TIMEOUT: Duration = Duration::from_secs(1);

const EXAMPLES: &str = "\
Examples:
  ./app 2>&1 | logrtc pipe --client-id app      the output of a program
  tail -F /var/log/nginx/error.log | logrtc pipe --client-id nginx

Each line is an entry. Lines of JSON (pino, bunyan, ECS, logstash, zap, slog, tracing-subscriber and the like) and of
logfmt keep their level, time, target, fields and span; in plain text, the level and the time are read at its beginning.
The lines of a stack trace are one entry.";

#[derive(Debug, Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{ENVIRONMENT}"))]
pub(super) struct PipeArgs {
    #[command(flatten)]
    source: SourceArgs,
}

impl PipeArgs {
    /// Reads to the end of standard input, or until `interrupted`. Returns the exit status.
    ///
    /// # Errors
    /// Why nothing could be read.
    pub(super) async fn run(self, interrupted: impl Future<Output = ()>) -> io::Result<u8> {
        let producer = match self.source.connect("pipe", Overflow::Block(BLOCK_TIMEOUT)) {
            Ok(producer) => producer,
            Err(problem) => return Ok(super::wrong_usage(&problem)),
        };
        let source = Source::new(&producer, "pipe", None);
        let copy = self.source.tees(io::stdout().is_terminal()).then(tokio::io::stdout);
        let read = source.copy(tokio::io::stdin(), copy, interrupted).await;
        source::close(producer).await;
        read.map(|()| 0)
    }
}
