use chrono::DateTime;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::super::{Entry, Fields, encode};
use crate::level::Level;

fn encoded(entry: &Entry, max_bytes: usize) -> String {
    let mut json = Vec::new();
    encode(&mut json, &entry.parts(DateTime::UNIX_EPOCH), max_bytes);
    assert!(json.len() <= max_bytes, "{} of {max_bytes}", json.len());
    String::from_utf8(json).unwrap()
}

fn cut(entry: &Entry, max_bytes: usize) -> Value {
    serde_json::from_str(&encoded(entry, max_bytes)).unwrap()
}

fn entry(message: &str, fields: &Value) -> Entry {
    let mut entry = Entry::new(Level::Error, "app", message).timestamp(DateTime::UNIX_EPOCH);
    entry.fields = Fields::from_json(&fields.to_string()).unwrap();
    entry
}

#[test]
fn the_longest_value_is_cut_and_all_others_stay() {
    let body = "x".repeat(70_000);
    let fields = json!({
        "reqId": "r1",
        "err": {"type": "AxiosError", "message": "500", "stack": "at main", "response": {"data": body, "status": 500}},
        "n": [1, 2.5, null],
    });
    let json = cut(&entry("call failed", &fields), 64 * 1024);
    let mut kept = json["fields"].clone();
    assert!(kept["err"]["response"]["data"].as_str().unwrap().len() > 64_000);
    kept["err"]["response"]["data"] = body.into();
    assert_eq!(kept.as_object_mut().unwrap().remove("truncated"), Some(json!(["err.response.data"])));
    assert_eq!((kept, &json["message"]), (fields, &json!("call failed")));
}

#[test]
fn an_exception_with_a_long_message_keeps_its_type_and_its_frames() {
    let message = "m".repeat(81_000);
    for (place, stack) in [
        ("before", format!("Error: {message}\n    at pay (shop.js:7)")),
        ("behind", format!("  File \"shop.py\", line 7, in pay\nValueError: {message}")),
    ] {
        let fields = json!({
            "exception.type": "ValueError",
            "exception.message": message,
            "exception.stacktrace": stack,
            "order_id": 7,
        });
        let json = cut(&entry("insert failed", &fields), 64 * 1024);
        let fields = &json["fields"];
        assert_eq!((&fields["exception.type"], &fields["order_id"]), (&json!("ValueError"), &json!(7)));
        let kept = fields["exception.stacktrace"].as_str().unwrap();
        assert!(kept.contains("shop.") && kept.contains("Error: m") && kept.contains("…"), "{place}");
        assert!(message.starts_with(fields["exception.message"].as_str().unwrap()));
        assert_eq!(fields["truncated"], json!(["exception.message", "exception.stacktrace"]));
    }
}

#[test]
fn a_long_list_loses_its_end_and_not_the_fields_beside_it() {
    let fields = json!({"before": 1, "list": (0..10_000).collect::<Vec<_>>(), "deep": {"a": "b"}, "after": "x"});
    let json = cut(&entry("m", &fields), 4096);
    let kept = json["fields"]["list"].as_array().unwrap();
    assert!(kept.len() > 500 && kept.iter().enumerate().all(|(index, number)| *number == index), "{kept:?}");
    let fields = &json["fields"];
    assert_eq!((&fields["before"], &fields["deep"], &fields["after"]), (&json!(1), &json!({"a": "b"}), &json!("x")));
    assert_eq!(fields["truncated"], json!(["list"]));
}

#[test]
fn too_many_fields_lose_the_last_and_say_how_many() {
    let fields: Map<String, Value> = (0..1000).map(|number| (format!("field{number:04}"), number.into())).collect();
    let json = cut(&entry("m", &fields.into()), 4096);
    let mut kept = json["fields"].as_object().unwrap().clone();
    assert_eq!(kept.remove("truncated"), Some(json!(["fields"])));
    let dropped = kept.remove("dropped_fields").unwrap().as_u64().unwrap();
    assert!(kept.len() > 150);
    assert_eq!(kept.len() as u64 + dropped, 1000);
    assert!(kept.contains_key("field0000") && kept.contains_key(&format!("field{:04}", kept.len() - 1)));
}

