//! JSON whose values stay as they were written.

use logrtc::binding::{RawMember, RawMembers};

/// The members of an object, in their order, each value as it was written.
pub(super) fn members(object: &str) -> Option<Vec<RawMember<'_>>> {
    serde_json::from_str(object).ok().map(|RawMembers(members)| members)
}

/// A text as JSON.
pub(super) fn string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
