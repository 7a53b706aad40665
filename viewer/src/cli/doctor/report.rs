//! What `logrtc doctor` found, one line a check.

use std::fmt::Write as _;
use std::io;

use logrtc::binding::printable;
use serde::Serialize;

use crate::cli::console::print_line;

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    Ok,
    /// It works, and may not for others.
    Warning,
    Failed,
    /// It was not done, because an earlier one failed.
    Skipped,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    pub(super) check: &'static str,
    pub(super) outcome: Outcome,
    pub(super) found: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) advice: Option<String>,
}

impl Finding {
    pub(super) fn ok(check: &'static str, found: impl Into<String>) -> Self {
        Self { check, outcome: Outcome::Ok, found: found.into(), advice: None }
    }

    pub(super) fn warning(check: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { check, outcome: Outcome::Warning, found: found.into(), advice: Some(advice.into()) }
    }

    pub(super) fn failed(check: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { check, outcome: Outcome::Failed, found: found.into(), advice: Some(advice.into()) }
    }

    pub(super) fn skipped(check: &'static str, found: impl Into<String>) -> Self {
        Self { check, outcome: Outcome::Skipped, found: found.into(), advice: None }
    }

    /// As a person reads it: the outcome, the check, what was found; and below it what to do.
    fn to_text(&self) -> String {
        let outcome = match self.outcome {
            Outcome::Ok => "ok",
            Outcome::Warning => "warning",
            Outcome::Failed => "FAILED",
            Outcome::Skipped => "skipped",
        };
        let mut text = format!("{outcome:<8} {:<10} {}", self.check, printable(&self.found));
        if let Some(advice) = &self.advice {
            let _ = write!(text, "\n{:<8} {:<10} -> {}", "", "", printable(advice));
        }
        text
    }
}

/// Prints each finding when it is there.
#[derive(Debug)]
pub(super) struct Report {
    is_json: bool,
    has_failed: bool,
    /// The first failure of printing; after it, nothing is printed.
    printed: io::Result<()>,
}

impl Report {
    pub(super) fn new(is_json: bool) -> Self {
        Self { is_json, has_failed: false, printed: Ok(()) }
    }

    pub(super) fn add(&mut self, finding: &Finding) {
        self.has_failed |= finding.outcome == Outcome::Failed;
        let text =
            if self.is_json { serde_json::to_string(finding).expect("texts are JSON") } else { finding.to_text() };
        if self.printed.is_ok() {
            self.printed = print_line(text);
        }
    }

    /// The exit status: 1 if a check failed.
    ///
    /// # Errors
    /// Why the findings could not be printed. A reader that takes no more of them is no error.
    pub(super) fn status(self) -> io::Result<u8> {
        match self.printed {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
            _ => Ok(self.has_failed.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_a_line_and_its_advice_another() {
        assert_eq!(Finding::ok("dns", "h is 192.0.2.1").to_text(), "ok       dns        h is 192.0.2.1");
        let failed = Finding::failed("tcp", "refused\u{1b}[31m\u{202e}\n", "start it");
        assert_eq!(
            failed.to_text(),
            "FAILED   tcp        refused\\u{1b}[31m\\u{202e}\n                    -> start it"
        );
        let json = serde_json::to_string(&failed).unwrap();
        assert!(json.starts_with(r#"{"check":"tcp","outcome":"failed","#) && json.ends_with(r#""advice":"start it"}"#));
        assert!(!serde_json::to_string(&Finding::skipped("x", "y")).unwrap().contains("advice"));
    }
}
