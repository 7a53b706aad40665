//! The program `logrtc`.

#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(logrtc_viewer::cli::run(std::env::args_os()))
}
