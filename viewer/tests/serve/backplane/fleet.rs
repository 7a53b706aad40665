//! A NATS server, several signaling servers that share it, and a load balancer before them.

use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustix::process::Signal;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio::time::{Instant, sleep};

use crate::support::{DEADLINE, Folder, Program};

/// The server of the system's package: `tools/ensure nats`.
pub(super) struct Nats {
    program: Program,
    port: u16,
    folder: Folder,
}

impl Nats {
    pub(super) async fn start(name: &str) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let folder = Folder::new(name);
        let program = Self::spawn(port, &folder, &[]).await;
        Self { program, port, folder }
    }

    /// With a configuration of its own.
    pub(super) async fn start_with(folder: Folder, configuration: &str) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let file = folder.write("nats.conf", configuration);
        let program = Self::spawn(port, &folder, &["-c", &file]).await;
        Self { program, port, folder }
    }

    async fn spawn(port: u16, folder: &Folder, arguments: &[&str]) -> Program {
        let path = format!("{}:/usr/sbin", std::env::var("PATH").unwrap_or_default());
        let mut nats = Command::new("nats-server");
        nats.env("PATH", path).kill_on_drop(true);
        nats.args(["-a", "127.0.0.1", "-p", &port.to_string(), "-js", "-sd", &folder.text("jetstream")])
            .args(arguments);
        let program = Program::spawn(nats);
        program.err.has("Server is ready").await;
        program
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    #[cfg(target_os = "linux")]
    pub(super) fn pid(&self) -> u32 {
        self.program.child.id().expect("it runs")
    }

    pub(super) fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    pub(super) async fn kill(&mut self) {
        self.program.child.kill().await.unwrap();
    }

    pub(super) async fn start_again(&mut self) {
        self.program = Self::spawn(self.port, &self.folder, &[]).await;
    }
}

pub(super) struct Server {
    program: Program,
    pub(super) address: String,
}

impl Server {
    pub(super) async fn start(nats: &str, arguments: &[&str]) -> Self {
        Self::start_with(&[&["--backplane", nats], arguments].concat()).await
    }

    pub(super) async fn start_with(arguments: &[&str]) -> Self {
        let program = Program::serve(&[&["--listen", "0"], arguments].concat());
        let address = program.url().await.trim_start_matches("http://").trim_end_matches('/').to_owned();
        Self { program, address }
    }

    pub(super) fn signaling_url(&self) -> String {
        format!("ws://{}/signaling", self.address)
    }

    #[cfg(target_os = "linux")]
    pub(super) fn pid(&self) -> u32 {
        self.program.child.id().expect("it runs")
    }

    pub(super) async fn kill(&mut self) {
        self.program.child.kill().await.unwrap();
    }

    pub(super) async fn stop(&mut self) {
        self.program.signal(Signal::TERM);
        assert_eq!(self.program.status().await, 0);
    }

    pub(super) async fn says(&self, text: &str) {
        self.program.err.has(text).await;
    }

    pub(super) fn said(&self) -> String {
        self.program.err.all().join("\n")
    }

    pub(super) async fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address);
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    /// Waits until a gauge of the backplane has this value.
    pub(super) async fn has(&self, gauge: &str, value: u64) {
        let line = format!("logrtc_backplane_{gauge} {value}");
        let deadline = Instant::now() + DEADLINE;
        loop {
            let metrics = self.get("/metrics").await;
            if metrics.lines().any(|known| known == line) {
                return;
            }
            assert!(Instant::now() < deadline, "{line}: {metrics}");
            sleep(Duration::from_millis(50)).await;
        }
    }
}

/// Leads each connection to the next of the servers that can be reached.
pub(super) struct Balancer {
    pub(super) address: SocketAddr,
    servers: Arc<Mutex<Vec<String>>>,
}

impl Balancer {
    pub(super) async fn start(servers: &[Server]) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let servers: Vec<String> = servers.iter().map(|server| server.address.clone()).collect();
        let servers = Arc::new(Mutex::new(servers));
        let (next, targets) = (AtomicUsize::new(0), Arc::clone(&servers));
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let mut targets = targets.lock().unwrap().clone();
                let first = next.fetch_add(1, Ordering::Relaxed) % targets.len();
                targets.rotate_left(first);
                tokio::spawn(async move {
                    for target in targets {
                        if let Ok(mut server) = TcpStream::connect(target).await {
                            let _ = copy_bidirectional(&mut client, &mut server).await;
                            return;
                        }
                    }
                });
            }
        });
        Self { address, servers }
    }

    /// Leads no connection to this server any more.
    pub(super) fn remove(&self, server: &Server) {
        self.servers.lock().unwrap().retain(|address| *address != server.address);
    }

    pub(super) fn signaling_url(&self) -> String {
        format!("ws://{}/signaling", self.address)
    }
}
