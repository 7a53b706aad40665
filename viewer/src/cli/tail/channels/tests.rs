use super::*;

fn milliseconds(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

fn open(channels: &mut Channels, producer: &str, session: &str, now: Instant) -> Option<&'static str> {
    let replay = channels.states.contains_key(producer).then(Replay::default);
    channels.opened(producer, session, replay, None, now, &mut String::new())
}

/// A channel whose producer holds the numbers from 0 to 9, and sends those from `from` on.
fn open_numbered(channels: &mut Channels, from: u64, is_resumed: bool, now: Instant) -> Option<&'static str> {
    let mut welcome = Welcome::default();
    (welcome.from, welcome.next, welcome.is_resumed) = (from, 10, is_resumed);
    channels.opened("api", "1", None, Some(&welcome), now, &mut String::new())
}

/// The line of a numbered entry, if it is shown by now.
fn arrive_numbered(channels: &mut Channels, number: u64, is_recent: bool, now: Instant) -> (Verdict, String) {
    let mut out = String::new();
    let verdict = channels.entry("api", Some(number), || is_recent, now, &mut out);
    if verdict != Verdict::LeaveOut {
        channels.line("api", &format!("{number} "), &mut out);
    }
    (verdict, out)
}

/// An entry that is its own line.
fn arrive(channels: &mut Channels, producer: &str, line: &str, is_recent: bool, now: Instant) -> String {
    let mut out = String::new();
    channels.entry(producer, None, || is_recent, now, &mut out);
    channels.line(producer, line, &mut out);
    out
}

fn expire(channels: &mut Channels, now: Instant) -> String {
    let mut out = String::new();
    channels.expire(now, &mut out);
    out
}

#[test]
fn the_last_lines_of_a_history_come_when_it_is_quiet() {
    let now = Instant::now();
    let mut channels = Channels::new(Some(2), true, true, now);
    open(&mut channels, "api", "1", now);
    for line in ["a", "b", "c"] {
        assert_eq!(arrive(&mut channels, "api", line, false, now + milliseconds(100)), "");
    }
    assert_eq!(channels.next_deadline(), Some(now + milliseconds(350)));
    assert_eq!(expire(&mut channels, now + milliseconds(349)), "");
    assert_eq!(expire(&mut channels, now + milliseconds(350)), "bc");
    assert_eq!(arrive(&mut channels, "api", "d", false, now + milliseconds(360)), "d");
    assert_eq!(channels.next_deadline(), None);
}

#[test]
fn what_is_logged_from_now_on_is_no_history() {
    let now = Instant::now();
    let mut channels = Channels::new(Some(1), true, true, now);
    open(&mut channels, "api", "1", now);
    arrive(&mut channels, "api", "a", false, now);
    arrive(&mut channels, "api", "b", false, now);
    assert_eq!(arrive(&mut channels, "api", "c", true, now), "bc");
    assert_eq!(arrive(&mut channels, "api", "d", true, now), "d");
    open(&mut channels, "slow", "2", now);
    arrive(&mut channels, "slow", "e", false, now);
    let late = now + LONGEST_HISTORY;
    assert_eq!(arrive(&mut channels, "slow", "f", false, late), "ef", "its clock is behind");
}

#[test]
fn a_channel_of_the_same_session_has_no_second_history() {
    let now = Instant::now();
    let mut channels = Channels::new(Some(0), true, true, now);
    assert_eq!(open(&mut channels, "api", "1", now), None);
    arrive(&mut channels, "api", "a", false, now);
    assert_eq!(channels.closed("api", ChannelEnd::PathLost, &mut String::new()), "the channel is lost");
    assert_eq!(open(&mut channels, "api", "1", now), Some("is back"));
    assert_eq!(arrive(&mut channels, "api", "b", false, now), "b", "it was logged while there was no channel");
}

#[test]
fn a_channel_that_ends_gives_up_what_was_held() {
    let now = Instant::now();
    let mut channels = Channels::new(Some(1), true, true, now);
    open(&mut channels, "api", "1", now);
    arrive(&mut channels, "api", "a", false, now);
    let mut out = String::new();
    assert_eq!(channels.closed("api", ChannelEnd::Closed, &mut out), "ended");
    assert_eq!(out, "a");
}

#[test]
fn without_following_all_histories_are_waited_for() {
    let now = Instant::now();
    let mut channels = Channels::new(None, false, false, now);
    assert_eq!(channels.progress(now + milliseconds(60_000)), Progress::Going, "there is no server yet");
    channels.registered(now);
    channels.announced("gone", now);
    assert_eq!(channels.withdrawn("gone"), Some("ended before its channel was open"));
    open(&mut channels, "api", "1", now);
    arrive(&mut channels, "api", "a", false, now + milliseconds(200));
    expire(&mut channels, now + milliseconds(449));
    assert_eq!(channels.progress(now + milliseconds(449)), Progress::Going);
    expire(&mut channels, now + milliseconds(450));
    assert_eq!(channels.progress(now + milliseconds(450)), Progress::Complete);
}

#[test]
fn without_following_a_program_that_never_pauses_does_not_go_on_for_ever() {
    let now = Instant::now();
    let mut channels = Channels::new(None, false, false, now);
    channels.registered(now);
    open(&mut channels, "api", "1", now);
    for (after, progress) in [(0, Progress::Going), (1_999, Progress::Going), (2_000, Progress::Complete)] {
        let now = now + milliseconds(after);
        assert_eq!(arrive(&mut channels, "api", "a", true, now), "a");
        assert_eq!(channels.progress(now), progress, "{after}");
    }
}

