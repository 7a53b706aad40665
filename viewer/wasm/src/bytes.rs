//! Finding the end of a run of plain bytes, many at a time.

/// How many bytes are looked at together.
pub(crate) const STEP: usize = 16;

/// Every body is followed by this many line ends, so that a step never reaches past the buffer.
pub(crate) const PADDING: usize = 2 * STEP;

/// The position, from `at` on, of the first byte that means something within a JSON string: a quote, a backslash, or a
/// control character, which no string may hold. A line end is one, and the padding is made of those: there always is one.
#[inline(always)]
pub(crate) fn plain_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(step) = bytes.get(at..).and_then(<[u8]>::first_chunk::<STEP>) {
        let found = special(step);
        if found != 0 {
            return at + found.trailing_zeros() as usize;
        }
        at += STEP;
    }
    bytes.len()
}

/// One bit for each byte that means something.
#[cfg(target_arch = "wasm32")]
#[inline(always)]
fn special(step: &[u8; STEP]) -> u32 {
    use core::arch::wasm32::{i8x16_bitmask, u8x16_eq, u8x16_lt, u8x16_splat, v128_load, v128_or};
    // SAFETY: `step` is 16 readable bytes, and the load needs no alignment.
    let step = unsafe { v128_load(step.as_ptr().cast()) };
    let quote = u8x16_eq(step, u8x16_splat(b'"'));
    let backslash = u8x16_eq(step, u8x16_splat(b'\\'));
    let control = u8x16_lt(step, u8x16_splat(b' '));
    u32::from(i8x16_bitmask(v128_or(v128_or(quote, backslash), control)))
}

#[cfg(not(target_arch = "wasm32"))]
#[inline(always)]
fn special(step: &[u8; STEP]) -> u32 {
    let is_special = |byte: u8| byte == b'"' || byte == b'\\' || byte < b' ';
    step.iter().rev().fold(0, |found, &byte| found << 1 | u32::from(is_special(byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_first() {
        let mut bytes = vec![b'a'; 40];
        bytes.extend([b'\n'; PADDING]);
        for (special, at) in [(b'"', 39), (b'\\', 17), (0x1f, 16), (b'\t', 3), (b'"', 0)] {
            bytes[at] = special;
            assert_eq!(plain_end(&bytes, 0), at);
        }
        assert_eq!(plain_end(&bytes, 18), 39);
        assert_eq!(plain_end(&bytes, 40), 40);
    }
}
