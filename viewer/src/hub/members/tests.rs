//! Several hubs over a bucket and messages that arrive when they will: nobody is announced twice, every pair meets, and no
//! channel is made again.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use futures_util::FutureExt;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::limits::Limits;

const HUBS: usize = 3;
/// Beats after which a hub that has none is lost.
const SETTLING_BEATS: usize = 14;

#[derive(Debug, Clone, Copy)]
enum Step {
    Producer {
        hub: usize,
        name: usize,
    },
    Page {
        hub: usize,
        wanted: Option<usize>,
    },
    /// A client connects elsewhere. Its old connection may still stand.
    Move {
        client: usize,
        hub: usize,
        stands: bool,
    },
    Leave {
        client: usize,
    },
    Write {
        hub: usize,
    },
    Read {
        hub: usize,
        count: usize,
    },
    Receive {
        from: usize,
        to: usize,
    },
    Beat {
        hub: usize,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let hub = || 0..HUBS;
    prop_oneof![
        2 => (hub(), 0..3usize).prop_map(|(hub, name)| Step::Producer { hub, name }),
        2 => (hub(), proptest::option::of(0..3usize)).prop_map(|(hub, wanted)| Step::Page { hub, wanted }),
        1 => (0..20usize).prop_map(|client| Step::Leave { client }),
        3 => hub().prop_map(|hub| Step::Write { hub }),
        4 => (hub(), 1..4usize).prop_map(|(hub, count)| Step::Read { hub, count }),
        3 => (hub(), hub()).prop_map(|(from, to)| Step::Receive { from, to }),
        1 => hub().prop_map(|hub| Step::Beat { hub }),
    ]
}

fn move_step() -> impl Strategy<Value = Step> {
    let moved = (0..20usize, 0..HUBS, any::<bool>());
    prop_oneof![
        1 => moved.prop_map(|(client, hub, stands)| Step::Move { client, hub, stands }),
        3 => step().prop_filter("a client that comes is for another test", |step| {
            !matches!(step, Step::Producer { .. } | Step::Page { .. } | Step::Leave { .. })
        }),
    ]
}

/// A producer or a page, as in `viewer/tests/serve/backplane/clients.rs`.
struct Client {
    session: Option<String>,
    client_id: String,
    wanted: Option<String>,
    hub: usize,
    seat: Seat,
    /// Ids of producers with their sessions, or of pages.
    announced: BTreeMap<String, String>,
    /// Marks of sessions, or ids of pages.
    channels: BTreeSet<String>,
    names: BTreeMap<String, String>,
    /// Once clients move, two that have a channel may be introduced again: a producer that comes back while no hub knows its
    /// pages may get another id than before.
    may_meet_again: bool,
}

/// Who claims which id. NATS decides it at once for all hubs.
type Claimed = BTreeMap<String, Holder>;

impl Client {
    fn register(&self, claimed: &mut Claimed) {
        let register = match &self.session {
            Some(session) => json!({
                "type": "register", "role": "producer", "client_id": self.client_id, "session": session,
                "connected": self.channels,
            }),
            None => json!({
                "type": "register", "role": "consumer", "client_id": self.client_id, "producer": self.wanted,
                "connected": self.names,
            }),
        };
        let Ok(Incoming::Register(mut register, _)) = parse(&register.to_string()) else { panic!("it is right") };
        if let Register::Producer(producer) = &mut register {
            let mut taken = BTreeSet::new();
            while let Some((id, holder, _)) = self.seat.id_to_claim(producer, &taken) {
                let is_held = |older: &Holder| !older.is_same_process(&holder) && !self.seat.hub.is_gone(&older.member);
                if !claimed.get(&id).is_some_and(is_held) {
                    claimed.insert(id.clone(), holder);
                    producer.claimed = Some(id);
                    break;
                }
                taken.insert(id);
            }
        }
        self.seat.register(register, None);
    }

    fn say(&self, message: &Value) {
        let Ok(Incoming::Request(request)) = parse(&message.to_string()) else { panic!("it is right: {message}") };
        self.seat.receive(request);
    }

