//! The configurations of docs/server.md, in the proxies of the system's packages: from a program to `logrtc tail`.

use std::net::TcpListener;
use std::path::Path;

use tokio::net::TcpStream;
use tokio::process::Command;

use crate::support::{Certificate, DEADLINE, Folder, Program, close, command, producer};

/// The block of the documentation in this language, and the server that it leads to.
fn documented(language: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/server.md");
    let text = std::fs::read_to_string(path).unwrap();
    let (_, rest) = text.split_once(&format!("```{language}\n")).expect("the page shows it");
    rest.split_once("```").expect("the block ends").0.to_owned()
}

/// Replaces what is there; what the documentation no longer shows fails the test.
fn replaced(text: &str, pairs: &[(&str, &str)]) -> String {
    pairs.iter().fold(text.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}: {text}");
        text.replace(from, to)
    })
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Starts a server, has `proxy` lead to it, and reads a log through it.
async fn carries_a_log(name: &str, proxy: impl FnOnce(&Folder, &Certificate, u16, u16) -> Command) {
    let folder = Folder::new(name);
    let certificate = Certificate::new(&folder, "proxy");
    let (token, access_log) = (folder.write("token", "t0k"), folder.text("access.log"));
    let server = Program::serve(&[
        "--listen",
        "0",
        "--trusted-proxy",
        "127.0.0.1",
        "--allow-origin",
        "https://logs.example.com",
        "--token-file",
        &token,
        "--base-path",
        "/logs/",
        "--access-log",
        &access_log,
    ]);
    let own = server.url().await;
    let own_port: u16 = own.rsplit(':').next().unwrap().split('/').next().unwrap().parse().unwrap();
    let port = free_port();
    let proxy = Program::spawn(proxy(&folder, &certificate, port, own_port));
    let deadline = tokio::time::Instant::now() + DEADLINE;
    while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
        assert!(tokio::time::Instant::now() < deadline, "{name} listens: {:?}", proxy.err.all());
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }

    let public = format!("localhost:{port}/logs");
    let app = producer(&format!("wss://{public}/signaling"), "t0k", Some(&certificate.authority));
    app.info("app", "through a proxy");
    let tail = |page: String| {
        let mut command = command(&["tail", "--json", &page]);
        command.env("SSL_CERT_FILE", &certificate.authority);
        Program::spawn(command)
    };
    tail(format!("https://{public}/#token=t0k")).out.has("through a proxy").await;
    tail(format!("https://{public}#token=t0k")).out.has("through a proxy").await;
    let mut wrong = tail(format!("https://{public}/#token=wrong"));
    assert_eq!(wrong.status().await, 1);
    wrong.err.has("it does not accept the token").await;
    let log = std::fs::read_to_string(&access_log).unwrap();
    let lines: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let statuses: Vec<_> = lines.iter().map(|line| line["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [101, 101, 101, 401], "{log}");
    assert!(lines.iter().all(|line| line["path"] == "/logs/signaling" && line["client"] == "127.0.0.1"), "{log}");
    close(app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nginx() {
    carries_a_log("nginx", |folder, certificate, port, server| {
        let site = replaced(
            &documented("nginx"),
            &[
                ("listen 443 ssl", &format!("listen 127.0.0.1:{port} ssl")),
                ("server_name logs.example.com", "server_name localhost"),
                ("/etc/ssl/logs.pem", &certificate.chain),
                ("/etc/ssl/logs.key", &certificate.key),
                ("http://127.0.0.1:8080", &format!("http://127.0.0.1:{server}")),
            ],
        );
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .iter()
            .map(|name| format!("{name}_temp_path {};\n", folder.text(name)))
            .collect();
        let text = format!(
            "pid {};\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{temporary}{site}}}\n",
            folder.text("pid")
        );
        let file = folder.write("nginx.conf", &text);
        let mut command = Command::new("/usr/sbin/nginx");
        command.args(["-p", &folder.text(""), "-c", &file, "-g", "daemon off; master_process off;"]);
        command.kill_on_drop(true);
        command
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn caddy() {
    carries_a_log("caddy", |folder, certificate, port, server| {
        let site = replaced(
            &documented("caddy"),
            &[
                ("logs.example.com {", &format!("https://localhost:{port} {{")),
                ("/etc/ssl/logs.pem", &certificate.chain),
                ("/etc/ssl/logs.key", &certificate.key),
                ("127.0.0.1:8080", &format!("127.0.0.1:{server}")),
            ],
        );
        let text = format!("{{\n    admin off\n    auto_https disable_redirects\n}}\n{site}");
        let file = folder.write("Caddyfile", &text);
        let mut command = Command::new("caddy");
        command.args(["run", "--config", &file, "--adapter", "caddyfile"]).kill_on_drop(true);
        command.env("HOME", folder.text("")).env("XDG_DATA_HOME", folder.text("data"));
        command
    })
    .await;
}
