//! Lines of a stream of bytes.

/// The longest line by default. The rest of a longer one is a line of its own, so that nothing is lost and memory is
/// bounded.
const MAX_LINE_BYTES: usize = 256 * 1024;

/// Takes bytes as they come, and gives lines.
#[derive(Debug)]
pub(crate) struct Lines {
    begun: Vec<u8>,
    max_bytes: usize,
}

impl Default for Lines {
    fn default() -> Self {
        Self::up_to(MAX_LINE_BYTES)
    }
}

impl Lines {
    /// Lines of at most `max_bytes`.
    pub(crate) fn up_to(max_bytes: usize) -> Self {
        Self { begun: Vec::new(), max_bytes }
    }

    /// Adds `bytes`, and calls `take` with each line that is complete, without its line end.
    pub(crate) fn push(&mut self, mut bytes: &[u8], mut take: impl FnMut(&[u8])) {
        while let Some(end) = memchr::memchr(b'\n', bytes) {
            self.begun.extend_from_slice(&bytes[..end]);
            self.give(&mut take);
            bytes = &bytes[end + 1..];
        }
        self.begun.extend_from_slice(bytes);
        while self.begun.len() > self.max_bytes {
            let rest = self.begun.split_off(boundary(&self.begun, self.max_bytes));
            self.give(&mut take);
            self.begun = rest;
        }
    }

    /// The stream is over: what has no line end is a line, too.
    pub(crate) fn finish(&mut self, mut take: impl FnMut(&[u8])) {
        if !self.begun.is_empty() {
            self.give(&mut take);
        }
    }

    fn give(&mut self, take: &mut impl FnMut(&[u8])) {
        take(self.begun.strip_suffix(b"\r").unwrap_or(&self.begun));
        self.begun.clear();
    }
}

/// The last place up to `most` at which no character is cut.
fn boundary(bytes: &[u8], most: usize) -> usize {
    let is_continuation = |at: usize| bytes[at] & 0b1100_0000 == 0b1000_0000;
    (most - 3..=most).rev().find(|&at| !is_continuation(at)).unwrap_or(most)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines_of(parts: &[&[u8]]) -> Vec<String> {
        let (mut lines, mut all) = (Lines::default(), Vec::new());
        for part in parts {
            lines.push(part, |line| all.push(String::from_utf8_lossy(line).into_owned()));
        }
        lines.finish(|line| all.push(String::from_utf8_lossy(line).into_owned()));
        all
    }

    #[test]
    fn lines_end_wherever_the_bytes_are_cut() {
        assert_eq!(lines_of(&[b"a\r\nb", b"c\n\nd"]), ["a", "bc", "", "d"]);
        assert_eq!(
            lines_of(&["gr\u{fc}n".as_bytes().split_at(3).0, "gr\u{fc}n".as_bytes().split_at(3).1]),
            ["gr\u{fc}n"]
        );
        assert_eq!(lines_of(&[b"\xff\n"]), ["\u{fffd}"]);
    }

    #[test]
    fn a_line_without_an_end_is_cut_and_nothing_is_lost() {
        let long = "\u{20ac}".repeat(MAX_LINE_BYTES);
        let all = lines_of(&[long.as_bytes()]);
        assert!(all.iter().all(|line| line.len() <= MAX_LINE_BYTES));
        assert_eq!(all.concat(), long);
    }

    proptest! {
        #[test]
        fn the_same_lines_come_in_any_parts(text in "[a-z\\n\u{fc}]{0,200}", cut in 0_usize..200) {
            let bytes = text.as_bytes();
            let (first, second) = bytes.split_at(cut.min(bytes.len()));
            prop_assert_eq!(lines_of(&[first, second]), lines_of(&[bytes]));
        }
    }
}
