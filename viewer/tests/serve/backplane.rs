//! Several servers that work as one, over a real NATS.

mod clients;
mod fleet;
#[cfg(target_os = "linux")]
mod idle;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::support::{Certificate, Folder, Program, close, command, producer};
use clients::{Client, Knowledge};
use fleet::{Balancer, Nats, Server};

const PRODUCERS: usize = 200;
const PAGES: usize = 200;
/// Pages that want every producer. Each of the others wants one.
const PAGES_OF_ALL: usize = 20;
/// Producers of one name.
const REPLICAS: usize = 12;
/// The machine of CI has two cores for three servers and all their clients.
const DEADLINE: Duration = Duration::from_secs(90);

/// Whether an id is of the producers that stay.
fn is_counted(id: &str) -> bool {
    !["app", "lost", "leaving", "late"].contains(&id)
}

async fn until(what: &str, mut unmet: impl FnMut() -> Option<String>) {
    let deadline = Instant::now() + DEADLINE;
    while let Some(unmet) = unmet() {
        assert!(Instant::now() < deadline, "{what}: {unmet}");
        sleep(Duration::from_millis(50)).await;
    }
}

/// Producers and pages that reach the servers through the balancer.
struct Clients {
    producers: Vec<Client>,
    pages: Vec<Client>,
}

impl Clients {
    fn start(url: &str) -> Self {
        let producer = |number: usize| {
            let name = if number < REPLICAS { "replica".to_owned() } else { format!("app-{number}") };
            Client::producer(url, &name, &format!("session-{number}"))
        };
        let page = |number: usize| {
            let wanted = (number >= PAGES_OF_ALL).then(|| format!("app-{number}"));
            Client::page(url, &format!("page-{number}"), wanted.as_deref())
        };
        let mut clients = Self { producers: Vec::new(), pages: Vec::new() };
        for number in 0..PRODUCERS.max(PAGES) {
            clients.producers.extend((number < PRODUCERS).then(|| producer(number)));
            clients.pages.extend((number < PAGES).then(|| page(number)));
        }
        clients
    }

    fn all(&self) -> impl Iterator<Item = &Client> {
        self.producers.iter().chain(&self.pages)
    }

    /// Waits until each page has a channel to each producer that it wants.
    async fn every_pair_has_met(&self) {
        until("every pair meets", || {
            let wrong = |number: usize, page: &Knowledge| {
                let wanted = if number < PAGES_OF_ALL { PRODUCERS } else { 1 };
                let known = page.announced.keys().filter(|id| is_counted(id)).count();
                let channels = page.channels.keys().filter(|id| is_counted(id)).count();
                (known != wanted || channels != wanted).then(|| format!("page {number}: {known}, {channels}"))
            };
            let pages = self.pages.iter().enumerate();
            pages.filter_map(|(number, page)| page.look(|page| wrong(number, page))).next()
        })
        .await;
        until("every producer has its answers", || {
            let wrong = |number: usize, producer: &Knowledge| {
                let own = (PAGES_OF_ALL..PAGES).contains(&number) && number >= REPLICAS;
                let wanted = PAGES_OF_ALL + usize::from(own);
                let channels = producer.channels.len();
                (channels < wanted || producer.registered.is_none()).then(|| format!("producer {number}: {channels}"))
            };
            let producers = self.producers.iter().enumerate();
            producers.filter_map(|(number, producer)| producer.look(|it| wrong(number, it))).next()
        })
        .await;
    }

    fn have_no_faults(&self) {
        for client in self.all() {
            client.look(|known| assert!(known.faults.is_empty(), "{:?}", known.faults));
        }
    }

    /// Every page gives every process the same name.
    fn agree_on_names(&self) {
        let names: BTreeSet<BTreeMap<String, String>> = self.pages[..PAGES_OF_ALL]
            .iter()
            .map(|page| {
                page.look(|known| {
                    known.sessions.clone().into_iter().filter(|(id, _)| id.starts_with("replica")).collect()
                })
            })
            .collect();
        assert_eq!(names.len(), 1, "{names:?}");
        let ids: BTreeSet<_> = names.iter().flatten().map(|(id, _)| id.clone()).collect();
        let wanted =
            std::iter::once("replica".to_owned()).chain((2..=REPLICAS).map(|number| format!("replica#{number}")));
        assert_eq!(ids, wanted.collect());
    }

    fn announcements(&self) -> Vec<BTreeMap<String, usize>> {
        self.all().map(|client| client.look(|known| known.announced.clone())).collect()
    }
}

