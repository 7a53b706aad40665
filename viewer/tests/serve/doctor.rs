//! `logrtc doctor`, against real servers and what is wrong with them.

use std::net::{TcpListener, UdpSocket};
use std::process::Stdio;

use serde_json::Value;
use tokio::net::TcpStream;
use tokio::process::Command;

use crate::support::{Certificate, DEADLINE, Folder, Program, command};

/// Runs the program to its end: the status, and the checks with their outcomes, with what was found and what to do.
async fn doctor(arguments: &[&str], environment: &[(&str, &str)]) -> (i32, Vec<(String, String)>) {
    let mut command = command(&[&["doctor", "--json"], arguments].concat());
    command.envs(environment.iter().copied());
    let output = tokio::time::timeout(DEADLINE, command.output()).await.expect("it ends").unwrap();
    let read = |line: &str| {
        let finding: Value = serde_json::from_str(line).expect("a line is JSON");
        let text = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
        (format!("{} {}", text("check"), text("outcome")), format!("{} -> {}", text("found"), text("advice")))
    };
    let text = String::from_utf8(output.stdout).unwrap();
    (output.status.code().unwrap(), text.lines().map(read).collect())
}

fn outcomes(findings: &[(String, String)]) -> Vec<&str> {
    findings.iter().map(|(outcome, _)| outcome.as_str()).collect()
}

/// The text of the one check that failed.
fn failure(findings: &[(String, String)]) -> (&str, &str) {
    let failed: Vec<_> = findings.iter().filter(|(outcome, _)| outcome.ends_with(" failed")).collect();
    assert_eq!(failed.len(), 1, "{findings:?}");
    (failed[0].0.trim_end_matches(" failed"), &failed[0].1)
}

