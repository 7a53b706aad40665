//! The access log: a line of JSON for each request.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use serde_json::json;

use crate::RequestRecord;

/// A file that requests are appended to, or standard error.
#[derive(Debug, Clone)]
pub(super) struct AccessLog {
    path: PathBuf,
    /// None is standard error.
    file: Arc<Mutex<Option<File>>>,
}

impl AccessLog {
    /// Opens `path`; `-` is standard error.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = if path == Path::new("-") { None } else { Some(open(path)?) };
        Ok(Self { path: path.to_owned(), file: Arc::new(Mutex::new(file)) })
    }

    /// Opens the file anew, after what rotates logs has moved it.
    pub(super) fn reopen(&self) -> io::Result<()> {
        let mut file = self.file.lock().expect("nothing panics while it writes");
        if file.is_some() {
            *file = Some(open(&self.path)?);
        }
        Ok(())
    }

    /// What cannot be written, as on a full disk, is lost: the server goes on.
    pub(super) fn write(&self, record: &RequestRecord) {
        let line = line(record);
        let mut file = self.file.lock().expect("nothing panics while it writes");
        let _ = match &mut *file {
            Some(file) => file.write_all(line.as_bytes()),
            None => io::stderr().write_all(line.as_bytes()),
        };
    }
}

fn open(path: &Path) -> io::Result<File> {
    let opened = OpenOptions::new().append(true).create(true).open(path);
    opened.map_err(|error| io::Error::new(error.kind(), format!("--access-log {}: {error}", path.display())))
}

fn line(record: &RequestRecord) -> String {
    let time = chrono::DateTime::<chrono::Utc>::from(record.time);
    let object = json!({
        "time": time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        "client": record.client.to_string(),
        "method": record.method,
        "path": record.path,
        "status": record.status,
        "duration_us": u64::try_from(record.duration.as_micros()).unwrap_or(u64::MAX),
        "user_agent": record.user_agent,
    });
    format!("{object}\n")
}
