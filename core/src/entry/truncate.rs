//! An entry that is longer than it may be, cut value by value: the longest first, each on a character.

use std::borrow::Cow;

use super::Span;
use super::parts::{FRAME_BYTES, Parts};
use super::text::{cut_to_escaped, escaped_len};
use super::tokens::{Token, Tokens, cut_encoded, cut_middle, top_level};

/// No value is cut to less than this, in bytes as encoded, before whole elements and fields are left out.
const SHORT_BYTES: usize = 256;

/// The same for a field that holds many values.
const SHORT_FIELD_BYTES: usize = 64;

/// A text of which only less would fit goes as a whole.
const LEAST_BYTES: usize = 16;

/// What the two members that name the loss may take.
const MARK_BYTES: usize = 256;

/// What of that is not names: the keys, the brackets, the number of dropped fields, and the ellipsis.
const MARK_FRAME_BYTES: usize = 72;

/// How much of one name is shown.
const NAME_BYTES: usize = 64;

/// The share of an entry that its message keeps if there are too many fields: one byte in so many.
const MESSAGE_SHARE: usize = 4;

/// What is left of an entry.
pub(super) struct Truncated<'a> {
    pub(super) target: &'a str,
    pub(super) message: &'a str,
    /// Encoded members: what is kept, and what names the loss.
    pub(super) fields: Vec<u8>,
    pub(super) span: Option<Cow<'a, Span>>,
}

/// Cuts an entry to `max_bytes`.
///
/// The values of the message, of the fields at any depth, and of the names are cut to one length, the greatest that fits: so
/// the longest lose, and what is short stays. If even short values do not fit, lists and objects lose their last elements,
/// and then the entry its last fields. `fields.truncated` names what was cut, `fields.dropped_fields` counts the dropped.
pub(super) fn truncate<'a>(parts: &Parts<'a>, max_bytes: usize) -> Truncated<'a> {
    let room = max_bytes.saturating_sub(FRAME_BYTES + MARK_BYTES);
    let (mut long, fixed) = lengths(parts);
    let level = room.checked_sub(fixed).map_or(0, |room| level(&mut long, room));
    let mut names = Names::default();
    let limit = level.max(SHORT_BYTES);
    let message_limit = if level < SHORT_BYTES { SHORT_BYTES.max(max_bytes / MESSAGE_SHARE) } else { limit };

    let message = cut_text(parts.message, message_limit, "message", &mut names);
    let target = cut_text(parts.target, limit, "target", &mut names);
    let span = parts.span.map(|span| cut_span(span, limit, &mut names));
    let mut fields = Vec::with_capacity(max_bytes.min(parts.fields.len()) + MARK_BYTES);
    let dropped = if level < SHORT_BYTES {
        let around: usize = [target, message].into_iter().chain(ids(span.as_deref())).map(escaped_len).sum();
        keep_what_fits(&mut fields, parts.fields, room.saturating_sub(around), &mut names)
    } else {
        for field in top_level(parts.fields) {
            separate(&mut fields);
            let _ = copy(&mut fields, field, limit, usize::MAX, &mut names);
        }
        0
    };
    names.write(&mut fields, dropped);
    Truncated { target, message, fields, span }
}

fn ids(span: Option<&Span>) -> impl Iterator<Item = &str> {
    span.into_iter().flat_map(|span| [&span.id, &span.trace_id, &span.parent_id]).filter_map(Option::as_deref)
}

/// The lengths of the values that may be cut, and what all else takes.
fn lengths(parts: &Parts<'_>) -> (Vec<usize>, usize) {
    let texts = [parts.target, parts.message].into_iter().chain(ids(parts.span)).map(escaped_len);
    let values = Tokens::new(parts.fields).filter_map(|token| match token {
        Token::Text(text) => Some(text.len()),
        // A number that is cut becomes a text.
        Token::Bare(number) => Some(number.len() + 2),
        _ => None,
    });
    let mut all = parts.fields.len();
    let (mut long, mut long_fields) = (Vec::new(), 0);
    for length in texts {
        all += length;
        if length > SHORT_BYTES {
            long.push(length);
        }
    }
    let texts_long: usize = long.iter().sum();
    for length in values.filter(|length| *length > SHORT_BYTES) {
        long_fields += length;
        long.push(length);
    }
    (long, all - texts_long - long_fields)
}

/// The greatest length for which `lengths`, each cut to it, fit in `room`.
fn level(lengths: &mut [usize], mut room: usize) -> usize {
    lengths.sort_unstable();
    let mut left = lengths.len();
    for length in lengths {
        if *length * left > room {
            return room / left;
        }
        room -= *length;
        left -= 1;
    }
    usize::MAX
}

fn cut_text<'a>(text: &'a str, limit: usize, name: &str, names: &mut Names) -> &'a str {
    let kept = cut_to_escaped(text, limit);
    if kept.len() < text.len() {
        names.push(name.as_bytes());
    }
    kept
}

fn cut_span<'a>(span: &'a Span, limit: usize, names: &mut Names) -> Cow<'a, Span> {
    if ids(Some(span)).all(|id| escaped_len(id) <= limit) {
        return Cow::Borrowed(span);
    }
    let mut cut = |id: &Option<String>, name| id.as_deref().map(|id| cut_text(id, limit, name, names).to_owned());
    Cow::Owned(Span {
        id: cut(&span.id, "span.id"),
        trace_id: cut(&span.trace_id, "span.trace_id"),
        parent_id: cut(&span.parent_id, "span.parent_id"),
    })
}

