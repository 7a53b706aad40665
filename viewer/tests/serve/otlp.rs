//! What `logrtc serve --otlp` takes, and what it refuses.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{DEADLINE, Folder, Program, command};

const JSON: (&str, &str) = ("Content-Type", "application/json");
const PROTOBUF: (&str, &str) = ("Content-Type", "application/x-protobuf");

struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn has(&self, header: &str) -> bool {
        self.head.lines().any(|line| line.eq_ignore_ascii_case(header))
    }

    fn json(&self) -> Value {
        assert!(self.has("content-type: application/json"), "{}", self.head);
        serde_json::from_slice(&self.body).unwrap()
    }
}

async fn request(page: &str, line: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let (address, base) = page.trim_start_matches("http://").split_once('/').unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let (method, path) = line.split_once(" /").unwrap();
    let mut text = format!("{method} /{base}{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
    headers.iter().for_each(|(name, value)| text.push_str(&format!("{name}: {value}\r\n")));
    text.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
    stream.write_all(text.as_bytes()).await.unwrap();
    // A server that has seen enough does not read the rest.
    let _ = stream.write_all(body).await;
    let mut answer = Vec::new();
    let _ = tokio::time::timeout(DEADLINE, stream.read_to_end(&mut answer)).await.expect("it answers");
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").expect("a head");
    let head = String::from_utf8(answer[..end].to_vec()).unwrap();
    Answer { status: head.split(' ').nth(1).unwrap().parse().unwrap(), head, body: answer[end + 4..].to_vec() }
}

fn logs(service: &str, message: &str) -> Vec<u8> {
    several_logs(service, &[message])
}

fn several_logs(service: &str, messages: &[&str]) -> Vec<u8> {
    let resource = json!({"attributes": [{"key": "service.name", "value": {"stringValue": service}}]});
    let record = |message: &&str| json!({"severityNumber": 9, "body": {"stringValue": message}});
    let scope = json!({"logRecords": messages.iter().map(record).collect::<Vec<_>>()});
    json!({"resourceLogs": [{"resource": resource, "scopeLogs": [scope]}]}).to_string().into_bytes()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn tail(link: &str) -> Program {
    Program::spawn(command(&["tail", "--json", link]))
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_token_of_a_producer_lets_in() {
    let folder = Folder::new("otlp-tokens");
    let (producers, readers) = (folder.write("producers", "p"), folder.write("readers", "r"));
    let arguments = ["--producer-token-file", &producers, "--reader-token-file", &readers, "--base-path", "/logs"];
    let server = Program::serve(&[&["--listen", "0", "--otlp"], &arguments[..]].concat());
    let page = server.url().await;
    server.err.has(&format!("OpenTelemetry SDKs send to {}", page.trim_end_matches('/'))).await;
    let post = async |authorization: &str, origin: &str| {
        let mut headers = vec![JSON];
        headers.extend(
            [("Authorization", authorization), ("Origin", origin)].iter().filter(|header| !header.1.is_empty()),
        );
        request(&page, "POST /v1/logs", &headers, &logs("api", "let in")).await.status
    };
    assert_eq!(post("", "").await, 401);
    assert_eq!(post("Bearer wrong", "").await, 401);
    assert_eq!(post("Bearer r", "").await, 401);
    assert_eq!(post("Bearer p", "http://other.example").await, 403);
    assert_eq!(post("Bearer p", "").await, 200);
    assert_eq!(request(&page, "GET /healthz", &[], &[]).await.status, 200);
    assert_eq!(request(&page, "GET /v1/other", &[], &[]).await.status, 404);
    let page_of_reader = tail(&format!("{page}#token=r"));
    page_of_reader.out.has("let in").await;
    assert_eq!(page_of_reader.out.all().len(), 1, "nothing came by what was refused");
    let metrics = request(&page, "GET /metrics", &[("Authorization", "Bearer r")], &[]).await;
    let metrics = String::from_utf8(metrics.body).unwrap();
    assert!(metrics.contains("logrtc_otlp_records_total{signal=\"logs\"} 1\n"), "{metrics}");

    // Its producers stay when the tokens change.
    folder.write("producers", "p2");
    server.signal(Signal::HUP);
    server.err.has("has read the tokens again").await;
    assert_eq!(post("Bearer p", "").await, 401);
    assert_eq!(post("Bearer p2", "").await, 200);
    page_of_reader.out.until("the second entry", |lines| lines.len() == 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_refused_in_its_own_encoding_and_leaves_nothing() {
    let server = Program::serve(&["--listen", "0", "--otlp"]);
    let page = server.url().await;
    let whole = logs("api", "whole");
    // Members of a MiB each, which gzip joins.
    let (packed, bomb) = (gzip(&whole), gzip(&vec![b' '; 1 << 20]).repeat(9));
    let gzipped = ("Content-Encoding", "gzip");
    let second_is_wrong =
        br#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"first"}},{"traceId":1}]}]}]}"#;
    let deep = format!(r#"{{"resourceLogs":{}"#, "[".repeat(1 << 20));
    for (headers, body, status) in [
        (&[JSON][..], &whole[..whole.len() - 1], 400),
        (&[JSON], second_is_wrong, 400),
        (&[JSON], deep.as_bytes(), 400),
        (&[JSON], b"\xff", 400),
        (&[JSON, gzipped], &packed[..packed.len() - 9], 400),
        (&[JSON, gzipped], &whole, 400),
        (&[JSON, gzipped], &bomb, 413),
        (&[JSON, ("Content-Encoding", "br")], &whole, 415),
        (&[JSON, ("Content-Type", "text/plain")][1..], &whole, 415),
        (&[PROTOBUF], &whole, 400),
        // A resource of three bytes, of which one is there.
        (&[PROTOBUF], &[0x0a, 3, 0x0a], 400),
        (&[PROTOBUF, gzipped], &bomb, 413),
    ] {
        let answer = request(&page, "POST /v1/logs", headers, body).await;
        assert_eq!(answer.status, status, "{headers:?}: {}", answer.head);
        match headers[0] {
            JSON => assert!(!answer.json()["message"].as_str().unwrap().is_empty()),
            PROTOBUF => assert!(answer.has("content-type: application/x-protobuf") && answer.body[0] == 0x08),
            _ => {}
        }
    }
    let unknown = request(&page, "POST /v1/metrics", &[JSON], b"{}").await;
    assert!(unknown.status == 404 && unknown.json()["message"].as_str().unwrap().contains("OTEL_METRICS_EXPORTER"));
    let empty = request(&page, "POST /v1/traces", &[PROTOBUF], &[]).await;
    assert!(empty.status == 200 && empty.has("content-type: application/x-protobuf") && empty.body.is_empty());
    // A request without records is accepted, and an unknown name is ignored; but the sender learns of it.
    for (line, body, path) in [
        ("POST /v1/logs", "{}", "resourceLogs[].scopeLogs[].logRecords[]"),
        ("POST /v1/logs", r#"{"resource-logs":[{}]}"#, "resourceLogs[].scopeLogs[].logRecords[]"),
        ("POST /v1/logs", r#"{"resourceLogs":[{"scopeLog":[{}]}]}"#, "resourceLogs[].scopeLogs[].logRecords[]"),
        ("POST /v1/traces", r#"{"resourceLogs":[]}"#, "resourceSpans[].scopeSpans[].spans[]"),
    ] {
        let answer = request(&page, line, &[JSON], body.as_bytes()).await;
        assert_eq!(answer.status, 200, "{body}");
        let message = answer.json()["partialSuccess"]["errorMessage"].as_str().unwrap().to_owned();
        assert!(message.contains("no record was found") && message.contains(path), "{message}");
    }
    let taken = request(&page, "POST /v1/logs", &[JSON, gzipped], &packed).await;
    assert_eq!((taken.status, taken.json()), (200, json!({})));
    let page = tail(&page);
    page.out.has("whole").await;
    assert_eq!(page.out.all().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_without_a_place_is_told_so() {
    let server = Program::serve(&["--listen", "0", "--otlp", "--otlp-services", "1"]);
    let page = server.url().await;
    let first = request(&page, "POST /v1/logs", &[JSON], &logs("first", "m")).await;
    assert_eq!((first.status, first.json()), (200, json!({})));
    let second = request(&page, "POST /v1/logs", &[JSON], &logs("second", "m")).await;
    assert_eq!(second.json()["partialSuccess"]["rejectedLogRecords"], "1");
    assert!(second.json()["partialSuccess"]["errorMessage"].as_str().unwrap().contains("\"second\""));
    server
        .err
        .has("1 services send already, and the entries of \"second\" are rejected; --otlp-services allows more")
        .await;
    let metrics = request(&page, "GET /metrics", &[], &[]).await;
    assert!(
        String::from_utf8(metrics.body).unwrap().contains("logrtc_otlp_rejected_records_total{signal=\"logs\"} 1\n")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_buffer_puts_requests_off_until_the_reader_has_caught_up() {
    let server = Program::serve(&["--listen", "0", "--otlp", "--otlp-buffer-mib", "1"]);
    let page = server.url().await;
    let post = async |message: &str| request(&page, "POST /v1/logs", &[JSON], &logs("api", message)).await;
    assert_eq!(post("first").await.status, 200);
    let reader = tail(&page);
    reader.out.has("first").await;
    reader.signal(Signal::STOP);
    let long = "x".repeat(60_000);
    let deadline = tokio::time::Instant::now() + DEADLINE;
    let refused = loop {
        let answer = request(&page, "POST /v1/logs", &[JSON], &several_logs("api", &[long.as_str(); 4])).await;
        if answer.status != 200 {
            break answer;
        }
        assert!(tokio::time::Instant::now() < deadline, "the buffer is full");
    };
    assert_eq!(refused.status, 429, "{}", refused.head);
    assert!(refused.has("retry-after: 1") && refused.json()["code"] == 8, "{}", refused.head);
    reader.signal(Signal::CONT);
    while post("last").await.status != 200 {
        assert!(tokio::time::Instant::now() < deadline, "the reader has caught up");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    reader.out.has("last").await;
}
