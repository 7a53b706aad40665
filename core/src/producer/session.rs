//! The secret and the mark by which one run of a program is told from another.

use sha2::{Digest, Sha256};

use crate::error::Result;
use crate::random;

/// How many bytes of either there are: 128 bits.
const BYTES: usize = 16;

/// The secret by which a server knows a producer again, in hexadecimal.
///
/// It is random, because the mark lets anyone test guesses.
///
/// # Errors
/// The system has no random numbers.
pub(super) fn new() -> Result<String> {
    Ok(hexadecimal(&random::bytes::<BYTES>("session")?))
}

/// What consumers are told of it: enough to know the session again, and not enough to register as its producer.
pub(super) fn mark(session: &str) -> String {
    hexadecimal(&Sha256::digest(session.as_bytes())[..BYTES])
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing into a string never fails.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_are_equal_and_a_mark_is_not_the_secret() {
        let (one, other) = (new().unwrap(), new().unwrap());
        assert_ne!(one, other);
        assert_eq!((one.len(), mark(&one).len()), (32, 32));
        assert_ne!(mark(&one), one);
        // What our server publishes for the same secret.
        assert_eq!(mark("s"), "043a718774c572bd8a25adbeb1bfcd5c");
    }
}
