//! What the benchmarks need in Rust.
//!
//! `logrtc-bench drain URL [KEY=VALUE]…` is a consumer, or many, in one process. `logrtc-bench calls KIND THREADS COUNT URL`
//! measures log calls. Both write lines of JSON.

#![forbid(unsafe_code)]

mod calls;
mod drain;

use std::error::Error;
use std::io::Write;

use serde_json::Value;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

const USAGE: &str = "usage: logrtc-bench drain URL [KEY=VALUE]… | calls KIND THREADS COUNT URL";

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["drain", url, ref options @ ..] => drain::run(url, options),
        ["calls", kind, threads, count, url] => calls::run(kind, threads.parse()?, count.parse()?, url),
        _ => Err(USAGE.into()),
    }
}

fn say(line: &Value) {
    let mut out = std::io::stdout().lock();
    // Nobody is left to tell if the benchmark has gone.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
