//! Reads JSON as `JSON.parse` does, without making anything of it, and without recursion: a text may be nested as deep as
//! it is long. Bytes that are no UTF-8 pass in strings: who decodes them replaces them.

use alloc::vec::Vec;

use crate::bytes::plain_end;

/// What is told of every value within a text: the bytes of a string between its quotes, or those of a number or word.
pub(crate) trait Visitor {
    /// Returns whether to read on.
    fn value(&mut self, bytes: &[u8], text: Text) -> bool;
}

/// Nobody is told.
impl Visitor for () {
    #[inline(always)]
    fn value(&mut self, _: &[u8], _: Text) -> bool {
        true
    }
}

/// Where a string, a number or a word stands, without quotes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Text {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) has_escapes: bool,
}

impl Text {
    pub(crate) fn of(self, bytes: &[u8]) -> &[u8] {
        &bytes[self.start..self.end]
    }
}

/// A text of JSON in `bytes`, which end with a line end: there every function returns `None`, as at any other fault.
pub(crate) struct Reader<'a, V> {
    pub(crate) bytes: &'a [u8],
    /// Whether each open value is an object, in `skip_value`; kept, so that its memory is.
    pub(crate) open: &'a mut Vec<bool>,
    pub(crate) visitor: V,
}

impl<V: Visitor> Reader<'_, V> {
    #[inline(always)]
    pub(crate) fn peek(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(b'\n')
    }

    #[inline(always)]
    pub(crate) fn skip_space(&self, mut at: usize) -> usize {
        while matches!(self.peek(at), b' ' | b'\t' | b'\r') {
            at += 1;
        }
        at
    }

    /// Reads a string whose first character stands at `start`, behind its quote.
    #[inline(always)]
    pub(crate) fn string(&self, start: usize) -> Option<Text> {
        let end = plain_end(self.bytes, start);
        if self.peek(end) == b'"' { Some(Text { start, end, has_escapes: false }) } else { self.long_string(start, end) }
    }

    #[inline(never)]
    fn long_string(&self, start: usize, mut at: usize) -> Option<Text> {
        loop {
            match self.peek(at) {
                b'"' => return Some(Text { start, end: at, has_escapes: true }),
                b'\\' => at = plain_end(self.bytes, self.escape(at + 1)?),
                _ => return None,
            }
        }
    }

    /// The end of an escape, whose character behind the backslash stands at `at`.
    fn escape(&self, at: usize) -> Option<usize> {
        match self.peek(at) {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(at + 1),
            b'u' => (at + 1..at + 5).all(|digit| self.peek(digit).is_ascii_hexdigit()).then_some(at + 5),
            _ => None,
        }
    }

    /// Reads the members of an object, from behind its brace to behind its closing one. `member` is told each key and
    /// where its value begins, and returns where it ends.
    #[inline(always)]
    pub(crate) fn members(
        &mut self,
        at: usize,
        mut member: impl FnMut(&mut Self, Text, usize) -> Option<usize>,
    ) -> Option<usize> {
        let mut at = self.skip_space(at);
        if self.peek(at) == b'}' {
            return Some(at + 1);
        }
        loop {
            let (key, value) = self.key(at)?;
            let end = member(self, key, value)?;
            at = self.skip_space(end);
            match self.peek(at) {
                b',' => at = self.skip_space(at + 1),
                b'}' => return Some(at + 1),
                _ => return None,
            }
        }
    }

    /// Reads a key with its colon. Returns it, and where its value begins.
    #[inline(always)]
    fn key(&self, at: usize) -> Option<(Text, usize)> {
        if self.peek(at) != b'"' {
            return None;
        }
        let key = self.string(at + 1)?;
        let colon = self.skip_space(key.end + 1);
        (self.peek(colon) == b':').then(|| (key, self.skip_space(colon + 1)))
    }

    /// Reads a string, its quote at `at`, and tells it. Returns `None` for another value.
    #[inline(always)]
    pub(crate) fn string_value(&mut self, at: usize) -> Option<Text> {
        if self.peek(at) != b'"' {
            return None;
        }
        let text = self.string(at + 1)?;
        self.visitor.value(self.bytes, text).then_some(text)
    }

    /// Reads any value. Returns where it ends.
    pub(crate) fn skip_value(&mut self, mut at: usize) -> Option<usize> {
        self.open.clear();
        loop {
            at = match self.peek(at) {
                opening @ (b'{' | b'[') => {
                    let is_object = opening == b'{';
                    let inside = self.skip_space(at + 1);
                    if self.peek(inside) == if is_object { b'}' } else { b']' } {
                        inside + 1
                    } else {
                        self.open.push(is_object);
                        at = if is_object { self.key(inside)?.1 } else { inside };
                        continue;
                    }
                }
                b'"' => self.string_value(at)?.end + 1,
                _ => {
                    let text = Text { start: at, end: self.scalar(at)?, has_escapes: false };
                    if !self.visitor.value(self.bytes, text) {
                        return None;
                    }
                    text.end
                }
            };
            loop {
                let Some(&is_object) = self.open.last() else { return Some(at) };
                at = self.skip_space(at);
                match (self.peek(at), is_object) {
                    (b',', _) => {
                        at = self.skip_space(at + 1);
                        if is_object {
                            at = self.key(at)?.1;
                        }
                        break;
                    }
                    (b'}', true) | (b']', false) => {
                        self.open.pop();
                        at += 1;
                    }
                    _ => return None,
                }
            }
        }
    }

    /// The end of a number or a word.
    fn scalar(&self, at: usize) -> Option<usize> {
        match self.peek(at) {
            b't' => self.word(at, b"true"),
            b'f' => self.word(at, b"false"),
            b'n' => self.word(at, b"null"),
            _ => self.number(at),
        }
    }

    pub(crate) fn word(&self, at: usize, word: &[u8]) -> Option<usize> {
        self.bytes.get(at..)?.starts_with(word).then_some(at + word.len())
    }

    fn number(&self, mut at: usize) -> Option<usize> {
        at += usize::from(self.peek(at) == b'-');
        at = if self.peek(at) == b'0' { at + 1 } else { self.digits(at)? };
        if self.peek(at) == b'.' {
            at = self.digits(at + 1)?;
        }
        if matches!(self.peek(at), b'e' | b'E') {
            at += 1 + usize::from(matches!(self.peek(at + 1), b'+' | b'-'));
            at = self.digits(at)?;
        }
        Some(at)
    }

    /// The end of one digit or more.
    fn digits(&self, start: usize) -> Option<usize> {
        let mut at = start;
        while self.peek(at).is_ascii_digit() {
            at += 1;
        }
        (at > start).then_some(at)
    }
}
