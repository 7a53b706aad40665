use proptest::prelude::*;

use super::*;

const FINGERPRINT: &str =
    "sha-256 AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89";
const HOST: &str = "candidate:1 1 udp 2113937151 192.168.1.4 54400 typ host generation 0 ufrag AbCd network-cost 999";

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
    use ::webrtc::peer_connection::RTCSessionDescription;
    let Ok(parsed) = RTCSessionDescription::answer(checked.sdp.clone()).and_then(|answer| answer.unmarshal()) else {
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
    let (mid, ufrag) = (Some("0".into()), "AbCd".into());
    let (hello, proof) = (None, None);
    let whole = CheckedAnswer { sdp: answer(), hello, proof, max_message_bytes: 262_144, mid, ufrag, candidates: 1 };
    assert_eq!(checked, whole);
    assert_eq!(check_answer(&answer().replace("\r\n", "\n")).unwrap().sdp, answer());
    let twice = answer().replace("t=0 0\r\n", &format!("t=0 0\r\na=fingerprint:{FINGERPRINT}\r\n"));
    assert!(check_answer(&twice).is_ok(), "the same fingerprint for the session and for the media");
    assert!(check_answer(&answer().replace("s=-", "s= ")).is_ok(), "a session without a name (RFC 8866 §5.3)");
}

/// What real consumers say, to the letter: Chromium 156, Firefox 153, libdatachannel 0.33.
const CHROMIUM: &str = "v=0\r\no=- 1187641862891617222 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n\
    a=extmap-allow-mixed\r\na=msid-semantic: WMS\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n\
    c=IN IP4 0.0.0.0\r\na=ice-ufrag:aTru\r\na=ice-pwd:t1EaLdsPwd/IORqpTymoFPDi\r\na=ice-options:trickle\r\n\
    a=fingerprint:sha-256 9A:11:09:8C:8A:1F:95:C0:C9:5C:D9:D6:7F:7D:6F:F6:52:5F:DF:C5:B0:53:FB:95:B5:FB:B6:7A:86:39:B1:FB\r\n\
    a=setup:active\r\na=mid:0\r\na=sctp-port:5000\r\na=max-message-size:262144\r\n";
const FIREFOX: &str = "v=0\r\no=mozilla...THIS_IS_SDPARTA-99.0 2291283550404743443 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n\
    a=sendrecv\r\n\
    a=fingerprint:sha-256 70:BC:B3:01:91:9A:DA:6A:A6:EF:3A:04:75:49:F1:B0:4A:63:71:03:6F:9D:A6:B8:55:54:AB:F8:1B:72:A1:D9\r\n\
    a=group:BUNDLE 0\r\na=ice-options:trickle\r\na=msid-semantic:WMS *\r\n\
    m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=sendrecv\r\n\
    a=ice-pwd:590def018aa17529c5e977f1b373bf43\r\na=ice-ufrag:494ad317\r\na=mid:0\r\na=setup:active\r\n\
    a=sctp-port:5000\r\na=max-message-size:1073741823\r\n";
const LIBDATACHANNEL: &str = "v=0\r\no=rtc 3378259613 0 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n\
    a=msid-semantic:WMS *\r\na=ice-options:ice2,trickle\r\n\
    a=fingerprint:sha-256 9C:37:55:34:E2:1A:1D:60:08:4C:21:7C:14:FA:57:33:9C:D9:3C:59:21:8C:90:D5:2C:6F:42:C0:0A:BB:F0:F4\r\n\
    m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=sendrecv\r\na=sctp-port:5000\r\n\
    a=max-message-size:262144\r\na=setup:active\r\na=ice-ufrag:kf8z\r\na=ice-pwd:2CRky5Br5qN9lfe5pj0aYG\r\n";

#[test]
fn the_answers_of_real_consumers_pass_to_the_letter() {
    for (answer, ufrag, max_message_bytes) in
        [(CHROMIUM, "aTru", 262_144), (FIREFOX, "494ad317", 1_073_741_823), (LIBDATACHANNEL, "kf8z", 262_144)]
    {
        let checked = check_answer(answer).unwrap();
        let (sdp, mid, ufrag) = (answer.into(), Some("0".into()), ufrag.into());
        assert_eq!(
            checked,
            CheckedAnswer { sdp, hello: None, proof: None, max_message_bytes, mid, ufrag, candidates: 0 }
        );
        assert_stack_reads(&checked);
    }
}

