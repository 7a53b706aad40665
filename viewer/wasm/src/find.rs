//! Which lines hold a text in a value.
//!
//! Lines that may hold it are found by a search of all bytes; each of those is then read as JSON, so that keys and
//! punctuation do not count, escapes count as what they stand for, and terminal codes do not count within a text.

use alloc::vec::Vec;

use memchr::memmem::Finder;

use crate::entry;
use crate::escape::unescape;
use crate::json::{Reader, Text, Visitor};
use crate::needle::Needle;
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
        let has_csi = places.of_csi().is_some_and(|csi| csi < end);
        let mut values = Values { folded, needle, unescaped, whole, has_csi, is_found: false };
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
/// that need not be written as one, or U+009B.
struct Places<'a> {
    body: &'a [u8],
    /// The first three are those of the indexes below; then `\/`, and the needle as JSON writes it.
    places: [Place<'a>; 5],
}

const PLAIN: usize = 0;
const CSI: usize = 1;
const UNICODE: usize = 2;

/// The next place of a text, if one is looked for. Looked for again when it lies behind.
struct Place<'a> {
    finder: Option<Finder<'a>>,
    next: Option<usize>,
}

impl<'a> Places<'a> {
    fn new(body: &'a [u8], needle: &'a Needle) -> Self {
        // Most bodies have none: one search instead of two.
        let backslash = memchr::memchr(b'\\', body).unwrap_or(body.len());
        let places = [
            (Some(needle.plain.as_ref()), 0),
            (Some(Finder::new(&terminal::CSI[..1])), 0),
            (Some(Finder::new(br"\u")), backslash),
            (Some(Finder::new(br"\/")), backslash),
            (needle.escaped.as_ref().map(Finder::as_ref), 0),
        ];
        Self { body, places: places.map(|(finder, from)| Place::new(finder, body, from)) }
    }

    /// The first place from `from` on.
    fn first(&mut self, from: usize) -> Option<usize> {
        for place in &mut self.places {
            place.advance(self.body, from);
        }
        self.places[CSI].skip(self.body, |text| !text.starts_with(terminal::CSI));
        // Every writer spells these the same.
        self.places[UNICODE].skip(self.body, is_usual);
        self.places.iter().filter_map(|place| place.next).min()
    }

    /// Where the needle stands next without any escape.
    fn of_needle(&self) -> Option<usize> {
        self.places[PLAIN].next
    }

    /// Where U+009B stands next.
    fn of_csi(&self) -> Option<usize> {
        self.places[CSI].next
    }
}

impl<'a> Place<'a> {
    fn new(finder: Option<Finder<'a>>, body: &[u8], from: usize) -> Self {
        let mut place = Self { finder, next: None };
        place.find(body, from);
        place
    }

    // Inlining makes the module larger, and no faster.
    #[inline(never)]
    fn find(&mut self, body: &[u8], from: usize) {
        let found = self.finder.as_ref().and_then(|finder| finder.find(&body[from..]));
        self.next = found.map(|found| from + found);
    }

    fn advance(&mut self, body: &[u8], from: usize) {
        if self.next.is_some_and(|next| next < from) {
            self.find(body, from);
        }
    }

    /// Skips the places at which `is_other` accepts the text.
    fn skip(&mut self, body: &[u8], is_other: impl Fn(&[u8]) -> bool) {
        while let Some(at) = self.next.filter(|&at| is_other(&body[at..])) {
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
    /// Whether the line has U+009B, which JSON need not escape.
    has_csi: bool,
    is_found: bool,
}

impl Visitor for Values<'_> {
    fn value(&mut self, bytes: &[u8], text: Text) -> bool {
        let plain = &self.needle.plain;
        self.is_found = if text.has_escapes || self.has_csi {
            holds_unescaped(text.of(bytes), self.needle, self.unescaped)
        } else {
            text.end >= self.whole && plain.find(text.of(self.folded)).is_some()
        };
        !self.is_found
    }
}

fn holds_unescaped(text: &[u8], needle: &Needle, unescaped: &mut Vec<u8>) -> bool {
    unescaped.clear();
    unescape(text, &mut |piece| unescaped.extend_from_slice(piece));
    if !needle.has_code {
        terminal::strip(unescaped);
    }
    needle.folds().apply(unescaped);
    needle.plain.find(unescaped).is_some()
}
