//! The server over TLS, with a certificate of a test authority.

use std::sync::Arc;

use logrtc_viewer::{Server, Tls};
use rcgen::{CertificateParams, CertifiedIssuer, KeyPair};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::support::{options, within};

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A certificate for `localhost`, and its key, in PEM.
fn certificate(authority: &Authority) -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    (params.signed_by(&key, authority).unwrap().pem(), key.serialize_pem())
}

fn tls(authority: &Authority) -> Tls {
    let (certificate, key) = certificate(authority);
    Tls::from_pem(certificate.as_bytes(), key.as_bytes()).unwrap()
}

/// The head of a response, or none if the authority does not vouch for the server.
async fn get(server: &Server, path: &str, trusted: &Authority) -> Option<String> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(trusted.der().clone()).unwrap();
    let config = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(server.local_addr()).await.unwrap();
    let connecting = TlsConnector::from(Arc::new(config)).connect(ServerName::try_from("localhost").unwrap(), stream);
    let mut stream = within(connecting).await.ok()?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let _ = within(stream.read_to_end(&mut answer)).await;
    let text = String::from_utf8_lossy(&answer).into_owned();
    Some(text.split("\r\n\r\n").next().unwrap().to_owned())
}

#[tokio::test]
async fn the_page_is_served_over_tls_and_a_new_certificate_is_taken() {
    let (first, second) = (authority(), authority());
    let mut options = options();
    options.tls = Some(tls(&first));
    let server = Server::start(options).await.unwrap();
    assert!(server.url().starts_with("https://") && server.signaling_url().starts_with("wss://"));
    assert!(get(&server, "/", &first).await.unwrap().starts_with("HTTP/1.1 200 OK"));
    assert_eq!(get(&server, "/", &second).await, None);
    server.set_tls(tls(&second));
    assert!(get(&server, "/", &second).await.unwrap().starts_with("HTTP/1.1 200 OK"));
    assert_eq!(get(&server, "/", &first).await, None);

    // What is no TLS is ended, and holds nobody up.
    let mut plain = TcpStream::connect(server.local_addr()).await.unwrap();
    plain.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    let _ = within(plain.read_to_end(&mut answer)).await;
    assert!(!answer.starts_with(b"HTTP"));
    server.stop().await;
}

#[test]
fn what_is_wrong_with_a_certificate_is_named() {
    let authority = authority();
    let ((certificate_pem, key), (_, other)) = (certificate(&authority), certificate(&authority));
    for (certificate, key, problem) in [
        ("", key.as_str(), "the certificate: has none"),
        (certificate_pem.as_str(), "", "the key: "),
        (certificate_pem.as_str(), other.as_str(), "consistent"),
    ] {
        let error = Tls::from_pem(certificate.as_bytes(), key.as_bytes()).unwrap_err().to_string();
        assert!(error.to_lowercase().contains(problem), "{error}");
    }
}
