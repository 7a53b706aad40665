//! Which lines hold a text in a value.
//!
//! Lines that may hold it are found by a search of all bytes; each of those is then read as JSON, so that keys and
//! punctuation do not count, escapes count as what they stand for, and terminal codes do not count within a text.

use alloc::vec::Vec;

use memchr::memmem::{self, Finder};

use crate::entry;
use crate::escape::unescape;
use crate::json::{Reader, Text, Visitor};
use crate::needle::{Folds, Needle};
use crate::scan::{line_end, offset};
use crate::terminal;

/// Memory that searches use one after another.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    folded: Vec<u8>,
    unescaped: Vec<u8>,
}

impl Scratch {
    pub(crate) fn reserve(&mut self, length: usize) {
        for buffer in [&mut self.folded, &mut self.unescaped] {
            buffer.clear();
            buffer.reserve(length);
        }
    }
}

/// Sets `hits` to the indexes of the lines, within the first `length` bytes of `padded`, in which a value holds the needle.
/// A line that is no entry is searched as plain text.
pub(crate) fn find(
    padded: &[u8],
    length: usize,
    needle: &Needle,
    open: &mut Vec<bool>,
    scratch: &mut Scratch,
    hits: &mut Vec<u32>,
) {
    hits.clear();
    let Scratch { folded, unescaped } = scratch;
    let folded = if needle.folds().are_none() {
        padded
    } else {
        folded.clear();
        folded.extend_from_slice(padded);
        needle.folds().apply(folded);
        folded
    };
    let mut places = Places::new(&folded[..length], needle);
    let (mut line, mut start) = (0, 0);
    while let Some(place) = places.first(start) {
        // Of a text that begins with a line end.
        let line_start = memchr::memrchr(b'\n', &padded[start..place]).map_or(start, |before| start + before + 1);
        line += memchr::memchr_iter(b'\n', &padded[start..line_start]).count();
        let end = line_end(padded, line_start).min(length);
        let whole = places.of_needle().unwrap_or(usize::MAX);
        let mut values = Values { folded, needle, unescaped, whole, is_found: false };
        let mut reader = Reader { bytes: padded, open, visitor: Some(&mut values) };
        let is_entry = entry::read(&mut reader, line_start).is_some();
        if values.is_found || (!is_entry && needle.plain.find(&folded[line_start..end]).is_some()) {
            hits.push(offset(line));
        }
        line += 1;
        start = end + 1;
        if start >= length {
            break;
        }
    }
}

/// Where a line may hold the needle: where the needle stands as JSON writes it, or as it is, and where an escape stands
/// that need not be written as one.
struct Places<'a> {
    body: &'a [u8],
    plain: Place<'a>,
    escaped: Option<Place<'a>>,
    unicode: Place<'a>,
    solidus: Place<'a>,
}

/// The next place of a text. Looked for again when it lies behind.
struct Place<'a> {
    finder: Finder<'a>,
    next: Option<usize>,
}

impl<'a> Places<'a> {
    fn new(body: &'a [u8], needle: &'a Needle) -> Self {
        let place = |finder: Finder<'a>| Place { next: finder.find(body), finder };
        let mut unicode = place(Finder::new(br"\u"));
        unicode.skip_usual(body);
        Self {
            body,
            plain: place(needle.plain.as_ref()),
            escaped: needle.escaped.as_ref().map(|escaped| place(escaped.as_ref())),
            unicode,
            solidus: place(Finder::new(br"\/")),
        }
    }

    /// The first place from `from` on.
    fn first(&mut self, from: usize) -> Option<usize> {
        self.plain.advance(self.body, from);
        self.solidus.advance(self.body, from);
        self.unicode.advance(self.body, from);
        self.unicode.skip_usual(self.body);
        let escaped = self.escaped.as_mut().and_then(|escaped| {
            escaped.advance(self.body, from);
            escaped.next
        });
        [self.plain.next, self.solidus.next, self.unicode.next, escaped].into_iter().flatten().min()
    }

    /// Where the needle stands next without any escape.
    fn of_needle(&self) -> Option<usize> {
        self.plain.next
    }
}

impl Place<'_> {
    fn advance(&mut self, body: &[u8], from: usize) {
        if self.next.is_some_and(|next| next < from) {
            self.next = self.finder.find(&body[from..]).map(|found| from + found);
        }
    }

    /// Passes over control characters that have no shorter escape: every writer spells those the same.
    fn skip_usual(&mut self, body: &[u8]) {
        while let Some(at) = self.next {
            if !is_usual(&body[at..]) {
                return;
            }
            self.advance(body, at + 1);
        }
    }
}

/// Whether `text` begins with `\u00` and a control character without a shorter escape. ESC is another matter: a terminal code
/// may stand in the midst of the needle.
fn is_usual(text: &[u8]) -> bool {
    match text {
        [_, _, b'0', b'0', b'1', digit, ..] => !matches!(digit, b'b' | b'B'),
        [_, _, b'0', b'0', b'0', digit, ..] => !matches!(digit, b'8' | b'9' | b'a' | b'A' | b'c' | b'C' | b'd' | b'D'),
        _ => false,
    }
}

/// Searches the values of a line, until one has the needle.
struct Values<'a> {
    folded: &'a [u8],
    needle: &'a Needle,
    unescaped: &'a mut Vec<u8>,
    /// Where the needle stands next, as it is: no value that ends before has it, unless by escapes.
    whole: usize,
    is_found: bool,
}

impl Visitor for Values<'_> {
    fn value(&mut self, bytes: &[u8], text: Text) -> bool {
        let plain = &self.needle.plain;
        self.is_found = if text.has_escapes {
            holds_unescaped(text.of(bytes), plain, self.needle.folds(), self.unescaped)
        } else {
            text.end >= self.whole && plain.find(text.of(self.folded)).is_some()
        };
        !self.is_found
    }
}

fn holds_unescaped(text: &[u8], plain: &memmem::Finder<'_>, folds: &Folds, unescaped: &mut Vec<u8>) -> bool {
    unescaped.clear();
    unescape(text, &mut |piece| unescaped.extend_from_slice(piece));
    if !plain.needle().contains(&terminal::ESC) {
        terminal::strip(unescaped);
    }
    folds.apply(unescaped);
    plain.find(unescaped).is_some()
}
