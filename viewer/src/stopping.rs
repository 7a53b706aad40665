//! The end of a server, as its tasks wait for it.

use tokio::sync::watch;

/// Waits until the server is told to stop, or is dropped.
pub(crate) async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // An error means that the sender is gone, and the server with it.
    let _ = stopping.wait_for(|is_stopping| *is_stopping).await;
}
