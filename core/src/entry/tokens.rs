//! The tokens of fields that are encoded already, and cuts that keep them JSON.

/// What stands between the two ends of a value that was cut in its middle, as encoded.
const GAP: &[u8] = "\\n…\\n".as_bytes();

/// The share of such a value that its end gets: one byte in so many.
const END_SHARE: usize = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// Without its quotes; the colon is behind it.
    Key(&'a [u8]),
    /// A string that is a value, without its quotes.
    Text(&'a [u8]),
    /// A number, `true`, `false` or `null`.
    Bare(&'a [u8]),
    /// `{` or `[`. What closes it is the character two places further.
    Open(u8),
    Close(u8),
    Comma,
}

/// The tokens of JSON without white space, which was checked or encoded here.
pub(super) struct Tokens<'a> {
    json: &'a [u8],
    at: usize,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(json: &'a [u8]) -> Self {
        Self { json, at: 0 }
    }

    fn take_while(&mut self, wanted: impl Fn(u8) -> bool) -> &'a [u8] {
        let rest = &self.json[self.at..];
        let len = rest.iter().position(|byte| !wanted(*byte)).unwrap_or(rest.len());
        self.at += len;
        &rest[..len]
    }

    /// What is left of a string whose first quote is taken.
    fn string(&mut self) -> &'a [u8] {
        let start = self.at;
        loop {
            self.take_while(|byte| byte != b'"' && byte != b'\\');
            if self.json.get(self.at) != Some(&b'\\') {
                let text = &self.json[start..self.at];
                self.at += 1;
                return text;
            }
            self.at = (self.at + 2).min(self.json.len());
        }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let byte = *self.json.get(self.at)?;
        if !matches!(byte, b'"' | b'{' | b'[' | b'}' | b']' | b',') {
            return Some(Token::Bare(self.take_while(|byte| !matches!(byte, b'}' | b']' | b','))));
        }
        self.at += 1;
        Some(match byte {
            b'"' => {
                let text = self.string();
                if self.json.get(self.at) == Some(&b':') {
                    self.at += 1;
                    Token::Key(text)
                } else {
                    Token::Text(text)
                }
            }
            b'{' | b'[' => Token::Open(byte),
            b',' => Token::Comma,
            _ => Token::Close(byte),
        })
    }
}

/// Each member of an object without its braces, `"key":value`.
pub(super) fn top_level(members: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut tokens = Tokens::new(members);
    std::iter::from_fn(move || {
        let start = tokens.at;
        let mut depth = 0_usize;
        while let Some(token) = tokens.next() {
            match token {
                Token::Open(_) => depth += 1,
                Token::Close(_) => depth = depth.saturating_sub(1),
                Token::Comma if depth == 0 => return Some(&members[start..tokens.at - 1]),
                _ => {}
            }
        }
        (start < members.len()).then(|| &members[start..])
    })
}

/// The longest beginning of an encoded string that has at most `limit` bytes and ends on a character.
pub(super) fn cut_encoded(text: &[u8], limit: usize) -> &[u8] {
    if text.len() <= limit {
        return text;
    }
    let mut end = 0;
    loop {
        let next = end + character_len(&text[end..]);
        if next > limit {
            return &text[..end];
        }
        end = next;
    }
}

/// Appends the beginning and the end of an encoded string, together at most `limit` bytes.
pub(super) fn cut_middle(out: &mut Vec<u8>, text: &[u8], limit: usize) {
    let room = limit.saturating_sub(GAP.len());
    let head = cut_encoded(text, room - room / END_SHARE);
    let mut tail = head.len();
    while text.len() - tail > room / END_SHARE {
        tail += character_len(&text[tail..]);
    }
    out.extend_from_slice(head);
    out.extend_from_slice(GAP);
    out.extend_from_slice(&text[tail..]);
}

/// How many bytes the first character takes, with both halves of a pair of surrogates.
fn character_len(text: &[u8]) -> usize {
    let len = match text {
        [b'\\', b'u', b'd' | b'D', b'8' | b'9' | b'a' | b'b' | b'A' | b'B', _, _, b'\\', b'u', ..] => 12,
        [b'\\', b'u', ..] => 6,
        [b'\\', ..] | [0xc0..=0xdf, ..] => 2,
        [0xe0..=0xef, ..] => 3,
        [0xf0..=0xff, ..] => 4,
        _ => 1,
    };
    len.min(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_never_parts_a_character_or_an_escape() {
        for (text, limit, kept) in [
            ("abc", 2, "ab"),
            ("aé", 2, "a"),
            ("a\\n", 2, "a"),
            ("\\u0001x", 5, ""),
            ("\\ud83d\\ude00x", 11, ""),
            ("\\ud83d\\ude00x", 12, "\\ud83d\\ude00"),
            ("日志", 5, "日"),
            ("👍👍", 7, "👍"),
        ] {
            assert_eq!(cut_encoded(text.as_bytes(), limit), kept.as_bytes(), "{text} {limit}");
        }
    }

    #[test]
    fn a_middle_cut_keeps_both_ends() {
        let mut out = Vec::new();
        cut_middle(&mut out, "Error: a long message\\n    at main".as_bytes(), 31);
        assert_eq!(String::from_utf8(out).unwrap(), "Error: a long me\\n…\\n at main");
    }

    #[test]
    fn members_are_parted_at_their_own_commas() {
        let members = br#""a":[1,{"b":"],}\""}],"c":"\\","d":null"#;
        let parted: Vec<&[u8]> = top_level(members).collect();
        assert_eq!(parted, [&br#""a":[1,{"b":"],}\""}]"#[..], br#""c":"\\""#, br#""d":null"#]);
        assert_eq!(top_level(b"").count(), 0);
    }
}
