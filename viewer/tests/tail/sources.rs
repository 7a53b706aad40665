//! `logrtc run` and `logrtc pipe`: other programs' output, read by `logrtc tail`.

use std::process::{Output, Stdio};
use std::time::Duration;

use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use crate::support::{DEADLINE, Tail, close, consumed, messages, plain_command, producer, server, signal};

/// A server, and `logrtc tail` that is there before any program, and has nothing yet.
async fn reader() -> (logrtc_viewer::Server, String, Tail) {
    let server = server().await;
    let url = server.signaling_url();
    let tail = Tail::start(&[&url, "--json"]);
    let silent = producer(&url, "silent");
    consumed(&silent).await;
    close(silent).await;
    (server, url, tail)
}

async fn entries(tail: &Tail, count: usize) -> Vec<Value> {
    let lines = tail.out.until("entries", |lines| lines.len() >= count).await;
    lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect()
}

async fn run(arguments: &[&str]) -> Output {
    timeout(DEADLINE, plain_command(arguments).output()).await.expect("it ends").unwrap()
}

#[tokio::test]
async fn a_program_is_shown_as_it_is_and_its_status_is_passed_on() {
    let (server, url, tail) = reader().await;
    let script =
        r#"echo 'INFO listening'; echo '{"level":"warn","msg":"slow","ms":12}'; printf 'no line end' ; exit 7"#;
    let output = run(&["run", "--url", &url, "--client-id", "shop", "--", "sh", "-c", script]).await;
    assert_eq!(output.status.code(), Some(7));
    let copied = "INFO listening\n{\"level\":\"warn\",\"msg\":\"slow\",\"ms\":12}\nno line end";
    assert_eq!(String::from_utf8(output.stdout).unwrap(), copied);
    let all = entries(&tail, 3).await;
    let seen: Vec<_> = all.iter().map(|entry| (&entry["level"], &entry["target"], &entry["message"])).collect();
    assert_eq!(
        json!(seen),
        json!([["INFO", "sh", "listening"], ["WARN", "sh", "slow"], ["INFO", "sh", "no line end"]])
    );
    assert_eq!(all[1]["fields"], json!({"ms": 12}));
    server.stop().await;
}

#[tokio::test]
async fn standard_error_is_told_apart_and_a_trace_is_one_entry() {
    let (server, url, tail) = reader().await;
    let script =
        "echo out; printf 'Traceback (most recent call last):\\n  File \"a.py\", line 1\\nValueError: bad\\n' >&2";
    let output = run(&["run", "--url", &url, "--no-tee", "--", "sh", "-c", script]).await;
    assert_eq!((output.status.code(), output.stdout.len(), output.stderr.len()), (Some(0), 0, 0), "no copy");
    let all = entries(&tail, 2).await;
    let trace = all.iter().find(|entry| entry["fields"]["stream"] == "stderr").unwrap();
    assert_eq!(trace["message"], "Traceback (most recent call last):\n  File \"a.py\", line 1\nValueError: bad");
    assert_eq!(trace["level"], "ERROR");
    assert!(all.iter().any(|entry| entry["message"] == "out" && entry["fields"].is_null()), "{all:?}");
    server.stop().await;
}

#[tokio::test]
async fn a_signal_reaches_the_program_whose_last_line_is_delivered() {
    let (server, url, tail) = reader().await;
    let script = "trap 'echo bye; exit 3' TERM; echo ready; while :; do sleep 0.05; done";
    let mut command = plain_command(&["run", "--url", &url, "--", "sh", "-c", script]);
    let mut child = command.stdout(Stdio::null()).spawn().unwrap();
    tail.out.has("ready").await;
    signal(&child, Signal::TERM);
    let status = timeout(DEADLINE, child.wait()).await.expect("it ends").unwrap();
    assert_eq!(status.code(), Some(3));
    tail.out.has("bye").await;
    server.stop().await;
}

#[tokio::test]
async fn ends_are_those_of_a_shell() {
    let status = async |command: &[&str]| {
        let arguments = [&["run", "--url", "ws://127.0.0.1:1/signaling", "--"], command].concat();
        run(&arguments).await.status.code()
    };
    assert_eq!(status(&["sh", "-c", "kill -9 $$"]).await, Some(128 + 9));
    assert_eq!(status(&["no-such-program"]).await, Some(127));
    assert_eq!(status(&["/etc/passwd"]).await, Some(126));
    assert_eq!(run(&["run", "--url", "ftp://host", "--", "true"]).await.status.code(), Some(2));
    assert_eq!(run(&["run"]).await.status.code(), Some(2));
}

#[tokio::test]
async fn a_process_that_is_left_behind_does_not_hold_the_end_up() {
    let (server, url, tail) = reader().await;
    let started = std::time::Instant::now();
    let output = run(&["run", "--url", &url, "--", "sh", "-c", "sleep 60 & printf last"]).await;
    assert_eq!(output.status.code(), Some(0));
    assert!(started.elapsed() < Duration::from_secs(30), "{:?}", started.elapsed());
    tail.out.has("last").await;
    server.stop().await;
}

