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
        let wanted = survey(request)?;
        let now = Instant::now();
        for (service, wanted) in &wanted {
            self.open(service, wanted, &config, now);
        }
        if !self.has_room(&wanted, now) {
            return Err(Problem::Full);
        }
        self.log(request, now)
    }

    /// Ends a producer, on a thread of its own.
    pub(super) fn close(&mut self, producer: Producer) {
        // The producer itself reports what it could not deliver.
        self.closing.spawn_blocking(move || drop(producer.close(CLOSE_TIMEOUT)));
    }

    /// Begins a producer for a service, if it has none and there is a place.
    fn open(&mut self, service: &str, wanted: &Wanted, config: &ConfigBuilder, now: Instant) {
        match self.services.place(service, now) {
            Place::Taken => return,
            Place::Free => {}
            Place::Left(producer) => self.close(producer),
            Place::None => {
                let most = self.options.max_services;
                return self.tell(&format!(
                    "{most} services send already, and the entries of {service:?} are rejected; --otlp-services allows more"
                ));
            }
        }
        let mut config = config.clone().client_id(service).max_bytes(self.options.buffer_bytes);
        if let Some(version) = &wanted.version {
            config = config.version(version);
        }
        match config.build().and_then(Producer::connect) {
            Ok(producer) => self.services.begin(service.to_owned(), producer, now),
            Err(error) => self.tell(&format!("cannot start a producer for {service:?}: {error}")),
        }
    }

    fn has_room(&mut self, wanted: &BTreeMap<String, Wanted>, now: Instant) -> bool {
        // What is let go of is a sixteenth of the journal at once.
        let capacity = Demand { entries: MAX_RECORDS / 16 * 15, bytes: self.options.buffer_bytes / 16 * 15 };
        wanted.iter().all(|(service, wanted)| {
            self.services.get(service).is_none_or(|service| {
                let has_room = has_room(capacity, wanted.demand, &service.producer.stats());
                service.may_log(has_room, now)
            })
        })
    }

    fn log(&mut self, request: &Request, now: Instant) -> Result<Taken, Problem> {
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
                None => format!("too many services: {:?} has no producer", found.source.service),
            };
            taken.rejected += 1;
            taken.reason = Some(reason);
        })?;
        Ok(taken)
    }

    /// Tells the person who runs the server, once.
    fn tell(&mut self, notice: &str) {
        if !std::mem::replace(&mut self.has_told, true) {
            self.options.on_notice.call(&format!("--otlp: {notice}"));
        }
    }
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
