//! What only failures need: whom they are about, under all ids, and what is kept of these.

use std::collections::HashSet;

use azeer_domain::{ContactId, TenantId};
use azeer_runtime::store_error::StoreError;
use deadpool_postgres::{GenericClient as _, Object};
use messaging_policy_core::outcome;

use super::super::aliases::{self, PersonKey};
use super::super::batch::unless_empty;
use super::super::contacts;
use super::super::notes::{self, NoteDigest, NoteKey};
use super::super::portfolios::{self, PortfolioKey};
use super::super::settings::policies_of;
use super::Item;
use super::load::Loaded;

/// Whom the batch may give something back, or learn something of.
pub(super) fn people(loaded: &Loaded, items: &[Item]) -> HashSet<PersonKey> {
    let mut people = HashSet::new();
    let failing: HashSet<_> = items
        .iter()
        .filter_map(|item| match item {
            Item::Report(_) => None,
            Item::Status(status) => Some((&status.tenant, &status.message_id)),
        })
        .collect();
    let mut concerned = Vec::new();
    for item in items {
        match item {
            Item::Report(report) => {
                let fails = match &report.outcome {
                    outcome::Report::Sent { message_id, .. } => {
                        let key = (report.tenant.clone(), message_id.clone());
                        failing.contains(&(&report.tenant, message_id))
                            || loaded.waiting.contains_key(&key)
                    }
                    outcome::Report::Failed { .. } | outcome::Report::Abandoned => true,
                };
                if fails {
                    concerned.push((report.tenant.clone(), report.decision));
                }
            }
            Item::Status(status) => {
                let key = (status.tenant.clone(), status.message_id.clone());
                concerned.extend(loaded.of_message.get(&key).cloned());
                let contacts = status.contacts.iter();
                people.extend(contacts.map(|contact| (status.tenant.clone(), contact.clone())));
            }
        }
    }
    let of_decisions = concerned.iter().filter_map(|key| {
        let person = loaded.decisions.get(key)?.person.as_ref()?;
        Some((key.0.clone(), person.contact.clone()))
    });
    people.extend(of_decisions);
    people
}

impl Loaded {
    /// What is kept under all ids of some people.
    pub(super) async fn read_people(
        &mut self,
        client: &Object,
        people: HashSet<PersonKey>,
    ) -> Result<(), StoreError> {
        let people: Vec<PersonKey> = people.into_iter().collect();
        self.people = aliases::of_people(client, &people).await?;
        let ids: HashSet<(&TenantId, &ContactId)> = self
            .people
            .iter()
            .flat_map(|((tenant, _), ids)| ids.iter().map(move |id| (tenant, id)))
            .collect();
        let ids: Vec<_> = ids.into_iter().collect();
        let (notes, versions) = (self.notes(), self.other_versions());
        let contacts = client.prepare_cached(contacts::READ).await?;
        let (contacts, reached, notes, policies) = futures::try_join!(
            contacts::read(client, &contacts, &ids),
            portfolios::read_contacts(client, &ids),
            unless_empty(&notes, notes::read_of_contacts(client, &notes)),
            unless_empty(&versions, policies_of(client, &versions)),
        )?;
        let portfolios: HashSet<PortfolioKey> = reached
            .iter()
            .map(|((tenant, _, portfolio), _)| (tenant.clone(), portfolio.clone()))
            .collect();
        let portfolios: Vec<_> =
            portfolios.into_iter().map(|portfolio| (portfolio, None)).collect();
        let reach =
            unless_empty(&portfolios, portfolios::read(client, &portfolios, self.now, 0)).await?;
        self.policies = policies.into_iter().collect();
        self.ledgers.add_contacts(contacts);
        self.ledgers.add_reached(reached);
        self.ledgers.add_notes(notes);
        self.ledgers.add_reach(reach);
        Ok(())
    }

    /// The notes of the decisions, with all ids of those whom they are about.
    fn notes(&self) -> Vec<(NoteKey, &ContactId)> {
        let notes = self.decisions.values().filter_map(|recorded| {
            let person = recorded.person.as_ref()?;
            let note = (recorded.tenant.clone(), NoteDigest::of(&person.note)?);
            let ids = self.people.get(&(recorded.tenant.clone(), person.contact.clone()))?;
            Some(ids.iter().map(move |id| (note.clone(), id)))
        });
        notes.flatten().collect::<HashSet<_>>().into_iter().collect()
    }

    /// The versions of policies that decided what is about to be given back, and hold no longer.
    fn other_versions(&self) -> Vec<(TenantId, i64)> {
        let versions = self.decisions.values().filter_map(|recorded| {
            let now = self.settings.get(&recorded.tenant)?.policy_version;
            let version = recorded.policy_version;
            (version != now && version != 0).then(|| (recorded.tenant.clone(), version))
        });
        versions.collect::<HashSet<_>>().into_iter().collect()
    }
}
