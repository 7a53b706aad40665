//! Reads the tokens of `logrtc serve`.

use std::io;
use std::path::{Path, PathBuf};

use super::ServeArgs;
use crate::{Role, Tokens};

const BOTH: &[Role] = &[Role::Producer, Role::Reader];

/// Where the tokens come from.
pub(super) struct Files {
    files: Vec<(PathBuf, &'static [Role])>,
    /// Of `LOGRTC_TOKEN`; the environment of a process does not change.
    token: Option<String>,
}

impl Files {
    pub(super) fn of(args: &ServeArgs) -> Self {
        let both = args.token_files.iter().map(|path| (path.clone(), BOTH));
        let producers = args.producer_token_files.iter().map(|path| (path.clone(), &BOTH[..1]));
        let readers = args.reader_token_files.iter().map(|path| (path.clone(), &BOTH[1..]));
        let files = both.chain(producers).chain(readers).collect();
        let token = if args.insecure_no_token { None } else { std::env::var("LOGRTC_TOKEN").ok() };
        Self { files, token: token.filter(|token| !token.is_empty()) }
    }

    /// Whether there are no files to read.
    pub(super) fn is_none(&self) -> bool {
        self.files.is_empty()
    }

    /// The tokens, and one that lets a producer in.
    ///
    /// # Errors
    /// The file that cannot be read, has no token, or has a line that is none.
    pub(super) fn read(&self) -> io::Result<(Tokens, Option<String>)> {
        let mut tokens = Tokens::new();
        let mut for_producer = self.token.clone();
        if let Some(token) = &self.token {
            tokens.add(token, BOTH).map_err(|error| invalid(&"LOGRTC_TOKEN", &error))?;
        }
        for (path, roles) in &self.files {
            let text = std::fs::read_to_string(path)
                .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
            add(&mut tokens, path, &text, roles)?;
            if for_producer.is_none() && roles.contains(&Role::Producer) {
                for_producer = text.lines().map(str::trim).find(|line| !line.is_empty()).map(str::to_owned);
            }
        }
        Ok((tokens, for_producer))
    }
}

/// An empty file would let nobody in, and is more likely one that is being written.
fn add(tokens: &mut Tokens, path: &Path, text: &str, roles: &[Role]) -> io::Result<()> {
    if text.trim().is_empty() {
        return Err(invalid(&path.display(), &"has no token"));
    }
    tokens.add(text, roles).map_err(|error| invalid(&path.display(), &error))
}

fn invalid(what: &dyn std::fmt::Display, problem: &dyn std::fmt::Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{what}: {problem}"))
}
