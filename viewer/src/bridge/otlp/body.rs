//! The body of a request: decompressed as it comes, and never more of it in memory than the limits permit. No I/O.

use std::io::{self, Write};
use std::sync::Arc;

use flate2::write::{MultiGzDecoder, ZlibDecoder};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{MAX_BODY_BYTES, Problem};

/// The memory in bytes that the bodies of all requests may take together.
#[derive(Debug, Clone)]
pub(super) struct Budget(Arc<Semaphore>);

impl Budget {
    pub(super) fn new(bytes: usize) -> Self {
        Self(Arc::new(Semaphore::new(bytes)))
    }
}

/// How a body is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    Identity,
    Gzip,
    /// zlib, as HTTP's `deflate` is.
    Deflate,
}

/// A body in the making.
pub(super) enum Body {
    Plain(Sink),
    Gzip(Box<MultiGzDecoder<Sink>>),
    Deflate(Box<ZlibDecoder<Sink>>),
}

/// A whole body. Its share of the budget goes with it.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) bytes: Vec<u8>,
    share: OwnedSemaphorePermit,
}

impl Body {
    pub(super) fn new(coding: Coding, budget: &Budget) -> Self {
        let share =
            Arc::clone(&budget.0).try_acquire_many_owned(0).expect("nobody closes it, and it has no bytes always");
        let sink = Sink { held: Held { bytes: Vec::new(), share }, budget: budget.clone() };
        match coding {
            Coding::Identity => Self::Plain(sink),
            Coding::Gzip => Self::Gzip(Box::new(MultiGzDecoder::new(sink))),
            Coding::Deflate => Self::Deflate(Box::new(ZlibDecoder::new(sink))),
        }
    }

    /// Adds what has come.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), Problem> {
        let written = match self {
            Self::Plain(sink) => sink.write_all(bytes),
            Self::Gzip(decoder) => decoder.write_all(bytes),
            Self::Deflate(decoder) => decoder.write_all(bytes),
        };
        written.map_err(problem)
    }

    /// Nothing more comes.
    pub(super) fn finish(self) -> Result<Held, Problem> {
        let finished = match self {
            Self::Plain(sink) => Ok(sink),
            Self::Gzip(decoder) => decoder.finish(),
            Self::Deflate(decoder) => decoder.finish(),
        };
        finished.map(|sink| sink.held).map_err(problem)
    }
}

/// What the sink refused, or else what is wrong with the compression.
fn problem(error: io::Error) -> Problem {
    error
        .downcast::<Problem>()
        .unwrap_or_else(|error| Problem::Unreadable(format!("the body cannot be decompressed: {error}")))
}

/// Where decompressed bytes go.
pub(super) struct Sink {
    held: Held,
    budget: Budget,
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let held = &mut self.held;
        let length = held.bytes.len() + bytes.len();
        if length > MAX_BODY_BYTES {
            return Err(io::Error::other(Problem::TooLarge));
        }
        if length > held.bytes.capacity() {
            // Doubled, so that a body is not copied for each of its parts.
            let capacity = length.max(2 * held.bytes.capacity()).min(MAX_BODY_BYTES);
            let more = u32::try_from(capacity - held.bytes.capacity()).expect("it is at most a body");
            let more = Arc::clone(&self.budget.0).try_acquire_many_owned(more);
            held.share.merge(more.map_err(|_| io::Error::other(Problem::Busy))?);
            held.bytes.reserve_exact(capacity - held.bytes.len());
        }
        held.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::{GzEncoder, ZlibEncoder};
    use proptest::prelude::*;

    use super::*;

    fn decoded(coding: Coding, budget: &Budget, parts: &[&[u8]]) -> Result<Held, Problem> {
        let mut body = Body::new(coding, budget);
        parts.iter().try_for_each(|part| body.push(part))?;
        body.finish()
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zlib(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    proptest! {
        #[test]
        fn a_body_comes_back_however_it_is_cut(bytes: Vec<u8>, cut: prop::sample::Index) {
            for (coding, sent) in
                [(Coding::Identity, bytes.clone()), (Coding::Gzip, gzip(&bytes)), (Coding::Deflate, zlib(&bytes))]
            {
                let (first, second) = sent.split_at(cut.index(sent.len() + 1));
                let held = decoded(coding, &Budget::new(1024), &[first, second]).unwrap();
                prop_assert_eq!(&held.bytes, &bytes);
            }
        }
    }

    #[test]
    fn a_bomb_is_refused_when_it_is_too_large() {
        let bomb = gzip(&vec![0; MAX_BODY_BYTES + 1]);
        let budget = Budget::new(2 * MAX_BODY_BYTES);
        assert_eq!(decoded(Coding::Gzip, &budget, &[&bomb]).unwrap_err(), Problem::TooLarge);
        assert_eq!(budget.0.available_permits(), 2 * MAX_BODY_BYTES, "all of it is given back");
    }

    #[test]
    fn the_bodies_of_all_requests_have_a_budget() {
        let budget = Budget::new(100);
        let first = decoded(Coding::Identity, &budget, &[&[0; 60]]).unwrap();
        assert_eq!(decoded(Coding::Identity, &budget, &[&[0; 41]]).unwrap_err(), Problem::Busy);
        drop(first);
        assert!(decoded(Coding::Identity, &budget, &[&[0; 100]]).is_ok());
        let grown = decoded(Coding::Identity, &budget, &[&[0; 40], &[0; 1]]).unwrap();
        assert_eq!(budget.0.available_permits(), 100 - grown.bytes.capacity(), "what it has reserved counts");
    }

    #[test]
    fn a_body_that_is_not_what_it_says_is_unreadable() {
        let whole = gzip(b"hello");
        for sent in [&whole[..whole.len() - 9], &whole[..5], b"hello".as_slice()] {
            let problem = decoded(Coding::Gzip, &Budget::new(1024), &[sent]).unwrap_err();
            assert!(matches!(&problem, Problem::Unreadable(_)), "{problem:?}");
        }
    }
}
