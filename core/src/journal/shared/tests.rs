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
    journal.readable(0, Some(Level::Debug)).await;
    let Found::Block(part) = journal.read(0) else { panic!("it is published") };
    let Found::Block(same) = journal.read(0) else { panic!("it is published") };
    assert!(Arc::ptr_eq(&part, &same), "it is made once");
    append(&journal);
    append(&journal);
    journal.readable(1, Some(Level::Debug)).await;
    let Found::Block(next) = journal.read(1) else { panic!("it is published") };
    assert_eq!((next.first(), next.end()), (1, 3), "what came meanwhile travels together");
    for _ in 0..10 {
        let end = journal.totals().next;
        append(&journal);
        journal.readable(end, Some(Level::Debug)).await;
    }
    let Found::Block(copy) = journal.read(0) else { panic!("it is held") };
    assert_eq!((copy.first(), copy.end()), (0, 13), "who is far behind gets its own copy");
    publisher.abort();
}

#[tokio::test(start_paused = true)]
async fn a_reader_is_woken_at_once_for_its_levels_alone() {
    let journal = shared(1000, Overflow::DropOldest);
    let publisher = tokio::spawn({
        let journal = Arc::clone(&journal);
        async move { journal.keep_publishing().await }
    });
    let follower = tokio::spawn({
        let journal = Arc::clone(&journal);
        async move {
            for seq in 0..1000 {
                journal.readable(seq, Some(Level::Debug)).await;
            }
        }
    });
    let waits = async |least: Option<Level>, level: Level| {
        let end = journal.totals().next;
        let since = tokio::time::Instant::now();
        let waiting = journal.readable(end, least);
        tokio::join!(waiting, async {
            tokio::time::sleep(Duration::from_millis(5)).await;
            journal.append(level, "t", b"{}");
        });
        since.elapsed() - Duration::from_millis(5)
    };
    for (least, level, at_most_ms) in [
        (Some(Level::Debug), Level::Debug, 2),
        (Some(Level::Warn), Level::Error, 2),
        (Some(Level::Warn), Level::Warn, 2),
        (Some(Level::Warn), Level::Info, 250),
        (None, Level::Error, 250),
    ] {
        let waited = waits(least, level).await;
        assert!(waited <= Duration::from_millis(at_most_ms), "{least:?}, {level:?}: {waited:?}");
        assert!(at_most_ms == 2 || waited > Duration::from_millis(20), "{least:?}, {level:?}: {waited:?}");
    }

    let end = journal.totals().next;
    let since = tokio::time::Instant::now();
    append(&journal);
    tokio::join!(journal.readable(end, None), journal.flush_async(end + 1, Duration::from_secs(1)));
    assert!(since.elapsed() < Duration::from_millis(10), "somebody waits for it: {:?}", since.elapsed());
    follower.abort();
    publisher.abort();
}
