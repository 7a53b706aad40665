use proptest::prelude::*;

use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn registry(max_consumers: usize) -> Registry<&'static str> {
    Registry::new(Instant::now(), max_consumers, Mids::new(fastrand::Rng::with_seed(7)))
}

/// Announces `id`, and gives it a place if it is due.
fn announce(registry: &mut Registry<&'static str>, now: Instant, id: &'static str) -> Option<Placed<&'static str>> {
    registry.announce(now, id);
    let due = registry.due(now)?;
    assert_eq!(due, id);
    Some(registry.place(now, id, id))
}

/// Gives `id`, which is announced, its place; returns its generation and the `mid` of its offer.
fn admit(registry: &mut Registry<&'static str>, id: &'static str) -> (u64, String) {
    let Placed { generation, mid, .. } = announce(registry, Instant::now(), id).expect("there is a place");
    (generation, mid)
}

/// The same, and its channel opens.
fn open(registry: &mut Registry<&'static str>, id: &'static str) -> u64 {
    let (generation, _) = admit(registry, id);
    registry.on_opened(Instant::now(), &opened(id, generation));
    generation
}

fn ids(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

fn opened(id: &str, generation: u64) -> Opened {
    Opened { consumer_id: id.to_owned(), generation }
}

fn ended(id: &str, generation: u64, reason: EndReason) -> Ended {
    let was_open = matches!(reason, EndReason::Stalled);
    Ended { consumer_id: id.to_owned(), generation, reason, was_open, is_unauthenticated: false }
}

#[test]
fn an_answer_finds_its_offer_by_its_mid_in_any_order() {
    let mut registry = registry(8);
    let mids: Vec<String> = ["a", "b", "c"].into_iter().map(|id| admit(&mut registry, id).1).collect();
    for (mid, id) in mids.iter().zip(["a", "b", "c"]).rev() {
        assert_eq!(registry.take_answer(&[], Some(mid), "u").unwrap().copied(), Some(id));
    }
}

#[test]
fn a_stale_answer_is_not_taken_for_one_to_a_new_offer() {
    let mut registry = registry(8);
    let (_, old) = admit(&mut registry, "a");
    let (_, new) = admit(&mut registry, "a");
    let (_, other) = admit(&mut registry, "b");
    assert!(registry.take_answer(&ids(&["a"]), Some(&old), "u").is_err(), "it is of the page before the reload");
    assert!(registry.take_answer(&ids(&["a"]), Some(&other), "u").is_err(), "it is of another consumer");
    assert_eq!(registry.take_answer(&ids(&["a"]), Some(&new), "u"), Ok(Some(&mut "a")));
    assert_eq!(registry.take_answer(&[], Some(&other), "u"), Ok(Some(&mut "b")));
}

#[test]
fn a_mid_of_no_offer_falls_back_to_names_and_then_to_the_oldest() {
    let mut registry = registry(8);
    for id in ["a", "b", "c"] {
        admit(&mut registry, id);
    }
    assert_eq!(registry.take_answer(&ids(&["nobody", "b"]), Some("data"), "u"), Ok(Some(&mut "b")));
    assert_eq!(registry.take_answer(&[], None, "1"), Ok(Some(&mut "a")));
    assert_eq!(registry.take_answer(&ids(&["server"]), None, "3"), Ok(Some(&mut "c")));
    assert_eq!(registry.take_answer(&[], None, "4"), Ok(None));
}

#[test]
fn a_known_id_is_a_page_loaded_anew() {
    let mut registry = registry(1);
    let first = open(&mut registry, "a");
    assert_eq!(announce(&mut registry, Instant::now(), "a").unwrap().replaced, Some("a"));
    registry.on_ended(Instant::now(), &ended("a", first, EndReason::Replaced));
    assert_eq!(registry.len(), 1, "the end of the old connection does not end the new");
}

#[test]
fn a_second_answer_changes_nothing() {
    let mut registry = registry(8);
    for id in ["a", "b"] {
        admit(&mut registry, id);
    }
    for (id, ufrag) in [("a", "ua"), ("b", "ub"), ("a", "other")] {
        registry.take_answer(&ids(&[id]), None, ufrag).unwrap();
    }
    assert_eq!(registry.for_candidate(&[], Some("ua")), Some(&mut "a"));
    assert_eq!(registry.for_candidate(&[], None), Some(&mut "b"), "the one answered last");
}

#[test]
fn a_candidate_goes_by_name_then_ufrag_then_last_answer() {
    let mut registry = registry(8);
    for id in ["a", "b", "c"] {
        admit(&mut registry, id);
    }
    assert_eq!(registry.for_candidate(&[], None), Some(&mut "a"), "before any answer, the one that waits longest");
    registry.take_answer(&[], None, "ua").unwrap();
    registry.take_answer(&[], None, "ub").unwrap();
    assert_eq!(registry.for_candidate(&ids(&["c"]), Some("ua")), Some(&mut "c"));
    assert_eq!(registry.for_candidate(&ids(&["server"]), Some("ua")), Some(&mut "a"));
    assert_eq!(registry.for_candidate(&[], Some("unknown")), Some(&mut "b"));
}

#[test]
fn one_that_loses_its_path_is_offered_another_and_one_that_closed_is_not() {
    let start = Instant::now();
    let mut registry = registry(8);
    for (id, reason, is_unauthenticated, comes_back) in [
        ("lost", EndReason::PathLost, false, true),
        ("stalled", EndReason::Stalled, false, true),
        ("closed", EndReason::ClosedByConsumer, false, false),
        ("flooded", EndReason::Flooded, false, false),
        ("flooded, perhaps by somebody else", EndReason::Flooded, true, true),
    ] {
        let (generation, mid) = admit(&mut registry, id);
        registry.take_answer(&[], Some(&mid), "u").unwrap();
        registry.on_ended(start, &Ended { is_unauthenticated, ..ended(id, generation, reason) });
        assert_eq!(registry.due(start + SECOND / 2), None);
        assert_eq!(registry.next_due(), comes_back.then_some(start + SECOND), "{id}");
        assert_eq!(registry.due(start + SECOND).is_some(), comes_back, "{id}");
        registry.on_unknown(id);
    }
}

#[test]
fn one_that_never_answers_is_offered_ten_connections_ever_more_rarely() {
    let mut now = Instant::now();
    let mut registry = registry(8);
    let (mut generation, _) = admit(&mut registry, "mute");
    let mut waits = Vec::new();
    loop {
        registry.on_ended(now, &ended("mute", generation, EndReason::OpenTimeout));
        assert_eq!(registry.due(now), None);
        let Some(due) = registry.next_due() else { break };
        waits.push((due - now).as_secs());
        now = due;
        assert_eq!(registry.due(now).as_deref(), Some("mute"));
        generation = registry.place(now, "mute", "mute").generation;
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 30, 30, 30, 30]);
    let generation = announce(&mut registry, now, "mute").unwrap().generation;
    registry.on_ended(now, &ended("mute", generation, EndReason::OpenTimeout));
    assert_eq!(registry.due(now), None);
    assert_eq!(registry.next_due(), Some(now + SECOND), "a new announcement is a new beginning");
}

