//! The buffers, and what is done with them.

use alloc::vec::Vec;

use zune_inflate::{DeflateDecoder, DeflateOptions};

use crate::bytes::PADDING;
use crate::find::{self, Scratch};
use crate::needle::Needle;
use crate::scan::{self, Columns};

/// Everything that lies in the memory of the module.
///
/// The caller looks into the memory, and its views are lost when the memory grows. So everything that can grow with an
/// inflated body does so in [`Engine::inflate`]: a scan and a search of it move nothing. A body that the caller brings lies
/// elsewhere, too, and may be so long that the worst case is too much.
#[derive(Debug, Default)]
pub(crate) struct Engine {
    pub(crate) input: Vec<u8>,
    /// The body, followed by its padding.
    body: Vec<u8>,
    open: Vec<bool>,
    pub(crate) columns: Columns,
    needle: Option<Needle>,
    scratch: Scratch,
    pub(crate) hits: Vec<u32>,
}

impl Engine {
    /// Makes the body of what is inflated of the input. Returns its length; `None` if the input is no raw DEFLATE stream, or
    /// longer than `max_bytes`; the body is then what it was.
    pub(crate) fn inflate(&mut self, max_bytes: usize) -> Option<usize> {
        // About how well a log compresses. Where it does better, the buffer grows.
        let hint = (self.input.len() * 6).clamp(4_096, max_bytes.saturating_add(4_096));
        let options = DeflateOptions::default().set_limit(max_bytes).set_size_hint(hint);
        let inflated = DeflateDecoder::new_with_options(&self.input, options).decode_deflate().ok();
        // Its limit holds roughly.
        self.body = inflated.filter(|inflated| inflated.len() <= max_bytes)?;
        let length = self.body.len();
        self.pad(length);
        self.reserve(length);
        Some(length)
    }

    /// Makes the body `length` bytes long, for the caller to fill.
    pub(crate) fn body_for(&mut self, length: usize) -> &mut [u8] {
        self.body.truncate(length);
        self.pad(length);
        &mut self.body
    }

    fn pad(&mut self, length: usize) {
        self.body.resize(length, 0);
        self.body.resize(length + PADDING, b'\n');
    }

    /// Makes room for what a scan and a search need for a body of `length` bytes, were it all line ends.
    fn reserve(&mut self, length: usize) {
        self.open.clear();
        self.open.reserve(length);
        self.columns.reserve(length);
        self.scratch.reserve(length + PADDING);
        self.hits.clear();
        self.hits.reserve(length);
    }

    pub(crate) fn body(&self) -> &[u8] {
        &self.body
    }

    /// Scans the body from `start` on. Returns how many lines there are.
    pub(crate) fn scan(&mut self, start: usize) -> usize {
        let (padded, length) = from(&self.body, start);
        scan::scan(padded, length, &mut self.open, &mut self.columns);
        self.columns.starts.len()
    }

    /// Takes what to look for from the input: two spellings, and the rest is pairs; see [`Needle::new`].
    pub(crate) fn set_needle(&mut self, plain: usize, escaped: usize, ignores_case: bool) {
        let Some((plain, rest)) = self.input.split_at_checked(plain) else { return };
        let Some((escaped, pairs)) = rest.split_at_checked(escaped) else { return };
        self.needle = Some(Needle::new(plain, escaped, ignores_case, pairs));
    }

    /// Searches the body from `start` on. Returns how many hits there are.
    pub(crate) fn find(&mut self, start: usize) -> usize {
        let (padded, length) = from(&self.body, start);
        match &self.needle {
            Some(needle) => find::find(padded, length, needle, &mut self.open, &mut self.scratch, &mut self.hits),
            None => self.hits.clear(),
        }
        self.hits.len()
    }
}

