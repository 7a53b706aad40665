//! The lines of a body, and what the index needs of each, in columns.

use alloc::vec::Vec;

use crate::entry::{self, Entry, MALFORMED};
use crate::json::Reader;

/// One row for each line. Positions are offsets into the body.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    pub(crate) starts: Vec<u32>,
    pub(crate) ends: Vec<u32>,
    pub(crate) levels: Vec<u8>,
    pub(crate) times: Vec<f64>,
    pub(crate) target_starts: Vec<u32>,
    pub(crate) target_ends: Vec<u32>,
    pub(crate) traces: Vec<u32>,
}

impl Columns {
    /// Makes room for `lines`, so that a scan of no more moves nothing.
    pub(crate) fn reserve(&mut self, lines: usize) {
        self.clear();
        for column in
            [&mut self.starts, &mut self.ends, &mut self.target_starts, &mut self.target_ends, &mut self.traces]
        {
            column.reserve(lines);
        }
        self.levels.reserve(lines);
        self.times.reserve(lines);
    }

    fn clear(&mut self) {
        for column in
            [&mut self.starts, &mut self.ends, &mut self.target_starts, &mut self.target_ends, &mut self.traces]
        {
            column.clear();
        }
        self.levels.clear();
        self.times.clear();
    }

    fn push(&mut self, start: usize, end: usize, entry: Option<&Entry>) {
        self.starts.push(offset(start));
        self.ends.push(offset(end));
        self.levels.push(entry.map_or(MALFORMED, |entry| entry.level));
        self.times.push(entry.map_or(f64::NAN, |entry| entry.time_ms));
        self.target_starts.push(offset(entry.map_or(start, |entry| entry.target.start)));
        self.target_ends.push(offset(entry.map_or(start, |entry| entry.target.end)));
        self.traces.push(entry.map_or(0, |entry| entry.trace));
    }
}

/// A position in a body as a number of the columns.
pub(crate) fn offset(position: usize) -> u32 {
    u32::try_from(position).expect("a body lies in a memory of 32 bits")
}

/// Reads the lines of the first `length` bytes of `padded`, which line ends follow.
pub(crate) fn scan(padded: &[u8], length: usize, open: &mut Vec<bool>, columns: &mut Columns) {
    columns.clear();
    let mut reader = Reader { bytes: padded, open, visitor: None };
    let mut start = 0;
    while start < length {
        let entry = entry::read(&mut reader, start);
        let end = match &entry {
            Some(entry) => entry.end,
            None => line_end(padded, start),
        };
        columns.push(start, end, entry.as_ref());
        start = end + 1;
    }
}

pub(crate) fn line_end(bytes: &[u8], start: usize) -> usize {
    memchr::memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |length| start + length)
}
