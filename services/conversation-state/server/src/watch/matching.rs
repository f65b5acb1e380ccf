//! Which events a filter passes.

use std::collections::BTreeSet;

use conversation_state_core::{ChannelId, EventType, HandlerKind, Placement};

use super::entry::Entry;
use crate::store::Filter;

/// A filter made ready for many events.
pub(super) struct Matching {
    /// Of one of these; empty: of any.
    channels: BTreeSet<ChannelId>,
    filter: Filter,
}

impl Matching {
    pub(super) fn new(filter: Filter) -> Self {
        Self { channels: filter.channel_ids.iter().cloned().collect(), filter }
    }

    /// Whether the event's conversation matches, before the event or after it. Of a merger also the
    /// others matter, wherever they were, and of who was erased nobody knows where they were: whoever
    /// showed one of them must take it away.
    pub(super) fn passes(&self, entry: &Entry) -> bool {
        let event = &entry.log.logged.event;
        // A conversation's channel never changes; that of an erased one is not known any more.
        let is_of = |channel| self.channels.is_empty() || self.channels.contains(channel);
        let conversation = entry.log.conversation.as_ref();
        event.event_type == EventType::ContactErased
            || conversation.is_none_or(|conversation| is_of(&conversation.channel_id))
                && (self.matches(&entry.after)
                    || event.before.as_ref().is_some_and(|before| self.matches(before))
                    || !event.merged.is_empty())
    }

    fn matches(&self, placement: &Placement) -> bool {
        let Placement { kind, team, agent, awaiting_reply } = placement;
        let filter = &self.filter;
        let unassigned = *kind == HandlerKind::Human && team.is_none() && agent.is_none();
        (filter.team.is_none() || filter.team == *team)
            && (filter.agent.is_none() || filter.agent == *agent)
            && (!filter.unassigned_only || unassigned)
            && (!filter.awaiting_reply_only || *awaiting_reply)
    }
}
