//! The systemd journal, as `journalctl` prints it.

use std::io;
use std::time::Instant;

use logrtc::{ConfigBuilder, Level, Producer};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::watch;

use super::super::super::source;
use super::backoff::Backoff;
use super::tool::Tool;
use super::{HISTORY_LINES, connect};
use crate::bridge::{Joiners, JournalEntry, Lines};
use crate::stopping::stopped;

const CLIENT_ID: &str = "journald";

/// What the producer keeps for pages that open later.
const MAX_BYTES: usize = 16 << 20;

/// The longest entry as JSON; a byte of one that is no text takes four.
const MAX_LINE_BYTES: usize = 1 << 20;

/// Reads the journal of some units, or of all.
pub(super) struct Journald {
    units: Vec<String>,
    tool: Tool,
    log: Log,
}

impl Journald {
    pub(super) fn new(config: &ConfigBuilder, units: Vec<String>) -> io::Result<Self> {
        let producer = connect(config, CLIENT_ID, "the systemd journal", MAX_BYTES)?;
        let log = Log { producer, joiners: Joiners::default(), cursor: None };
        Ok(Self { units, tool: Tool::journalctl(), log })
    }

    /// Reads until the server stops.
    pub(super) async fn run(mut self, mut stopping: watch::Receiver<bool>) {
        let mut backoff = Backoff::default();
        while !*stopping.borrow() {
            let began = Instant::now();
            let again = async {
                self.follow().await;
                tokio::time::sleep(backoff.after(began.elapsed())).await;
            };
            tokio::select! {
                () = again => {}
                () = stopped(&mut stopping) => {}
            }
        }
        self.log.finish();
        source::close(self.log.producer).await;
    }

    /// Reads until the program ends.
    async fn follow(&mut self) {
        let Some(mut child) = self.tool.start(&arguments(&self.units, self.log.cursor.as_deref())) else { return };
        let out = child.stdout.take().expect("it is piped");
        let err = child.stderr.take().expect("it is piped");
        let (read, ()) = tokio::join!(self.log.read(out, &self.tool), self.tool.say_all(err));
        if let Err(error) = read {
            self.tool.say(&format!("cannot be read: {error}"));
        }
        if let Ok(status) = child.wait().await {
            self.tool.say(&format!("has ended ({status}) and is started again"));
        }
    }
}

/// Behind `cursor`, or the last lines and what follows.
fn arguments(units: &[String], cursor: Option<&str>) -> Vec<String> {
    // Without --all a long field has no value.
    let mut arguments: Vec<String> = ["--follow", "--output=json", "--all"].map(str::to_owned).into();
    match cursor {
        Some(cursor) => arguments.extend(["--no-tail".to_owned(), format!("--after-cursor={cursor}")]),
        None => arguments.push(format!("--lines={HISTORY_LINES}")),
    }
    arguments.extend(units.iter().map(|unit| format!("--unit={unit}")));
    arguments
}

/// What was read, on its way to the producer.
struct Log {
    producer: Producer,
    joiners: Joiners,
    /// The place of the last entry.
    cursor: Option<String>,
}

impl Log {
    async fn read(&mut self, mut from: impl AsyncRead + Unpin, tool: &Tool) -> io::Result<()> {
        let (mut lines, mut buffer) = (Lines::up_to(MAX_LINE_BYTES), vec![0; 64 * 1024]);
        loop {
            let deadline = self.joiners.deadline();
            tokio::select! {
                read = from.read(&mut buffer) => match read? {
                    0 => break,
                    read => {
                        tool.works();
                        lines.push(&buffer[..read], |line| self.line(line));
                    }
                },
                () = source::sleep_until(deadline), if deadline.is_some() => {
                    self.joiners.due(Instant::now()).iter().for_each(|line| self.log(line));
                }
            }
        }
        lines.finish(|line| self.line(line));
        self.finish();
        Ok(())
    }

    fn line(&mut self, bytes: &[u8]) {
        let Some(JournalEntry { cursor, stream, text, line }) = JournalEntry::read(&String::from_utf8_lossy(bytes))
        else {
            let message = "an entry of the journal is too long, or cannot be read";
            self.producer.log(Level::Warn, CLIENT_ID, message).field("bytes", bytes.len()).send();
            return;
        };
        self.cursor = cursor.or(self.cursor.take());
        match stream {
            Some(stream) => {
                self.joiners.push(stream, &text, line, Instant::now()).iter().for_each(|line| self.log(line));
            }
            None => self.log(&line),
        }
    }

    fn log(&self, line: &crate::bridge::Line) {
        source::log(&self.producer, line, CLIENT_ID, None);
    }

    fn finish(&mut self) {
        self.joiners.finish().iter().for_each(|line| self.log(line));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_is_not_read_again() {
        let units = ["a.service".to_owned(), "b-*".to_owned()];
        let first = arguments(&units, None).join(" ");
        assert_eq!(first, "--follow --output=json --all --lines=1000 --unit=a.service --unit=b-*");
        assert_eq!(arguments(&[], Some("s=1")).join(" "), "--follow --output=json --all --no-tail --after-cursor=s=1");
    }
}
