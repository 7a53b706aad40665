//! The name of the program: what a producer is called if nobody names it.

use std::path::Path;

use super::MAX_CLIENT_ID_BYTES;

/// What a program without a name is called.
const NAMELESS: &str = "program";

/// `given`, or else the name of the executable, as a valid `client_id`.
pub(super) fn usable(given: Option<String>) -> String {
    let name = given.or_else(|| std::env::args_os().next().as_deref().and_then(|path| stem(Path::new(path))));
    let mut name: String = name.unwrap_or_default().chars().filter(|character| !character.is_control()).collect();
    while name.len() > MAX_CLIENT_ID_BYTES {
        name.pop();
    }
    if name.trim().is_empty() { NAMELESS.to_owned() } else { name }
}

/// The file's name without the ending of an executable.
fn stem(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_string_lossy();
    Some(name.strip_suffix(".exe").unwrap_or(&name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_executable_has_its_own_name() {
        assert_eq!(stem(Path::new("/usr/bin/checkout")).as_deref(), Some("checkout"));
        assert_eq!(stem(Path::new("worker.exe")).as_deref(), Some("worker"));
        assert_eq!(stem(Path::new("app-1.2")).as_deref(), Some("app-1.2"));
        assert!(usable(None).starts_with("logrtc"), "{}", usable(None));
    }

    #[test]
    fn any_name_becomes_a_client_id() {
        assert_eq!(usable(Some("a\nb".into())), "ab");
        assert_eq!(usable(Some(" ".into())), NAMELESS);
        assert_eq!(usable(Some("\u{e9}".repeat(100))).len(), MAX_CLIENT_ID_BYTES);
    }
}
