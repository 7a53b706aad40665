//! A program of the system that reads a log for the server.

use std::collections::BTreeSet;
use std::io;
use std::process::Stdio;
use std::sync::Mutex;

use logrtc::binding::printable;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};

use crate::bridge::Lines;
use crate::cli::console::say;

/// Different things that are said of one program until it works again.
const MAX_SAID: usize = 16;

/// A program, and what was said of it.
#[derive(Debug)]
pub(super) struct Tool {
    option: &'static str,
    program: &'static str,
    /// Where the program comes from.
    origin: &'static str,
    said: Mutex<BTreeSet<String>>,
}

impl Tool {
    pub(super) fn journalctl() -> Self {
        Self::new("--journald", "journalctl", "it is part of systemd")
    }

    pub(super) fn docker() -> Self {
        Self::new("--docker", "docker", "install the client of Docker")
    }

    fn new(option: &'static str, program: &'static str, origin: &'static str) -> Self {
        Self { option, program, origin, said: Mutex::default() }
    }

    /// Checks that it can be run.
    ///
    /// # Errors
    /// The option that needs it, and why it cannot.
    pub(super) async fn check(&self) -> io::Result<()> {
        match self.command(&["--version".into()]).output().await {
            Ok(_) => Ok(()),
            Err(error) => {
                let Self { option, program, origin, .. } = self;
                Err(io::Error::new(error.kind(), format!("{option}: cannot run {program}: {error}; {origin}")))
            }
        }
    }

    /// A command of it. The process ends when what `spawn` or `output` returns is dropped.
    pub(super) fn command(&self, arguments: &[String]) -> Command {
        let mut command = Command::new(self.program);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        // Ctrl-C is for the server, which ends the command in its order.
        #[cfg(unix)]
        command.process_group(0);
        command
    }

    /// Starts a command. Why it cannot is said.
    pub(super) fn start(&self, arguments: &[String]) -> Option<Child> {
        let started = self.command(arguments).spawn();
        started.inspect_err(|error| self.say(&format!("cannot be run: {error}"))).ok()
    }

    /// Says each line of a standard error, until its end.
    pub(super) async fn say_all(&self, mut stream: impl AsyncRead + Unpin) {
        let (mut lines, mut buffer) = (Lines::default(), [0; 4096]);
        while let Ok(read @ 1..) = stream.read(&mut buffer).await {
            lines.push(&buffer[..read], |line| self.say(&String::from_utf8_lossy(line)));
        }
        lines.finish(|line| self.say(&String::from_utf8_lossy(line)));
    }

    /// Says it on standard error, unless it was said since the program last worked.
    pub(super) fn say(&self, text: &str) {
        let text = printable(text);
        let mut said = self.said.lock().expect("nothing panics while it tells");
        if !text.is_empty() && said.len() < MAX_SAID && said.insert(text.clone()) {
            say(format_args!("{}: {text}", self.program));
        }
    }

    /// The program works: trouble from now on is said again.
    pub(super) fn works(&self) {
        self.said.lock().expect("nothing panics while it tells").clear();
    }
}
