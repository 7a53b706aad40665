//! Several servers as one: each tells the others of its clients, and carries their messages, over NATS. The mesh decides; this
//! is its shell, and the only module that knows NATS.

mod options;
mod task;

pub use options::{Backplane, InvalidBackplane};
pub(crate) use task::Running;
