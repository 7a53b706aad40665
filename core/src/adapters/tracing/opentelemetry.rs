//! The ids that the layer of `tracing-opentelemetry` gives to spans.

use std::sync::{Arc, OnceLock};

use opentelemetry::trace::{SpanContext, TraceContextExt};
use tracing::Dispatch;
use tracing::dispatcher::WeakDispatch;
use tracing::span::Id;
use tracing_opentelemetry::get_otel_context;

use super::spans::Surroundings;
use crate::entry::Span;

/// Finds OpenTelemetry's ids, if its layer is in the same subscriber.
#[derive(Clone, Default)]
pub(super) struct Ids(Arc<OnceLock<WeakDispatch>>);

impl Ids {
    /// The subscriber that the layer is part of.
    pub(super) fn set(&self, dispatch: &Dispatch) {
        // A layer is part of one subscriber.
        let _ = self.0.set(dispatch.downgrade());
    }

    /// The span of an event; `None` if OpenTelemetry does not know it.
    pub(super) fn of(&self, around: &Surroundings) -> Option<Span> {
        let dispatch = self.0.get()?.upgrade()?;
        let context = |id: &Id| -> Option<SpanContext> {
            let context = get_otel_context(id, &dispatch)?.span().span_context().clone();
            context.is_valid().then_some(context)
        };
        let (innermost, above) = around.registry_ids.split_last()?;
        let own = context(innermost)?;
        let span = Span::new(own.span_id().to_string()).trace_id(own.trace_id().to_string());
        Some(match above.last().and_then(context) {
            Some(parent) => span.parent_id(parent.span_id().to_string()),
            None => span,
        })
    }
}
