//! `wss://`: an own CA is trusted where it is named, and nothing else is.

#![allow(clippy::unwrap_used)]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use logrtc::{Config, Event, Producer, State};
use logrtc_test_support::{Consumer, DEADLINE, Server, eventually};
use rcgen::{CertificateParams, CertifiedIssuer, KeyPair};
use rustls::ServerConfig;
use rustls_pki_types::PrivateKeyDer;
use tokio_rustls::TlsAcceptor;

/// A CA in a file of its own, which goes with it.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    file: PathBuf,
}

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let file = std::env::temp_dir().join(format!("logrtc-{name}-{}.pem", std::process::id()));
        std::fs::write(&file, issuer.pem()).unwrap();
        Self { issuer, file }
    }

    fn server_config(&self, host: &str) -> Arc<ServerConfig> {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec![host.to_owned()]).unwrap().signed_by(&key, &self.issuer).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::Pkcs8(key.serialize_der().into()))
            .unwrap();
        Arc::new(config)
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.file);
    }
}

async fn tls_server(config: Arc<ServerConfig>) -> Server {
    let acceptor = TlsAcceptor::from(config);
    let wrap = move |stream| {
        let accepting = acceptor.accept(stream);
        async move { accepting.await.ok() }
    };
    Server::serve("127.0.0.1:0".parse().unwrap(), wrap).await
}

fn config(server: &Server) -> logrtc::ConfigBuilder {
    Config::builder("app")
        .url(format!("wss://localhost:{}/signaling", server.address().port()))
        .ice_servers([])
        .environment(false)
        .reconnect_interval(Duration::from_millis(100))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_own_authority_is_trusted_and_the_token_goes_through_it() {
    let authority = Authority::new("own");
    let server = tls_server(authority.server_config("localhost")).await;
    let producer = Producer::connect(config(&server).ca_file(&authority.file).token("t0ken").build().unwrap()).unwrap();
    producer.info("app", "over TLS");
    server.registered().await;
    assert_eq!(server.authorization().as_deref(), Some("Bearer t0ken"));
    let consumer = Consumer::join(&server, "b").await;
    assert_eq!(consumer.entries(1).await[0]["message"], "over TLS");
    producer.close(DEADLINE).unwrap();
}

async fn is_refused(producer: Producer, problem: &str) {
    let events = producer.subscribe();
    let mut messages = Vec::new();
    eventually("it is refused", || {
        messages.extend(events.try_iter().filter_map(|event| match event {
            Event::ServerError { message } => Some(message),
            _ => None,
        }));
        !messages.is_empty()
    })
    .await;
    assert!(messages[0].contains(problem), "{messages:?}");
    assert_ne!(producer.state(), State::Registered);
    assert_eq!(producer.stats().registrations, 0);
    producer.close(DEADLINE).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_trusted_is_refused() {
    let (authority, other) = (Authority::new("right"), Authority::new("wrong"));
    let server = tls_server(authority.server_config("localhost")).await;
    let config = config(&server).ca_file(&other.file).build().unwrap();
    is_refused(Producer::connect(config).unwrap(), "UnknownIssuer").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_host_s_certificate_is_refused() {
    let authority = Authority::new("host");
    let server = tls_server(authority.server_config("elsewhere.example")).await;
    let config = config(&server).ca_file(&authority.file).build().unwrap();
    is_refused(Producer::connect(config).unwrap(), "not valid for name").await;
}

#[test]
fn a_file_without_certificates_is_named() {
    let file = std::env::temp_dir().join(format!("logrtc-empty-{}.pem", std::process::id()));
    std::fs::write(&file, "nothing").unwrap();
    let error = Config::builder("app").ca_file(&file).build().unwrap_err();
    std::fs::remove_file(&file).unwrap();
    assert_eq!(error.to_string(), format!("ca_file: {}: holds no certificate in PEM", file.display()));
}
