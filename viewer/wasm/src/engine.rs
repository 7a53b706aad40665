//! The buffers, and what is done with them.

use alloc::vec::Vec;

use zune_inflate::{DeflateDecoder, DeflateOptions};

use crate::bytes::PADDING;
use crate::find::{self, Scratch};
use crate::needle::Needle;
use crate::scan::{self, Columns};

/// Everything that lies in the memory of the module.
///
/// The caller looks into the memory, and its views are lost when the memory grows. So everything that can grow with a body
/// does so in [`Engine::inflate`] and [`Engine::body_for`]: what follows on the same body moves nothing.
#[derive(Debug, Default)]
pub(crate) struct Engine {
    pub(crate) input: Vec<u8>,
    /// The body, followed by its padding.
    body: Vec<u8>,
    open: Vec<bool>,
    pub(crate) columns: Columns,
    needle: Option<Needle>,
    scratch: Scratch,
    pub(crate) hits: Vec<u32>,
}

impl Engine {
    /// Makes the body of what is inflated of the input. Returns its length; `None` if the input is no raw DEFLATE stream, or
    /// longer than `max_bytes`; the body is then what it was.
    pub(crate) fn inflate(&mut self, max_bytes: usize) -> Option<usize> {
        // One of a few levels: the next frame is about as long as the last.
        let hint = (self.input.len() * 6).clamp(4_096, max_bytes.saturating_add(4_096));
        let options = DeflateOptions::default().set_limit(max_bytes).set_size_hint(hint);
        let inflated = DeflateDecoder::new_with_options(&self.input, options).decode_deflate().ok();
        // Its limit holds roughly.
        self.body = inflated.filter(|inflated| inflated.len() <= max_bytes)?;
        let length = self.body.len();
        self.pad(length);
        Some(length)
    }

    /// Makes the body `length` bytes long, for the caller to fill.
    pub(crate) fn body_for(&mut self, length: usize) -> &mut [u8] {
        self.body.truncate(length);
        self.pad(length);
        &mut self.body
    }

    fn pad(&mut self, length: usize) {
        self.body.resize(length, 0);
        self.body.resize(length + PADDING, b'\n');
        self.open.clear();
        self.open.reserve(length);
        self.columns.reserve(length);
        self.scratch.reserve(length + PADDING);
        self.hits.clear();
        self.hits.reserve(length);
    }

    pub(crate) fn body(&self) -> &[u8] {
        &self.body
    }

    /// Scans the body from `start` on. Returns how many lines there are.
    pub(crate) fn scan(&mut self, start: usize) -> usize {
        let (padded, length) = from(&self.body, start);
        scan::scan(padded, length, &mut self.open, &mut self.columns);
        self.columns.starts.len()
    }

    /// Takes what to look for from the input: two spellings, and the rest is pairs; see [`Needle::new`].
    pub(crate) fn set_needle(&mut self, plain: usize, escaped: usize, ignores_case: bool) {
        let Some((plain, rest)) = self.input.split_at_checked(plain) else { return };
        let Some((escaped, pairs)) = rest.split_at_checked(escaped) else { return };
        self.needle = Some(Needle::new(plain, escaped, ignores_case, pairs));
    }

    /// Searches the body from `start` on. Returns how many hits there are.
    pub(crate) fn find(&mut self, start: usize) -> usize {
        let (padded, length) = from(&self.body, start);
        match &self.needle {
            Some(needle) => find::find(padded, length, needle, &mut self.open, &mut self.scratch, &mut self.hits),
            None => self.hits.clear(),
        }
        self.hits.len()
    }
}

/// The padded body from `start` on, and how long it is without its padding.
fn from(body: &[u8], start: usize) -> (&[u8], usize) {
    let padded = body.get(start..).unwrap_or_default();
    (padded, padded.len().saturating_sub(PADDING))
}
