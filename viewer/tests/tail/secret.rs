//! A secret of a program and its readers: no server can stand between the two (docs/protocol.md §6.5).

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use logrtc::Producer;
use logrtc_test_support::{Server, eventually};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;

use crate::strict_server::server_that;
use crate::support::{Tail, command, config, messages, plain_command, producer, server};

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const OTHER: &str = "0123456789abcdef0123456789abcdee";

fn producer_with(url: &str, secret: &str) -> Producer {
    Producer::connect(config(url, "api").secret(secret).build().unwrap()).unwrap()
}

fn tail_with(url: &str, secret: &str) -> Tail {
    let mut command = command(&[url, "--json"]);
    command.env("LOGRTC_SECRET", secret);
    Tail::spawn(command)
}

/// A file with the secret; deleted at the end.
struct SecretFile(PathBuf);

impl SecretFile {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("logrtc-secret-{name}-{}", std::process::id()));
        std::fs::write(&path, format!("{SECRET}\n")).unwrap();
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for SecretFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_the_secret_reads_however_it_was_told() {
    let server = server().await;
    let file = SecretFile::new("right");
    let mut pipe = plain_command(&["pipe", "--url", &server.signaling_url(), "--secret-file", file.path()]);
    let mut pipe = pipe.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let mut input = pipe.stdin.take().unwrap();
    input.write_all(b"for readers\n").await.unwrap();
    let url = server.signaling_url();
    let tails = [
        Tail::start(&[&url, "--json", "--secret-file", file.path()]),
        Tail::start(&[&format!("{}#secret={SECRET}", server.url()), "--json"]),
        tail_with(&url, SECRET),
    ];
    for tail in &tails {
        tail.out.has("for readers").await;
        assert_eq!(messages(&tail.out.all()), ["for readers"]);
    }
    // The next entries come, too, and the end.
    input.write_all(b"and more\n").await.unwrap();
    for tail in &tails {
        tail.out.has("and more").await;
    }
    drop(input);
    pipe.wait().await.unwrap();
    for tail in &tails {
        tail.err.has("pipe: ended").await;
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_is_not_the_same_is_said_and_nothing_is_read() {
    let server = server().await;
    let url = server.signaling_url();
    let with = producer_with(&url, SECRET);
    with.info("app", "for readers");
    let none = Tail::start(&[&url, "--json"]);
    none.err.has("api: the program has a secret, and sends nothing without it; give it with --secret-file").await;
    let wrong = tail_with(&url, OTHER);
    wrong.err.has("api: the program has another secret").await;
    eventually("both are refused and counted", || with.stats().proofs_refused >= 2).await;
    assert_eq!((with.stats().consumers_opened, with.stats().answers_refused), (0, 0));

    // Without following, a program of which nothing can be read is not waited for.
    let (status, lines, notes) = Tail::run(&[&url, "--json", "--no-follow"]).await;
    assert_eq!((status, lines), (1, vec![]), "{notes:?}");
    assert!(notes[0].contains("give it with --secret-file"), "{notes:?}");
    assert_eq!(notes[1], "logrtc: nothing was read of api", "it is not the end of a wait for a channel");

    let without = producer(&url, "open");
    without.info("app", "for everybody");
    none.out.has("for everybody").await;
    wrong.err.has("open: the program has no secret, so nothing of it is shown").await;
    assert_eq!((messages(&none.out.all()), wrong.out.all()), (vec!["for everybody".to_owned()], vec![]));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_secret_on_the_command_line_is_status_2_and_is_not_printed() {
    let file = SecretFile::new("short");
    std::fs::write(&file.0, "t00-short\n").unwrap();
    for arguments in [
        &["tail", "--secret-file", file.path()][..],
        &["tail", "host:8080/#secret=t00-short"],
        &["tail", "host:8080/#token=t0k&secret="],
        &["tail", "--secret-file", "/nowhere"],
        &["pipe", "--secret-file", file.path()],
        &["run", "--secret-file", file.path(), "--", "true"],
    ] {
        let output = plain_command(arguments).output().await.unwrap();
        let notes = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?} {notes}");
        assert!(notes.contains("must be random") || notes.contains("/nowhere: "), "{arguments:?} {notes}");
        assert!(!notes.contains("t00-short"), "{notes}");
    }
}

/// A fingerprint that is nobody's, as a line.
fn nobodys() -> String {
    format!("a=fingerprint:sha-256 {}\r\n", vec!["EE"; 32].join(":"))
}

/// What `change` makes of the SDP of messages of this type.
fn with_sdp(text: &str, of: &str, change: impl FnOnce(&str) -> String) -> String {
    let mut message: Value = serde_json::from_str(text).unwrap();
    if message["type"] == of {
        message["sdp"] = change(message["sdp"].as_str().unwrap()).into();
    }
    message.to_string()
}

/// An SDP with another fingerprint in place of its own.
fn swapped(sdp: &str) -> String {
    let line = |line: &str| if line.starts_with("a=fingerprint:") { nobodys() } else { line.to_owned() };
    sdp.split_inclusive("\r\n").map(line).collect()
}

/// An SDP that has the right fingerprint for the session, and another one for the media.
fn hidden(sdp: &str) -> String {
    let own = sdp.split_inclusive("\r\n").find(|line| line.starts_with("a=fingerprint:")).unwrap();
    let others: String = sdp.split_inclusive("\r\n").filter(|line| !line.starts_with("a=fingerprint:")).collect();
    others.replacen("m=", &format!("{own}m="), 1) + &nobodys()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_changes_the_certificate_of_an_offer_is_noticed_before_it_is_answered() {
    for change in [swapped, hidden] {
        let url = server_that(move |text| with_sdp(text, "webrtc_offer", change)).await;
        let api = producer_with(&url, SECRET);
        api.info("app", "for readers");
        let tail = tail_with(&url, SECRET);
        tail.err.has("the certificate is not the program's: the signaling server").await;
        let stats = api.stats();
        assert_eq!((tail.out.all(), stats.consumers_opened, stats.proofs_refused), (vec![], 0, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_changes_the_certificate_of_an_answer_is_refused_and_counted() {
    let url = server_that(|text| with_sdp(text, "webrtc_answer", swapped)).await;
    let api = producer_with(&url, SECRET);
    api.info("app", "for readers");
    let tail = tail_with(&url, SECRET);
    eventually("it is counted", || api.stats().proofs_refused > 0).await;
    assert_eq!((tail.out.all(), api.stats().consumers_opened), (vec![], 0));
    // An answer with two fingerprints is none for anybody.
    let url = server_that(|text| with_sdp(text, "webrtc_answer", hidden)).await;
    let api = producer_with(&url, SECRET);
    let tail = tail_with(&url, SECRET);
    eventually("it is counted", || api.stats().answers_refused > 0).await;
    assert_eq!((tail.out.all(), api.stats().consumers_opened), (vec![], 0));
}

/// An answer that asks for errors alone, whatever the reader wants.
fn errors_alone(sdp: &str) -> String {
    let hello = |line: &str| match line.starts_with("a=x-logrtc-hello:") {
        true => "a=x-logrtc-hello:eyJsZXZlbCI6IkVSUk9SIn0
"
        .to_owned(),
        false => line.to_owned(),
    };
    sdp.split_inclusive(
        "
",
    )
    .map(hello)
    .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_asks_for_less_than_the_reader_is_noticed() {
    let url = server_that(|text| with_sdp(text, "webrtc_answer", errors_alone)).await;
    let api = producer_with(&url, SECRET);
    api.info("app", "kept back");
    api.error("app", "let through");
    let tail = tail_with(&url, SECRET);
    tail.err.has("the signaling server, or whoever controls it, may stand in between").await;
    assert_eq!((tail.out.all(), api.stats().consumers_opened), (vec![], 1));
}

/// What a man in the middle has of the two sides.
#[derive(Default)]
struct Stolen {
    /// The lines by which the program asks for its proof.
    challenge: String,
    /// The line by which the reader proves itself.
    proof: Option<String>,
}

fn lines_of(sdp: &str, keys: &[&str]) -> String {
    sdp.split_inclusive("\r\n").filter(|line| keys.iter().any(|key| line.starts_with(key))).collect()
}

/// The server is a producer of its own to the reader, and a reader to the program. Each side proves itself to it, and it passes
/// each proof on.
#[tokio::test(flavor = "multi_thread")]
async fn a_man_in_the_middle_gets_nothing_by_the_proofs_of_both_sides() {
    let between = Server::start().await;
    let api = producer_with(&between.url(), SECRET);
    api.info("app", "for readers");
    between.registered().await;
    let stolen = Arc::new(Mutex::new(Stolen::default()));
    let shared = Arc::clone(&stolen);
    let url = server_that(move |text| {
        let mut stolen = shared.lock().unwrap();
        let text = with_sdp(text, "webrtc_offer", |sdp| {
            let others = sdp.split_inclusive("\r\n").filter(|line| !line.starts_with("a=x-logrtc:"));
            others.collect::<String>().replacen("m=", &format!("{}m=", stolen.challenge), 1)
        });
        with_sdp(&text, "webrtc_answer", |sdp| {
            stolen.proof = Some(lines_of(sdp, &["a=x-logrtc-proof:"]));
            sdp.to_owned()
        })
    })
    .await;
    let tail = tail_with(&url, SECRET);

    between.say(&json!({"type": "consumer_connected", "consumer_id": "between"}));
    let offer = between.hear("an offer", |message| message["type"] == "webrtc_offer").await;
    let keys = ["a=x-logrtc:", "a=x-logrtc-nonce:", "a=x-logrtc-key:"];
    stolen.lock().unwrap().challenge = lines_of(offer["sdp"].as_str().unwrap(), &keys);
    let forger = producer(&url, "api");
    forger.info("app", "forged");
    // It is the certificate of the forger that the reader has connected to: DTLS finds nothing wrong.
    tail.err.has("the certificate is not the program's").await;
    assert_eq!((tail.out.all(), forger.stats().consumers_opened), (vec![], 1));

    let proof = stolen.lock().unwrap().proof.clone().expect("the reader has answered");
    assert!(proof.starts_with("a=x-logrtc-proof:"));
    let media =
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n";
    let answer = format!("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n{proof}{media}{}", nobodys());
    between.say(&json!({"type": "webrtc_answer", "sdp": answer}));
    eventually("it is counted", || api.stats().proofs_refused == 1).await;
    assert_eq!(api.stats().consumers_opened, 0);
}
