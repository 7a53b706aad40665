//! What the module exports. Lengths are in bytes.
//!
//! Every `engine` is a pointer that [`engine_new`] returned, and was never freed. The module has one thread, and imports
//! nothing that could call it back: while a function runs, it has the only reference.

use alloc::boxed::Box;

use crate::engine::Engine;

/// What [`engine_inflate`] returns for an input that cannot be inflated.
const FAILED: usize = usize::MAX;

/// Makes an engine.
#[unsafe(no_mangle)]
extern "C" fn engine_new() -> Box<Engine> {
    Box::default()
}

/// Makes the input `length` bytes long. Returns where the caller has to write it.
#[unsafe(no_mangle)]
extern "C" fn engine_input(engine: &mut Engine, length: usize) -> *mut u8 {
    engine.input.resize(length, 0);
    engine.input.as_mut_ptr()
}

/// Makes the body of what is inflated of the input. Returns its length, or `FAILED`.
#[unsafe(no_mangle)]
extern "C" fn engine_inflate(engine: &mut Engine, max_bytes: usize) -> usize {
    engine.inflate(max_bytes).unwrap_or(FAILED)
}

/// Makes the body `length` bytes long. Returns where the caller has to write it.
#[unsafe(no_mangle)]
extern "C" fn engine_body_for(engine: &mut Engine, length: usize) -> *mut u8 {
    engine.body_for(length).as_mut_ptr()
}

/// Returns where the body lies.
#[unsafe(no_mangle)]
extern "C" fn engine_body(engine: &mut Engine) -> *const u8 {
    engine.body().as_ptr()
}

/// Scans the body from `start` on. Returns how many lines it has.
#[unsafe(no_mangle)]
extern "C" fn engine_scan(engine: &mut Engine, start: usize) -> usize {
    engine.scan(start)
}

/// Returns where a column of the last scan lies, by its number in `Columns`.
#[unsafe(no_mangle)]
extern "C" fn engine_column(engine: &mut Engine, column: u32) -> *const u8 {
    let columns = &engine.columns;
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
extern "C" fn engine_needle(engine: &mut Engine, plain: usize, escaped: usize, ignores_case: u32) {
    engine.set_needle(plain, escaped, ignores_case != 0);
}

/// Searches the body from `start` on. Returns how many lines have the needle.
#[unsafe(no_mangle)]
extern "C" fn engine_find(engine: &mut Engine, start: usize) -> usize {
    engine.find(start)
}

/// Returns where the indexes of those lines lie.
#[unsafe(no_mangle)]
extern "C" fn engine_hits(engine: &mut Engine) -> *const u32 {
    engine.hits.as_ptr()
}
