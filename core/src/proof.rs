//! The end-to-end proof: the secret that a program shares with its readers, and the message authentication codes that
//! only its holders can make (docs/protocol.md §6.5). No I/O.

use std::fmt;

use ring::hkdf::{HKDF_SHA256, Salt};
use ring::hmac::{self, HMAC_SHA256};
use sha2::{Digest, Sha256};

/// The fewest characters that hold 128 bits: in base64url, and in hexadecimal.
const MIN_CHARS: usize = 22;
const MIN_HEXADECIMAL_CHARS: usize = 32;

const MAX_CHARS: usize = 256;

/// What the key is for (RFC 5869 §3.2).
const PURPOSE: &[u8] = b"logrtc proof 1";

/// How many bytes a nonce has.
pub const NONCE_BYTES: usize = 16;

/// The SHA-256 of a certificate.
pub type Fingerprint = [u8; 32];

/// A checked secret. It holds the key that is made of the text, and not the text.
#[derive(Clone)]
pub struct Secret(hmac::Key);

/// Which connection a MAC is for.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Of the offer, made for it alone.
    pub nonce: &'a [u8; NONCE_BYTES],
    /// The mark of the producer's session.
    pub session: &'a str,
    /// The certificate of the offer.
    pub offer: &'a Fingerprint,
}

/// What a MAC says.
#[derive(Clone, Copy, Debug)]
pub enum Claim<'a> {
    /// The producer has this secret.
    Key,
    /// The producer made the offer with its certificate.
    Offer,
    /// The consumer has answered it with this certificate.
    Consumer(&'a Fingerprint),
    /// The producer has got the answer with this certificate.
    Producer(&'a Fingerprint),
}

impl Secret {
    /// Takes a text of at least 128 random bits.
    ///
    /// # Errors
    /// What is right; never the text.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let is_hexadecimal = text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let least = if is_hexadecimal { MIN_HEXADECIMAL_CHARS } else { MIN_CHARS };
        let is_character = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if !(least..=MAX_CHARS).contains(&text.len()) || !text.bytes().all(is_character) {
            return Err(
                "must be random: 32 to 256 hexadecimal digits, as \"openssl rand -hex 16\" prints them, or 22 to \
                        256 characters of base64url",
            );
        }
        let key = Salt::new(HKDF_SHA256, &[]).extract(text.as_bytes());
        let key = key.expand(&[PURPOSE], HMAC_SHA256).expect("32 bytes are fewer than HKDF gives");
        Ok(Self(key.into()))
    }

    /// The MAC for `claim`.
    pub fn mac(&self, context: Context<'_>, claim: Claim<'_>) -> [u8; 32] {
        let mac = hmac::sign(&self.0, &transcript(context, claim));
        mac.as_ref().try_into().expect("HMAC-SHA-256 has 32 bytes")
    }

    /// Whether `mac` is the MAC for `claim`; in a time that does not depend on where it differs.
    pub fn verifies(&self, mac: &[u8], context: Context<'_>, claim: Claim<'_>) -> bool {
        hmac::verify(&self.0, &transcript(context, claim), mac).is_ok()
    }
}

/// The fingerprint of an SDP that names its certificate once, by SHA-256. Of several fingerprints, a stack may use
/// another one than was proved: Chromium takes the one of the media line, whatever the session level says.
pub fn only_fingerprint(sdp: &str) -> Option<Fingerprint> {
    if sdp.to_ascii_lowercase().matches("fingerprint").count() != 1 {
        return None;
    }
    let value = sdp.lines().find_map(|line| line.strip_prefix("a=fingerprint:"))?;
    let (algorithm, octets) = value.trim_end().split_once(' ')?;
    let octet = |text: &str| {
        let is_octet = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        u8::from_str_radix(text, 16).ok().filter(|_| is_octet)
    };
    let bytes: Option<Vec<u8>> = octets.split(':').map(octet).collect();
    bytes.filter(|_| algorithm.eq_ignore_ascii_case("sha-256"))?.try_into().ok()
}

