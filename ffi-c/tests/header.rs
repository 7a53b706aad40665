//! The header is what the documentation says: `make header` writes it, and this test fails where it is out of date.

#![allow(clippy::unwrap_used)]

use std::fmt::Write;
use std::path::Path;

/// The header from top to bottom: what each part is called, and the beginnings of the names that belong to it.
/// cbindgen writes all constants, then all types, then all functions; a reader wants together what is used together.
const SECTIONS: [(&str, &[&str]); 8] = [
    ("The version", &["LOGRTC_VERSION_", "logrtc_version"]),
    (
        "Statuses",
        &[
            "logrtc_status",
            "LOGRTC_OK",
            "LOGRTC_INVALID_ARGUMENT",
            "LOGRTC_CLOSED",
            "LOGRTC_TIMEOUT",
            "LOGRTC_DROPPED",
            "LOGRTC_INTERNAL",
            "LOGRTC_REPAIRED",
            "logrtc_last_error",
        ],
    ),
    ("Levels: how severe an entry is", &["LOGRTC_DEBUG", "LOGRTC_INFO", "LOGRTC_WARN", "LOGRTC_ERROR"]),
    (
        "States, events and callbacks",
        &[
            "LOGRTC_STATE_",
            "LOGRTC_EVENT_",
            "LOGRTC_END_",
            "logrtc_event",
            "logrtc_state_",
            "logrtc_diagnostics_callback",
            "logrtc_end_reason_string",
        ],
    ),
    (
        "Options",
        &[
            "LOGRTC_OVERFLOW_",
            "LOGRTC_REPLAY_",
            "logrtc_options_new",
            "logrtc_options_free",
            "logrtc_options_set_url",
            "logrtc_options_set_client_id",
            "logrtc_options_set_system_name",
            "logrtc_options_set_version",
            "logrtc_options_set_description",
            "logrtc_options_set_token",
            "logrtc_options_set_secret",
            "logrtc_options_set_ca_file",
            "logrtc_options_set_filter",
            "logrtc_options_set_level",
            "logrtc_options",
        ],
    ),
    (
        "The producer",
        &[
            "logrtc_producer",
            "logrtc_connect",
            "logrtc_wait_for_consumer",
            "logrtc_flush",
            "logrtc_position",
            "logrtc_close",
            "logrtc_get_",
            "logrtc_stats",
        ],
    ),
    ("Fields", &["LOGRTC_FIELD_", "logrtc_value", "logrtc_field"]),
    (
        "Logging",
        &["logrtc_span", "logrtc_log", "logrtc_send", "logrtc_enabled", "logrtc_count_filtered", "logrtc_set_"],
    ),
];

/// What a header has to hold itself: functions with a variable number of arguments, and those that make a struct.
const INLINE: &str = include_str!("../src/inline.h");

/// What `_n` means stands at the top of the header.
const COUNTED: &str = "/** The same, of `len` bytes. */";

const LINE_LENGTH: usize = 110;

#[test]
fn the_header_is_up_to_date() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let committed = folder.join("../include/logrtc.h");
    let mut generated = Vec::new();
    cbindgen::generate(folder).unwrap().write(&mut generated);
    let made = arrange(&String::from_utf8(generated).unwrap());
    if std::env::var_os("LOGRTC_WRITE_HEADER").is_some() {
        std::fs::write(&committed, &made).unwrap();
    }
    assert!(std::fs::read_to_string(&committed).unwrap_or_default() == made, "include/logrtc.h: run `make header`");
}

/// One declaration and its documentation.
struct Item {
    name: String,
    comment: String,
    declaration: String,
}

impl Item {
    fn is_function(&self) -> bool {
        self.declaration.ends_with(");") && !self.declaration.starts_with("typedef")
    }
}

