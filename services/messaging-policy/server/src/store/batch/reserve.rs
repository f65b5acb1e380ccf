//! What an allowed send takes, as the ledgers know it.

use uuid::Uuid;

use super::super::ledgers::Taking;
use super::decide::Deciding;
use super::facts::Sending;

impl Deciding {
    /// Takes what the send counts for.
    pub(super) fn reserve(&mut self, sending: &Sending<'_>, decision: Uuid) {
        let Some(channel) = sending.item.channel() else { return };
        let taking = Taking {
            decision,
            who: sending.item.who(),
            channel,
            policy: &sending.settings.policy,
            template: sending.counted_category().map(|of| (of, sending.fingerprint())),
            portfolio: sending.portfolio().map(|(portfolio, _)| portfolio),
            note: sending.note(),
        };
        self.loaded.ledgers.take(&taking, sending.now);
    }
}
