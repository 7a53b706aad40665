//! Clients of other servers. To the registry each is a connection like any other, whose messages another server sends; what
//! is sent to it is for the caller to carry there.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Client, ConnectionId, Consumer, Effect, Registry};
use crate::message::RegisterProducer;

/// A client, as other servers have to know it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "role", rename_all = "snake_case")]
pub(crate) enum Member {
    Producer {
        id: String,
        client_id: String,
        #[serde(default, skip_serializing_if = "Map::is_empty")]
        metadata: Map<String, Value>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        session: Option<String>,
    },
    Consumer {
        /// The one that producers know. Its own stays on its server.
        id: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        producer: Option<String>,
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        connected: BTreeMap<String, String>,
    },
}

impl Registry {
    /// Takes in a client of another server. A producer keeps its id if that is free here: two servers that did not know of
    /// each other may both have given it away, and no open channel is renamed.
    pub(crate) fn join(&mut self, connection: ConnectionId, member: Member) -> Vec<Effect> {
        match member {
            Member::Producer { id, client_id, metadata, session } => {
                let claimed = Some(id);
                let register = RegisterProducer { client_id, metadata, session, connected: None, claimed };
                self.register_producer(connection, register)
            }
            Member::Consumer { id, producer, connected } => {
                let (client_id, last_offer_from) = (id.clone(), None);
                self.add_consumer(id, Consumer { connection, client_id, wanted: producer, connected, last_offer_from })
            }
        }
    }

    /// Replaces the channels that a consumer of another server has.
    pub(crate) fn set_connected(&mut self, connection: ConnectionId, connected: BTreeMap<String, String>) {
        if let Some(Client::Consumer(id)) = self.connections.get(&connection)
            && let Some(consumer) = self.consumers.get_mut(id)
        {
            consumer.connected = connected;
        }
    }

    /// What other servers must know of a client; none if it is not registered.
    pub(crate) fn member(&self, connection: ConnectionId) -> Option<Member> {
        match self.connections.get(&connection)? {
            Client::Producer(id) => self.producers.get(id).map(|producer| Member::Producer {
                id: id.clone(),
                client_id: producer.client_id.clone(),
                metadata: producer.metadata.clone(),
                session: producer.session.clone(),
            }),
            Client::Consumer(id) => self.consumers.get(id).map(|consumer| Member::Consumer {
                id: id.clone(),
                producer: consumer.wanted.clone(),
                connected: consumer.connected.clone(),
            }),
        }
    }

    /// The id by which the others know a client.
    pub(crate) fn id_of(&self, connection: ConnectionId) -> Option<&str> {
        self.connections.get(&connection).map(|client| match client {
            Client::Producer(id) | Client::Consumer(id) => id.as_str(),
        })
    }

    /// The connection that `member` would replace: the same process, or the same consumer.
    pub(crate) fn replaced_by(&self, member: &Member) -> Option<ConnectionId> {
        match member {
            Member::Producer { client_id, session, .. } => {
                let id = self.id_of_session(client_id, session.as_deref())?;
                self.producers.get(&id).map(|producer| producer.connection)
            }
            Member::Consumer { id, .. } => self.consumers.get(id).map(|consumer| consumer.connection),
        }
    }

    /// The id that a producer would get if those of `taken` were not free: that of its process, if it is still registered.
    pub(crate) fn id_to_claim(&self, register: &RegisterProducer, taken: &BTreeSet<String>) -> String {
        let session = register.session.as_deref();
        let own = self.id_of_session(&register.client_id, session).filter(|id| !taken.contains(id));
        own.unwrap_or_else(|| self.free_producer_id(&register.client_id, session, taken))
    }
}
