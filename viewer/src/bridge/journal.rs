//! An entry of the systemd journal, as `journalctl --output=json` prints it (systemd.journal-fields(7)).

use chrono::DateTime;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::line::Line;
use super::{level, raw};

/// The names of syslog's priorities, 0 to 7.
const PRIORITIES: [&str; 8] = ["emergency", "alert", "critical", "error", "warning", "notice", "info", "debug"];

/// The priority of a line of standard output that has none.
const DEFAULT_PRIORITY: usize = 6;

/// Fields that the entry has another place for, or that say the same as one that is kept.
const CONSUMED: [&str; 6] = ["MESSAGE", "PRIORITY", "SYSLOG_FACILITY", "SYSLOG_PID", "SYSLOG_RAW", "SYSLOG_TIMESTAMP"];

/// Fields of the journal itself that are kept. The others are the same in every entry of a boot or of a unit.
const KEPT: [&str; 4] = ["_COMM", "_HOSTNAME", "_PID", "_UID"];

/// What the journal calls a unit whose messages the service manager writes about another unit.
const MANAGER: [&str; 2] = ["init.scope", "systemd"];

/// An entry of the journal.
#[derive(Debug)]
pub(crate) struct JournalEntry {
    /// Its place in the journal.
    pub(crate) cursor: Option<String>,
    /// The stream of lines that it belongs to, if lines that follow may go on with it.
    pub(crate) stream: Option<String>,
    /// The message as it was written.
    pub(crate) text: String,
    /// What it says: its target is the unit.
    pub(crate) line: Line,
}

impl JournalEntry {
    /// Reads one line of `journalctl --output=json`; `None` if it is none.
    pub(crate) fn read(line: &str) -> Option<Self> {
        let fields = Fields::read(line)?;
        let text = fields.first("MESSAGE").unwrap_or_default().to_owned();
        let mut line = Line::read(&text);
        let is_output = fields.first("_TRANSPORT") == Some("stdout");
        fields.apply_priority(&mut line, is_output);
        let unit = fields.unit();
        if let Some(target) = line.target.replace(unit.to_owned()) {
            line.fields.push(("target".to_owned(), raw::string(&target)));
        }
        // The journal knows the time best: that of a text may lack its zone.
        line.time = fields.time().or(line.time);
        let process = fields.first("_STREAM_ID").or(fields.first("_PID")).unwrap_or_default();
        let stream = is_output.then(|| format!("{unit} {process}"));
        let cursor = fields.first("__CURSOR").map(str::to_owned);
        line.fields.extend(fields.kept(unit));
        Some(Self { cursor, stream, text, line })
    }
}

/// The fields of an entry, each with its values.
struct Fields(Vec<(String, Vec<String>)>);

impl Fields {
    fn read(line: &str) -> Option<Self> {
        let members = raw::members(line)?;
        Some(Self(members.into_iter().map(|(name, value)| (name.into_owned(), values(value))).collect()))
    }

    fn first(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name)?.1.first().map(String::as_str)
    }

    /// The unit that the entry is of or about, or else the program.
    fn unit(&self) -> &str {
        let own = self.first("_SYSTEMD_USER_UNIT").or(self.first("_SYSTEMD_UNIT"));
        let about = ["UNIT", "USER_UNIT", "OBJECT_SYSTEMD_UNIT"].into_iter().find_map(|name| self.first(name));
        let is_manager = own.is_none_or(|own| MANAGER.contains(&own));
        let named = if is_manager { about.or(own.filter(|own| *own != MANAGER[0])) } else { own };
        named.or(self.first("SYSLOG_IDENTIFIER")).or(self.first("_COMM")).unwrap_or("journald")
    }

    /// A priority counts, unless it is the one that every line of standard output has and the text has a level itself.
    fn apply_priority(&self, line: &mut Line, is_output: bool) {
        let priority = self.first("PRIORITY").and_then(|digits| digits.parse::<usize>().ok());
        let Some(name) = priority.and_then(|priority| PRIORITIES.get(priority)) else { return };
        let is_default = priority == Some(DEFAULT_PRIORITY) && (is_output || !line.is_text);
        if line.level.is_some() && is_default {
            return;
        }
        let Some((level, original)) = level::named(name) else { return };
        line.level = Some(level);
        line.fields.retain(|(name, _)| name != "level_name");
        line.fields.extend(original.map(|original| ("level_name".to_owned(), raw::string(&original))));
    }

    /// When it was written, or else when the journal received it, in microseconds since 1970.
    fn time(&self) -> Option<DateTime<chrono::Utc>> {
        let names = ["_SOURCE_REALTIME_TIMESTAMP", "__REALTIME_TIMESTAMP"];
        names.into_iter().find_map(|name| DateTime::from_timestamp_micros(self.first(name)?.parse().ok()?))
    }

    /// What becomes a field: all that the program gave, and a little of what the journal knows.
    fn kept<'a>(&'a self, unit: &'a str) -> impl Iterator<Item = (String, String)> + 'a {
        let is_kept = |name: &str| match name.strip_prefix('_') {
            Some(_) => KEPT.contains(&name),
            None => !CONSUMED.contains(&name),
        };
        let kept =
            self.0.iter().filter(move |(name, values)| is_kept(name) && values.iter().any(|value| value != unit));
        kept.map(|(name, values)| match values.as_slice() {
            [value] => (name.clone(), raw::string(value)),
            values => (name.clone(), serde_json::Value::from(values).to_string()),
        })
    }
}

