//! Which entries are wanted: `info,app::db=debug`.

use std::str::FromStr;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{PoisonError, RwLock};

use crate::error::{Error, Result};
use crate::level::{LEVEL_NAMES, Level};
use crate::nearest::nearest;

/// A level as a filter has it: those of the wire, `TRACE` below them, and "nothing" above.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank(u8);

impl Rank {
    /// On the wire it is `DEBUG`, with `fields.level_name`.
    #[cfg_attr(not(any(feature = "log", feature = "tracing")), allow(dead_code))]
    pub(crate) const TRACE: Self = Self(0);
    const OFF: Self = Self(Level::Error as u8 + 2);

    /// The lowest level of the wire that it lets through; `None` for "nothing".
    fn level(self) -> Option<Level> {
        [Level::Debug, Level::Info, Level::Warn, Level::Error].into_iter().find(|level| Self::from(*level) >= self)
    }
}

impl From<Level> for Rank {
    fn from(level: Level) -> Self {
        Self(level as u8 + 1)
    }
}

/// Level and target directives, as text: `info,app::db=debug,hyper=off`.
///
/// A level is `trace`, `debug`, `info`, `warn`, `error` or `off`. `trace` is for the adapters of `tracing` and `log`, whose
/// TRACE is sent as DEBUG with the field `level_name`; `debug` leaves it out. The loggers of other languages exclude what is
/// below DEBUG by themselves. If a program lowers their level, such an entry is sent as DEBUG, and `debug` includes it.
///
/// A directive without a target is the default, `debug` if there is none. A target covers itself and what lies
/// below it (`app` covers `app`, `app::db` and `app.db`, not `apple`); the longest that covers wins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    default: Rank,
    /// The longest target first, so that the first that covers is the one that counts.
    targets: Vec<(String, Rank)>,
}

impl Filter {
    /// Wants `level` and above, of every target.
    pub fn at_least(level: Level) -> Self {
        Self { default: level.into(), targets: Vec::new() }
    }

    /// Wants nothing.
    pub fn off() -> Self {
        Self { default: Rank::OFF, targets: Vec::new() }
    }

    /// Whether an entry of `level` and `target` is wanted.
    pub fn enabled(&self, level: Level, target: &str) -> bool {
        self.allows(level.into(), target)
    }

    fn allows(&self, rank: Rank, target: &str) -> bool {
        rank >= self.least_rank(target)
    }

    /// The least level that is wanted of `target`; `None` if nothing is.
    pub(crate) fn least(&self, target: &str) -> Option<Level> {
        self.least_rank(target).level()
    }

    fn least_rank(&self, target: &str) -> Rank {
        self.targets.iter().find(|(covering, _)| covers(covering, target)).map_or(self.default, |(_, least)| *least)
    }

    fn with_default(&self, level: Level) -> Self {
        Self { default: level.into(), targets: self.targets.clone() }
    }

    /// The lowest level that any target wants; `None` if nothing is wanted of any.
    pub(crate) fn least_of_all(&self) -> Option<Level> {
        self.floor().level()
    }

    /// The lowest rank that any target wants.
    fn floor(&self) -> Rank {
        self.targets.iter().map(|(_, least)| *least).fold(self.default, Rank::min)
    }
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

fn least(name: &str) -> Result<Rank> {
    if name.eq_ignore_ascii_case("off") {
        return Ok(Rank::OFF);
    }
    if name.eq_ignore_ascii_case("trace") {
        return Ok(Rank::TRACE);
    }
    Level::from_name(name).map(|(level, _)| level.into()).ok_or_else(|| {
        let meant = nearest(name, LEVEL_NAMES).map_or_else(String::new, |meant| format!("; did you mean {meant}?"));
        let right = "use TRACE, DEBUG, INFO, WARN, ERROR or OFF, as in \"info,app::db=debug\"";
        Error::invalid("filter", format_args!("{name:?} is not a level; {right}{meant}"))
    })
}

/// A [`Filter`] that changes while it is asked: one atomic load if nothing so low is wanted of any target.
#[derive(Debug)]
pub(crate) struct LiveFilter {
    floor: AtomicU8,
    has_targets: AtomicBool,
    filter: RwLock<Filter>,
}

impl LiveFilter {
    pub(crate) fn new(filter: Filter) -> Self {
        let live = Self {
            floor: AtomicU8::new(Rank::OFF.0),
            has_targets: AtomicBool::new(false),
            filter: RwLock::new(Filter::off()),
        };
        live.set(filter);
        live
    }

    /// The lowest rank that any target wants.
    #[inline]
    pub(crate) fn floor(&self) -> Rank {
        Rank(self.floor.load(Ordering::Relaxed))
    }

    #[inline]
    pub(crate) fn allows(&self, rank: Rank, target: &str) -> bool {
        if rank < self.floor() {
            return false;
        }
        !self.has_targets.load(Ordering::Relaxed)
            || self.filter.read().unwrap_or_else(PoisonError::into_inner).allows(rank, target)
    }

    /// The same without waiting for a lock, which may be held for ever: rather too much than too little.
    pub(crate) fn allows_without_waiting(&self, rank: Rank, target: &str) -> bool {
        rank >= self.floor() && self.snapshot().is_none_or(|filter| filter.allows(rank, target))
    }

    /// The filter of the moment, if nobody holds its lock.
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
        self.floor.store(filter.floor().0, Ordering::Relaxed);
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
    fn trace_is_below_debug_and_off_by_default() {
        for (text, app, other) in
            [("", false, false), ("debug", false, false), ("trace", true, true), ("info,app=trace", true, false)]
        {
            let filter = filter(text);
            assert_eq!(
                (filter.allows(Rank::TRACE, "app"), filter.allows(Rank::TRACE, "other")),
                (app, other),
                "{text}"
            );
        }
        assert_eq!(filter("trace").least_of_all(), Some(Level::Debug));
    }

    #[test]
    fn wrong_directives_are_named() {
        assert!("inof".parse::<Filter>().unwrap_err().to_string().ends_with("; did you mean INFO?"));
        assert!("info,app=loud".parse::<Filter>().unwrap_err().to_string().starts_with("filter: \"loud\""));
        assert!("=info".parse::<Filter>().unwrap_err().to_string().contains("no target"));
    }

    #[test]
    fn a_live_filter_answers_as_its_filter_does() {
        let live = LiveFilter::new(filter("warn,app=debug"));
        let enabled = |level: Level, target| live.allows(level.into(), target);
        assert!(enabled(Level::Debug, "app"));
        assert!(!enabled(Level::Info, "other"));
        live.set_default(Level::Info);
        assert!(enabled(Level::Info, "other"));
        assert!(enabled(Level::Debug, "app"));
        live.set(Filter::off());
        assert!(!enabled(Level::Error, "app"));
    }
}
