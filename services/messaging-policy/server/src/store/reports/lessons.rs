//! What codes teach about contacts, numbers and templates: gathered while a batch is judged, and
//! written in its transaction.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use azeer_domain::{ChannelId, ContactId, TenantId, Time};
use azeer_runtime::store_error::StoreError;
use chrono::TimeDelta;
use deadpool_postgres::GenericClient;
use messaging_policy_core::{Content, lesson};

use super::super::decisions::Recorded;
use super::super::settings::{Fact, Settings, Taught, TemplateName, learn_from_sends};
use super::marketing::Marketing;

/// What was learned.
#[derive(Default)]
pub(super) struct Lessons {
    marketing: Marketing,
    taught: BTreeMap<TenantId, Vec<(Time, Taught)>>,
}

impl Lessons {
    /// A person wanted no marketing at an instant.
    pub(super) fn opted_out(&mut self, tenant: &TenantId, ids: &[ContactId], at: Time) {
        self.marketing.opted_out(tenant, ids, at);
    }

    /// The platform takes no marketing for a person until an instant.
    pub(super) fn suppressed(&mut self, tenant: &TenantId, ids: &[ContactId], until: Time) {
        self.marketing.suppressed(tenant, ids, until);
    }

    /// A number may not send for so long, from an instant on; none: until that is lifted.
    pub(super) fn restricted(
        &mut self,
        (tenant, channel): (&TenantId, &ChannelId),
        settings: &Settings,
        (lasting, code): (Option<TimeDelta>, i32),
        at: Time,
        now: Time,
    ) {
        // The number's own: what its account is restricted by may be lifted any time.
        let held = settings.sender(channel).facts.restriction;
        // A thousand failures a second teach one thing: what they find known is not asked about.
        if lesson::restriction(lasting, held.as_ref(), at, now).is_some() {
            let (channel, reason) = (channel.clone(), format!("platform-{code}"));
            self.teach(tenant, at, Taught::Restricted { channel, lasting, reason });
        }
    }

    /// The platform has another template than the one that was sent.
    pub(super) fn import_needed(&mut self, recorded: &Recorded, settings: &Settings, at: Time) {
        if let Some(template) = template(recorded, settings) {
            self.teach(&recorded.tenant, at, Taught::OfTemplate(Fact::ImportNeeded { template }));
        }
    }

    /// The template that was sent has another status than one by which it may be.
    pub(super) fn template_status(
        &mut self,
        recorded: &Recorded,
        settings: &Settings,
        status: &str,
        at: Time,
    ) {
        let Some(template) = template(recorded, settings) else { return };
        let known = settings.template(&template.waba_id, &template.name, &template.language);
        if known.is_ok_and(|known| known.is_some_and(|known| known.status == status)) {
            return;
        }
        let (status, rejected_reason) = (status.to_owned(), String::new());
        let fact = Fact::TemplateStatus { template, status, rejected_reason };
        self.teach(&recorded.tenant, at, Taught::OfTemplate(fact));
    }

    fn teach(&mut self, tenant: &TenantId, at: Time, taught: Taught) {
        self.taught.entry(tenant.clone()).or_default().push((at, taught));
    }

    /// Writes what was learned. The caller is in a transaction that holds the tenants' locks.
    pub(super) async fn write(
        &self,
        client: &impl GenericClient,
        settings: &HashMap<TenantId, Arc<Settings>>,
        now: Time,
    ) -> Result<(), StoreError> {
        self.marketing.write(client, now).await?;
        for (tenant, taught) in &self.taught {
            let settings = settings.get(tenant).ok_or(StoreError::Impossible("settings"))?;
            learn_from_sends(client, tenant, settings, taught, now).await?;
        }
        Ok(())
    }
}

/// The template that was sent, if it was one and its account is known.
fn template(recorded: &Recorded, settings: &Settings) -> Option<TemplateName> {
    let Content::Template { name, language } = &recorded.record.send.content else { return None };
    Some(TemplateName {
        waba_id: settings.account_of(&recorded.channel)?.to_owned(),
        name: name.clone(),
        language: language.clone(),
    })
}
