//! Which entries are wanted: `info,app::db=debug`.

use std::str::FromStr;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{PoisonError, RwLock};

use crate::error::{Error, Result};
use crate::level::Level;

/// The number that stands for "nothing is wanted"; the others are the levels.
const OFF: u8 = Level::Error as u8 + 1;

/// Level and target directives, as text: `info,app::db=debug,hyper=off`.
///
/// A directive without a target is the default, `debug` where there is none. A target covers itself and what lies
/// below it (`app` covers `app`, `app::db` and `app.db`, not `apple`); the longest that covers wins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    default: u8,
    /// The longest target first, so that the first that covers is the one that counts.
    targets: Vec<(String, u8)>,
}

impl Filter {
    /// Wants `level` and above, of every target.
    pub fn at_least(level: Level) -> Self {
        Self { default: level as u8, targets: Vec::new() }
    }

    /// Wants nothing.
    pub fn off() -> Self {
        Self { default: OFF, targets: Vec::new() }
    }

    /// Whether an entry of `level` and `target` is wanted.
    pub fn enabled(&self, level: Level, target: &str) -> bool {
        level as u8 >= self.least_number(target)
    }

    /// The least level that is wanted of `target`; `None` where nothing is.
    pub(crate) fn least(&self, target: &str) -> Option<Level> {
        level_from(self.least_number(target))
    }

    /// The same, as a number.
    fn least_number(&self, target: &str) -> u8 {
        self.targets.iter().find(|(covering, _)| covers(covering, target)).map_or(self.default, |(_, least)| *least)
    }

    fn with_default(&self, level: Level) -> Self {
        Self { default: level as u8, targets: self.targets.clone() }
    }

    /// The lowest level that any target wants; `None` if nothing is wanted of any.
    pub(crate) fn least_of_all(&self) -> Option<Level> {
        level_from(self.floor())
    }

    /// The lowest level that any target wants, as a number.
    fn floor(&self) -> u8 {
        self.targets.iter().map(|(_, least)| *least).fold(self.default, u8::min)
    }
}

/// The lowest level that a number lets through; `None` for the one that stands for "nothing".
fn level_from(least: u8) -> Option<Level> {
    [Level::Debug, Level::Info, Level::Warn, Level::Error].into_iter().find(|level| *level as u8 >= least)
}

fn covers(covering: &str, target: &str) -> bool {
    target
        .strip_prefix(covering)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(|next: char| !next.is_alphanumeric() && next != '_'))
}

impl FromStr for Filter {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut filter = Self::at_least(Level::Debug);
        for directive in text.split(',').map(str::trim).filter(|directive| !directive.is_empty()) {
            match directive.split_once('=') {
                None => filter.default = least(directive)?,
                Some((target, _)) if target.trim().is_empty() => {
                    return Err(Error::invalid("filter", format_args!("{directive:?} has no target before the =")));
                }
                Some((target, level)) => filter.targets.push((target.trim().to_owned(), least(level.trim())?)),
            }
        }
        filter.targets.sort_by_key(|(target, _)| std::cmp::Reverse(target.len()));
        Ok(filter)
    }
}

fn least(name: &str) -> Result<u8> {
    if name.eq_ignore_ascii_case("off") {
        return Ok(OFF);
    }
    Level::from_name(name).map(|(level, _)| level as u8).ok_or_else(|| {
        Error::invalid(
            "filter",
            format_args!("{name:?} is not a level; use DEBUG, INFO, WARN, ERROR or OFF, as in \"info,app::db=debug\""),
        )
    })
}

/// A [`Filter`] that changes while it is asked: one atomic load where nothing so low is wanted of any target.
#[derive(Debug)]
pub(crate) struct LiveFilter {
    floor: AtomicU8,
    has_targets: AtomicBool,
    filter: RwLock<Filter>,
}

impl LiveFilter {
    pub(crate) fn new(filter: Filter) -> Self {
        let live =
            Self { floor: AtomicU8::new(OFF), has_targets: AtomicBool::new(false), filter: RwLock::new(Filter::off()) };
        live.set(filter);
        live
    }

    #[inline]
    pub(crate) fn enabled_for_any_target(&self, level: Level) -> bool {
        level as u8 >= self.floor.load(Ordering::Relaxed)
    }

    #[inline]
    pub(crate) fn enabled(&self, level: Level, target: &str) -> bool {
        if !self.enabled_for_any_target(level) {
            return false;
        }
        !self.has_targets.load(Ordering::Relaxed)
            || self.filter.read().unwrap_or_else(PoisonError::into_inner).enabled(level, target)
    }

    /// The same for who must not wait for a lock, for it may be held for ever: rather too much than too little.
    pub(crate) fn enabled_without_waiting(&self, level: Level, target: &str) -> bool {
        self.enabled_for_any_target(level) && self.snapshot().is_none_or(|filter| filter.enabled(level, target))
    }

    /// The filter of the moment, where nobody holds its lock.
    pub(crate) fn snapshot(&self) -> Option<Filter> {
        self.filter.try_read().ok().map(|filter| filter.clone())
    }

    pub(crate) fn set(&self, filter: Filter) {
        self.replace(|_| filter);
    }

    pub(crate) fn set_default(&self, level: Level) {
        self.replace(|filter| filter.with_default(level));
    }

    fn replace(&self, change: impl FnOnce(&Filter) -> Filter) {
        let mut filter = self.filter.write().unwrap_or_else(PoisonError::into_inner);
        *filter = change(&filter);
        self.has_targets.store(!filter.targets.is_empty(), Ordering::Relaxed);
        self.floor.store(filter.floor(), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(text: &str) -> Filter {
        text.parse().unwrap()
    }

    #[test]
    fn the_longest_target_that_covers_wins() {
        let filter = filter("info, app=warn ,app::db=debug,hyper=off");
        for (level, target, wanted) in [
            (Level::Info, "other", true),
            (Level::Debug, "other", false),
            (Level::Info, "app", false),
            (Level::Warn, "app::http", true),
            (Level::Info, "apple", true),
            (Level::Debug, "app::db::pool", true),
            (Level::Debug, "app.db", false),
            (Level::Error, "hyper", false),
        ] {
            assert_eq!(filter.enabled(level, target), wanted, "{level} {target}");
        }
    }

    #[test]
    fn without_a_directive_everything_is_wanted() {
        assert!(filter("").enabled(Level::Debug, ""));
        assert!(!filter("off").enabled(Level::Error, ""));
        assert!(filter("off,app=trace").enabled(Level::Debug, "app.sub"));
    }

    #[test]
    fn wrong_directives_are_named() {
        assert!("info,app=loud".parse::<Filter>().unwrap_err().to_string().starts_with("filter: \"loud\""));
        assert!("=info".parse::<Filter>().unwrap_err().to_string().contains("no target"));
    }

    #[test]
    fn a_live_filter_answers_as_its_filter_does() {
        let live = LiveFilter::new(filter("warn,app=debug"));
        assert!(live.enabled(Level::Debug, "app"));
        assert!(!live.enabled(Level::Info, "other"));
        live.set_default(Level::Info);
        assert!(live.enabled(Level::Info, "other"));
        assert!(live.enabled(Level::Debug, "app"));
        live.set(Filter::off());
        assert!(!live.enabled(Level::Error, "app"));
    }
}