#[test]
fn a_key_without_end_costs_only_itself() {
    let fields = json!({"a": 1, "k".repeat(9000): 2, "z": 3});
    let json = cut(&entry("m", &fields), 4096);
    assert_eq!(json["fields"], json!({"a": 1, "z": 3, "truncated": ["fields"], "dropped_fields": 1}));
}

#[test]
fn a_number_without_end_becomes_a_string() {
    let json = encoded(&entry("m", &json!({})), 4096);
    assert!(!json.contains("fields"));
    let mut entry = Entry::new(Level::Info, "app", "m");
    entry.fields = Fields::from_json(&format!("{{\"n\":0.{}}}", "1".repeat(9000))).unwrap();
    let json = cut(&entry, 4096);
    assert!(json["fields"]["n"].as_str().unwrap().starts_with("0.111"));
}

fn any_value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<i64>().prop_map(Value::from),
        ("(\\PC|[\"\\\\\n\u{1}é日👍]){0,20}", 1_usize..100).prop_map(|(text, times)| text.repeat(times).into()),
    ];
    scalar.prop_recursive(4, 64, 12, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..12).prop_map(Value::from),
            prop::collection::btree_map("[a-c\"é]{0,3}", inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Whether `kept` is what a cut may leave of `whole`.
fn is_left_of(kept: &Value, whole: &Value) -> bool {
    match (kept, whole) {
        (Value::String(kept), Value::String(whole)) => whole.starts_with(kept.as_str()),
        (Value::Array(kept), Value::Array(whole)) => {
            kept.len() <= whole.len() && kept.iter().zip(whole).all(|(kept, whole)| is_left_of(kept, whole))
        }
        (Value::Object(kept), Value::Object(whole)) => {
            kept.iter().all(|(key, value)| whole.get(key).is_some_and(|whole| is_left_of(value, whole)))
        }
        (kept, whole) => kept == whole,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, max_shrink_iters: 200, ..ProptestConfig::default() })]
    #[test]
    fn any_entry_fits_is_json_and_keeps_every_key_that_fits(
        target in "\\PC{0,600}",
        id in "\\PC{0,600}",
        message in "(\\PC|[\"\n\u{1}]){0,60}",
        times in 1_usize..200,
        fields in prop::collection::btree_map("k[a-z\"é]{0,8}", any_value(), 0..30),
        max_bytes in 2048_usize..16_384,
    ) {
        let message = message.repeat(times);
        let fields: Value = Value::Object(fields.into_iter().collect());
        let entry = entry(&message, &fields).span(super::Span::new(id.clone()).trace_id(id));
        let entry = Entry { target, ..entry };
        let json = cut(&entry, max_bytes);
        prop_assert!(message.starts_with(json["message"].as_str().unwrap()));
        let whole = entry.to_json();
        let mut kept = json["fields"].as_object().cloned().unwrap_or_default();
        if whole.len() + super::FRAME_BYTES <= max_bytes {
            prop_assert!(!kept.contains_key("truncated"));
        }
        let truncated = kept.remove("truncated");
        let dropped = kept.remove("dropped_fields").map_or(0, |dropped| dropped.as_u64().unwrap());
        prop_assert_eq!(kept.len() as u64 + dropped, fields.as_object().unwrap().len() as u64);
        prop_assert!(dropped == 0 || max_bytes < 8192, "there is room for every key");
        prop_assert!(is_left_of(&Value::Object(kept), &fields));
        prop_assert_eq!(truncated.is_some(), serde_json::from_str::<Value>(&whole).unwrap() != json);
    }
}
