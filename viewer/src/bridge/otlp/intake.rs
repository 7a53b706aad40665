//! Takes requests: begins producers for their services, and logs their records.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use logrtc::{ConfigBuilder, Producer};
use tokio::task::JoinSet;

use super::entry;
use super::request::{Record, Request};
use super::services::{Demand, Place, Services, has_room};
use super::{MAX_RECORD_BYTES, MAX_RECORDS, OtlpOptions, Problem, Taken};

/// What an entry takes in a journal besides what was sent for it, about.
const ENTRY_OVERHEAD_BYTES: usize = 512;
/// How long the last entries of a service may take to arrive.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

pub(super) struct Intake {
    options: OtlpOptions,
    pub(super) services: Services<Producer>,
    /// What the options of each producer begin with; none before the server runs, and after it was stopped.
    pub(super) config: Option<ConfigBuilder>,
    /// Producers that end.
    pub(super) closing: JoinSet<()>,
    has_told: bool,
}

/// What a request wants of a service.
#[derive(Debug, Default)]
struct Wanted {
    version: Option<String>,
    demand: Demand,
    /// Why it has no producer.
    refused: Option<String>,
}

impl Intake {
    pub(super) fn new(options: OtlpOptions) -> Self {
        let services = Services::new(options.max_services);
        Self { options, services, config: None, closing: JoinSet::new(), has_told: false }
    }

    /// Takes all of a request, or nothing of it. Blocks the calling thread, which belongs to a tokio runtime.
    pub(super) fn take(&mut self, request: &Request) -> Result<Taken, Problem> {
        while self.closing.try_join_next().is_some() {}
        let config = self.config.clone().ok_or(Problem::Stopping)?;
        let mut wanted = survey(request)?;
        let now = Instant::now();
        if !self.has_room(&wanted, now) {
            return Err(Problem::Full);
        }
        for (service, wanted) in &mut wanted {
            wanted.refused = self.open(service, wanted, &config, now).err();
        }
        self.log(request, &wanted, now)
    }

    /// Ends a producer, on a thread of its own.
    pub(super) fn close(&mut self, producer: Producer) {
        // The producer itself reports what it could not deliver.
        self.closing.spawn_blocking(move || drop(producer.close(CLOSE_TIMEOUT)));
    }

    /// Begins a producer for a service that has none.
    ///
    /// # Errors
    /// Why it has none still: there is no place, or the producer cannot start.
    fn open(&mut self, service: &str, wanted: &Wanted, config: &ConfigBuilder, now: Instant) -> Result<(), String> {
        match self.services.place(service, now) {
            Place::Taken => return Ok(()),
            Place::Free => {}
            Place::Left(producer) => self.close(producer),
            Place::None => {
                let most = self.options.max_services;
                self.tell(&format!(
                    "{most} services send already, and the entries of {service:?} are rejected; --otlp-services allows more"
                ));
                return Err(without_place(service));
            }
        }
        let mut config = config.clone().client_id(service).max_bytes(self.options.buffer_bytes);
        if let Some(version) = &wanted.version {
            config = config.version(version);
        }
        match config.build().and_then(Producer::connect) {
            Ok(producer) => {
                self.services.begin(service.to_owned(), producer, now);
                Ok(())
            }
            Err(error) => {
                let reason = format!("cannot start a producer for {service:?}: {error}");
                self.tell(&reason);
                Err(reason)
            }
        }
    }

    /// Whether all services that send already have room. Each that has none begins to wait for it now.
    fn has_room(&mut self, wanted: &BTreeMap<String, Wanted>, now: Instant) -> bool {
        // What is let go of is a sixteenth of the journal at once.
        let capacity = Demand { entries: MAX_RECORDS / 16 * 15, bytes: self.options.buffer_bytes / 16 * 15 };
        wanted.iter().fold(true, |all_may, (service, wanted)| {
            let may_log = self.services.get(service).is_none_or(|service| {
                let has_room = has_room(capacity, wanted.demand, &service.producer.stats());
                service.may_log(has_room, now)
            });
            all_may & may_log
        })
    }

