//! The `log` crate.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use log::kv::{Error as KvError, Key, Value, VisitSource, VisitValue};
use log::{LevelFilter, Log, Metadata, Record, SetLoggerError};

use super::{is_diagnostic, is_our_own};
use crate::entry::{FieldValue, Fields};
use crate::error::text_of;
use crate::filter::Rank;
use crate::level::Level;
use crate::producer::Producer;
use crate::runtime::is_own_thread;

/// A [`log::Log`] whose records go to a producer, their key-values as fields. The program keeps a handle of the producer,
/// because the logger does not keep it open.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # struct Terminal;
/// # impl log::Log for Terminal {
/// #     fn enabled(&self, _: &log::Metadata<'_>) -> bool { true }
/// #     fn log(&self, _: &log::Record<'_>) {}
/// #     fn flush(&self) {}
/// # }
/// # let terminal = Terminal;
/// let producer = logrtc::Producer::connect(logrtc::Config::builder("checkout").disabled(true).build()?)?;
/// // `terminal` is any other logger, for example the one that `env_logger::Builder` builds.
/// logrtc::adapters::Logger::new(&producer).chain(terminal).init()?;
/// # Ok(())
/// # }
/// ```
///
/// The file and the line become `code.file.path` and `code.line.number`, by OpenTelemetry's names. A value that is captured
/// by `serde` stays structured, and an error has the text of its causes.
///
/// The filter of the producer decides what is sent. `Trace` is off by default; `Config::builder(…).filter("trace")` or
/// `LOGRTC_LEVEL=trace` turns it on, and it is sent as `DEBUG` with the field `level_name`. What the filter leaves out counts
/// in [`Stats::filtered`](crate::Stats::filtered).
pub struct Logger {
    producer: Producer,
    next: Option<Box<dyn Log>>,
}

impl Logger {
    /// A logger for `producer`, which closes when its last handle is dropped, not with the logger.
    pub fn new(producer: &Producer) -> Self {
        Self { producer: producer.detached(), next: None }
    }

    /// Passes every record on to `next`, too, which decides by itself what it takes: so the program's terminal shows what
    /// it showed before. logrtc's own diagnostics go only there. Records of the crates below logrtc
    /// on its threads are dropped.
    pub fn chain(mut self, next: impl Log + 'static) -> Self {
        self.next = Some(Box::new(next));
        self
    }

    fn wants(&self, metadata: &Metadata<'_>) -> bool {
        !is_our_own(metadata.target()) && self.producer.allows(rank_of(metadata.level()), metadata.target())
    }

    /// Whether the record goes to the producer; counts one that its filter leaves out.
    fn takes(&self, metadata: &Metadata<'_>) -> bool {
        if is_our_own(metadata.target()) {
            return false;
        }
        let is_wanted = self.producer.allows(rank_of(metadata.level()), metadata.target());
        if !is_wanted {
            self.producer.warn_if_abandoned_early();
            self.producer.count_filtered();
        }
        is_wanted
    }

    /// The next logger, if it is to have what has this target.
    fn next_for(&self, target: &str) -> Option<&dyn Log> {
        let is_noise = is_own_thread() && !is_diagnostic(target);
        self.next.as_deref().filter(|_| !is_noise)
    }

    /// Makes it the program's logger. The producer's filter decides what is sent.
    ///
    /// # Errors
    /// The program has a logger already.
    pub fn init(self) -> Result<(), SetLoggerError> {
        log::set_boxed_logger(Box::new(self))?;
        log::set_max_level(LevelFilter::Trace);
        Ok(())
    }
}

impl fmt::Debug for Logger {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Logger").field("producer", &self.producer).finish_non_exhaustive()
    }
}

fn rank_of(level: log::Level) -> Rank {
    if level == log::Level::Trace { Rank::TRACE } else { level_of(level).into() }
}

fn level_of(level: log::Level) -> Level {
    match level {
        log::Level::Error => Level::Error,
        log::Level::Warn => Level::Warn,
        log::Level::Info => Level::Info,
        log::Level::Debug | log::Level::Trace => Level::Debug,
    }
}

impl Log for Logger {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.wants(metadata) || self.next_for(metadata.target()).is_some_and(|next| next.enabled(metadata))
    }

    fn log(&self, record: &Record<'_>) {
        if let Some(next) = self.next_for(record.target()) {
            next.log(record);
        }
        if !self.takes(record.metadata()) {
            return;
        }
        let mut fields = Fields::new();
        // A source that fails half-way has given what it could.
        let _ = record.key_values().visit(&mut Collect(&mut fields));
        if let Some(file) = record.file() {
            fields.push("code.file.path", file);
        }
        if let Some(line) = record.line() {
            fields.push("code.line.number", line);
        }
        if record.level() == log::Level::Trace {
            fields.push("level_name", "TRACE");
        }
        let message = record.args().as_str().map_or_else(|| text_of(record.args()).into(), Cow::Borrowed);
        self.producer.log(level_of(record.level()), record.target(), message).fields(fields).send();
    }

    /// Flushes the next logger. Does not wait for the producer: the journal has every record already.
    fn flush(&self) {
        if let Some(next) = &self.next {
            next.flush();
        }
    }
}

struct Collect<'f>(&'f mut Fields);

impl<'kvs> VisitSource<'kvs> for Collect<'_> {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), KvError> {
        value.visit(Member { fields: self.0, key: key.as_str() })
    }
}

struct Member<'f> {
    fields: &'f mut Fields,
    key: &'f str,
}

impl<'v> VisitValue<'v> for Member<'_> {
    fn visit_any(&mut self, value: Value<'_>) -> Result<(), KvError> {
        self.fields.push(self.key, FieldValue::serialize(&value));
        Ok(())
    }

    fn visit_error(&mut self, error: &(dyn Error + 'static)) -> Result<(), KvError> {
        self.fields.push(self.key, error);
        Ok(())
    }

    fn visit_null(&mut self) -> Result<(), KvError> {
        self.fields.push(self.key, None::<bool>);
        Ok(())
    }

    fn visit_u64(&mut self, value: u64) -> Result<(), KvError> {
        self.fields.push(self.key, value);
        Ok(())
    }

    fn visit_i64(&mut self, value: i64) -> Result<(), KvError> {
        self.fields.push(self.key, value);
        Ok(())
    }

    fn visit_u128(&mut self, value: u128) -> Result<(), KvError> {
        self.fields.push(self.key, value);
        Ok(())
    }

    fn visit_i128(&mut self, value: i128) -> Result<(), KvError> {
        self.fields.push(self.key, value);
        Ok(())
    }

    fn visit_f64(&mut self, value: f64) -> Result<(), KvError> {
        self.fields.push(self.key, value);
        Ok(())
    }

    fn visit_bool(&mut self, value: bool) -> Result<(), KvError> {
        self.fields.push(self.key, value);
        Ok(())
    }

    fn visit_str(&mut self, value: &str) -> Result<(), KvError> {
        self.fields.push(self.key, value);
        Ok(())
    }
}