/// Copies the fields with short values, the longest of them without their last elements, and as many fields as fit. Returns
/// how many do not.
fn keep_what_fits(out: &mut Vec<u8>, members: &[u8], mut room: usize, names: &mut Names) -> usize {
    let mut scratch = Vec::new();
    let mut lengths: Vec<usize> = top_level(members)
        .map(|field| {
            scratch.clear();
            let _ = copy(&mut scratch, field, SHORT_BYTES, room, &mut Names::default());
            scratch.len() + 1
        })
        .collect();
    let budget = level(&mut lengths, room).max(SHORT_FIELD_BYTES);
    let mut dropped = 0;
    for field in top_level(members) {
        let before = out.len();
        separate(out);
        // The comma before it is part of what was measured.
        let fits =
            copy(out, field, SHORT_BYTES, budget.min(room).saturating_sub(1), names) && out.len() - before <= room;
        if fits {
            room -= out.len() - before;
        } else {
            out.truncate(before);
            dropped += 1;
        }
    }
    if dropped > 0 {
        names.push(b"fields");
    }
    dropped
}

fn separate(out: &mut Vec<u8>) {
    if !out.is_empty() {
        out.push(b',');
    }
}

/// Copies one field, its values cut to `limit`, without the elements that take it beyond `budget`. Returns false, and
/// has written something that must not stay, if not even its key fits.
fn copy(out: &mut Vec<u8>, field: &[u8], limit: usize, budget: usize, names: &mut Names) -> bool {
    let start = out.len();
    // What closes each open list and object, and the key under which it stands.
    let mut open: Vec<(u8, Option<&[u8]>)> = Vec::new();
    let mut key: Option<&[u8]> = None;
    // Where the field could end, but for what closes it.
    let mut end = None;
    for token in Tokens::new(field) {
        let room = budget.saturating_sub(out.len() - start + open.len() + 2);
        let is_worth_it = room >= LEAST_BYTES && matches!(token, Token::Text(_));
        let limit = if is_worth_it { limit.min(room) } else { limit };
        match token {
            Token::Key(text) => {
                push_quoted(out, text);
                out.push(b':');
                key = Some(text);
                continue;
            }
            Token::Comma => {
                out.push(b',');
                continue;
            }
            Token::Text(text) if text.len() <= limit => push_quoted(out, text),
            Token::Bare(text) if text.len() <= limit => out.extend_from_slice(text),
            Token::Text(text) | Token::Bare(text) => {
                names.push_path(open.iter().filter_map(|(_, key)| *key).chain(key));
                out.push(b'"');
                if limit >= SHORT_BYTES && key.is_some_and(is_stack) {
                    cut_middle(out, text, limit);
                } else {
                    out.extend_from_slice(cut_encoded(text, limit));
                }
                out.push(b'"');
            }
            Token::Open(byte) => {
                out.push(byte);
                open.push((byte + 2, key.take()));
            }
            Token::Close(byte) => {
                out.push(byte);
                key = open.pop().and_then(|(_, key)| key);
            }
        }
        if out.len() - start + open.len() <= budget {
            end = Some(out.len());
            continue;
        }
        let Some(end) = end else { return false };
        if matches!(token, Token::Open(_)) {
            open.pop();
        }
        out.truncate(end);
        out.extend(open.iter().rev().map(|(closer, _)| *closer));
        names
            .push_path(Tokens::new(field).find_map(|token| if let Token::Key(key) = token { Some(key) } else { None }));
        return true;
    }
    true
}

/// A stack keeps its beginning and its end: languages differ in which of the two holds the message, and which the frames.
fn is_stack(key: &[u8]) -> bool {
    ["stack", "stacktrace", "traceback"].iter().any(|name| key.ends_with(name.as_bytes()))
}

fn push_quoted(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    out.extend_from_slice(text);
    out.push(b'"');
}

/// The names of what was cut: encoded JSON strings, as many as there is room for.
#[derive(Default)]
struct Names {
    list: Vec<u8>,
    last: Vec<u8>,
    more: bool,
}

impl Names {
    /// Adds `name`, encoded and without quotes. The elements of a list have the name of the list, once.
    fn push(&mut self, name: &[u8]) {
        let name = cut_encoded(name, NAME_BYTES);
        if self.last == name && !self.list.is_empty() {
            return;
        }
        if self.list.len() + name.len() + 3 > MARK_BYTES - MARK_FRAME_BYTES {
            self.more = true;
            return;
        }
        name.clone_into(&mut self.last);
        separate(&mut self.list);
        push_quoted(&mut self.list, name);
    }

    fn push_path<'a>(&mut self, keys: impl IntoIterator<Item = &'a [u8]>) {
        let keys: Vec<&[u8]> = keys.into_iter().collect();
        self.push(&keys.join(&b'.'));
    }

    fn write(mut self, fields: &mut Vec<u8>, dropped: usize) {
        if self.more {
            separate(&mut self.list);
            self.list.extend_from_slice("\"…\"".as_bytes());
        }
        separate(fields);
        fields.extend_from_slice(b"\"truncated\":[");
        fields.append(&mut self.list);
        fields.push(b']');
        if dropped > 0 {
            fields.extend_from_slice(format!(",\"dropped_fields\":{dropped}").as_bytes());
        }
    }
}

#[cfg(test)]
mod tests;
