//! The log page's work on bytes: inflates frames, finds the lines of a body and what the index needs of each, and searches.
//!
//! Built for `wasm32-unknown-unknown` and called by `store/engine/wasm.ts`, which passes bytes through the memory: a function
//! returns where a buffer lies, and the caller reads or writes there until its next call that makes the buffer anew.
//! The caller makes one engine and never frees it: it lives as long as its instance.

// Without the standard library the module is a third smaller.
#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

mod bytes;
mod engine;
mod entry;
mod escape;
mod exports;
mod find;
mod json;
mod needle;
mod scan;
mod terminal;
mod time;

#[cfg(target_arch = "wasm32")]
mod runtime;
