//! The `tracing` crate.

mod collect;
#[cfg(feature = "opentelemetry")]
mod opentelemetry;
mod spans;

use std::fmt;

use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Event, Metadata, Subscriber};
use tracing_log::NormalizeEvent;
use tracing_subscriber::filter::Filtered;
use tracing_subscriber::layer::{Context, Filter, Layer};
use tracing_subscriber::registry::LookupSpan;

use self::collect::Collect;
use self::spans::{SpanData, SpanFields, Surroundings};
use super::{is_diagnostic, is_our_own};
use crate::entry::Fields;
use crate::filter::Rank;
use crate::level::Level;
use crate::producer::Producer;

/// A [`Layer`] whose events go to a producer.
///
/// ```
/// use tracing_subscriber::layer::SubscriberExt as _;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let producer = logrtc::Producer::connect(logrtc::Config::builder("checkout").disabled(true).build()?)?;
/// let subscriber = tracing_subscriber::registry().with(logrtc::adapters::TracingLayer::new(&producer));
/// tracing::subscriber::set_global_default(subscriber)?;
/// tracing::info!(order = 7, "paid");
/// # Ok(())
/// # }
/// ```
///
/// An entry has:
/// - the target, the level and the message of the event. `TRACE` is sent as `DEBUG` with the field `level_name`. An event
///   without a message gets its own name, or else that of its span: a failed function with `#[instrument(err)]` is called
///   by the name of the function;
/// - the fields of the spans around it, outermost first, and then its own. A later field of the same name is the one that
///   readers see. [`Span::record`](tracing::Span::record) replaces a value. `&dyn Error` has the text of its causes, too;
/// - `span.path`, the names of the spans, such as `request:user:load`; `code.file.path` and `code.line.number`;
/// - the span: random ids of 64 bits, and of 128 bits for the trace, in hexadecimal as W3C Trace Context writes them. A
///   trace is a span without a parent and all that is below it. With the feature `opentelemetry`, and beside the layer of
///   `tracing-opentelemetry`, they are OpenTelemetry's ids.
///
/// A record of the `log` crate that comes through `tracing-log` has its own target, file and line.
///
/// The layer applies the filter of the producer, by level and target, to events and to spans. It does not affect other
/// layers. `TRACE` is off by default; `Config::builder(…).filter("trace")` or `LOGRTC_LEVEL=trace` turns it on. An event or a
/// span that no layer wants costs one comparison: `tracing` does not report it to any layer, so that it is not counted. An
/// event that another layer wants, and this one does not, counts in [`Stats::filtered`](crate::Stats::filtered).
///
/// # The end of the program
///
/// The layer does not keep the producer open. Keep the `Producer` in `main`: dropping it delivers the last entries, however
/// `main` returns. [`std::process::exit`] drops nothing; call [`Producer::close`] before it.
///
/// # Beside `fmt::layer()`
///
/// logrtc runs the WebRTC stack on threads of its own, and discards what the stack logs there. If the program uses that stack
/// itself, `RUST_LOG=info,rtc=off,webrtc=off`, read by `EnvFilter`, quiets it on the terminal.
#[derive(Clone)]
pub struct TracingLayer {
    producer: Producer,
    #[cfg(feature = "opentelemetry")]
    opentelemetry: opentelemetry::Ids,
}

impl TracingLayer {
    /// A layer for `producer`, which closes when its last handle is dropped, not with the layer.
    #[allow(clippy::new_ret_no_self, reason = "tracing gives a layer a filter of its own by wrapping it")]
    pub fn new<S>(producer: &Producer) -> Filtered<Self, ProducerFilter, S>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let filter = ProducerFilter { producer: producer.detached() };
        let layer = Self {
            producer: producer.detached(),
            #[cfg(feature = "opentelemetry")]
            opentelemetry: opentelemetry::Ids::default(),
        };
        layer.with_filter(filter)
    }
}

impl fmt::Debug for TracingLayer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("TracingLayer").field("producer", &self.producer).finish_non_exhaustive()
    }
}

fn level_of(level: tracing::Level) -> Level {
    match level {
        tracing::Level::ERROR => Level::Error,
        tracing::Level::WARN => Level::Warn,
        tracing::Level::INFO => Level::Info,
        tracing::Level::DEBUG | tracing::Level::TRACE => Level::Debug,
    }
}

