//! Asks for the id of a producer, so that no two servers give it away at the same time.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::record::Holder;

/// How long a registration waits for its claim. A connection to NATS that ends does not keep it waiting.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Claims that wait.
const CAPACITY: usize = 256;

#[derive(Debug)]
pub(crate) struct Claim {
    pub(crate) id: String,
    pub(crate) holder: Holder,
    /// Whether the holder has it.
    pub(crate) reply: oneshot::Sender<bool>,
}

#[derive(Debug, Clone)]
pub(crate) struct Claims(mpsc::Sender<Claim>);

impl Claims {
    pub(crate) fn new() -> (Self, mpsc::Receiver<Claim>) {
        let (sender, receiver) = mpsc::channel(CAPACITY);
        (Self(sender), receiver)
    }

    /// False if another has it. True if `holder` has it, and also if nobody can tell: a client registers even so.
    pub(crate) async fn claim(&self, id: String, holder: Holder) -> bool {
        let (reply, replied) = oneshot::channel();
        let asking = async {
            self.0.send(Claim { id, holder, reply }).await.ok()?;
            replied.await.ok()
        };
        timeout(TIMEOUT, asking).await.ok().flatten().unwrap_or(true)
    }
}