/// Waits until each server has written what its clients have told it.
async fn all_is_written(servers: &[Server]) {
    for server in servers {
        server.has("pending_entries", 0).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_producer_and_a_page_meet_whichever_servers_they_have_reached() {
    let mut nats = Nats::start("backplane").await;
    let url = nats.url();
    let start = async || Server::start(&url, &[]).await;
    let (first, second, third) = tokio::join!(start(), start(), start());
    let mut servers = vec![first, second, third];
    for server in &servers {
        server.has("servers", 2).await;
    }
    let balancer = Balancer::start(&servers).await;
    let through = balancer.signaling_url();

    // A real pair, on two servers: what it logs comes over one channel from the beginning to the end.
    let app = producer(&servers[0].signaling_url(), "unused", None);
    let tail = Program::spawn(command(&["tail", "--json", "--producer", "app", &servers[1].address]));
    app.info("app", "entry 1");
    tail.out.has("entry 1").await;

    // Two that do not come back when their server is killed.
    let lost = Client::producer(&servers[0].signaling_url(), "lost", "s");
    let lost_page = Client::page(&servers[0].signaling_url(), "lost-page", Some("app-50"));
    let clients = Clients::start(&through);
    clients.every_pair_has_met().await;
    clients.agree_on_names();
    clients.have_no_faults();
    until("the page on the server that will be killed", || {
        lost_page.look(|known| known.channels.is_empty().then(|| format!("{known:?}")))
    })
    .await;

    all_is_written(&servers).await;
    let mut killed = servers.remove(0);
    balancer.remove(&killed);
    killed.kill().await;
    app.info("app", "entry 2");
    tail.out.has("entry 2").await;
    let page = &clients.pages[0];
    until("a lost producer is reported", || {
        page.look(|known| {
            (known.gone.get("lost").map(String::as_str) != Some("lost")).then(|| format!("{:?}", known.gone))
        })
    })
    .await;
    until("a lost page is reported", || {
        clients.producers[50].look(|known| known.gone.is_empty().then(|| "nobody is gone".to_owned()))
    })
    .await;
    drop((lost, lost_page));
    for server in &servers {
        server.has("servers", 1).await;
    }
    clients.every_pair_has_met().await;
    clients.agree_on_names();
    clients.have_no_faults();

    all_is_written(&servers).await;
    let leaving = Client::producer(&servers[0].signaling_url(), "leaving", "s");
    let [first, second] =
        [0, 1].map(|server| Client::page(&servers[server].signaling_url(), &format!("{server}"), None));
    let knows = |page: &Client, id: &str| {
        page.look(|known| known.announced.contains_key(id) && known.channels.contains_key(id))
    };
    until("both know who will leave", || {
        let known = knows(&first, "leaving") && knows(&second, "leaving");
        (!known).then(|| format!("{:?}", second.now()))
    })
    .await;
    all_is_written(&servers).await;
    let before = clients.announcements();
    nats.kill().await;
    for server in &servers {
        server.has("up", 0).await;
        server.says("cannot be used").await;
        assert!(server.get("/healthz").await.starts_with("HTTP/1.1 200 "), "it goes on alone");
    }
    let late = Client::producer(&servers[0].signaling_url(), "late", "s");
    drop(leaving);
    until("a page of the same server", || {
        let is_right = knows(&first, "late") && first.look(|known| known.gone.contains_key("leaving"));
        (!is_right).then(|| format!("{:?}", first.now()))
    })
    .await;
    assert!(knows(&second, "leaving") && !knows(&second, "late"));
    app.info("app", "entry 3");
    tail.out.has("entry 3").await;
    nats.start_again().await;
    for server in &servers {
        server.says("is connected again").await;
        server.has("up", 1).await;
    }
    until("a page of the other server", || {
        let is_right = knows(&second, "late") && second.look(|known| known.gone.contains_key("leaving"));
        (!is_right).then(|| format!("{:?}", second.now()))
    })
    .await;
    // What was written anew came before these two.
    clients.every_pair_has_met().await;
    clients.have_no_faults();
    let after = clients.announcements();
    for (before, after) in before.iter().zip(&after) {
        let is_new = |id: &String| ["late", "leaving"].contains(&id.as_str());
        let changed: Vec<_> =
            after.iter().filter(|(id, count)| before.get(*id) != Some(count) && !is_new(id)).collect();
        assert!(changed.iter().all(|(id, _)| !before.contains_key(*id)), "announced twice: {changed:?}");
        assert!(before.keys().all(|id| after.contains_key(id) || is_new(id)), "lost: {before:?} {after:?}");
    }

    // One that stops says so: nobody waits for the time to live.
    let mut stopped = servers.remove(0);
    balancer.remove(&stopped);
    stopped.stop().await;
    until("its producer is reported", || {
        second.look(|known| (known.gone.get("late").map(String::as_str) != Some("lost")).then(|| format!("{known:?}")))
    })
    .await;
    drop(late);
    clients.every_pair_has_met().await;
    clients.have_no_faults();
    app.info("app", "entry 4");
    tail.out.has("entry 4").await;
    assert_eq!(tail.out.all().len(), 4, "{:?}", tail.out.all());
    close(app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nats_is_reached_over_tls_with_a_password_and_a_bucket_of_its_own() {
    let folder = Folder::new("backplane-tls");
    let Certificate { authority, chain, key } = Certificate::new(&folder, "nats");
    let authority = authority.to_str().unwrap().to_owned();
    let configuration = format!(
        "tls {{ cert_file: {chain:?}, key_file: {key:?} }}\nauthorization {{ user: logrtc, password: \"p@ss\" }}\n"
    );
    let nats = Nats::start_with(folder, &configuration).await;
    let url = format!("tls://logrtc:p%40ss@localhost:{}", nats.port());
    let trusted = ["--backplane-ca-file", &authority];
    let start =
        async |bucket: &str| Server::start(&url, &[&trusted[..], &["--backplane-bucket", bucket]].concat()).await;
    let (one, two, apart) = tokio::join!(start("team"), start("team"), start("other"));
    one.has("servers", 1).await;
    two.has("servers", 1).await;
    apart.has("up", 1).await;
    apart.has("servers", 0).await;

    let wrong = format!("tls://logrtc:wrong@localhost:{}", nats.port());
    let refused = Server::start(&wrong, &trusted).await;
    refused.says("it refuses this server; check the user and the password").await;
    refused.has("up", 0).await;
    assert!(!refused.said().contains("wrong"), "the password is shown to nobody");

    let mut without_file =
        Program::serve(&["--listen", "0", "--backplane", &url, "--backplane-credentials-file", "/none"]);
    without_file.err.has("logrtc: --backplane-credentials-file /none: No such file").await;
    assert_eq!(without_file.status().await, 1);
}