#[test]
fn what_the_consumer_asks_for_is_read_and_kept_from_the_stack() {
    let with = |lines: &str| answer().replacen("t=0 0\r\n", &format!("t=0 0\r\n{lines}"), 1);
    let checked = check_answer(&with("a=x-logrtc-hello:abc\r\na=x-logrtc-hello:def\r\n")).unwrap();
    assert_eq!((checked.hello.as_deref(), checked.sdp), (Some("abc"), answer()));
    let checked = check_answer(&with("a=x-logrtc-proof:abc\r\na=x-logrtc-proof:def\r\n")).unwrap();
    assert_eq!((checked.proof.as_deref(), checked.hello, checked.sdp), (Some("abc"), None, answer()));
    let late = check_answer(&(answer() + "a=x-logrtc-hello:abc\r\n")).unwrap();
    assert_eq!((late.hello, late.sdp), (None, answer()), "it stands before the media line");
    let limit =
        |text: &str| check_answer(&answer().replace("a=max-message-size:262144\r\n", text)).unwrap().max_message_bytes;
    assert_eq!(limit(""), 65_536);
    assert_eq!(limit("a=max-message-size:0\r\n"), 0);
    assert_eq!(limit("a=max-message-size:1000\r\na=max-message-size:2000\r\n"), 1000);
}

#[test]
fn an_offer_gets_another_mid_where_it_names_one_and_the_mark_of_the_session() {
    let offer = "v=0\r\na=group:BUNDLE 0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:0\r\na=sctp-port:5000\r\n";
    let other = "v=0\r\na=group:BUNDLE k3\r\na=x-logrtc:1 5e\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:k3\r\na=sctp-port:5000\r\n";
    assert_eq!(dress_offer(offer, "k3", "5e", ""), other);
    let more = offer.replacen("m=", "a=x-logrtc:1 5e\r\na=more\r\nm=", 1);
    assert_eq!(dress_offer(offer, "0", "5e", "a=more\r\n"), more);
    assert_eq!(check_answer(&answer().replace("a=mid:0", "a=mid:k3")).unwrap().mid.as_deref(), Some("k3"));
    assert_eq!(check_answer(&answer().replace("a=mid:0\r\n", "")).unwrap().mid, None);
    assert!(check_answer(&answer().replace("a=mid:0", "a=mid:0\r\na=mid:1")).is_err());
}

#[test]
fn of_several_fingerprints_the_stack_gets_the_one_it_knows() {
    // What aiortc says.
    let several = answer().replace(
        &format!("a=fingerprint:{FINGERPRINT}\r\n"),
        &format!("a=fingerprint:{FINGERPRINT}\r\na=fingerprint:sha-384 CF:B1\r\na=fingerprint:sha-512 7C:D5\r\n"),
    );
    assert_eq!(check_answer(&several).unwrap().sdp, answer());
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
        ("sha-256", "sha-1", "fingerprint of sha-256"),
        ("sha-256 AB:", "sha-256 ", "32 octets"),
        ("a=setup", &format!("a=fingerprint:{other}\r\na=setup"), "one fingerprint"),
        ("a=fingerprint", "a=finger", "must have a fingerprint"),
        ("a=ice-ufrag:AbCd", "a=ice-ufrag:A", "ice-ufrag"),
        ("a=ice-ufrag", "a=ice-u", "ice-ufrag"),
        ("a=ice-pwd:0123", "a=ice-pwd:", "ice-pwd"),
        ("262144", "18446744073709551616", "max-message-size"),
    ] {
        let error = check_answer(&answer().replacen(from, to, 1)).unwrap_err().to_string();
        assert!(error.contains(problem), "{to}: {error}");
    }
    assert!(check_answer("").is_err());
    assert!(check_answer(&"a=x\r\n".repeat(20_000)).unwrap_err().to_string().contains("bytes"));
    let many = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n".repeat(1000);
    assert!(check_answer(&many).unwrap_err().to_string().contains("one media line"));
}

#[test]
fn candidates_that_are_not_acceptable_do_not_reach_the_stack() {
    let tcp = "a=candidate:2 1 tcp 1 10.0.0.1 9 typ host tcptype passive";
    let metadata =
        "a=candidate:3 1 udp 1 169.254.169.254 80 typ host\r\na=candidate: 3 1 udp 1 169.254.169.254 80 typ host";
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
        "a=candidate :3 1 udp 1 169.254.169.254 80 typ host",
        " a=candidate:3 1 udp 1 169.254.169.254 80 typ host",
        "a=\tfingerprint:md5 AB",
        "\rm=audio 9 UDP/TLS/RTP/SAVPF 111",
        "m =audio",
        "nonsense",
    ] {
        let sdp = answer().replace("a=setup", &format!("{hidden}\r\na=setup"));
        let error = check_answer(&sdp).unwrap_err().to_string();
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
        ("64:ff9b::169.254.169.254", false),
        ("64:ff9b::192.0.2.1", true),
        ("2002:a9fe:a9fe::1", false),
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
    for wrong in [
        "",
        "candidate:1",
        &HOST.replace("udp", "tcp"),
        &HOST.replace("54400", "0"),
        &HOST.replace("typ", "x"),
        &HOST.replace("typ host", "typ hosts"),
    ] {
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
            let place = (0..=place % sdp.len()).rev().find(|place| sdp.is_char_boundary(*place)).unwrap();
            sdp.insert_str(place, piece);
        }
        if let Ok(checked) = check_answer(&sdp) {
            assert_stack_reads(&checked);
        }
    }
}