    /// Takes what is waiting for it.
    fn listen(&mut self) -> Result<(), TestCaseError> {
        while let Some(Some(text)) = self.seat.next().now_or_never() {
            let message: Value = serde_json::from_str(&text).unwrap();
            let text = |key: &str| message[key].as_str().unwrap().to_owned();
            match message["type"].as_str().unwrap() {
                "consumer_connected" => {
                    let to = text("consumer_id");
                    prop_assert!(
                        self.may_meet_again || !self.channels.contains(&to),
                        "a page with a channel is announced"
                    );
                    prop_assert!(self.announced.insert(to.clone(), String::new()).is_none(), "announced twice");
                    self.say(&json!({"type": "webrtc_offer", "to": to, "sdp": "v=0"}));
                }
                "producer_connected" => drop(self.announced.insert(text("producer_id"), text("session"))),
                "webrtc_offer" => {
                    let from = text("from");
                    let session = self.announced.get(&from).cloned();
                    prop_assert!(session.is_some(), "an offer of {} comes before its announcement", from);
                    let session = session.expect("just asserted");
                    let is_new = self.channels.insert(session.clone());
                    prop_assert!(is_new || self.may_meet_again, "the channel to {} is made again", from);
                    self.names.insert(from.clone(), session);
                    self.say(&json!({"type": "webrtc_answer", "to": from, "sdp": "v=0"}));
                }
                "webrtc_answer" => drop(self.channels.insert(text("from"))),
                "producer_disconnected" => drop(self.announced.remove(&text("producer_id"))),
                "consumer_disconnected" => drop(self.announced.remove(&text("consumer_id"))),
                // Of one that has just left.
                _ => {}
            }
        }
        Ok(())
    }
}

struct World {
    hubs: Vec<Arc<Hub>>,
    bucket: Vec<(String, String)>,
    read: Vec<usize>,
    beats: Vec<u64>,
    /// By receiver, and by sender.
    messages: BTreeMap<(usize, usize), VecDeque<(u64, String)>>,
    claimed: Claimed,
    clients: Vec<Client>,
    /// Connections that their clients know nothing of any more.
    old: Vec<Seat>,
    next: usize,
}

impl World {
    fn new() -> Self {
        let hub = |number: usize| {
            let (claims, _) = Claims::new();
            let joint = Joint { mesh: Mesh::new(number.to_string()), claims, health: Health::default() };
            Arc::new(Hub::new(Limits::default(), Arc::default(), None).join(joint))
        };
        let mut world = Self {
            hubs: (0..HUBS).map(hub).collect(),
            bucket: Vec::new(),
            read: vec![0; HUBS],
            beats: vec![0; HUBS],
            messages: BTreeMap::new(),
            claimed: Claimed::new(),
            clients: Vec::new(),
            old: Vec::new(),
            next: 0,
        };
        (0..HUBS).chain(0..HUBS).for_each(|hub| world.beat(hub));
        for hub in 0..HUBS {
            world.hubs[hub].joint(|joint| joint.health.set_up(true));
            world.read(hub, usize::MAX);
        }
        world
    }

    fn beat(&mut self, hub: usize) {
        self.beats[hub] += 1;
        let beat = self.beats[hub];
        self.bucket.push((Subject::Server(hub.to_string()).key(), Fact::Beat { beat }.to_json()));
    }

    fn write(&mut self, hub: usize) {
        let texts = self.hubs[hub].take_writes(usize::MAX);
        for text in texts.members {
            self.bucket.push((text.key, text.value));
            if let Some(left) = text.left {
                self.hubs[hub].joint(|joint| joint.mesh.left_is_written(left));
            }
        }
        for (id, holder) in texts.unclaimed {
            if self.claimed.get(&id).is_some_and(|held| held.member == holder) {
                self.claimed.remove(&id);
            }
            self.hubs[hub].joint(|joint| joint.mesh.claim_is_released(id, holder));
        }
        for (to, message) in texts.messages {
            let receiver = to.server.parse().unwrap();
            self.messages.entry((hub, receiver)).or_default().push_back((to.number, message));
        }
    }

    fn read(&mut self, hub: usize, count: usize) {
        let end = self.bucket.len().min(self.read[hub].saturating_add(count));
        for (key, value) in &self.bucket[self.read[hub]..end] {
            self.hubs[hub].observe(key, value.as_bytes());
        }
        self.read[hub] = end;
    }

    fn receive(&mut self, from: usize, to: usize) -> bool {
        let Some((number, message)) = self.messages.get_mut(&(from, to)).and_then(VecDeque::pop_front) else {
            return false;
        };
        self.hubs[to].deliver(number, message.as_bytes());
        true
    }

    fn arrive(&mut self, hub: usize, client_id: String, session: Option<String>, wanted: Option<String>) {
        let seat = self.hubs[hub].take_seat().unwrap();
        let (announced, channels, names) = Default::default();
        let client =
            Client { session, client_id, wanted, hub, seat, announced, channels, names, may_meet_again: false };
        client.register(&mut self.claimed);
        self.clients.push(client);
    }

