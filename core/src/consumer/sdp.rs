//! What a consumer's SDP and candidates may say, before the stack sees them. No I/O.
//!
//! What comes from a consumer or through a server is hostile until checked (docs/protocol.md §5).

mod error;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

pub(crate) use error::{CandidateError, SdpError};

/// The longest SDP that is read, in bytes.
const MAX_SDP_BYTES: usize = 64 * 1024;

/// The most candidates of one consumer, in its SDP and after it.
pub(crate) const MAX_CANDIDATES: usize = 32;

/// The longest message to a consumer that names no limit (RFC 8841 §6.1).
const DEFAULT_MESSAGE_BYTES: u32 = 64 * 1024;

/// The line by which an offer tells of the extension, and those by which an answer asks for it and proves that its
/// consumer has the secret (docs/protocol.md §6.1, §6.5).
const OFFER_LINE: &str = "a=x-logrtc:1 ";
const HELLO_LINE: &str = "a=x-logrtc-hello:";
const PROOF_LINE: &str = "a=x-logrtc-proof:";

/// An answer that may go to the stack.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CheckedAnswer {
    /// The SDP without the candidates that are not acceptable, and without what is not for the stack.
    pub(crate) sdp: String,
    /// What the consumer asks for, as it is written.
    pub(crate) hello: Option<String>,
    /// Its end-to-end proof, as it is written.
    pub(crate) proof: Option<String>,
    /// The longest message that the consumer takes; 0 where it takes any.
    pub(crate) max_message_bytes: u32,
    /// The `mid` of its media line, if it names one.
    pub(crate) mid: Option<String>,
    /// The `ice-ufrag`, by which later candidates are known to belong to this consumer.
    pub(crate) ufrag: String,
    /// How many candidates it holds.
    pub(crate) candidates: usize,
}

/// Checks an answer: one `m=application`, one SHA-256 fingerprint, UDP candidates and not too many.
pub(crate) fn check_answer(sdp: &str) -> Result<CheckedAnswer, SdpError> {
    if sdp.len() > MAX_SDP_BYTES {
        return Err(SdpError::TooLong(sdp.len()));
    }
    let mut kept = String::with_capacity(sdp.len() + 2);
    let mut media = 0;
    let mut fingerprint: Option<&str> = None;
    let mut ufrag: Option<&str> = None;
    let mut mid: Option<&str> = None;
    let mut candidates = 0;
    let mut hello: Option<&str> = None;
    let mut proof: Option<&str> = None;
    let mut max_message_bytes: Option<u32> = None;
    for line in sdp.lines().map(str::trim_end).filter(|line| !line.is_empty()) {
        check_line(line)?;
        let ours = [(HELLO_LINE, &mut hello), (PROOF_LINE, &mut proof)];
        if let Some((found, value)) = ours.into_iter().find_map(|(key, value)| Some((line.strip_prefix(key)?, value))) {
            if media == 0 {
                value.get_or_insert(found);
            }
            continue;
        }
        if let Some(description) = line.strip_prefix("m=") {
            media += 1;
            if media > 1 || !description.starts_with("application ") {
                return Err(SdpError::Media);
            }
            check_media(description)?;
        } else if let Some(found) = line.strip_prefix("a=fingerprint:") {
            // A consumer may name its certificate by several algorithms (RFC 8122 §5), as aiortc does: the stack knows one.
            if !is_sha_256(found) {
                continue;
            }
            check_octets(found)?;
            if fingerprint.is_some_and(|known| !known.eq_ignore_ascii_case(found)) {
                return Err(SdpError::Fingerprints);
            }
            fingerprint = Some(found);
        } else if let Some(found) = line.strip_prefix("a=mid:") {
            if mid.is_some_and(|known| known != found) || !(1..=64).contains(&found.len()) {
                return Err(SdpError::Mid);
            }
            mid = Some(found);
        } else if let Some(found) = line.strip_prefix("a=ice-ufrag:") {
            if ufrag.is_some_and(|known| known != found) || !is_ice_text(found, 4) {
                return Err(SdpError::Ufrag);
            }
            ufrag = Some(found);
        } else if let Some(found) = line.strip_prefix("a=ice-pwd:") {
            if !is_ice_text(found, 22) {
                return Err(SdpError::Password);
            }
        } else if let Some(found) = line.strip_prefix("a=max-message-size:") {
            if found.trim().parse::<u32>().is_err() {
                return Err(SdpError::MessageSize(shown(found)));
            }
            // As the stack reads it: the first of the media line, and not one with white space.
            if media == 1 && max_message_bytes.is_none() {
                max_message_bytes = Some(found.parse().unwrap_or(DEFAULT_MESSAGE_BYTES));
            }
        } else if let Some(candidate) = line.strip_prefix("a=candidate:") {
            if candidates == MAX_CANDIDATES || check_candidate(&format!("candidate:{candidate}")).is_err() {
                continue;
            }
            candidates += 1;
        }
        kept.push_str(line);
        kept.push_str("\r\n");
    }
    if media == 0 {
        return Err(SdpError::Media);
    }
    if fingerprint.is_none() {
        return Err(SdpError::NoFingerprint);
    }
    let ufrag = ufrag.ok_or(SdpError::NoUfrag)?.to_owned();
    Ok(CheckedAnswer {
        sdp: kept,
        hello: hello.map(str::to_owned),
        proof: proof.map(str::to_owned),
        max_message_bytes: max_message_bytes.unwrap_or(DEFAULT_MESSAGE_BYTES),
        mid: mid.map(str::to_owned),
        ufrag,
        candidates,
    })
}

