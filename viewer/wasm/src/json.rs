//! Reads JSON as `JSON.parse` does, without making anything of it, and without recursion: a text may be nested as deep as
//! it is long. Bytes that are no UTF-8 pass in strings: who decodes them replaces them.

use alloc::vec::Vec;

use crate::bytes::plain_end;

/// What is told of every value within a text: the bytes of a string between its quotes, or those of a number or word.
pub(crate) trait Visitor {
    /// Returns whether to read on.
    fn value(&mut self, bytes: &[u8], text: Text) -> bool;
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
pub(crate) struct Reader<'a> {
    pub(crate) bytes: &'a [u8],
    /// Whether each open value is an object, in `skip_value`; kept, so that its memory is.
    pub(crate) open: &'a mut Vec<bool>,
    pub(crate) visitor: Option<&'a mut dyn Visitor>,
}

impl Reader<'_> {
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
        if self.peek(end) == b'"' {
            Some(Text { start, end, has_escapes: false })
        } else {
            self.long_string(start, end)
        }
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
        self.tell(text).then_some(text)
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
                    if !self.tell(text) {
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

    #[inline(always)]
    fn tell(&mut self, text: Text) -> bool {
        match &mut self.visitor {
            Some(visitor) => visitor.value(self.bytes, text),
            None => true,
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::de::IgnoredAny;

    use super::*;
    use crate::bytes::PADDING;

    fn is_json(text: &[u8]) -> bool {
        let mut padded = text.to_vec();
        padded.extend([b'\n'; PADDING]);
        let mut reader = Reader { bytes: &padded, open: &mut Vec::new(), visitor: None };
        let start = reader.skip_space(0);
        reader.skip_value(start).is_some_and(|end| reader.skip_space(end) == text.len())
    }

    #[test]
    fn depth_needs_no_stack() {
        let deep = [b"[".repeat(1_000_000), b"]".repeat(1_000_000)].concat();
        assert!(is_json(&deep));
        assert!(!is_json(&deep[1..]));
        assert!(!is_json(&deep[..deep.len() - 1]));
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<f64>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<String>().prop_map(Into::into),
        ];
        leaf.prop_recursive(6, 64, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
                prop::collection::btree_map(any::<String>(), inner, 0..6)
                    .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn every_value(value in json(), cut in any::<prop::sample::Index>()) {
            let text = value.to_string();
            prop_assert!(is_json(text.as_bytes()));
            let cut = &text.as_bytes()[..cut.index(text.len())];
            prop_assert_eq!(is_json(cut), serde_json::from_slice::<IgnoredAny>(cut).is_ok());
        }

        #[test]
        fn what_is_nearly_json(text in r#"([\[\]{}:, -]|"[ab\\u0]{0,3}"|true|null|-?0?[0-9.eE+]{1,4}|"|\\){0,12}"#) {
            prop_assert_eq!(is_json(text.as_bytes()), serde_json::from_str::<IgnoredAny>(&text).is_ok());
        }

        #[test]
        fn nothing_panics(bytes: Vec<u8>) {
            is_json(&bytes);
        }
    }
}
