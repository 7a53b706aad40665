//! A line of plain text: its time and its level are read where lines have them, at the beginning.

use logrtc::Level;

use super::line::Line;
use super::{level, time};

/// How many words a line may begin with before its level: a date, a time, a zone, a thread, a process.
const WORDS_BEFORE_LEVEL: usize = 5;

/// Beginnings of what a program says when it fails.
const FAILURES: [&str; 9] = [
    "Traceback (most recent call last):",
    "panic:",
    "fatal error:",
    "thread '",
    "Exception in thread",
    "Unhandled exception",
    "Uncaught ",
    "Segmentation fault",
    "Aborted",
];

/// Reads any line. The message is the line without the time, and without the level if it begins with that.
pub(super) fn read(line: &str) -> Line {
    let plain = without_ansi(line);
    let (time, after_time) = leading_time(&plain);
    let mut found = Line { time, is_text: true, ..Line::default() };
    // What is cut out of the report of a failure would be missed.
    let is_failure = is_failure(after_time);
    let level = level_of(after_time).filter(|_| !is_failure);
    if let Some(((level, original), _)) = &level {
        found.level = Some(*level);
        let name = original.iter().map(|name| ("level_name".to_owned(), super::raw::string(name)));
        found.fields.extend(name);
    } else if is_failure {
        found.level = Some(Level::Error);
    }
    // Colours stay where nothing is cut out.
    found.message = match level {
        Some((_, 0)) => after_level(after_time).to_owned(),
        _ if time.is_some() => after_time.to_owned(),
        _ => line.to_owned(),
    };
    found
}

fn is_failure(text: &str) -> bool {
    FAILURES.iter().any(|beginning| text.starts_with(beginning))
        && (!text.starts_with("thread '") || text.contains("panicked"))
}

/// A time at the beginning, in brackets or without, of one word or two; and the rest.
fn leading_time(text: &str) -> (Option<chrono::DateTime<chrono::Utc>>, &str) {
    let text = text.trim_end();
    let bare = text.strip_prefix('[').unwrap_or(text);
    let mut ends = bare.char_indices().filter(|(_, character)| " ]".contains(*character)).map(|(at, _)| at);
    let candidates: Vec<usize> = ends.by_ref().take(3).chain([bare.len()]).collect();
    for end in candidates.into_iter().rev() {
        if bare.as_bytes().first().is_some_and(u8::is_ascii_digit)
            && let Some(time) = time::of_text(&bare[..end])
        {
            return (Some(time), bare[end..].trim_start_matches(']').trim_start());
        }
    }
    (None, text)
}

/// A level among the first words, and how many words stand before it. A word counts if it is in capitals, in brackets, or followed
/// by a colon: "info" in a sentence is no level.
fn level_of(text: &str) -> Option<(level::Named, usize)> {
    let words = text.split_whitespace().take(WORDS_BEFORE_LEVEL).enumerate();
    words.into_iter().find_map(|(place, word)| {
        let bare = word.trim_matches(|character: char| "[](){}<>|:,-".contains(character));
        let is_marked = bare.len() > 1
            && (bare.chars().all(|character| !character.is_lowercase()) || bare != word && is_enclosed(word));
        level::named(bare).filter(|_| is_marked).map(|level| (level, place))
    })
}

fn is_enclosed(word: &str) -> bool {
    word.ends_with(':') || word.starts_with(['[', '(', '<', '|'])
}

/// What stands behind the first word.
fn after_level(text: &str) -> &str {
    let behind = text.trim_start().split_once(char::is_whitespace).map_or("", |(_, behind)| behind);
    behind.trim_start_matches(|character: char| character.is_whitespace() || "-:|".contains(character))
}

/// The text without terminal colours: `ESC [ … letter`.
fn without_ansi(text: &str) -> std::borrow::Cow<'_, str> {
    if !text.contains('\u{1b}') {
        return text.into();
    }
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '\u{1b}' {
            plain.push(character);
        } else if characters.next() == Some('[') {
            characters.by_ref().find(|character| ('@'..='~').contains(character));
        }
    }
    plain.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_and_the_time_are_read_where_lines_have_them() {
        for (text, level, message) in [
            ("INFO listening on 8080", Some(Level::Info), "listening on 8080"),
            ("[warn] disk is almost full", Some(Level::Warn), "disk is almost full"),
            ("error: no such file", Some(Level::Error), "no such file"),
            ("2026-11-27T12:00:00.5Z DEBUG shop: hello", Some(Level::Debug), "shop: hello"),
            ("2026-11-27 12:00:00,250 - shop - WARNING - slow", Some(Level::Warn), "- shop - WARNING - slow"),
            ("[2026-11-27 12:00:00] ERROR down", Some(Level::Error), "down"),
            ("\u{1b}[32mINFO\u{1b}[0m colours", Some(Level::Info), "colours"),
            ("there is no info in this", None, "there is no info in this"),
            ("\u{1b}[1mbold\u{1b}[0m", None, "\u{1b}[1mbold\u{1b}[0m"),
            ("  indented", None, "  indented"),
            ("", None, ""),
            (
                "thread 'main' panicked at src/main.rs:2:5:",
                Some(Level::Error),
                "thread 'main' panicked at src/main.rs:2:5:",
            ),
            ("E", None, "E"),
        ] {
            let line = read(text);
            assert_eq!((line.level, &*line.message), (level, message), "{text}");
            assert_eq!(line.time.is_some(), text.contains("2026"), "{text}");
        }
    }
}
