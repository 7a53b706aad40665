//! How the signaling server is reached: by the address that works, or through a proxy, and with the user of its URL.

#![allow(clippy::unwrap_used)]

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use logrtc::{Config, Producer, State};
use logrtc_test_support::{DEADLINE, Server, eventually, in_namespace};
use rcgen::generate_simple_self_signed;
use rustls::ServerConfig;
use rustls_pki_types::PrivateKeyDer;
use socket2::{Domain, Socket, Type};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

#[tokio::test(flavor = "multi_thread")]
async fn the_user_of_the_url_is_sent() {
    let server = Server::start().await;
    let url = format!("ws://us%C3%A9r:p%40ss:w@{}/signaling", server.address());
    let config = Config::builder("app").url(url).ice_servers([]).environment(false).build().unwrap();
    let producer = Producer::connect(config).unwrap();
    server.registered().await;
    // What `printf 'usér:p@ss:w' | base64` prints.
    assert_eq!(server.authorization().as_deref(), Some("Basic dXPDqXI6cEBzczp3"));
    producer.close(DEADLINE).unwrap();
}

/// Names that the file of hosts has, and nothing else.
const HOSTS: &str = "ip addr add 2001:db8::1/128 dev lo nodad; ip addr add 2001:db8::2/128 dev lo nodad; hosts=$(mktemp); \
                     printf '2001:db8::1 many.test\\n2001:db8::2 many.test\\n127.0.0.2 many.test\\n127.0.0.3 many.test\\n\
                     127.0.0.4 direct.test\\n' >\"$hosts\"; mount --bind \"$hosts\" /etc/hosts; ";

/// A server that nobody can connect to, nor learns so: its queue is full, and the kernel drops what comes.
struct Silent(#[allow(dead_code)] Vec<Socket>);

impl Silent {
    fn at(address: SocketAddr) -> Self {
        let socket = || Socket::new(Domain::for_address(address), Type::STREAM, None).unwrap();
        let listener = socket();
        listener.bind(&address.into()).unwrap();
        listener.listen(0).unwrap();
        let mut sockets = vec![listener];
        loop {
            let client = socket();
            let connected = client.connect_timeout(&address.into(), Duration::from_millis(200));
            sockets.push(client);
            if connected.is_err() {
                return Self(sockets);
            }
        }
    }
}

#[test]
fn addresses_that_do_not_answer_hold_up_nothing() {
    in_namespace("addresses_that_do_not_answer_hold_up_nothing", HOSTS, many_addresses);
}

#[tokio::main]
async fn many_addresses() {
    let server = Server::start_at("127.0.0.3:0".parse().unwrap()).await;
    let port = server.address().port();
    let silent = ["[2001:db8::1]", "[2001:db8::2]", "127.0.0.2"];
    let _silent = silent.map(|host| Silent::at(format!("{host}:{port}").parse().unwrap()));
    let url = format!("ws://many.test:{port}/signaling");
    let config = Config::builder("app").url(url).ice_servers([]).environment(false).build().unwrap();
    // The quickest of a few: three addresses have their 250 ms each.
    let mut quickest = Duration::MAX;
    for _ in 0..3 {
        let since = Instant::now();
        let producer = Producer::connect(config.clone()).unwrap();
        server.registered().await;
        quickest = quickest.min(since.elapsed());
        producer.close(DEADLINE).unwrap();
    }
    assert!(quickest < Duration::from_millis(1500), "{quickest:?}");
    // Three producers, three connections: no attempt that lost was ever accepted.
    assert_eq!(server.connections(), 3);
}

/// The names that only the proxy knows, and where they lead.
type Routes = Vec<(&'static str, SocketAddr)>;

/// A proxy that keeps the heads of the requests.
struct Proxy {
    heads: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    async fn start(routes: Routes, credentials: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:3128").await.unwrap();
        let heads = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&heads);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (kept, routes) = (Arc::clone(&kept), routes.clone());
                tokio::spawn(async move {
                    let _ = carry(stream, &routes, credentials, &kept).await;
                });
            }
        });
        Self { heads }
    }

    fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

async fn carry(
    stream: TcpStream,
    routes: &Routes,
    credentials: &str,
    kept: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut head = String::new();
    while stream.read_line(&mut head).await? > 2 {}
    let is_allowed = head.contains(&format!("\r\nProxy-Authorization: Basic {credentials}\r\n"));
    let route = routes.iter().find(|(target, _)| head.starts_with(&format!("CONNECT {target} HTTP/1.1\r\n")));
    kept.lock().unwrap().push(head.clone());
    if !is_allowed {
        return stream.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n").await;
    }
    let mut upstream = TcpStream::connect(route.unwrap().1).await?;
    stream.write_all(b"HTTP/1.1 200 Connection established\r\nVia: 1.1 test\r\n\r\n").await?;
    copy_bidirectional(&mut stream, &mut upstream).await.map(|_| ())
}

