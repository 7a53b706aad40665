//! Other logs of the machine as producers of the server: the systemd journal, and the output of Docker's containers.

mod backoff;
mod docker;
mod journald;
mod tool;

use std::io;

use clap::Args;
use logrtc::{ConfigBuilder, Producer};
use tokio::sync::watch;
use tokio::task::JoinSet;

use docker::Docker;
use journald::Journald;
use tool::Tool;

/// Of what was written before the server began to read, at most so many lines are read.
const HISTORY_LINES: usize = 1000;

#[derive(Debug, Args)]
pub(super) struct FeedArgs {
    /// Show the systemd journal, which journalctl reads, as the producer "journald".
    #[arg(long)]
    journald: bool,
    /// Show only the journal of this unit, as in nginx.service or "app-*". May be given several times; implies --journald.
    #[arg(long = "journald-unit", value_name = "UNIT")]
    journald_units: Vec<String>,
    /// Show the output of each running container, which docker reads, as a producer with the name of the container.
    #[arg(long)]
    docker: bool,
    /// Show only the containers that `docker ps --filter` lists for it, as in label=com.example.app. May be given several
    /// times; implies --docker.
    #[arg(long = "docker-filter", value_name = "FILTER")]
    docker_filters: Vec<String>,
}

impl FeedArgs {
    pub(super) fn wants_any(&self) -> bool {
        self.wants_journald() || self.wants_docker()
    }

    fn wants_journald(&self) -> bool {
        self.journald || !self.journald_units.is_empty()
    }

    fn wants_docker(&self) -> bool {
        self.docker || !self.docker_filters.is_empty()
    }

    /// Checks that the programs are there that read the logs.
    ///
    /// # Errors
    /// The option, and its program that cannot be run.
    pub(super) async fn check(&self) -> io::Result<()> {
        if self.wants_journald() {
            Tool::journalctl().check().await?;
        }
        if self.wants_docker() {
            Tool::docker().check().await?;
        }
        Ok(())
    }

    /// Begins to read. The options of each producer begin as `config`.
    ///
    /// # Errors
    /// Why there is no producer.
    pub(super) fn start(&self, config: &ConfigBuilder) -> io::Result<Feeds> {
        let (stopping, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        if self.wants_journald() {
            tasks.spawn(Journald::new(config, self.journald_units.clone())?.run(stopped.clone()));
        }
        if self.wants_docker() {
            tasks.spawn(Docker::new(config.clone(), self.docker_filters.clone()).run(stopped));
        }
        Ok(Feeds { stopping, tasks })
    }
}

/// What is read.
pub(super) struct Feeds {
    stopping: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Feeds {
    /// Ends the programs, and waits until the last entries are delivered, or for two seconds.
    pub(super) async fn stop(mut self) {
        self.stopping.send_replace(true);
        while self.tasks.join_next().await.is_some() {}
    }
}

/// A producer of this process.
fn connect(config: &ConfigBuilder, client_id: &str, description: &str, max_bytes: usize) -> io::Result<Producer> {
    let config =
        config.clone().client_id(client_id).system_name(client_id).description(description).max_bytes(max_bytes);
    config.build().and_then(Producer::connect).map_err(io::Error::other)
}
