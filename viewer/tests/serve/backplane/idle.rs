//! What idle producers cost a server, alone and with a backplane.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, client_async};

use super::fleet::{Nats, Server};

const PRODUCERS: usize = 10_000;
/// Producers that register at once.
const AT_ONCE: usize = 64;
const IDLE: Duration = Duration::from_secs(10);

/// `cargo test --release --package logrtc-viewer --test serve -- --ignored --nocapture idle_producers`
#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures, and takes a minute"]
async fn idle_producers() {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }).unwrap();
    let count = PRODUCERS.to_string();
    let limits = ["--max-connections", &count];
    measure("alone", &Server::start_with(&limits).await, None).await;
    let nats = Nats::start("idle").await;
    let other = Server::start(&nats.url(), &[]).await;
    measure("with a backplane", &Server::start(&nats.url(), &limits).await, Some((&nats, &other))).await;
}

async fn measure(name: &str, server: &Server, others: Option<(&Nats, &Server)>) {
    let before = kib(server.pid(), "VmRSS:");
    let address: SocketAddr = server.address.parse().unwrap();
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let mut registering = JoinSet::new();
    let begin = Instant::now();
    for number in 0..PRODUCERS {
        let places = Arc::clone(&places);
        registering.spawn(async move {
            let _place = places.acquire().await.unwrap();
            register(address, number).await
        });
    }
    let mut idle = JoinSet::new();
    while let Some(socket) = registering.join_next().await {
        let mut socket = socket.unwrap();
        // It answers pings.
        idle.spawn(async move { while let Some(Ok(_)) = socket.next().await {} });
    }
    let registered = begin.elapsed();
    if others.is_some() {
        server.has("pending_entries", 0).await;
    }
    let written = begin.elapsed();
    let memory = kib(server.pid(), "VmRSS:") - before;
    let cpu = ticks(server.pid());
    sleep(IDLE).await;
    // A tick is a hundredth of a second.
    let load = (ticks(server.pid()) - cpu) as f64 / IDLE.as_secs_f64();
    println!(
        "{name}: {:.0} registrations a second ({:.1} s, {:.1} s until written), {:.1} KiB a producer, {load:.1} % of a core idle",
        PRODUCERS as f64 / registered.as_secs_f64(),
        registered.as_secs_f64(),
        written.as_secs_f64(),
        memory as f64 / PRODUCERS as f64,
    );
    if let Some((nats, other)) = others {
        other.has("clients", PRODUCERS as u64).await;
        let memory = kib(other.pid(), "VmRSS:") >> 10;
        println!("another server: {memory} MiB; nats-server: {} MiB", kib(nats.pid(), "VmRSS:") >> 10);
    }
    let text = server.get("/metrics").await;
    assert!(text.contains(&format!("logrtc_clients{{role=\"producer\"}} {PRODUCERS}\n")), "{text}");
}

async fn register(address: SocketAddr, number: usize) -> WebSocketStream<MaybeTlsStream<TcpStream>> {
    let stream = TcpStream::connect(address).await.unwrap();
    let url = format!("ws://{address}/signaling");
    let (mut socket, _) = client_async(url, MaybeTlsStream::Plain(stream)).await.unwrap();
    let register = json!({
        "type": "register", "role": "producer", "client_id": format!("app-{number}"), "session": format!("session-{number}"),
        "metadata": {"system_name": "API", "version": "1.0.0", "description": "the public API"},
    });
    socket.send(Message::text(register.to_string())).await.unwrap();
    let Some(Ok(Message::Text(text))) = socket.next().await else { panic!("registered") };
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap()["type"], "registered");
    socket
}

fn kib(pid: u32, key: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with(key)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// What the process has used of a core.
fn ticks(pid: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let (_, rest) = stat.rsplit_once(')').unwrap();
    rest.split_whitespace().skip(11).take(2).map(|ticks| ticks.parse::<u64>().unwrap()).sum()
}
