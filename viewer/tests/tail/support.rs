//! A server, producers, and `logrtc tail` as a process of its own.

use std::net::{Ipv4Addr, SocketAddr};
use std::os::fd::OwnedFd;
use std::process::Stdio;
use std::time::Duration;

use logrtc::{Config, ConfigBuilder, Producer};
use logrtc_viewer::{Options, Server};
use serde_json::Value;
use tokio::process::{Child, Command};

pub(crate) use crate::lines::{DEADLINE, Lines};

/// How long both sides may take to notice that a path is lost and to find each other again: they are patient for 20 s.
pub(crate) const RESUME_DEADLINE: Duration = Duration::from_secs(90);

pub(crate) async fn server_at(address: SocketAddr) -> Server {
    Server::start(Options::new(address)).await.unwrap()
}

pub(crate) async fn server() -> Server {
    server_at((Ipv4Addr::LOCALHOST, 0).into()).await
}

pub(crate) fn producer(url: &str, client_id: &str) -> Producer {
    Producer::connect(config(url, client_id).build().unwrap()).unwrap()
}

pub(crate) fn config(url: &str, client_id: &str) -> ConfigBuilder {
    let interval = Duration::from_millis(200);
    Config::builder(client_id).url(url).ice_servers([]).environment(false).reconnect_interval(interval)
}

/// Waits until the producer has a consumer.
pub(crate) async fn consumed(producer: &Producer) {
    let producer = producer.clone();
    let has = tokio::task::spawn_blocking(move || producer.wait_for_consumer(DEADLINE)).await.unwrap();
    assert!(has, "a consumer comes");
}

pub(crate) async fn close(producer: Producer) {
    tokio::task::spawn_blocking(move || producer.close(DEADLINE)).await.unwrap().unwrap();
}

/// A running `logrtc tail`. It is killed if it is dropped.
pub(crate) struct Tail {
    pub(crate) child: Child,
    pub(crate) out: Lines,
    pub(crate) err: Lines,
}

pub(crate) fn signal(child: &Child, signal: rustix::process::Signal) {
    let pid = i32::try_from(child.id().expect("it runs")).unwrap();
    rustix::process::kill_process(rustix::process::Pid::from_raw(pid).unwrap(), signal).unwrap();
}

pub(crate) fn command(arguments: &[&str]) -> Command {
    plain_command(&[&["tail"], arguments].concat())
}

/// The program with these arguments, in an environment that says nothing to it.
pub(crate) fn plain_command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_logrtc"));
    command.args(arguments).kill_on_drop(true).stdin(Stdio::null());
    for name in ["LOGRTC_URL", "LOGRTC_TOKEN", "LOGRTC_SECRET", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(name);
    }
    command.env("TERM", "xterm").env("TZ", "UTC");
    command
}

impl Tail {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::spawn(command(arguments))
    }

    pub(crate) fn spawn(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (out, err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        Self { child, out: Lines::of(out), err: Lines::of(err) }
    }

    /// On a terminal of its own.
    pub(crate) fn on_terminal(mut command: Command) -> Self {
        use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap();
        let slave = std::fs::OpenOptions::new().read(true).write(true).open(name.to_str().unwrap()).unwrap();
        let mut child = command.stdout(OwnedFd::from(slave)).stderr(Stdio::piped()).spawn().unwrap();
        drop(command);
        let master = tokio::fs::File::from_std(std::fs::File::from(master));
        let err = Lines::of(child.stderr.take().unwrap());
        Self { child, out: Lines::of(master), err }
    }

    pub(crate) fn signal(&self, to_send: rustix::process::Signal) {
        signal(&self.child, to_send);
    }

    pub(crate) async fn status(&mut self) -> i32 {
        tokio::time::timeout(DEADLINE, self.child.wait()).await.expect("it ends").unwrap().code().expect("by itself")
    }

    /// Runs to its end and returns everything: status, lines, notes.
    pub(crate) async fn run(arguments: &[&str]) -> (i32, Vec<String>, Vec<String>) {
        let output = tokio::time::timeout(DEADLINE, command(arguments).output()).await.expect("it ends").unwrap();
        let lines = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap().lines().map(str::to_owned).collect();
        (output.status.code().expect("by itself"), lines(&output.stdout), lines(&output.stderr))
    }
}

pub(crate) fn messages(lines: &[String]) -> Vec<String> {
    let message = |line: &String| {
        let entry: Value = serde_json::from_str(line).expect("a line is JSON");
        entry["message"].as_str().expect("it is text").to_owned()
    };
    lines.iter().map(message).collect()
}
