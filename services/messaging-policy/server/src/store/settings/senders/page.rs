//! Pages of the numbers of which something is known.

use azeer_domain::ChannelId;

use super::{KnownSender, Senders};

/// Which numbers to list; all conditions hold together.
#[derive(Debug, Clone, Default)]
pub struct SenderFilter {
    /// Of this account; empty: of any.
    pub waba_id: String,
    /// Of this portfolio; empty: of any.
    pub portfolio_id: String,
}

impl SenderFilter {
    fn takes(&self, known: &KnownSender) -> bool {
        (self.waba_id.is_empty() || self.waba_id == known.waba_id)
            && (self.portfolio_id.is_empty() || self.portfolio_id == known.portfolio_id)
    }
}

impl Senders {
    /// Those that match, after a channel and in their order, and whether there are more.
    pub(in super::super) fn page(
        &self,
        filter: &SenderFilter,
        after: Option<&ChannelId>,
        limit: usize,
    ) -> (Vec<(ChannelId, KnownSender)>, bool) {
        let mut channels: Vec<&ChannelId> = self.numbers.keys().collect();
        channels.retain(|channel| after.is_none_or(|after| *channel > after));
        channels.sort_unstable();
        let known = channels.into_iter().map(|channel| (channel.clone(), self.known(channel)));
        let mut found = known.filter(|(_, known)| filter.takes(known));
        let page = found.by_ref().take(limit).collect();
        (page, found.next().is_some())
    }
}
