//! What is said of lost entries. No I/O.

use crate::consumer::GapReason;

pub(super) fn note(entries: u64, reason: GapReason) -> String {
    let what = if entries == 1 { "1 entry lost".to_owned() } else { format!("{entries} entries lost") };
    match reason {
        GapReason::Overflow => format!("{what} (journal was full)"),
        GapReason::Refused => format!("{what} (journal was full and refused them)"),
        GapReason::Oversize => format!("{what} (longer than a message may be)"),
        GapReason::Unknown => what,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_has_its_number_and_its_reason() {
        assert_eq!(note(12, GapReason::Overflow), "12 entries lost (journal was full)");
        assert_eq!(note(1, GapReason::Oversize), "1 entry lost (longer than a message may be)");
        assert_eq!(note(2, GapReason::Unknown), "2 entries lost");
    }
}
