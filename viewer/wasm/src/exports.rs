//! What the module exports. Every `engine` is a pointer that [`engine_new`] returned; lengths are in bytes.

use alloc::boxed::Box;

use crate::engine::Engine;

/// What [`engine_inflate`] returns for an input that cannot be inflated.
const FAILED: usize = usize::MAX;

/// Makes an engine.
#[unsafe(no_mangle)]
extern "C" fn engine_new() -> *mut Engine {
    Box::into_raw(Box::default())
}

/// Makes the input `length` bytes long. Returns where the caller has to write it.
///
/// # Safety
/// As for all of these: `engine` came from `engine_new`, and no other call is running.
#[unsafe(no_mangle)]
unsafe extern "C" fn engine_input(engine: *mut Engine, length: usize) -> *mut u8 {
    let engine = unsafe { get(engine) };
    engine.input.resize(length, 0);
    engine.input.as_mut_ptr()
}

/// Makes the body of what is inflated of the input. Returns its length, or `FAILED`.
#[unsafe(no_mangle)]
unsafe extern "C" fn engine_inflate(engine: *mut Engine, max_bytes: usize) -> usize {
    unsafe { get(engine) }.inflate(max_bytes).unwrap_or(FAILED)
}

/// Makes the body `length` bytes long. Returns where the caller has to write it.
#[unsafe(no_mangle)]
unsafe extern "C" fn engine_body_for(engine: *mut Engine, length: usize) -> *mut u8 {
    unsafe { get(engine) }.body_for(length).as_mut_ptr()
}

/// Where the body lies.
#[unsafe(no_mangle)]
unsafe extern "C" fn engine_body(engine: *mut Engine) -> *const u8 {
    unsafe { get(engine) }.body().as_ptr()
}

/// Scans the body from `start` on. Returns how many lines it has.
#[unsafe(no_mangle)]
unsafe extern "C" fn engine_scan(engine: *mut Engine, start: usize) -> usize {
    unsafe { get(engine) }.scan(start)
}

/// Where a column of the last scan lies, by its number in `Columns`.
#[unsafe(no_mangle)]
unsafe extern "C" fn engine_column(engine: *mut Engine, column: u32) -> *const u8 {
    let columns = unsafe { &get(engine).columns };
    match column {
        0 => columns.starts.as_ptr().cast(),
        1 => columns.ends.as_ptr().cast(),
        2 => columns.levels.as_ptr(),
        3 => columns.times.as_ptr().cast(),
        4 => columns.target_starts.as_ptr().cast(),
        5 => columns.target_ends.as_ptr().cast(),
        _ => columns.traces.as_ptr().cast(),
    }
}

/// Takes what to look for from the input: the text, the text as JSON writes it, and pairs of letters; see `Needle`.
#[unsafe(no_mangle)]
unsafe extern "C" fn engine_needle(engine: *mut Engine, plain: usize, escaped: usize, ignores_case: u32) {
    unsafe { get(engine) }.set_needle(plain, escaped, ignores_case != 0);
}

/// Searches the body from `start` on. Returns how many lines have the needle.
#[unsafe(no_mangle)]
unsafe extern "C" fn engine_find(engine: *mut Engine, start: usize) -> usize {
    unsafe { get(engine) }.find(start)
}

/// Where the indexes of those lines lie.
#[unsafe(no_mangle)]
unsafe extern "C" fn engine_hits(engine: *mut Engine) -> *const u32 {
    unsafe { get(engine) }.hits.as_ptr()
}

/// # Safety
/// See `engine_input`.
unsafe fn get<'a>(engine: *mut Engine) -> &'a mut Engine {
    // SAFETY: the caller passes a pointer that `Box::into_raw` returned and that is never freed; the module has one thread,
    // and imports nothing that could call it back, so that there is no other reference.
    unsafe { &mut *engine }
}
