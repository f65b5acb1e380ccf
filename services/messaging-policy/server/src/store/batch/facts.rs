//! The facts of one send, from what was asked, what conversation-state says, and what was loaded.

use std::sync::Arc;

use azeer_domain::{ActorKind, ChannelId, ContactId, ConversationId, Target, TenantId, Time};
use chrono::SubsecRound as _;
use messaging_policy_core::facts::{self, Facts, Template};
use messaging_policy_core::{
    Category, Content as CoreContent, Justification, Ledger, Note, Reason, Send, ledger, rate,
};
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use super::super::consents;
use super::super::ledgers::Who;
use super::super::notes::{NoteDigest, NoteKey};
use super::super::portfolios::PortfolioKey;
use super::super::settings::Settings;
use super::Item;
use super::load::Loaded;
use crate::ask::Content;
use crate::conversation::{Facts as Known, HandlerKind};

impl Item {
    /// All ids of the contact, the one that it is kept under first.
    pub(super) fn who(&self) -> Who<'_> {
        let known = self.context.conversation.as_ref().map(|known| known.contacts.as_slice());
        let named = match &self.ask.target {
            Target::Contact(_, contact) => std::slice::from_ref(contact),
            // A conversation by id has a contact, or was not found.
            Target::Conversation(_) => &[],
        };
        Who { tenant: &self.ask.tenant, ids: known.unwrap_or(named) }
    }

    /// The same, each with the tenant.
    pub(super) fn ids(&self) -> impl Iterator<Item = (&TenantId, &ContactId)> {
        self.who().keys()
    }

    /// The channel through which it goes.
    pub(super) fn channel(&self) -> Option<&ChannelId> {
        match (&self.context.conversation, &self.ask.target) {
            (Some(conversation), _) => Some(&conversation.channel),
            (None, Target::Contact(channel, _)) => Some(channel),
            (None, Target::Conversation(_)) => None,
        }
    }

    /// The conversation, if there is one.
    pub(super) fn conversation(&self) -> Option<ConversationId> {
        Some(self.context.conversation.as_ref()?.id)
    }
}

/// A send on its way through a batch, judged at one instant throughout.
pub(super) struct Sending<'a> {
    pub(super) item: &'a Item,
    pub(super) settings: Arc<Settings>,
    pub(super) now: Time,
    /// The instant at which the window is judged, by conversation-state's clock.
    as_of: Time,
    conversation: Option<facts::Conversation>,
    template: Option<Template>,
}

impl<'a> Sending<'a> {
    pub(super) fn new(item: &'a Item, settings: Arc<Settings>, now: Time, at: Instant) -> Self {
        let as_of = item.context.time_at(at).trunc_subsecs(6);
        let template = item.channel().zip(item.ask.content.template());
        let template = template.map(|(channel, sent)| settings.template_facts(channel, sent));
        let conversation = item.context.conversation.as_ref().map(conversation);
        Self { item, settings, now, as_of, conversation, template }
    }

    /// The template's category now; none for anything else and for what nobody knows.
    pub(super) fn category(&self) -> Option<Category> {
        match &self.template {
            Some(Template::Known(known)) => known.category_at(self.now),
            _ => None,
        }
    }

    /// The same, of those that count for the contact: the customer asks for codes.
    pub(super) fn counted_category(&self) -> Option<Category> {
        self.category().filter(|category| *category != Category::Authentication)
    }

    /// Whether it is a template that goes to somebody outside the window.
    pub(super) fn is_outside(&self) -> bool {
        let open = self.conversation.as_ref().is_some_and(|conversation| {
            conversation.is_in_window(&self.settings.policy, self.as_of)
        });
        self.template.is_some() && !open
    }

    /// The portfolio that it counts for and its limit: templates outside the window only.
    pub(super) fn portfolio(&self) -> Option<(PortfolioKey, Option<i64>)> {
        let channel = self.item.channel().filter(|_| self.is_outside())?;
        let portfolio = self.settings.portfolio_of(channel);
        let key = (self.item.ask.tenant.clone(), portfolio.to_owned());
        Some((key, self.settings.limit_of(portfolio)))
    }

    /// The note whose use counts: an agent's, outside the window, and no campaign's.
    pub(super) fn note(&self) -> Option<NoteKey> {
        let by_agent = self.item.ask.sender.kind == ActorKind::Agent;
        let given = self.item.ask.justification.as_ref()?;
        let counts = by_agent && self.is_outside() && given.reason != Reason::Campaign;
        self.counted_category().filter(|_| counts)?;
        Some((self.item.ask.tenant.clone(), NoteDigest::of(&given.note)?))
    }

    /// Of the template and what it is about; 0: it is about nothing.
    pub(super) fn fingerprint(&self) -> i64 {
        let reference = self.item.ask.justification.as_ref().map(|given| given.reference.as_str());
        let (Some(template), Some(reference)) = (self.item.ask.content.template(), reference)
        else {
            return 0;
        };
        if reference.is_empty() {
            return 0;
        }
        let digest = Sha256::new_with_prefix(&template.name).chain_update([0]);
        let digest = digest.chain_update(reference).finalize();
        let mut short = [0; 8];
        short.copy_from_slice(&digest[..8]);
        i64::from_le_bytes(short)
    }