#[test]
fn without_following_nobody_is_waited_for_for_ever() {
    let now = Instant::now();
    let mut channels = Channels::new(None, false, false, now);
    channels.registered(now);
    assert_eq!(channels.next_deadline(), Some(now + ANNOUNCE_TIMEOUT));
    assert_eq!(channels.progress(now + milliseconds(999)), Progress::Going);
    assert_eq!(channels.progress(now + milliseconds(1_000)), Progress::Complete);
    channels.announced("api", now);
    assert_eq!(channels.next_deadline(), Some(now + OPEN_TIMEOUT));
    assert_eq!(channels.progress(now + milliseconds(14_999)), Progress::Going);
    assert_eq!(channels.progress(now + OPEN_TIMEOUT), Progress::Unreachable(vec!["api".to_owned()]));
}

#[test]
fn numbers_tell_the_end_of_a_history() {
    let now = Instant::now();
    let mut channels = Channels::new(Some(2), false, true, now);
    open_numbered(&mut channels, 0, false, now);
    for number in 6..9 {
        assert_eq!(arrive_numbered(&mut channels, number, false, now), (Verdict::Show, String::new()));
    }
    assert_eq!((channels.next_deadline(), expire(&mut channels, now + milliseconds(60_000))), (None, String::new()));
    assert_eq!(arrive_numbered(&mut channels, 12, false, now).1, "7 8 12 ", "the rest was filtered");
    assert_eq!(arrive_numbered(&mut channels, 13, false, now).1, "13 ");

    open_numbered(&mut channels, 0, false, now);
    assert_eq!(arrive_numbered(&mut channels, 8, false, now).1, "");
    let mut out = String::new();
    channels.accounted("api", 9, &mut out);
    assert_eq!(out, "");
    channels.accounted("api", 10, &mut out);
    assert_eq!(out, "8 ");

    assert_eq!(open_numbered(&mut channels, 5, true, now), Some("is back"));
    assert_eq!(arrive_numbered(&mut channels, 5, false, now).1, "5 ", "it was logged while there was no channel");
}

#[test]
fn without_following_a_numbered_history_ends_by_itself() {
    let now = Instant::now();
    let mut channels = Channels::new(None, false, false, now);
    channels.registered(now);
    open_numbered(&mut channels, 0, false, now);
    let late = now + milliseconds(60_000);
    assert_eq!(arrive_numbered(&mut channels, 8, true, late).1, "8 ");
    assert_eq!(channels.progress(late), Progress::Going);
    channels.accounted("api", 10, &mut String::new());
    assert_eq!(channels.progress(late), Progress::Complete);
    let mut channels = Channels::new(Some(3), true, false, now);
    channels.registered(now);
    open_numbered(&mut channels, 10, false, now);
    assert_eq!(channels.progress(late), Progress::Complete, "there is nothing to come");
}

#[test]
fn of_a_program_that_began_later_nothing_is_history() {
    let now = Instant::now();
    let mut channels = Channels::new(Some(1), true, true, now);
    open_numbered(&mut channels, 9, false, now);
    assert_eq!(channels.entry("api", Some(9), || true, now, &mut String::new()), Verdict::ShowBehind(0..9));
    channels.fetching("api", 1);
    let mut out = String::new();
    channels.line("api", "9 ", &mut out);
    assert_eq!(arrive_numbered(&mut channels, 10, true, now), (Verdict::Show, String::new()));
    channels.fetch_ended("api", 2, &mut out);
    assert_eq!(out, "");
    channels.fetch_ended("api", 1, &mut out);
    assert_eq!(out, "9 10 ");
    assert_eq!(arrive_numbered(&mut channels, 11, true, now), (Verdict::Show, "11 ".into()));

    open_numbered(&mut channels, 9, false, now);
    channels.entry("api", Some(9), || true, now, &mut String::new());
    channels.fetching("api", 3);
    channels.line("api", "9 ", &mut String::new());
    let mut out = String::new();
    channels.closed("api", ChannelEnd::Closed, &mut out);
    assert_eq!(out, "9 ");
}

#[test]
fn of_a_program_that_was_there_before_only_the_last_lines_are_shown() {
    let now = Instant::now();
    for (lines, verdict) in [(Some(1), Verdict::Show), (Some(0), Verdict::LeaveOut)] {
        let mut channels = Channels::new(lines, true, true, now);
        open_numbered(&mut channels, 9, false, now);
        assert_eq!(arrive_numbered(&mut channels, 9, false, now).0, verdict);
        assert_eq!(arrive_numbered(&mut channels, 10, true, now).0, Verdict::Show);
        open_numbered(&mut channels, 10, false, now);
        assert_eq!(arrive_numbered(&mut channels, 10, true, now).0, Verdict::Show, "what was before is none of it");
        open_numbered(&mut channels, 0, false, now);
        assert_eq!(arrive_numbered(&mut channels, 0, true, now).0, Verdict::Show, "there is nothing before it");
        open_numbered(&mut channels, 3, true, now);
        assert_eq!(arrive_numbered(&mut channels, 3, false, now).0, Verdict::Show, "it was logged meanwhile");
    }
}
