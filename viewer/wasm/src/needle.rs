//! What a search looks for.

use alloc::vec::Vec;

use memchr::memmem::Finder;

use crate::terminal;

/// A text in two spellings, and which letters are equal in it.
#[derive(Debug)]
pub(crate) struct Needle {
    /// The text itself, folded.
    pub(crate) plain: Finder<'static>,
    /// As JSON writes it, folded; `None` if that is no different.
    pub(crate) escaped: Option<Finder<'static>>,
    /// Whether it has a terminal code: then it is searched in text as it was sent.
    pub(crate) has_code: bool,
    folds: Folds,
}

/// How text is folded before it is compared.
#[derive(Debug, Default)]
pub(crate) struct Folds {
    pub(crate) ignores_case: bool,
    /// Characters beyond ASCII and the equal ones that stand for them, of as many bytes.
    pairs: Vec<(Finder<'static>, Vec<u8>)>,
}

impl Needle {
    /// `pairs` is a row of byte lengths, each with two characters of that length: the one to replace, and the other.
    pub(crate) fn new(plain: &[u8], escaped: &[u8], ignores_case: bool, mut pairs: &[u8]) -> Self {
        let mut folds = Folds { ignores_case, pairs: Vec::new() };
        while let Some((&length, rest)) = pairs.split_first() {
            let length = usize::from(length);
            let Some((pair, rest)) = rest.split_at_checked(2 * length) else { break };
            let (from, to) = pair.split_at(length);
            folds.pairs.push((Finder::new(from).into_owned(), to.to_vec()));
            pairs = rest;
        }
        Self {
            plain: Finder::new(plain).into_owned(),
            escaped: (plain != escaped).then(|| Finder::new(escaped).into_owned()),
            has_code: terminal::is_in(plain),
            folds,
        }
    }

    pub(crate) fn folds(&self) -> &Folds {
        &self.folds
    }
}

impl Folds {
    /// Whether folding leaves every text as it is.
    pub(crate) fn are_none(&self) -> bool {
        !self.ignores_case && self.pairs.is_empty()
    }

    pub(crate) fn apply(&self, text: &mut [u8]) {
        if self.ignores_case {
            text.make_ascii_lowercase();
        }
        for (from, to) in &self.pairs {
            let mut at = 0;
            while let Some(found) = from.find(&text[at..]) {
                let start = at + found;
                at = start + to.len();
                text[start..at].copy_from_slice(to);
            }
        }
    }
}