const ALL: [&str; 8] =
    ["dns ok", "tcp ok", "tls ok", "server ok", "origin ok", "reader ok", "candidates ok", "stun ok"];

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_works_has_no_failure_and_each_wrong_thing_has_its_own() {
    let folder = Folder::new("doctor");
    let (producers, readers) = (folder.write("producers", "p1\n"), folder.write("readers", "r1\n"));
    let tokens = ["--producer-token-file", &producers, "--reader-token-file", &readers];
    let server = Program::serve(&[&["--listen", "0", "--no-stun"], &tokens[..]].concat());
    let url = server.url().await;
    let (status, findings) = doctor(&[&[&*url], &tokens[..]].concat(), &[]).await;
    assert_eq!((status, outcomes(&findings)), (0, [&ALL[..], &["channel ok"]].concat()), "{findings:?}");

    // A token, by the link or by the environment, is of one role.
    let (status, findings) = doctor(&[&format!("{url}#token=r1")], &[]).await;
    assert_eq!((status, failure(&findings).0), (1, "channel"));
    assert!(failure(&findings).1.contains("a producer needs a token of its own -> use a token for producers"));
    let (_, findings) = doctor(&[&url], &[("LOGRTC_TOKEN", "p1")]).await;
    assert_eq!(failure(&findings).0, "reader");
    assert!(failure(&findings).1.contains("a reader needs a token of its own"), "{findings:?}");
    // Each role's own token is used, and none in place of another.
    let (_, findings) = doctor(&[&*url, "--producer-token-file", &producers], &[]).await;
    assert_eq!(
        outcomes(&findings)[3..],
        ["server ok", "origin ok", "reader failed", "channel skipped"],
        "{findings:?}"
    );
    assert!(failure(&findings).1.contains("-> set LOGRTC_TOKEN"), "{findings:?}");
    let (_, findings) = doctor(&[&*url, "--reader-token-file", &readers], &[]).await;
    assert_eq!(failure(&findings).0, "server");
    let (_, findings) = doctor(&[&url], &[("LOGRTC_TOKEN", "wrong")]).await;
    assert!(failure(&findings).1.contains("401 Unauthorized -> use a token of this server"), "{findings:?}");
    let (_, findings) = doctor(&[&url], &[]).await;
    assert!(failure(&findings).1.contains("-> set LOGRTC_TOKEN"), "{findings:?}");
    assert_eq!(outcomes(&findings).last(), Some(&"channel skipped"));

    let (_, findings) = doctor(&[&[&*url, "--origin", "https://other.example/"], &tokens[..]].concat(), &[]).await;
    assert_eq!(failure(&findings).0, "origin");
    assert!(failure(&findings).1.ends_with("--allow-origin https://other.example"), "{findings:?}");
    let (_, findings) = doctor(&[&format!("{url}wrong/"), "--reader-token-file", &readers], &[]).await;
    assert!(failure(&findings).1.contains("404 Not Found -> check the path"), "{findings:?}");

    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (_, findings) = doctor(&[&format!("127.0.0.1:{port}")], &[]).await;
    assert_eq!(failure(&findings).0, "tcp");
    let (_, findings) = doctor(&["wss://name.invalid/signaling"], &[]).await;
    assert_eq!(failure(&findings).0, "dns");
    for arguments in
        [&["doctor", "ftp://x"][..], &["doctor", "http://h?token=s3cret"], &["pipe", "--url", "h?token=s3cret"]]
    {
        let output = command(arguments).output().await.unwrap();
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(!String::from_utf8_lossy(&output.stderr).contains("s3cret"), "{output:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_judged_as_a_program_judges_it() {
    let folder = Folder::new("doctor-tls");
    let certificate = Certificate::new(&folder, "only");
    let tls = ["--tls-cert", &certificate.chain, "--tls-key", &certificate.key];
    let server = Program::serve(&[&["--listen", "0", "--no-stun"], &tls[..]].concat());
    let by_address = server.url().await;
    let url = by_address.replace("127.0.0.1", "localhost");
    let authority = [("SSL_CERT_FILE", certificate.authority.to_str().unwrap())];
    // The name may have an address that the server does not listen on, too: a warning.
    let (status, findings) = doctor(&[&url], &authority).await;
    assert_eq!((status, outcomes(&findings).last()), (0, Some(&"channel ok")), "{findings:?}");
    let (_, text) = findings.iter().find(|(outcome, _)| outcome == "tls ok").unwrap();
    assert!(text.starts_with("the certificate for localhost, of "), "{text}");

    let (_, findings) = doctor(&[&url], &[]).await;
    assert_eq!(failure(&findings).0, "tls");
    assert!(
        failure(&findings).1.contains("UnknownIssuer -> for an authority of your own: set SSL_CERT_FILE"),
        "{findings:?}"
    );
    // A file that is none, one without a certificate, and one with another.
    let other = Certificate::new(&folder, "other");
    for (file, problem) in [
        ("/nowhere.pem", "SSL_CERT_FILE /nowhere.pem: No such file"),
        (&*certificate.key, "holds no certificate in PEM -> set SSL_CERT_FILE to what has certificates in PEM"),
        (other.authority.to_str().unwrap(), "other-authority.pem, which does not have it; programs need"),
    ] {
        let (_, findings) = doctor(&[&url], &[("SSL_CERT_FILE", file)]).await;
        assert_eq!(failure(&findings).0, "tls");
        assert!(failure(&findings).1.contains(problem), "{findings:?}");
    }
    // So does a program.
    let mut run = command(&["run", "--url", &url, "--", "sleep", "1"]);
    run.env("SSL_CERT_FILE", "/nowhere.pem");
    Program::spawn(run).err.has("SSL_CERT_FILE /nowhere.pem: No such file").await;
    let (_, findings) = doctor(&[&by_address], &authority).await;
    assert!(failure(&findings).1.contains("use a name that the certificate has"), "{findings:?}");
    let (_, findings) = doctor(&[&by_address.replace("https:", "http:")], &[]).await;
    assert_eq!(failure(&findings).0, "server");
    assert!(failure(&findings).1.contains("-> if the server has TLS, use https:// or wss://"), "{findings:?}");

    let plain = Program::serve(&["--listen", "0", "--ice-server", "turn:user:p4ss@127.0.0.1:9"]);
    let url = plain.url().await;
    let (_, findings) = doctor(&[&url.replace("http:", "https:")], &authority).await;
    assert_eq!(failure(&findings).0, "tls");
    assert!(failure(&findings).1.contains("does not speak TLS") && failure(&findings).1.contains("-> use http://"));
    let (_, findings) = doctor(&[&url], &[]).await;
    assert_eq!(failure(&findings).0, "turn");
    assert!(failure(&findings).1.contains("in --ice-server of logrtc serve"), "{findings:?}");
    assert!(!failure(&findings).1.contains("--turn") && !failure(&findings).1.contains("p4ss"), "{findings:?}");
}

/// A coturn that checks passwords by a secret, and relays to this machine itself.
async fn turn_server(folder: &Folder, secret: &str) -> (Program, u16) {
    let port = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut command = Command::new("turnserver");
    command.args(["-n", "--no-cli", "--no-tls", "--no-dtls", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1"]);
    command.args(["--realm=logrtc", "--use-auth-secret", "--allow-loopback-peers", "--log-file=stdout"]);
    command.args([format!("--listening-port={port}"), format!("--static-auth-secret={secret}")]);
    command.arg(format!("--pidfile={}", folder.text("pid")));
    command.stdin(Stdio::null()).kill_on_drop(true);
    let program = Program::spawn(command);
    let deadline = tokio::time::Instant::now() + DEADLINE;
    // It listens over TCP, too.
    while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
        assert!(tokio::time::Instant::now() < deadline, "coturn listens: {:?}", program.err.all());
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    (program, port)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_server_is_asked_and_relays_an_entry() {
    let folder = Folder::new("doctor-turn");
    let (_coturn, port) = turn_server(&folder, "s3cret").await;
    let (turn, stun) = (format!("turn:127.0.0.1:{port}"), format!("stun:127.0.0.1:{port}"));
    let servers = |secret: &str| {
        let file = folder.write("secret", secret);
        let options = ["--ice-server", &stun, "--turn", &turn, "--turn-secret-file", &file].map(str::to_owned);
        Program::serve(&[&["--listen", "0"], &options.each_ref().map(String::as_str)[..]].concat())
    };
    let server = servers("s3cret");
    let (status, findings) = doctor(&[&server.url().await], &[]).await;
    let expected = [&ALL[..], &["turn ok", "channel ok", "relay ok"]].concat();
    assert_eq!((status, outcomes(&findings)), (0, expected), "{findings:?}");
    assert!(findings[7].1.contains("sees this machine as 127.0.0.1:"), "{findings:?}");

    let server = servers("another");
    let (status, findings) = doctor(&[&server.url().await], &[]).await;
    assert_eq!((status, failure(&findings).0), (1, "turn"));
    assert!(
        failure(&findings).1.contains("401") && failure(&findings).1.contains("--turn-secret-file"),
        "{findings:?}"
    );
}
