//! The way to NATS: one connection after the other, each of which writes everything anew and reads everything again.

mod reader;
mod writer;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use async_nats::jetstream::context::{Context, ContextBuilder};
use async_nats::jetstream::kv::Store;
use async_nats::jetstream::stream;
use async_nats::{Client, ConnectErrorKind, Event, Subscriber};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use super::options::Backplane;
use crate::handler::Handler;
use crate::hub::Hub;
use crate::mesh::{Claim, MEMBERS, RECORD_TTL_BEATS, Subject};
use crate::stopping::stopped;
use reader::Reader;
use writer::Writer;

/// How often a server writes that it runs.
const BEAT: Duration = Duration::from_secs(1);
/// How long a response of NATS may take, and a beat to come back.
const TIMEOUT: Duration = Duration::from_secs(10);
/// How long a server that starts waits for the clients of the others.
const START_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a server that stops may take to write that.
const STOP_TIMEOUT: Duration = Duration::from_secs(2);
/// Messages that have arrived and are not read yet.
const MAX_RECEIVED: usize = 8 * 1024;
/// The sender of a message that has waited longer has tried again.
const MESSAGE_LIFETIME: Duration = Duration::from_secs(30);

/// The backplane of a running server.
#[derive(Debug)]
pub(crate) struct Running {
    stopping: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Running {
    /// Connects, and waits up to 5 s for the clients of the other servers. A server starts even if NATS
    /// cannot be reached.
    ///
    /// # Errors
    /// A file of the options cannot be read.
    pub(crate) async fn start(
        backplane: Backplane,
        hub: Arc<Hub>,
        claims: mpsc::Receiver<Claim>,
        on_notice: Option<Handler<str>>,
    ) -> io::Result<Self> {
        backplane.connect_options()?;
        let (stopping, stopped) = watch::channel(false);
        let (is_ready, mut ready) = watch::channel(false);
        let own = hub.joint(|joint| joint.mesh.own().to_owned()).unwrap_or_default();
        let reports = Reports { backplane: backplane.to_string(), on_notice, is_down: AtomicBool::new(false) };
        let task = Task { backplane, hub, own, beats: 0, claims, reports, stopping: stopped, is_ready };
        let task = tokio::spawn(task.run());
        let _ = timeout(START_TIMEOUT, ready.wait_for(|is_ready| *is_ready)).await;
        Ok(Self { stopping, task })
    }

    /// Tells the other servers that this one has stopped.
    pub(crate) async fn stop(mut self) {
        self.stopping.send_replace(true);
        if timeout(STOP_TIMEOUT, &mut self.task).await.is_err() {
            self.task.abort();
        }
    }
}

/// Reports to the operator each loss of the connection once, and its end.
struct Reports {
    backplane: String,
    on_notice: Option<Handler<str>>,
    is_down: AtomicBool,
}

impl Reports {
    fn down(&self, reason: &str) {
        if !self.is_down.swap(true, Ordering::Relaxed) {
            self.tell(&format!(
                "backplane: {} cannot be used: {reason}; until it can, only clients of this server meet",
                self.backplane
            ));
        }
    }

    fn up(&self) {
        if self.is_down.swap(false, Ordering::Relaxed) {
            self.tell(&format!("backplane: {} is connected again", self.backplane));
        }
    }

    fn tell(&self, notice: &str) {
        match &self.on_notice {
            Some(handler) => handler.call(notice),
            None => log::warn!("{notice}"),
        }
    }
}

/// Why a connection ended.
enum End {
    Stopping,
    Failed(String),
}

impl<E: std::error::Error> From<E> for End {
    fn from(error: E) -> Self {
        Self::Failed(error.to_string())
    }
}

struct Task {
    backplane: Backplane,
    hub: Arc<Hub>,
    /// The id of this server.
    own: String,
    /// Beats that were written.
    beats: u64,
    claims: mpsc::Receiver<Claim>,
    reports: Reports,
    stopping: watch::Receiver<bool>,
    /// Whether the clients of the others are known.
    is_ready: watch::Sender<bool>,
}

/// A connection to NATS.
struct Connection {
    client: Client,
    jetstream: Context,
    store: Store,
    messages: Subscriber,
    is_lost: watch::Receiver<bool>,
}

impl Task {
    async fn run(mut self) {
        let mut stopping = self.stopping.clone();
        let mut down_since = Instant::now();
        loop {
            let end = tokio::select! {
                end = self.session() => end,
                // A session that stands ends by itself, and says so to the others.
                () = async { stopped(&mut stopping).await; sleep(STOP_TIMEOUT).await } => return,
            };
            if self.hub.joint(|joint| joint.health.is_up()) == Some(true) {
                down_since = Instant::now();
            }
            self.hub.joint(|joint| joint.health.set_up(false));
            let End::Failed(reason) = end else { return };
            // Who waits for a claim goes on without.
            while self.claims.try_recv().is_ok() {}
            self.reports.down(&reason);
            // The servers do not come back in the same moment.
            tokio::select! {
                () = sleep(BEAT.mul_f64(0.2 + 0.8 * fastrand::f64())) => {}
                () = stopped(&mut stopping) => return,
            }
            if down_since.elapsed() > MESSAGE_LIFETIME {
                self.hub.joint(|joint| joint.mesh.drop_messages());
            }
        }
    }

