//! Requests in both encodings, as the entries that they become.

use proptest::prelude::*;
use prost::Message;
use prost::encoding::{WireType, encode_key, encode_varint};
use serde_json::{Value, json};

use super::body::{Body, Budget, Coding};
use super::message::{AnyValue, ArrayValue, LogRecord, Span};
use super::part::Unreadable;
use super::request::{Encoding, Record, Request, Signal};
use super::{MAX_RECORD_BYTES, MAX_RECORDS, entry, message};

fn request(signal: Signal, encoding: Encoding, body: &[u8]) -> Request {
    let mut held = Body::new(Coding::Identity, &Budget::new(1 << 24));
    held.push(body).unwrap();
    Request { signal, encoding, held: held.finish().unwrap() }
}

/// The entries of a request, with the service that they are of.
fn entries(request: &Request) -> Result<Vec<(String, Value)>, Unreadable> {
    let mut all = Vec::new();
    request.each(|found| {
        let entries = entry::of(&found);
        assert_eq!(entries.len(), entry::count(&found.record));
        let json = |entry: logrtc::Entry| serde_json::from_str(&entry.to_json()).unwrap();
        all.extend(entries.into_iter().map(|entry| (found.source.service.clone(), json(entry))));
    })?;
    Ok(all)
}

/// A member of a message that is a message itself.
fn member(tag: u32, content: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode_key(tag, WireType::LengthDelimited, &mut bytes);
    encode_varint(content.len() as u64, &mut bytes);
    bytes.extend_from_slice(content);
    bytes
}

/// A request of protobuf with one resource and one scope, and the records that `records` holds as fields.
fn protobuf(records: &[u8]) -> Vec<u8> {
    let service: message::KeyValue =
        serde_json::from_value(json!({"key": "service.name", "value": {"stringValue": "api"}})).unwrap();
    let resource = member(1, &message::Resource { attributes: vec![service] }.encode_to_vec());
    let scope = member(1, &message::Scope { name: "shop".to_owned() }.encode_to_vec());
    member(1, &[resource, member(2, &[scope, records.to_vec()].concat())].concat())
}

/// The same of JSON.
fn request_json(signal: Signal, record: &Value) -> Value {
    let (resources, scopes, records) = match signal {
        Signal::Logs => ("resourceLogs", "scopeLogs", "logRecords"),
        Signal::Traces => ("resourceSpans", "scopeSpans", "spans"),
    };
    let resource = json!({"attributes": [{"key": "service.name", "value": {"stringValue": "api"}}]});
    let scope = json!({"scope": {"name": "shop", "version": "1"}, records: [record], "schemaUrl": "x"});
    json!({resources: [{"resource": resource, scopes: [scope]}]})
}

/// The entries of one record, which are the same in both encodings.
fn both<T: Message + Default + serde::de::DeserializeOwned>(signal: Signal, record: &Value) -> Vec<Value> {
    // So that no entry has the time of the test.
    let mut record = record.clone();
    record["observedTimeUnixNano"] = 1.into();
    let read: T = serde_json::from_value(record.clone()).unwrap();
    let bytes = protobuf(&member(2, &read.encode_to_vec()));
    let by_protobuf = entries(&request(signal, Encoding::Protobuf, &bytes)).unwrap();
    let text = request_json(signal, &record).to_string();
    assert_eq!(entries(&request(signal, Encoding::Json, text.as_bytes())).unwrap(), by_protobuf);
    assert!(by_protobuf.iter().all(|(service, _)| service == "api"));
    by_protobuf.into_iter().map(|(_, entry)| entry).collect()
}

fn attribute(key: &str, value: &Value) -> Value {
    json!({"key": key, "value": value})
}

