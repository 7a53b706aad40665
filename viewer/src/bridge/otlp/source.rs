//! The program that a record comes from, by its resource.

use logrtc::FieldValue;

use super::message::{KeyValue, Resource};
use super::value::{Attributes, text_of};

/// The name of a program that says none, as OpenTelemetry has it.
const UNKNOWN: &str = "unknown_service";
/// The longest id of a producer.
const MAX_NAME_BYTES: usize = 128;
/// How much of a resource each entry repeats, in bytes of JSON.
const MAX_RESOURCE_BYTES: usize = 4 * 1024;

#[derive(Debug)]
pub(super) struct Source {
    /// `service.name`, as the id of a producer.
    pub(super) service: String,
    /// `service.version`.
    pub(super) version: Option<String>,
    /// The other attributes, for each entry: the instances of a service are one producer.
    pub(super) resource: Option<FieldValue<'static>>,
    /// How much that is in each entry.
    pub(super) resource_bytes: usize,
}

impl Source {
    pub(super) fn of(resource: &Resource) -> Self {
        let text = |key: &str| text_of(&resource.attributes, key).map(one_line);
        let (repeated, resource_bytes) = repeated(&resource.attributes);
        Self {
            service: text("service.name").unwrap_or_else(|| UNKNOWN.to_owned()),
            version: text("service.version"),
            resource: (!repeated.is_empty()).then(|| FieldValue::serialize(&Attributes::new(repeated))),
            resource_bytes,
        }
    }
}

/// Without control characters, and at most as long as the id of a producer.
fn one_line(text: &str) -> String {
    let mut line: String =
        text.chars().map(|char| if char.is_control() { char::REPLACEMENT_CHARACTER } else { char }).collect();
    let end = (0..=MAX_NAME_BYTES.min(line.len())).rev().find(|end| line.is_char_boundary(*end));
    line.truncate(end.unwrap_or(0));
    line
}

/// The attributes that each entry repeats, as long as there is room for them, and how many bytes they take: not the one that
/// the producer has, and not those about OpenTelemetry.
fn repeated(attributes: &[KeyValue]) -> (Vec<&KeyValue>, usize) {
    let is_wanted = |key: &str| key != "service.name" && !key.starts_with("telemetry.");
    let (mut kept, mut bytes) = (Vec::new(), 0);
    for attribute in attributes.iter().filter(|attribute| is_wanted(&attribute.key)) {
        let more = Attributes::new([attribute]).encoded_len();
        if bytes + more <= MAX_RESOURCE_BYTES {
            bytes += more;
            kept.push(attribute);
        }
    }
    (kept, bytes)
}

#[cfg(test)]
mod tests {
    use super::super::message::{AnyValue, Value};
    use super::*;

    fn source(attributes: &[(&str, &str)]) -> Source {
        let attributes = attributes.iter().map(|(key, text)| KeyValue {
            key: (*key).to_owned(),
            value: Some(AnyValue { value: Some(Value::Text((*text).to_owned())) }),
        });
        Source::of(&Resource { attributes: attributes.collect() })
    }

    fn resource(source: &Source) -> String {
        let mut fields = logrtc::Fields::new();
        fields.push("resource", source.resource.clone());
        fields.to_json()
    }

    #[test]
    fn a_service_is_named_and_its_instances_can_be_told_apart() {
        let source = source(&[
            ("service.name", "checkout"),
            ("telemetry.sdk.language", "go"),
            ("service.version", "1.2"),
            ("host.name", "h1"),
        ]);
        assert_eq!((source.service.as_str(), source.version.as_deref()), ("checkout", Some("1.2")));
        assert_eq!(resource(&source), r#"{"resource":{"service.version":"1.2","host.name":"h1"}}"#);
    }

    #[test]
    fn a_name_that_is_no_id_becomes_one() {
        assert_eq!(source(&[]).service, "unknown_service");
        assert_eq!(source(&[("service.name", "")]).service, "unknown_service");
        assert_eq!(source(&[("service.name", "a\n\u{1b}b")]).service, "a\u{fffd}\u{fffd}b");
        let long = source(&[("service.name", &"\u{20ac}".repeat(100))]).service;
        assert_eq!((long.len(), long.chars().count()), (126, 42));
    }

    #[test]
    fn a_resource_that_is_too_long_keeps_what_fits() {
        let source = source(&[("long", &"x".repeat(MAX_RESOURCE_BYTES)), ("host.name", "h1")]);
        assert_eq!(resource(&source), r#"{"resource":{"host.name":"h1"}}"#);
    }
}
