//! Who is registered, and what is to be sent to whom. No I/O, no clock.
//!
//! Producers and consumers are named apart: one of each may have the same id. A producer and a consumer that wants it
//! are a *pair*: each is told when the other comes and when it goes, and only pairs pass messages to each other.

mod members;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;

use serde_json::{Map, Value};

use crate::message::{
    Departure, MAX_CONNECTED, Outgoing, Register, RegisterConsumer, RegisterProducer, RelayKind, Request,
};

pub(crate) use members::Member;

/// Names a connection. The caller never uses one twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ConnectionId(pub(crate) u64);

/// What the caller is to do, in order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Effect {
    Send(ConnectionId, Outgoing),
    /// The registry has already forgotten this connection.
    Close(ConnectionId, &'static str),
}

/// Every registered connection, under exactly one id.
#[derive(Debug)]
pub(crate) struct Registry {
    connections: HashMap<ConnectionId, Client>,
    producers: BTreeMap<String, Producer>,
    /// By the id that producers know.
    consumers: BTreeMap<String, Consumer>,
    /// The id that producers know, of a consumer's own: always the same, so that a channel outlives the server.
    public_id: fn(&str) -> String,
    generated_ids: GeneratedIds,
}

#[derive(Debug, Clone)]
enum Client {
    Producer(String),
    Consumer(String),
}

#[derive(Debug)]
struct Producer {
    connection: ConnectionId,
    client_id: String,
    metadata: Map<String, Value>,
    session: Option<String>,
    /// The consumers to which it has a data channel; `None` if it does not say. One that was lost while the producer was away
    /// would otherwise be taken for open for as long as the consumer does not notice.
    connected: Option<BTreeSet<String>>,
}

impl Producer {
    /// Whether it has a data channel to a consumer, as far as it says.
    fn may_have(&self, consumer_id: &str) -> bool {
        self.connected.as_ref().is_none_or(|connected| connected.contains(consumer_id))
    }
}

#[derive(Debug)]
struct Consumer {
    connection: ConnectionId,
    /// The id that it registered with. Producers are not told it: with it, they could register in its place.
    client_id: String,
    wanted: Option<String>,
    /// Producer id to session, of the data channels that it has: announced anew, they would be made twice.
    connected: BTreeMap<String, String>,
    last_offer_from: Option<String>,
}

impl Consumer {
    fn wants(&self, producer_id: &str, client_id: &str) -> bool {
        self.wanted.as_deref().is_none_or(|wanted| wanted == producer_id || wanted == client_id)
    }

    fn has(&self, producer_id: &str, session: Option<&str>) -> bool {
        session.is_some_and(|session| self.connected.get(producer_id).is_some_and(|held| held == session))
    }
}

/// Whether there is a data channel between the two: both of them must have it.
fn are_connected((producer_id, producer): (&str, &Producer), (consumer_id, consumer): (&str, &Consumer)) -> bool {
    consumer.has(producer_id, producer.session.as_deref()) && producer.may_have(consumer_id)
}

/// Ids of consumers that bring none. The prefix is of this server's run, so that a producer that outlives the server
/// does not take a new consumer for one it knew.
#[derive(Debug)]
struct GeneratedIds {
    prefix: String,
    next: u64,
}

impl GeneratedIds {
    fn next(&mut self, taken: impl Fn(&str) -> bool) -> String {
        loop {
            self.next += 1;
            let id = format!("{}-{}", self.prefix, self.next);
            if !taken(&id) {
                return id;
            }
        }
    }
}

impl Registry {
    /// An empty registry; `generated_prefix` begins the ids that it makes up, and `public_id` makes the id by which producers
    /// know a consumer.
    pub(crate) fn new(generated_prefix: String, public_id: fn(&str) -> String) -> Self {
        Self {
            connections: HashMap::new(),
            producers: BTreeMap::new(),
            consumers: BTreeMap::new(),
            public_id,
            generated_ids: GeneratedIds { prefix: generated_prefix, next: 0 },
        }
    }

