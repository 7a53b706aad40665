//! Docker's containers: each that runs is a producer, from its start to its end.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, SecondsFormat, Utc};
use logrtc::ConfigBuilder;
use tokio::io::AsyncReadExt;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use super::super::super::source::{self, LastTime, Source};
use super::backoff::Backoff;
use super::tool::Tool;
use super::{HISTORY_LINES, connect};
use crate::bridge::Container;
use crate::stopping::stopped;

/// Containers that are read at once: each has a process of Docker, and a producer with two threads.
const MAX_CONTAINERS: usize = 128;

/// What the producer of one container keeps for pages that open later.
const MAX_BYTES: usize = 4 << 20;

/// Containers that have ended of which it is known what was read.
const MAX_REMEMBERED: usize = 4096;

/// Starts and ends often come together: `docker compose up`.
const SETTLE_TIME: Duration = Duration::from_millis(100);

/// How often the list is read without an event. One may be missed while the daemon restarts.
const LIST_INTERVAL: Duration = Duration::from_secs(30);
const LIST_TIMEOUT: Duration = Duration::from_secs(10);

/// Reads the containers that pass the filters.
pub(super) struct Docker {
    shared: Arc<Shared>,
    filters: Vec<String>,
    followers: JoinSet<String>,
    /// By container id. Dropping one, or sending true, says that the container has ended.
    ended: HashMap<String, watch::Sender<bool>>,
    /// What was read of each container, also of one that has ended: it may be started again.
    last_times: HashMap<String, LastTime>,
}

struct Shared {
    tool: Tool,
    config: ConfigBuilder,
    /// The list may be another one.
    changed: Notify,
}

impl Docker {
    pub(super) fn new(config: ConfigBuilder, filters: Vec<String>) -> Self {
        let shared = Arc::new(Shared { tool: Tool::docker(), config, changed: Notify::new() });
        Self { shared, filters, followers: JoinSet::new(), ended: HashMap::new(), last_times: HashMap::new() }
    }

    /// Reads until the server stops.
    pub(super) async fn run(mut self, stopping: watch::Receiver<bool>) {
        let shared = Arc::clone(&self.shared);
        let mut stop = stopping.clone();
        tokio::select! {
            () = shared.watch() => {}
            () = self.keep_up(&stopping) => {}
            () = stopped(&mut stop) => {}
        }
        while self.followers.join_next().await.is_some() {}
    }

    /// Follows each container that comes, for ever.
    async fn keep_up(&mut self, stopping: &watch::Receiver<bool>) {
        let mut beat = interval(LIST_INTERVAL);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let shared = Arc::clone(&self.shared);
        let mut is_reached = true;
        loop {
            tokio::select! {
                _ = beat.tick() => {}
                () = shared.changed.notified() => sleep(SETTLE_TIME).await,
                Some(ended) = self.followers.join_next() => {
                    if let Ok(id) = ended {
                        self.ended.remove(&id);
                    }
                }
            }
            match list(&shared.tool, &self.filters).await {
                Ok(listed) => {
                    if !std::mem::replace(&mut is_reached, true) {
                        shared.tool.works();
                    }
                    self.update(listed, stopping);
                }
                Err(error) => {
                    is_reached = false;
                    shared.tool.say(&error.to_string());
                }
            }
        }
    }

    fn update(&mut self, listed: Vec<Container>, stopping: &watch::Receiver<bool>) {
        for (id, ended) in &self.ended {
            ended.send_replace(!listed.iter().any(|container| container.id == *id));
        }
        if self.last_times.len() > MAX_REMEMBERED {
            self.last_times.retain(|id, _| self.ended.contains_key(id));
        }
        for container in listed {
            if self.ended.contains_key(&container.id) {
                continue;
            }
            if self.ended.len() >= MAX_CONTAINERS {
                self.shared.tool.say(&format!("more than {MAX_CONTAINERS} containers; --docker-filter selects some"));
                return;
            }
            let (ended, has_ended) = watch::channel(false);
            self.ended.insert(container.id.clone(), ended);
            let last_time = self.last_times.entry(container.id.clone()).or_default().clone();
            let follower = Follower { shared: Arc::clone(&self.shared), container, last_time, has_ended };
            self.followers.spawn(follower.run(stopping.clone()));
        }
    }
}