fn arrange(generated: &str) -> String {
    let (top, rest) = generated.split_once("#include <stdint.h>\n").unwrap();
    let (declarations, bottom) = rest.split_once("#ifdef __cplusplus\n}").unwrap();
    let declarations = declarations.replace("#ifdef __cplusplus\nextern \"C\" {\n#endif // __cplusplus\n", "");
    let mut items: Vec<Item> = declarations.split("\n\n").filter(|text| !text.trim().is_empty()).map(item).collect();
    // Not in the library that is installed.
    items.retain(|item| item.name != "logrtc_test_panic");

    let mut header = top.replace("*/\n\n\n", "*/\n\n") + "#include <stdint.h>\n\n";
    header.push_str("#ifdef __cplusplus\nextern \"C\" {\n#endif\n");
    for (title, names) in SECTIONS {
        let place = |item: &Item| names.iter().position(|name| item.name.starts_with(name));
        let (mut section, others): (Vec<_>, Vec<_>) = items.into_iter().partition(|item| place(item).is_some());
        section.sort_by_key(|item| (item.is_function(), item.is_function().then(|| place(item))));
        items = others;
        write!(header, "\n/* {title} */\n").unwrap();
        let mut previous = "";
        for Item { name, comment, declaration } in &section {
            let is_one_of_a_list = declaration.starts_with("#define") && previous.starts_with("#define");
            if comment == COUNTED {
                writeln!(header, "{declaration}").unwrap();
            } else {
                let gap = if is_one_of_a_list { "" } else { "\n" };
                writeln!(header, "{gap}{comment}\n{declaration}").unwrap();
            }
            // An event is made by the library.
            if declaration.contains("size_t struct_size;") && name != "logrtc_event" {
                writeln!(header, "{}", initialiser(name, declaration)).unwrap();
            }
            previous = declaration;
        }
    }
    assert!(items.is_empty(), "{:?} belongs to no section", items.iter().map(|item| &item.name).collect::<Vec<_>>());
    let bottom = bottom.replace("  // extern \"C\"", "").replace("#endif  // __cplusplus", "#endif");
    header
        + "\n/* Formatted messages, and fields */\n\n"
        + INLINE
        + "\n#ifdef __cplusplus\n}"
        + &bottom.replace("#endif  /*", "#endif /*")
}

fn item(text: &str) -> Item {
    let mut comment = String::new();
    let mut declaration = String::new();
    let mut safety = false;
    let lines = text.trim_matches('\n').lines().collect::<Vec<_>>();
    let is_comment = |line: &str| line.starts_with("/**") || line.starts_with(" *");
    for line in lines {
        // What Rust says of its safety says the header's contract, for every function at once.
        safety = (safety || line == " * # Safety") && line != " */";
        if !safety {
            let part = if is_comment(line) { &mut comment } else { &mut declaration };
            writeln!(part, "{line}").unwrap();
        }
    }
    let comment = short_comments(comment.replace(" *\n */", " */").trim_end());
    let declaration = tidy(declaration.trim_end());
    Item { name: name(&declaration), comment, declaration }
}

/// A comment of one line takes one line.
fn short_comments(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        let ends = line.trim() == "*/";
        if ends && lines.len() >= 2 && lines[lines.len() - 2].trim() == "/**" {
            let body = lines.pop().unwrap();
            let open = lines.pop().unwrap();
            lines.push(format!("{open} {} */", body.trim().trim_start_matches("* ")));
        } else {
            lines.push(line.to_owned());
        }
    }
    lines.join("\n")
}

fn tidy(declaration: &str) -> String {
    if declaration.starts_with("#define") {
        // A number below zero needs parentheses in a macro.
        return declaration
            .split_once(" -")
            .map_or_else(|| declaration.to_owned(), |(name, n)| format!("{name} (-{n})"));
    }
    if declaration.contains('{') {
        return short_comments(declaration);
    }
    let joined = declaration.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    let joined = if joined.starts_with("typedef") { joined } else { joined.replace("struct logrtc_", "logrtc_") };
    if joined.len() <= LINE_LENGTH || joined.starts_with("typedef") {
        return joined;
    }
    let indent = " ".repeat(joined.find('(').unwrap() + 1);
    let mut lines = vec![String::new()];
    for parameter in joined.split_inclusive(", ") {
        if lines.last().unwrap().len() + parameter.trim_end().len() > LINE_LENGTH {
            lines.push(indent.clone());
        }
        lines.last_mut().unwrap().push_str(parameter);
    }
    lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n")
}

fn name(declaration: &str) -> String {
    let start = ["(*logrtc_", "} logrtc_", "#define LOGRTC_"].iter().find_map(|mark| declaration.find(mark));
    let start = start.or_else(|| declaration.find('(').and_then(|end| declaration[..end].rfind("logrtc_")));
    let start = start.unwrap_or_else(|| declaration.rfind("logrtc_").unwrap());
    let words = declaration[start..].split(|c: char| !c.is_alphanumeric() && c != '_');
    words.into_iter().find(|word| word.to_ascii_lowercase().starts_with("logrtc_")).unwrap().to_owned()
}

/// What such a struct is set to before it is passed.
fn initialiser(name: &str, declaration: &str) -> String {
    let members = declaration.lines().filter(|line| line.ends_with(';') && !line.starts_with('}'));
    let zeros: String = members.skip(1).map(|member| if member.contains('*') { ", NULL" } else { ", 0" }).collect();
    format!(
        "\n/** A {name} that is ready to be passed. */\n#define {}_INIT {{sizeof({name}){zeros}}}",
        name.to_ascii_uppercase()
    )
}
