//! Lines that belong together: the stack trace behind the line that reports it. Told the time.

use std::time::{Duration, Instant};

use logrtc::Level;

use super::line::Line;

/// How long a line waits for the ones that belong to it.
pub(crate) const PATIENCE: Duration = Duration::from_millis(100);

/// A trace is not longer than this; what follows is an entry of its own.
const MAX_BYTES: usize = 60 * 1024;

/// Beginnings of lines that go on with an error or its trace, although they are not indented.
const CONTINUATIONS: [&str; 9] = [
    "Caused by:",
    "Traceback (most recent call last):",
    "During handling of the above exception",
    "The above exception was the direct cause",
    "note: run with `RUST_BACKTRACE",
    "stack backtrace:",
    "goroutine ",
    "[signal ",
    "created by ",
];

/// Joins lines of one stream.
#[derive(Debug, Default)]
pub(crate) struct Joiner {
    waiting: Option<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    line: Line,
    since: Instant,
    /// Whether the next line belongs to it whatever it is: the exception below Python's frames, the message below Rust's place.
    takes_next: bool,
    /// Whether an empty line followed, which is part of it only if the trace goes on.
    blank: bool,
}

impl Joiner {
    /// Takes a line of text as it was written, and what it says. Returns the lines that are complete.
    pub(crate) fn push(&mut self, text: &str, line: Line, now: Instant) -> impl Iterator<Item = Line> {
        let mut complete = [None, None];
        if text.trim().is_empty() && line.is_text {
            // An empty line is no entry; within a trace it stays.
            if let Some(waiting) = &mut self.waiting {
                waiting.blank = true;
            }
            return complete.into_iter().flatten();
        }
        if let Some(waiting) = &mut self.waiting
            && waiting.goes_on(text, &line)
        {
            waiting.add(text, now);
            return complete.into_iter().flatten();
        }
        complete[0] = self.finish();
        if line.is_text {
            let takes_next = line.message.starts_with("thread '") && line.message.contains("panicked at");
            self.waiting = Some(Waiting { line, since: now, takes_next, blank: false });
        } else {
            complete[1] = Some(line);
        }
        complete.into_iter().flatten()
    }

    /// When the line that waits is complete, if nothing follows.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.waiting.as_ref().map(|waiting| waiting.since + PATIENCE)
    }

    /// The line that waits: nothing follows.
    pub(crate) fn finish(&mut self) -> Option<Line> {
        self.waiting.take().map(|waiting| waiting.line)
    }
}

impl Waiting {
    fn goes_on(&self, text: &str, line: &Line) -> bool {
        if !line.is_text || self.line.message.len() + text.len() + 2 > MAX_BYTES {
            return false;
        }
        self.takes_next
            || text.starts_with([' ', '\t'])
            || self.line.level == Some(Level::Error)
                && CONTINUATIONS.iter().any(|beginning| text.starts_with(beginning))
            || self.is_go_trace() && (text.ends_with(')') || text.starts_with("exit status"))
    }

    fn is_go_trace(&self) -> bool {
        self.line.message.contains("\ngoroutine ")
    }

    fn add(&mut self, text: &str, now: Instant) {
        self.since = now;
        if std::mem::take(&mut self.blank) {
            self.line.message.push('\n');
        }
        let is_frame = text.starts_with([' ', '\t']);
        let is_python = self.line.message.contains("Traceback (most recent call last):");
        // Python's exception stands below its frames, and is not indented.
        self.takes_next = is_frame && is_python;
        if is_frame && text.trim_start().starts_with("at ") {
            self.line.level.get_or_insert(Level::Error);
        }
        self.line.message.push('\n');
        self.line.message.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(text: &str) -> Vec<Line> {
        let (mut joiner, mut all) = (Joiner::default(), Vec::new());
        let now = Instant::now();
        for line in text.lines() {
            all.extend(joiner.push(line, Line::read(line), now));
        }
        all.extend(joiner.finish());
        all
    }

    fn messages(text: &str) -> Vec<String> {
        joined(text).into_iter().map(|line| line.message).collect()
    }

    #[test]
    fn a_trace_belongs_to_the_line_that_reports_it() {
        for trace in [
            "Traceback (most recent call last):\n  File \"a.py\", line 1, in <module>\n    f()\nValueError: bad",
            "Traceback (most recent call last):\n  File \"a.py\", line 1, in f\n    g()\nKeyError: 1\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File \"a.py\", line 2, in f\n    h()\nValueError: bad",
            "TypeError: x is not a function\n    at f (a.js:1:2)\n    at node:internal/main:3",
            "Exception in thread \"main\" java.lang.RuntimeException: a\n\tat A.main(A.java:1)\nCaused by: java.io.IOException: b\n\tat B.f(B.java:2)\n\t... 1 more",
            "thread 'main' panicked at src/main.rs:2:5:\nno such thing\nnote: run with `RUST_BACKTRACE=1` environment variable to display a backtrace",
            "panic: boom\n\ngoroutine 1 [running]:\nmain.f(0x1)\n\t/tmp/a.go:5 +0x18\nmain.main()\n\t/tmp/a.go:9 +0x18\nexit status 2",
        ] {
            let text = format!("before\n{trace}\nINFO after");
            assert_eq!(messages(&text), ["before", trace, "after"]);
            assert_eq!(joined(trace)[0].level, Some(Level::Error), "{trace}");
        }
    }

    #[test]
    fn other_lines_stay_apart() {
        assert_eq!(messages("one\ntwo\n\nthree"), ["one", "two", "three"]);
        assert_eq!(messages("{\"msg\":\"a\"}\n{\"msg\":\"b\"}"), ["a", "b"]);
    }

    #[test]
    fn a_line_waits_for_a_moment_only() {
        let mut joiner = Joiner::default();
        let now = Instant::now();
        assert_eq!(joiner.push("one", Line::read("one"), now).count(), 0);
        assert_eq!(joiner.deadline(), Some(now + PATIENCE));
        assert_eq!(joiner.finish().unwrap().message, "one");
        assert_eq!(joiner.deadline(), None);
    }

    #[test]
    fn a_trace_without_an_end_is_cut() {
        let text = format!("Error: x\n{}", "    at f (a.js:1:2)\n".repeat(10_000));
        let all = messages(&text);
        assert!(all.len() > 1 && all.iter().all(|message| message.len() <= MAX_BYTES));
    }
}