/// `printf 'us$r:secret' | base64`
const CREDENTIALS: &str = "dXMkcjpzZWNyZXQ=";

const PROXIES: &str = "export http_proxy=http://us%24r:secret@127.0.0.1:3128 HTTPS_PROXY=us%24r:secret@127.0.0.1:3128 \
                       NO_PROXY=direct.test,other.example";

#[test]
fn a_proxy_leads_to_the_server() {
    in_namespace("a_proxy_leads_to_the_server", &format!("{HOSTS}{PROXIES}"), through_a_proxy);
}

/// A server that speaks TLS as `host`, and the file of its certificate.
async fn tls_server(host: &str) -> (Server, PathBuf) {
    let made = generate_simple_self_signed([host.to_owned()]).unwrap();
    let file = std::env::temp_dir().join(format!("logrtc-dial-{}.pem", std::process::id()));
    std::fs::write(&file, made.cert.pem()).unwrap();
    let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let wrap = move |stream| {
        let accepting = acceptor.accept(stream);
        async move { accepting.await.ok() }
    };
    (Server::serve("127.0.0.1:0".parse().unwrap(), wrap).await, file)
}

fn connect(url: &str, ca_file: Option<&PathBuf>) -> Producer {
    let mut builder = Config::builder("app").url(url).ice_servers([]).reconnect_interval(Duration::from_millis(50));
    if let Some(file) = ca_file {
        builder = builder.ca_file(file);
    }
    Producer::connect(builder.build().unwrap()).unwrap()
}

#[tokio::main]
async fn through_a_proxy() {
    let server = Server::start_at("127.0.0.4:0".parse().unwrap()).await;
    let (tls_server, ca_file) = tls_server("secure.example").await;
    let routes = vec![("plain.example:80", server.address()), ("secure.example:8443", tls_server.address())];
    let proxy = Proxy::start(routes, CREDENTIALS).await;
    let heads = |target: &str| {
        format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\nProxy-Authorization: Basic {CREDENTIALS}\r\n\r\n")
    };

    let producer = connect("ws://plain.example/signaling", None);
    server.registered().await;
    assert_eq!(server.authorization(), None, "the server does not get the proxy's credentials");
    producer.close(DEADLINE).unwrap();
    let producer = connect("wss://secure.example:8443/signaling", Some(&ca_file));
    tls_server.registered().await;
    producer.close(DEADLINE).unwrap();
    std::fs::remove_file(&ca_file).unwrap();
    assert_eq!(proxy.heads(), [heads("plain.example:80"), heads("secure.example:8443")]);

    // NO_PROXY has the name, and a loopback address needs no variable.
    let port = server.address().port();
    for host in ["direct.test", "127.0.0.4"] {
        let producer = connect(&format!("ws://{host}:{port}/signaling"), None);
        server.registered().await;
        producer.close(DEADLINE).unwrap();
    }
    assert_eq!(proxy.heads().len(), 2);
}

async fn fails_with(url: &str, reason: &str) {
    let producer = connect(url, None);
    eventually("it fails", || producer.last_error().is_some()).await;
    assert_eq!(producer.last_error().as_deref(), Some(reason));
    assert_ne!(producer.state(), State::Registered);
    let _ = producer.close(Duration::ZERO);
}

#[test]
fn a_proxy_that_refuses_is_named_without_its_password() {
    let test = "a_proxy_that_refuses_is_named_without_its_password";
    let proxies = "export HTTP_PROXY=http://u:secret@127.0.0.1:3128 ALL_PROXY=socks5://u:secret@127.0.0.1:1080";
    in_namespace(test, proxies, refused_by_a_proxy);
}

#[tokio::main]
async fn refused_by_a_proxy() {
    let absent = "the proxy http://127.0.0.1:3128 fails: Connection refused (os error 111)";
    fails_with("ws://plain.example/", absent).await;
    let proxy = Proxy::start(vec![], CREDENTIALS).await;
    let refused = "the proxy http://127.0.0.1:3128 responds 407 Proxy Authentication Required: \
                   it does not accept the user and the password";
    fails_with("ws://plain.example/", refused).await;
    assert!(!proxy.heads().is_empty());
    let unsupported = "the proxy socks5://127.0.0.1:1080 is not supported; use an http:// proxy";
    fails_with("wss://secure.example/", unsupported).await;
}
