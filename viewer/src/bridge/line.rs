//! What one line of a program says.

use chrono::{DateTime, Utc};
use logrtc::Level;

use super::raw;

/// An entry in the making: what a line says, and nothing that it does not say.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Line {
    pub(crate) time: Option<DateTime<Utc>>,
    pub(crate) level: Option<Level>,
    pub(crate) target: Option<String>,
    pub(crate) message: String,
    /// Names, and values as JSON.
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) span: Option<SpanIds>,
    /// Whether lines may follow that belong to it: those of a stack trace.
    pub(crate) is_text: bool,
}

/// Where it stands in a trace.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct SpanIds {
    pub(crate) id: String,
    pub(crate) trace_id: Option<String>,
    pub(crate) parent_id: Option<String>,
}

impl Line {
    /// Its fields as a JSON object.
    pub(crate) fn fields_json(&self) -> String {
        let members = self.fields.iter().map(|(name, value)| format!("{}:{value}", raw::string(name)));
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    }
}
