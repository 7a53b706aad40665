//! Codes by which text moves a terminal's colours and cursor: they are not shown, and not searched.

use alloc::vec::Vec;

pub(crate) const ESC: u8 = 0x1b;

/// Takes ESC out of `text`, and the control sequences that it begins (`ESC [ … m` and its like). One without an end reaches
/// as far as it can be one.
pub(crate) fn strip(text: &mut Vec<u8>) {
    let mut state = State::Text;
    text.retain(|&byte| {
        state = match (state, byte) {
            (_, ESC) => State::Escape,
            (State::Escape, b'[') | (State::Sequence, b' '..=b'?') => State::Sequence,
            (State::Sequence, b'@'..=b'~') => State::End,
            _ => State::Text,
        };
        state == State::Text
    });
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Text,
    Escape,
    Sequence,
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
        ] {
            let mut bytes = text.as_bytes().to_vec();
            strip(&mut bytes);
            assert_eq!(bytes, shown.as_bytes(), "{text:?}");
        }
    }
}
