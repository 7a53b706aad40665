//! Sees a consumer end its side of the channel, which the stack does not tell: by the length of what arrives.

use std::io::IoSliceMut;
use std::sync::Arc;

use ::webrtc::runtime::RecvMeta;
use tokio::sync::watch;

/// A datagram that resets one outgoing stream: the header of SCTP (RFC 9260 §3.1), and a RE-CONFIG chunk with one Outgoing SSN
/// Reset Request (RFC 6525 §3.1, §4.1), as a record of DTLS 1.2 with AES-GCM (RFC 6347 §4.1, RFC 5288 §3). The answer to a
/// reset is 8 bytes shorter.
const RESET_BYTES: usize = DTLS_HEADER + GCM_NONCE + SCTP_HEADER + CHUNK_HEADER + RESET_REQUEST + GCM_TAG;
const DTLS_HEADER: usize = 13;
const GCM_NONCE: usize = 8;
const GCM_TAG: usize = 16;
const SCTP_HEADER: usize = 12;
const CHUNK_HEADER: usize = 4;
/// With one stream, and padded.
const RESET_REQUEST: usize = 20;

/// Those of one connection; clones are the same.
///
/// Something else of the same length is taken for one: an acknowledgement that names two gaps or packets that came twice, or a
/// message of 5 to 8 bytes. Under another cipher none is seen.
#[derive(Clone, Debug, Default)]
pub(crate) struct StreamResets(Arc<watch::Sender<u64>>);

impl StreamResets {
    /// Looks at the messages that a socket has received.
    pub(crate) fn note(&self, buffers: &[IoSliceMut<'_>], meta: &[RecvMeta]) {
        let resets = buffers
            .iter()
            .zip(meta)
            // The kernel may have put several datagrams of one sender together.
            .flat_map(|(buffer, received)| buffer[..received.len].chunks(received.stride.max(1)))
            .filter(|datagram| datagram.len() == RESET_BYTES && is_dtls(datagram))
            .count();
        if resets > 0 {
            self.0.send_modify(|count| *count += resets as u64);
        }
    }

    /// How many have come so far.
    pub(crate) fn count(&self) -> u64 {
        *self.0.borrow()
    }

    /// Returns when so many have come.
    pub(crate) async fn reached(&self, count: u64) {
        // It fails where the sender is gone, which is here.
        let _ = self.0.subscribe().wait_for(|come| *come >= count).await;
    }
}

/// Whether a datagram is DTLS, by its first byte (RFC 7983 §7).
pub(crate) fn is_dtls(datagram: &[u8]) -> bool {
    datagram.first().is_some_and(|byte| (20..=63).contains(byte))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    const DATA: u8 = 23;
    const STUN: u8 = 0;

    fn note(resets: &StreamResets, first_byte: u8, len: usize, stride: usize) {
        let mut datagrams = [first_byte; 256];
        let mut meta = RecvMeta::default();
        (meta.len, meta.stride) = (len, stride);
        resets.note(&[IoSliceMut::new(&mut datagrams)], &[meta]);
    }

    #[tokio::test]
    async fn a_reset_counts_and_who_waits_for_it_is_woken() {
        let resets = StreamResets::default();
        let waiting = tokio::spawn({
            let resets = resets.clone();
            async move { resets.reached(3).await }
        });
        tokio::task::yield_now().await;
        note(&resets, STUN, 73, 73);
        note(&resets, DATA, 65, 65); // the answer to a reset
        note(&resets, DATA, 0, 0);
        assert_eq!(resets.count(), 0);
        note(&resets, DATA, 73, 73);
        assert!(timeout(Duration::from_millis(1), resets.reached(2)).await.is_err());
        // Three that the kernel put together, of which the last is shorter.
        note(&resets, DATA, 2 * 73 + 65, 73);
        assert_eq!(resets.count(), 3);
        timeout(Duration::from_secs(5), waiting).await.unwrap().unwrap();
    }
}
