//! The conversations in the course of a batch: as they were read, as its writes have made them so
//! far, and who has which id.

use std::collections::{BTreeMap, HashMap};

use conversation_state_core::counts::{CounterDelta, add_change};
use conversation_state_core::{ChannelId, ContactId, Conversation, ConversationId, TenantId};

use super::super::lookup::Found;
use super::rows::Rows;

/// A conversation in the course of the batch.
#[derive(Default)]
struct Slot {
    /// As it was read; none: the batch began it.
    before: Option<Conversation>,
    /// As it is; none: it was merged into another, or erased.
    now: Option<Conversation>,
    changed: bool,
}

/// Names one of a tenant's.
type Of<T> = (TenantId, T);

/// What a batch knows.
#[derive(Default)]
pub(super) struct Known {
    slots: HashMap<Of<ConversationId>, Slot>,
    contacts: HashMap<Of<(ChannelId, ContactId)>, ConversationId>,
    /// What became of conversations that are no more.
    merged: HashMap<Of<ConversationId>, ConversationId>,
}

impl Known {
    /// Adds what was read. (Nothing of it was written yet.)
    pub(super) fn add(&mut self, found: Vec<Found>) {
        for Found { tenant, asked, conversation } in found {
            if let Some(asked) = asked.filter(|asked| *asked != conversation.id) {
                self.merged.insert((tenant.clone(), asked), conversation.id);
            }
            for id in conversation.contact_ids() {
                let contact = (conversation.channel_id.clone(), id.clone());
                self.contacts.insert((tenant.clone(), contact), conversation.id);
            }
            let (id, now) = (conversation.id, Some(conversation.clone()));
            let slot = Slot { before: Some(conversation), now, changed: false };
            self.slots.insert((tenant, id), slot);
        }
    }

    /// The conversation of that id, or what it became.
    pub(super) fn get(&self, tenant: &TenantId, id: ConversationId) -> Option<&Conversation> {
        let mut key = (tenant.clone(), id);
        while let Some(survivor) = self.merged.get(&key) {
            key.1 = *survivor;
        }
        self.slots.get(&key)?.now.as_ref()
    }

    /// The conversation of the person who has that id.
    pub(super) fn of_contact(
        &self,
        tenant: &TenantId,
        channel: &ChannelId,
        contact: &ContactId,
    ) -> Option<&Conversation> {
        let key = (tenant.clone(), (channel.clone(), contact.clone()));
        self.get(tenant, *self.contacts.get(&key)?)
    }

    /// Takes a conversation as a write has made it.
    pub(super) fn put(&mut self, tenant: &TenantId, conversation: Conversation) {
        let (channel, id) = (&conversation.channel_id, conversation.id);
        let key = |contact: &ContactId| (tenant.clone(), (channel.clone(), contact.clone()));
        let slot = self.slots.entry((tenant.clone(), id)).or_default();
        for gone in slot.now.iter().flat_map(Conversation::contact_ids) {
            if !conversation.contact_ids().any(|kept| kept == gone) {
                self.contacts.remove(&key(gone));
            }
        }
        for contact in conversation.contact_ids() {
            self.contacts.insert(key(contact), id);
        }
        slot.now = Some(conversation);
        slot.changed = true;
    }

    /// A conversation is another one now, which was put already.
    pub(super) fn merge(&mut self, tenant: &TenantId, gone: ConversationId, into: ConversationId) {
        self.merged.insert((tenant.clone(), gone), into);
        if let Some(slot) = self.slots.get_mut(&(tenant.clone(), gone)) {
            slot.now = None;
            slot.changed = true;
        }
    }

    /// A conversation is no more, and nobody has its contact's ids.
    pub(super) fn erase(&mut self, tenant: &TenantId, conversation: &Conversation) {
        for contact in conversation.contact_ids() {
            let contact = (conversation.channel_id.clone(), contact.clone());
            self.contacts.remove(&(tenant.clone(), contact));
        }
        if let Some(slot) = self.slots.get_mut(&(tenant.clone(), conversation.id)) {
            slot.now = None;
            slot.changed = true;
        }
    }

    /// What is to be written: the conversations that changed, each once, by how much the counters
    /// do, and where ids lead.
    pub(super) fn into_rows(self, rows: &mut Rows) {
        self.add_aliases(rows);
        for ((tenant, id), slot) in &self.slots {
            if slot.changed && slot.now.is_none() {
                let version = slot.before.as_ref().map(|before| before.version);
                match self.get(tenant, *id) {
                    Some(survivor) => rows.add_merge(tenant, *id, version, survivor.id),
                    // Also one that had become another, which was erased then.
                    None => rows.add_erasure(tenant, *id, version),
                }
            }
        }
        let mut deltas: BTreeMap<TenantId, CounterDelta> = BTreeMap::new();
        for ((tenant, _), slot) in self.slots.into_iter().filter(|(_, slot)| slot.changed) {
            let delta = deltas.entry(tenant.clone()).or_default();
            add_change(delta, slot.before.as_ref(), slot.now.as_ref());
            if let Some(now) = slot.now {
                rows.add_conversation(tenant, slot.before.map(|before| before.version), now);
            }
        }
        rows.add_counts(&deltas);
    }

    fn add_aliases(&self, rows: &mut Rows) {
        let (mut before, mut after) = (BTreeMap::new(), BTreeMap::new());
        for ((tenant, id), slot) in self.slots.iter().filter(|(_, slot)| slot.changed) {
            for (aliases, of) in [(&mut before, &slot.before), (&mut after, &slot.now)] {
                if let Some(conversation) = of {
                    let names = conversation.aliases.iter();
                    aliases.extend(names.map(|a| ((tenant, &conversation.channel_id, a), *id)));
                }
            }
        }
        for ((tenant, channel, contact), id) in &after {
            if before.get(&(*tenant, *channel, *contact)) != Some(id) {
                rows.add_alias(tenant, channel, contact, Some(*id));
            }
        }
        for key @ (tenant, channel, contact) in before.keys() {
            if !after.contains_key(key) {
                rows.add_alias(tenant, channel, contact, None);
            }
        }
    }
}
