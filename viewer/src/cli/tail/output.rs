//! The thread that writes: what has come together is one write, so a flood costs few, and a single line comes at once.

use std::io::{self, Write};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::timeout;

/// How many chunks wait to be written; each is the lines of one batch.
const CHUNKS: usize = 16;

/// What is written at once, as far as it is there.
const WRITE_BYTES: usize = 256 * 1024;

/// How often a pipe is looked at while there is nothing to write.
const LOOK_INTERVAL: Duration = Duration::from_millis(250);

enum Chunk {
    Lines(String),
    /// For standard error, in its place among the lines.
    Note(String),
}

/// Writes to standard output and standard error.
pub(super) struct Output {
    chunks: mpsc::Sender<Chunk>,
    thread: JoinHandle<io::Result<()>>,
}

impl Output {
    /// Must be called within a tokio runtime.
    pub(super) fn start(is_coloured: bool) -> io::Result<Self> {
        let (chunks, to_write) = mpsc::channel(CHUNKS);
        let runtime = tokio::runtime::Handle::current();
        let write = move || write(&runtime, to_write, is_coloured);
        let thread = std::thread::Builder::new().name("logrtc-output".to_owned()).spawn(write)?;
        Ok(Self { chunks, thread })
    }

    /// Waits while too much is waiting to be written.
    pub(super) async fn lines(&self, lines: String) {
        if !lines.is_empty() {
            // It fails once nobody reads, which `closed` tells.
            let _ = self.chunks.send(Chunk::Lines(lines)).await;
        }
    }

    /// Writes a note of logrtc's own, on a line of standard error.
    pub(super) async fn note(&self, note: &str) {
        let _ = self.chunks.send(Chunk::Note(format!("logrtc: {note}\n"))).await;
    }

    /// Returns once nothing can be written any more.
    pub(super) async fn closed(&self) {
        self.chunks.closed().await;
    }

    /// Writes what is waiting. A pipe that nobody reads any more is no error.
    pub(super) async fn finish(self) -> io::Result<()> {
        drop(self.chunks);
        // The thread may be held up by who does not read.
        let joined = tokio::task::spawn_blocking(|| self.thread.join()).await.map_err(io::Error::other)?;
        joined.unwrap_or_else(|_| Err(io::Error::other("the thread that writes panicked")))
    }
}

fn write(runtime: &tokio::runtime::Handle, mut chunks: mpsc::Receiver<Chunk>, is_coloured: bool) -> io::Result<()> {
    let stdout = io::stdout();
    // Where a console does not know colours as text, this sets them in its way.
    let mut out: Box<dyn Write> =
        if is_coloured { Box::new(anstream::AutoStream::always(stdout)) } else { Box::new(stdout) };
    let written = write_all(runtime, &mut chunks, &mut out);
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

fn write_all(
    runtime: &tokio::runtime::Handle,
    chunks: &mut mpsc::Receiver<Chunk>,
    out: &mut dyn Write,
) -> io::Result<()> {
    loop {
        let next = runtime.block_on(async { timeout(LOOK_INTERVAL, chunks.recv()).await });
        let mut next = match next {
            Ok(Some(chunk)) => Some(chunk),
            Ok(None) => return Ok(()),
            Err(_) if is_reader_gone() => return Ok(()),
            Err(_) => continue,
        };
        let mut lines = String::new();
        let mut note = None;
        while let Some(chunk) = next {
            match chunk {
                Chunk::Lines(more) if lines.is_empty() => lines = more,
                Chunk::Lines(more) => lines.push_str(&more),
                Chunk::Note(text) => note = Some(text),
            }
            next = if note.is_none() && lines.len() < WRITE_BYTES { chunks.try_recv().ok() } else { None };
        }
        out.write_all(lines.as_bytes())?;
        out.flush()?;
        if let Some(note) = note {
            // Without standard error there is nobody to tell.
            let _ = io::stderr().write_all(note.as_bytes());
        }
    }
}

/// Whether standard output is a pipe that nobody reads any more: its end is noticed even if nothing is logged.
#[cfg(unix)]
fn is_reader_gone() -> bool {
    use rustix::event::{PollFd, PollFlags, poll};
    let stdout = io::stdout();
    let mut fds = [PollFd::new(&stdout, PollFlags::empty())];
    let no_time = rustix::event::Timespec { tv_sec: 0, tv_nsec: 0 };
    poll(&mut fds, Some(&no_time)).is_ok_and(|ready| ready > 0) && fds[0].revents().contains(PollFlags::ERR)
}

#[cfg(not(unix))]
fn is_reader_gone() -> bool {
    false
}
