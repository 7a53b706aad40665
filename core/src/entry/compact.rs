//! The short way for fields that are plain, as nearly all are: checked and copied in one pass.

use std::borrow::Cow;

/// How deep the short way goes.
const MAX_DEPTH: usize = 16;

/// A number of at most so many characters is within the range of a double if it has no exponent.
const MAX_NUMBER_LEN: usize = 300;

/// The members of the object `json` in their one spelling, without the braces. `None` says nothing about `json`: it is
/// wrong, or has an escape, an exponent or so many levels that only the long way can tell. Where there is no white space
/// among them, they are a part of `json`.
pub(super) fn compact_members(json: &str) -> Option<Cow<'_, [u8]>> {
    let json = json.trim_matches([' ', '\t', '\n', '\r']).as_bytes();
    let mut reader = Reader { json, at: 0, copied: 1, out: Vec::new() };
    reader.take(b'{')?;
    reader.members(0)?;
    if reader.at != json.len() {
        return None;
    }
    let end = json.len() - 1;
    let rest = &json[reader.copied.min(end)..end];
    if reader.copied == 1 {
        return Some(Cow::Borrowed(rest));
    }
    reader.out.extend_from_slice(rest);
    Some(Cow::Owned(reader.out))
}

struct Reader<'a> {
    json: &'a [u8],
    at: usize,
    /// What lies before it is in `out`, or is white space.
    copied: usize,
    out: Vec<u8>,
}

impl Reader<'_> {
    #[inline]
    fn peek(&self) -> Option<u8> {
        self.json.get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    #[inline]
    fn skip_space(&mut self) {
        if self.peek().is_some_and(is_space) {
            self.leave_space_out();
        }
    }

    /// Copies what lies before the white space, and goes on behind it.
    #[inline(never)]
    fn leave_space_out(&mut self) {
        self.out.extend_from_slice(&self.json[self.copied..self.at]);
        while self.peek().is_some_and(is_space) {
            self.at += 1;
        }
        self.copied = self.at;
    }

    /// What stands in an object, and its closing brace.
    fn members(&mut self, depth: usize) -> Option<()> {
        self.list(b'}', |reader| {
            reader.string()?;
            reader.skip_space();
            reader.take(b':')?;
            reader.skip_space();
            reader.value(depth)
        })
    }

    fn list(&mut self, end: u8, mut element: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.skip_space();
        if self.take(end).is_some() {
            return Some(());
        }
        loop {
            element(self)?;
            self.skip_space();
            if self.take(end).is_some() {
                return Some(());
            }
            self.take(b',')?;
            self.skip_space();
        }
    }

    fn value(&mut self, depth: usize) -> Option<()> {
        if depth == MAX_DEPTH {
            return None;
        }
        match self.peek()? {
            b'"' => self.string(),
            b'{' => {
                self.at += 1;
                self.members(depth + 1)
            }
            b'[' => {
                self.at += 1;
                self.list(b']', |reader| reader.value(depth + 1))
            }
            b't' => self.word(b"true"),
            b'f' => self.word(b"false"),
            b'n' => self.word(b"null"),
            _ => self.number(),
        }
    }

    fn string(&mut self) -> Option<()> {
        self.take(b'"')?;
        loop {
            let byte = self.peek()?;
            self.at += 1;
            match byte {
                b'"' => return Some(()),
                b'\\' | 0..0x20 => return None,
                _ => {}
            }
        }
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        self.json[self.at..].starts_with(word).then(|| self.at += word.len())
    }

    fn number(&mut self) -> Option<()> {
        let start = self.at;
        let _ = self.take(b'-');
        if self.take(b'0').is_none() {
            self.digits()?;
        }
        if self.take(b'.').is_some() {
            self.digits()?;
        }
        let has_exponent = matches!(self.peek(), Some(b'e' | b'E'));
        (!has_exponent && self.at - start <= MAX_NUMBER_LEN).then_some(())
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::parse::{parse_fields_at_length, parse_members};
    use super::*;

    fn compacted(json: &str) -> Option<String> {
        compact_members(json).map(|members| String::from_utf8(members.into_owned()).unwrap())
    }

    #[test]
    fn plain_fields_take_the_short_way() {
        for (json, members) in [
            ("{}", ""),
            (" { } ", ""),
            (r#"{"rows":10,"id":"a"}"#, r#""rows":10,"id":"a""#),
            (
                "{ \"a\" : [ 1 , -0.50, {}, [] ] ,\n\"日 志\": {\"b\" : null , \"c\":true}\t}\r\n",
                "\"a\":[1,-0.50,{},[]],\"日 志\":{\"b\":null,\"c\":true}",
            ),
        ] {
            assert_eq!(compacted(json).as_deref(), Some(members), "{json}");
        }
    }

    #[test]
    fn what_has_no_white_space_is_not_copied() {
        for (json, is_borrowed) in [("{}", true), (" {\"a\":[1,{}]}\n", true), ("{\"a\": 1}", false), ("{ }", false)] {
            assert_eq!(matches!(compact_members(json), Some(Cow::Borrowed(_))), is_borrowed, "{json}");
        }
    }

    #[test]
    fn what_is_wrong_or_rare_is_left_to_the_long_way() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(40), "]".repeat(40));
        let long = format!("{{\"a\":{}}}", "9".repeat(400));
        for json in [
            "",
            "{",
            "[]",
            "5",
            "{,}",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{\"a\":01}",
            "{\"a\":1.}",
            "{\"a\":-}",
            "{\"a\":tru}",
            "{\"a\":+1}",
            "{\"a\":1}}",
            "{\"a\":1} x",
            "{'a':1}",
            "{\"a\":\"\n\"}",
            "{\"a\":\"\\n\"}",
            "{\"a\":1e5}",
            "{a:1}",
            "{\"a\" 1}",
            "{\"a\":1 \"b\":2}",
            "{\"a\":[1}",
            "{\"a\":\"b",
            &deep,
            &long,
        ] {
            assert_eq!(compacted(json), None, "{json}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]
        #[test]
        fn both_ways_lead_to_the_same(json in "(\\{|\\}|\\[|\\]|:|,| |\"a\"|\"é\\\\n\"|-?[0-9]{1,3}(\\.[0-9])?|1e3|null|true|\"|\n){1,14}") {
            for json in [format!("{{{json}}}"), format!("{{\"a\":{json}}}"), json] {
                if let Some(members) = compacted(&json) {
                    let at_length = parse_fields_at_length(&json);
                    prop_assert_eq!(Some(members.as_bytes()), at_length.as_ref().ok().map(super::super::Fields::members));
                }
                let members = parse_members(&json).ok().map(|members| members.encoded().to_vec());
                let at_length = parse_fields_at_length(&json).ok().map(|fields| fields.members().to_vec());
                prop_assert_eq!(members, at_length);
            }
        }
    }
}