/// An offer as it travels: with another `mid`, in its media line's and in the group that names it (RFC 9143 §7.1), with
/// the mark of the session, by which a consumer knows that it may ask for the extension, and with `more` lines.
///
/// The stack's own `mid` is always the same (rtc 0.21.1), and it does not compare it with the answer's.
pub(crate) fn dress_offer(offer: &str, mid: &str, session: &str, more: &str) -> String {
    let mut has_media = false;
    let line = |line: &str| {
        if line.starts_with("a=mid:") {
            format!("a=mid:{mid}\r\n")
        } else if line.starts_with("a=group:BUNDLE ") {
            format!("a=group:BUNDLE {mid}\r\n")
        } else if line.starts_with("m=") && !std::mem::replace(&mut has_media, true) {
            format!("{OFFER_LINE}{session}\r\n{more}{line}\r\n")
        } else {
            format!("{line}\r\n")
        }
    };
    offer.lines().map(line).collect()
}

/// `type=value` (RFC 8866 §5). What begins with white space the stack's parser reads and no check here would; only the
/// values of attributes may, as in Chromium's `a=msid-semantic: WMS`, and those of lines that are not checked.
fn check_line(line: &str) -> Result<(), SdpError> {
    let is_formed = line.split_once('=').is_some_and(|(kind, value)| {
        let is_kind = matches!(kind.as_bytes(), [byte] if byte.is_ascii_lowercase());
        let name = value.split(':').next().unwrap_or_default();
        is_kind
            && match kind {
                "a" => !name.is_empty() && !name.contains(char::is_whitespace),
                "m" => !value.starts_with(char::is_whitespace),
                _ => true,
            }
    });
    if is_formed && !line.contains(char::is_control) { Ok(()) } else { Err(SdpError::Line(shown(line))) }
}

/// `application 9 UDP/DTLS/SCTP webrtc-datachannel`; a port of 0 refuses the channel (RFC 9429 §5.3.1).
fn check_media(description: &str) -> Result<(), SdpError> {
    let mut words = description.split_whitespace().skip(1);
    let port = words.next().and_then(|port| port.parse::<u16>().ok());
    let protocol = words.next().unwrap_or_default();
    match port {
        None => Err(SdpError::NoPort),
        Some(0) => Err(SdpError::Refused),
        Some(_) if !protocol.contains("DTLS/SCTP") => Err(SdpError::Protocol(shown(protocol))),
        Some(_) => Ok(()),
    }
}

