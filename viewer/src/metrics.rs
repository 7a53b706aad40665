//! What the server counts, in the text format of Prometheus.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Of the text format.
pub(crate) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Why a request or a connection is refused.
const REASONS: [&str; 6] = ["host", "origin", "token", "address_limit", "limit", "buffer"];
const STATUS_CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];
/// What is sent over OTLP.
const SIGNALS: [&str; 2] = ["logs", "traces"];

/// Counters since the server began.
#[derive(Debug)]
pub(crate) struct Metrics {
    began: Instant,
    responses: [AtomicU64; STATUS_CLASSES.len()],
    refusals: [AtomicU64; REASONS.len()],
    exported: [AtomicU64; SIGNALS.len()],
    rejected: [AtomicU64; SIGNALS.len()],
    pub(crate) producers_registered: AtomicU64,
    pub(crate) consumers_registered: AtomicU64,
    pub(crate) messages: AtomicU64,
    pub(crate) dropped_clients: AtomicU64,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            began: Instant::now(),
            responses: Default::default(),
            refusals: Default::default(),
            exported: Default::default(),
            rejected: Default::default(),
            producers_registered: AtomicU64::default(),
            consumers_registered: AtomicU64::default(),
            messages: AtomicU64::default(),
            dropped_clients: AtomicU64::default(),
        }
    }
}

/// What the hub has at a moment.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Load {
    pub(crate) connections: usize,
    pub(crate) max_connections: usize,
    /// WebSockets whose client has not shown a token yet.
    pub(crate) strangers: usize,
    pub(crate) producers: usize,
    pub(crate) consumers: usize,
    pub(crate) queued_bytes: usize,
    pub(crate) max_queued_bytes: usize,
    /// If there are other servers.
    pub(crate) backplane: Option<BackplaneLoad>,
}

/// What a server has of the others.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct BackplaneLoad {
    pub(crate) is_up: bool,
    pub(crate) lag: Duration,
    pub(crate) servers: usize,
    pub(crate) clients: usize,
    pub(crate) pending: usize,
    pub(crate) dropped_messages: u64,
}

impl Metrics {
    pub(crate) fn responded(&self, status: u16) {
        if let Some(counter) = self.responses.get(usize::from(status / 100).saturating_sub(1)) {
            add_one(counter);
        }
    }

    /// Counts a refusal for one of `REASONS`.
    pub(crate) fn refused(&self, reason: &str) {
        let index = REASONS.iter().position(|known| *known == reason).expect("a reason is one of the list");
        add_one(&self.refusals[index]);
    }

    /// Counts records of one of `SIGNALS`.
    #[cfg(feature = "cli")]
    pub(crate) fn exported(&self, signal: &str, accepted: u64, rejected: u64) {
        let index = SIGNALS.iter().position(|known| *known == signal).expect("a signal is one of the list");
        self.exported[index].fetch_add(accepted, Ordering::Relaxed);
        self.rejected[index].fetch_add(rejected, Ordering::Relaxed);
    }