/// The padded body from `start` on, and how long it is without its padding.
fn from(body: &[u8], start: usize) -> (&[u8], usize) {
    let padded = body.get(start..).unwrap_or_default();
    (padded, padded.len().saturating_sub(PADDING))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::DeflateEncoder;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::entry::MALFORMED;

    fn deflated(body: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(body).unwrap();
        encoder.finish().unwrap()
    }

    fn with_body(body: &[u8]) -> Engine {
        let mut engine = Engine::default();
        engine.body_for(body.len())[..body.len()].copy_from_slice(body);
        engine
    }

    /// The lines that hold `text`, whatever its case.
    fn find(engine: &mut Engine, text: &str) -> Vec<u32> {
        let plain = text.to_ascii_lowercase();
        let escaped = serde_json::to_string(&plain).unwrap();
        engine.input = [plain.as_bytes(), &escaped.as_bytes()[1..escaped.len() - 1]].concat();
        engine.set_needle(plain.len(), escaped.len() - 2, true);
        engine.find(0);
        engine.hits.clone()
    }

    fn holds(value: &Value, text: &str) -> bool {
        match value {
            Value::String(string) => string.to_ascii_lowercase().contains(&text.to_ascii_lowercase()),
            Value::Array(items) => items.iter().any(|item| holds(item, text)),
            Value::Object(members) => members.values().any(|member| holds(member, text)),
            _ => false,
        }
    }

    #[test]
    fn inflates_no_more_than_it_may() {
        let mut engine = Engine { input: deflated(&[b'a'; 1_000]), ..Engine::default() };
        assert_eq!(engine.inflate(999), None);
        assert_eq!(engine.inflate(1_000), Some(1_000));
        engine.input = deflated(&vec![0; 1 << 26]);
        assert_eq!(engine.inflate(1 << 18), None);
    }

    proptest! {
        #[test]
        fn entries(
            texts in prop::collection::vec(("[ab\"\\\\\n/]{0,4}|\\PC{0,6}", any::<String>(), "[a-zA-Z]{4,5}|ERROR|warn"), 1..8),
            needle in "[abAB\"\\\\\n/]{1,3}",
        ) {
            let entries: Vec<Value> = texts.iter().map(|(message, field, level)| json!({
                "timestamp": "2024-01-01T12:00:00.5Z", "level": level, "target": field, "message": message,
                "fields": {"a": [{field.as_str(): message}]}, "span": {"trace_id": field},
            })).collect();
            let lines: Vec<String> = entries.iter().map(Value::to_string).collect();
            let body = lines.join("\n").into_bytes();
            let mut engine = Engine { input: deflated(&body), ..Engine::default() };
            prop_assert_eq!(engine.inflate(body.len()), Some(body.len()));
            prop_assert_eq!(engine.scan(0), lines.len());
            for (index, (_, field, level)) in texts.iter().enumerate() {
                let columns = &engine.columns;
                let of = |start: u32, end: u32| std::str::from_utf8(&body[start as usize..end as usize]).unwrap();
                prop_assert_eq!(of(columns.starts[index], columns.ends[index]), &lines[index]);
                let target = of(columns.target_starts[index], columns.target_ends[index]);
                prop_assert_eq!(&serde_json::from_str::<String>(&format!("\"{target}\"")).unwrap(), field);
                prop_assert_eq!(columns.times[index], 1_704_110_400_500.0);
                let expected = match level.to_ascii_uppercase().as_str() {
                    "DEBUG" | "TRACE" => 0,
                    "WARN" => 2,
                    "ERROR" | "FATAL" | "ALERT" => 3,
                    _ => 1,
                };
                prop_assert_eq!(columns.levels[index], expected);
            }
            let expected: Vec<u32> =
                (0..).zip(&entries).filter(|(_, entry)| holds(entry, &needle)).map(|(index, _)| index).collect();
            prop_assert_eq!(find(&mut engine, &needle), expected);
        }

        #[test]
        fn nothing_panics(bytes: Vec<u8>, text in r#"([\[\]{}:,\\"\n]|"level":|"message":"a"|\\u0){0,40}"#, start: u16) {
            for body in [bytes.as_slice(), text.as_bytes()] {
                let mut engine = with_body(body);
                let lines = engine.scan(usize::from(start) % (body.len() + 1));
                prop_assert!(lines <= body.len());
                let lines = engine.scan(0);
                prop_assert_eq!(lines, body.split_inclusive(|&byte| byte == b'\n').count());
                prop_assert!(engine.columns.levels.iter().all(|&level| level <= MALFORMED));
                prop_assert!(find(&mut engine, "a").iter().all(|&line| (line as usize) < lines));
            }
        }
    }
}
