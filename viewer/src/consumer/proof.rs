//! The end-to-end proof of the consumer's side (docs/protocol.md §6.5): that nobody stands between it and a producer. No
//! I/O.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use logrtc::binding::{self, Claim, Context, Fingerprint, NONCE_BYTES, only_fingerprint};
use serde::Deserialize;
use thiserror::Error;

use super::channel_message::ChannelMessage;
use super::extension::hello;
use super::message::session_attribute;

/// A secret that producers share with this consumer, and not with the signaling server. `Debug` does not show it.
#[derive(Clone, Debug)]
pub struct Secret(binding::Secret);

impl Secret {
    /// Takes a secret as `logrtc::ConfigBuilder::secret` does.
    ///
    /// # Errors
    /// The text is too short, too long, or has other characters.
    pub fn parse(text: &str) -> Result<Self, InvalidSecret> {
        binding::Secret::parse(text).map(Self).map_err(InvalidSecret)
    }
}

/// Why a text is no secret. Its own text is what a secret must be; it never contains the text that was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct InvalidSecret(&'static str);

/// Why nothing is read from a producer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ProofFailure {
    /// This consumer has a secret, and the producer has none.
    #[error("the program has no secret, so nothing of it is shown")]
    ProducerHasNoSecret,
    /// The producer has a secret, and this consumer has none.
    #[error("the program has a secret, and sends nothing without it")]
    SecretWanted,
    /// The producer has another secret.
    #[error("the program has another secret")]
    WrongSecret,
    /// The certificates are not those of the two sides: somebody stands between them, such as the signaling server.
    #[error("the certificate is not the program's: the signaling server, or whoever controls it, may stand in between")]
    CertificateChanged,
}

/// What is proved about the connection of one offer.
#[derive(Debug)]
pub(crate) struct Proof {
    secret: Secret,
    nonce: [u8; NONCE_BYTES],
    session: String,
    offer: Fingerprint,
}

/// What an offer says about the secret of its producer.
#[derive(Debug)]
pub(crate) struct Look {
    /// None if there is nothing to prove, or if it cannot be proved.
    pub(crate) proof: Option<Proof>,
    pub(crate) failure: Option<ProofFailure>,
}

impl Look {
    /// Looks at an offer.
    pub(crate) fn at(offer: &str, secret: Option<&Secret>) -> Self {
        let nonce = session_attribute(offer, "x-logrtc-nonce");
        let failed = |failure| Self { proof: None, failure: Some(failure) };
        match (secret, nonce) {
            (None, None) => Self { proof: None, failure: None },
            (None, Some(_)) => failed(ProofFailure::SecretWanted),
            (Some(_), None) => failed(ProofFailure::ProducerHasNoSecret),
            (Some(secret), Some(nonce)) => match Proof::new(secret, nonce, offer) {
                None => failed(ProofFailure::CertificateChanged),
                Some(proof) if !proof.verifies(session_attribute(offer, "x-logrtc-key"), Claim::Key) => {
                    Self { proof: Some(proof), failure: Some(ProofFailure::WrongSecret) }
                }
                Some(proof) if !proof.verifies(session_attribute(offer, "x-logrtc-proof"), Claim::Offer) => {
                    failed(ProofFailure::CertificateChanged)
                }
                Some(proof) => Self { proof: Some(proof), failure: None },
            },
        }
    }

    /// Whether the offer is answered. A producer counts an answer without the right proof, and does not wait for another one.
    pub(crate) fn is_answered(&self) -> bool {
        self.proof.is_some() || matches!(self.failure, None | Some(ProofFailure::SecretWanted))
    }
}

impl Proof {
    fn new(secret: &Secret, nonce: &str, offer: &str) -> Option<Self> {
        let nonce = URL_SAFE_NO_PAD.decode(nonce).ok()?.try_into().ok()?;
        let session = hello::session(offer)?.to_owned();
        Some(Self { secret: secret.clone(), nonce, session, offer: only_fingerprint(offer)? })
    }

    fn context(&self) -> Context<'_> {
        Context { nonce: &self.nonce, session: &self.session, offer: &self.offer }
    }

    /// Whether the producer makes this claim. One that does not make it may be of another implementation.
    fn verifies(&self, mac: Option<&str>, claim: Claim<'_>) -> bool {
        mac.is_none_or(|mac| self.is_mac(mac, claim))
    }

    fn is_mac(&self, mac: &str, claim: Claim<'_>) -> bool {
        URL_SAFE_NO_PAD.decode(mac).is_ok_and(|mac| self.secret.0.verifies(&mac, self.context(), claim))
    }

    /// The line that proves to the producer that `answer` is of a holder of the secret, and what proves the producer in return.
    /// None if the answer names no certificate, or several.
    pub(crate) fn of_answer(self, answer: &str) -> Option<(String, Expected)> {
        let answer = only_fingerprint(answer)?;
        let mac = self.secret.0.mac(self.context(), Claim::Consumer(&answer));
        let line = format!("a=x-logrtc-proof:{}\r\n", URL_SAFE_NO_PAD.encode(mac));
        Some((line, Expected { proof: self, answer }))
    }
}

/// What a producer has to prove before anything of its channel is read.
#[derive(Debug)]
pub(crate) struct Expected {
    proof: Proof,
    answer: Fingerprint,
}

