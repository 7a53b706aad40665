//! Codes by which text moves a terminal's colours and cursor: they are not shown, and not searched.

use alloc::vec::Vec;

pub(crate) const ESC: u8 = 0x1b;

/// Takes out the control sequences (`ESC [ … m` and its like) of `text`. One without an end reaches as far as it can be one.
pub(crate) fn strip(text: &mut Vec<u8>) {
    let Some(first) = memchr::memchr(ESC, text) else { return };
    let (mut kept, mut at) = (first, first);
    while at < text.len() {
        if text[at..].starts_with(b"\x1b[") {
            at += 2;
            at += count(&text[at..], |byte| matches!(byte, 0x30..=0x3f));
            at += count(&text[at..], |byte| matches!(byte, 0x20..=0x2f));
            at += usize::from(text.get(at).is_some_and(|byte| matches!(byte, 0x40..=0x7e)));
        } else {
            text[kept] = text[at];
            kept += 1;
            at += 1;
        }
    }
    text.truncate(kept);
}

/// How many bytes at the beginning pass.
fn count(text: &[u8], passes: impl Fn(u8) -> bool) -> usize {
    text.iter().take_while(|&&byte| passes(byte)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_sequences_are_taken_out() {
        for (text, shown) in [
            ("plain", "plain"),
            ("\x1b[31mred\x1b[0m end", "red end"),
            ("\x1b[01;31m\x1b[Kgrep\x1b[m\x1b[K", "grep"),
            ("a\x1b[38:2::1:2:3mb\x1b[0 qc", "abc"),
            ("a\x1b", "a\x1b"),
            ("a\x1b[", "a"),
            ("a\x1b[31", "a"),
            ("a\x1b]8;;url\x07b", "a\x1b]8;;url\x07b"),
            ("a\x1b[31\u{e9}", "a\u{e9}"),
        ] {
            let mut bytes = text.as_bytes().to_vec();
            strip(&mut bytes);
            assert_eq!(bytes, shown.as_bytes(), "{text:?}");
        }
    }
}
