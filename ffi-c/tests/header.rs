//! The header is what the documentation says: `make header` writes it, and this test fails where it is out of date.

#![allow(clippy::unwrap_used)]

use std::path::Path;

#[test]
fn the_header_is_up_to_date() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let committed = folder.join("../include/logrtc.h");
    let mut made = Vec::new();
    cbindgen::generate(folder).unwrap().write(&mut made);
    // What Rust says of its safety says the header's contract, for every function at once. And a number below zero
    // needs parentheses in a macro.
    let made = without_safety_sections(&String::from_utf8(made).unwrap()).replace(" -1\n", " (-1)\n");
    if std::env::var_os("LOGRTC_WRITE_HEADER").is_some() {
        std::fs::write(&committed, &made).unwrap();
    }
    assert!(std::fs::read_to_string(&committed).unwrap_or_default() == made, "include/logrtc.h: run `make header`");
}

fn without_safety_sections(header: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    let mut in_section = false;
    for line in header.lines() {
        let text = line.trim();
        if text == "* # Safety" {
            in_section = true;
            // The empty line before it.
            if lines.last().is_some_and(|last| last.trim() == "*") {
                lines.pop();
            }
        } else if text == "*/" {
            in_section = false;
        }
        if !in_section {
            lines.push(line);
        }
    }
    lines.join("\n") + "\n"
}
