//! What each report of a batch changes, in the batch's order: what one changes, the next one finds
//! changed.

use std::sync::Arc;

use azeer_domain::{ChannelId, ContactId, TenantId, Time};
use azeer_runtime::batches::Lost;
use azeer_runtime::store_error::StoreError;
use deadpool_postgres::Object;
use messaging_policy_core::outcome::{self, NotTaken, Report as Told};
use messaging_policy_core::rate::{self, Slot};
use messaging_policy_core::{Lesson, Policy, SendOutcome, Verdict, lesson};

use super::super::decisions::Recorded;
use super::super::ledgers::{Returning, Who};
use super::super::notes::NoteDigest;
use super::super::settings::Settings;
use super::super::waiting::Waiting;
use super::lessons::Lessons;
use super::load::{DecisionKey, Loaded};
use super::outbox::Kind;
use super::rows::Rows;
use super::{Done, FailedStatus, Item, Report, ReportError, StatusTaken};

/// A batch that is being judged.
pub(super) struct Judging {
    pub(super) loaded: Loaded,
    pub(super) rows: Rows,
    lessons: Lessons,
}

/// What a failure teaches something about.
struct About<'a> {
    tenant: &'a TenantId,
    channel: &'a ChannelId,
    /// All ids of the person; none: nobody knows who it is.
    ids: Vec<ContactId>,
    /// The decision that the failure is of; none: nobody knows that.
    decision: Option<(&'a DecisionKey, &'a Recorded)>,
    settings: &'a Settings,
}

/// The code of a failure, and when it happened.
#[derive(Clone, Copy)]
struct Failure {
    code: i32,
    at: Time,
    /// What it teaches of the number was learned when it was told, before its message was.
    of_number_is_known: bool,
}

impl Judging {
    pub(super) fn new(loaded: Loaded) -> Self {
        Self { loaded, rows: Rows::default(), lessons: Lessons::default() }
    }

    /// Writes what was learned.
    pub(super) async fn learn(&self, client: &Object) -> Result<(), StoreError> {
        self.lessons.write(client, &self.loaded.settings, self.loaded.now).await
    }

    pub(super) fn judge(&mut self, item: &Item) -> Result<Done, ReportError> {
        match item {
            Item::Report(report) => {
                self.report(report).map(|recorded| Done::Reported(Box::new(recorded)))
            }
            Item::Status(status) => self.status(status).map(Done::Taken),
        }
    }

    fn report(&mut self, report: &Report) -> Result<Recorded, ReportError> {
        let now = self.loaded.now;
        let key = (report.tenant.clone(), report.decision);
        let known = self.loaded.decisions.get(&key).ok_or(ReportError::NotFound)?;
        if known.verdict != Verdict::Allow {
            return Err(ReportError::NotAllowed);
        }
        let Some(outcome) = outcome::take(known.outcome.as_ref(), &report.outcome, now)? else {
            return Ok(known.clone());
        };
        // Before anything is changed: one that is not taken changes nothing.
        let settings = self.settings(&report.tenant)?;
        self.record(&key, outcome);
        match &report.outcome {
            Told::Sent { message_id, .. } => {
                self.rows.outbox.insert((key.clone(), Kind::Outbound));
                let message = (report.tenant.clone(), message_id.clone());
                let of_message = self.loaded.of_message.entry(message.clone());
                // The newest one's, whichever is reported last.
                let newest = of_message.or_insert_with(|| key.clone());
                newest.1 = newest.1.max(key.1);
                if let Some(waiting) = self.loaded.waiting.remove(&message) {
                    if !self.rows.waiting.remove(&message) {
                        self.rows.heard.insert(message);
                    }
                    self.failed_before(&key, waiting, &settings)?;
                }
            }
            Told::Failed { error_code: code, .. } => {
                let failure = Failure { code: *code, at: now, of_number_is_known: false };
                self.failed(&key, failure, &settings);
            }
            Told::Abandoned => self.give_back(&key, &settings),
        }
        self.loaded.decisions.get(&key).cloned().ok_or(ReportError::NotFound)
    }

    /// A message that failed before it was reported as sent. What that taught about its number was
    /// learned when it failed.
    fn failed_before(
        &mut self,
        key: &DecisionKey,
        waiting: Waiting,
        settings: &Settings,
    ) -> Result<(), NotTaken> {
        let Waiting { error_code: code, error_message, failed_at: at, .. } = waiting;
        self.fails(key, code, error_message)?;
        self.failed(key, Failure { code, at, of_number_is_known: true }, settings);
        Ok(())
    }

    fn status(&mut self, status: &FailedStatus) -> Result<StatusTaken, ReportError> {
        let settings = self.settings(&status.tenant)?;
        let failed_at = status.failed_at.min(self.loaded.now);
        let failure = Failure { code: status.error_code, at: failed_at, of_number_is_known: false };
        let message = (status.tenant.clone(), status.message_id.clone());
        if let Some(key) = self.loaded.of_message.get(&message).cloned() {
            return match self.fails(&key, status.error_code, status.error_message.clone()) {
                Ok(true) => {
                    self.failed(&key, failure, &settings);
                    Ok(StatusTaken::Applied)
                }
                Ok(false) | Err(_) => Ok(StatusTaken::Duplicate),
            };
        }
        if self.loaded.waiting.contains_key(&message) {
            return Ok(StatusTaken::Duplicate);
        }
        let waiting = Waiting {
            contact: status.contacts.first().cloned(),
            error_code: status.error_code,
            error_message: status.error_message.clone(),
            failed_at,
        };
        self.loaded.waiting.insert(message.clone(), waiting);
        self.rows.waiting.insert(message);
        let about = About {
            tenant: &status.tenant,
            channel: &status.channel,
            ids: self.ids_of(&status.tenant, &status.contacts),
            decision: None,
            settings: &settings,
        };
        self.learn_from(failure, &about);
        Ok(StatusTaken::Applied)
    }