    async fn session(&mut self) -> End {
        match self.converse().await {
            Ok(()) => End::Stopping,
            Err(end) => end,
        }
    }

    async fn converse(&mut self) -> Result<(), End> {
        let connecting = timeout(TIMEOUT, self.connect()).await;
        let Connection { client, jetstream, store, messages, mut is_lost } =
            connecting.map_err(|_| End::Failed("no response".to_owned()))??;
        self.hub.joint(|joint| joint.mesh.write_all());
        let beat_key = Subject::Server(self.own.clone()).key();
        let mut writer = Writer {
            hub: &self.hub,
            bucket: &self.backplane.bucket,
            beat_key: &beat_key,
            client,
            jetstream,
            store: store.clone(),
            beats: &mut self.beats,
            claims: &mut self.claims,
        };
        // Beats of the others count from the first one of this server on, so it comes before them.
        writer.beat().await?.await?;
        let watch = store.watch_with_history(MEMBERS).await?;
        let reader = Reader { hub: &self.hub, beat_key: &beat_key, reports: &self.reports, is_ready: &self.is_ready };
        tokio::select! {
            end = reader.run(watch, messages) => end,
            end = writer.run(self.stopping.clone()) => end,
            _ = is_lost.wait_for(|is_lost| *is_lost) => Err(End::Failed("the connection is lost".to_owned())),
        }
    }

    async fn connect(&self) -> Result<Connection, End> {
        let (lost, is_lost) = watch::channel(false);
        let lost = Arc::new(lost);
        // The next session makes the next connection.
        let options = self.backplane.connect_options()?.max_reconnects(1).subscription_capacity(MAX_RECEIVED);
        let options = options.name(format!("logrtc {}", self.own)).event_callback(move |event| {
            let lost = Arc::clone(&lost);
            async move {
                if matches!(event, Event::Disconnected | Event::Closed) {
                    lost.send_replace(true);
                }
            }
        });
        let client = options.connect(self.backplane.addresses.clone()).await.map_err(|error| match error.kind() {
            ConnectErrorKind::Authentication | ConnectErrorKind::AuthorizationViolation => {
                End::Failed(format!("it refuses this server; {}", self.backplane.advice()))
            }
            _ => End::from(error),
        })?;
        let jetstream = ContextBuilder::new().timeout(TIMEOUT).build(client.clone());
        let store = open(&jetstream, &self.backplane.bucket).await?;
        let messages = client.subscribe(format!("{}.to.{}.*", self.backplane.bucket, self.own)).await?;
        client.flush().await?;
        Ok(Connection { client, jetstream, store, messages, is_lost })
    }
}

/// Opens the bucket. An existing one keeps its administrator's settings; a missing one gets those of
/// `create_key_value`, which itself fails with NATS 2.9: it cannot parse the account information.
async fn open(jetstream: &Context, bucket: &str) -> Result<Store, End> {
    if let Ok(store) = jetstream.get_key_value(bucket).await {
        return Ok(store);
    }
    let config = stream::Config {
        name: format!("KV_{bucket}"),
        description: Some("logrtc: which clients there are".to_owned()),
        subjects: vec![format!("$KV.{bucket}.>")],
        max_messages_per_subject: 1,
        max_age: BEAT * u32::try_from(RECORD_TTL_BEATS).unwrap_or(u32::MAX),
        storage: stream::StorageType::Memory,
        num_replicas: 1,
        discard: stream::DiscardPolicy::New,
        allow_rollup: true,
        deny_delete: true,
        allow_direct: true,
        ..stream::Config::default()
    };
    jetstream.create_stream(config).await?;
    Ok(jetstream.get_key_value(bucket).await?)
}
