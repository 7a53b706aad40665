//! The `tracing` crate.

use std::fmt;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::{LookupSpan, SpanRef};

use super::is_our_own;
use crate::entry::{Fields, Span};
use crate::level::Level;
use crate::producer::Producer;

/// A [`Layer`] whose events go to a producer, with their fields, the fields of the spans around them, and the span.
/// The program keeps a handle of the producer, because the layer does not keep it open.
///
/// The ids of spans are random, 64 bits and 128 bits for a trace, in hexadecimal as W3C Trace Context writes them: a
/// trace is a span without a parent and all that is below it. The level `TRACE` is `DEBUG` with `level_name`. Where a
/// span and an event have a field of the same name, both are written, the event's last.
#[derive(Clone, Debug)]
pub struct TracingLayer {
    producer: Producer,
}

impl TracingLayer {
    /// A layer for `producer`, which closes when its last handle is dropped, not with the layer.
    pub fn new(producer: &Producer) -> Self {
        Self { producer: producer.detached() }
    }

    fn wants(&self, metadata: &Metadata<'_>) -> bool {
        !is_our_own(metadata.target()) && self.producer.wants(level_of(metadata), metadata.target())
    }
}

fn level_of(metadata: &Metadata<'_>) -> Level {
    match *metadata.level() {
        tracing::Level::ERROR => Level::Error,
        tracing::Level::WARN => Level::Warn,
        tracing::Level::INFO => Level::Info,
        tracing::Level::DEBUG | tracing::Level::TRACE => Level::Debug,
    }
}

/// What is kept with each span.
struct SpanData {
    id: u64,
    trace_id: u128,
    parent_id: Option<u64>,
    fields: Fields,
}

impl SpanData {
    fn to_span(&self) -> Span {
        let span = Span::new(format!("{:016x}", self.id)).trace_id(format!("{:032x}", self.trace_id));
        match self.parent_id {
            Some(parent_id) => span.parent_id(format!("{parent_id:016x}")),
            None => span,
        }
    }
}

fn ids_of<'a, S: LookupSpan<'a>>(span: &SpanRef<'a, S>) -> Option<(u64, u128)> {
    span.extensions().get::<SpanData>().map(|data| (data.id, data.trace_id))
}

impl<S> Layer<S> for TracingLayer
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let parent = span.parent().and_then(|parent| ids_of(&parent));
        let mut fields = Fields::new();
        attributes.record(&mut Collect { fields: &mut fields, message: None });
        span.extensions_mut().insert(SpanData {
            id: fastrand::u64(1..),
            trace_id: parent.map_or_else(|| fastrand::u128(1..), |(_, trace_id)| trace_id),
            parent_id: parent.map(|(parent_id, _)| parent_id),
            fields,
        });
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        // Collected before the lock is taken: what is recorded may itself log.
        let mut fields = Fields::new();
        values.record(&mut Collect { fields: &mut fields, message: None });
        if let Some(data) = span.extensions_mut().get_mut::<SpanData>() {
            data.fields.append(&fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let metadata = event.metadata();
        if !self.wants(metadata) {
            return;
        }
        let mut fields = Fields::new();
        let mut around = None;
        if let Some(scope) = context.event_scope(event) {
            for span in scope.from_root() {
                if let Some(data) = span.extensions().get::<SpanData>() {
                    fields.append(&data.fields);
                    around = Some(data.to_span());
                }
            }
        }
        let mut message = String::new();
        event.record(&mut Collect { fields: &mut fields, message: Some(&mut message) });
        if *metadata.level() == tracing::Level::TRACE {
            fields.push("level_name", "TRACE");
        }
        let record = self.producer.log(level_of(metadata), metadata.target(), &message).fields(fields);
        match around {
            Some(span) => record.span(span).send(),
            None => record.send(),
        };
    }
}

/// Takes fields as they come, and the field `message` for itself where there is a place for it.
struct Collect<'a> {
    fields: &'a mut Fields,
    message: Option<&'a mut String>,
}

impl Visit for Collect<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let text = format!("{value:?}");
        self.record_str(field, &text);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match &mut self.message {
            Some(message) if field.name() == "message" => value.clone_into(message),
            _ => self.fields.push(field.name(), value),
        }
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.record_str(field, &value.to_string());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.fields.push(field.name(), value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.fields.push(field.name(), value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.fields.push(field.name(), value);
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.fields.push(field.name(), value);
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.fields.push(field.name(), value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.fields.push(field.name(), value);
    }
}
