//! Makes the text of a server safe to show in a terminal or a log.

/// How many characters of it are shown.
const MAX_CHARACTERS: usize = 500;

/// The text on one line, limited, with everything escaped that a terminal or an editor takes for a
/// command: control characters, line separators, and what turns the direction of writing.
pub fn printable(text: &str) -> String {
    let mut shown = String::new();
    let mut characters = text.trim().chars();
    for character in characters.by_ref().take(MAX_CHARACTERS) {
        if is_command(character) {
            shown.extend(character.escape_debug());
        } else {
            shown.push(character);
        }
    }
    if characters.next().is_some() {
        shown.push('…');
    }
    shown
}

fn is_command(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_terminal_would_do_is_seen_instead() {
        assert_eq!(printable("no \u{1b}[2J\r\n2026 ERROR forged\0"), r"no \u{1b}[2J\r\n2026 ERROR forged\0");
        assert_eq!(printable("a\u{202e}b\u{2028}c\u{9b}d\u{61c}e"), r"a\u{202e}b\u{2028}c\u{9b}d\u{61c}e");
        assert_eq!(printable(" C:\\logs \"日志\" é 🙂\n"), "C:\\logs \"日志\" é 🙂", "the rest is as it was");
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        assert_eq!(printable(&"日".repeat(500)), "日".repeat(500));
        assert_eq!(printable(&"日".repeat(100_000)), "日".repeat(500) + "…");
    }

    proptest! {
        #[test]
        fn no_text_is_a_command_or_too_long(text in any::<String>()) {
            let shown = printable(&text);
            prop_assert!(!shown.chars().any(is_command));
            prop_assert!(shown.len() <= MAX_CHARACTERS * 10 + 3);
        }
    }
}
