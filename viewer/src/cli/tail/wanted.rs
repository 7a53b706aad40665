//! Which entries are shown. No I/O.

use logrtc::Filter;
use regex::Regex;

use super::entry::Entry;
use super::format::push_searchable;

pub(super) struct Wanted {
    filter: Filter,
    grep: Option<Regex>,
    searchable: String,
}

impl Wanted {
    pub(super) fn new(filter: Filter, grep: Option<Regex>) -> Self {
        Self { filter, grep, searchable: String::new() }
    }

    pub(super) fn wants(&mut self, entry: &Entry<'_>) -> bool {
        if !self.filter.enabled(entry.level(), &entry.target) {
            return false;
        }
        let Some(grep) = &self.grep else { return true };
        self.searchable.clear();
        push_searchable(&mut self.searchable, entry);
        grep.is_match(&self.searchable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_the_filter_and_the_pattern_have_to_want_it() {
        let entry = r#"{"timestamp":"t","level":"INFO","target":"app::db","message":"slow","fields":{"ms":812}}"#;
        for (filter, grep, expected) in [
            ("", None, true),
            ("warn", None, false),
            ("warn,app=info", None, true),
            ("", Some("ms=8\\d\\d$"), true),
            ("", Some("^app::db: slow"), true),
            ("", Some("fast"), false),
            ("warn", Some("slow"), false),
        ] {
            let grep = grep.map(|pattern| Regex::new(pattern).unwrap());
            let mut wanted = Wanted::new(filter.parse().unwrap(), grep.clone());
            assert_eq!(wanted.wants(&Entry::parse(entry).unwrap()), expected, "{filter:?} {grep:?}");
        }
    }
}
