//! The tenants and conversations that are measured. Everything about them follows from two numbers,
//! the tenant's and the conversation's, so that the driver, pgbench's scripts and the seeding name
//! the same rows without telling each other.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Some tenants with as many conversations each.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Population {
    /// What the tenants' ids begin with.
    pub(crate) prefix: String,
    /// How many tenants.
    pub(crate) tenants: u64,
    /// How many conversations each of them has.
    pub(crate) each: u64,
}

/// The one channel that each tenant has.
pub(crate) const CHANNEL: &str = "main";
/// The one template that each tenant has, and its language.
pub(crate) const TEMPLATE: &str = "order_update";
pub(crate) const LANGUAGE: &str = "en_US";

// === impl Population ===

impl Population {
    pub(crate) fn new(prefix: &str, tenants: u64, each: u64) -> Self {
        Self { prefix: prefix.to_owned(), tenants, each }
    }

    pub(crate) fn tenant(&self, k: u64) -> String {
        format!("{}{k:06}", self.prefix)
    }

    /// How many conversations there are.
    pub(crate) fn size(&self) -> u64 {
        self.tenants * self.each
    }
}

/// A contact's number: neighbours lie far apart, as in life.
pub(crate) fn contact(i: u64) -> String {
    format!("966{:09}", i * 39_916_801 % 1_000_000_000)
}

pub(crate) fn conversation(i: u64) -> String {
    format!("01900000-0000-7000-8000-{i:012x}")
}

/// The message that the conversation was seeded with.
pub(crate) fn seeded_message(i: u64) -> String {
    format!("wamid.HBgM{}FQIAEhgUM0E3{i:012X}", contact(i))
}

/// A message's id as the platform makes them: as long, and in no order.
pub(crate) fn new_message(i: u64, random: u64) -> String {
    format!("wamid.HBgM{}FQIAEhgUM0E3{random:016x}", contact(i))
}

/// The id of a request that is made once.
pub(crate) fn request(i: u64, random: u64) -> String {
    Uuid::from_u64_pair(random, i).to_string()
}
