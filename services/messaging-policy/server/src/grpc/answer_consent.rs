//! What people said of marketing, as clients see it.

use azeer_domain::ContactId;
use azeer_proto::policy::v1 as pb;
use azeer_runtime::wire::timestamp;
use messaging_policy_core::facts::Consent;

use crate::store::{Change, PersonConsent};

/// What holds for a person, under the id that was asked for.
pub(super) fn consent(contact: &ContactId, person: PersonConsent) -> pb::Consent {
    let PersonConsent { said, suppressed_until } = person;
    let mut consent = pb::Consent {
        contact_id: contact.to_string(),
        suppressed_until: suppressed_until.map(timestamp),
        ..Default::default()
    };
    if let Some(said) = said {
        consent.state = state(said.state).into();
        consent.source = said.source;
        consent.occurred_at = Some(timestamp(said.occurred_at));
        consent.update_time = Some(timestamp(said.update_time));
    }
    consent
}

/// What was said once.
pub(super) fn change(change: Change) -> pb::ConsentChange {
    let Change { contact, said } = change;
    pb::ConsentChange {
        state: state(said.state).into(),
        source: said.source,
        occurred_at: Some(timestamp(said.occurred_at)),
        record_time: Some(timestamp(said.update_time)),
        contact_id: contact.to_string(),
    }
}

fn state(state: Consent) -> pb::ConsentState {
    match state {
        Consent::OptedIn => pb::ConsentState::OptedIn,
        Consent::OptedOut => pb::ConsentState::OptedOut,
    }
}
