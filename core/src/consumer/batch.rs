//! The text of a frame: a head, and a line for each entry (docs/protocol.md §6.2). No I/O.

use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;

use super::wish::Wish;
use crate::journal::Block;

/// What a head takes, without holes, at the most.
pub(crate) const HEAD_BYTES: usize = 128;

/// Entries of one block that travel in one frame, and the numbers between them that are left out.
#[derive(Clone, Debug)]
pub(crate) struct Batch {
    block: Arc<Block>,
    /// The numbers that the frame accounts for; those before the block's were left out, too.
    seqs: Range<u64>,
    /// The runs of entries that it holds.
    kept: Vec<Range<u64>>,
    /// The wish by which they were chosen.
    wish: Option<Arc<str>>,
}

/// By what two frames are known to be equal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct BatchKey {
    seqs: (u64, u64),
    wish: Option<Arc<str>>,
}

impl Batch {
    /// Those that `wish` wants among the entries `from..until` of `block`. The frame accounts for the numbers from `first` on.
    pub(crate) fn choose(block: &Arc<Block>, first: u64, from: u64, until: u64, wish: Option<&Wish>) -> Self {
        let kept = match wish {
            None => std::iter::once(from..until).collect(),
            Some(wish) => wish.wanted(block, from..until),
        };
        Self { block: Arc::clone(block), seqs: first..until, kept, wish: wish.map(|wish| Arc::clone(wish.key())) }
    }

    pub(crate) fn key(&self) -> BatchKey {
        BatchKey { seqs: (self.seqs.start, self.seqs.end), wish: self.wish.clone() }
    }

    /// How many entries it holds.
    pub(crate) fn count(&self) -> u64 {
        self.kept.iter().map(|run| run.end - run.start).sum()
    }

    /// How many bytes its lines have.
    pub(crate) fn line_bytes(&self) -> usize {
        self.kept.iter().map(|run| self.block.lines(run.clone()).len()).sum()
    }

    /// The frame before compression.
    pub(crate) fn text(&self) -> String {
        let mut text = String::with_capacity(HEAD_BYTES + self.line_bytes());
        head(&mut text, self.seqs.clone(), self.count(), &self.holes());
        for run in &self.kept {
            text.push_str(std::str::from_utf8(self.block.lines(run.clone())).expect("entries are encoded strings"));
        }
        // Each line but the last ends.
        text.pop();
        text
    }

    /// Before which line how many numbers are left out.
    fn holes(&self) -> Vec<(u64, u64)> {
        let mut holes = Vec::new();
        let (mut next, mut line) = (self.seqs.start, 0);
        for run in &self.kept {
            if run.start > next {
                holes.push((line, run.start - next));
            }
            line += run.end - run.start;
            next = run.end;
        }
        holes
    }
}

/// A frame without entries: nobody wants these numbers.
pub(crate) fn nothing_of(seqs: Range<u64>) -> String {
    let mut text = String::new();
    head(&mut text, seqs, 0, &[]);
    text.pop();
    text
}

fn head(text: &mut String, seqs: Range<u64>, count: u64, holes: &[(u64, u64)]) {
    let last = seqs.end - 1;
    // Writing into a string never fails.
    let _ = write!(text, r#"{{"type":"batch","first":{},"last":{last},"count":{count}"#, seqs.start);
    for (number, (line, skipped)) in holes.iter().enumerate() {
        let separator = if number == 0 { r#","holes":["# } else { "," };
        let _ = write!(text, "{separator}[{line},{skipped}]");
    }
    text.push_str(if holes.is_empty() { "}\n" } else { "]}\n" });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level::Level;

    fn block() -> Arc<Block> {
        let mut block = Block::new(10, 0);
        for number in 10..16 {
            let level = if number % 2 == 0 { Level::Info } else { Level::Debug };
            block.push(level, "t", format!("{{{number}}}").as_bytes(), usize::MAX);
        }
        Arc::new(block)
    }

    #[test]
    fn a_frame_without_a_wish_is_whole() {
        let batch = Batch::choose(&block(), 11, 11, 14, None);
        assert_eq!(batch.text(), "{\"type\":\"batch\",\"first\":11,\"last\":13,\"count\":3}\n{11}\n{12}\n{13}");
        assert_eq!((batch.count(), batch.line_bytes()), (3, 15));
    }

    #[test]
    fn what_is_left_out_is_a_hole_with_its_place() {
        let wish = Wish::parse(Some("INFO"), None).unwrap();
        let batch = Batch::choose(&block(), 5, 11, 16, wish.as_ref());
        assert_eq!(
            batch.text(),
            "{\"type\":\"batch\",\"first\":5,\"last\":15,\"count\":2,\"holes\":[[0,7],[1,1]]}\n{12}\n{14}"
        );
        assert_ne!(batch.key(), Batch::choose(&block(), 5, 11, 16, None).key());
        assert_eq!(nothing_of(5..9), r#"{"type":"batch","first":5,"last":8,"count":0}"#);
    }
}
