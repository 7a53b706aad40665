//! Several servers as one: each tells the others of its clients, and carries their messages.
//!
//! `record.rs`, `presence.rs`, `mesh.rs` and `health.rs` decide; `task.rs` is the shell, and the only file that knows NATS.

mod claims;
mod health;
mod mesh;
#[cfg(feature = "backplane")]
mod options;
mod presence;
mod record;
#[cfg(feature = "backplane")]
mod task;

pub(crate) use claims::Claims;
pub(crate) use health::Health;
pub(crate) use mesh::{Mesh, Writes, Written};
pub(crate) use presence::Change;
pub(crate) use record::{Envelope, Fact, Member, MemberId, Record, Subject};

#[cfg(feature = "backplane")]
pub use options::{Backplane, InvalidBackplane};
#[cfg(feature = "backplane")]
pub(crate) use task::Running;
