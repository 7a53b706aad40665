//! Levels as programs write them.

use logrtc::Level;
use logrtc::binding::level_of_pino;

/// A level, and its own name if the level says less than it.
pub(super) type Named = (Level, Option<String>);

/// The level that a name means: those that logrtc knows, with an offset as Go's `slog` writes it (`INFO+2`), and the single
/// letters of glog and Android. The name is kept where it says more than the level.
pub(super) fn named(name: &str) -> Option<Named> {
    let name = name.trim();
    if let Some((level, original)) = Level::from_name(name) {
        return Some((level, original.map(str::to_owned)));
    }
    if let Some((base, offset)) = name.split_once(['+', '-'])
        && !offset.is_empty()
        && offset.bytes().all(|byte| byte.is_ascii_digit())
    {
        return Some((Level::from_name(base)?.0, Some(name.to_owned())));
    }
    match name {
        "D" | "V" | "T" => Some((Level::Debug, None)),
        "I" => Some((Level::Info, None)),
        "W" => Some((Level::Warn, None)),
        "E" | "F" => Some((Level::Error, None)),
        _ if name.eq_ignore_ascii_case("dpanic") => Some((Level::Error, Some(name.to_owned()))),
        _ if name.eq_ignore_ascii_case("information") => Some((Level::Info, None)),
        _ => None,
    }
}

/// The level that a number of pino or bunyan means. Beyond their range it is no level.
pub(super) fn numbered(number: u32) -> Option<Named> {
    let (level, name) = level_of_pino(f64::from(number));
    (1..=99).contains(&number).then(|| (level, name.map(str::to_owned)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_many_programs_are_levels() {
        for (name, level, original) in [
            ("info", Level::Info, None),
            ("WARNING", Level::Warn, None),
            ("fatal", Level::Error, Some("FATAL")),
            ("INFO+2", Level::Info, Some("INFO+2")),
            ("DEBUG-4", Level::Debug, Some("DEBUG-4")),
            ("W", Level::Warn, None),
        ] {
            assert_eq!(named(name), Some((level, original.map(str::to_owned))), "{name}");
        }
        for name in ["", "information overload", "x-1", "INFO+", "i"] {
            assert_eq!(named(name), None, "{name}");
        }
    }

    #[test]
    fn numbers_of_pino_are_levels() {
        assert_eq!(numbered(30), Some((Level::Info, None)));
        assert_eq!(numbered(35), Some((Level::Info, None)));
        assert_eq!(numbered(60), Some((Level::Error, Some("FATAL".to_owned()))));
        assert_eq!(numbered(0), None);
        assert_eq!(numbered(200), None);
    }
}
