//! What cannot be mended ends it with the right status, and says why.

use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use crate::support::{DEADLINE, Tail, server};

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_command_line_is_status_2() {
    for (arguments, problem) in [
        (vec!["ftp://host/"], "\"ftp\" is not a scheme"),
        (vec!["host:port"], "port"),
        (vec!["http://host/?token=s3cret"], "a token belongs behind #, as in http://localhost:8080/#token=…"),
        (vec!["--level", "loud"], "\"loud\" is not a level"),
        (vec!["--filter", "app=loud"], "\"loud\" is not a level"),
        (vec!["--grep", "("], "regex"),
        (vec!["-n", "-1"], "-1"),
        (vec!["--json", "--text"], "cannot be used with"),
    ] {
        let (status, lines, notes) = Tail::run(&arguments).await;
        assert_eq!((status, lines), (2, vec![]), "{arguments:?}");
        let notes = notes.join("\n");
        assert!(notes.contains(problem) && !notes.contains("s3cret"), "{arguments:?} {notes}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_at_the_first_attempt_is_status_1() {
    let server = server().await;
    let url = format!("ws://{}/nothing", server.local_addr());
    let (status, _, notes) = Tail::run(&[&url]).await;
    assert_eq!(status, 1);
    assert_eq!(
        notes,
        [format!("logrtc: {url}: the server responds 404 Not Found; the path is wrong: logrtc serve has /signaling")]
    );
    for (answer, hint) in [("401 Unauthorized", "set LOGRTC_TOKEN"), ("403 Forbidden", "does not let this program in")]
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("ws://{}/signaling", listener.local_addr().unwrap());
        let refusing = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let answer = format!("HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n");
            stream.write_all(answer.as_bytes()).await.unwrap();
            tokio::time::sleep(DEADLINE).await;
        });
        let (status, _, notes) = Tail::run(&[&url]).await;
        assert!(status == 1 && notes.len() == 1 && notes[0].contains(hint), "{status} {notes:?}");
        refusing.abort();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_there_is_waited_for_unless_it_does_not_follow() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let url = format!("ws://{address}/signaling");
    let (status, _, notes) = Tail::run(&["--no-follow", &url]).await;
    assert!(status == 1 && notes[0].starts_with(&format!("logrtc: cannot connect to {url}: ")), "{status} {notes:?}");
    let mut tail = Tail::start(&[&url]);
    tail.err.has("trying again").await;
    let _server = crate::support::server_at(address).await;
    tail.err.has("the server is back").await;
    let since = std::time::Instant::now();
    tail.signal(rustix::process::Signal::INT);
    assert_eq!(tail.status().await, 0);
    assert!(since.elapsed() < Duration::from_secs(2), "an interrupt ends it at once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_producers_ends_it_if_it_does_not_follow() {
    let server = server().await;
    let (status, lines, notes) = Tail::run(&["--no-follow", "--producer", "api", &server.url()]).await;
    assert_eq!((status, lines), (0, vec![]));
    assert_eq!(notes, [format!("logrtc: there is no producer \"api\" at {}", server.signaling_url())]);
}
