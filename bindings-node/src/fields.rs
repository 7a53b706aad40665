//! The fields of an entry, which arrive as a JSON object.

use logrtc::Record;

/// The record that `begin` begins, with the members of a JSON object as its fields; `""` adds none. `lib/json.js` writes what
/// the core takes. If the core refuses it all the same, the entry is logged without it and says why.
pub(crate) fn with_fields<'a>(begin: impl Fn() -> Record<'a>, json: &'a str) -> Record<'a> {
    if json.is_empty() {
        return begin();
    }
    begin().fields_json(json).unwrap_or_else(|error| begin().field("fields_error", error.to_string()))
}
