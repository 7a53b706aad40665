//! An entry, read from the text that a producer sent. Everything in it was written by strangers.

use std::borrow::Cow;
use std::fmt;

use chrono::{DateTime, Utc};
use logrtc::Level;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::consumer::GapReason;

/// The target of the entries that logrtc itself adds.
const OWN_TARGET: &str = "logrtc";

/// The keys that are shown, as far as possible still in the text that they were read from.
#[derive(Deserialize)]
pub(super) struct Entry<'a> {
    #[serde(borrow)]
    pub(super) timestamp: Cow<'a, str>,
    #[serde(borrow)]
    level: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) target: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) message: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(super) fields: Option<Fields<'a>>,
}

/// The fields in their order, with their values as they were written.
pub(super) struct Fields<'a>(pub(super) Vec<(Cow<'a, str>, &'a RawValue)>);

/// Entries that were lost on the way.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Gap {
    pub(super) dropped: u64,
    pub(super) reason: GapReason,
}

impl<'a> Entry<'a> {
    /// None if the text is no entry.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The level of the protocol that the entry's means; INFO if it means none.
    pub(super) fn level(&self) -> Level {
        Level::from_name(&self.level).map_or(Level::Info, |(level, _)| level)
    }

    pub(super) fn time(&self) -> Option<DateTime<Utc>> {
        DateTime::parse_from_rfc3339(&self.timestamp).ok().map(|time| time.to_utc())
    }

    /// What the entry says of lost entries, if that is what it is for.
    pub(super) fn gap(&self) -> Option<Gap> {
        if self.target != OWN_TARGET || self.level() != Level::Warn {
            return None;
        }
        let fields = &self.fields.as_ref()?.0;
        let value = |name| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.get());
        let reason = match value("reason") {
            Some(r#""overflow""#) => GapReason::Overflow,
            Some(r#""oversize""#) => GapReason::Oversize,
            _ => GapReason::Unknown,
        };
        Some(Gap { dropped: value("dropped")?.parse().ok()?, reason })
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        #[derive(Deserialize)]
        struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

        impl<'de> Visitor<'de> for InOrder {
            type Value = Fields<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some((Key(key), value)) = map.next_entry()? {
                    fields.push((key, value));
                }
                Ok(Fields(fields))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_required_is_required() {
        let whole =
            r#"{"timestamp":"t","level":"NOTICE","target":"a","message":"m","x":[1],"span":null,"fields":null}"#;
        assert_eq!(Entry::parse(whole).unwrap().level(), Level::Info);
        for text in [
            "",
            "5",
            "[]",
            r#"{"timestamp":"t","level":"INFO","target":"a"}"#,
            r#"{"timestamp":1,"level":"INFO","target":"a","message":"m"}"#,
            r#"{"timestamp":"t","level":"INFO","target":"a","message":"m","fields":[]}"#,
            r#"{"timestamp":"t","level":"INFO","target":"a","message":"m"} {}"#,
            "{\"timestamp\":\"t\",\"level\":\"INFO\",\"target\":\"a\",\"message\":\"m\",\"x\":\"a\nb\"}",
        ] {
            assert!(Entry::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn only_logrtc_reports_a_gap() {
        let entry = |level: &str, target: &str, fields: &str| {
            let text =
                format!(r#"{{"timestamp":"t","level":"{level}","target":"{target}","message":"m","fields":{fields}}}"#);
            Entry::parse(&text).unwrap().gap()
        };
        let gap = |reason| Some(Gap { dropped: 5, reason });
        assert_eq!(entry("WARN", "logrtc", r#"{"reason":"overflow","dropped":5}"#), gap(GapReason::Overflow));
        assert_eq!(entry("WARN", "logrtc", r#"{"dropped":5,"reason":"oversize"}"#), gap(GapReason::Oversize));
        assert_eq!(entry("WARN", "logrtc", r#"{"dropped":5,"reason":[]}"#), gap(GapReason::Unknown));
        assert_eq!(entry("WARN", "app", r#"{"dropped":5}"#), None);
        assert_eq!(entry("INFO", "logrtc", r#"{"dropped":5}"#), None);
        assert_eq!(entry("WARN", "logrtc", r#"{"dropped":"5"}"#), None);
        assert_eq!(entry("WARN", "logrtc", "null"), None);
    }
}