#[test]
fn one_too_many_waits_for_a_place() {
    let now = Instant::now();
    let mut registry = registry(2);
    let first = open(&mut registry, "a");
    open(&mut registry, "b");
    assert!(announce(&mut registry, now, "c").is_none() && announce(&mut registry, now, "d").is_none());
    assert_eq!((registry.announce(now, "c"), registry.announce(now, "e")), (Announced::Known, Announced::New));
    assert_eq!((registry.due(now), registry.next_due()), (None, None));
    registry.on_ended(now, &ended("a", first, EndReason::ClosedByConsumer));
    assert_eq!(registry.due(now).as_deref(), Some("c"), "in the order in which they came");
    registry.on_departed(now, "c");
    assert_eq!(registry.due(now).as_deref(), Some("d"));
}

#[test]
fn one_that_does_not_open_gives_way_and_one_that_is_open_does_not() {
    let start = Instant::now();
    let mut registry = registry(3);
    open(&mut registry, "open");
    for id in ["slow", "slower"] {
        announce(&mut registry, start, id).unwrap();
    }
    assert_eq!(announce(&mut registry, start, "new"), None, "they have just come");
    assert_eq!(registry.next_due(), Some(start + OPENING_GRACE));

    let later = start + OPENING_GRACE;
    assert_eq!(registry.due(later).as_deref(), Some("new"));
    assert_eq!(registry.place(later, "new", "new").evicted, Some("slow"), "the one that has been opening for longest");
    // It has failed now: it is offered another connection, but nobody goes for it.
    registry.announce(later, "slow");
    assert_eq!((registry.due(later + 60 * SECOND), registry.next_due()), (None, None));
    // The other one goes for a newcomer, and one that failed before goes at once.
    registry.announce(later, "newer");
    assert_eq!(registry.place(later, "newer", "newer").evicted, Some("slower"));
    assert_eq!(registry.len(), 3);
}

