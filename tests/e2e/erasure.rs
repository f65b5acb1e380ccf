//! A contact is erased: nothing tells of the person any more, and what is counted stays exact.
//!
//! - [`conversations`]: what becomes of the conversation, and what callers are told of it
//! - [`watching`]: what watchers are told, as it happens and later
//! - [`crowd`]: many who write and are erased at once
//! - [`sends`]: what becomes of decisions, caps and consents
//! - [`traces`]: what both databases hold afterwards
//! - [`both`]: both services, while sends are decided and reported

mod both;
mod conversations;
mod crowd;
mod sends;
mod traces;
mod watching;

use azeer_proto::conversation::v1 as pb;
use azeer_proto::policy::v1 as policy;
use azeer_tests::{Clients, PolicyClients, ops};
use tonic::Status;

/// An erasure by one of the contact's ids.
fn erasing(contact: &str) -> pb::EraseContactRequest {
    pb::EraseContactRequest {
        tenant_id: ops::TENANT.into(),
        contact: ops::contact_ref(contact),
        ..Default::default()
    }
}

/// Has conversation-state erase a contact.
async fn erase(clients: &Clients, contact: &str) -> Result<(), Status> {
    clients.conversations.clone().erase_contact(erasing(contact)).await.map(drop)
}

/// Has messaging-policy erase a contact.
pub(crate) async fn erase_from_policy(
    clients: &PolicyClients,
    contact: &str,
) -> Result<(), Status> {
    let request = policy::EraseContactRequest {
        tenant_id: ops::TENANT.into(),
        contact: ops::contact_ref(contact),
        ..Default::default()
    };
    clients.sends.clone().erase_contact(request).await.map(drop)
}
