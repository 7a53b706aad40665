//! What holds after any sequence of comings, goings and messages.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;

use super::*;

const CONNECTIONS: u64 = 12;

#[derive(Debug, Clone)]
enum Step {
    Producer { client_id: String, session: Option<String>, connected: Option<BTreeSet<String>> },
    Consumer { client_id: Option<String>, producer: Option<String>, connected: BTreeMap<String, String> },
    Relay { by: u64, kind: RelayKind, to: Option<String> },
    Connect { by: u64, producer: String },
    Leave { by: u64 },
}

fn producer_id() -> impl Strategy<Value = String> {
    prop_oneof![Just("api"), Just("api#2"), Just("db")].prop_map(str::to_owned)
}

fn consumer_id() -> impl Strategy<Value = String> {
    prop_oneof![Just("page"), Just("other"), Just("consumer-2")].prop_map(str::to_owned)
}

fn session() -> impl Strategy<Value = String> {
    "[12]"
}

fn step() -> impl Strategy<Value = Step> {
    let kind = prop_oneof![Just(RelayKind::Offer), Just(RelayKind::Answer), Just(RelayKind::Candidate)];
    let to = option::of(prop_oneof![producer_id(), consumer_id()]);
    prop_oneof![
        (producer_id(), option::of(session()), option::of(btree_set(consumer_id(), 0..3)))
            .prop_map(|(client_id, session, connected)| Step::Producer { client_id, session, connected }),
        (option::of(consumer_id()), option::of(producer_id()), btree_map(producer_id(), session(), 0..3))
            .prop_map(|(client_id, producer, connected)| Step::Consumer { client_id, producer, connected }),
        (0..CONNECTIONS, kind, to).prop_map(|(by, kind, to)| Step::Relay { by, kind, to }),
        (0..CONNECTIONS, producer_id()).prop_map(|(by, producer)| Step::Connect { by, producer }),
        (0..CONNECTIONS).prop_map(|by| Step::Leave { by }),
    ]
}

/// What the clients know, from nothing but what they were sent.
#[derive(Default)]
struct World {
    open: BTreeMap<ConnectionId, Knowledge>,
    next: u64,
}

#[derive(Default)]
struct Knowledge {
    registered_as: Option<String>,
    others: BTreeSet<String>,
}

impl World {
    /// The `by`-th of the open connections, or none.
    fn pick(&self, by: u64) -> Option<ConnectionId> {
        self.open.keys().nth(usize::try_from(by).unwrap()).copied()
    }

    fn arrive(&mut self) -> ConnectionId {
        self.next += 1;
        let connection = ConnectionId(self.next);
        self.open.insert(connection, Knowledge::default());
        connection
    }

    fn apply(&mut self, registry: &mut Registry, effects: Vec<Effect>) -> Result<(), TestCaseError> {
        Self::check_counts(&effects)?;
        for effect in effects {
            match effect {
                Effect::Close(connection, _) => {
                    prop_assert!(self.open.remove(&connection).is_some(), "closed one that was gone");
                    prop_assert_eq!(
                        registry.disconnect(connection, Departure::Lost),
                        vec![],
                        "its end is reported by nobody twice"
                    );
                }
                Effect::Send(connection, message) => {
                    let known = self.open.get_mut(&connection);
                    prop_assert!(known.is_some(), "{:?} sent to a connection that is gone", message);
                    known.expect("just asserted").learn(message)?;
                }
            }
        }
        Ok(())
    }

    /// A producer is told of as many consumers as `registered` says, right behind it; a consumer gets no such number.
    fn check_counts(effects: &[Effect]) -> Result<(), TestCaseError> {
        for effect in effects {
            let Effect::Send(connection, Outgoing::Registered { consumers, .. }) = effect else { continue };
            let to_it = effects.iter().filter_map(|effect| match effect {
                Effect::Send(to, message) if to == connection => Some(message),
                _ => None,
            });
            let behind: Vec<&Outgoing> = to_it.skip(1).collect();
            let are_consumers = behind.iter().all(|message| matches!(message, Outgoing::ConsumerConnected { .. }));
            match consumers {
                Some(consumers) => prop_assert!(behind.len() == *consumers && are_consumers, "{:?}", effects),
                None => prop_assert!(behind.is_empty() || !are_consumers, "a producer got no number"),
            }
        }
        Ok(())
    }