    /// Takes in a connection that is not registered yet.
    pub(crate) fn register(&mut self, connection: ConnectionId, register: Register) -> Vec<Effect> {
        match register {
            Register::Producer(producer) => self.register_producer(connection, producer),
            Register::Consumer(consumer) => self.register_consumer(connection, consumer),
        }
    }

    /// Takes a message of a registered connection; one that was closed meanwhile is ignored.
    pub(crate) fn receive(&mut self, connection: ConnectionId, request: Request) -> Vec<Effect> {
        let Some(client) = self.connections.get(&connection).cloned() else { return Vec::new() };
        let answer = match (client, request) {
            (_, Request::Ping) => Ok(Effect::Send(connection, Outgoing::Pong)),
            (_, Request::Pong) => return Vec::new(),
            (Client::Producer(id), Request::Relay { kind, to, body }) => self.relay_to_consumer(&id, kind, to, body),
            (Client::Consumer(id), Request::Relay { kind, to, body }) => self.relay_to_producer(&id, kind, to, body),
            (Client::Consumer(id), Request::Connect { producer }) => self.reconnect(&id, &producer),
            (Client::Producer(_), Request::Connect { .. }) => {
                Err(Outgoing::error("connect: only a consumer asks for a connection"))
            }
        };
        vec![answer.unwrap_or_else(|error| Effect::Send(connection, error))]
    }

    /// Forgets a connection that has ended, whether or not it ever registered.
    pub(crate) fn disconnect(&mut self, connection: ConnectionId, reason: Departure) -> Vec<Effect> {
        match self.connections.remove(&connection) {
            None => Vec::new(),
            Some(Client::Producer(id)) => {
                let producer = self.producers.remove(&id).expect("every connection's id has its record");
                self.consumers_of(&id, &producer.client_id)
                    .map(|(_, consumer)| {
                        (consumer.connection, Outgoing::ProducerDisconnected { producer_id: id.clone(), reason })
                    })
                    .map(|(connection, message)| Effect::Send(connection, message))
                    .collect()
            }
            Some(Client::Consumer(id)) => {
                let consumer = self.consumers.remove(&id).expect("every connection's id has its record");
                self.producers_of(&consumer).map(|(_, producer)| consumer_gone(&id, producer)).collect()
            }
        }
    }

