//! What one consumer has received.

use std::time::{SystemTime, UNIX_EPOCH};

/// The key of the field that says when an entry was logged, in microseconds since 1970.
const SENT_KEY: &str = "\"sent_us\":";

/// Counts, and how long entries took from the log call.
#[derive(Debug, Default)]
pub struct Arrivals {
    /// How many entries have come.
    pub entries: u64,
    /// The bytes of the entries as JSON.
    pub entry_bytes: u64,
    /// The bytes of the messages that brought them: compressed, if they were.
    pub message_bytes: u64,
    /// How many messages brought them, or batches of them.
    pub messages: u64,
    /// Entries that did not come, as the producer reports them.
    pub lost: u64,
    /// Messages that could not be read.
    pub malformed: usize,
    /// How long each entry took, in microseconds; empty unless it is asked for.
    pub latencies_us: Vec<u32>,
}

impl Arrivals {
    /// Adds how long `entry` took.
    pub fn push_latency(&mut self, now_us: u64, entry: &str) {
        if let Some(sent_us) = sent_us(entry) {
            self.latencies_us.push(u32::try_from(now_us.saturating_sub(sent_us)).unwrap_or(u32::MAX));
        }
    }
}

/// Microseconds since 1970.
pub fn now_us() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(now.as_micros()).unwrap_or(u64::MAX)
}

fn sent_us(entry: &str) -> Option<u64> {
    let begin = entry.find(SENT_KEY)? + SENT_KEY.len();
    let digits = entry[begin..].bytes().take_while(u8::is_ascii_digit).count();
    entry[begin..begin + digits].parse().ok()
}

/// The value below which a share of the sorted `values` is.
pub fn quantile(sorted: &[u32], share: f64) -> u32 {
    if sorted.is_empty() {
        return 0;
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
    let index = (share * sorted.len() as f64) as usize;
    sorted[index.min(sorted.len() - 1)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_a_log_call_is_read() {
        let entry = r#"{"level":"INFO","fields":{"sent_us":1764288593123456,"duration_ms":7}}"#;
        assert_eq!(sent_us(entry), Some(1_764_288_593_123_456));
        assert_eq!(sent_us(r#"{"fields":{}}"#), None);
        let mut arrivals = Arrivals::default();
        arrivals.push_latency(1_764_288_593_123_460, entry);
        assert_eq!(arrivals.latencies_us, [4]);
    }

    #[test]
    fn a_quantile_is_a_value_of_the_list() {
        let sorted: Vec<u32> = (0..100).collect();
        assert_eq!((quantile(&sorted, 0.5), quantile(&sorted, 0.99), quantile(&sorted, 1.0)), (50, 99, 99));
        assert_eq!(quantile(&[], 0.5), 0);
    }
}
