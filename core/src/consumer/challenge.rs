//! What an offer asks of its answer if the program has a secret: the end-to-end proof of the producer's side
//! (docs/protocol.md §6.5). No I/O.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::sdp::CheckedAnswer;
use crate::proof::{Claim, Context, Fingerprint, NONCE_BYTES, Secret, only_fingerprint};

/// One offer. Nobody has answered it yet, so its nonce is good for one answer.
#[derive(Debug)]
pub(crate) struct Challenge {
    secret: Secret,
    nonce: [u8; NONCE_BYTES],
    session: String,
    offer: Fingerprint,
}

impl Challenge {
    /// That of the offer with this SDP, if it names its certificate once.
    pub(crate) fn new(secret: &Secret, nonce: [u8; NONCE_BYTES], session: &str, sdp: &str) -> Option<Self> {
        let offer = only_fingerprint(sdp)?;
        Some(Self { secret: secret.clone(), nonce, session: session.to_owned(), offer })
    }

    fn context(&self) -> Context<'_> {
        Context { nonce: &self.nonce, session: &self.session, offer: &self.offer }
    }

    fn mac(&self, claim: Claim<'_>) -> String {
        URL_SAFE_NO_PAD.encode(self.secret.mac(self.context(), claim))
    }

    /// The lines of the offer that say so.
    pub(crate) fn lines(&self) -> String {
        let (nonce, key, proof) = (URL_SAFE_NO_PAD.encode(self.nonce), self.mac(Claim::Key), self.mac(Claim::Offer));
        format!("a=x-logrtc-nonce:{nonce}\r\na=x-logrtc-key:{key}\r\na=x-logrtc-proof:{proof}\r\n")
    }

    /// The producer's own proof, for a consumer whose answer has the right one. None for any other answer.
    pub(crate) fn accept(&self, answer: &CheckedAnswer) -> Option<String> {
        let fingerprint = only_fingerprint(&answer.sdp)?;
        let proof = URL_SAFE_NO_PAD.decode(answer.proof.as_ref()?).ok()?;
        let is_right = self.secret.verifies(&proof, self.context(), Claim::Consumer(&fingerprint));
        is_right.then(|| self.mac(Claim::Producer(&fingerprint)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consumer::sdp::check_answer;

    const OFFER: &str = "v=0\r\na=fingerprint:sha-256 OFFER\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n";

    fn fingerprint(octet: &str) -> String {
        vec![octet; 32].join(":")
    }

    fn challenge() -> Challenge {
        let secret = Secret::parse("0123456789abcdef0123456789abcdef").unwrap();
        Challenge::new(&secret, [7; NONCE_BYTES], "5e", &OFFER.replace("OFFER", &fingerprint("AA"))).unwrap()
    }

    fn answer(octet: &str, more: &str) -> CheckedAnswer {
        let ice = "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n";
        let media = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n";
        let line = format!("a=fingerprint:sha-256 {}\r\n", fingerprint(octet));
        check_answer(&format!("v=0\r\n{more}{media}{ice}{line}")).unwrap()
    }

    fn proof(challenge: &Challenge, octet: u8) -> String {
        format!("a=x-logrtc-proof:{}\r\n", challenge.mac(Claim::Consumer(&[octet; 32])))
    }

    #[test]
    fn the_right_answer_gets_the_proof_of_the_producer() {
        let challenge = challenge();
        let accepted = challenge.accept(&answer("BB", &proof(&challenge, 0xbb)));
        assert_eq!(accepted, Some(challenge.mac(Claim::Producer(&[0xbb; 32]))));
        let lines: Vec<String> = challenge.lines().lines().map(str::to_owned).collect();
        assert_eq!(lines[0], "a=x-logrtc-nonce:BwcHBwcHBwcHBwcHBwcHBw");
        assert_eq!(lines[1], format!("a=x-logrtc-key:{}", challenge.mac(Claim::Key)));
        assert_eq!(lines[2], format!("a=x-logrtc-proof:{}", challenge.mac(Claim::Offer)));
    }

    #[test]
    fn any_other_answer_gets_none() {
        let challenge = challenge();
        let right = proof(&challenge, 0xbb);
        let second = format!("a=fingerprint:sha-256 {}\r\n", fingerprint("BB"));
        for (what, answer) in [
            ("no proof", answer("BB", "")),
            ("another certificate", answer("CC", &right)),
            ("the proof of the offer", answer("BB", &format!("a=x-logrtc-proof:{}\r\n", challenge.mac(Claim::Offer)))),
            ("no base64url", answer("BB", "a=x-logrtc-proof:+/\r\n")),
            ("an empty one", answer("BB", "a=x-logrtc-proof:\r\n")),
            ("the first proof counts", answer("BB", &format!("a=x-logrtc-proof:AAAA\r\n{right}"))),
            ("two fingerprints, although equal", answer("BB", &format!("{right}{second}"))),
        ] {
            assert_eq!(challenge.accept(&answer), None, "{what}");
        }
    }

    #[test]
    fn an_offer_that_names_no_certificate_or_two_is_none() {
        let secret = Secret::parse("0123456789abcdef0123456789abcdef").unwrap();
        let line = format!("a=fingerprint:sha-256 {}\r\n", fingerprint("AA"));
        for sdp in ["v=0\r\n".to_owned(), format!("v=0\r\n{line}{line}")] {
            assert!(Challenge::new(&secret, [7; NONCE_BYTES], "5e", &sdp).is_none(), "{sdp}");
        }
    }
}