impl Shared {
    /// Watches containers start and end, for ever.
    async fn watch(&self) {
        let arguments = ["events", "--filter=type=container", "--filter=event=start", "--filter=event=die"];
        let arguments = arguments.map(str::to_owned);
        let mut backoff = Backoff::default();
        loop {
            let began = Instant::now();
            if let Some(mut child) = self.tool.start(&arguments) {
                let mut out = child.stdout.take().expect("it is piped");
                let err = child.stderr.take().expect("it is piped");
                let read = async {
                    let mut buffer = [0; 4096];
                    while let Ok(1..) = out.read(&mut buffer).await {
                        self.changed.notify_one();
                    }
                };
                tokio::join!(read, self.tool.say_all(err));
            }
            sleep(backoff.after(began.elapsed())).await;
            self.changed.notify_one();
        }
    }
}

/// The containers that run.
async fn list(tool: &Tool, filters: &[String]) -> io::Result<Vec<Container>> {
    let mut arguments: Vec<String> = ["ps", "--no-trunc", "--format={{json .}}"].map(str::to_owned).into();
    arguments.extend(filters.iter().map(|filter| format!("--filter={filter}")));
    let output = timeout(LIST_TIMEOUT, tool.command(&arguments).output()).await??;
    if !output.status.success() {
        return Err(io::Error::other(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
    }
    Ok(Container::read_all(&String::from_utf8_lossy(&output.stdout))?)
}

/// Reads one container.
struct Follower {
    shared: Arc<Shared>,
    container: Container,
    last_time: LastTime,
    has_ended: watch::Receiver<bool>,
}

impl Follower {
    /// Reads until the container has ended or the server stops. Returns the id of the container.
    async fn run(self, mut stopping: watch::Receiver<bool>) -> String {
        let Container { id, name, image } = self.container.clone();
        match connect(&self.shared.config, &name, &image, MAX_BYTES) {
            Ok(producer) => {
                tokio::select! {
                    () = self.follow(&producer) => {}
                    () = stopped(&mut stopping) => {}
                }
                source::close(producer).await;
            }
            Err(error) => {
                self.shared.tool.say(&format!("{name}: {error}"));
                // Not to be tried again for the same container.
                tokio::select! {
                    () = self.end() => {}
                    () = stopped(&mut stopping) => {}
                }
            }
        }
        id
    }

    /// The program also ends with the daemon, and with a container that is started again.
    async fn follow(&self, producer: &logrtc::Producer) {
        let mut backoff = Backoff::default();
        while !*self.has_ended.borrow() {
            let began = Instant::now();
            self.read(producer).await;
            tokio::select! {
                () = self.end() => {}
                () = sleep(backoff.after(began.elapsed())) => {}
            }
        }
    }

    /// Reads until the program ends. After the container's end, it has a moment for what is left.
    async fn read(&self, producer: &logrtc::Producer) {
        let Some(mut child) = self.shared.tool.start(&arguments(&self.container.id, self.last_time.get())) else {
            return;
        };
        let out = child.stdout.take().expect("it is piped");
        let err = child.stderr.take().expect("it is piped");
        let source = |stream| {
            let (shared, name) = (Arc::clone(&self.shared), self.container.name.clone());
            let say = move |text: &str| shared.tool.say(&format!("{name}: {text}"));
            Source::new(producer, &self.container.name, stream).timed(&self.last_time, say)
        };
        let nowhere = || None::<tokio::io::Empty>;
        let (out, err) = tokio::join!(
            source(None).copy(out, nowhere(), self.end()),
            source(Some("stderr")).copy(err, nowhere(), self.end())
        );
        if let Err(error) = out.and(err) {
            self.shared.tool.say(&format!("{}: {error}", self.container.name));
        }
    }

    async fn end(&self) {
        // Without a sender nobody follows any more.
        let _ = self.has_ended.clone().wait_for(|has_ended| *has_ended).await;
    }
}

/// Behind `last_time`, or the last lines and what follows.
fn arguments(id: &str, last_time: Option<DateTime<Utc>>) -> Vec<String> {
    let begin = match last_time {
        Some(time) => {
            let next = time + chrono::TimeDelta::nanoseconds(1);
            format!("--since={}", next.to_rfc3339_opts(SecondsFormat::Nanos, true))
        }
        None => format!("--tail={HISTORY_LINES}"),
    };
    ["logs", "--follow", "--timestamps", &begin, id].map(str::to_owned).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_is_not_read_again() {
        assert_eq!(arguments("4f2a", None).join(" "), "logs --follow --timestamps --tail=1000 4f2a");
        let last = DateTime::from_timestamp(1_795_000_000, 999_999_999).unwrap();
        assert_eq!(arguments("4f2a", Some(last))[3], "--since=2026-11-18T11:06:41.000000000Z");
    }
}
