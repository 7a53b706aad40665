//! An entry as a line: text for people, or JSON as it came. No I/O.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use chrono::{DateTime, Local, NaiveDate};
use logrtc::Level;

use super::entry::Entry;
use super::escape;

/// How entries are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Text {
        is_coloured: bool,
    },
    /// As received. On a terminal, characters that steer it are written as `\u....`.
    Json {
        is_for_terminal: bool,
    },
}

/// What a line shows beside the entry.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context<'a> {
    /// Its producer, if there are several.
    pub(super) producer: Option<&'a str>,
    /// The date of an entry is shown if it is another one.
    pub(super) today: NaiveDate,
}

const TIME: Style = Style::new().dimmed();
const PRODUCER: Style = AnsiColor::Magenta.on_default();
const TARGET: Style = AnsiColor::Cyan.on_default();
const KEY: Style = Style::new().dimmed();

fn level_style(level: Level) -> Style {
    match level {
        Level::Error => AnsiColor::Red.on_default().bold(),
        Level::Warn => AnsiColor::Yellow.on_default(),
        Level::Info => AnsiColor::Green.on_default(),
        Level::Debug => AnsiColor::Blue.on_default(),
    }
}

impl Format {
    /// Appends the line of `entry`, which was read from `received`, with its end.
    pub(super) fn push(self, out: &mut String, received: &str, entry: &Entry<'_>, context: Context<'_>) {
        match self {
            Self::Text { is_coloured } => push_text(out, entry, context, is_coloured),
            Self::Json { is_for_terminal } => push_json(out, received, is_for_terminal),
        }
        out.push('\n');
    }
}

fn push_json(out: &mut String, received: &str, is_for_terminal: bool) {
    let begin = out.len();
    if is_for_terminal {
        // Between the tokens of JSON, and nowhere else, there may be line breaks and tabs.
        let one_line: String =
            received.chars().map(|c| if matches!(c, '\n' | '\r' | '\t') { ' ' } else { c }).collect();
        escape::push_json(out, &one_line);
    } else if received.contains(['\n', '\r']) {
        out.extend(received.chars().map(|c| if matches!(c, '\n' | '\r') { ' ' } else { c }));
    } else {
        out.push_str(received);
    }
    debug_assert!(!out[begin..].contains('\n'));
}

fn push_text(out: &mut String, entry: &Entry<'_>, context: Context<'_>, is_coloured: bool) {
    let styled = |out: &mut String, style: Style, push: &dyn Fn(&mut String)| {
        if is_coloured {
            let _ = write!(out, "{style}");
        }
        push(out);
        if is_coloured {
            let _ = write!(out, "{style:#}");
        }
    };
    styled(out, TIME, &|out| push_time(out, entry, context.today));
    out.push(' ');
    let level = entry.level();
    styled(out, level_style(level), &|out| {
        let _ = write!(out, "{:<5}", level.as_str());
    });
    out.push(' ');
    if let Some(producer) = context.producer {
        styled(out, PRODUCER, &|out| escape::push(out, producer));
        out.push(' ');
    }
    styled(out, TARGET, &|out| {
        escape::push(out, &entry.target);
        out.push(':');
    });
    out.push(' ');
    escape::push(out, &entry.message);
    push_fields(out, entry, &|out, key| styled(out, KEY, &|out| push_key(out, key)));
}

/// The text that `--grep` looks into: what the line shows from the target on.
pub(super) fn push_searchable(out: &mut String, entry: &Entry<'_>) {
    escape::push(out, &entry.target);
    out.push_str(": ");
    escape::push(out, &entry.message);
    push_fields(out, entry, &push_key);
}

/// The local time of the day, with the date if that is not today's. `TZ=UTC` makes it UTC.
fn push_time(out: &mut String, entry: &Entry<'_>, today: NaiveDate) {
    match entry.time().map(DateTime::<Local>::from) {
        Some(time) if time.date_naive() == today => {
            let _ = write!(out, "{}", time.format("%H:%M:%S%.3f"));
        }
        Some(time) => {
            let _ = write!(out, "{}", time.format("%Y-%m-%d %H:%M:%S%.3f"));
        }
        None => escape::push(out, &entry.timestamp),
    }
}