    /// What the rules see of what is asked.
    pub(super) fn send(&self) -> Send {
        let ask = &self.item.ask;
        Send {
            sender: ask.sender.kind,
            handler_epoch: ask.handler_epoch,
            content: match &ask.content {
                Content::FreeForm(_) => CoreContent::FreeForm,
                Content::Template(template) => CoreContent::Template {
                    name: template.name.clone(),
                    language: template.language.clone(),
                },
            },
            justification: ask.justification.as_ref().map(|given| Justification {
                reason: given.reason,
                has_reference: !given.reference.is_empty(),
                note: Note::of(&given.note),
            }),
        }
    }

    /// What the rules see of what is known.
    pub(super) fn facts(&self, loaded: &Loaded) -> Facts {
        let of_id = |(tenant, id): (&TenantId, &ContactId)| {
            loaded.consents.get(&(tenant.clone(), id.clone())).copied()
        };
        // What was said under a number by whoever had it before is not this person's wish.
        let people = loaded.people.get(&self.item.ask.tenant);
        let of_others = people.map(|people| people.of_others(self.item.who().ids));
        let of_others: Vec<&ContactId> = of_others.into_iter().flatten().collect();
        let own = || self.item.ids().filter(|(_, id)| !of_others.contains(id));
        let known = || own().filter_map(of_id);
        Facts {
            as_of: self.as_of,
            conversation: self.conversation.clone(),
            recipient_matches: self.recipient_matches(),
            template: self.template.clone(),
            referred_message_at: self.referred_message_at(),
            sender: self.sender(),
            consent: consents::last(known()),
            marketing_suppressed_until: known().filter_map(|known| known.suppressed_until).max(),
            contact: self.contact(loaded),
            note_used_for_others: self.note_used_for_others(loaded),
            portfolio: self.portfolio_facts(loaded),
        }
    }

    fn sender(&self) -> facts::Sender {
        self.item.channel().map(|channel| self.settings.sender_facts(channel)).unwrap_or_default()
    }

    fn recipient_matches(&self) -> Option<bool> {
        let recipients = self.item.ask.recipients.as_ref()?;
        let names = |recipient: &String| {
            let bare: String = recipient.chars().filter(|c| !c.is_whitespace()).collect();
            let named = ContactId::parse(&bare).ok();
            named.is_some_and(|named| self.item.ids().any(|(_, id)| *id == named))
        };
        Some(recipients.iter().all(names))
    }

    fn referred_message_at(&self) -> Option<Time> {
        let reference = &self.item.ask.justification.as_ref()?.reference;
        let messages = &self.item.context.conversation.as_ref()?.inbound_messages;
        let message = messages.iter().find(|message| message.id.as_str() == reference)?;
        Some(message.occurred_at)
    }

    fn contact(&self, loaded: &Loaded) -> facts::Contact {
        let mut ledgers: Vec<&Ledger> = Vec::new();
        let mut rates = Vec::new();
        for (tenant, id) in self.item.ids() {
            for ((_, _, channel), row) in loaded.ledgers.of_contact(tenant, id) {
                ledgers.push(&row.ledger);
                if Some(channel) == self.item.channel() {
                    rates.push(row.rate.free_at);
                }
            }
        }
        facts::Contact {
            templates: ledger::templates(ledgers.iter().copied()),
            same_sent_at: ledger::same_sent_at(ledgers, self.fingerprint()),
            rate_free_at: rate::free_at(rates, self.now),
        }
    }

    fn note_used_for_others(&self, loaded: &Loaded) -> Vec<Time> {
        let Some(note) = self.note() else { return Vec::new() };
        let others = loaded.ledgers.note_uses(&note).filter(|(contact, at)| {
            *at > self.now - Facts::NOTE_USES_TOLD_FOR
                && !self.item.ids().any(|(_, id)| id == *contact)
        });
        let mut times: Vec<Time> = others.map(|(_, at)| at).collect();
        times.sort_unstable_by(|a, b| b.cmp(a));
        times.truncate(usize::try_from(Facts::MOST_NOTE_USES).unwrap_or(usize::MAX));
        times
    }

    fn portfolio_facts(&self, loaded: &Loaded) -> Option<facts::Portfolio> {
        let (key, limit) = self.portfolio()?;
        let reach = loaded.ledgers.reach(&key);
        let since = self.now - facts::Portfolio::DAY;
        let has_reached_contact = self.item.ids().any(|(tenant, id)| {
            let reached = (tenant.clone(), id.clone(), key.1.clone());
            loaded.ledgers.reached_at(&reached).is_some_and(|at| at > since)
        });
        let reached = reach.map_or(0, |reach| reach.reached);
        let frees_at = limit.zip(reach).and_then(|(limit, reach)| reach.frees_at(limit, self.now));
        Some(facts::Portfolio { limit, reached, has_reached_contact, frees_at })
    }
}

/// A conversation as the rules see it.
fn conversation(known: &Known) -> facts::Conversation {
    facts::Conversation {
        closed: known.closed,
        handler: match known.handler.kind {
            HandlerKind::Bot => facts::Handler::Bot,
            HandlerKind::Human => facts::Handler::Human,
        },
        handler_epoch: known.handler.epoch,
        last_inbound_at: known.last_inbound_at,
        window_expires_at: known.window_expires_at,
    }
}
