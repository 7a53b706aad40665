//! What a program without any logging prints on its standard error.
//!
//! Each test runs itself again, as that program.

#![allow(clippy::unwrap_used)]

use std::process::Command;
use std::time::Duration;

use logrtc::{Config, Producer};

const INSIDE: &str = "LOGRTC_TEST_INSIDE_PROGRAM";

/// A program that nobody serves. Returns the lines of logrtc on its standard error.
fn program(test: &str, diagnostics: Option<&str>) -> Option<Vec<String>> {
    if std::env::var_os(INSIDE).is_some() {
        let config = Config::for_program().url("ws://127.0.0.1:9/signaling").ice_servers([]);
        let producer =
            Producer::connect(config.reconnect_interval(Duration::from_millis(10)).build().unwrap()).unwrap();
        producer.info("app", "hi");
        std::thread::sleep(Duration::from_millis(200));
        producer.close(Duration::from_secs(2)).unwrap();
        return None;
    }
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]).env(INSIDE, "1").env_remove("LOGRTC_DIAGNOSTICS");
    if let Some(value) = diagnostics {
        command.env("LOGRTC_DIAGNOSTICS", value);
    }
    let output = command.output().unwrap();
    assert!(output.status.success());
    let stderr = String::from_utf8(output.stderr).unwrap();
    Some(stderr.lines().filter(|line| line.starts_with("logrtc: ")).map(str::to_owned).collect())
}

#[test]
fn one_warning_says_why_nothing_is_shown() {
    let Some(lines) = program("one_warning_says_why_nothing_is_shown", None) else { return };
    assert_eq!(lines.len(), 1, "{lines:?}");
    // The name of the program is that of this test.
    assert!(lines[0].starts_with("logrtc: WARN: standard_error-"), "{lines:?}");
    assert!(lines[0].contains("ws://127.0.0.1:9/signaling: Connection refused"), "{lines:?}");
}

#[test]
fn the_environment_asks_for_every_diagnostic() {
    let Some(lines) = program("the_environment_asks_for_every_diagnostic", Some("1")) else { return };
    let warnings = lines.iter().filter(|line| line.contains("WARN: ")).count();
    assert_eq!(warnings, 1, "{lines:?}");
    assert!(lines.iter().filter(|line| line.contains("DEBUG: no signaling connection")).count() > 5, "{lines:?}");
}

#[test]
fn the_environment_can_say_no() {
    let Some(lines) = program("the_environment_can_say_no", Some("0")) else { return };
    assert_eq!(lines.len(), 1, "{lines:?}");
}
