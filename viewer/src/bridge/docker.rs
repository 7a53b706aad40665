//! What the commands of Docker print: a line of `docker logs --timestamps`, and a container of `docker ps`.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use serde::Deserialize;

/// The longest part of a line that Docker stores. A longer line is printed as its parts, each behind a time of its own.
const PART_BYTES: usize = 16 * 1024;

/// The most bytes of a character that is cut.
const CUT_BYTES: usize = 3;

const REPLACEMENT: &[u8] = "\u{fffd}".as_bytes();

/// The longest time: `2026-11-28T10:00:00.123456789+00:00`.
const MAX_TIME_BYTES: usize = 35;

/// A line with the time at which it was written: the first of its parts, if it has several. `None` if Docker itself says it.
pub(crate) fn timed(line: &[u8]) -> (Option<DateTime<Utc>>, Cow<'_, [u8]>) {
    let Some((time, mut rest)) = leading_time(line) else { return (None, line.into()) };
    let mut joined = Vec::new();
    while let Some((part, after)) = first_part(rest) {
        joined.extend_from_slice(part);
        rest = after;
    }
    if joined.is_empty() {
        return (Some(time), rest.into());
    }
    joined.extend_from_slice(rest);
    (Some(time), joined.into())
}

/// The first part of a line that has several, and what stands behind the time of the next one. A part is longer than it was
/// written where a byte that is no UTF-8, as that of a character which was cut, was stored as U+FFFD.
fn first_part(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let is_replaced = |end: usize| line[..end].ends_with(REPLACEMENT);
    let mut replaced = (1..=PART_BYTES.min(line.len())).filter(|end| is_replaced(*end)).count();
    let mut end = PART_BYTES;
    // The bytes of the last character are counted when they have passed.
    while end <= line.len() && end <= PART_BYTES + (replaced + CUT_BYTES) * (REPLACEMENT.len() - 1) {
        if let Some((_, after)) = leading_time(&line[end..]) {
            return Some((&line[..end], after));
        }
        end += 1;
        replaced += usize::from(end <= line.len() && is_replaced(end));
    }
    None
}

fn leading_time(line: &[u8]) -> Option<(DateTime<Utc>, &[u8])> {
    let end = line.iter().take(MAX_TIME_BYTES + 1).position(|byte| *byte == b' ')?;
    let time = DateTime::parse_from_rfc3339(str::from_utf8(&line[..end]).ok()?).ok()?;
    Some((time.to_utc(), &line[end + 1..]))
}

/// A container that runs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Container {
    #[serde(rename = "ID")]
    pub(crate) id: String,
    #[serde(rename = "Names")]
    pub(crate) name: String,
    #[serde(rename = "Image", default)]
    pub(crate) image: String,
}

impl Container {
    /// Reads the output of `docker ps --no-trunc --format '{{json .}}'`: an object a line.
    pub(crate) fn read_all(output: &str) -> Result<Vec<Self>, serde_json::Error> {
        let containers = output.lines().filter(|line| !line.trim().is_empty());
        containers.map(|line| serde_json::from_str(line).map(Self::with_own_name)).collect()
    }

    /// A container that another one links to has the names of the links, too: `web,proxy/web`.
    fn with_own_name(mut self) -> Self {
        if let Some(own) = self.name.split(',').find(|name| !name.contains('/')) {
            self.name = own.to_owned();
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIME: &str = "2026-11-28T10:00:00.123456789Z";

    #[test]
    fn a_line_has_the_time_at_which_it_was_written() {
        let line = format!("{TIME} level=info msg=hello");
        let (time, rest) = timed(line.as_bytes());
        assert_eq!(time.unwrap().timestamp_subsec_nanos(), 123_456_789);
        assert_eq!(&*rest, b"level=info msg=hello");
        assert_eq!(&*timed(format!("{TIME} ").as_bytes()).1, b"");
        assert_eq!(timed(b"Error response from daemon: gone"), (None, b"Error response from daemon: gone".into()));
        assert_eq!(timed(b""), (None, b"".into()));
    }

    #[test]
    fn the_parts_of_a_long_line_are_joined_whatever_bytes_they_are_cut_at() {
        let text = "\u{20ac}".repeat(PART_BYTES);
        let parts: Vec<Vec<u8>> =
            text.as_bytes().chunks(PART_BYTES).map(|part| [TIME.as_bytes(), b" ", part].concat()).collect();
        assert_eq!(str::from_utf8(&timed(&parts.concat()).1).unwrap(), text);
        // As a driver stores them that keeps text alone, with U+FFFD for every other byte.
        let stored = text.as_bytes().chunks(PART_BYTES).map(|part| {
            let chunks = part.utf8_chunks();
            let kept = chunks.map(|chunk| chunk.valid().to_owned() + &"\u{fffd}".repeat(chunk.invalid().len()));
            format!("{TIME} {}", kept.collect::<String>())
        });
        let joined = timed(stored.collect::<String>().as_bytes()).1.into_owned();
        let rest = String::from_utf8(joined).unwrap().replace(['\u{20ac}', '\u{fffd}'], "");
        assert_eq!(rest, "", "no time is left in it");
        // What a program writes itself stays, at that place too.
        let own = format!("{TIME} {}{TIME}", "x".repeat(PART_BYTES));
        assert_eq!(timed(own.as_bytes()).1.len(), PART_BYTES + TIME.len());
    }

    #[test]
    fn containers_are_read_from_the_list() {
        let output = concat!(
            r#"{"Command":"\"nginx\"","CreatedAt":"2026-11-28 10:00:00 +0000 UTC","ID":"4f2a","Image":"nginx:1.27","Labels":"a=b","Names":"proxy/web,web","State":"running","Status":"Up 2 seconds"}"#,
            "\n",
        );
        let web = Container { id: "4f2a".into(), name: "web".into(), image: "nginx:1.27".into() };
        assert_eq!(Container::read_all(output).unwrap(), [web]);
        assert!(Container::read_all("").unwrap().is_empty());
        assert!(Container::read_all("Cannot connect").is_err());
    }
}
