//! Lines on the standard streams, for programs that go on if nobody reads them.

use std::fmt::Display;
use std::io::{self, Write as _};

/// Writes a line to standard output.
///
/// # Errors
/// Those of writing.
pub(super) fn print_line(text: impl Display) -> io::Result<()> {
    writeln!(io::stdout(), "{text}")
}

/// Writes a line of logrtc's own to standard error. If that is closed or full, the line is dropped.
pub(super) fn say(text: impl Display) {
    let _ = writeln!(io::stderr(), "logrtc: {text}");
}
