use std::sync::Arc;

use super::*;
use crate::journal::Replay;

fn shared(entries: usize, overflow: Overflow) -> Arc<SharedJournal> {
    Arc::new(SharedJournal::new(Limits { entries, bytes: usize::MAX }, overflow))
}

fn append(journal: &SharedJournal) -> Append {
    journal.append(Level::Info, "t", b"x")
}

fn open(journal: &Arc<SharedJournal>) -> Cursor {
    Cursor::open(journal, |oldest, end| Replay::All.first(oldest, end))
}

#[test]
fn drop_newest_refuses_only_what_would_cost_somebody_an_entry() {
    let journal = shared(2, Overflow::DropNewest);
    assert_eq!([append(&journal), append(&journal)], [Append::Accepted; 2]);
    assert_eq!(append(&journal), Append::Refused, "nobody has read anything");
    let cursor = open(&journal);
    assert_eq!(append(&journal), Append::Refused, "the consumer has yet to read the oldest");
    cursor.update(|account| account.depart(1, 1));
    assert_eq!(append(&journal), Append::Accepted);
    let totals = journal.totals();
    assert_eq!((totals.accepted, totals.refused, totals.next), (3, 2, 5));
    assert!(matches!(journal.read(2), Found::Refused(seqs) if seqs == (2..4)));
}

#[test]
fn block_waits_for_a_consumer_that_is_behind_and_for_nobody_else() {
    let journal = shared(1, Overflow::Block(Duration::from_secs(60)));
    assert_eq!([append(&journal), append(&journal)], [Append::Accepted; 2], "nobody is connected");
    let cursor = open(&journal);
    let writer = std::thread::spawn({
        let journal = Arc::clone(&journal);
        move || append(&journal)
    });
    cursor.update(|account| account.depart(2, 1));
    assert_eq!(writer.join().unwrap(), Append::Accepted);
}

#[test]
fn block_refuses_after_its_limit() {
    let journal = shared(1, Overflow::Block(Duration::from_millis(20)));
    let _cursor = open(&journal);
    assert_eq!([append(&journal), append(&journal)], [Append::Accepted, Append::Refused]);
}

#[test]
fn close_releases_who_waits() {
    let journal = shared(1, Overflow::Block(Duration::from_secs(60)));
    let _cursor = open(&journal);
    append(&journal);
    let writer = std::thread::spawn({
        let journal = Arc::clone(&journal);
        move || append(&journal)
    });
    journal.close();
    assert_eq!(writer.join().unwrap(), Append::Closed);
}

#[tokio::test(start_paused = true)]
async fn what_is_new_is_published_once_for_all_at_a_pace() {
    let journal = shared(1000, Overflow::DropOldest);
    let publisher = tokio::spawn({
        let journal = Arc::clone(&journal);
        async move { journal.keep_publishing().await }
    });
    append(&journal);
    assert!(matches!(journal.read(0), Found::Nothing), "nobody has waited for it yet");
    journal.readable(0).await;
    let Found::Block(part) = journal.read(0) else { panic!("it is published") };
    let Found::Block(same) = journal.read(0) else { panic!("it is published") };
    assert!(Arc::ptr_eq(&part, &same), "it is made once");
    append(&journal);
    append(&journal);
    journal.readable(1).await;
    let Found::Block(next) = journal.read(1) else { panic!("it is published") };
    assert_eq!((next.first(), next.end()), (1, 3), "what came meanwhile travels together");
    for _ in 0..10 {
        let end = journal.totals().next;
        append(&journal);
        journal.readable(end).await;
    }
    let Found::Block(copy) = journal.read(0) else { panic!("it is held") };
    assert_eq!((copy.first(), copy.end()), (0, 13), "who is far behind gets its own copy");
    publisher.abort();
}