    pub(crate) fn to_text(&self, load: &Load) -> String {
        let mut text = String::new();
        let mut add = |name: &str, kind: &str, help: &str, samples: &[(String, u64)]| {
            let _ = writeln!(text, "# HELP logrtc_{name} {help}\n# TYPE logrtc_{name} {kind}");
            for (labels, value) in samples {
                let _ = writeln!(text, "logrtc_{name}{labels} {value}");
            }
        };
        let one = |value: usize| [(String::new(), value as u64)];
        let count = |counter: &AtomicU64| [(String::new(), counter.load(Ordering::Relaxed))];
        let labelled = |label: &str, names: &[&str], counters: &[AtomicU64]| -> Vec<_> {
            let sample = |(name, counter): (&&str, &AtomicU64)| {
                (format!("{{{label}=\"{name}\"}}"), counter.load(Ordering::Relaxed))
            };
            names.iter().zip(counters).map(sample).collect()
        };
        let roles = |producers: u64, consumers: u64| {
            [(r#"{role="producer"}"#.to_owned(), producers), (r#"{role="consumer"}"#.to_owned(), consumers)]
        };
        let uptime = [(String::new(), self.began.elapsed().as_secs())];
        add("uptime_seconds", "gauge", "Time since the server began.", &uptime);
        add("connections", "gauge", "WebSockets that are open.", &one(load.connections));
        add("connections_limit", "gauge", "WebSockets that may be open.", &one(load.max_connections));
        let waiting = one(load.strangers);
        add("connections_without_token", "gauge", "WebSockets that have not shown their token yet.", &waiting);
        let registered = roles(load.producers as u64, load.consumers as u64);
        add("clients", "gauge", "Clients that are registered.", &registered);
        add("queued_bytes", "gauge", "Bytes that wait for clients to read.", &one(load.queued_bytes));
        add("queued_bytes_limit", "gauge", "Bytes that may wait for all clients.", &one(load.max_queued_bytes));
        let registrations =
            roles(self.producers_registered.load(Ordering::Relaxed), self.consumers_registered.load(Ordering::Relaxed));
        add("registrations_total", "counter", "Registrations of clients.", &registrations);
        add("messages_total", "counter", "Messages of registered clients.", &count(&self.messages));
        let dropped = count(&self.dropped_clients);
        add("dropped_clients_total", "counter", "Clients dropped because they did not read.", &dropped);
        let exported = labelled("signal", &SIGNALS, &self.exported);
        add("otlp_records_total", "counter", "Log records and spans accepted over OTLP.", &exported);
        let rejected = labelled("signal", &SIGNALS, &self.rejected);
        add("otlp_rejected_records_total", "counter", "Log records and spans rejected over OTLP.", &rejected);
        let refusals = labelled("reason", &REASONS, &self.refusals);
        add("refused_total", "counter", "Requests and connections that were refused.", &refusals);
        let responses = labelled("status", &STATUS_CLASSES, &self.responses);
        add("responses_total", "counter", "HTTP responses by class of status.", &responses);
        if let Some(backplane) = load.backplane {
            let lag = u64::try_from(backplane.lag.as_millis()).unwrap_or(u64::MAX);
            let dropped = [(String::new(), backplane.dropped_messages)];
            add("backplane_up", "gauge", "Whether NATS is connected.", &one(usize::from(backplane.is_up)));
            add("backplane_lag_milliseconds", "gauge", "Age of the last known state.", &[(String::new(), lag)]);
            add("backplane_servers", "gauge", "Other servers.", &one(backplane.servers));
            add("backplane_clients", "gauge", "Clients of other servers.", &one(backplane.clients));
            add("backplane_pending_entries", "gauge", "Clients not written to NATS yet.", &one(backplane.pending));
            let help = "Messages to clients of other servers that were dropped.";
            add("backplane_dropped_messages_total", "counter", help, &dropped);
        }
        text
    }
}

pub(crate) fn add_one(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_series_has_its_help_and_type() {
        let metrics = Metrics::default();
        metrics.responded(200);
        metrics.responded(999);
        REASONS.iter().for_each(|reason| metrics.refused(reason));
        let backplane = BackplaneLoad { is_up: true, lag: Duration::from_millis(12), ..BackplaneLoad::default() };
        let text =
            metrics.to_text(&Load { producers: 2, queued_bytes: 7, backplane: Some(backplane), ..Load::default() });
        for line in [
            "logrtc_clients{role=\"producer\"} 2",
            "logrtc_queued_bytes 7",
            "logrtc_backplane_up 1",
            "logrtc_backplane_lag_milliseconds 12",
            "logrtc_refused_total{reason=\"token\"} 1",
            "logrtc_responses_total{status=\"2xx\"} 1",
        ] {
            assert!(text.lines().any(|known| known == line), "{line}: {text}");
        }
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let name = line.split(['{', ' ']).next().unwrap();
            assert!(text.contains(&format!("# HELP {name} ")) && text.contains(&format!("# TYPE {name} ")), "{line}");
            assert!(line.rsplit_once(' ').unwrap().1.parse::<u64>().is_ok(), "{line}");
        }
    }
}
