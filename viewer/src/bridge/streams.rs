//! Lines of several streams that come as one, as the services' of a journal: each stream's stack traces are joined by
//! themselves. Told the time.

use std::collections::HashMap;
use std::time::Instant;

use super::line::Line;
use super::stack::Joiner;

/// Streams whose last line may wait at once for what belongs to it.
const MAX_WAITING: usize = 1024;

/// Joins the lines of each stream.
#[derive(Debug, Default)]
pub(crate) struct Joiners(HashMap<String, Joiner>);

impl Joiners {
    /// Takes a line of text as it was written, and what it says. Returns the lines that are complete.
    pub(crate) fn push(&mut self, stream: String, text: &str, line: Line, now: Instant) -> Vec<Line> {
        let mut complete = if self.0.len() < MAX_WAITING { Vec::new() } else { self.finish() };
        complete.extend(self.0.entry(stream).or_default().push(text, line, now));
        complete
    }

    /// When the first line that waits is complete, if nothing follows.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.0.values().filter_map(Joiner::deadline).min()
    }

    /// The lines that have waited long enough.
    pub(crate) fn due(&mut self, now: Instant) -> Vec<Line> {
        let is_due = |joiner: &Joiner| joiner.deadline().is_none_or(|deadline| deadline <= now);
        self.0.extract_if(|_, joiner| is_due(joiner)).filter_map(|(_, mut joiner)| joiner.finish()).collect()
    }

    /// All lines that wait.
    pub(crate) fn finish(&mut self) -> Vec<Line> {
        self.0.drain().filter_map(|(_, mut joiner)| joiner.finish()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::stack::PATIENCE;
    use super::*;

    #[test]
    fn traces_of_two_streams_do_not_mix() {
        let (mut joiners, now) = (Joiners::default(), Instant::now());
        let mut complete = Vec::new();
        let lines = [("a", "Error: x"), ("b", "hello"), ("a", "    at f (a.js:1:2)"), ("b", "  indented")];
        for (stream, text) in lines {
            complete.extend(joiners.push(stream.to_owned(), text, Line::read(text), now));
        }
        assert!(complete.is_empty());
        assert_eq!(joiners.deadline(), Some(now + PATIENCE));
        assert!(joiners.due(now).is_empty());
        let mut messages: Vec<_> = joiners.due(now + PATIENCE).into_iter().map(|line| line.message).collect();
        messages.sort();
        assert_eq!(messages, ["hello\n  indented", "x\n    at f (a.js:1:2)"]);
        assert_eq!((joiners.deadline(), joiners.0.len()), (None, 0));
    }

    #[test]
    fn streams_that_wait_are_bounded_and_none_is_lost() {
        let (mut joiners, now) = (Joiners::default(), Instant::now());
        let mut complete = 0;
        for number in 0..MAX_WAITING * 2 + 1 {
            complete += joiners.push(number.to_string(), "x", Line::read("x"), now).len();
            assert!(joiners.0.len() <= MAX_WAITING);
        }
        assert_eq!(complete + joiners.finish().len(), MAX_WAITING * 2 + 1);
    }
}