fn is_sha_256(fingerprint: &str) -> bool {
    fingerprint.split(' ').next().is_some_and(|algorithm| algorithm.eq_ignore_ascii_case("sha-256"))
}

/// `sha-256 AB:CD:…`, 32 octets (RFC 8122 §5).
fn check_octets(fingerprint: &str) -> Result<(), SdpError> {
    let (_, octets) = fingerprint.split_once(' ').unwrap_or((fingerprint, ""));
    let is_octet = |octet: &str| octet.len() == 2 && octet.bytes().all(|byte| byte.is_ascii_hexdigit());
    if octets.split(':').count() != 32 || !octets.split(':').all(is_octet) {
        return Err(SdpError::Octets);
    }
    Ok(())
}

fn is_ice_text(text: &str, least: usize) -> bool {
    (least..=256).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Checks `candidate:…` (RFC 8839 §5.1): UDP, and an address that is no service of the network itself.
pub(crate) fn check_candidate(candidate: &str) -> Result<(), CandidateError> {
    let body = candidate.strip_prefix("candidate:").unwrap_or(candidate);
    let words: Vec<&str> = body.split_ascii_whitespace().take(8).collect();
    let [_foundation, component, protocol, priority, address, port, typ, kind] = words[..] else {
        return Err(CandidateError::TooShort);
    };
    if candidate.len() > 1024 || candidate.contains(['\r', '\n']) {
        return Err(CandidateError::TooLong);
    }
    if !protocol.eq_ignore_ascii_case("udp") {
        return Err(CandidateError::Protocol(shown(protocol)));
    }
    let is_known = matches!(kind, "host" | "srflx" | "prflx" | "relay");
    if component.parse::<u16>().is_err() || priority.parse::<u32>().is_err() || typ != "typ" || !is_known {
        return Err(CandidateError::Form);
    }
    if !port.parse::<u16>().is_ok_and(|port| port != 0) {
        return Err(CandidateError::Port(shown(port)));
    }
    match address.parse::<IpAddr>() {
        Ok(address) if is_forbidden(address) => Err(CandidateError::Address(address)),
        Ok(_) => Ok(()),
        Err(_) if is_mdns_name(address) => Ok(()),
        Err(_) => Err(CandidateError::Host(shown(address))),
    }
}

/// Addresses at which no consumer can be: link-local (the metadata services of clouds among them), unspecified,
/// multicast, broadcast.
fn is_forbidden(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_link_local() || v4.is_unspecified() || v4.is_multicast() || v4.is_broadcast(),
        IpAddr::V6(v6) => match embedded_ipv4(v6) {
            Some(v4) => is_forbidden(IpAddr::V4(v4)),
            // fd00:ec2::254 is the metadata service of one large cloud.
            None => {
                v6.is_unicast_link_local()
                    || v6.is_unspecified()
                    || v6.is_multicast()
                    || v6.segments() == [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254]
            }
        },
    }
}

/// The IPv4 address that a translator would make of it: mapped, NAT64 (RFC 6052), or 6to4 (RFC 3056).
fn embedded_ipv4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let of = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match address.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => Some(of(high, low)),
        _ => address.to_ipv4_mapped(),
    }
}

fn is_mdns_name(name: &str) -> bool {
    name.strip_suffix(".local").is_some_and(|label| {
        (1..=63).contains(&label.len()) && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    })
}

/// The `ufrag` that a candidate names, among the extensions behind its type.
pub(crate) fn candidate_ufrag(candidate: &str) -> Option<&str> {
    let mut words = candidate.split_ascii_whitespace().skip_while(|word| *word != "ufrag");
    words.nth(1)
}

fn shown(text: &str) -> String {
    format!("{:?}", text.chars().take(40).collect::<String>())
}

#[cfg(test)]
mod tests;
