//! Codes by which text moves a terminal's colours and cursor: they are not shown, and not searched.

use alloc::vec::Vec;

const ESC: u8 = 0x1b;
const BEL: u8 = 0x07;
/// U+009B, which is short for `ESC [`.
pub(crate) const CSI: &[u8; 2] = b"\xc2\x9b";

/// Whether `text` has the beginning of a terminal code.
pub(crate) fn is_in(text: &[u8]) -> bool {
    let mut shown = text.to_vec();
    strip(&mut shown);
    shown.len() < text.len()
}

/// Removes terminal codes from `text`, the same as `ESCAPE` of `store/query/shown.ts`: control
/// sequences (`ESC [ … m`), control strings (`ESC ] … ESC \`), and other escapes (`ESC ( B`). One
/// without an end reaches as far as it can be one.
pub(crate) fn strip(text: &mut Vec<u8>) {
    let mut state = State::Text;
    let mut kept = 0;
    for at in 0..text.len() {
        let byte = text[at];
        state = match (state, byte) {
            (_, ESC) => State::Escape,
            // In this state the first byte of U+009B was kept.
            (State::Text, 0x9b) if text[..kept].last() == Some(&CSI[0]) => {
                kept -= 1;
                State::Parameters
            }
            (State::Escape, b'[') => State::Parameters,
            (State::Escape, b']' | b'P' | b'X' | b'^' | b'_') => State::String,
            (State::Escape | State::EscapeIntermediates, b' '..=b'/') => State::EscapeIntermediates,
            (State::Escape | State::EscapeIntermediates, b'0'..=b'Z' | b'\\'..=b'~') => State::End,
            (State::Parameters, b'0'..=b'?') => State::Parameters,
            (State::Parameters | State::Intermediates, b' '..=b'/') => State::Intermediates,
            (State::Parameters | State::Intermediates, b'@'..=b'~') | (State::String, BEL) => State::End,
            // `ESC \`, which ends a string, is an escape by itself.
            (State::String, _) => State::String,
            _ => State::Text,
        };
        if state == State::Text {
            text[kept] = byte;
            kept += 1;
        }
    }
    text.truncate(kept);
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Text,
    Escape,
    EscapeIntermediates,
    Parameters,
    Intermediates,
    String,
    End,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_taken_out() {
        for (text, shown) in [
            ("plain", "plain"),
            ("\x1b[31mred\x1b[0m end", "red end"),
            ("\x1b[01;31m\x1b[Kgrep\x1b[m\x1b[K", "grep"),
            ("a\x1b[38:2::1:2:3mb\x1b[0 qc", "abc"),
            ("a\x1b", "a"),
            ("a\x1b[", "a"),
            ("a\x1b[31", "a"),
            ("a\x1b\x1b[m\x1b[1\x1b[2mb", "ab"),
            ("a\x1b[31\u{e9}", "a\u{e9}"),
            ("a\x1b[1 2m", "a2m"),
            ("a\x1b(B\x1b[mb", "ab"),
            ("a\x1b(\u{e9}\x1b([\x1b7b", "a\u{e9}[b"),
            ("\x1b]8;;url\x1b\\text\x1b]8;;\x07 end", "text end"),
            ("a\x1b]0;title", "a"),
            ("a\x1bP1\x1b[1mb", "ab"),
            ("a\u{9b}1mb\x1b\u{9b}\u{9b}m\u{4db}c", "ab\u{4db}c"),
            ("a\x1b_\u{9b}1m\u{9c}\x07b", "ab"),
        ] {
            let mut bytes = text.as_bytes().to_vec();
            strip(&mut bytes);
            assert_eq!(bytes, shown.as_bytes(), "{text:?}");
        }
    }
}
