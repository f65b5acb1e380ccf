//! Erasure of contacts.

use azeer_proto::conversation::v1 as pb;

use super::problems::Failed;
use crate::store::{Store, Write, WriteError};

/// Erases a contact.
pub(super) async fn erase(store: &Store, request: &pb::EraseContactRequest) -> Result<(), Failed> {
    match store.write(Write::try_from(request)?).await {
        // There is nothing to erase.
        Ok(_) | Err(WriteError::NotFound) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
