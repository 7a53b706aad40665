//! Typed fields: nobody has to write JSON.

use std::ffi::{c_char, c_int};

use logrtc_core::binding::{ArrayWriter, FieldsExt as _, ObjectWriter, ValueWriter};
use logrtc_core::{FieldValue, Fields};

use crate::repairs::Repairs;
use crate::text;

/// No value.
pub const LOGRTC_FIELD_NULL: i32 = 0;
/// `value.integer` is 0 for false; any other number is true.
pub const LOGRTC_FIELD_BOOL: i32 = 1;
/// A signed integer, `value.integer`.
pub const LOGRTC_FIELD_INT: i32 = 2;
/// An unsigned integer, `value.unsigned_integer`.
pub const LOGRTC_FIELD_UINT: i32 = 3;
/// A floating-point number, `value.number`. NaN and the infinities become strings.
pub const LOGRTC_FIELD_DOUBLE: i32 = 4;
/// A string, `value.text`, of `length` bytes.
pub const LOGRTC_FIELD_TEXT: i32 = 5;
/// One JSON value, `value.text`, of `length` bytes. Text that is not JSON becomes a string.
pub const LOGRTC_FIELD_JSON: i32 = 6;
/// An array of `length` values, `value.fields`, whose names are ignored.
pub const LOGRTC_FIELD_ARRAY: i32 = 7;
/// An object of `length` fields, `value.fields`.
pub const LOGRTC_FIELD_OBJECT: i32 = 8;

/// The value of a field. Which member is set depends on `kind`.
#[repr(C)]
#[derive(Clone, Copy)]
pub union logrtc_value {
    /// LOGRTC_FIELD_BOOL and LOGRTC_FIELD_INT.
    pub integer: i64,
    /// LOGRTC_FIELD_UINT.
    pub unsigned_integer: u64,
    /// LOGRTC_FIELD_DOUBLE.
    pub number: f64,
    /// LOGRTC_FIELD_TEXT and LOGRTC_FIELD_JSON.
    pub text: *const c_char,
    /// LOGRTC_FIELD_ARRAY and LOGRTC_FIELD_OBJECT.
    pub fields: *const logrtc_field,
}

/// A field: a name and a typed value. Make one with logrtc_int(), logrtc_text() and the other
/// functions that return it. A field points to its strings and nested fields, and does not own
/// them.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct logrtc_field {
    /// Not NUL-terminated.
    pub name: *const c_char,
    /// The length of `name` in bytes.
    pub name_length: usize,
    /// The value.
    pub value: logrtc_value,
    /// The length of a string in bytes; the number of nested fields.
    pub length: usize,
    /// One of LOGRTC_FIELD_…. A kind that the library does not know is logged as null.
    pub kind: c_int,
}

/// How deep fields may be nested: they may point to one another in a circle.
const MAX_DEPTH: usize = 32;

/// Encodes fields. What is wrong with one is noted; it is written all the same.
///
/// # Safety
/// `fields` is NULL or points to `count` fields, whose strings and nested fields are as they say.
pub(crate) unsafe fn read_fields(fields: *const logrtc_field, count: usize, repairs: &mut Repairs) -> Fields {
    let mut read = Fields::new();
    // SAFETY: the caller's promise is passed on.
    for field in unsafe { elements(fields, count, repairs) } {
        // SAFETY: as above.
        unsafe { write(field, read.member(&name(field, repairs)), repairs, 0) };
    }
    read
}

/// # Safety
/// As for [`read_fields`].
unsafe fn elements<'a>(fields: *const logrtc_field, count: usize, repairs: &mut Repairs) -> &'a [logrtc_field] {
    if count == 0 {
        return &[];
    }
    if fields.is_null() {
        repairs.note("fields: must not be NULL");
        return &[];
    }
    if count > isize::MAX.unsigned_abs() / size_of::<logrtc_field>() {
        repairs.note("fields: their count is more than memory can hold");
        return &[];
    }
    // SAFETY: it is not NULL, and the caller promises that there are so many.
    unsafe { std::slice::from_raw_parts(fields, count) }
}

/// # Safety
/// As for [`read_fields`].
unsafe fn name<'a>(field: &logrtc_field, repairs: &mut Repairs) -> std::borrow::Cow<'a, str> {
    // SAFETY: the caller's promise is passed on.
    let name = unsafe { text::counted(field.name, field.name_length, "fields: the name of a field") };
    repairs.or(name, Default::default)
}

/// # Safety
/// As for [`read_fields`].
unsafe fn write(field: &logrtc_field, place: ValueWriter<'_>, repairs: &mut Repairs, depth: usize) {
    // SAFETY: the caller promises that the member is set which the kind names, and that it points to what it should.
    unsafe {
        match field.kind {
            LOGRTC_FIELD_NULL => place.value(FieldValue::Null),
            LOGRTC_FIELD_BOOL => place.value(field.value.integer != 0),
            LOGRTC_FIELD_INT => place.value(field.value.integer),
            LOGRTC_FIELD_UINT => place.value(field.value.unsigned_integer),
            LOGRTC_FIELD_DOUBLE => place.value(field.value.number),
            LOGRTC_FIELD_TEXT | LOGRTC_FIELD_JSON if field.value.text.is_null() => place.value(FieldValue::Null),
            LOGRTC_FIELD_TEXT => place.value(&*value_text(field, repairs)),
            LOGRTC_FIELD_JSON => {
                if let Err(error) = place.json(&value_text(field, repairs)) {
                    repairs.note(format_args!("fields: {}: {error}", name(field, &mut Repairs::default())));
                }
            }
            LOGRTC_FIELD_ARRAY | LOGRTC_FIELD_OBJECT if depth == MAX_DEPTH => {
                repairs.note(format_args!("fields: nested deeper than {MAX_DEPTH}"));
                place.value("nested too deeply");
            }
            LOGRTC_FIELD_ARRAY => {
                let mut array: ArrayWriter<'_> = place.array();
                for element in elements(field.value.fields, field.length, repairs) {
                    write(element, array.element(), repairs, depth + 1);
                }
            }
            LOGRTC_FIELD_OBJECT => {
                let mut object: ObjectWriter<'_> = place.object();
                for member in elements(field.value.fields, field.length, repairs) {
                    write(member, object.member(&name(member, repairs)), repairs, depth + 1);
                }
            }
            kind => {
                repairs.note(format_args!("fields: {kind} is not a kind of field"));
                place.value(FieldValue::Null);
            }
        }
    }
}

/// # Safety
/// As for [`read_fields`].
unsafe fn value_text<'a>(field: &logrtc_field, repairs: &mut Repairs) -> std::borrow::Cow<'a, str> {
    // SAFETY: the kind is one whose value is a text, and the caller promises the rest.
    let text = unsafe { text::counted(field.value.text, field.length, "fields: the text of a field") };
    repairs.or(text, Default::default)
}