impl Expected {
    /// Whether the first message of the channel is the right one.
    pub(crate) fn is_in(&self, message: &ChannelMessage) -> bool {
        #[derive(Deserialize)]
        struct Proved {
            proof: String,
        }
        let proved: Option<Proved> = serde_json::from_slice(&message.data).ok().filter(|_| message.is_text);
        proved.is_some_and(|proved| self.proof.is_mac(&proved.proof, Claim::Producer(&self.answer)))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    const SECRET: &str = "0123456789abcdef0123456789abcdef";
    const NONCE: [u8; NONCE_BYTES] = [7; NONCE_BYTES];

    fn fingerprint(octet: u8) -> String {
        format!("a=fingerprint:sha-256 {}\r\n", vec![format!("{octet:02X}"); 32].join(":"))
    }

    fn secret(text: &str) -> binding::Secret {
        binding::Secret::parse(text).unwrap()
    }

    fn mac(secret: &binding::Secret, claim: Claim<'_>) -> String {
        URL_SAFE_NO_PAD.encode(secret.mac(Context { nonce: &NONCE, session: "5e", offer: &[1; 32] }, claim))
    }

    /// What a producer with this secret offers.
    fn offer(text: &str) -> String {
        let (nonce, secret) = (URL_SAFE_NO_PAD.encode(NONCE), secret(text));
        format!(
            "v=0\r\na=x-logrtc:1 5e\r\na=x-logrtc-nonce:{nonce}\r\na=x-logrtc-key:{}\r\na=x-logrtc-proof:{}\r\n{}m=application 9\r\n",
            mac(&secret, Claim::Key),
            mac(&secret, Claim::Offer),
            fingerprint(1),
        )
    }

    /// What is expected of the producer of [`offer`], and the `proof` that is right.
    pub(crate) fn expected() -> (Expected, String) {
        let look = Look::at(&offer(SECRET), Some(&Secret::parse(SECRET).unwrap()));
        assert!(look.failure.is_none() && look.is_answered());
        let (line, expected) = look.proof.unwrap().of_answer(&fingerprint(2)).unwrap();
        let secret = secret(SECRET);
        assert_eq!(line, format!("a=x-logrtc-proof:{}\r\n", mac(&secret, Claim::Consumer(&[2; 32]))));
        (expected, mac(&secret, Claim::Producer(&[2; 32])))
    }

    #[test]
    fn an_offer_says_what_is_wrong() {
        let own = Secret::parse(SECRET).unwrap();
        let without = |key: &str| -> String {
            offer(SECRET).split_inclusive("\r\n").filter(|line| !line.starts_with(&format!("a={key}:"))).collect()
        };
        let changed = Some(ProofFailure::CertificateChanged);
        for (what, offer, secret, failure, is_answered) in [
            ("both", offer(SECRET), Some(&own), None, true),
            ("neither", without("x-logrtc-nonce"), None, None, true),
            ("the producer alone", offer(SECRET), None, Some(ProofFailure::SecretWanted), true),
            (
                "the consumer alone",
                without("x-logrtc-nonce"),
                Some(&own),
                Some(ProofFailure::ProducerHasNoSecret),
                false,
            ),
            ("another secret", offer(&SECRET.replace('0', "1")), Some(&own), Some(ProofFailure::WrongSecret), true),
            ("another implementation", without("x-logrtc-key"), Some(&own), None, true),
            ("the nonce alone", without("x-logrtc-key").replace("proof", "else"), Some(&own), None, true),
            ("another certificate", offer(SECRET).replace("01:01", "03:03"), Some(&own), changed, false),
            ("two certificates", offer(SECRET) + &fingerprint(3), Some(&own), changed, false),
            ("a certificate by two digests", offer(SECRET) + "a=fingerprint:sha-1 AB\r\n", Some(&own), changed, false),
            ("a nonce that is none", offer(SECRET).replace("nonce:", "nonce:A"), Some(&own), changed, false),
        ] {
            let look = Look::at(&offer, secret);
            assert_eq!((look.failure, look.is_answered()), (failure, is_answered), "{what}");
        }
    }

    #[test]
    fn only_the_first_message_with_the_right_mac_is_the_producer_s() {
        let (expected, right) = expected();
        let is_in = |text: String, is_text| expected.is_in(&ChannelMessage { is_text, data: text.into_bytes() });
        let welcome = |proof: &str| format!(r#"{{"type":"welcome","session":"5e","proof":"{proof}"}}"#);
        assert!(is_in(welcome(&right), true));
        assert!(!is_in(welcome(&right), false));
        for wrong in
            [String::new(), mac(&secret(SECRET), Claim::Consumer(&[2; 32])), right.replace(&right[..4], "AAAA")]
        {
            assert!(!is_in(welcome(&wrong), true), "{wrong}");
        }
        assert!(!is_in(r#"{"type":"welcome"}"#.to_owned(), true));
    }

    #[test]
    fn a_secret_is_not_shown() {
        let (expected, _) = expected();
        for shown in [
            format!("{expected:?}"),
            format!("{:?}", Secret::parse(SECRET)),
            Secret::parse("5e").unwrap_err().to_string(),
        ] {
            assert!(!shown.contains(SECRET) && !shown.contains("5e:"), "{shown}");
        }
    }
}
