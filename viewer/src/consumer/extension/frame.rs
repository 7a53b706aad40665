//! A frame: one message that holds many entries, as text or compressed. No I/O.

use flate2::{Decompress, FlushDecompress, Status};
use serde::Deserialize;

use crate::consumer::entries::{Entries, Numbers};

/// The longest frame that is accepted, in bytes before compression.
pub(super) const MAX_FRAME_BYTES: usize = 256 * 1024;

/// What most frames have room in: a producer sends at most 63 KiB at once, unless a single entry is longer.
const USUAL_FRAME_BYTES: usize = 64 * 1024;

/// Sequence numbers stay below this, so that every JavaScript program can count them.
pub(super) const NUMBERS_END: u64 = 1 << 53;

/// The first line of a frame.
#[derive(Debug, Deserialize)]
pub(super) struct Header {
    first: u64,
    last: u64,
    count: usize,
    #[serde(default)]
    holes: Vec<(usize, u64)>,
}

impl Header {
    /// The entries of a frame with this header, whose lines stand in `text` from `begin` on.
    ///
    /// # Errors
    /// What contradicts what.
    pub(super) fn entries(self, text: String, begin: usize) -> Result<Entries, &'static str> {
        let Self { first, last, count, mut holes } = self;
        if first > last || last >= NUMBERS_END {
            return Err("first and last are no range of sequence numbers");
        }
        let is_sorted = holes.windows(2).all(|pair| pair[0].0 < pair[1].0);
        if !is_sorted || holes.iter().any(|(index, skipped)| *index > count || *skipped == 0) {
            return Err("holes are not in order");
        }
        let skipped = holes.iter().try_fold(0_u64, |sum, (_, skipped)| sum.checked_add(*skipped));
        let numbers = skipped.and_then(|skipped| skipped.checked_add(u64::try_from(count).ok()?));
        // What is left out behind the last entry need not be told.
        let rest = numbers.and_then(|numbers| (last - first + 1).checked_sub(numbers));
        match rest.ok_or("there are not as many numbers as entries and holes")? {
            0 => {}
            rest => match holes.last_mut().filter(|(index, _)| *index == count) {
                Some((_, skipped)) => *skipped += rest,
                None => holes.push((count, rest)),
            },
        }
        let mut entries = Entries::from_lines(text, begin);
        if entries.len() != count {
            return Err("there are not as many lines as count says");
        }
        entries.set_numbers(Numbers { first, last, holes });
        Ok(entries)
    }
}

/// Inflates frames, each of which stands alone.
#[derive(Debug)]
pub(super) struct Inflater(Decompress);

impl Inflater {
    pub(super) fn new() -> Self {
        Self(Decompress::new(false))
    }

    /// The text of a compressed frame.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) fn inflate(&mut self, data: &[u8]) -> Result<String, &'static str> {
        self.0.reset(false);
        let mut text = Vec::with_capacity(USUAL_FRAME_BYTES);
        loop {
            let read = usize::try_from(self.0.total_in()).map_err(|_| "too long")?;
            match self.0.decompress_vec(&data[read..], &mut text, FlushDecompress::Finish) {
                Ok(Status::StreamEnd) if text.len() > MAX_FRAME_BYTES => return Err("too long"),
                Ok(Status::StreamEnd) => break,
                Ok(_) if text.len() > MAX_FRAME_BYTES => return Err("too long"),
                // One byte more than may be tells a frame that is too long from the longest one.
                Ok(_) if text.len() == text.capacity() => text.reserve_exact(MAX_FRAME_BYTES + 1 - text.len()),
                Ok(_) => return Err("cut off"),
                Err(_) => return Err("not DEFLATE"),
            }
        }
        if self.0.total_in() != data.len() as u64 {
            return Err("followed by something else");
        }
        String::from_utf8(text).map_err(|_| "not UTF-8")
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::DeflateEncoder;
    use proptest::prelude::*;

    use super::*;

