//! TLS from files, which are read again.

use rustix::process::Signal;

use crate::support::{Certificate, Folder, Program, close, command, producer};

#[tokio::test(flavor = "multi_thread")]
async fn a_log_is_read_over_tls_and_a_renewed_certificate_is_taken_on_sighup() {
    let folder = Folder::new("tls");
    let first = Certificate::new(&folder, "first");
    let (chain, key) = (folder.text("chain.pem"), folder.text("key.pem"));
    std::fs::copy(&first.chain, &chain).unwrap();
    std::fs::copy(&first.key, &key).unwrap();
    let token = folder.write("token", "t0k");
    let server = Program::serve(&["--listen", "0", "--tls-cert", &chain, "--tls-key", &key, "--token-file", &token]);
    let page = server.url().await.replace("127.0.0.1", "localhost");
    assert!(page.starts_with("https://localhost:"), "{page}");
    let signaling = format!("{}signaling", page.replace("https:", "wss:"));
    let app = producer(&signaling, "t0k", Some(&first.authority));
    app.info("app", "over TLS");
    let tail = |certificate: &Certificate| {
        let mut command = command(&["tail", "--json", &format!("{page}#token=t0k")]);
        command.env("SSL_CERT_FILE", &certificate.authority);
        Program::spawn(command)
    };
    tail(&first).out.has("over TLS").await;

    // A key of another certificate changes nothing.
    let second = Certificate::new(&folder, "second");
    std::fs::copy(&second.key, &key).unwrap();
    server.signal(Signal::HUP);
    server.err.has("continues with the tokens and the certificate as read before").await;
    tail(&first).out.has("over TLS").await;
    std::fs::copy(&second.chain, &chain).unwrap();
    server.signal(Signal::HUP);
    server.err.has("has read the tokens and the certificate again").await;
    tail(&second).out.has("over TLS").await;
    close(app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_tokens_stays_open_when_its_certificate_is_renewed() {
    let folder = Folder::new("tls-without-tokens");
    let certificate = Certificate::new(&folder, "only");
    let server = Program::serve(&["--listen", "0", "--tls-cert", &certificate.chain, "--tls-key", &certificate.key]);
    let page = server.url().await.replace("127.0.0.1", "localhost");
    let read = || {
        let mut command = command(&["tail", "--json", &page]);
        command.env("SSL_CERT_FILE", &certificate.authority);
        Program::spawn(command)
    };
    let app = producer(&format!("{}signaling", page.replace("https:", "wss:")), "any", Some(&certificate.authority));
    app.info("app", "open to all");
    read().out.has("open to all").await;
    server.signal(Signal::HUP);
    server.err.has("has read the certificate again").await;
    read().out.has("open to all").await;
    close(app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn producers_of_the_server_itself_need_neither_its_certificate_nor_its_tokens() {
    let folder = Folder::new("tls-own");
    let certificate = Certificate::new(&folder, "only");
    let token = folder.write("token", "t0k");
    let tls = ["--tls-cert", &certificate.chain, "--tls-key", &certificate.key, "--token-file", &token];
    let mut demo = command(&[&["demo", "--listen", "0"], &tls[..]].concat());
    // What is for other programs does not lead this one elsewhere.
    demo.env("LOGRTC_URL", "ws://127.0.0.1:1/signaling");
    let server = Program::spawn(demo);
    let page = server.url().await.replace("127.0.0.1", "localhost");
    let mut tail = command(&["tail", "--json", &format!("{page}#token=t0k")]);
    tail.env("SSL_CERT_FILE", &certificate.authority);
    Program::spawn(tail).out.has("shop").await;
}

/// The commands of docs/server.md that make a certificate, for this machine.
fn documented_certificate() -> String {
    let page = include_str!("../../../docs/server.md");
    let mut blocks = page.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    let commands = blocks.find(|block| block.contains("openssl req -x509")).expect("the page makes a certificate");
    commands.replace("logs.example.com", "localhost")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_documented_certificate_is_trusted_by_programs_and_readers() {
    let folder = Folder::new("tls-documented");
    let made = tokio::process::Command::new("bash")
        .args(["-ec", &documented_certificate()])
        .current_dir(folder.path(""))
        .output()
        .await
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    let (cert, key) = (folder.text("cert.pem"), folder.text("key.pem"));
    let server = Program::serve(&["--listen", "0", "--tls-cert", &cert, "--tls-key", &key]);
    let page = server.url().await.replace("127.0.0.1", "localhost");
    let signaling = format!("{}signaling", page.replace("https:", "wss:"));
    let app = producer(&signaling, "unused", Some(&folder.path("cert.pem")));
    app.info("app", "by ca_file");
    let trusting = |arguments: &[&str]| {
        let mut command = command(arguments);
        command.env("SSL_CERT_FILE", &cert);
        Program::spawn(command)
    };
    let reader = trusting(&["tail", "--json", &page]);
    reader.out.has("by ca_file").await;
    let mut run = trusting(&["run", "--url", &signaling, "--", "echo", "by SSL_CERT_FILE"]);
    assert_eq!(run.status().await, 0);
    reader.out.has("by SSL_CERT_FILE").await;
    close(app).await;

    let mut untrusting = Program::spawn(command(&["tail", "--no-follow", &page]));
    assert_eq!(untrusting.status().await, 1);
    untrusting.err.has("set SSL_CERT_FILE to the file of its certificate").await;
}