    /// Records that a message which was sent has failed. Gives whether that is news.
    fn fails(&mut self, key: &DecisionKey, code: i32, message: String) -> Result<bool, NotTaken> {
        let known = self.loaded.decisions.get(key).and_then(|known| known.outcome.as_ref());
        let Some(known) = known.filter(|known| known.sent_at.is_some()) else { return Ok(false) };
        let told = Told::Failed { error_code: code, error_message: message };
        let failed = outcome::take(Some(known), &told, self.loaded.now)?;
        let is_news = failed.is_some();
        if let Some(outcome) = failed {
            self.record(key, outcome);
        }
        Ok(is_news)
    }

    /// Records an outcome. Of a contact who is erased nothing is kept that could name them.
    fn record(&mut self, key: &DecisionKey, mut outcome: SendOutcome) {
        let Some(recorded) = self.loaded.decisions.get_mut(key) else { return };
        if recorded.person.is_none() {
            outcome.message_id.clear();
            outcome.error_message.clear();
        }
        recorded.outcome = Some(outcome);
        self.rows.outcomes.insert(key.clone());
    }

    /// What follows from the failure of a send.
    fn failed(&mut self, key: &DecisionKey, failure: Failure, settings: &Settings) {
        if lesson::gives_back(failure.code) {
            self.give_back(key, settings);
        }
        let Some(recorded) = self.loaded.decisions.get(key).cloned() else { return };
        let contact = recorded.person.as_ref().map(|person| person.contact.clone());
        let about = About {
            tenant: &recorded.tenant,
            channel: &recorded.channel,
            ids: self.ids_of(&recorded.tenant, contact.as_slice()),
            decision: Some((key, &recorded)),
            settings,
        };
        self.learn_from(failure, &about);
    }

    /// What only a decision or a person can be taught waits for these to be known.
    fn learn_from(&mut self, failure: Failure, about: &About<'_>) {
        let About { tenant, channel, ids, decision, settings } = about;
        let (Failure { code, at, .. }, now) = (failure, self.loaded.now);
        match lesson::of(code) {
            Some(Lesson::WindowClosed) => {
                self.rows.outbox.extend(decision.map(|(key, _)| (key.clone(), Kind::WindowClosed)));
            }
            Some(Lesson::ImportNeeded) => {
                if let Some((_, recorded)) = decision {
                    self.lessons.import_needed(recorded, settings, at);
                }
            }
            Some(Lesson::TemplateStatus(status)) => {
                if let Some((_, recorded)) = decision {
                    self.lessons.template_status(recorded, settings, status, at);
                }
            }
            Some(Lesson::OptedOut) => self.lessons.opted_out(tenant, ids, at),
            Some(Lesson::MarketingSuppressed(lasting)) => {
                self.lessons.suppressed(tenant, ids, at + lasting);
            }
            Some(Lesson::PairRateFull) => {
                let who = Who { tenant, ids };
                self.loaded.ledgers.fill_rate(who, channel, &settings.policy, at, now);
            }
            Some(Lesson::SenderRestricted(lasting)) if !failure.of_number_is_known => {
                self.lessons.restricted((tenant, channel), settings, (lasting, code), at, now);
            }
            Some(Lesson::SenderRestricted(_)) | None => {}
        }
    }

    /// Gives back what a send took, if its contact is not erased.
    fn give_back(&mut self, key: &DecisionKey, settings: &Settings) {
        let now = self.loaded.now;
        let Some(recorded) = self.loaded.decisions.get(key) else { return };
        let Some(person) = &recorded.person else { return };
        let tenant = &recorded.tenant;
        let ids = self.ids_of(tenant, std::slice::from_ref(&person.contact));
        let returning = Returning {
            decision: key.1,
            who: Who { tenant, ids: &ids },
            channel: &recorded.channel,
            slot: self.slot(recorded, settings),
            note: NoteDigest::of(&person.note).map(|note| (tenant.clone(), note)),
        };
        self.loaded.ledgers.give_back(&returning, now);
    }

    /// What a send took of its channel's rate, by the policy that decided it.
    fn slot(&self, recorded: &Recorded, settings: &Settings) -> Option<Slot> {
        let (tenant, version) = (&recorded.tenant, recorded.policy_version);
        let default = Policy::default();
        let policy = match version {
            version if version == settings.policy_version => &settings.policy,
            0 => &default,
            version => self.loaded.policies.get(&(tenant.clone(), version))?,
        };
        let free_before = recorded.record.facts.contact.rate_free_at;
        Some(rate::slot(free_before, policy, recorded.decided_at))
    }

    fn settings(&self, tenant: &TenantId) -> Result<Arc<Settings>, Lost> {
        let settings = self.loaded.settings.get(tenant).cloned();
        settings.ok_or_else(|| Lost::internal(&"a tenant without settings"))
    }

    /// All ids of the person who has these, the first of them first.
    fn ids_of(&self, tenant: &TenantId, known: &[ContactId]) -> Vec<ContactId> {
        let mut ids = known.to_vec();
        for id in known {
            let further = self.loaded.people.get(&(tenant.clone(), id.clone()));
            for id in further.into_iter().flatten() {
                if !ids.contains(id) {
                    ids.push(id.clone());
                }
            }
        }
        ids
    }
}
