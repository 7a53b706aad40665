//! The way to the server: its name, its port, its certificate.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use logrtc::binding::{TlsError, explained_failure, tls_client_config};
use rustls::CertificateError;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use url::Url;

use super::certificate;
use super::report::Finding;
use crate::consumer::addresses::is_local;

const TIMEOUT: Duration = Duration::from_secs(5);

/// The addresses of the server.
pub(super) async fn dns(url: &Url) -> Result<(Vec<SocketAddr>, Finding), Finding> {
    let (host, port) = (url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default());
    let bare = host.trim_matches(['[', ']']);
    if let Ok(address) = bare.parse() {
        return Ok((vec![SocketAddr::new(address, port)], Finding::ok("dns", format!("{bare} is an address"))));
    }
    let advice = format!("check the name {host}, and the name server of this machine");
    let looked_up = timeout(TIMEOUT, tokio::net::lookup_host((host, port))).await;
    let addresses: Vec<_> = match looked_up {
        Err(_) => return Err(Finding::failed("dns", format!("no response for {host} within {TIMEOUT:?}"), advice)),
        Ok(Err(error)) => return Err(Finding::failed("dns", format!("{host}: {error}"), advice)),
        Ok(Ok(addresses)) => addresses.collect(),
    };
    let listed: Vec<_> = addresses.iter().map(|address| address.ip().to_string()).collect();
    Ok((addresses, Finding::ok("dns", format!("{host} is {}", listed.join(", ")))))
}

/// A connection to the first address that accepts one.
pub(super) async fn tcp(addresses: &[SocketAddr]) -> (Option<TcpStream>, Vec<Finding>) {
    let (mut stream, mut findings) = (None, Vec::new());
    for address in addresses {
        let began = Instant::now();
        let problem = match timeout(TIMEOUT, TcpStream::connect(address)).await {
            Ok(Ok(connected)) => {
                let found = format!("{address} accepts connections ({} ms)", began.elapsed().as_millis());
                findings.push(Finding::ok("tcp", found));
                stream.get_or_insert(connected);
                continue;
            }
            Ok(Err(error)) => format!("{address}: {error}"),
            Err(_) => format!("{address}: no response within {TIMEOUT:?}"),
        };
        let advice = if problem.contains("refused") {
            "no server listens there: check the port, and that logrtc serve listens on more than loopback (--listen :PORT)"
        } else {
            "a firewall on the way, or on the server's machine, may drop the connection"
        };
        // A name may have an address of a kind that this machine does not reach.
        findings.push(Finding::warning("tcp", problem, advice));
    }
    if stream.is_none() {
        findings.iter_mut().for_each(|finding| finding.outcome = super::report::Outcome::Failed);
    }
    (stream, findings)
}

/// The certificate of the server, or that there is none.
pub(super) async fn tls(url: &Url, stream: TcpStream) -> Finding {
    let host = url.host_str().unwrap_or_default();
    if url.scheme() != "wss" {
        return if is_local(url) {
            Finding::ok("tls", "none, and none is needed on this machine")
        } else {
            let advice = "use --tls-cert and --tls-key of logrtc serve, or a reverse proxy, and https:// here";
            Finding::warning("tls", "none: everybody on the way can read the token", advice)
        };
    }
    let config = match tls_client_config() {
        Ok(config) => config,
        Err(error @ TlsError::Environment { variable, .. }) => {
            let advice = format!("set {variable} to what has certificates in PEM, or unset it");
            return Finding::failed("tls", error.to_string(), advice);
        }
        Err(error) => return Finding::failed("tls", error.to_string(), "install the root certificates of the system"),
    };
    let name = match ServerName::try_from(host.trim_matches(['[', ']']).to_owned()) {
        Ok(name) => name,
        Err(error) => return Finding::failed("tls", format!("{host}: {error}"), "use a name or an address"),
    };
    match timeout(TIMEOUT, TlsConnector::from(config).connect(name, stream)).await {
        Err(_) => Finding::failed("tls", format!("no handshake within {TIMEOUT:?}"), "is there TLS at this port?"),
        Ok(Err(error)) => {
            let reason = error.get_ref().and_then(|error| error.downcast_ref::<rustls::Error>());
            let found = match reason {
                // The advice explains it.
                Some(rustls::Error::InvalidCertificate(
                    CertificateError::UnknownIssuer | CertificateError::BadSignature,
                )) => error.to_string(),
                _ => explained_failure(&error.to_string()),
            };
            Finding::failed("tls", found, advice(reason, host))
        }
        Ok(Ok(stream)) => {
            let (_, session) = stream.get_ref();
            let shown = session.peer_certificates().and_then(<[_]>::first).and_then(|own| certificate::read(own));
            certificate::finding(shown, std::time::SystemTime::now())
        }
    }
}

fn advice(error: Option<&rustls::Error>, host: &str) -> String {
    let Some(rustls::Error::InvalidCertificate(problem)) = error else {
        return "use http:// or ws:// here, or give logrtc serve a certificate: --tls-cert and --tls-key".to_owned();
    };
    match problem {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "renew the certificate; `kill -HUP` has logrtc serve read it again".to_owned()
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "check the clocks of both machines".to_owned()
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            format!("use a name that the certificate has, or get one for {host}")
        }
        // An authority that is trusted may have the name of the one that has signed.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => unknown_authority(),
        _ => "replace the certificate of the server".to_owned(),
    }
}

fn unknown_authority() -> String {
    let own = match std::env::var_os("SSL_CERT_FILE") {
        Some(path) => format!("SSL_CERT_FILE names {}, which does not have it", path.display()),
        None => "set SSL_CERT_FILE to the file of its certificate".to_owned(),
    };
    format!(
        "for an authority of your own: {own}; programs need SSL_CERT_FILE or the option ca_file, and OpenTelemetry SDKs \
         OTEL_EXPORTER_OTLP_CERTIFICATE. For any other, have the server send its whole chain (--tls-cert)"
    )
}
