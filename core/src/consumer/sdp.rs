//! What a consumer's SDP and candidates may say, before the stack sees them. No I/O.
//!
//! What comes from a consumer or through a server is hostile until checked (DESIGN.md, "Trust").

use std::net::IpAddr;

/// The longest SDP that is read, in bytes.
const MAX_SDP_BYTES: usize = 64 * 1024;

/// The most candidates of one consumer, in its SDP and after it.
pub(crate) const MAX_CANDIDATES: usize = 32;

/// An answer that may go to the stack.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CheckedAnswer {
    /// The SDP without the candidates that are not acceptable.
    pub(crate) sdp: String,
    /// The `ice-ufrag`, by which later candidates are known to belong to this consumer.
    pub(crate) ufrag: String,
    /// How many candidates it holds.
    pub(crate) candidates: usize,
}

/// Checks an answer: one `m=application`, one SHA-256 fingerprint, UDP candidates and not too many.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn check_answer(sdp: &str) -> Result<CheckedAnswer, String> {
    if sdp.len() > MAX_SDP_BYTES {
        return Err(format!("sdp: {} bytes; at most {MAX_SDP_BYTES}", sdp.len()));
    }
    let mut kept = String::with_capacity(sdp.len() + 2);
    let mut media = 0;
    let mut fingerprint: Option<&str> = None;
    let mut ufrag: Option<&str> = None;
    let mut candidates = 0;
    for line in sdp.lines().map(str::trim_end).filter(|line| !line.is_empty()) {
        check_line(line)?;
        if let Some(description) = line.strip_prefix("m=") {
            media += 1;
            if media > 1 || !description.starts_with("application ") {
                return Err("sdp: must have one media line, m=application".to_owned());
            }
            check_media(description)?;
        } else if let Some(found) = line.strip_prefix("a=fingerprint:") {
            check_fingerprint(found)?;
            if fingerprint.is_some_and(|known| !known.eq_ignore_ascii_case(found)) {
                return Err("sdp: must have one fingerprint".to_owned());
            }
            fingerprint = Some(found);
        } else if let Some(found) = line.strip_prefix("a=ice-ufrag:") {
            if ufrag.is_some_and(|known| known != found) || !is_ice_text(found, 4) {
                return Err("sdp: must have one ice-ufrag, of 4 to 256 characters".to_owned());
            }
            ufrag = Some(found);
        } else if let Some(found) = line.strip_prefix("a=ice-pwd:") {
            if !is_ice_text(found, 22) {
                return Err("sdp: ice-pwd must have 22 to 256 characters".to_owned());
            }
        } else if let Some(found) = line.strip_prefix("a=max-message-size:") {
            if found.trim().parse::<u32>().is_err() {
                return Err(format!("sdp: max-message-size must be a number below 2^32, not {}", shown(found)));
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
        return Err("sdp: must have one media line, m=application".to_owned());
    }
    if fingerprint.is_none() {
        return Err("sdp: must have a fingerprint".to_owned());
    }
    let ufrag = ufrag.ok_or("sdp: must have an ice-ufrag")?.to_owned();
    Ok(CheckedAnswer { sdp: kept, ufrag, candidates })
}

/// `type=value` (RFC 8866 §5), in one spelling: the parser of the stack skips white space that no check here would.
fn check_line(line: &str) -> Result<(), String> {
    let mut characters = line.chars();
    let is_formed = characters.next().is_some_and(|kind| kind.is_ascii_lowercase())
        && characters.next() == Some('=')
        && characters.next().is_some_and(|first| !first.is_whitespace());
    let blank_value =
        line.strip_prefix("a=").and_then(|attribute| attribute.split_once(':')).is_some_and(|(name, value)| {
            name.contains(char::is_whitespace) || value.is_empty() || value.starts_with(char::is_whitespace)
        });
    if is_formed && !blank_value && !line.contains(char::is_control) {
        Ok(())
    } else {
        Err(format!("sdp: {} is not formed as RFC 8866 says", shown(line)))
    }
}

/// `application 9 UDP/DTLS/SCTP webrtc-datachannel`; a port of 0 refuses the channel (RFC 9429 §5.3.1).
fn check_media(description: &str) -> Result<(), String> {
    let mut words = description.split_whitespace().skip(1);
    let port = words.next().and_then(|port| port.parse::<u16>().ok());
    let protocol = words.next().unwrap_or_default();
    match port {
        None => Err("sdp: m=application must have a port".to_owned()),
        Some(0) => Err("sdp: the consumer refuses the data channel (port 0)".to_owned()),
        Some(_) if !protocol.contains("DTLS/SCTP") => {
            Err(format!("sdp: m=application must speak DTLS/SCTP, not {}", shown(protocol)))
        }
        Some(_) => Ok(()),
    }
}

/// `sha-256 AB:CD:…`, 32 octets (RFC 8122 §5).
fn check_fingerprint(fingerprint: &str) -> Result<(), String> {
    let (algorithm, octets) = fingerprint.split_once(' ').unwrap_or((fingerprint, ""));
    if !algorithm.eq_ignore_ascii_case("sha-256") {
        return Err(format!("sdp: the fingerprint must be sha-256, not {}", shown(algorithm)));
    }
    let is_octet = |octet: &str| octet.len() == 2 && octet.bytes().all(|byte| byte.is_ascii_hexdigit());
    if octets.split(':').count() != 32 || !octets.split(':').all(is_octet) {
        return Err("sdp: the fingerprint must have 32 octets".to_owned());
    }
    Ok(())
}

fn is_ice_text(text: &str, least: usize) -> bool {
    (least..=256).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Checks `candidate:…` (RFC 8839 §5.1): UDP, and an address that is no service of the network itself.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn check_candidate(candidate: &str) -> Result<(), String> {
    let body = candidate.strip_prefix("candidate:").unwrap_or(candidate);
    let words: Vec<&str> = body.split_ascii_whitespace().take(8).collect();
    let [_foundation, component, protocol, priority, address, port, typ, _kind] = words[..] else {
        return Err("candidate: has too few words".to_owned());
    };
    if candidate.len() > 1024 || candidate.contains(['\r', '\n']) {
        return Err("candidate: is too long, or has more than one line".to_owned());
    }
    if !protocol.eq_ignore_ascii_case("udp") {
        return Err(format!("candidate: must be UDP, not {}", shown(protocol)));
    }
    if component.parse::<u16>().is_err() || priority.parse::<u32>().is_err() || typ != "typ" {
        return Err("candidate: is not formed as RFC 8839 says".to_owned());
    }
    if !port.parse::<u16>().is_ok_and(|port| port != 0) {
        return Err(format!("candidate: {} is not a port", shown(port)));
    }
    match address.parse::<IpAddr>() {
        Ok(address) if is_forbidden(address) => Err(format!("candidate: {address} is not an address of a consumer")),
        Ok(_) => Ok(()),
        Err(_) if is_mdns_name(address) => Ok(()),
        Err(_) => Err(format!("candidate: {} is neither an address nor a .local name", shown(address))),
    }
}

/// Addresses at which no consumer can be: link-local (the metadata services of clouds among them), unspecified,
/// multicast, broadcast.
fn is_forbidden(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_link_local() || v4.is_unspecified() || v4.is_multicast() || v4.is_broadcast(),
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
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
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FINGERPRINT: &str =
        "sha-256 AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89";
    const HOST: &str =
        "candidate:1 1 udp 2113937151 192.168.1.4 54400 typ host generation 0 ufrag AbCd network-cost 999";

    fn answer() -> String {
        [
            "v=0",
            "o=- 1 2 IN IP4 127.0.0.1",
            "s=-",
            "t=0 0",
            "a=group:BUNDLE 0",
            "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
            "c=IN IP4 0.0.0.0",
            &format!("a={HOST}"),
            "a=ice-ufrag:AbCd",
            "a=ice-pwd:0123456789012345678901",
            &format!("a=fingerprint:{FINGERPRINT}"),
            "a=setup:active",
            "a=mid:0",
            "a=sctp-port:5000",
            "a=max-message-size:262144",
        ]
        .map(|line| format!("{line}\r\n"))
        .concat()
    }

    /// What the stack's own parser finds in a checked answer, where it can read it at all.
    fn assert_stack_reads(checked: &CheckedAnswer) {
        use webrtc::peer_connection::RTCSessionDescription;
        let Ok(parsed) = RTCSessionDescription::answer(checked.sdp.clone()).and_then(|answer| answer.unmarshal())
        else {
            return;
        };
        assert_eq!(parsed.media_descriptions.len(), 1, "{:?}", checked.sdp);
        let attributes = || parsed.attributes.iter().chain(&parsed.media_descriptions[0].attributes);
        let named = |name: &str| attributes().filter(|attribute| attribute.key.trim() == name).count();
        assert_eq!(named("candidate"), checked.candidates, "{:?}", checked.sdp);
        assert!(named("fingerprint") <= 2);
        for attribute in attributes().filter(|attribute| attribute.key.trim() == "candidate") {
            let value = attribute.value.as_deref().unwrap_or_default();
            assert_eq!(check_candidate(&format!("candidate:{value}")), Ok(()));
        }
    }

    #[test]
    fn the_answer_of_a_browser_passes_as_it_is() {
        let checked = check_answer(&answer()).unwrap();
        assert_eq!(checked, CheckedAnswer { sdp: answer(), ufrag: "AbCd".into(), candidates: 1 });
        assert_eq!(check_answer(&answer().replace("\r\n", "\n")).unwrap().sdp, answer());
        let twice = answer().replace("t=0 0\r\n", &format!("t=0 0\r\na=fingerprint:{FINGERPRINT}\r\n"));
        assert!(check_answer(&twice).is_ok(), "the same fingerprint for the session and for the media");
    }

    #[test]
    fn a_wrong_answer_is_refused() {
        let other = FINGERPRINT.replace("AB", "AC");
        for (from, to, problem) in [
            ("m=application", "m=audio", "one media line"),
            ("a=setup", "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=setup", "one media line"),
            ("application 9", "application 0", "port 0"),
            ("application 9", "application x", "must have a port"),
            ("UDP/DTLS/SCTP", "RTP/AVP", "DTLS/SCTP"),
            ("sha-256", "sha-1", "must be sha-256"),
            ("sha-256 AB:", "sha-256 ", "32 octets"),
            ("a=setup", &format!("a=fingerprint:{other}\r\na=setup"), "one fingerprint"),
            ("a=fingerprint", "a=finger", "must have a fingerprint"),
            ("a=ice-ufrag:AbCd", "a=ice-ufrag:A", "ice-ufrag"),
            ("a=ice-ufrag", "a=ice-u", "ice-ufrag"),
            ("a=ice-pwd:0123", "a=ice-pwd:", "ice-pwd"),
            ("262144", "18446744073709551616", "max-message-size"),
        ] {
            let error = check_answer(&answer().replacen(from, to, 1)).unwrap_err();
            assert!(error.contains(problem), "{to}: {error}");
        }
        assert!(check_answer("").is_err());
        assert!(check_answer(&"a=x\r\n".repeat(20_000)).unwrap_err().contains("bytes"));
        let many = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n".repeat(1000);
        assert!(check_answer(&many).unwrap_err().contains("one media line"));
    }

    #[test]
    fn candidates_that_are_not_acceptable_do_not_reach_the_stack() {
        let tcp = "a=candidate:2 1 tcp 1 10.0.0.1 9 typ host tcptype passive";
        let metadata = "a=candidate:3 1 udp 1 169.254.169.254 80 typ host";
        let many = format!("a={HOST}\r\n").repeat(100);
        let sdp = answer().replace("a=setup", &format!("{tcp}\r\n{metadata}\r\n{many}a=setup"));
        let checked = check_answer(&sdp).unwrap();
        assert_eq!(checked.candidates, MAX_CANDIDATES);
        assert_eq!(checked.sdp.matches("a=candidate").count(), MAX_CANDIDATES);
        assert!(!checked.sdp.contains("tcp") && !checked.sdp.contains("169.254"));
    }

    #[test]
    fn what_only_the_stack_would_read_is_refused() {
        for hidden in [
            "\ra=candidate:3 1 udp 1 169.254.169.254 80 typ host",
            "a= candidate:3 1 udp 1 169.254.169.254 80 typ host",
            "a=\tcandidate:3 1 udp 1 169.254.169.254 80 typ host",
            "a=candidate: 3 1 udp 1 169.254.169.254 80 typ host",
            "a=candidate :3 1 udp 1 169.254.169.254 80 typ host",
            " a=candidate:3 1 udp 1 169.254.169.254 80 typ host",
            "a=\tfingerprint:md5 AB",
            "\rm=audio 9 UDP/TLS/RTP/SAVPF 111",
            "m =audio",
            "nonsense",
        ] {
            let sdp = answer().replace("a=setup", &format!("{hidden}\r\na=setup"));
            let error = check_answer(&sdp).unwrap_err();
            assert!(error.contains("RFC 8866"), "{hidden:?}: {error}");
        }
    }

    #[test]
    fn candidates_are_checked_one_by_one() {
        assert_eq!(check_candidate(HOST), Ok(()));
        for (address, acceptable) in [
            ("127.0.0.1", true),
            ("fd00::2", true),
            ("3f0c6a39-9f24-4e4c-9a7e-0f0a2f5c8d11.local", true),
            ("169.254.169.254", false),
            ("fe80::1", false),
            ("::ffff:169.254.169.254", false),
            ("fd00:ec2::254", false),
            ("0.0.0.0", false),
            ("224.0.0.251", false),
            ("255.255.255.255", false),
            ("metadata.google.internal", false),
            ("a.b.local", false),
            (".local", false),
        ] {
            let candidate = HOST.replace("192.168.1.4", address);
            assert_eq!(check_candidate(&candidate).is_ok(), acceptable, "{address}");
        }
        for wrong in
            ["", "candidate:1", &HOST.replace("udp", "tcp"), &HOST.replace("54400", "0"), &HOST.replace("typ", "x")]
        {
            assert!(check_candidate(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_candidate_names_its_ufrag() {
        assert_eq!(candidate_ufrag(HOST), Some("AbCd"));
        assert_eq!(candidate_ufrag("candidate:1 1 udp 1 10.0.0.1 9 typ host"), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(sdp in any::<String>(), place in 0_usize..400, byte in 0_u8..128) {
            let _ = check_answer(&sdp);
            let _ = check_candidate(&sdp);
            let mut damaged = answer().into_bytes();
            let place = place % damaged.len();
            damaged[place] = byte;
            if let Ok(checked) = check_answer(std::str::from_utf8(&damaged).unwrap()) {
                assert_stack_reads(&checked);
            }
        }

        /// Pieces that mean something, put together anyhow: what passes means to the stack what it means here.
        #[test]
        fn the_stack_reads_what_was_checked(pieces in prop::collection::vec(
            (0_usize..400, prop::sample::select(vec![
                "\r", "\n", "\r\n", " ", "\t", "a=", "m=", ":", "candidate:", "a=candidate:1 1 tcp 1 1.2.3.4 9 typ host",
                "m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=fingerprint:sha-1 AB", "\u{b}", "\u{a0}",
            ])), 0..4)
        ) {
            let mut sdp = answer();
            for (place, piece) in pieces {
                sdp.insert_str(place % sdp.len(), piece);
            }
            if let Ok(checked) = check_answer(&sdp) {
                assert_stack_reads(&checked);
            }
        }
    }
}
