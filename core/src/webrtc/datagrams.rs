//! Filters the datagrams that a socket has received. No I/O.

use std::io::IoSliceMut;

use ::webrtc::runtime::RecvMeta;

/// Keeps, of `count` received messages, the datagrams that `wanted` returns true for, and moves the
/// messages that still hold one to the front. Returns how many these are.
///
/// The kernel may have put several datagrams of one sender together: all of the same length, the
/// last one may be shorter.
pub(super) fn retain(
    buffers: &mut [IoSliceMut<'_>],
    meta: &mut [RecvMeta],
    count: usize,
    mut wanted: impl FnMut(&[u8], &RecvMeta) -> bool,
) -> usize {
    let mut kept = 0;
    for index in 0..count {
        let received = meta[index];
        let stride = received.stride.max(1);
        let (mut len, mut start) = (0, 0);
        while start < received.len {
            let end = received.len.min(start + stride);
            if wanted(&buffers[index][start..end], &received) {
                buffers[index].copy_within(start..end, len);
                len += end - start;
            }
            start = end;
        }
        if len > 0 || received.len == 0 {
            let (front, rest) = buffers.split_at_mut(index);
            if let Some(to) = front.get_mut(kept) {
                to[..len].copy_from_slice(&rest[0][..len]);
            }
            meta[kept] = received;
            meta[kept].len = len;
            kept += 1;
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is left of messages whose datagrams have 2 bytes, if those that begin with `x` are not
    /// wanted.
    fn left(messages: &[&str]) -> Vec<String> {
        let mut bytes: Vec<Vec<u8>> = messages.iter().map(|message| format!("{message:_<16}").into_bytes()).collect();
        let mut buffers: Vec<IoSliceMut<'_>> = bytes.iter_mut().map(|bytes| IoSliceMut::new(bytes)).collect();
        let mut meta: Vec<RecvMeta> = Vec::new();
        for message in messages {
            let mut received = RecvMeta::default();
            (received.len, received.stride) = (message.len(), 2);
            meta.push(received);
        }
        let kept = retain(&mut buffers, &mut meta, messages.len(), |datagram, _| datagram[0] != b'x');
        let text = |index: usize| String::from_utf8(buffers[index][..meta[index].len].to_vec()).unwrap();
        (0..kept).map(text).collect()
    }

    #[test]
    fn what_is_not_wanted_is_gone_and_the_rest_stays_in_order() {
        assert_eq!(left(&["a1a2a", "b1"]), ["a1a2a", "b1"]);
        assert_eq!(left(&["x1", "b1b2", "x2", "c1"]), ["b1b2", "c1"]);
        assert_eq!(left(&["x1a2x3a4a", "x1x2x", "b1"]), ["a2a4a", "b1"]);
        assert_eq!(left(&["x1", "x2"]), Vec::<String>::new());
        assert_eq!(left(&["", "x1", ""]), ["", ""], "an empty datagram is nobody's");
    }
}
