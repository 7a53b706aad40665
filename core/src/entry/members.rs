//! The members of a JSON object, their values unread.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// One member: its key, and its value as it was written.
pub type RawMember<'a> = (Cow<'a, str>, &'a RawValue);

/// The members of an object, in their order. A key that comes again is there again.
#[derive(Debug)]
pub struct RawMembers<'a>(pub Vec<RawMember<'a>>);

impl<'de: 'a, 'a> Deserialize<'de> for RawMembers<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = RawMembers<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::with_capacity(8);
                while let Some(key) = map.next_key::<Key<'de>>()? {
                    members.push((key.0, map.next_value()?));
                }
                Ok(RawMembers(members))
            }
        }

        deserializer.deserialize_map(Object)
    }
}

/// A key that is borrowed if it has no escapes; a bare `Cow` is always owned by serde's rules.
#[derive(serde::Deserialize)]
#[serde(transparent)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

/// Whether `json` is an object that has the member.
pub fn has_member(json: &str, key: &str) -> bool {
    serde_json::from_str(json).is_ok_and(|RawMembers(members)| members.iter().any(|(known, _)| known == key))
}

/// The text of a value; `None` if it is not a string. Half of a surrogate pair is an error.
pub fn raw_string(raw: &RawValue) -> Option<serde_json::Result<Cow<'_, str>>> {
    let json = raw.get();
    if !json.starts_with('"') {
        return None;
    }
    Some(if json.contains('\\') {
        serde_json::from_str(json).map(Cow::Owned)
    } else {
        Ok(Cow::Borrowed(&json[1..json.len() - 1]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_keep_their_order_and_their_digits() {
        let RawMembers(members) = serde_json::from_str(r#"{ "b" : 1.50, "\u0061":[{}], "b":null }"#).unwrap();
        let shown: Vec<_> = members.iter().map(|(key, value)| (&**key, value.get())).collect();
        assert_eq!(shown, [("b", "1.50"), ("a", "[{}]"), ("b", "null")]);
        assert!(matches!((&members[0].0, &members[1].0), (Cow::Borrowed(_), Cow::Owned(_))));
        assert!(has_member(r#"{"\u0061":1}"#, "a") && !has_member(r#"["a"]"#, "a"));
    }

    #[test]
    fn a_string_is_borrowed_if_it_has_no_escapes() {
        let text = |json: &str| {
            let raw: Box<RawValue> = serde_json::from_str(json).unwrap();
            raw_string(&raw).map(|text| text.map(Cow::into_owned).map_err(drop))
        };
        assert_eq!(text(r#""a""#), Some(Ok("a".to_owned())));
        assert_eq!(text(r#""\n""#), Some(Ok("\n".to_owned())));
        assert_eq!(text(r#""\ud800""#), Some(Err(())));
        assert_eq!(text("5"), None);
    }
}
