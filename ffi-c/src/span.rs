//! Spans, as a struct that can grow.

use std::ffi::c_char;

use logrtc_core::Span;

use crate::status::Refusal;
use crate::text;

/// The place of an entry in a distributed trace. An id that is NULL is left out. Set `struct_size`
/// to sizeof(logrtc_span), as LOGRTC_SPAN_INIT does.
#[repr(C)]
pub struct logrtc_span {
    /// sizeof(logrtc_span), set by the caller.
    pub struct_size: usize,
    /// The id of the span.
    pub id: *const c_char,
    /// The id of the trace.
    pub trace_id: *const c_char,
    /// The id of the parent span.
    pub parent_id: *const c_char,
}

/// The size of the first `logrtc_span`: a program that was built with it is right for ever.
const FIRST_SIZE: usize = size_of::<logrtc_span>();

/// # Safety
/// `span` is NULL, or points to as many bytes as its `struct_size` says, with strings that are NULL or NUL-terminated.
pub(crate) unsafe fn read_span(span: *const logrtc_span) -> Result<Option<Span>, Refusal> {
    if span.is_null() {
        return Ok(None);
    }
    // SAFETY: the caller promises that the first member is there and set. No reference is made, for the rest may not be.
    let struct_size = unsafe { (&raw const (*span).struct_size).read() };
    if struct_size < FIRST_SIZE {
        return Err(Refusal::invalid(format!("span: struct_size is {struct_size}, not sizeof(logrtc_span)")));
    }
    // SAFETY: the caller promises that these members are there, by their size, and that they are strings.
    unsafe {
        let id = text::optional((&raw const (*span).id).read());
        let trace_id = text::optional((&raw const (*span).trace_id).read());
        let parent_id = text::optional((&raw const (*span).parent_id).read());
        let mut read = id.map_or_else(Span::default, Span::new);
        if let Some(trace_id) = trace_id {
            read = read.trace_id(trace_id);
        }
        if let Some(parent_id) = parent_id {
            read = read.parent_id(parent_id);
        }
        Ok(Some(read))
    }
}
