//! What other programs say as entries: the lines that they write, and what they send over OTLP (`otlp`). But for the latter,
//! no I/O and no clock.
//!
//! Each line is read by itself, because programs mix formats: a JSON object, logfmt, or plain text. A value takes a role (the
//! time, the level, the target, the message, the span) only if it is one; every other value stays a field, with the digits
//! that it had.

mod docker;
mod journal;
mod json;
mod level;
mod line;
mod lines;
mod logfmt;
mod otlp;
mod raw;
mod read;
mod roles;
mod stack;
mod streams;
mod text;
mod time;

pub(crate) use docker::{Container, timed};
pub(crate) use journal::JournalEntry;
pub(crate) use line::Line;
pub(crate) use lines::Lines;
pub(crate) use otlp::{Otlp, OtlpOptions};
pub(crate) use stack::Joiner;
pub(crate) use streams::Joiners;
