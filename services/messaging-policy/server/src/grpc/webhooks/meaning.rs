//! What an item of a body asks the policy for.

use azeer_cloud_api::{ContactIds, Content, Inbound, InboundKind, Preference, Skip, Status};
use azeer_domain::{ChannelId, ContactId, MessageId, PLATFORM_BEGAN, TenantId, Time};
use chrono::TimeDelta;
use messaging_policy_core::facts::Consent;

use super::{Skipped, business};
use crate::store::settings::{News, Settings};
use crate::store::{FailedStatus, StoredConsent};

/// How far ahead of now something may be said to have happened: clocks differ.
const TOLERATED_AHEAD: TimeDelta = TimeDelta::minutes(5);

/// The only status that counts.
const FAILED: &str = "failed";

/// What an item asks for.
pub(super) enum Meaning {
    /// To learn what is told of the business.
    News(Vec<News>),
    /// To record what a person said of marketing.
    Said(Vec<ContactId>, StoredConsent),
    /// To record that a message failed.
    Failed(FailedStatus),
    /// To note that ids are one person's, and nothing else.
    Ids(Vec<ContactId>),
}

/// Reads items by what is known.
pub(super) struct Reader<'a> {
    pub(super) tenant: &'a TenantId,
    pub(super) settings: &'a Settings,
    pub(super) now: Time,
}

impl Reader<'_> {
    pub(super) fn read(
        &self,
        content: Content,
        waba_id: Option<&str>,
        told_at: Option<i64>,
    ) -> Result<Meaning, Skipped> {
        match content {
            Content::Inbound(message) => self.message(&message),
            Content::Preference(wish) => self.wish(&wish),
            Content::NumberChange(change) => ids([&change.old, &change.new]).map(Meaning::Ids),
            Content::Call(call) => ids([&call.contact]).map(Meaning::Ids),
            Content::Status(status) if status.status == FAILED => self.failed(&status),
            Content::Status(_) | Content::Echo(_) => Err(Skipped::NOT_MINE),
            Content::News(news) => {
                let told_at = told_at.map(|at| self.time(at)).transpose()?;
                let facts = business::facts(&news, waba_id, self.settings)?;
                Ok(Meaning::News(facts.into_iter().map(|fact| News { told_at, fact }).collect()))
            }
            Content::Skipped(skip) => Err(skipped(&skip)),
        }
    }

    /// A message with one of the tenant's stop words is an opt-out. A reaction has no words.
    fn message(&self, message: &Inbound) -> Result<Meaning, Skipped> {
        let ids = ids([&message.contact])?;
        let says_stop = |text: &str| self.settings.stop_words().are_in(text);
        let is_message = message.kind == InboundKind::Message;
        if !(is_message && message.text.as_deref().is_some_and(says_stop)) {
            return Ok(Meaning::Ids(ids));
        }
        let said = self.said(Consent::OptedOut, "stop-word", message.timestamp)?;
        Ok(Meaning::Said(ids, said))
    }

    fn wish(&self, wish: &Preference) -> Result<Meaning, Skipped> {
        let state = match wish.value.as_str() {
            "stop" => Consent::OptedOut,
            "resume" => Consent::OptedIn,
            _ => return Err(Skipped::NO_EFFECT),
        };
        let said = self.said(state, "user-preferences", wish.timestamp)?;
        Ok(Meaning::Said(ids([&wish.contact])?, said))
    }

    /// A message that failed, by the first reason that is told.
    fn failed(&self, status: &Status) -> Result<Meaning, Skipped> {
        let failed_at = self.time(status.timestamp)?.min(self.now);
        let channel = ChannelId::parse(&status.channel.phone_number_id)
            .map_err(|rule| Skipped::malformed(&format_args!("phone_number_id {rule}")))?;
        let message_id = MessageId::parse(&status.message_id)
            .map_err(|rule| Skipped::malformed(&format_args!("message id {rule}")))?;
        let first = status.errors.first();
        Ok(Meaning::Failed(FailedStatus {
            tenant: self.tenant.clone(),
            channel,
            // Somebody whose ids are not to be read is nobody told.
            contacts: status
                .contact
                .as_ref()
                .map_or_else(Vec::new, |contact| ids([contact]).unwrap_or_default()),
            message_id,
            error_code: first.and_then(|error| i32::try_from(error.code).ok()).unwrap_or_default(),
            error_message: first.and_then(|error| error.message.clone()).unwrap_or_default(),
            failed_at,
        }))
    }

    fn said(&self, state: Consent, source: &str, seconds: i64) -> Result<StoredConsent, Skipped> {
        let occurred_at = self.time(seconds)?.min(self.now);
        Ok(StoredConsent { state, source: source.to_owned(), occurred_at, update_time: self.now })
    }

    /// When something was told: by the platform's clock, which may be a little ahead.
    pub(super) fn time(&self, seconds: i64) -> Result<Time, Skipped> {
        let at = Time::from_timestamp(seconds, 0)
            .filter(|at| *at >= PLATFORM_BEGAN)
            .ok_or_else(|| Skipped::invalid_time("the time must be from 2009 on"))?;
        if at > self.now + TOLERATED_AHEAD {
            let must_be = "the time must not be more than 5 minutes ahead of now";
            return Err(Skipped::invalid_time(must_be));
        }
        Ok(at)
    }
}

fn skipped(skip: &Skip) -> Skipped {
    if let Some(malformed) = skip.malformed() {
        return Skipped::malformed(malformed);
    }
    match skip {
        Skip::UnknownField => Skipped::new("UNKNOWN_FIELD"),
        Skip::PolicyField(_) => Skipped::NO_EFFECT,
        _ => Skipped::NOT_MINE,
    }
}

/// The ids of one person, those first that name the person for good.
fn ids<const N: usize>(of: [&ContactIds; N]) -> Result<Vec<ContactId>, Skipped> {
    let texts = of.into_iter().flat_map(ContactIds::iter);
    let parsed = texts.map(|text| {
        ContactId::parse(text).map_err(|rule| Skipped::malformed(&format_args!("contact {rule}")))
    });
    let mut ids: Vec<ContactId> = parsed.collect::<Result<_, _>>()?;
    ids.sort_by_key(|id| !id.is_user_id());
    Ok(ids)
}