#[test]
fn a_log_record_is_an_entry() {
    let record = json!({
        "timeUnixNano": "1795780800123456789", "severityNumber": 14, "severityText": "NOTICE",
        "body": {"stringValue": "slow"}, "eventName": "query", "droppedAttributesCount": 2, "flags": 1,
        "attributes": [
            attribute("rows", &json!({"intValue": "9007199254740993"})), attribute("ok", &json!({"boolValue": false})),
            attribute("ratio", &json!({"doubleValue": "NaN"})), attribute("none", &json!({})), attribute("raw", &json!({"bytesValue": "AQI="})),
            attribute("tags", &json!({"arrayValue": {"values": [{"stringValue": "a"}, {"doubleValue": "-Infinity"}, {"doubleValue": 1}]}})),
            attribute("user", &json!({"kvlistValue": {"values": [attribute("id", &json!({"intValue": 7}))]}})),
            attribute("resource", &json!({"stringValue": "its own"})),
        ],
        "traceId": "5B8EFFF798038103D269B633813FC60C", "spanId": "eee19b7ec3c1b174", "unknown": [1, {}],
    });
    assert_eq!(
        both::<LogRecord>(Signal::Logs, &record),
        [json!({
            "timestamp": "2026-11-27T12:00:00.123Z", "level": "WARN", "target": "shop", "message": "slow",
            "fields": {
                "rows": 9_007_199_254_740_993_u64, "ok": false, "ratio": "NaN", "none": null, "raw": "AQI=",
                "tags": ["a", "-Infinity", 1.0], "user": {"id": 7}, "attributes.resource": "its own", "event.name": "query",
                "severity_number": 14, "level_name": "NOTICE", "otel.dropped_attributes_count": 2,
            },
            "span": {"id": "eee19b7ec3c1b174", "trace_id": "5b8efff798038103d269b633813fc60c"},
        })]
    );
}

#[test]
fn the_level_is_the_number_and_the_text_says_the_rest() {
    for (number, text, level, name) in [
        (1, "", "DEBUG", Some("TRACE")),
        (5, "debug", "DEBUG", None),
        (9, "Information", "INFO", None),
        (10, "INFO2", "INFO", Some("INFO2")),
        (16, "", "WARN", None),
        (17, "E", "ERROR", None),
        (21, "", "ERROR", Some("FATAL")),
        (21, "CRITICAL", "ERROR", Some("CRITICAL")),
        (0, "warning", "WARN", None),
        (0, "", "INFO", None),
        (99, "custom", "INFO", Some("custom")),
    ] {
        let entry = &both::<LogRecord>(Signal::Logs, &json!({"severityNumber": number, "severityText": text}))[0];
        assert_eq!((entry["level"].as_str(), entry["fields"]["level_name"].as_str()), (Some(level), name), "{number}");
    }
}