#[tokio::test]
async fn json_that_no_reader_takes_is_logged_as_text() {
    let (server, url, tail) = reader().await;
    let deep = format!(r#"{{"msg":"deep","list":{}{}}}"#, "[".repeat(200), "]".repeat(200));
    let script = format!(r#"printf '%s\n' '{{"msg":"half","s":"\ud83d"}}' '{{"msg":"large","n":1e999}}' '{deep}'"#);
    assert_eq!(run(&["run", "--url", &url, "--", "sh", "-c", &script]).await.status.code(), Some(0));
    let all = entries(&tail, 3).await;
    assert_eq!(all[0]["message"], "half");
    assert_eq!(all[1]["fields"], json!({"invalid_json": "{\"n\":1e999}"}));
    assert!(all[2].to_string().contains("[[["), "{}", all[2]);
    server.stop().await;
}

#[tokio::test]
async fn a_pipe_is_read_to_its_end_and_copied() {
    let (server, url, tail) = reader().await;
    let mut command = plain_command(&["pipe", "--url", &url, "--client-id", "nginx", "--tee"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let lines: String = (0..5000).map(|number| format!("level=info msg=\"line {number}\" number={number}\n")).collect();
    let written = lines.clone();
    let writing = tokio::spawn(async move { input.write_all(written.as_bytes()).await.unwrap() });
    let mut copied = String::new();
    child.stdout.take().unwrap().read_to_string(&mut copied).await.unwrap();
    writing.await.unwrap();
    assert_eq!(copied, lines);
    assert_eq!(timeout(DEADLINE, child.wait()).await.expect("it ends").unwrap().code(), Some(0));
    let all = tail.out.until("entries", |lines| lines.len() >= 5000).await;
    let expected: Vec<_> = (0..5000).map(|number| format!("line {number}")).collect();
    assert_eq!(messages(&all), expected);
    server.stop().await;
}

#[tokio::test]
async fn a_line_is_shown_at_once_while_the_pipe_stays_open() {
    let (server, url, tail) = reader().await;
    let mut command = plain_command(&["pipe", "--url", &url]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"first\n").await.unwrap();
    tail.out.has("first").await;
    input.write_all(b"second\n").await.unwrap();
    tail.out.has("second").await;
    input.write_all(b"no line end").await.unwrap();
    signal(&child, Signal::INT);
    assert_eq!(timeout(DEADLINE, child.wait()).await.expect("it ends").unwrap().code(), Some(0));
    tail.out.has("no line end").await;
    server.stop().await;
}

#[tokio::test]
async fn a_program_that_is_not_logged_keeps_its_output() {
    let (server, url, tail) = reader().await;
    let mut command = plain_command(&["run", "--url", &url, "--", "sh", "-c", "echo out; echo err >&2"]);
    let output = timeout(DEADLINE, command.env("LOGRTC_DISABLED", "1").output()).await.expect("it ends").unwrap();
    assert_eq!((output.stdout.as_slice(), output.stderr.as_slice()), (&b"out\n"[..], &b"err\n"[..]));
    assert_eq!(run(&["run", "--url", &url, "--", "echo", "logged"]).await.stdout, b"logged\n");
    assert_eq!(messages(&tail.out.until("entries", |lines| !lines.is_empty()).await), ["logged"]);
    server.stop().await;
}

/// As without logrtc: the program gets SIGPIPE.
#[tokio::test]
async fn a_program_whose_output_nobody_reads_any_more_ends() {
    for command in
        [&["run", "--url", "ws://127.0.0.1:1/", "--", "yes"][..], &["pipe", "--url", "ws://127.0.0.1:1/", "--tee"]]
    {
        let mut child = plain_command(command).stdin(endless()).stdout(Stdio::piped()).spawn().unwrap();
        let mut out = child.stdout.take().unwrap();
        out.read_exact(&mut [0; 2]).await.unwrap();
        drop(out);
        let status = timeout(DEADLINE, child.wait()).await.expect("it ends").unwrap();
        assert_eq!(status.code(), Some(if command[0] == "run" { 128 + 13 } else { 0 }));
    }
}

#[tokio::test]
async fn a_flood_of_lines_does_not_hold_up_its_end() {
    let mut command = plain_command(&["run", "--url", "ws://127.0.0.1:1/", "--", "yes"]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut out = child.stdout.take().unwrap();
    out.read_exact(&mut vec![0; 1 << 20]).await.unwrap();
    // Nobody reads the rest, but the pipe stays open.
    signal(&child, Signal::TERM);
    let status = timeout(DEADLINE, child.wait()).await.expect("it ends").unwrap();
    assert_eq!(status.code(), Some(128 + 15));
    drop(out);
}

/// Standard input that has no end.
fn endless() -> Stdio {
    std::fs::File::open("/dev/zero").unwrap().into()
}
