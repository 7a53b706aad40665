//! `serve --journald`, with a systemd-journald of its own: what services write is read by the real journalctl.

use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::Stdio;

use logrtc_test_support::in_namespace;
use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};

use crate::support::{DEADLINE, Program, command};

/// A place for the journal that is this test's alone.
const PREPARE: &str = "mount -t tmpfs tmpfs /run; mkdir -p /run/systemd/journal /run/log/journal
    if [ -d /var/log/journal ]; then mount -t tmpfs tmpfs /var/log/journal; fi";
const SOCKETS: [&str; 2] = ["/run/systemd/journal/socket", "/run/systemd/journal/stdout"];

async fn start_journald() -> Child {
    let program = ["/usr/lib/systemd/systemd-journald", "/lib/systemd/systemd-journald"].map(Path::new);
    let program =
        program.into_iter().find(|path| path.exists()).expect("systemd is on the machine: tools/ensure journal");
    let mut command = Command::new(program);
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true).spawn();
    let deadline = tokio::time::Instant::now() + DEADLINE;
    while !SOCKETS.iter().all(|socket| Path::new(socket).exists()) {
        assert!(tokio::time::Instant::now() < deadline, "journald listens");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    child.unwrap()
}

/// Writes to the journal as a service does, by its standard output.
async fn write(name: &str, text: &str) {
    let mut cat = Command::new("systemd-cat").args(["--identifier", name]).stdin(Stdio::piped()).spawn().unwrap();
    cat.stdin.take().unwrap().write_all(text.as_bytes()).await.unwrap();
    assert!(cat.wait().await.unwrap().success());
}

/// Writes to the journal by its own protocol: text, and a message that is none.
fn write_native(fields: &str, message: &[u8]) {
    let length = u64::try_from(message.len()).unwrap().to_le_bytes();
    let entry = [fields.as_bytes(), b"MESSAGE\n", &length, message, b"\n"].concat();
    UnixDatagram::unbound().unwrap().send_to(&entry, SOCKETS[0]).unwrap();
}

fn entries(lines: &[String]) -> Vec<Value> {
    lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect()
}

async fn until(tail: &Program, message: &str) -> Vec<Value> {
    let has = |lines: &[String]| entries(lines).iter().any(|entry| entry["message"] == message);
    entries(&tail.out.until(message, has).await)
}

fn of<'a>(all: &'a [Value], target: &str) -> Vec<&'a Value> {
    all.iter().filter(|entry| entry["target"] == target).collect()
}

/// The process that the server has started.
fn journalctl(server: &Program) -> i32 {
    let pid = server.child.id().unwrap();
    let children = std::fs::read_dir(format!("/proc/{pid}/task")).unwrap().flatten().filter_map(|task| {
        std::fs::read_to_string(task.path().join("children")).ok()?.split_whitespace().next()?.parse().ok()
    });
    children.into_iter().next().expect("it runs")
}

#[test]
fn the_journal_is_a_producer_and_nothing_comes_twice() {
    in_namespace("journald::the_journal_is_a_producer_and_nothing_comes_twice", PREPARE, || {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(the_journal());
    });
}

async fn the_journal() {
    let _journald = start_journald().await;
    write("shop", "before the server\n").await;
    let mut server = Program::serve(&["--listen", "0", "--journald"]);
    let url = server.url().await;
    let tail = Program::spawn(command(&["tail", "--json", &url]));
    let all = until(&tail, "before the server").await;
    assert!(of(&all, "shop")[0]["fields"]["_PID"].is_string(), "{all:?}");

    let trace = "Traceback (most recent call last):\n  File \"a.py\", line 1\nValueError: bad";
    write("shop", &format!("{{\"level\":\"warn\",\"msg\":\"slow\",\"ms\":12}}\n{trace}\n<2>disk full\n")).await;
    write_native("PRIORITY=5\nORDER=12\nSYSLOG_IDENTIFIER=native\n", b"one\ntwo\xff");
    let long = "x".repeat(10_000);
    write_native("PRIORITY=6\nSYSLOG_IDENTIFIER=native\n", long.as_bytes());
    let all = until(&tail, &long).await;
    let native = of(&all, "native");
    assert_eq!((&native[0]["level"], &native[0]["message"]), (&json!("INFO"), &json!("one\ntwo\u{fffd}")));
    assert_eq!((&native[0]["fields"]["ORDER"], &native[0]["fields"]["level_name"]), (&json!("12"), &json!("NOTICE")));
    let all = until(&tail, "disk full").await;
    let seen: Vec<_> = of(&all, "shop").into_iter().map(|entry| json!([entry["level"], entry["message"]])).collect();
    assert_eq!(
        seen,
        [
            json!(["INFO", "before the server"]),
            json!(["WARN", "slow"]),
            json!(["ERROR", trace]),
            json!(["ERROR", "disk full"])
        ]
    );

    // What reads the journal is started again, and goes on where it was.
    rustix::process::kill_process(rustix::process::Pid::from_raw(journalctl(&server)).unwrap(), Signal::KILL).unwrap();
    write("shop", "while nobody reads\n").await;
    server.err.has("journalctl: has ended (signal: 9 (SIGKILL)) and is started again").await;
    let all = until(&tail, "while nobody reads").await;
    let count = |message: &str| all.iter().filter(|entry| entry["message"] == message).count();
    assert_eq!((count("before the server"), count("disk full"), count("while nobody reads")), (1, 1, 1));

    let reader = journalctl(&server);
    server.signal(Signal::INT);
    assert_eq!(server.status().await, 0);
    let deadline = tokio::time::Instant::now() + DEADLINE;
    let command = format!("/proc/{reader}/cmdline");
    while std::fs::read_to_string(&command).is_ok_and(|command| command.contains("journalctl")) {
        assert!(tokio::time::Instant::now() < deadline, "it ends with the server");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }

    // Of one unit alone.
    write_native("OBJECT_SYSTEMD_UNIT=api.service\nSYSLOG_IDENTIFIER=x\n", b"of the unit");
    let server = Program::serve(&["--listen", "0", "--journald-unit", "api.service"]);
    let tail = Program::spawn(command_for(&server).await);
    let all = until(&tail, "of the unit").await;
    assert!(all.iter().all(|entry| entry["target"] == "api.service"), "{all:?}");
}

async fn command_for(server: &Program) -> Command {
    command(&["tail", "--json", &server.url().await])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_is_missing_is_an_error_at_the_start() {
    for (option, program) in [("--journald", "journalctl"), ("--docker", "docker")] {
        let mut command = command(&["serve", "--listen", "0", option]);
        command.env("PATH", "/nonexistent");
        let mut server = Program::spawn(command);
        assert_eq!(server.status().await, 1);
        server.err.has(&format!("{option}: cannot run {program}: ")).await;
        assert!(server.out.all().is_empty(), "it does not begin to serve");
    }
}