/// What is authenticated. Each label has a length of its own but the last two, so no two claims have the same bytes.
fn transcript(Context { nonce, session, offer }: Context<'_>, claim: Claim<'_>) -> Vec<u8> {
    let (label, fingerprints): (&str, &[&Fingerprint]) = match claim {
        Claim::Key => ("key", &[]),
        Claim::Offer => ("offer", &[offer]),
        Claim::Consumer(answer) => ("consumer", &[offer, answer]),
        Claim::Producer(answer) => ("producer", &[offer, answer]),
    };
    let session = Sha256::digest(session.as_bytes());
    let mut bytes = [label.as_bytes(), nonce, &session].concat();
    fingerprints.iter().for_each(|fingerprint| bytes.extend_from_slice(*fingerprint));
    bytes
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret")
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::Value;

    use super::*;

    const TEXT: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn the_codes_are_those_of_the_protocol() {
        let vectors: Value = serde_json::from_str(include_str!("../../tests/proof/vectors.json")).unwrap();
        let vectors = vectors.as_array().unwrap();
        assert!(!vectors.is_empty());
        for vector in vectors {
            let text = |key: &str| vector[key].as_str().unwrap();
            let bytes = |key: &str| URL_SAFE_NO_PAD.decode(text(key)).unwrap();
            let nonce = bytes("nonce").try_into().unwrap();
            let (offer, answer): (Fingerprint, Fingerprint) =
                (bytes("offer").try_into().unwrap(), bytes("answer").try_into().unwrap());
            let secret = Secret::parse(text("secret")).unwrap();
            let context = Context { nonce: &nonce, session: text("session"), offer: &offer };
            for (claim, key) in [
                (Claim::Key, "key_mac"),
                (Claim::Offer, "offer_mac"),
                (Claim::Consumer(&answer), "consumer_mac"),
                (Claim::Producer(&answer), "producer_mac"),
            ] {
                assert_eq!(URL_SAFE_NO_PAD.encode(secret.mac(context, claim)), text(key), "{key}");
                assert!(secret.verifies(&bytes(key), context, claim), "{key}");
            }
        }
    }

    #[test]
    fn a_code_is_for_one_secret_one_connection_and_one_claim() {
        let secret = Secret::parse(TEXT).unwrap();
        let (nonce, offer, answer) = ([1; NONCE_BYTES], [2; 32], [3; 32]);
        let context = Context { nonce: &nonce, session: "5e", offer: &offer };
        let mac = secret.mac(context, Claim::Consumer(&answer));
        assert!(secret.verifies(&mac, context, Claim::Consumer(&answer)));
        let other = Secret::parse("0123456789abcdef0123456789abcdee").unwrap();
        assert!(!other.verifies(&mac, context, Claim::Consumer(&answer)));
        for claim in [Claim::Key, Claim::Offer, Claim::Producer(&answer), Claim::Consumer(&offer)] {
            assert!(!secret.verifies(&mac, context, claim), "{claim:?}");
        }
        for context in [
            Context { nonce: &[9; NONCE_BYTES], ..context },
            Context { session: "6f", ..context },
            Context { offer: &answer, ..context },
        ] {
            assert!(!secret.verifies(&mac, context, Claim::Consumer(&answer)), "{context:?}");
        }
        for wrong in [&mac[..31], &[], &[mac.as_slice(), &[0]].concat()] {
            assert!(!secret.verifies(wrong, context, Claim::Consumer(&answer)));
        }
    }

    #[test]
    fn an_sdp_names_one_certificate_once() {
        let hex = vec!["AB"; 32].join(":");
        let line = format!("a=fingerprint:sha-256 {hex}\r\n");
        let media = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n";
        for right in [
            format!("v=0\r\n{line}{media}"),
            format!("v=0\r\n{media}{line}"),
            format!("v=0\n{media}a=fingerprint:SHA-256 {}\n", hex.to_lowercase()),
        ] {
            assert_eq!(only_fingerprint(&right), Some([0xab; 32]), "{right}");
        }
        for wrong in [
            format!("v=0\r\n{media}"),
            format!("v=0\r\n{line}{media}{line}"),
            format!("v=0\r\n{line}{media}{}", line.replace("AB", "CD")),
            format!("v=0\r\n{line}{media}{}", line.replace("sha-256", "sha-512")),
            format!("v=0\r\n{line}{media}{}", line.replace("a=f", "A = F")),
            format!("v=0\r\n{}{media}", line.replace("a=", " a=")),
            format!("v=0\r\n{}{media}", line.replace("sha-256", "sha-1")),
            format!("v=0\r\n{}{media}", line.replace("AB:AB", "AB:+B")),
            format!("v=0\r\n{}{media}", line.replace("AB:AB", "AB")),
        ] {
            assert_eq!(only_fingerprint(&wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_secret_has_128_bits_and_is_never_shown() {
        for right in [TEXT, "AbCdEfGhIjKlMnOpQrStUv", "-_-_-_-_-_-_-_-_-_-_-_", &"a".repeat(256)] {
            assert!(Secret::parse(right).is_ok(), "{right}");
        }
        for wrong in ["", "short", &TEXT[1..], "AbCdEfGhIjKlMnOpQrStU", "AbCdEfGhIjKlMnOpQrStU=", &"a".repeat(257)] {
            let problem = Secret::parse(wrong).unwrap_err();
            assert!(problem.contains("32 to 256 hexadecimal digits"), "{wrong}: {problem}");
        }
        assert_eq!(format!("{:?}", Secret::parse(TEXT).unwrap()), "Secret");
    }
}