    fn check(&self, registry: &Registry) -> Result<(), TestCaseError> {
        prop_assert_eq!(registry.connections.len(), registry.producers.len() + registry.consumers.len());
        prop_assert_eq!(self.open.len(), registry.connections.len());
        for (id, producer) in &registry.producers {
            let known = &self.open[&producer.connection];
            prop_assert_eq!(known.registered_as.as_ref(), Some(id));
            for consumer_id in &known.others {
                let wants = registry.consumers.get(consumer_id).is_some_and(|c| c.wants(id, &producer.client_id));
                prop_assert!(wants, "{} was not told that {} went", id, consumer_id);
            }
            for (consumer_id, consumer) in registry.consumers_of(id, &producer.client_id) {
                prop_assert!(
                    known.others.contains(consumer_id) || are_connected((id, producer), (consumer_id, consumer)),
                    "{} was not told of {}",
                    id,
                    consumer_id
                );
            }
        }
        for (id, consumer) in &registry.consumers {
            let known = &self.open[&consumer.connection];
            prop_assert_eq!(known.registered_as.as_ref(), Some(id));
            let wanted: BTreeSet<_> = registry.producers_of(consumer).map(|(id, _)| id.clone()).collect();
            prop_assert_eq!(&known.others, &wanted, "{} knows other producers than it should", id);
        }
        Ok(())
    }
}

impl Knowledge {
    fn learn(&mut self, message: Outgoing) -> Result<(), TestCaseError> {
        match message {
            Outgoing::Registered { client_id, .. } => {
                prop_assert_eq!(self.registered_as.replace(client_id), None, "registered twice");
            }
            Outgoing::ProducerConnected { producer_id: id, .. } | Outgoing::ConsumerConnected { consumer_id: id } => {
                self.others.insert(id);
            }
            Outgoing::ProducerDisconnected { producer_id: id, .. } => prop_assert!(self.others.remove(&id)),
            // A consumer that still had its channel was never announced to a producer's newer connection.
            Outgoing::ConsumerDisconnected { consumer_id: id } => drop(self.others.remove(&id)),
            Outgoing::Relay(_) | Outgoing::Error { .. } | Outgoing::Pong | Outgoing::IceServers { .. } => {}
        }
        prop_assert!(self.registered_as.is_some(), "the first message is not `registered`");
        Ok(())
    }
}

proptest! {
    #[test]
    fn everyone_knows_exactly_who_is_there(steps in vec(step(), 0..60)) {
        let mut registry = Registry::new("consumer".to_owned(), str::to_owned);
        let mut world = World::default();
        for step in steps {
            let effects = match step {
                Step::Producer { client_id, session, connected } => registry.register(
                    world.arrive(),
                    Register::Producer(RegisterProducer { client_id, metadata: Map::new(), session, connected, claimed: None }),
                ),
                Step::Consumer { client_id, producer, connected } => registry.register(
                    world.arrive(),
                    Register::Consumer(RegisterConsumer { client_id, producer, connected }),
                ),
                Step::Relay { by, kind, to } => world.pick(by).map_or_else(Vec::new, |connection| {
                    registry.receive(connection, Request::Relay { kind, to, body: Map::new() })
                }),
                Step::Connect { by, producer } => world
                    .pick(by)
                    .map_or_else(Vec::new, |connection| registry.receive(connection, Request::Connect { producer })),
                Step::Leave { by } => world.pick(by).map_or_else(Vec::new, |connection| {
                    world.open.remove(&connection);
                    registry.disconnect(connection, Departure::Closed)
                }),
            };
            world.apply(&mut registry, effects)?;
            world.check(&registry)?;
        }
    }
}
