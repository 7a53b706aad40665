//! The native half of the npm package `logrtc`. What users import is `index.js`, which documents everything; this half
//! converts, calls the core, and converts back.
//!
//! Nothing here is shared between the environments (the main thread, each worker) that load it: a producer belongs to the
//! one that made it.

pub mod answers;
mod calls;
pub mod environment;
mod fields;
mod line;
mod options;
pub mod producer;
pub mod refusal;
pub mod server;
mod stats;
pub mod text;
