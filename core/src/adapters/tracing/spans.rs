//! What is kept with each span, and what an event finds of the spans around it.

use tracing_subscriber::registry::{LookupSpan, Scope};

use crate::entry::{FieldValue, Fields, Span};

/// Kept with a span. Several layers of ours share it: it holds nothing that differs between them.
pub(super) struct SpanData {
    id: u64,
    /// Of the trace that begins with this span, if a layer sees no span above it.
    trace_id: u128,
    fields: SpanFields,
}

impl SpanData {
    pub(super) fn new(fields: SpanFields) -> Self {
        Self { id: fastrand::u64(1..), trace_id: fastrand::u128(1..), fields }
    }

    /// Sets the values that are recorded later.
    pub(super) fn record(&mut self, values: &SpanFields) {
        for (name, member) in values.members() {
            self.fields.set_encoded(name, &member);
        }
    }
}

/// Fields whose values can be replaced.
#[derive(Default)]
pub(super) struct SpanFields {
    fields: Fields,
    /// The name of each, and the offset of its end.
    ends: Vec<(&'static str, usize)>,
}

impl SpanFields {
    pub(super) fn set(&mut self, name: &'static str, value: FieldValue<'_>) {
        if self.ends.iter().all(|(known, _)| *known != name) {
            self.fields.push(name, value);
            self.ends.push((name, self.fields.members().len()));
            return;
        }
        let mut one = Fields::new();
        one.push(name, value);
        self.set_encoded(name, &one);
    }

    /// `one` is a single field, of this name.
    fn set_encoded(&mut self, name: &'static str, one: &Fields) {
        let Some(place) = self.ends.iter().position(|(known, _)| *known == name) else {
            self.fields.append(one);
            self.ends.push((name, self.fields.members().len()));
            return;
        };
        let old = self.range(place);
        for (_, end) in &mut self.ends[place..] {
            *end = *end - old.len() + one.members().len();
        }
        self.fields.replace(old, one);
    }

    fn range(&self, place: usize) -> std::ops::Range<usize> {
        // Behind the comma.
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before].1 + 1);
        start..self.ends[place].1
    }

    fn members(&self) -> impl Iterator<Item = (&'static str, Fields)> {
        self.ends.iter().enumerate().map(|(place, (name, _))| (*name, self.fields.part(self.range(place))))
    }
}

/// The spans around an event.
#[derive(Default)]
pub(super) struct Surroundings {
    names: Vec<&'static str>,
    ids: Vec<u64>,
    trace_id: u128,
    /// As the registry calls them.
    #[cfg(feature = "opentelemetry")]
    pub(super) registry_ids: Vec<tracing::span::Id>,
}

impl Surroundings {
    /// Copies the fields of the spans, outermost first, into `fields`.
    pub(super) fn of<'a, S: LookupSpan<'a>>(scope: Option<Scope<'a, S>>, fields: &mut Fields) -> Self {
        let mut around = Self::default();
        for span in scope.into_iter().flat_map(Scope::from_root) {
            let extensions = span.extensions();
            let Some(data) = extensions.get::<SpanData>() else { continue };
            fields.append(&data.fields.fields);
            around.names.push(span.name());
            if around.ids.is_empty() {
                around.trace_id = data.trace_id;
            }
            around.ids.push(data.id);
            #[cfg(feature = "opentelemetry")]
            around.registry_ids.push(span.id());
        }
        around
    }

    pub(super) fn innermost_name(&self) -> Option<&'static str> {
        self.names.last().copied()
    }

    pub(super) fn push_path(&self, fields: &mut Fields) {
        if !self.names.is_empty() {
            fields.push("span.path", self.names.join(":"));
        }
    }

    pub(super) fn span(&self) -> Option<Span> {
        let (id, above) = self.ids.split_last()?;
        let span = Span::new(format!("{id:016x}")).trace_id(format!("{:032x}", self.trace_id));
        Some(match above.last() {
            Some(parent_id) => span.parent_id(format!("{parent_id:016x}")),
            None => span,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_is_set_again_takes_the_place_of_the_old_one() {
        let mut fields = SpanFields::default();
        for (name, value) in [("a", "1"), ("b", "two"), ("c", "3"), ("b", "2"), ("a", "one, two"), ("c", "")] {
            fields.set(name, value.into());
        }
        assert_eq!(fields.fields.to_json(), r#"{"a":"one, two","b":"2","c":""}"#);
        let mut data = SpanData::new(fields);
        let mut later = SpanFields::default();
        later.set("d", 4.into());
        later.set("b", 2.5.into());
        data.record(&later);
        assert_eq!(data.fields.fields.to_json(), r#"{"a":"one, two","b":2.5,"c":"","d":4}"#);
    }

    #[test]
    fn a_million_values_take_the_memory_of_one() {
        let mut data = SpanData::new(SpanFields::default());
        let mut later = SpanFields::default();
        for number in 0..1_000_000_u64 {
            later.set("progress", number.into());
        }
        data.record(&later);
        data.record(&later);
        assert_eq!(data.fields.fields.to_json(), r#"{"progress":999999}"#);
        assert!(later.fields.capacity() <= 256 && later.ends.len() == 1);
    }
}
