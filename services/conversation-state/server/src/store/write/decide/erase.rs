//! What an erasure comes to within a batch.

use conversation_state_core::{self as core, TenantId};

use super::super::super::requests::Done;
use super::super::{Change, Write, WriteError, Written};
use super::{Deciding, request_key};

impl Deciding {
    /// Erases whoever is there, unless the request erased somebody before: whom is not known.
    pub(super) fn erase(&mut self, write: &Write) -> Result<Written, WriteError> {
        let current = self.whose(write).current;
        if let Some(request) = &write.request {
            let key = request_key(write, request);
            if self.done.contains_key(&key) {
                let reused = WriteError::RequestIdReused(request.id);
                return Err(current.map_or(WriteError::NotFound, |_| reused));
            }
            self.done.insert(key, Done { content_hash: Vec::new(), conversation: None });
            self.rows.add_erasing_request(&write.tenant, request, self.now);
        }
        let current = current.ok_or(WriteError::NotFound)?;
        self.log(&write.tenant, current.id, core::erase(&current, self.now));
        self.known.erase(&write.tenant, &current);
        // Later ones of the batch do not repeat what is not known any more.
        let known = &self.known;
        let is_known = |of: &TenantId, id| *of != write.tenant || known.get(of, id).is_some();
        self.seen.retain(|(of, _), id| is_known(of, *id));
        self.done.retain(|(of, ..), done| done.conversation.is_none_or(|id| is_known(of, id)));
        Ok(Written { conversation: current, as_of: self.now, change: Change::Made })
    }
}