    fn deflate(text: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn entries(header: &str, lines: &str) -> Result<Entries, &'static str> {
        let header: Header = serde_json::from_str(header).unwrap();
        header.entries(lines.to_owned(), 0)
    }

    #[test]
    fn a_header_has_to_account_for_every_number() {
        for (header, lines) in [
            (r#"{"first":7,"last":8,"count":2}"#, "a\nb\n"),
            (r#"{"first":7,"last":8,"count":2,"holes":[],"new":1}"#, "a\nb"),
            (r#"{"first":7,"last":12,"count":2,"holes":[[0,1],[2,3]]}"#, "a\nb"),
            (r#"{"first":7,"last":12,"count":2,"holes":[[0,1],[2,1]]}"#, "a\nb"),
            (r#"{"first":7,"last":12,"count":2,"holes":[[0,1]]}"#, "a\nb"),
            (r#"{"first":0,"last":9,"count":0,"holes":[[0,10]]}"#, ""),
            (r#"{"first":0,"last":9,"count":0}"#, ""),
        ] {
            let entries = entries(header, lines).unwrap();
            let numbers: u64 = entries.numbers().unwrap().map(|_| 1).sum();
            assert_eq!(entries.left_out() + entries.len() as u64, numbers, "{header}");
        }
        for (header, lines) in [
            (r#"{"first":7,"last":8,"count":2}"#, "a\nb\nc\n"),
            (r#"{"first":7,"last":8,"count":2}"#, "a\n"),
            (r#"{"first":7,"last":7,"count":2}"#, "a\nb\n"),
            (r#"{"first":7,"last":9,"count":2,"holes":[[1,2]]}"#, "a\nb\n"),
            (r#"{"first":8,"last":7,"count":0}"#, ""),
            (r#"{"first":7,"last":9,"count":2,"holes":[[3,1]]}"#, "a\nb\n"),
            (r#"{"first":7,"last":10,"count":2,"holes":[[1,1],[0,1]]}"#, "a\nb\n"),
            (r#"{"first":7,"last":8,"count":2,"holes":[[0,0]]}"#, "a\nb\n"),
            (r#"{"first":0,"last":1,"count":2,"holes":[[0,18446744073709551615],[1,1]]}"#, "a\nb\n"),
            (r#"{"first":9007199254740991,"last":9007199254740992,"count":2}"#, "a\nb\n"),
        ] {
            assert!(entries(header, lines).is_err(), "{header}");
        }
    }

    #[test]
    fn what_is_broken_is_said_and_harms_no_later_frame() {
        let mut inflater = Inflater::new();
        let whole = deflate(&vec![b'x'; MAX_FRAME_BYTES]);
        let long = deflate(&vec![b'x'; MAX_FRAME_BYTES + 1]);
        let bomb = deflate(&vec![0; 64 * 1024 * 1024]);
        for (data, problem) in [
            (&b""[..], "cut off"),
            (&whole[..whole.len() - 1], "cut off"),
            (&[&whole[..], b"x"].concat(), "followed by something else"),
            (b"\xff\xff\xff", "not DEFLATE"),
            (&deflate(b"\xff"), "not UTF-8"),
            (&long, "too long"),
            (&bomb, "too long"),
        ] {
            assert_eq!(inflater.inflate(data), Err(problem));
            assert_eq!(inflater.inflate(&whole).map(|text| text.len()), Ok(MAX_FRAME_BYTES));
            assert_eq!(inflater.inflate(&deflate(b"")).as_deref(), Ok(""));
        }
    }

    proptest! {
        #[test]
        fn a_frame_survives_compression(text in any::<String>(), times in 1_usize..2_000) {
            let text: String = text.repeat(times).chars().take(60_000).collect();
            prop_assert_eq!(Inflater::new().inflate(&deflate(text.as_bytes())), Ok(text));
        }

        #[test]
        fn no_data_makes_it_panic(data in prop::collection::vec(any::<u8>(), 0..2_000)) {
            let _ = Inflater::new().inflate(&data);
        }
    }
}
