//! What travels in the SDP: the mark of an offer whose producer speaks the extension, and the `hello` of an answer.
//! No I/O.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::message::session_attribute;
use super::selection::Selection;
use super::sessions::Resume;

/// The version of the extension that is spoken.
const VERSION: &str = "1";

/// The longest mark of a session that is accepted, in bytes.
const MAX_SESSION_BYTES: usize = 160;

/// How many bytes of entries, before compression, may be on the way to this program. Acknowledgements follow at once, so
/// it bounds what waits here while the user does not read.
const CREDIT_BYTES: u32 = 4 * 1024 * 1024;

/// Where the log of a producer begins for a consumer that has nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Start {
    /// At the oldest entry that the producer holds.
    Oldest,
    /// At the first entry that is logged from now on.
    Newest,
    /// At so many entries before that.
    Last(u64),
}

#[derive(Serialize)]
#[serde(untagged)]
enum From<'a> {
    Resume { resume: &'a Resume },
    Start(Start),
}

#[derive(Serialize)]
struct Hello<'a> {
    version: u32,
    accept: [&'static str; 1],
    credit: u32,
    #[serde(flatten)]
    selection: &'a Selection,
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<From<'a>>,
}

/// What a `hello` asks for, as far as it decides which entries come: as it was sent, or as its producer understood it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct Wish {
    level: Option<String>,
    filter: Option<String>,
    start: Option<Value>,
}

/// The mark of the session whose producer made the offer, if it speaks the extension.
pub(crate) fn session(offer: &str) -> Option<&str> {
    let (version, session) = session_attribute(offer, "x-logrtc")?.split_once(' ')?;
    let is_mark = (1..=MAX_SESSION_BYTES).contains(&session.len()) && session.bytes().all(|b| b.is_ascii_graphic());
    (version == VERSION && is_mark).then_some(session)
}

/// The text of `answer` with the `hello` of this consumer, and what that asks for.
pub(crate) fn insert(
    answer: &str,
    selection: &Selection,
    start: Option<Start>,
    resume: Option<&Resume>,
) -> (String, Wish) {
    let start = resume.map(|resume| From::Resume { resume }).or(start.map(From::Start));
    let hello = Hello { version: 1, accept: ["deflate-raw"], credit: CREDIT_BYTES, selection, start };
    let json = serde_json::to_string(&hello).expect("strings and numbers are JSON");
    let wish = serde_json::from_str(&json).expect("a hello has these keys");
    (add_line(answer, &format!("a=x-logrtc-hello:{}\r\n", URL_SAFE_NO_PAD.encode(json))), wish)
}

/// An SDP with one more line before its media.
pub(crate) fn add_line(sdp: &str, line: &str) -> String {
    let place = if sdp.starts_with("m=") { 0 } else { sdp.find("\nm=").map_or(sdp.len(), |place| place + 1) };
    format!("{}{line}{}", &sdp[..place], &sdp[place..])
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = "v=0\r\na=group:BUNDLE 0\r\nm=application 9\r\na=mid:0\r\nm=audio 9\r\n";

    fn hello_of(answer: &str) -> String {
        let line = answer.lines().find_map(|line| line.strip_prefix("a=x-logrtc-hello:")).unwrap();
        assert!(line.len() <= 4096);
        String::from_utf8(URL_SAFE_NO_PAD.decode(line).unwrap()).unwrap()
    }

    #[test]
    fn the_mark_stands_before_the_first_medium() {
        for (offer, expected) in [
            ("v=0\r\na=x-logrtc:1 5e\r\nm=application 9\r\n", Some("5e")),
            ("v=0\na=x-logrtc:1 5e \nm=application 9\n", Some("5e")),
            ("v=0\r\nm=application 9\r\na=x-logrtc:1 5e\r\n", None),
            ("v=0\r\na=x-logrtc:2 5e\r\n", None),
            ("v=0\r\na=x-logrtc:1 5e 6f\r\n", None),
            ("v=0\r\na=x-logrtc:1 \r\n", None),
            ("v=0\r\na=x-logrtc-hello:1 5e\r\n", None),
            ("", None),
        ] {
            assert_eq!(session(offer), expected, "{offer:?}");
        }
        assert_eq!(session(&format!("a=x-logrtc:1 {}\r\n", "5".repeat(MAX_SESSION_BYTES + 1))), None);
    }

    #[test]
    fn hello_is_one_more_line_before_the_first_medium() {
        let all = Selection::default();
        let resume = Resume { session: "5e".into(), seq: 1234 };
        let some = Selection::new(Some("INFO"), Some("app=debug")).unwrap();
        let base = r#""version":1,"accept":["deflate-raw"],"credit":4194304"#;
        for (selection, start, resume, expected) in [
            (&all, None, None, format!("{{{base}}}")),
            (&all, Some(Start::Oldest), None, format!(r#"{{{base},"start":"oldest"}}"#)),
            (&all, Some(Start::Newest), None, format!(r#"{{{base},"start":"newest"}}"#)),
            (
                &some,
                Some(Start::Last(100)),
                None,
                format!(r#"{{{base},"level":"INFO","filter":"app=debug","start":{{"last":100}}}}"#),
            ),
            (
                &all,
                Some(Start::Newest),
                Some(&resume),
                format!(r#"{{{base},"start":{{"resume":{{"session":"5e","seq":1234}}}}}}"#),
            ),
        ] {
            let (answer, _) = insert(ANSWER, selection, start, resume);
            assert_eq!(hello_of(&answer), expected);
            let (before, after) = answer.split_once("a=x-logrtc-hello:").unwrap();
            assert_eq!((before, after.split_once("\r\n").unwrap().1), ANSWER.split_at(ANSWER.find("m=").unwrap()));
        }
    }

    #[test]
    fn the_longest_hello_has_its_place() {
        let selection = Selection::new(Some("ERROR"), Some(&"\"".repeat(1024))).unwrap();
        let resume = Resume { session: "\"".repeat(MAX_SESSION_BYTES), seq: (1 << 53) - 1 };
        hello_of(&insert(ANSWER, &selection, None, Some(&resume)).0);
    }
}