    /// How many producers and how many consumers there are among `connections`.
    pub(crate) fn counts<'c>(&self, connections: impl Iterator<Item = &'c ConnectionId>) -> (usize, usize) {
        connections.filter_map(|connection| self.connections.get(connection)).fold(
            (0, 0),
            |counts, client| match client {
                Client::Producer(_) => (counts.0 + 1, counts.1),
                Client::Consumer(_) => (counts.0, counts.1 + 1),
            },
        )
    }

    fn register_producer(&mut self, connection: ConnectionId, register: RegisterProducer) -> Vec<Effect> {
        let RegisterProducer { client_id, metadata, session, connected, claimed } = register;
        let mut effects = Vec::new();
        let id = self
            .id_of_session(&client_id, session.as_deref())
            .or_else(|| claimed.filter(|id| !self.producers.contains_key(id)))
            .unwrap_or_else(|| self.free_producer_id(&client_id, session.as_deref(), &BTreeSet::new()));
        if let Some(older) = self.producers.remove(&id) {
            self.connections.remove(&older.connection);
            effects.push(Effect::Close(older.connection, "session: has registered again, on a newer connection"));
        }
        let producer = Producer { connection, client_id, metadata, session, connected };
        let introductions: Vec<Effect> = self
            .consumers_of(&id, &producer.client_id)
            .flat_map(|consumer| introduce((&id, &producer), consumer))
            .collect();
        let to_producer = |effect: &&Effect| matches!(effect, Effect::Send(to, _) if *to == connection);
        let consumers = Some(introductions.iter().filter(to_producer).count());
        effects.push(Effect::Send(
            connection,
            Outgoing::Registered { client_id: id.clone(), consumers, ice_servers: None },
        ));
        effects.extend(introductions);
        self.connections.insert(connection, Client::Producer(id.clone()));
        self.producers.insert(id, producer);
        effects
    }

    fn register_consumer(&mut self, connection: ConnectionId, register: RegisterConsumer) -> Vec<Effect> {
        let (consumers, public_id) = (&self.consumers, self.public_id);
        let client_id = match register.client_id {
            Some(id) => id,
            None => self.generated_ids.next(|id| consumers.contains_key(&public_id(id))),
        };
        let id = public_id(&client_id);
        let consumer = Consumer {
            connection,
            client_id,
            wanted: register.producer,
            connected: register.connected,
            last_offer_from: None,
        };
        self.add_consumer(id, consumer)
    }

    fn add_consumer(&mut self, id: String, consumer: Consumer) -> Vec<Effect> {
        let connection = consumer.connection;
        let mut effects = Vec::new();
        if let Some(older) = self.consumers.remove(&id) {
            self.connections.remove(&older.connection);
            effects.push(Effect::Close(older.connection, "client_id: has registered again, on a newer connection"));
            effects.extend(
                self.producers_of(&older)
                    .filter(|(producer_id, producer)| !consumer.wants(producer_id, &producer.client_id))
                    .map(|(_, producer)| consumer_gone(&id, producer)),
            );
        }
        let client_id = consumer.client_id.clone();
        effects.push(Effect::Send(connection, Outgoing::Registered { client_id, consumers: None, ice_servers: None }));
        for (producer_id, producer) in self.producers_of(&consumer) {
            effects.extend(introduce((producer_id, producer), (&id, &consumer)));
        }
        self.connections.insert(connection, Client::Consumer(id.clone()));
        self.consumers.insert(id, consumer);
        effects
    }

    /// The id under which this very process is still registered.
    fn id_of_session(&self, client_id: &str, session: Option<&str>) -> Option<String> {
        let session = session?;
        // An id begins with the client's own.
        self.producers
            .range::<str, _>((Bound::Included(client_id), Bound::Unbounded))
            .take_while(|(id, _)| id.starts_with(client_id))
            .find(|(_, producer)| producer.client_id == client_id && producer.session.as_deref() == Some(session))
            .map(|(id, _)| id.clone())
    }

    /// The id by which a consumer still knows this process, so that a restart of the server does not swap the names
    /// of two processes and with them their connections; else the first of `client_id`, `client_id#2`, … that is free.
    fn free_producer_id(&self, client_id: &str, session: Option<&str>, taken: &BTreeSet<String>) -> String {
        let is_free = |id: &str| !self.producers.contains_key(id) && !taken.contains(id);
        let known = session.and_then(|session| {
            self.consumers
                .values()
                .flat_map(|consumer| &consumer.connected)
                .find(|(id, held)| *held == session && is_name_of(id, client_id) && is_free(id))
                .map(|(id, _)| id.clone())
        });
        known.unwrap_or_else(|| {
            std::iter::once(client_id.to_owned())
                .chain((2u64..).map(|number| format!("{client_id}#{number}")))
                .find(|id| is_free(id))
                .expect("the numbers do not run out")
        })
    }

    fn relay_to_consumer(
        &mut self,
        producer_id: &str,
        kind: RelayKind,
        to: Option<String>,
        mut body: Map<String, Value>,
    ) -> Result<Effect, Outgoing> {
        let to = to.ok_or_else(|| Outgoing::error("to: must be there, as the consumer_id that was announced"))?;
        let client_id = &self.producers.get(producer_id).expect("a live producer has its record").client_id;
        let consumer = self.consumers.get_mut(&to).filter(|consumer| consumer.wants(producer_id, client_id));
        let Some(consumer) = consumer else { return Err(no_such_client("to", to)) };
        if kind == RelayKind::Offer {
            consumer.last_offer_from = Some(producer_id.to_owned());
        }
        // It knows itself by its own id.
        body.insert("to".to_owned(), Value::String(consumer.client_id.clone()));
        Ok(relay(consumer.connection, producer_id, body))
    }

    fn relay_to_producer(
        &mut self,
        consumer_id: &str,
        kind: RelayKind,
        to: Option<String>,
        body: Map<String, Value>,
    ) -> Result<Effect, Outgoing> {
        let consumer = self.consumers.get_mut(consumer_id).expect("a live consumer has its record");
        let to = to
            .or_else(|| consumer.last_offer_from.clone())
            .ok_or_else(|| Outgoing::error("to: must be there, as the producer_id that was announced"))?;
        let producer = self.producers.get(&to).filter(|producer| consumer.wants(&to, &producer.client_id));
        let Some(producer) = producer else { return Err(no_such_client("to", to)) };
        let connection = producer.connection;
        if kind == RelayKind::Answer {
            self.connect(&to, consumer_id);
        }
        Ok(relay(connection, consumer_id, body))
    }

    /// Takes an answered offer for a data channel.
    fn connect(&mut self, producer_id: &str, consumer_id: &str) {
        let consumer = self.consumers.get_mut(consumer_id).expect("a live consumer has its record");
        if consumer.connected.len() >= MAX_CONNECTED {
            consumer.connected.retain(|id, _| self.producers.contains_key(id));
        }
        let producer = self.producers.get_mut(producer_id).expect("whoever is answered has its record");
        if let Some(session) = &producer.session {
            consumer.connected.insert(producer_id.to_owned(), session.clone());
        }
        if let Some(connected) = &mut producer.connected {
            if connected.len() >= MAX_CONNECTED {
                connected.retain(|id| self.consumers.contains_key(id));
            }
            connected.insert(consumer_id.to_owned());
        }
    }

    fn reconnect(&mut self, consumer_id: &str, producer_id: &str) -> Result<Effect, Outgoing> {
        let consumer = self.consumers.get_mut(consumer_id).expect("a live consumer has its record");
        consumer.connected.remove(producer_id);
        match self.producers.get(producer_id) {
            Some(producer) if consumer.wants(producer_id, &producer.client_id) => Ok(Effect::Send(
                producer.connection,
                Outgoing::ConsumerConnected { consumer_id: consumer_id.to_owned() },
            )),
            _ => Err(no_such_client("producer", producer_id.to_owned())),
        }
    }

    fn consumers_of(&self, producer_id: &str, client_id: &str) -> impl Iterator<Item = (&String, &Consumer)> {
        self.consumers.iter().filter(move |(_, consumer)| consumer.wants(producer_id, client_id))
    }

    fn producers_of(&self, consumer: &Consumer) -> impl Iterator<Item = (&String, &Producer)> {
        self.producers.iter().filter(|(id, producer)| consumer.wants(id, &producer.client_id))
    }
}

