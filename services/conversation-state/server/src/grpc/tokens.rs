//! Page and resume tokens: opaque to clients, and of no use with other arguments.

use azeer_runtime::tokens::{read, write};
use chrono::Datelike as _;
use conversation_state_core::{TenantId, Time};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::store::Cursor;

/// Where a page of conversations begins.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ListToken {
    /// Of the listing's arguments.
    #[serde(rename = "h")]
    pub(super) arguments: String,
    /// When the first page was read, in microseconds.
    #[serde(rename = "a")]
    as_of: i64,
    /// The key of the last conversation, in microseconds.
    #[serde(rename = "k")]
    key: Option<i64>,
    /// The last conversation.
    #[serde(rename = "i")]
    id: Uuid,
}

impl ListToken {
    pub(super) fn new(arguments: String, as_of: Time, cursor: Cursor) -> Self {
        let key = cursor.key.map(|key| key.timestamp_micros());
        Self { arguments, as_of: as_of.timestamp_micros(), key, id: cursor.id }
    }

    /// When the first page was read. None if no token of ours says so.
    pub(super) fn as_of(&self) -> Option<Time> {
        instant(self.as_of)
    }

    pub(super) fn cursor(&self) -> Option<Cursor> {
        let key = match self.key {
            Some(micros) => Some(instant(micros)?),
            None => None,
        };
        Some(Cursor { key, id: self.id })
    }
}

/// An instant that the service can have seen: a token is no way to others.
fn instant(micros: i64) -> Option<Time> {
    Time::from_timestamp_micros(micros).filter(|at| (1970..10_000).contains(&at.year()))
}

/// A place in a tenant's log.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct ResumeToken {
    #[serde(rename = "t")]
    tenant: TenantId,
    #[serde(rename = "r")]
    revision: i64,
}

/// Names a place in a tenant's log.
pub(super) fn resume(tenant: &TenantId, revision: i64) -> String {
    write(&ResumeToken { tenant: tenant.clone(), revision })
}

/// The tenant and the revision of a place in its log. None if the token is none of ours.
pub(super) fn read_resume(text: &str) -> Option<(TenantId, i64)> {
    let ResumeToken { tenant, revision } = read(text)?;
    (revision >= 0).then_some((tenant, revision))
}