#[test]
fn a_body_keeps_its_structure_and_a_row_has_a_text() {
    let map = |members: &[Value]| json!({"kvlistValue": {"values": members}});
    let one = attribute("n", &json!({"intValue": 1}));
    for (body, message, field) in [
        (map(std::slice::from_ref(&one)), r#"{"n":1}"#, json!({"n": 1})),
        (map(&[one.clone(), attribute("msg", &json!({"stringValue": "hi"}))]), "hi", json!({"n": 1, "msg": "hi"})),
        (json!({"arrayValue": {"values": [{"intValue": 1}]}}), "[1]", json!([1])),
        (json!({"intValue": 12}), "12", Value::Null),
        (Value::Null, "", Value::Null),
    ] {
        let entry = &both::<LogRecord>(Signal::Logs, &json!({"body": body}))[0];
        assert_eq!((entry["message"].as_str(), &entry["fields"]["body"]), (Some(message), &field), "{body}");
    }
    let event = both::<LogRecord>(Signal::Logs, &json!({"body": map(&[one]), "eventName": "order.paid"}));
    assert_eq!((&event[0]["message"], &event[0]["fields"]["body"]["n"]), (&json!("order.paid"), &json!(1)));
    let long = map(&[attribute("x", &json!({"stringValue": "\u{20ac}".repeat(1000)}))]);
    let entry = &both::<LogRecord>(Signal::Logs, &json!({"body": long}))[0];
    assert_eq!(entry["message"].as_str().unwrap().chars().count(), 257);
}

#[test]
fn a_span_is_an_entry_behind_those_of_its_events() {
    let exception = [
        attribute("exception.type", &json!({"stringValue": "ValueError"})),
        attribute("exception.message", &json!({"stringValue": "no money"})),
    ];
    let record = json!({
        "traceId": "5b8efff798038103d269b633813fc60c", "spanId": "eee19b7ec3c1b174", "parentSpanId": "0000000000000001",
        "name": "charge", "kind": 3, "startTimeUnixNano": "1795780800000000000", "endTimeUnixNano": "1795780800001500000",
        "attributes": [attribute("duration_ms", &json!({"intValue": 1}))],
        "events": [
            {"timeUnixNano": "1795780800001000000", "name": "retry"},
            {"timeUnixNano": "1795780800001000000", "name": "exception", "attributes": exception},
        ],
        "links": [{"traceId": "00000000000000000000000000000001", "spanId": "0000000000000002"}],
        "status": {"code": 2, "message": "declined"}, "droppedEventsCount": 1, "traceState": "a=b",
    });
    let all = both::<Span>(Signal::Traces, &record);
    let place = json!({"id": "eee19b7ec3c1b174", "trace_id": "5b8efff798038103d269b633813fc60c", "parent_id": "0000000000000001"});
    let told: Vec<_> = all.iter().map(|entry| (entry["level"].as_str(), entry["message"].as_str())).collect();
    assert_eq!(
        told,
        [(Some("INFO"), Some("retry")), (Some("ERROR"), Some("ValueError: no money")), (Some("ERROR"), Some("charge"))]
    );
    assert!(all.iter().all(|entry| entry["span"] == place && entry["target"] == "shop"));
    assert_eq!(all[1]["fields"]["event.name"], "exception");
    assert_eq!(
        (&all[2]["timestamp"], &all[0]["timestamp"]),
        (&json!("2026-11-27T12:00:00.001Z"), &all[1]["timestamp"])
    );
    assert_eq!(
        all[2]["fields"],
        json!({
            "attributes.duration_ms": 1, "duration_ms": 1.5, "span.kind": "client", "otel.status_code": "ERROR",
            "otel.status_description": "declined", "otel.dropped_events_count": 1,
            "otel.links": [{"trace_id": "00000000000000000000000000000001", "span_id": "0000000000000002"}],
        })
    );
}

#[test]
fn ids_that_are_none_are_left_out() {
    for (trace_id, span_id, span) in [
        ("00000000000000000000000000000000", "0000000000000000", Value::Null),
        ("5b8e", "ee", Value::Null),
        ("", "0000000000000001", json!({"id": "0000000000000001"})),
        ("00000000000000000000000000000001", "", json!({"trace_id": "00000000000000000000000000000001"})),
    ] {
        let entry = &both::<LogRecord>(Signal::Logs, &json!({"traceId": trace_id, "spanId": span_id}))[0];
        assert_eq!(entry["span"], span);
    }
}

/// The keys of JSON as protobuf writes them: `log_records`.
fn in_snake_case(value: &Value) -> Value {
    let key = |key: &String| {
        let letters = key.chars().flat_map(|letter| match letter.is_ascii_uppercase() {
            true => vec!['_', letter.to_ascii_lowercase()],
            false => vec![letter],
        });
        letters.collect::<String>()
    };
    match value {
        Value::Object(members) => members.iter().map(|(name, value)| (key(name), in_snake_case(value))).collect(),
        Value::Array(items) => items.iter().map(in_snake_case).collect(),
        other => other.clone(),
    }
}

#[test]
fn names_in_snake_case_are_read_too() {
    let value = |value: Value| attribute("k", &value);
    let attributes = json!([
        value(json!({"stringValue": "s"})),
        value(json!({"boolValue": true})),
        value(json!({"intValue": 1})),
        value(json!({"doubleValue": 1.5})),
        value(json!({"bytesValue": "AQI="})),
        value(json!({"arrayValue": {"values": [{"intValue": 2}]}})),
        value(json!({"kvlistValue": {"values": [attribute("id", &json!({"intValue": 7}))]}})),
    ]);
    let log = json!({
        "timeUnixNano": "1795780800123456789", "observedTimeUnixNano": 1, "severityNumber": 14, "severityText": "NOTICE",
        "body": {"stringValue": "slow"}, "eventName": "query", "droppedAttributesCount": 2, "attributes": attributes,
        "traceId": "5b8efff798038103d269b633813fc60c", "spanId": "eee19b7ec3c1b174",
    });
    let span = json!({
        "traceId": "5b8efff798038103d269b633813fc60c", "spanId": "eee19b7ec3c1b174", "parentSpanId": "0000000000000001",
        "name": "charge", "kind": 3, "startTimeUnixNano": "1", "endTimeUnixNano": "1500000", "attributes": attributes,
        "events": [{"timeUnixNano": "1000000", "name": "retry", "droppedAttributesCount": 1}],
        "links": [{"traceId": "00000000000000000000000000000001", "spanId": "0000000000000002"}],
        "status": {"code": 2, "message": "declined"},
        "droppedAttributesCount": 1, "droppedEventsCount": 1, "droppedLinksCount": 1,
    });
    for (signal, record) in [(Signal::Logs, log), (Signal::Traces, span)] {
        let camel = request_json(signal, &record);
        let snake = in_snake_case(&camel);
        assert_ne!(camel, snake);
        let read = |json: &Value| entries(&request(signal, Encoding::Json, json.to_string().as_bytes())).unwrap();
        let all = read(&camel);
        assert!(!all.is_empty());
        assert_eq!(read(&snake), all);
    }
}

#[test]
fn null_is_the_default_and_what_is_wrong_is_named() {
    let text = json!({"resourceLogs": [{"resource": null, "scopeLogs": [{"scope": null, "logRecords": [
        {"timeUnixNano": null, "body": null, "attributes": null, "traceId": null, "severityText": null}]}]}]});
    let all = entries(&request(Signal::Logs, Encoding::Json, text.to_string().as_bytes())).unwrap();
    assert_eq!((all[0].0.as_str(), &all[0].1["target"]), ("unknown_service", &json!("unknown_service")));
    for (record, reason) in [
        (json!({"traceId": "x"}), "hexadecimal"),
        (json!({"timeUnixNano": "noon"}), "not an integer"),
        (json!({"severityNumber": "INFO"}), "not an integer"),
        (json!({"timeUnixNano": -1}), "out of range"),
        (json!({"body": {"bytesValue": "%"}}), "Invalid symbol"),
        (json!({"attributes": {}}), "a sequence"),
    ] {
        let text = request_json(Signal::Logs, &record).to_string();
        match entries(&request(Signal::Logs, Encoding::Json, text.as_bytes())) {
            Err(Unreadable::Malformed(told)) => assert!(told.contains(reason), "{told}"),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn nesting_is_bounded_in_both_encodings() {
    let mut nested = AnyValue { value: Some(message::Value::Bool(true)) };
    for _ in 0..200 {
        nested = AnyValue { value: Some(message::Value::Array(ArrayValue { values: vec![nested] })) };
    }
    let bytes = protobuf(&member(2, &LogRecord { body: Some(nested), ..LogRecord::default() }.encode_to_vec()));
    assert!(matches!(entries(&request(Signal::Logs, Encoding::Protobuf, &bytes)), Err(Unreadable::Malformed(_))));
    let depth = 100_000;
    let value = format!("{}{}", r#"{"arrayValue":{"values":["#.repeat(depth), "]}}".repeat(depth));
    let deep = format!(r#"{{"resourceLogs":[{{"scopeLogs":[{{"logRecords":[{{"body":{value}}}]}}]}}]}}"#);
    let mut rejected = 0;
    let read = request(Signal::Logs, Encoding::Json, deep.as_bytes()).each(|found| {
        rejected += u32::from(matches!(found.record, Record::TooLong));
    });
    assert!(read.is_ok() && rejected == 1, "a record that long is not read at all");
    let unknown = format!(r#"{{"x":{}{}}}"#, "[".repeat(depth), "]".repeat(depth));
    assert_eq!(entries(&request(Signal::Logs, Encoding::Json, unknown.as_bytes())), Ok(Vec::new()), "it is skipped");
}

#[test]
fn records_are_bounded_in_number_and_in_length() {
    let many = protobuf(&[0x12, 0].repeat(MAX_RECORDS + 1));
    assert_eq!(entries(&request(Signal::Logs, Encoding::Protobuf, &many)), Err(Unreadable::TooMany));
    let list = vec!["{}"; MAX_RECORDS + 1].join(",");
    let many = format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{list}]}}]}}]}}"#);
    assert_eq!(entries(&request(Signal::Traces, Encoding::Json, many.as_bytes())), Err(Unreadable::TooMany));
    let two = [r#"{"logRecords":[{},{}]}"#; 2].join(",");
    let text = format!(r#"{{"resourceLogs":[{{"scopeLogs":[{two}]}}]}}"#);
    assert_eq!(entries(&request(Signal::Logs, Encoding::Json, text.as_bytes())).unwrap().len(), 4);
    let long = LogRecord { severity_text: "x".repeat(MAX_RECORD_BYTES), ..LogRecord::default() }.encode_to_vec();
    let bytes = protobuf(&[member(2, &long), member(2, &[])].concat());
    assert_eq!(entries(&request(Signal::Logs, Encoding::Protobuf, &bytes)).unwrap().len(), 1);
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
        for signal in [Signal::Logs, Signal::Traces] {
            for encoding in [Encoding::Protobuf, Encoding::Json] {
                let _ = entries(&request(signal, encoding, &bytes));
            }
        }
    }

    #[test]
    fn a_request_that_is_cut_is_refused_or_shorter(text: String, cut: prop::sample::Index) {
        let record = LogRecord { severity_text: text, time_unix_nano: 7, ..LogRecord::default() };
        let bytes = protobuf(&member(2, &record.encode_to_vec()));
        let cut = &bytes[..cut.index(bytes.len())];
        let read = entries(&request(Signal::Logs, Encoding::Protobuf, cut));
        prop_assert!(read.is_err() || cut.is_empty());
    }
}
