//! The tokens that the server accepts, and what each of them permits. No I/O.

use std::fmt;

use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConstantTimeEq};

/// The longest token in bytes: what a producer can send.
const MAX_TOKEN_BYTES: usize = 4096;
/// How many random bytes a token has that the server makes.
const MADE_BYTES: usize = 24;

/// What a token permits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// To log: to register as a producer.
    Producer,
    /// To read logs: to register as a consumer.
    Reader,
}

/// What a client may do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Rights {
    pub(crate) may_produce: bool,
    pub(crate) may_read: bool,
}

impl Rights {
    /// Without tokens everybody may do everything.
    pub(crate) const ALL: Self = Self { may_produce: true, may_read: true };

    pub(crate) fn include(self, role: Role) -> bool {
        match role {
            Role::Producer => self.may_produce,
            Role::Reader => self.may_read,
        }
    }

    pub(crate) fn is_none(self) -> bool {
        !self.may_produce && !self.may_read
    }
}

/// The SHA-256 of a token: all that is kept of one, and equally long for all of them.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct TokenDigest([u8; 32]);

impl TokenDigest {
    pub(crate) fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }
}

impl fmt::Debug for TokenDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenDigest(…)")
    }
}

/// The tokens that a server accepts. It keeps their SHA-256 alone.
#[derive(Debug, Clone, Default)]
pub struct Tokens {
    accepted: Vec<(TokenDigest, Rights)>,
}

/// A text that cannot be a token. The message does not show the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidToken {
    line: usize,
}

impl fmt::Display for InvalidToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: a token must have 1 to {MAX_TOKEN_BYTES} visible ASCII characters", self.line)
    }
}

impl std::error::Error for InvalidToken {}

impl Tokens {
    /// No token.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.accepted.is_empty()
    }

    /// Adds the tokens of `text`, one a line, for `roles`. Space around a token and empty lines are ignored.
    ///
    /// # Errors
    /// The first line that is no token; then nothing is added.
    pub fn add(&mut self, text: &str, roles: &[Role]) -> Result<(), InvalidToken> {
        let rights = Rights { may_produce: roles.contains(&Role::Producer), may_read: roles.contains(&Role::Reader) };
        let mut added = Vec::new();
        for (index, token) in text.lines().map(str::trim).enumerate() {
            match token {
                "" => {}
                _ if is_token(token) => added.push((TokenDigest::of(token), rights)),
                _ => return Err(InvalidToken { line: index + 1 }),
            }
        }
        self.accepted.append(&mut added);
        Ok(())
    }

    /// The roles that no token permits.
    pub(crate) fn lacking(&self) -> Vec<Role> {
        let has = |role| self.accepted.iter().any(|(_, rights)| rights.include(role));
        [Role::Producer, Role::Reader].into_iter().filter(|role| !has(*role)).collect()
    }

    /// What the holder of a token may do. Takes the same time whichever token it is, and how much of one is right.
    pub(crate) fn rights(&self, presented: &TokenDigest) -> Rights {
        let no = Choice::from(0);
        let (may_produce, may_read) =
            self.accepted.iter().fold((no, no), |(may_produce, may_read), (digest, rights)| {
                let is_equal = digest.0.ct_eq(&presented.0);
                let grants = |right: bool| is_equal & Choice::from(u8::from(right));
                (may_produce | grants(rights.may_produce), may_read | grants(rights.may_read))
            });
        Rights { may_produce: may_produce.into(), may_read: may_read.into() }
    }
}

/// Whether `text` can be a bearer token in a header.
fn is_token(text: &str) -> bool {
    (1..=MAX_TOKEN_BYTES).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// A token of `MADE_BYTES` bytes, which come from the operating system's generator.
///
/// # Errors
/// The system has no random numbers.
pub(crate) fn make() -> std::io::Result<String> {
    let mut bytes = [0; MADE_BYTES];
    getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rights(tokens: &Tokens, token: &str) -> (bool, bool) {
        let rights = tokens.rights(&TokenDigest::of(token));
        (rights.may_produce, rights.may_read)
    }

    #[test]
    fn each_token_permits_what_it_was_added_for() {
        let mut tokens = Tokens::new();
        tokens.add("  p1\r\n\n p2 ", &[Role::Producer]).unwrap();
        assert_eq!(tokens.lacking(), [Role::Reader]);
        tokens.add("r", &[Role::Reader]).unwrap();
        tokens.add("both", &[Role::Producer, Role::Reader]).unwrap();
        assert!(tokens.lacking().is_empty() && !tokens.is_empty());
        for (token, expected) in [
            ("p1", (true, false)),
            ("p2", (true, false)),
            ("r", (false, true)),
            ("both", (true, true)),
            ("", (false, false)),
            ("p", (false, false)),
            ("p1 ", (false, false)),
            ("P1", (false, false)),
        ] {
            assert_eq!(rights(&tokens, token), expected, "{token:?}");
        }
    }

    #[test]
    fn one_token_of_two_files_permits_both() {
        let mut tokens = Tokens::new();
        tokens.add("t", &[Role::Producer]).unwrap();
        tokens.add("t", &[Role::Reader]).unwrap();
        assert_eq!(rights(&tokens, "t"), (true, true));
    }

    #[test]
    fn a_line_that_is_no_token_is_named_and_not_shown() {
        let long = "x".repeat(MAX_TOKEN_BYTES + 1);
        for (text, line) in [("a b", 1), ("good\n\nbäd", 3), ("good\n\u{7f}", 2), (long.as_str(), 1)] {
            let mut tokens = Tokens::new();
            let error = tokens.add(text, &[Role::Reader]).unwrap_err().to_string();
            assert!(error.starts_with(&format!("line {line}: ")) && !error.contains("good"), "{error}");
            assert!(tokens.is_empty());
        }
    }

    #[test]
    fn a_made_token_is_a_token_and_another_one_each_time() {
        let (first, second) = (make().unwrap(), make().unwrap());
        assert!(is_token(&first) && first.len() == 2 * MADE_BYTES);
        assert_ne!(first, second);
    }
}
