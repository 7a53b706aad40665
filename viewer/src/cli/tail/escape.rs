//! Log text is hostile: nothing in it may steer a terminal.

/// Appends `text` with what a terminal acts on written as an escape: control characters, and those that turn the
/// direction of text or end a line.
pub(super) fn push(out: &mut String, text: &str) {
    push_with(out, text, |out, character| match character {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        ascii if ascii.is_ascii() => out.push_str(&format!("\\x{:02x}", u32::from(ascii))),
        other => out.push_str(&format!("\\u{{{:x}}}", u32::from(other))),
    });
}

/// The same for JSON, where these characters stand within strings alone: the value stays as it is.
pub(super) fn push_json(out: &mut String, json: &str) {
    push_with(out, json, |out, character| out.push_str(&format!("\\u{:04x}", u32::from(character))));
}

fn push_with(out: &mut String, text: &str, escape: impl Fn(&mut String, char)) {
    if text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return out.push_str(text);
    }
    for character in text.chars() {
        if steers(character) {
            escape(out, character);
        } else {
            out.push(character);
        }
    }
}

fn steers(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
        )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str) -> String {
        let mut out = String::new();
        push(&mut out, text);
        out
    }

    #[test]
    fn nothing_steers_and_everything_else_is_shown() {
        assert_eq!(shown("a\x1b[2Jb\nc\td\r\x07\x7f"), "a\\x1b[2Jb\\nc\\td\\r\\x07\\x7f");
        assert_eq!(shown("\u{9b}31m \u{202e}abc\u{2028}"), "\\u{9b}31m \\u{202e}abc\\u{2028}");
        assert_eq!(shown("C:\\new Größe 日本 🙂"), "C:\\new Größe 日本 🙂");
    }

    proptest! {
        #[test]
        fn no_text_steers(text in any::<String>()) {
            prop_assert!(!shown(&text).chars().any(steers));
        }

        #[test]
        fn json_keeps_its_value(text in any::<String>()) {
            let mut out = String::new();
            push_json(&mut out, &serde_json::to_string(&text).unwrap());
            prop_assert!(!out.chars().any(steers));
            prop_assert_eq!(serde_json::from_str::<String>(&out).unwrap(), text);
        }
    }
}
