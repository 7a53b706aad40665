//! The environment of the program.

/// The value of a variable; `None` if it is not set, or empty.
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
