//! A line to what the index needs of it.

use crate::escape::unescape;
use crate::json::{Reader, Text};
use crate::time;

/// What stands for the level of a line that is no entry.
pub(crate) const MALFORMED: u8 = 4;

/// A line that is an entry.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Entry {
    /// 0 to 3, for DEBUG to ERROR.
    pub(crate) level: u8,
    pub(crate) time_ms: f64,
    pub(crate) target: Text,
    /// FNV-1a of the trace id; 0 without one.
    pub(crate) trace: u32,
    /// Where the line ends.
    pub(crate) end: usize,
}

/// Which keys an entry has so far, each with a value of the protocol's type.
mod right {
    pub(super) const TIMESTAMP: u8 = 1;
    pub(super) const LEVEL: u8 = 2;
    pub(super) const TARGET: u8 = 4;
    pub(super) const MESSAGE: u8 = 8;
    pub(super) const FIELDS: u8 = 16;
    pub(super) const SPAN: u8 = 32;
    pub(super) const ALL: u8 = 63;
}

/// Reads the line that begins at `start`. Returns `None` for one that is no entry, and if the visitor had enough.
///
/// As `JSON.parse` has it, the last of several equal keys counts.
pub(crate) fn read(reader: &mut Reader<'_>, start: usize) -> Option<Entry> {
    let at = reader.skip_space(start);
    if reader.peek(at) != b'{' {
        return None;
    }
    let (mut timestamp, mut level, mut target) = (Text::default(), Text::default(), Text::default());
    let mut trace = 0;
    let mut rights = right::FIELDS | right::SPAN;
    let end = reader.members(at + 1, |reader, key, value| {
        let key = key_of(reader.bytes, key);
        rights &= !key;
        let is_string = reader.peek(value) == b'"';
        match key {
            right::TIMESTAMP | right::LEVEL | right::TARGET | right::MESSAGE if is_string => {
                let text = reader.string_value(value)?;
                rights |= key;
                match key {
                    right::TIMESTAMP => timestamp = text,
                    right::LEVEL => level = text,
                    right::TARGET => target = text,
                    _ => {}
                }
                Some(text.end + 1)
            }
            right::SPAN if reader.peek(value) == b'{' => {
                rights |= key;
                let (found, end) = read_trace(reader, value + 1)?;
                trace = found;
                Some(end)
            }
            right::SPAN | right::FIELDS => {
                if key == right::SPAN {
                    trace = 0;
                }
                if matches!(reader.peek(value), b'{' | b'n') {
                    rights |= key;
                }
                reader.skip_value(value)
            }
            _ => reader.skip_value(value),
        }
    })?;
    let end = reader.skip_space(end);
    if rights != right::ALL || reader.peek(end) != b'\n' {
        return None;
    }
    Some(Entry {
        level: level_of(reader.bytes, level),
        time_ms: with_text(reader.bytes, timestamp, time::parse),
        target,
        trace,
        end,
    })
}

/// Reads the members of a span. Returns the hash of its trace id, and where the span ends.
#[inline(always)]
fn read_trace(reader: &mut Reader<'_>, at: usize) -> Option<(u32, usize)> {
    let mut trace = 0;
    let end = reader.members(at, |reader, key, value| {
        if with_text(reader.bytes, key, |key| key == b"trace_id") {
            trace = 0;
            if reader.peek(value) == b'"' {
                let id = reader.string_value(value)?;
                trace = fnv_1a(id.of(reader.bytes));
                return Some(id.end + 1);
            }
        }
        reader.skip_value(value)
    })?;
    Some((trace, end))
}

/// The bit in `right` of a key; 0 for one that means nothing.
#[inline(always)]
fn key_of(bytes: &[u8], key: Text) -> u8 {
    with_text(bytes, key, |key| {
        // Arrays are compared as numbers, slices by a call.
        if let Ok(key) = <[u8; 9]>::try_from(key) {
            if key == *b"timestamp" { right::TIMESTAMP } else { 0 }
        } else if let Ok(key) = <[u8; 5]>::try_from(key) {
            if key == *b"level" { right::LEVEL } else { 0 }
        } else if let Ok(key) = <[u8; 7]>::try_from(key) {
            if key == *b"message" { right::MESSAGE } else { 0 }
        } else if let Ok(key) = <[u8; 6]>::try_from(key) {
            match &key {
                b"target" => right::TARGET,
                b"fields" => right::FIELDS,
                _ => 0,
            }
        } else if key == b"span" {
            right::SPAN
        } else {
            0
        }
    })
}

#[inline(always)]
fn level_of(bytes: &[u8], level: Text) -> u8 {
    match level.of(bytes) {
        b"DEBUG" => 0,
        b"INFO" => 1,
        b"WARN" => 2,
        b"ERROR" => 3,
        _ => with_text(bytes, level, level_of_other),
    }
}

/// Richer systems have more levels, and other names. No name has more than nine letters; each may be a dotless i of two
/// bytes, whose upper case is I.
fn level_of_other(level: &[u8]) -> u8 {
    let mut upper = [0; 9];
    let mut length = 0;
    let mut rest = level;
    while let Some((&byte, behind)) = rest.split_first() {
        let (byte, behind) = match rest.strip_prefix("ı".as_bytes()) {
            Some(behind) => (b'I', behind),
            None => (byte.to_ascii_uppercase(), behind),
        };
        let Some(place) = upper.get_mut(length) else { return 1 };
        *place = byte;
        length += 1;
        rest = behind;
    }
    match &upper[..length] {
        b"TRACE" | b"DEBUG" => 0,
        b"WARN" | b"WARNING" => 2,
        b"ERROR" | b"FATAL" | b"CRITICAL" | b"ALERT" | b"EMERGENCY" => 3,
        _ => 1,
    }
}

/// A timestamp has 35 characters at most, and is the longest text that is read; an escape takes six bytes.
const MAX_ESCAPED_BYTES: usize = 35 * 6;

/// Calls `read` with what `text` stands for. One that is too long to mean anything stays as it is.
#[inline(always)]
fn with_text<R>(bytes: &[u8], text: Text, read: impl Fn(&[u8]) -> R) -> R {
    if text.has_escapes { read(unescaped(text.of(bytes), &mut [0; MAX_ESCAPED_BYTES])) } else { read(text.of(bytes)) }
}

#[inline(never)]
fn unescaped<'a>(text: &'a [u8], buffer: &'a mut [u8; MAX_ESCAPED_BYTES]) -> &'a [u8] {
    if text.len() > buffer.len() {
        return text;
    }
    let mut length = 0;
    unescape(text, &mut |piece| {
        buffer[length..length + piece.len()].copy_from_slice(piece);
        length += piece.len();
    });
    &buffer[..length]
}

/// <https://datatracker.ietf.org/doc/html/rfc9923>
fn fnv_1a(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, &byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
