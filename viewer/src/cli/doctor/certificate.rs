//! What a certificate says to a person. No I/O, no clock.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::report::Finding;

/// A certificate that ends sooner is reported.
const SOON: Duration = Duration::from_secs(14 * 24 * 60 * 60);

const DAY_SECONDS: u64 = 24 * 60 * 60;

/// The parts that are shown.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Certificate {
    names: Vec<String>,
    issuer: String,
    ends: SystemTime,
}

/// Reads a certificate in DER.
pub(super) fn read(der: &[u8]) -> Option<Certificate> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    let alternatives = certificate.subject_alternative_name().ok().flatten();
    let names = alternatives.into_iter().flat_map(|alternatives| &alternatives.value.general_names);
    let names = names.filter_map(|name| match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => <[u8; 4]>::try_from(*bytes)
            .map(|bytes| std::net::IpAddr::from(bytes).to_string())
            .or_else(|_| <[u8; 16]>::try_from(*bytes).map(|bytes| std::net::IpAddr::from(bytes).to_string()))
            .ok(),
        _ => None,
    });
    let ends = u64::try_from(certificate.validity().not_after.timestamp()).ok()?;
    Some(Certificate {
        names: names.collect(),
        issuer: certificate.issuer().to_string(),
        ends: UNIX_EPOCH + Duration::from_secs(ends),
    })
}

/// The finding of a certificate that is accepted.
pub(super) fn finding(certificate: Option<Certificate>, now: SystemTime) -> Finding {
    let Some(Certificate { names, issuer, ends }) = certificate else {
        return Finding::ok("tls", "the certificate is accepted");
    };
    let left = ends.duration_since(now).unwrap_or_default();
    let days = left.as_secs() / DAY_SECONDS;
    let found = format!("the certificate for {}, of {issuer}, is valid for {days} more days", names.join(", "));
    if left < SOON {
        return Finding::warning("tls", found, "renew it; `kill -HUP` has logrtc serve read it again");
    }
    Finding::ok("tls", found)
}

#[cfg(test)]
mod tests {
    use super::super::report::Outcome;
    use super::*;

    #[test]
    fn a_certificate_is_read_and_its_end_is_told_early() {
        let made = rcgen::generate_simple_self_signed(["logs.example.com".to_owned(), "192.0.2.1".to_owned()]).unwrap();
        let certificate = read(made.cert.der()).unwrap();
        assert_eq!(certificate.names, ["logs.example.com", "192.0.2.1"]);
        let ends = certificate.ends;
        let early = finding(Some(certificate), ends - SOON - Duration::from_secs(1));
        assert_eq!(early.outcome, Outcome::Ok);
        assert!(early.found.starts_with("the certificate for logs.example.com, 192.0.2.1, of CN="), "{early:?}");
        assert!(early.found.ends_with("valid for 14 more days"), "{early:?}");
        let late = finding(read(made.cert.der()), ends - SOON + Duration::from_secs(1));
        assert_eq!(late.outcome, Outcome::Warning);
        assert!(read(b"nonsense").is_none());
    }
}
