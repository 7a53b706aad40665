//! How people run the program.

use std::os::fd::AsRawFd;
use std::process::Stdio;

use rustix::process::Signal;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Folder, Program, close, command, producer};

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_port_names_the_program_that_has_it() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    for listen in [port.clone(), format!("localhost:{port}")] {
        let mut server = Program::serve(&["--listen", &listen]);
        assert_eq!(server.status().await, 1);
        server.err.has(&format!("(process {})", std::process::id())).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_addresses_for_others_are_told_when_it_listens_on_every_interface() {
    let server = Program::serve(&["--listen", ":0"]);
    let link = server.url().await;
    let token = link.split_once('#').unwrap().1.to_owned();
    let others: Vec<_> = if_addrs::get_if_addrs()
        .unwrap()
        .into_iter()
        .map(|interface| interface.ip())
        .filter(|ip| matches!(ip, std::net::IpAddr::V4(ip) if !ip.is_loopback() && !ip.is_link_local()))
        .collect();
    server.err.has("--token-file keeps one of your own").await;
    for ip in others {
        server.err.has(&format!("other machines reach it at http://{ip}:")).await;
    }
    assert!(server.err.all().iter().filter(|line| line.contains("other machines")).all(|line| line.ends_with(&token)));
}

/// A service manager keeps the socket: whoever connects between two processes waits for the second one.
#[tokio::test(flavor = "multi_thread")]
async fn a_socket_that_is_handed_over_refuses_nobody_during_a_restart() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let handed_over = || {
        // The descriptor of the service manager is 3 in the program.
        let mut shell = tokio::process::Command::new("bash");
        let script = format!("exec 3<&{}; export LISTEN_FDS=1 LISTEN_PID=$$; exec \"$0\" serve", listener.as_raw_fd());
        shell.args(["-c", &script, env!("CARGO_BIN_EXE_logrtc")]).kill_on_drop(true).env_remove("LOGRTC_TOKEN");
        rustix::io::fcntl_setfd(&listener, rustix::io::FdFlags::empty()).unwrap();
        Program::spawn(shell)
    };
    let mut first = handed_over();
    assert_eq!(first.url().await, format!("http://{address}/"));
    let app = producer(&format!("ws://{address}/signaling"), "unused", None);
    app.info("app", "before");
    let page = Program::spawn(command(&["tail", "--json", &address.to_string()]));
    page.out.has("before").await;
    first.signal(Signal::TERM);
    assert_eq!(first.status().await, 0);

    let mut waiting = TcpStream::connect(address).await.expect("nobody is refused");
    waiting.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
    app.info("app", "meanwhile");
    page.out.has("meanwhile").await;
    let _second = handed_over();
    let mut answer = String::new();
    tokio::time::timeout(crate::support::DEADLINE, waiting.read_to_string(&mut answer)).await.unwrap().unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    page.err.has("the server is back").await;
    let entries = page.out.all().len();
    assert_eq!(entries, 2, "the channel is the same all along");
    close(app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_access_log_that_is_moved_is_opened_again() {
    let folder = Folder::new("access");
    let (path, moved) = (folder.text("access.log"), folder.text("access.log.1"));
    let server = Program::serve(&["--listen", "0", "--access-log", &path]);
    let address = server.url().await.trim_start_matches("http://").trim_end_matches('/').to_owned();
    let get = async || {
        let mut stream = TcpStream::connect(&address).await.unwrap();
        stream.write_all(b"GET /healthz?x=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
        stream.read_to_string(&mut String::new()).await.unwrap();
    };
    get().await;
    std::fs::rename(&path, &moved).unwrap();
    server.signal(Signal::HUP);
    let deadline = tokio::time::Instant::now() + crate::support::DEADLINE;
    while !std::path::Path::new(&path).exists() {
        assert!(tokio::time::Instant::now() < deadline);
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    get().await;
    for file in [&moved, &path] {
        let text = std::fs::read_to_string(file).unwrap();
        let record: serde_json::Value = serde_json::from_str(text.trim_end()).unwrap();
        assert_eq!((&record["path"], &record["status"]), (&"/healthz".into(), &200.into()), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_brings_its_completions_and_its_manual() {
    for (arguments, wanted) in [
        (vec!["completions", "bash"], "complete -F"),
        (vec!["completions", "zsh"], "#compdef logrtc"),
        (vec!["completions", "fish"], "complete -c logrtc"),
        (vec!["man"], ".TH"),
        (vec!["man"], "token\\-file"),
        (vec!["serve", "--help"], "Examples:"),
        (vec!["serve", "--help"], "  LOGRTC_TOKEN "),
        (vec!["tail", "--help"], "  LOGRTC_ICE_SERVERS"),
        (vec!["tail", "--help"], "  SSL_CERT_FILE "),
        (vec!["run", "--help"], "  LOGRTC_TOKEN "),
        (vec!["run", "--help"], "  SSL_CERT_FILE "),
        (vec!["pipe", "--help"], "  SSL_CERT_FILE "),
        (vec!["doctor", "--help"], "  SSL_CERT_FILE "),
    ] {
        let mut program = Program::spawn(command(&arguments));
        program.out.has(wanted).await;
        assert_eq!(program.status().await, 0, "{arguments:?}");
    }
}

/// A server does not end because nobody reads what it prints.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_streams_are_full_goes_on() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let full = || std::fs::File::options().write(true).open("/dev/full").unwrap();
    let mut server =
        command(&["serve", "--listen", &address.to_string()]).stdout(full()).stderr(full()).spawn().unwrap();
    let deadline = tokio::time::Instant::now() + crate::support::DEADLINE;
    while TcpStream::connect(address).await.is_err() {
        assert!(tokio::time::Instant::now() < deadline && server.try_wait().unwrap().is_none(), "it runs");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let mut doctor = command(&["doctor", "--json", &format!("ws://{address}/signaling")]);
    let output = doctor.stdout(full()).stderr(Stdio::piped()).spawn().unwrap().wait_with_output().await.unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(!String::from_utf8_lossy(&output.stderr).contains("panicked"), "{output:?}");
    server.start_kill().unwrap();
    server.wait().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn options_that_would_have_no_effect_are_refused_at_the_start() {
    for (arguments, reason) in [
        (&["--otlp", "--udp-ports", "9-3"][..], "9-3"),
        (&["--udp-ports", "50000-50100"], "need --otlp"),
        (&["--backplane-bucket", "b"], "need --backplane"),
        (&["--max-connections", "0"], "--max-connections"),
        (&["--ice-server", "turn:user:s3cret@"], "--ice-server"),
    ] {
        let output = command(&[&["serve", "--listen", "0"], arguments].concat()).output().await.unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.contains(reason) && !text.contains("s3cret"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_of_no_use_is_named_with_its_option_and_with_what_is_right() {
    let folder = Folder::new("files");
    let (wrong, missing) = (folder.write("wrong", "two words\n"), folder.text("missing"));
    let nats = ["--backplane", "nats://127.0.0.1:1"];
    for (arguments, reason) in [
        (&["--token-file", &missing][..], "--token-file {missing}: No such file"),
        (&["--reader-token-file", &wrong], "--reader-token-file {wrong}: line 1: a token must have"),
        (&["--tls-cert", &missing, "--tls-key", &wrong], "--tls-cert {missing}: No such file"),
        (&["--tls-cert", &wrong, "--tls-key", &missing], "--tls-key {missing}: No such file"),
        (&["--tls-cert", &wrong, "--tls-key", &wrong], "--tls-cert {wrong}, --tls-key {wrong}: the certificate: "),
        (&["--turn", "turn:h", "--turn-secret-file", &missing], "--turn-secret-file {missing}: No such file"),
        (&["--access-log", "/nowhere/log"], "--access-log /nowhere/log: No such file"),
        (&[nats[0], nats[1], "--backplane-credentials-file", &missing], "-credentials-file {missing}: No such file"),
        (&[nats[0], nats[1], "--backplane-credentials-file", &wrong], "it must be a .creds file, as nsc writes it"),
        (&[nats[0], nats[1], "--backplane-ca-file", &wrong], "--backplane-ca-file {wrong}: has no certificate"),
        (&["--listen", "192.0.2.1:80"], "cannot listen on 192.0.2.1:80 (--listen): "),
    ] {
        let output = command(&[&["serve"], arguments].concat()).output().await.unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{text}");
        let reason = reason.replace("{missing}", &missing).replace("{wrong}", &wrong);
        assert!(text.contains(&reason), "{text}");
        assert_eq!(text.contains("cannot listen"), arguments[0] == "--listen", "{text}");
    }
}