fn rank_of(level: tracing::Level) -> Rank {
    if level == tracing::Level::TRACE { Rank::TRACE } else { level_of(level).into() }
}

/// The filter of a [`TracingLayer`]: that of its producer, whenever it changes.
#[derive(Clone, Debug)]
pub struct ProducerFilter {
    producer: Producer,
}

impl<S> Filter<S> for ProducerFilter {
    fn enabled(&self, metadata: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        if is_our_own(metadata.target()) {
            return false;
        }
        // The layer warns of a producer that was closed by mistake, once it has an event.
        if self.producer.allows(rank_of(*metadata.level()), metadata.target()) || self.producer.is_abandoned_early() {
            return true;
        }
        if metadata.is_event() {
            self.producer.count_filtered();
        }
        false
    }

    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        self.producer.tells_tracing();
        // The records of `log` share a few call sites, whatever their target is.
        if metadata.fields().field("log.target").is_some() || self.producer.is_abandoned_early() {
            return Interest::sometimes();
        }
        let is_wanted = self.producer.allows(rank_of(*metadata.level()), metadata.target());
        if is_wanted && !is_diagnostic(metadata.target()) { Interest::always() } else { Interest::never() }
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        self.producer.tells_tracing();
        if self.producer.is_abandoned_early() {
            return None;
        }
        let floor = self.producer.floor();
        let levels = [
            tracing::Level::TRACE,
            tracing::Level::DEBUG,
            tracing::Level::INFO,
            tracing::Level::WARN,
            tracing::Level::ERROR,
        ];
        let least = levels.into_iter().find(|level| rank_of(*level) >= floor);
        Some(least.map_or(LevelFilter::OFF, LevelFilter::from_level))
    }
}

impl<S> Layer<S> for TracingLayer
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    #[cfg(feature = "opentelemetry")]
    fn on_register_dispatch(&self, dispatch: &tracing::Dispatch) {
        self.opentelemetry.set(dispatch);
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        // Another layer of ours may have been here before: all keep the same.
        if span.extensions().get::<SpanData>().is_some() {
            return;
        }
        // Collected before the lock is taken: what is recorded may itself log.
        let mut fields = SpanFields::default();
        attributes.record(&mut Collect::new(&mut fields));
        span.extensions_mut().replace(SpanData::new(fields));
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = SpanFields::default();
        values.record(&mut Collect::new(&mut fields));
        if let Some(data) = span.extensions_mut().get_mut::<SpanData>() {
            data.record(&fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let normalized = event.normalized_metadata();
        let metadata = normalized.as_ref().unwrap_or_else(|| event.metadata());
        if is_our_own(metadata.target()) {
            return;
        }
        // The filter may have changed since, and in the child of a fork `tracing` does not notice.
        if !self.producer.allows(rank_of(*metadata.level()), metadata.target()) {
            return self.producer.warn_if_abandoned_early();
        }
        let mut fields = Fields::new();
        let around = Surroundings::of(context.event_scope(event), &mut fields);
        let mut message = String::new();
        event.record(&mut Collect::event(&mut fields, &mut message, normalized.is_some()));
        around.push_path(&mut fields);
        if let Some(file) = metadata.file() {
            fields.push("code.file.path", file);
        }
        if let Some(line) = metadata.line() {
            fields.push("code.line.number", line);
        }
        if *metadata.level() == tracing::Level::TRACE {
            fields.push("level_name", "TRACE");
        }
        if message.is_empty() {
            name_of(event.metadata(), &around).clone_into(&mut message);
        }
        let record = self.producer.log(level_of(*metadata.level()), metadata.target(), message).fields(fields);
        #[cfg(feature = "opentelemetry")]
        let span = self.opentelemetry.of(&around).or_else(|| around.span());
        #[cfg(not(feature = "opentelemetry"))]
        let span = around.span();
        match span {
            Some(span) => record.span(span).send(),
            None => record.send(),
        };
    }
}

/// What an event without a message is called: its name if the program gave it one, else its span, else its place.
fn name_of<'a>(metadata: &'a Metadata<'_>, around: &Surroundings) -> &'a str {
    let is_given = !metadata.name().starts_with("event ");
    match around.innermost_name() {
        Some(span) if !is_given => span,
        _ => metadata.name(),
    }
}
