//! Permits: what lets a sender post a body, checked offline with the keys that are published.
//!
//! - [`key`], [`key_set`]: one key, and those that there are
//! - [`directory`]: the files that hold them; [`rotation`], [`command`]: how those change
//! - [`follow`]: the keys as the files are now
//! - [`permit`]: what a permit says, and until when it lets anybody do it

mod command;
mod directory;
mod error;
mod follow;
mod key;
mod key_set;
mod permit;
mod rotation;

pub use command::PermitKeys;
pub use error::KeysError;
pub use rotation::{Generated, Retired, Rotated, generate, retire, rotate};

pub(crate) use follow::Permits;
pub(crate) use permit::Permit;
