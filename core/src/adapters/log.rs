//! The `log` crate.

use log::kv::{Error as KvError, Key, Value, VisitSource, VisitValue};
use log::{LevelFilter, Log, Metadata, Record, SetLoggerError};

use super::is_our_own;
use crate::entry::Fields;
use crate::level::Level;
use crate::producer::Producer;

/// A [`log::Log`] whose records go to a producer, their key-values as fields. The program closes the producer at its end,
/// for the program's logger is never dropped.
///
/// The file and the line become `code.file.path` and `code.line.number`, by OpenTelemetry's names. The level `Trace`
/// is `DEBUG` with `level_name`.
#[derive(Clone, Debug)]
pub struct Logger {
    producer: Producer,
}

impl Logger {
    /// A logger for `producer`, which stays open as long as the logger lives.
    pub fn new(producer: &Producer) -> Self {
        Self { producer: producer.clone() }
    }

    /// Makes it the program's logger, at every level; the producer's filter decides what is logged.
    ///
    /// # Errors
    /// Where the program has a logger already.
    pub fn init(self) -> Result<(), SetLoggerError> {
        log::set_boxed_logger(Box::new(self))?;
        log::set_max_level(LevelFilter::Trace);
        Ok(())
    }
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
        !is_our_own(metadata.target()) && self.producer.enabled(level_of(metadata.level()), metadata.target())
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
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
        let text;
        let message = match record.args().as_str() {
            Some(message) => message,
            None => {
                text = record.args().to_string();
                &text
            }
        };
        self.producer.log(level_of(record.level()), record.target(), message).fields(fields).send();
    }

    /// Does not wait: the journal has every record already.
    fn flush(&self) {}
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
        self.fields.push(self.key, value.to_string());
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
