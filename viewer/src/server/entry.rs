//! Whether a server wants tokens, and which. No I/O but for the random numbers of a token.

use std::io;

use super::options::Options;
use crate::tokens::{self, Role, Tokens};

/// What a server begins with.
#[derive(Debug)]
pub(crate) struct Entry {
    /// None lets everybody in.
    pub(crate) tokens: Option<Tokens>,
    pub(crate) made: Option<MadeToken>,
}

/// A token that the server has made, because it had none for these roles.
#[derive(Debug, Clone)]
pub(crate) struct MadeToken {
    pub(crate) token: String,
    pub(crate) roles: Vec<Role>,
}

impl MadeToken {
    pub(crate) fn add_to(&self, tokens: &mut Tokens) {
        tokens.add(&self.token, &self.roles).expect("hexadecimal digits are a token");
    }
}

/// A server that others than this machine can reach wants a token, directly or through a proxy; and so does one that was
/// given any. A role without a token gets one that the server makes.
///
/// # Errors
/// The system has no random numbers.
pub(crate) fn decide(options: &Options) -> io::Result<Entry> {
    let mut tokens = options.tokens.clone();
    let is_exposed = !options.listen.ip().to_canonical().is_loopback() || !options.trusted_proxies.is_empty();
    if tokens.is_empty() && (!is_exposed || options.insecure_no_token) {
        return Ok(Entry { tokens: None, made: None });
    }
    let roles = tokens.lacking();
    let made = if roles.is_empty() { None } else { Some(MadeToken { token: tokens::make()?, roles }) };
    if let Some(made) = &made {
        made.add_to(&mut tokens);
    }
    Ok(Entry { tokens: Some(tokens), made })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(listen: &str, change: impl FnOnce(&mut Options)) -> (bool, Vec<Role>) {
        let mut options = Options::new(listen.parse().unwrap());
        change(&mut options);
        let entry = decide(&options).unwrap();
        assert!(entry.tokens.as_ref().is_none_or(|tokens| tokens.lacking().is_empty()), "every role has one");
        (entry.tokens.is_some(), entry.made.map(|made| made.roles).unwrap_or_default())
    }

    #[test]
    fn who_can_be_reached_from_elsewhere_wants_a_token() {
        let both = vec![Role::Producer, Role::Reader];
        let given = |roles: &'static [Role]| move |options: &mut Options| options.tokens.add("t", roles).unwrap();
        for listen in ["127.0.0.1:0", "[::1]:0", "[::ffff:127.0.0.1]:0"] {
            assert_eq!(entry(listen, |_| {}), (false, vec![]), "{listen}");
        }
        for listen in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
            assert_eq!(entry(listen, |_| {}), (true, both.clone()), "{listen}");
            assert_eq!(entry(listen, |options| options.insecure_no_token = true), (false, vec![]), "{listen}");
            assert_eq!(entry(listen, given(&[Role::Producer, Role::Reader])), (true, vec![]), "{listen}");
        }
        assert_eq!(entry("127.0.0.1:0", given(&[Role::Producer])), (true, vec![Role::Reader]));
        assert_eq!(entry("127.0.0.1:0", given(&[Role::Reader])), (true, vec![Role::Producer]));
        let behind_a_proxy = |options: &mut Options| options.trusted_proxies.push("127.0.0.1".parse().unwrap());
        assert_eq!(entry("127.0.0.1:0", behind_a_proxy), (true, both));
    }

    #[test]
    fn a_token_that_was_given_counts_whatever_else_was_said() {
        let (wants, made) = entry("0.0.0.0:0", |options| {
            options.insecure_no_token = true;
            options.tokens.add("t", &[Role::Producer, Role::Reader]).unwrap();
        });
        assert!(wants && made.is_empty());
    }
}