fn push_fields(out: &mut String, entry: &Entry<'_>, push_key: &dyn Fn(&mut String, &str)) {
    for (key, value) in entry.fields.iter().flat_map(|fields| &fields.0) {
        out.push(' ');
        push_key(out, key);
        match serde_json::from_str::<String>(value.get()) {
            Ok(text) => push_word(out, &text),
            // A number keeps every digit, and an object its form.
            Err(_) => escape::push(out, value.get()),
        }
    }
}

fn push_key(out: &mut String, key: &str) {
    push_word(out, key);
    out.push('=');
}

/// In quotes if it could not be told from what stands around it.
fn push_word(out: &mut String, text: &str) {
    if !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c == '"' || c == '=') {
        return escape::push(out, text);
    }
    out.push('"');
    escape::push(out, &text.replace('\\', "\\\\").replace('"', "\\\""));
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRY: &str = r#"{"timestamp":"2024-01-01T12:00:00.5Z","level":"warn","target":"shop::http","message":"GET \u001b[31m/a\nb","fields":{"id":9007199254740993,"q":"a b","n":"","path":"C:\\x","o":{"a":[1, 2]},"k y":"=\"\\"}}"#;

    fn line(format: Format, received: &str, producer: Option<&str>) -> String {
        let mut out = String::new();
        let entry = Entry::parse(received).unwrap();
        let today = entry.time().map_or(NaiveDate::MIN, |time| DateTime::<Local>::from(time).date_naive());
        format.push(&mut out, received, &entry, Context { producer, today });
        out
    }

    fn local(format: &str) -> String {
        let time: DateTime<Local> = DateTime::parse_from_rfc3339("2024-01-01T12:00:00.5Z").unwrap().into();
        time.format(format).to_string()
    }

    #[test]
    fn a_line_has_everything_and_nothing_that_steers() {
        let fields = r#"id=9007199254740993 q="a b" n="" path=C:\x o={"a":[1, 2]} "k y"="=\"\\""#;
        let text = Format::Text { is_coloured: false };
        let time = local("%H:%M:%S%.3f");
        assert_eq!(line(text, ENTRY, None), format!("{time} WARN  shop::http: GET \\x1b[31m/a\\nb {fields}\n"));
        assert!(line(text, ENTRY, Some("a\x1bpi")).starts_with(&format!("{time} WARN  a\\x1bpi shop::http: ")));
    }

    #[test]
    fn colours_are_the_only_escapes() {
        let coloured = line(Format::Text { is_coloured: true }, ENTRY, None);
        let plain = line(Format::Text { is_coloured: false }, ENTRY, None);
        assert!(coloured.contains("\x1b[33mWARN \x1b[0m"));
        assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), plain);
    }

    #[test]
    fn another_day_shows_its_date_and_what_is_no_time_stands_as_it_is() {
        let mut out = String::new();
        let entry = Entry::parse(ENTRY).unwrap();
        push_time(&mut out, &entry, NaiveDate::MIN);
        assert_eq!(out, local("%Y-%m-%d %H:%M:%S%.3f"));
        let odd = ENTRY.replace("2024-01-01T12:00:00.5Z", "noon\\u0007");
        assert!(line(Format::Text { is_coloured: false }, &odd, None).starts_with("noon\\x07 WARN "));
    }

    #[test]
    fn json_is_as_it_came_and_one_line() {
        assert_eq!(line(Format::Json { is_for_terminal: false }, ENTRY, None), format!("{ENTRY}\n"));
        let broken = ENTRY.replace(",\"level\"", ",\r\n\t\"level\"").replace("GET", "GET\u{9b}");
        assert_eq!(
            line(Format::Json { is_for_terminal: false }, &broken, None),
            format!("{}\n", broken.replace("\r\n", "  "))
        );
        let shown = line(Format::Json { is_for_terminal: true }, &broken, None);
        assert_eq!(shown, format!("{}\n", broken.replace("\r\n\t", "   ").replace('\u{9b}', "\\u009b")));
    }

    #[test]
    fn a_search_sees_the_target_the_message_and_the_fields() {
        let mut out = String::new();
        push_searchable(&mut out, &Entry::parse(ENTRY).unwrap());
        assert!(out.starts_with("shop::http: GET "));
        assert!(out.contains("id=9007199254740993"));
    }
}
