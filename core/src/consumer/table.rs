//! The consumers with an open channel, for `stats`.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::gauge::Gauge;
use crate::journal::{CursorId, SharedJournal};
use crate::stats::ConsumerStats;

type Entries = BTreeMap<CursorId, (String, Arc<Gauge>)>;

#[derive(Debug, Default)]
pub(crate) struct ConsumerTable(Mutex<Entries>);

/// A place in the table, until it is dropped.
pub(crate) struct Listed {
    table: Arc<ConsumerTable>,
    cursor: CursorId,
}

impl Drop for Listed {
    fn drop(&mut self) {
        self.table.lock().remove(&self.cursor);
    }
}

impl ConsumerTable {
    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn list(self: &Arc<Self>, consumer_id: String, cursor: CursorId, gauge: Arc<Gauge>) -> Listed {
        self.lock().insert(cursor, (consumer_id, gauge));
        Listed { table: Arc::clone(self), cursor }
    }

    /// Their ids. A page that was loaded anew may be there twice for a moment.
    pub(crate) fn consumer_ids(&self) -> Vec<String> {
        self.lock().values().map(|(consumer_id, _)| consumer_id.clone()).collect()
    }

    pub(crate) fn stats(&self, journal: &SharedJournal) -> Vec<ConsumerStats> {
        let stats = |(cursor, (consumer_id, gauge)): (&CursorId, &(String, Arc<Gauge>))| {
            let (sent_bytes, buffered_amount, window_bytes) = gauge.get();
            ConsumerStats {
                consumer_id: consumer_id.clone(),
                counts: journal.counts(*cursor),
                sent_bytes,
                buffered_amount,
                window_bytes,
            }
        };
        self.lock().iter().map(stats).collect()
    }
}
