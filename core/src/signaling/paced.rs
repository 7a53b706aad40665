//! A stream that is read at a limited rate. What is beyond the rate waits in the network, and slows
//! the server down.
//!
//! The client limits the rate of messages. This limits what the WebSocket reads without ever
//! returning a message, such as endless empty fragments.

use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};
use std::time::Instant;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep_until};

use crate::token_bucket::TokenBucket;

/// How much is read at once, and per second: the answers and candidates of 500 consumers that come
/// together take some 4 MiB.
const BURST_BYTES: u32 = 4 * 1024 * 1024;
const BYTES_PER_SECOND: u32 = 512 * 1024;

/// A stream with its pace.
pub(crate) struct Paced<S> {
    stream: S,
    bucket: TokenBucket,
    /// Until when nothing is read.
    pause: Option<Pin<Box<Sleep>>>,
}

impl<S> Paced<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self { stream, bucket: TokenBucket::new(Instant::now(), BYTES_PER_SECOND, BURST_BYTES), pause: None }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if let Some(pause) = &mut self.pause {
            ready!(pause.as_mut().poll(context));
            self.pause = None;
        }
        let before = buffer.filled().len();
        ready!(pin!(&mut self.stream).poll_read(context, buffer))?;
        let read = u32::try_from(buffer.filled().len() - before).unwrap_or(u32::MAX);
        let now = Instant::now();
        let until = self.bucket.spend(now, read);
        if until > now {
            self.pause = Some(Box::pin(sleep_until(until.into())));
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        pin!(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        pin!(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        pin!(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn a_burst_is_read_at_once_and_the_rest_at_its_pace() {
        let (mut server, client) = duplex(64 * 1024);
        let writing = tokio::spawn(async move {
            let block = [0; 64 * 1024];
            while server.write_all(&block).await.is_ok() {}
        });
        let mut client = Paced::new(client);
        let mut buffer = vec![0; 64 * 1024];
        let since = Instant::now();
        let mut read = 0;
        let most = (BURST_BYTES + BYTES_PER_SECOND / 2) as usize;
        while read < most {
            read += timeout(Duration::from_secs(30), client.read(&mut buffer)).await.unwrap().unwrap();
        }
        // The last read before a pause may go beyond what there was.
        assert!(since.elapsed() >= Duration::from_millis(300), "{:?}", since.elapsed());
        writing.abort();
    }
}