/// Tells a pair of each other. The consumer comes first, so that it knows the producer when the offer arrives.
fn introduce(
    (producer_id, producer): (&String, &Producer),
    (consumer_id, consumer): (&String, &Consumer),
) -> impl Iterator<Item = Effect> {
    let to_consumer = Effect::Send(
        consumer.connection,
        Outgoing::ProducerConnected {
            producer_id: producer_id.clone(),
            client_id: producer.client_id.clone(),
            metadata: producer.metadata.clone(),
            session: producer.session.clone(),
        },
    );
    let to_producer = (!are_connected((producer_id, producer), (consumer_id, consumer)))
        .then(|| Effect::Send(producer.connection, Outgoing::ConsumerConnected { consumer_id: consumer_id.clone() }));
    std::iter::once(to_consumer).chain(to_producer)
}

fn consumer_gone(consumer_id: &str, producer: &Producer) -> Effect {
    Effect::Send(producer.connection, Outgoing::ConsumerDisconnected { consumer_id: consumer_id.to_owned() })
}

fn relay(to: ConnectionId, from: &str, mut body: Map<String, Value>) -> Effect {
    body.insert("from".to_owned(), Value::String(from.to_owned()));
    Effect::Send(to, Outgoing::Relay(body))
}

fn no_such_client(key: &str, id: String) -> Outgoing {
    Outgoing::Error { message: format!("{key}: no such client {id:?}"), to: Some(id) }
}

/// Whether `id` is `client_id` or `client_id#n`.
fn is_name_of(id: &str, client_id: &str) -> bool {
    id.strip_prefix(client_id).is_some_and(|rest| {
        rest.is_empty() || rest.strip_prefix('#').is_some_and(|number| number.parse::<u64>().is_ok_and(|n| n >= 2))
    })
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