    fn log(&mut self, request: &Request, wanted: &BTreeMap<String, Wanted>, now: Instant) -> Result<Taken, Problem> {
        let mut taken = Taken::default();
        request.each(|found| {
            let reason = match self.services.get(&found.source.service) {
                Some(_) if matches!(found.record, Record::TooLong) => {
                    format!("a record has more than {MAX_RECORD_BYTES} bytes")
                }
                Some(service) => {
                    // Nothing is refused: if the journal is full, the oldest entries go.
                    for entry in entry::of(&found) {
                        service.producer.send(&entry);
                    }
                    service.sent(now);
                    taken.accepted += 1;
                    return;
                }
                // Another service of this request may have taken its place.
                None => wanted
                    .get(&found.source.service)
                    .and_then(|wanted| wanted.refused.clone())
                    .unwrap_or_else(|| without_place(&found.source.service)),
            };
            taken.rejected += 1;
            taken.reason = Some(reason);
        })?;
        if taken.accepted + taken.rejected == 0 {
            taken.reason = request.without_records();
        }
        Ok(taken)
    }

    /// Tells the person who runs the server, once.
    fn tell(&mut self, notice: &str) {
        if !std::mem::replace(&mut self.has_told, true) {
            self.options.on_notice.call(&format!("--otlp: {notice}"));
        }
    }
}

fn without_place(service: &str) -> String {
    format!("too many services: {service:?} has no producer")
}

/// Reads the whole request, and what it wants of each service.
fn survey(request: &Request) -> Result<BTreeMap<String, Wanted>, Problem> {
    let (mut all, mut entries) = (BTreeMap::<String, Wanted>::new(), 0);
    request.each(|found| {
        let source = found.source;
        let wanted = all.entry(source.service.clone()).or_default();
        let count = entry::count(&found.record);
        entries += count;
        wanted.version = wanted.version.take().or_else(|| source.version.clone());
        wanted.demand.entries += count;
        wanted.demand.bytes += 2 * found.bytes + count * (ENTRY_OVERHEAD_BYTES + source.resource_bytes);
    })?;
    if entries > MAX_RECORDS { Err(Problem::TooLarge) } else { Ok(all) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::Otlp;
    use super::super::body::{Body, Budget, Coding};
    use super::super::request::{Encoding, Signal};
    use super::*;
    use crate::Handler;

    fn request(service: &str) -> Request {
        let resource = json!({"attributes": [{"key": "service.name", "value": {"stringValue": service}}]});
        let text = json!({"resourceLogs": [{"resource": resource, "scopeLogs": [{"logRecords": [{}, {}]}]}]});
        let mut held = Body::new(Coding::Identity, &Budget::new(1 << 16));
        held.push(text.to_string().as_bytes()).unwrap();
        Request { signal: Signal::Logs, encoding: Encoding::Json, held: held.finish().unwrap() }
    }

    fn options(on_notice: impl Fn(&str) + Send + Sync + 'static) -> OtlpOptions {
        OtlpOptions { max_services: 1, buffer_bytes: 1 << 20, on_notice: Handler::new(on_notice) }
    }

    /// There is no server at this address, and none is needed.
    fn config() -> ConfigBuilder {
        logrtc::Config::builder("x").environment(false).url("ws://127.0.0.1:9/signaling")
    }

    #[tokio::test]
    async fn what_is_rejected_has_its_own_reason() {
        let mut intake = Intake::new(options(|_| {}));
        // Not an address.
        intake.config = Some(config().url("ftp://x"));
        let taken = intake.take(&request("a")).unwrap();
        let reason = taken.reason.unwrap();
        assert!(taken.rejected == 2 && reason.starts_with("cannot start a producer for \"a\": "), "{reason}");
        intake.config = Some(config());
        assert_eq!(intake.take(&request("a")).unwrap().accepted, 2);
        let taken = intake.take(&request("b")).unwrap();
        assert_eq!(taken.reason.as_deref(), Some("too many services: \"b\" has no producer"));
    }

    #[tokio::test]
    async fn a_request_that_makes_the_server_fail_is_not_to_be_sent_again() {
        let otlp = Otlp::new(options(|_| panic!("the handler of a test")));
        otlp.connect(config()).await;
        assert!(otlp.take(request("a")).await.is_ok());
        assert_eq!(otlp.take(request("b")).await.unwrap_err(), Problem::Failed);
        assert!(otlp.take(request("a")).await.is_ok(), "others are served");
        otlp.stop().await;
    }
}