/// The values of a field. One that is not text, as for a colour in it, is an array of its bytes; several of one name are an
/// array of them.
fn values(raw: &RawValue) -> Vec<String> {
    match serde_json::from_str(raw.get()) {
        Ok(Values::One(value)) => vec![value.into_text()],
        Ok(Values::Many(values)) => values.into_iter().flatten().map(Value::into_text).collect(),
        Ok(Values::TooLong) => Vec::new(),
        Err(_) => vec![raw.get().to_owned()],
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Values {
    One(Value),
    Many(Vec<Option<Value>>),
    TooLong,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Value {
    Text(String),
    Bytes(Vec<u8>),
}

impl Value {
    fn into_text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Bytes(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use logrtc::Level;

    use super::*;

    fn read(text: &str) -> JournalEntry {
        JournalEntry::read(text).unwrap()
    }

    #[test]
    fn an_entry_of_a_service_has_its_unit_its_priority_and_its_own_fields() {
        let entry = read(
            r#"{"__CURSOR":"s=1;i=2","__REALTIME_TIMESTAMP":"1795000000500000","_SOURCE_REALTIME_TIMESTAMP":"1795000000250000","_BOOT_ID":"b","_TRANSPORT":"journal","_SYSTEMD_UNIT":"shop.service","_PID":"7","PRIORITY":"2","MESSAGE":"disk full","ORDER":"12","CODE_FILE":"a.c","SYSLOG_IDENTIFIER":"shop"}"#,
        );
        assert_eq!(entry.cursor.as_deref(), Some("s=1;i=2"));
        assert_eq!((entry.line.level, &*entry.line.message), (Some(Level::Error), "disk full"));
        assert_eq!(entry.line.target.as_deref(), Some("shop.service"));
        assert_eq!(entry.line.time.unwrap().timestamp_subsec_millis(), 250);
        assert_eq!(
            entry.line.fields_json(),
            r#"{"level_name":"CRITICAL","_PID":"7","ORDER":"12","CODE_FILE":"a.c","SYSLOG_IDENTIFIER":"shop"}"#
        );
        assert_eq!(entry.stream, None, "a message of the journal's own interface is complete");
    }

    #[test]
    fn standard_output_is_read_as_any_program_is() {
        for (message, priority, level, shown) in [
            (r#"{\"level\":\"warn\",\"msg\":\"slow\",\"ms\":12}"#, 6, Level::Warn, "slow"),
            ("ERROR no such table", 6, Level::Error, "no such table"),
            ("ERROR no such table", 4, Level::Warn, "no such table"),
            ("2026-11-27 12:00:00 hello", 6, Level::Info, "hello"),
        ] {
            let entry = read(&format!(
                r#"{{"_TRANSPORT":"stdout","_SYSTEMD_UNIT":"a.service","_STREAM_ID":"f","PRIORITY":"{priority}","MESSAGE":"{message}"}}"#
            ));
            assert_eq!((entry.line.level, &*entry.line.message), (Some(level), shown), "{message}");
            assert_eq!(entry.stream.as_deref(), Some("a.service f"));
        }
    }

    #[test]
    fn bytes_several_values_and_none_are_values() {
        let entry = read(
            r#"{"MESSAGE":[27,91,51,49,109,114,101,100,255],"TAG":["a",[98,10],null],"BIG":null,"_SYSTEMD_UNIT":"u.service"}"#,
        );
        assert_eq!(entry.line.message, "\u{1b}[31mred\u{fffd}");
        assert_eq!(entry.line.fields_json(), r#"{"TAG":["a","b\n"]}"#);
    }

    #[test]
    fn the_unit_is_that_which_the_entry_is_about() {
        for (fields, unit) in [
            (r#""_SYSTEMD_UNIT":"init.scope","UNIT":"nginx.service","SYSLOG_IDENTIFIER":"systemd""#, "nginx.service"),
            (r#""_SYSTEMD_UNIT":"init.scope","SYSLOG_IDENTIFIER":"systemd""#, "systemd"),
            (r#""_SYSTEMD_UNIT":"user@1.service","_SYSTEMD_USER_UNIT":"app.service""#, "app.service"),
            (r#""_TRANSPORT":"kernel","SYSLOG_IDENTIFIER":"kernel""#, "kernel"),
            (r#""_COMM":"cron""#, "cron"),
            (r#""PRIORITY":"6""#, "journald"),
        ] {
            let entry = read(&format!(r#"{{"MESSAGE":"m",{fields}}}"#));
            assert_eq!(entry.line.target.as_deref(), Some(unit), "{fields}");
        }
    }

    #[test]
    fn what_is_no_entry_is_none() {
        for text in ["", "-- No entries --", "[1]", "{\"MESSAGE\":"] {
            assert!(JournalEntry::read(text).is_none(), "{text}");
        }
    }
}
