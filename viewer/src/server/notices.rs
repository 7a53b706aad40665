//! Notices to the operator of the server, each of them once.

use std::collections::BTreeSet;
use std::sync::Mutex;

use crate::handler::Handler;

/// Different things that are told; a stranger who sends ever new ones does not fill the log.
const MAX_NOTICES: usize = 16;
/// What is shown of a header that a stranger sent.
const MAX_SHOWN_CHARS: usize = 100;

#[derive(Debug)]
pub(crate) struct Notices {
    said: Mutex<BTreeSet<String>>,
    handler: Option<Handler<str>>,
    /// Of the server's pages: `http`, or `https`.
    scheme: &'static str,
}

impl Notices {
    pub(crate) fn new(handler: Option<Handler<str>>, scheme: &'static str) -> Self {
        Self { said: Mutex::default(), handler, scheme }
    }

    pub(crate) fn refused_origin(&self, origin: Option<&str>) {
        let origin = shown(origin);
        self.say_once(format!("refused a page of {origin}; --allow-origin {origin} lets it in"));
    }

    pub(crate) fn refused_host(&self, host: Option<&str>) {
        let (host, scheme) = (shown(host), self.scheme);
        self.say_once(format!(
            "refused a request for the host {host}; --allow-origin {scheme}://{host} permits that name"
        ));
    }

    fn say_once(&self, notice: String) {
        let mut said = self.said.lock().expect("nothing panics while it tells");
        if said.len() >= MAX_NOTICES || said.contains(&notice) {
            return;
        }
        match &self.handler {
            Some(handler) => handler.call(&notice),
            None => log::warn!("{notice}"),
        }
        said.insert(notice);
    }
}

/// Without what could act on a terminal.
fn shown(header: Option<&str>) -> String {
    let text = header.filter(|text| !text.is_empty()).unwrap_or("(none)");
    text.chars().take(MAX_SHOWN_CHARS).flat_map(char::escape_default).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn each_thing_is_told_once_and_not_too_many() {
        let told = Arc::new(Mutex::new(Vec::new()));
        let to = Arc::clone(&told);
        let notices =
            Notices::new(Some(Handler::new(move |text: &str| to.lock().unwrap().push(text.to_owned()))), "https");
        for _ in 0..3 {
            notices.refused_origin(Some("https://other.example"));
            notices.refused_host(Some("logs.example:8080"));
        }
        assert_eq!(
            *told.lock().unwrap(),
            [
                "refused a page of https://other.example; --allow-origin https://other.example lets it in",
                "refused a request for the host logs.example:8080; --allow-origin https://logs.example:8080 permits that name",
            ]
        );
        (0..100).for_each(|number| notices.refused_host(Some(&format!("\u{1b}{number}"))));
        assert_eq!(told.lock().unwrap().len(), MAX_NOTICES);
        assert!(told.lock().unwrap().iter().all(|text| !text.contains('\u{1b}')));
    }
}
