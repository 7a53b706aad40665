use proptest::prelude::*;

use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn registry(max_consumers: usize) -> Registry<&'static str> {
    Registry::new(max_consumers, Mids::new(fastrand::Rng::with_seed(7)))
}

/// Admits `id`; returns its generation and the `mid` of its offer.
fn admit(registry: &mut Registry<&'static str>, id: &'static str) -> (u64, String) {
    match registry.admit(id, id) {
        Admission::Admitted { generation, mid, .. } => (generation, mid),
        Admission::Full => panic!("{id} has no place"),
    }
}

fn ids(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

fn ended(id: &str, generation: u64, reason: EndReason) -> Ended {
    let was_open = matches!(reason, EndReason::Stalled);
    Ended { consumer_id: id.to_owned(), generation, reason, was_open }
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
    let (first, _) = admit(&mut registry, "a");
    assert!(matches!(registry.admit("a", "a2"), Admission::Admitted { replaced: Some("a"), .. }));
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
    for (id, reason, comes_back) in [
        ("lost", EndReason::PathLost, true),
        ("stalled", EndReason::Stalled, true),
        ("closed", EndReason::ClosedByConsumer, false),
    ] {
        let (generation, mid) = admit(&mut registry, id);
        registry.take_answer(&[], Some(&mid), "u").unwrap();
        registry.on_ended(start, &ended(id, generation, reason));
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
        let Some(due) = registry.next_due() else { break };
        waits.push((due - now).as_secs());
        now = due;
        assert_eq!(registry.due(now).as_deref(), Some("mute"));
        let Admission::Admitted { generation: next, .. } = registry.admit_again("mute", "mute") else { panic!() };
        generation = next;
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 30, 30, 30, 30]);
    let (generation, _) = admit(&mut registry, "mute");
    registry.on_ended(now, &ended("mute", generation, EndReason::OpenTimeout));
    assert_eq!(registry.next_due(), Some(now + SECOND), "a new announcement is a new beginning");
}

#[test]
fn one_too_many_waits_for_a_place() {
    let now = Instant::now();
    let mut registry = registry(2);
    let (first, _) = admit(&mut registry, "a");
    admit(&mut registry, "b");
    assert_eq!(registry.admit("c", "c"), Admission::Full);
    assert_eq!(registry.admit("d", "d"), Admission::Full);
    assert_eq!((registry.due(now), registry.next_due()), (None, None));
    registry.on_ended(now, &ended("a", first, EndReason::ClosedByConsumer));
    assert_eq!(registry.due(now).as_deref(), Some("c"), "in the order in which they came");
    registry.on_departed("c");
    assert_eq!(registry.due(now).as_deref(), Some("d"));
}

#[test]
fn one_whose_signaling_ends_keeps_its_connection_and_gets_no_other() {
    let now = Instant::now();
    let mut registry = registry(8);
    let (generation, mid) = admit(&mut registry, "a");
    admit(&mut registry, "b");
    registry.take_answer(&[], Some(&mid), "u").unwrap();
    assert_eq!(registry.on_departed("a"), None);
    assert_eq!(registry.departed("a"), Some(&"a"));
    assert_eq!(registry.on_departed("b"), Some("b"), "nobody would answer");
    registry.on_ended(now, &ended("a", generation, EndReason::PathLost));
    assert_eq!((registry.len(), registry.next_due()), (0, None));
}

proptest! {
    #[test]
    fn one_connection_for_an_id_and_never_too_many(
        max in 1_usize..4,
        steps in prop::collection::vec((0_u8..5, 0_usize..6), 0..60),
    ) {
        let names = ["a", "b", "c", "d", "e", "f"];
        let mut registry = Registry::new(max, Mids::new(fastrand::Rng::with_seed(7)));
        let now = Instant::now();
        let mut live: Vec<(usize, u64)> = Vec::new();
        for (step, name) in steps {
            match step {
                0 | 1 => match registry.admit(names[name], name) {
                    Admission::Admitted { generation, replaced, .. } => {
                        let before = live.iter().position(|(known, _)| *known == name).map(|at| live.remove(at).0);
                        prop_assert_eq!(replaced, before);
                        live.push((name, generation));
                    }
                    Admission::Full => prop_assert!(live.len() == max),
                },
                2 => {
                    if let Some(at) = live.iter().position(|(known, _)| *known == name) {
                        let (_, generation) = live.remove(at);
                        registry.on_ended(now, &ended(names[name], generation, EndReason::PathLost));
                    }
                }
                3 => {
                    if registry.on_departed(names[name]).is_some() {
                        live.retain(|(known, _)| *known != name);
                    }
                }
                _ => {
                    let answered = registry.take_answer(&[], None, "u").unwrap().copied();
                    prop_assert!(answered.is_none_or(|peer| live.iter().any(|(known, _)| *known == peer)));
                }
            }
            prop_assert_eq!(registry.len(), live.len());
            prop_assert!(live.len() <= max && registry.absent.len() <= max);
            prop_assert_eq!(registry.absent.len(), registry.order.len());
        }
    }
}
