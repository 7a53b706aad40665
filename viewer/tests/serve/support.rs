//! A server as a process, and what it says.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use logrtc::{Config, Producer};
use rcgen::{CertificateParams, CertifiedIssuer, KeyPair};
use tokio::process::{Child, Command};

pub(crate) use crate::lines::{DEADLINE, Lines};

/// The program, without what the environment may say.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_logrtc"));
    command.args(arguments).kill_on_drop(true).stdin(Stdio::null());
    for name in
        ["LOGRTC_URL", "LOGRTC_TOKEN", "LOGRTC_BACKPLANE", "LISTEN_FDS", "LISTEN_PID", "SSL_CERT_FILE", "SSL_CERT_DIR"]
    {
        command.env_remove(name);
    }
    command
}

/// A running program. It is killed if it is dropped.
pub(crate) struct Program {
    pub(crate) child: Child,
    pub(crate) out: Lines,
    pub(crate) err: Lines,
}

impl Program {
    pub(crate) fn spawn(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (out, err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        Self { child, out: Lines::of(out), err: Lines::of(err) }
    }

    pub(crate) fn serve(arguments: &[&str]) -> Self {
        Self::spawn(command(&[&["serve"], arguments].concat()))
    }

    /// The address of the page, which comes first.
    pub(crate) async fn url(&self) -> String {
        self.out.until("the address of the page", |lines| !lines.is_empty()).await[0].clone()
    }

    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        let pid = i32::try_from(self.child.id().expect("it runs")).unwrap();
        rustix::process::kill_process(rustix::process::Pid::from_raw(pid).unwrap(), signal).unwrap();
    }

    pub(crate) async fn status(&mut self) -> i32 {
        tokio::time::timeout(DEADLINE, self.child.wait()).await.expect("it ends").unwrap().code().expect("by itself")
    }
}

/// Connects a producer to `url`, with a token.
pub(crate) fn producer(url: &str, token: &str, authority: Option<&Path>) -> Producer {
    let mut config = Config::builder("app").url(url).token(token).ice_servers([]).environment(false);
    if let Some(authority) = authority {
        config = config.ca_file(authority);
    }
    Producer::connect(config.build().unwrap()).unwrap()
}

pub(crate) async fn close(producer: Producer) {
    tokio::task::spawn_blocking(move || producer.close(DEADLINE)).await.unwrap().unwrap();
}

/// An authority of its own, and a certificate of it for `localhost`.
pub(crate) struct Certificate {
    pub(crate) authority: PathBuf,
    pub(crate) chain: String,
    pub(crate) key: String,
}

impl Certificate {
    pub(crate) fn new(folder: &Folder, name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let own = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
        Self {
            authority: folder.write(&format!("{name}-authority.pem"), &issuer.pem()).into(),
            chain: folder.write(&format!("{name}.pem"), &own.pem()),
            key: folder.write(&format!("{name}.key"), &key.serialize_pem()),
        }
    }
}

/// A folder of its own, which goes with it.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("logrtc-serve-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> String {
        std::fs::write(self.path(name), text).unwrap();
        self.text(name)
    }

    pub(crate) fn text(&self, name: &str) -> String {
        Path::to_str(&self.path(name)).unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
