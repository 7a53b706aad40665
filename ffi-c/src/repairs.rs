//! What is wrong with an entry that is logged all the same.

use std::fmt::Display;

use crate::status::Refusal;

/// The first argument of a log call that had to be replaced.
#[derive(Default)]
pub(crate) struct Repairs(Option<String>);

impl Repairs {
    pub(crate) fn note(&mut self, problem: impl Display) {
        self.0.get_or_insert_with(|| problem.to_string());
    }

    /// The value, or else the one that replaces it.
    pub(crate) fn or<T>(&mut self, read: Result<T, Refusal>, replacement: impl FnOnce() -> T) -> T {
        read.unwrap_or_else(|refusal| {
            self.note(refusal);
            replacement()
        })
    }

    /// What a call returns whose entry was logged.
    pub(crate) fn into_result(self) -> Result<(), Refusal> {
        self.0.map_or(Ok(()), |problem| Err(Refusal::repaired(problem)))
    }
}
