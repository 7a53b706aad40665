//! A line that is a JSON object.

use serde_json::value::RawValue;

use super::line::Line;
use super::raw::members;
use super::roles::{self, Members};

/// Objects whose members have roles themselves: ECS has `log.level` as an object in `log`, tracing-subscriber its message in
/// `fields`, we our ids in `span`.
const OPENED: [&str; 4] = ["fields", "log", "span", "trace"];

/// Reads a JSON object that is a log entry. A number keeps its digits.
pub(super) fn read(line: &str) -> Option<Line> {
    if !line.starts_with('{') {
        return None;
    }
    let mut all = Members::new();
    for (key, value) in members(line)? {
        match roles::flatten(&key, value).filter(|_| is_opened(&key, value)) {
            Some(inner) => all.extend(inner),
            None => all.push((key.into_owned(), value.get().to_owned())),
        }
    }
    roles::assign(all)
}

/// The `span` of tracing-subscriber has a name and fields, and no id: it stays as it is.
fn is_opened(key: &str, value: &RawValue) -> bool {
    OPENED.contains(&key)
        && (key != "span" || members(value.get()).is_some_and(|inner| inner.iter().any(|(key, _)| key == "id")))
}

#[cfg(test)]
mod tests {
    use logrtc::Level;

    use super::*;

    fn fields(line: &Line) -> String {
        line.fields_json()
    }

    #[test]
    fn an_entry_of_ours_comes_back_as_it_was() {
        let text = r#"{"timestamp":"2026-11-27T12:00:00.000Z","level":"INFO","target":"shop::http","message":"GET /","fields":{"id":9007199254740993,"deep":{"a":[1.50]}},"span":{"id":"s","trace_id":"t","parent_id":"p"}}"#;
        let line = read(text).unwrap();
        assert_eq!(
            (line.level, line.target.as_deref(), &*line.message),
            (Some(Level::Info), Some("shop::http"), "GET /")
        );
        assert_eq!(line.time.unwrap().timestamp(), 1_795_780_800);
        assert_eq!(fields(&line), r#"{"id":9007199254740993,"deep":{"a":[1.50]}}"#);
        let span = line.span.unwrap();
        assert_eq!((&*span.id, span.trace_id.as_deref(), span.parent_id.as_deref()), ("s", Some("t"), Some("p")));
    }

    #[test]
    fn each_library_is_understood() {
        for (text, level, target, message, left) in [
            (
                r#"{"level":40,"time":1795000000000,"pid":7,"hostname":"h","name":"api","msg":"slow","ms":12}"#,
                Level::Warn,
                Some("api"),
                "slow",
                r#"{"pid":7,"hostname":"h","ms":12}"#,
            ),
            (
                r#"{"@timestamp":"2026-11-27T12:00:00.000Z","log":{"level":"error","logger":"shop.db"},"message":"down","ecs":{"version":"1"}}"#,
                Level::Error,
                Some("shop.db"),
                "down",
                r#"{"ecs":{"version":"1"}}"#,
            ),
            (
                r#"{"@timestamp":"2026-11-27T12:00:00.000Z","@version":"1","level":"WARN","logger_name":"a.B","message":"m","thread_name":"main"}"#,
                Level::Warn,
                Some("a.B"),
                "m",
                r#"{"@version":"1","thread_name":"main"}"#,
            ),
            (
                r#"{"level":"info","ts":1795000000.25,"logger":"zap","caller":"a.go:1","msg":"m","n":1}"#,
                Level::Info,
                Some("zap"),
                "m",
                r#"{"caller":"a.go:1","n":1}"#,
            ),
            (
                r#"{"time":"2026-11-27T12:00:00Z","level":"DEBUG-4","msg":"m","k":"v"}"#,
                Level::Debug,
                None,
                "m",
                r#"{"k":"v","level_name":"DEBUG-4"}"#,
            ),
            (
                r#"{"timestamp":"2026-11-27T12:00:00Z","level":"INFO","fields":{"message":"m","n":3},"target":"t","span":{"name":"load"}}"#,
                Level::Info,
                Some("t"),
                "m",
                r#"{"n":3,"span":{"name":"load"}}"#,
            ),
        ] {
            let line = read(text).unwrap();
            assert_eq!((line.level, line.target.as_deref(), &*line.message), (Some(level), target, message), "{text}");
            assert!(line.time.is_some(), "{text}");
            assert_eq!(fields(&line), left, "{text}");
        }
    }

    #[test]
    fn what_has_no_role_stays_a_field() {
        let line = read(r#"{"msg":"m","level":"loud","time":"noon","name":5}"#).unwrap();
        assert_eq!((line.level, line.time, line.target.as_deref()), (None, None, None));
        assert_eq!(line.fields_json(), r#"{"level":"loud","time":"noon","name":5}"#);
    }

    #[test]
    fn data_is_no_entry() {
        for text in [r#"{"a":1}"#, "{}", "{", "[1]", r#"{"level":"INFO""#, "null"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