#[test]
fn a_newcomer_is_served_before_those_that_failed() {
    let now = Instant::now();
    let mut registry = registry(2);
    let hostile: Vec<u64> = ["bad", "worse"].into_iter().map(|id| admit(&mut registry, id).0).collect();
    for (id, generation) in ["bad", "worse"].into_iter().zip(hostile) {
        registry.on_ended(now, &ended(id, generation, EndReason::OpenTimeout));
        registry.announce(now, id);
    }
    registry.announce(now, "good");
    assert_eq!(registry.due(now).as_deref(), Some("good"));
    registry.place(now, "good", "good");
    assert_eq!(registry.due(now).as_deref(), Some("bad"));
}

#[test]
fn one_that_comes_again_and_again_begins_at_a_limited_rate() {
    let start = Instant::now();
    let mut registry = registry(8);
    let mut begun = |seconds: u32| {
        let now = start + seconds * SECOND;
        (0..100).filter(|_| announce(&mut registry, now, "again").is_some()).count()
    };
    let first = begun(0);
    assert!((2..20).contains(&first), "{first}");
    assert_eq!(begun(2), 2);
    let due = registry.next_due().unwrap();
    assert!((start + 2 * SECOND..start + 4 * SECOND).contains(&due));
    assert_eq!(registry.due(due).as_deref(), Some("again"), "the last announcement is not lost");
}

#[test]
fn one_whose_signaling_ends_keeps_its_connection_and_gets_no_other() {
    let now = Instant::now();
    let mut registry = registry(8);
    let (generation, mid) = admit(&mut registry, "a");
    admit(&mut registry, "b");
    registry.take_answer(&[], Some(&mid), "u").unwrap();
    assert_eq!(registry.on_departed(now, "a"), None);
    assert_eq!(registry.departed("a"), Some(&"a"));
    assert_eq!(registry.on_departed(now, "b"), Some("b"), "nobody would answer");
    registry.on_ended(now, &ended("a", generation, EndReason::PathLost));
    assert_eq!((registry.len(), registry.due(now), registry.next_due()), (0, None, None));
}

proptest! {
    #[test]
    fn one_connection_for_an_id_and_never_too_many(
        max in 1_usize..4,
        steps in prop::collection::vec((0_u8..7, 0_usize..20, 0_u64..2000), 0..80),
    ) {
        let names: Vec<String> = ('a'..='t').map(String::from).collect();
        let mut now = Instant::now();
        let mut registry = Registry::new(now, max, Mids::new(fastrand::Rng::with_seed(7)));
        // The name, the generation, and whether it is open.
        let mut live: Vec<(usize, u64, bool)> = Vec::new();
        for (step, name, after_ms) in steps {
            now += Duration::from_millis(after_ms);
            let known = live.iter().position(|(known, ..)| *known == name);
            match (step, known) {
                (0..=2, _) => {
                    registry.announce(now, &names[name]);
                    while let Some(id) = registry.due(now) {
                        let placed = names.iter().position(|known| *known == id).unwrap();
                        let Placed { generation, replaced, evicted, .. } = registry.place(now, &id, placed);
                        let before = live.iter().position(|(known, ..)| *known == placed).map(|at| live.remove(at).0);
                        prop_assert_eq!(replaced, before);
                        if let Some(evicted) = evicted {
                            let at = live.iter().position(|(known, ..)| *known == evicted).unwrap();
                            prop_assert!(!live.remove(at).2, "an open one stays");
                        }
                        live.push((placed, generation, false));
                    }
                    prop_assert!(registry.next_due().is_none_or(|at| at > now), "who is due is served");
                }
                (3, Some(at)) => {
                    let (_, generation, _) = live.remove(at);
                    registry.on_ended(now, &ended(&names[name], generation, EndReason::PathLost));
                }
                (4, Some(at)) => {
                    live[at].2 = true;
                    registry.on_opened(now, &opened(&names[name], live[at].1));
                }
                (5, _) => {
                    if registry.on_departed(now, &names[name]).is_some() {
                        live.retain(|(known, ..)| *known != name);
                    }
                }
                _ => {
                    let answered = registry.take_answer(&[], None, "u").unwrap().copied();
                    prop_assert!(answered.is_none_or(|peer| live.iter().any(|(known, ..)| *known == peer)));
                }
            }
            prop_assert_eq!(registry.len(), live.len());
            prop_assert!(live.len() <= max && registry.waiting.len() <= max * WAITING_PER_PLACE);
        }
    }
}
