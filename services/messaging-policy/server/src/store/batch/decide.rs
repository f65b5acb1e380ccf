//! What each send of a batch comes to, in the batch's order: what one takes, the next one finds
//! taken.

use azeer_domain::{ContactId, Time};
use azeer_runtime::batches::Lost;
use messaging_policy_core::{Remedy, Verdict, Violation, evaluate};
use uuid::{NoContext, Timestamp, Uuid};

use super::super::decisions::{Person, Record, Recorded};
use super::super::ledgers::Who;
use super::facts::Sending;
use super::load::Loaded;
use super::rows::Rows;
use super::{DecideError, Item};

/// A batch that is being decided.
pub(super) struct Deciding {
    pub(super) loaded: Loaded,
    pub(super) rows: Rows,
}

impl Deciding {
    pub(super) fn new(loaded: Loaded) -> Self {
        Self { loaded, rows: Rows::default() }
    }

    /// Decides a send, and takes what it is allowed.
    pub(super) fn decide(&mut self, sending: &Sending<'_>) -> Result<Recorded, DecideError> {
        let item = sending.item;
        let Some(request) = &item.request else { return self.judge(sending, None) };
        let key = (item.ask.tenant.clone(), request.id);
        if let Some((content_hash, recorded)) = self.loaded.done.get(&key) {
            return request.if_same(*content_hash, recorded.clone());
        }
        let recorded = self.judge(sending, Some(new_id(self.loaded.now)))?;
        self.rows.decisions.push((request.clone(), recorded.clone()));
        self.note_aliases(item);
        self.loaded.done.insert(key, (Some(request.content_hash), recorded.clone()));
        Ok(recorded)
    }

    /// Notes by which ids the person is known, where that is not what was noted before. What was said
    /// under numbers that changed hands stays with those who said it.
    fn note_aliases(&mut self, item: &Item) {
        let Who { tenant, ids } = item.who();
        if ids.len() < 2 {
            return;
        }
        let met = self.loaded.people.entry(tenant.clone()).or_default().meet(ids);
        self.rows.aliases.extend(met.noted.into_iter().map(|id| (tenant.clone(), id)));
        for (number, former) in met.taken {
            let consents = &mut self.loaded.consents;
            if let Some(said) = consents.remove(&(tenant.clone(), number.clone())) {
                let known = consents.entry((tenant.clone(), former.clone())).or_insert(said);
                *known = known.and(said);
            }
            self.rows.handed_over.push((tenant.clone(), number, former));
        }
    }

    fn judge(&mut self, sending: &Sending<'_>, id: Option<Uuid>) -> Result<Recorded, DecideError> {
        let Sending { item, settings, now, .. } = sending;
        let (item, now) = (*item, *now);
        let Some(channel) = item.channel() else {
            return Err(Lost::internal(&"a send without a channel").into());
        };
        let (send, facts) = (sending.send(), sending.facts(&self.loaded));
        let decision = evaluate(&facts, &send, &settings.policy, now);
        let verdict = decision.verdict;
        let suggested = if is_remedy(&decision.violations) {
            settings.suggestions(channel, &item.ask.language_code)
        } else {
            Vec::new()
        };
        let mut permit_key = None;
        if let Some(id) = id.filter(|_| verdict == Verdict::Allow) {
            self.reserve(sending, id);
            permit_key = item.permit_key.as_deref().filter(|_| settings.policy.permits);
        }
        let conversation = item.context.conversation.as_ref();
        Ok(Recorded {
            id,
            tenant: item.ask.tenant.clone(),
            decided_at: now,
            verdict,
            conversation: item.conversation(),
            conversation_version: conversation.map_or(0, |conversation| conversation.version),
            policy_version: settings.policy_version,
            channel: channel.clone(),
            sender: item.ask.sender.clone(),
            kind: item.ask.content.kind().to_owned(),
            person: person(item, permit_key),
            record: Record::new(send, facts, decision, suggested),
            outcome: None,
        })
    }
}

/// Whether a template is what would help.
fn is_remedy(violations: &[Violation]) -> bool {
    let remedies = [Remedy::UseApprovedTemplate, Remedy::UseOtherTemplate];
    violations.iter().any(|violation| remedies.contains(&violation.remedy))
}

/// Whom a send is about, and the key of its permit: only a body that is to be posted gets one.
fn person(item: &Item, permit_key: Option<&str>) -> Option<Person> {
    let contact: &ContactId = item.ids().next()?.1;
    let given = item.ask.justification.as_ref();
    Some(Person {
        contact: contact.clone(),
        reference: given.map_or_else(String::new, |given| given.reference.clone()),
        note: given.map_or_else(String::new, |given| given.note.clone()),
        body_hash: item.ask.body_hash,
        permit_key: item.ask.body_hash.and(permit_key).unwrap_or_default().to_owned(),
    })
}

/// An id of an instant: later decisions have greater ones. A UUID of version 7 tells
/// milliseconds; the twelve bits behind them tell the microseconds.
fn new_id(now: Time) -> Uuid {
    const FRACTION: u128 = 0xfff << 64;
    let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
    let id = Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, now.timestamp_subsec_nanos()));
    let micros = u128::from(now.timestamp_subsec_micros() % 1_000);
    Uuid::from_u128(id.as_u128() & !FRACTION | micros << 64)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn ids_are_in_the_order_of_their_microseconds() {
        let began: Time = "2026-03-04T05:06:07.890Z".parse().unwrap();
        let ids: Vec<Uuid> =
            (0..3_000).map(|i| new_id(began + TimeDelta::microseconds(i))).collect();
        assert!(ids.is_sorted_by(|earlier, later| earlier < later));
        assert!(ids.iter().all(|id| id.get_version_num() == 7));
        assert_ne!(new_id(began), new_id(began));
    }
}
