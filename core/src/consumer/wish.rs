//! Which entries one consumer wants. No I/O.

use std::ops::Range;
use std::sync::Arc;

use crate::filter::Filter;
use crate::journal::Block;
use crate::level::Level;

/// The longest filter of a consumer, in bytes, and the most directives that it may have.
const MAX_FILTER_BYTES: usize = 1024;
const MAX_DIRECTIVES: usize = 64;

/// A level and a filter that must both pass an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wish {
    least: Level,
    filter: Filter,
    /// Equal for wishes that are equal.
    key: Arc<str>,
}

impl Wish {
    /// What a consumer asks for; `None` if it wants everything.
    pub(crate) fn parse(level: Option<&str>, filter: Option<&str>) -> Result<Option<Self>, WishError> {
        let least = level.map_or(Ok(Level::Debug), str::parse)?;
        let text = filter.unwrap_or_default();
        if text.len() > MAX_FILTER_BYTES || text.split(',').count() > MAX_DIRECTIVES {
            return Err(WishError::TooLong);
        }
        let parsed: Filter = text.parse()?;
        if least == Level::Debug && parsed == Filter::at_least(Level::Debug) {
            return Ok(None);
        }
        Ok(Some(Self { least, filter: parsed, key: format!("{} {text}", least.as_str()).into() }))
    }

    pub(crate) fn key(&self) -> &Arc<str> {
        &self.key
    }

    /// The lowest level that can be wanted; `None` if nothing can.
    pub(crate) fn least(&self) -> Option<Level> {
        self.filter.least_of_all().map(|least| least.max(self.least))
    }

    /// The runs of wanted entries among `seqs` of `block`. Each target is looked at once.
    pub(crate) fn wanted(&self, block: &Block, seqs: Range<u64>) -> Vec<Range<u64>> {
        let mut known: Vec<Option<Option<Level>>> = vec![None; block.targets().len()];
        let mut runs: Vec<Range<u64>> = Vec::new();
        for seq in seqs {
            let (level, target) = block.kind(seq);
            let least = *known[target].get_or_insert_with(|| self.filter.least(&block.targets()[target]));
            if level < self.least || least.is_none_or(|least| level < least) {
                continue;
            }
            match runs.last_mut() {
                Some(run) if run.end == seq => run.end += 1,
                _ => runs.push(seq..seq + 1),
            }
        }
        runs
    }
}

/// What is wrong with which value.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WishError {
    #[error("filter: has at most {} bytes and {} directives", MAX_FILTER_BYTES, MAX_DIRECTIVES)]
    TooLong,
    /// A level or a directive that means nothing.
    #[error(transparent)]
    Invalid(#[from] crate::error::Error),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn level_and_filter_must_both_pass() {
        let mut block = Block::new(5, 0);
        let entries = [(Level::Debug, "app::db"), (Level::Info, "app"), (Level::Warn, "hyper"), (Level::Warn, "app")];
        for (level, target) in entries {
            block.push(level, target, b"{}", usize::MAX);
        }
        let wanted = |level, filter| {
            let runs = Wish::parse(level, filter).unwrap().unwrap().wanted(&block, 5..9);
            runs.into_iter().map(|run| (run.start, run.end)).collect::<Vec<_>>()
        };
        assert_eq!(wanted(Some("info"), None), [(6, 9)]);
        assert_eq!(wanted(None, Some("warn,app::db=debug,hyper=off")), [(5, 6), (8, 9)]);
        assert_eq!(wanted(Some("WARN"), Some("warn,app::db=debug,hyper=off")), [(8, 9)]);
        assert_eq!(wanted(None, Some("off")), []);
    }

    #[test]
    fn the_lowest_level_that_can_be_wanted_is_known() {
        let least = |level, filter| Wish::parse(level, filter).unwrap().unwrap().least();
        assert_eq!(least(Some("WARN"), None), Some(Level::Warn));
        assert_eq!(least(Some("INFO"), Some("error,app=debug")), Some(Level::Info));
        assert_eq!(least(None, Some("off,app=error")), Some(Level::Error));
        assert_eq!(least(None, Some("off")), None);
    }

    #[test]
    fn who_asks_for_everything_has_no_wish() {
        assert_eq!(Wish::parse(None, None), Ok(None));
        assert_eq!(Wish::parse(Some("debug"), Some("")), Ok(None));
        assert_eq!(Wish::parse(None, Some("debug")), Ok(None));
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert_eq!(
            Wish::parse(Some("loud"), None).unwrap_err().to_string(),
            "level: \"loud\" is not a level; use DEBUG, INFO, WARN or ERROR"
        );
        assert!(Wish::parse(None, Some("app=loud")).unwrap_err().to_string().contains("loud"));
        let long = "a=info,".repeat(65);
        assert!(Wish::parse(None, Some(&long)).unwrap_err().to_string().contains("64 directives"));
    }
}
