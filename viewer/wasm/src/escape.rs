//! Escapes of JSON strings to what they stand for.

/// Gives `push`, piece by piece, what `text` stands for, as UTF-8; never more bytes than `text` has. `text` is the inside of
/// a JSON string that was read without a fault. Half a surrogate pair becomes U+FFFD.
pub(crate) fn unescape(text: &[u8], push: &mut dyn FnMut(&[u8])) {
    let mut rest = text;
    while let Some(backslash) = memchr::memchr(b'\\', rest) {
        let (plain, escape) = rest.split_at(backslash);
        push(plain);
        rest = unescape_one(&escape[1..], push);
    }
    push(rest);
}

/// Gives the character of an escape, from behind its backslash. Returns what follows it.
fn unescape_one<'a>(text: &'a [u8], push: &mut dyn FnMut(&[u8])) -> &'a [u8] {
    let Some((&kind, rest)) = text.split_first() else { return text };
    let byte = match kind {
        b'b' => 8,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'u' => return unescape_unicode(rest, push),
        itself => itself,
    };
    push(&[byte]);
    rest
}

fn unescape_unicode<'a>(text: &'a [u8], push: &mut dyn FnMut(&[u8])) -> &'a [u8] {
    let Some((unit, rest)) = hex(text) else { return text };
    let low = rest.strip_prefix(br"\u").and_then(hex).filter(|(low, _)| (0xdc00..0xe000).contains(low));
    let (code, rest) = match low {
        Some((low, rest)) if (0xd800..0xdc00).contains(&unit) => {
            (0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00), rest)
        }
        _ => (unit, rest),
    };
    let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    push(character.encode_utf8(&mut [0; 4]).as_bytes());
    rest
}

fn hex(text: &[u8]) -> Option<(u32, &[u8])> {
    let (digits, rest) = text.split_first_chunk::<4>()?;
    let value = digits.iter().try_fold(0, |value, &digit| Some(value << 4 | char::from(digit).to_digit(16)?))?;
    Some((value, rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn unescaped(text: &str) -> Vec<u8> {
        let mut out = Vec::new();
        unescape(text.as_bytes(), &mut |piece| out.extend_from_slice(piece));
        out
    }

    #[test]
    fn every_escape() {
        assert_eq!(unescaped(r#"a\"\\\/\b\f\n\r\tb"#), b"a\"\\/\x08\x0c\n\r\tb");
        assert_eq!(unescaped(r"\u0041\u00e9\u8BA2\ud83d\uDE00"), "Aé订😀".as_bytes());
        assert_eq!(unescaped(r"\ud83dx\ude00\ud83d\u0041"), "\u{fffd}x\u{fffd}\u{fffd}A".as_bytes());
    }

    proptest! {
        #[test]
        fn what_serde_json_escapes(text: String) {
            let json = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(unescaped(&json[1..json.len() - 1]), text.as_bytes());
        }

        #[test]
        fn nothing_panics(text: Vec<u8>) {
            let mut length = 0;
            unescape(&text, &mut |piece| length += piece.len());
            prop_assert!(length <= text.len());
        }
    }
}
