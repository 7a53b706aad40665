//! The name that was meant.

/// How alike two names must be, from 0 to 1, for one to be a misspelling of the other.
const LEAST_LIKENESS: f64 = 0.83;

/// The one of `known` that `written` most likely means, whatever its case.
pub(crate) fn nearest<'k>(written: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let plain = |name: &str| name.replace(['_', '-'], "").to_lowercase();
    let written = plain(written);
    known
        .into_iter()
        .map(|name| (strsim::jaro_winkler(&written, &plain(name)), name))
        .filter(|(likeness, _)| *likeness >= LEAST_LIKENESS)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelling_has_a_nearest_name_and_another_word_has_none() {
        let known = ["client_id", "max_entries", "max_bytes", "block_timeout", "secret", "closeTimeoutMs"];
        for (written, meant) in [
            ("clientId", Some("client_id")),
            ("max_entires", Some("max_entries")),
            ("closeTimeoutMS", Some("closeTimeoutMs")),
            ("max_byte", Some("max_bytes")),
            ("block_ms", Some("block_timeout")),
            ("colour", None),
            ("server", None),
            ("", None),
        ] {
            assert_eq!(nearest(written, known), meant, "{written}");
        }
    }
}