    fn apply(&mut self, step: Step) -> Result<(), TestCaseError> {
        match step {
            Step::Producer { hub, name } => {
                self.next += 1;
                self.arrive(hub, format!("app-{name}"), Some(format!("session-{}", self.next)), None);
            }
            Step::Page { hub, wanted } => {
                self.next += 1;
                self.arrive(hub, format!("page-{}", self.next), None, wanted.map(|name| format!("app-{name}")));
            }
            Step::Move { client, hub, stands } => {
                if let Some(client) = self.clients.get_mut(client) {
                    let seat = self.hubs[hub].take_seat().unwrap();
                    let old = std::mem::replace(&mut client.seat, seat);
                    self.old.extend(stands.then_some(old));
                    client.hub = hub;
                    client.announced.clear();
                    client.register(&mut self.claimed);
                }
            }
            Step::Leave { client } if client < self.clients.len() => drop(self.clients.remove(client)),
            Step::Leave { .. } => {}
            Step::Write { hub } => self.write(hub),
            Step::Read { hub, count } => self.read(hub, count),
            Step::Receive { from, to } => drop(self.receive(from, to)),
            Step::Beat { hub } => self.beat(hub),
        }
        self.listen()
    }

    fn listen(&mut self) -> Result<(), TestCaseError> {
        self.clients.iter_mut().try_for_each(Client::listen)
    }

    /// Everything that `hubs` write and send arrives.
    fn settle(&mut self, hubs: &[usize]) -> Result<(), TestCaseError> {
        for _ in 0..SETTLING_BEATS {
            for &hub in hubs {
                self.beat(hub);
            }
            for _ in 0..4 {
                for &hub in hubs {
                    self.write(hub);
                    self.read(hub, usize::MAX);
                }
                for &to in hubs {
                    for from in 0..HUBS {
                        while self.receive(from, to) {}
                    }
                }
                // What a connection that was replaced had to say is not read by anybody.
                self.old.retain_mut(|seat| !matches!(seat.next().now_or_never(), Some(None)));
                self.listen()?;
            }
        }
        Ok(())
    }

    /// Whether each producer has the same id on every hub.
    fn names_agree(&self) -> bool {
        self.clients.iter().filter(|client| client.session.is_some()).all(|client| {
            let member = Member::Producer {
                id: String::new(),
                client_id: client.client_id.clone(),
                metadata: Map::new(),
                session: client.session.clone(),
            };
            let id_on = |hub: &Arc<Hub>| {
                let state = hub.lock();
                let connection = state.registry.replaced_by(&member)?;
                state.registry.id_of(connection).map(str::to_owned)
            };
            let ids: BTreeSet<Option<String>> = self.hubs.iter().map(id_on).collect();
            ids.len() == 1
        })
    }

    fn check(&self) -> Result<(), TestCaseError> {
        prop_assert!(self.old.is_empty(), "a connection that was replaced stands");
        let producers = || self.clients.iter().filter(|client| client.session.is_some());
        for page in self.clients.iter().filter(|client| client.session.is_none()) {
            let wants = |producer: &&Client| page.wanted.as_ref().is_none_or(|wanted| producer.client_id == *wanted);
            let wanted: BTreeSet<String> =
                producers().filter(wants).filter_map(|producer| producer.session.as_deref().map(mark_of)).collect();
            let announced: Vec<&String> = page.announced.values().collect();
            prop_assert_eq!(announced.len(), wanted.len(), "{} on {}: {:?}", page.client_id, page.hub, page.announced);
            prop_assert!(announced.iter().all(|session| wanted.contains(*session)), "{:?}", page.announced);
            prop_assert!(wanted.is_subset(&page.channels), "{} on {} has not met all", page.client_id, page.hub);
            let id = mark_of(&page.client_id);
            for producer in producers().filter(wants) {
                prop_assert!(producer.channels.contains(&id), "{:?} has no answer", producer.session);
            }
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_pair_meets_once_in_whatever_order_things_arrive(
        steps in vec(step(), 0..60),
        moves in vec(move_step(), 0..20),
        killed in proptest::option::of(0..HUBS),
    ) {
        let mut world = World::new();
        let all: Vec<usize> = (0..HUBS).collect();
        for step in steps {
            world.apply(step)?;
        }
        world.settle(&all)?;
        world.check()?;
        prop_assert!(world.names_agree(), "a producer has several ids");
        world.clients.iter_mut().for_each(|client| client.may_meet_again = true);
        for step in moves {
            world.apply(step)?;
        }
        world.settle(&all)?;
        world.check()?;
        if let Some(killed) = killed {
            let left: Vec<usize> = all.into_iter().filter(|hub| *hub != killed).collect();
            world.hubs[killed] = World::new().hubs.remove(killed);
            for client in 0..world.clients.len() {
                if world.clients[client].hub == killed {
                    world.apply(Step::Move { client, hub: left[client % left.len()], stands: true })?;
                }
            }
            world.old.clear();
            world.settle(&left)?;
            world.check()?;
        }
    }
}
