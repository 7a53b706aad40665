//! `logrtc run`: the output of a program as a log.

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use clap::Args;
use logrtc::{Overflow, Producer};
use tokio::process::{Child, Command};
use tokio::sync::watch;
use tokio::time::timeout;

use super::console::say;
use super::signals::Signals;
use super::source::{self, ENVIRONMENT, Source, SourceArgs};

/// The exit statuses of a shell for a program that is not there, and for one that cannot be run.
const NOT_FOUND: u8 = 127;
const NOT_EXECUTABLE: u8 = 126;

/// How long the last output may take after a signal that ends the program.
const STOP_TIMEOUT: Duration = Duration::from_secs(2);

const EXAMPLES: &str = "\
Examples:
  logrtc run -- ./app --port 80                 its output in the log page, and where it went before
  logrtc run --client-id build -- make -j8
  logrtc run -- docker logs -f api
  logrtc run --no-tee -- ./noisy                in the log page alone

Each line is an entry, as with `logrtc pipe`; lines of standard error have the field stream=stderr. A program that is not
run on a terminal may write its output late and without colours: its own options change that (PYTHONUNBUFFERED=1,
FORCE_COLOR=1, stdbuf -oL).

Signals go on to the program. The exit status is the program's: 128 and the signal's number if a signal ended it, 127 if
it is not found, 126 if it cannot be run.";

#[derive(Debug, Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{ENVIRONMENT}"))]
pub(super) struct RunArgs {
    #[command(flatten)]
    source: SourceArgs,
    /// The program, and its arguments.
    #[arg(value_name = "COMMAND", required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<OsString>,
}

impl RunArgs {
    /// Runs the program to its end. Returns the exit status.
    ///
    /// # Errors
    /// Why signals or the program's streams cannot be read.
    pub(super) async fn run(self) -> io::Result<u8> {
        let name = Path::new(&self.command[0]).file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let producer = match self.source.connect(&name, Overflow::DropOldest) {
            Ok(producer) => producer,
            Err(problem) => return Ok(super::wrong_usage(&problem)),
        };
        // Before the program starts, so that none is missed.
        let signals = Signals::new()?;
        let status = match self.start() {
            Ok(child) => self.follow(child, &producer, &name, signals).await?,
            Err(error) => {
                say(format_args!("{}: {error}", self.command[0].to_string_lossy()));
                if error.kind() == io::ErrorKind::NotFound { NOT_FOUND } else { NOT_EXECUTABLE }
            }
        };
        source::close(producer).await;
        Ok(status)
    }

    fn start(&self) -> io::Result<Child> {
        let mut command = Command::new(&self.command[0]);
        command.args(&self.command[1..]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()
    }

    async fn follow(&self, mut child: Child, producer: &Producer, name: &str, mut signals: Signals) -> io::Result<u8> {
        let out = child.stdout.take().expect("it is piped");
        let err = child.stderr.take().expect("it is piped");
        let tees = self.source.tees(true);
        let (ended, _) = watch::channel(false);
        let copy_out = Source::new(producer, name, None).copy(out, tees.then(tokio::io::stdout), ended_by(&ended));
        let copy_err =
            Source::new(producer, name, Some("stderr")).copy(err, tees.then(tokio::io::stderr), ended_by(&ended));
        let copies = async { tokio::join!(copy_out, copy_err) };
        tokio::pin!(copies);
        let mut copied = None;
        let mut is_stopped = false;
        let status = loop {
            tokio::select! {
                status = child.wait() => break status?,
                done = &mut copies, if copied.is_none() => copied = Some(done),
                signal = signals.next() => {
                    is_stopped |= signal.is_to_end();
                    signal.pass_to(&child);
                }
            }
        };
        // A process that it left behind may hold its streams open.
        ended.send_replace(true);
        let (out, err) = match copied {
            Some(copied) => copied,
            // What reads the copy may have stopped.
            None if is_stopped => timeout(STOP_TIMEOUT, copies).await.unwrap_or((Ok(()), Ok(()))),
            None => copies.await,
        };
        out.and(err)?;
        Ok(exit_status(status))
    }
}

/// Waits until the program has ended.
async fn ended_by(ended: &watch::Sender<bool>) {
    let mut ended = ended.subscribe();
    // The sender outlives everybody who waits.
    let _ = ended.wait_for(|ended| *ended).await;
}

fn exit_status(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return u8::try_from(128 + signal).unwrap_or(u8::MAX);
    }
    status.code().and_then(|code| u8::try_from(code & 0xff).ok()).unwrap_or(1)
}
