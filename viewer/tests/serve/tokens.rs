//! A program and `logrtc tail` meet at a server that wants a token.

use rustix::process::Signal;

use crate::support::{Folder, Program, close, command, producer};

fn signaling(page: &str) -> String {
    let address = page.split('#').next().unwrap();
    format!("{}signaling", address.replace("http://", "ws://"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_made_token_is_printed_and_carries_a_log() {
    let server = Program::serve(&["--listen", ":0"]);
    let link = server.url().await;
    let (_, token) = link.split_once("/#token=").expect("the link has the token");
    server.err.has(&format!("token for producers and readers, until this server ends: {token}")).await;
    let app = producer(&signaling(&link), token, None);
    app.info("app", "hello");

    let tail = Program::spawn(command(&["tail", "--json", &link]));
    tail.out.has("hello").await;
    let mut by_environment = command(&["tail", "--json", &signaling(&link)]);
    by_environment.env("LOGRTC_TOKEN", token);
    let tail = Program::spawn(by_environment);
    tail.out.has("hello").await;

    let mut without = Program::spawn(command(&["tail", &signaling(&link)]));
    assert_eq!(without.status().await, 1);
    without.err.has("it wants a token: set LOGRTC_TOKEN").await;
    assert!(without.out.all().is_empty());
    close(app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_tokens_are_read_again_on_sighup_and_a_wrong_one_changes_nothing() {
    let folder = Folder::new("tokens");
    let (producers, readers) = (folder.write("producers", "p1\n"), folder.write("readers", "r1\nr2\n"));
    let server =
        Program::serve(&["--listen", "0", "--producer-token-file", &producers, "--reader-token-file", &readers]);
    let link = server.url().await;
    assert!(!link.contains('#'), "no token is printed that was given");
    let app = producer(&signaling(&link), "p1", None);
    app.info("app", "hello");
    let tail = |token: &str| Program::spawn(command(&["tail", "--json", &format!("{link}#token={token}")]));
    tail("r2").out.has("hello").await;
    // The second is one of producers.
    for token in ["p2", "p1"] {
        let mut wrong = tail(token);
        assert_eq!(wrong.status().await, 1);
        wrong.err.has("it does not accept the token").await;
    }

    folder.write("readers", "r1\nr 3\n");
    server.signal(Signal::HUP);
    server.err.has("readers: line 2: a token must have").await;
    tail("r2").out.has("hello").await;
    folder.write("readers", "r3\n");
    server.signal(Signal::HUP);
    server.err.has("has read the tokens again").await;
    tail("r3").out.has("hello").await;
    assert_eq!(tail("r2").status().await, 1);
    close(app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_token_on_a_network_it_says_so_at_every_start() {
    let server = Program::serve(&["--listen", ":0", "--insecure-no-token"]);
    server.err.has("everybody who reaches this server reads every log").await;
    assert!(!server.url().await.contains('#'));
    let folder = Folder::new("conflict");
    let file = folder.write("token", "t");
    let mut both = Program::serve(&["--insecure-no-token", "--token-file", &file]);
    assert_eq!(both.status().await, 2);
    let missing = folder.text("missing");
    let mut none = Program::serve(&["--listen", "0", "--token-file", &missing]);
    assert_eq!(none.status().await, 1);
    none.err.has("missing: No such file").await;
}
