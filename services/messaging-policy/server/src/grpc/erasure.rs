//! Erasure of contacts.

use azeer_domain::Target;
use azeer_proto::policy::v1 as pb;
use tokio::time::Instant;

use super::parse::Erasing;
use super::problems::Failed;
use crate::conversation::{Ask, Conversations};
use crate::store::{Erasure, Store};

/// Erases a contact, under all ids that conversation-state knows it by, which is asked until an
/// instant.
pub(super) async fn erase(
    store: &Store,
    conversations: &Conversations,
    request: &pb::EraseContactRequest,
    until: Instant,
) -> Result<pb::EraseContactResponse, Failed> {
    let Erasing { tenant, channel, contact, request } = Erasing::try_from(request)?;
    let subject = Target::Contact(channel, contact.clone());
    let question = Ask { tenant: tenant.clone(), subject, inbound_messages: Vec::new() };
    let known = conversations.context(&question, until).await?.conversation;
    let mut ids = known.map(|known| known.contacts).unwrap_or_default();
    if !ids.contains(&contact) {
        ids.push(contact);
    }
    store.erase(&Erasure { tenant, ids, request }).await?;
    Ok(pb::EraseContactResponse {})
}
