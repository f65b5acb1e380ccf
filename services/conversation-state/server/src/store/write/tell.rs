//! What is told of a batch once it is committed, to whoever follows its tenants.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use conversation_state_core::{TenantId, Time};

use super::super::events::LoggedEvent;
use super::super::log::{Followers, LogEntry};
use super::rows::Rows;

impl Rows {
    /// Tells those who follow the tenants what was written, at `now`.
    pub(super) fn tell(self, followers: &dyn Followers, now: Time) {
        let mut followed: BTreeMap<TenantId, Vec<LoggedEvent>> = BTreeMap::new();
        for (tenant, logged) in self.events {
            if let Some(events) = followed.get_mut(&tenant) {
                events.push(logged);
            } else if followers.follow(&tenant) {
                followed.insert(tenant, vec![logged]);
            }
        }
        if followed.is_empty() {
            return;
        }
        let written = self
            .conversations
            .into_iter()
            .map(|(tenant, _, conversation)| ((tenant, conversation.id), Arc::new(conversation)));
        let mut written: HashMap<_, _> = written.map(|(key, now)| (key, Some(now))).collect();
        for (tenant, id, _) in self.erasures {
            written.insert((tenant, id), None);
        }
        for (tenant, events) in followed {
            let entries: Option<Vec<LogEntry>> = events
                .into_iter()
                .map(|logged| {
                    let key = (tenant.clone(), logged.conversation_id);
                    let conversation = written.get(&key)?.clone();
                    Some(LogEntry { logged, conversation, as_of: now })
                })
                .collect();
            // An event of a conversation that this batch did not write is read from the log.
            if let Some(entries) = entries {
                followers.committed(&tenant, entries);
            }
        }
    }
}
