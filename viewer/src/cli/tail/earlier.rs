//! With `-n`, a producer sends only the last entries of its history. Those before them may have been logged after this
//! program began, as where the producer began later; then they are no history, and are fetched. No I/O.

use std::ops::Range;

/// What arrives during a fetch is held back, up to so much; beyond it, the order of entries gives way.
const MAX_LATER_BYTES: usize = 8 * 1024 * 1024;

/// The entries of one channel before those that it began with.
#[derive(Debug)]
pub(super) enum Earlier {
    /// Nothing has arrived that says how old they are.
    Unknown(Range<u64>),
    /// Those that are recent are being fetched.
    Fetching {
        id: u64,
        /// The lines of what arrives meanwhile; none if they were too many.
        later: Option<String>,
    },
}

impl Earlier {
    pub(super) fn fetching(id: u64) -> Self {
        Self::Fetching { id, later: Some(String::new()) }
    }

    pub(super) fn is_fetch(&self, id: u64) -> bool {
        matches!(self, Self::Fetching { id: own, .. } if *own == id)
    }

    /// Takes the line of an entry that is not one of them.
    pub(super) fn line(&mut self, line: &str, out: &mut String) {
        let Self::Fetching { later, .. } = self else { return out.push_str(line) };
        match later {
            None => out.push_str(line),
            Some(lines) => {
                lines.push_str(line);
                if lines.len() > MAX_LATER_BYTES {
                    out.push_str(&later.take().unwrap_or_default());
                }
            }
        }
    }

    /// They have all arrived.
    pub(super) fn end(self, out: &mut String) {
        if let Self::Fetching { later: Some(later), .. } = self {
            out.push_str(&later);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_during_a_fetch_comes_behind_it_unless_it_is_too_much() {
        let mut out = String::new();
        let mut earlier = Earlier::Unknown(0..4);
        earlier.line("a", &mut out);
        assert!(!earlier.is_fetch(1));
        earlier = Earlier::fetching(1);
        assert!(earlier.is_fetch(1) && !earlier.is_fetch(2));
        earlier.line("b", &mut out);
        assert_eq!(out, "a");
        earlier.end(&mut out);
        assert_eq!(out, "ab");

        let mut earlier = Earlier::fetching(1);
        let long = "x".repeat(MAX_LATER_BYTES);
        earlier.line(&long, &mut out);
        assert_eq!(out, "ab");
        earlier.line("c", &mut out);
        earlier.line("d", &mut out);
        assert_eq!(out, format!("ab{long}cd"));
    }
}
