//! What a process writes, as tests wait for it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};

pub(crate) const DEADLINE: Duration = Duration::from_secs(30);

/// What a process has written, line by line.
#[derive(Clone)]
pub(crate) struct Lines(Arc<Mutex<Vec<String>>>);

impl Lines {
    pub(crate) fn of(stream: impl AsyncRead + Unpin + Send + 'static) -> Self {
        let lines = Self(Arc::default());
        let own = lines.clone();
        tokio::spawn(async move {
            let mut reader = BufReader::new(stream).lines();
            while let Ok(Some(line)) = reader.next_line().await {
                own.0.lock().unwrap().push(line);
            }
        });
        lines
    }

    pub(crate) fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    /// Waits until they satisfy `wanted`.
    pub(crate) async fn until(&self, what: &str, wanted: impl Fn(&[String]) -> bool) -> Vec<String> {
        self.within(DEADLINE, what, wanted).await
    }

    /// The same, within this time.
    pub(crate) async fn within(
        &self,
        deadline: Duration,
        what: &str,
        wanted: impl Fn(&[String]) -> bool,
    ) -> Vec<String> {
        let deadline = tokio::time::Instant::now() + deadline;
        loop {
            let lines = self.all();
            if wanted(&lines) {
                return lines;
            }
            let last = &lines[lines.len().saturating_sub(5)..];
            assert!(tokio::time::Instant::now() < deadline, "{what}: {} lines, {last:?}", lines.len());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    pub(crate) async fn has(&self, text: &str) {
        self.until(text, |lines| lines.iter().any(|line| line.contains(text))).await;
    }
}
