//! An entry of the log on its way to watchers.

use std::sync::OnceLock;

use azeer_proto::conversation::v1::WatchConversationsResponse;
use conversation_state_core::Placement;

use crate::store::{LogEntry, LogPage};

use super::feed::End;

/// An entry, with what watchers share of it.
pub(crate) struct Entry {
    /// The event and its conversation.
    pub(super) log: LogEntry,
    /// Where filters find the conversation after the event.
    pub(super) after: Placement,
    /// What watchers are told, for each language: made when the first of them is told.
    answers: [OnceLock<WatchConversationsResponse>; 2],
}

impl Entry {
    fn new(log: LogEntry) -> Self {
        Self { after: log.logged.event.after(), log, answers: Default::default() }
    }

    /// The answer in Arabic or in English.
    pub(crate) fn answer(
        &self,
        arabic: bool,
        make: impl FnOnce(&LogEntry) -> WatchConversationsResponse,
    ) -> WatchConversationsResponse {
        self.answers[usize::from(arabic)].get_or_init(|| make(&self.log)).clone()
    }
}

/// Consecutive entries.
pub(super) struct Batch {
    /// The revision before the first.
    pub(super) before: i64,
    pub(super) entries: Box<[Entry]>,
}

impl Batch {
    /// Entries of consecutive revisions, the first of them after `before`.
    pub(super) fn new(before: i64, entries: impl IntoIterator<Item = LogEntry>) -> Self {
        Self { before, entries: entries.into_iter().map(Entry::new).collect() }
    }

    /// The last one's revision.
    pub(super) fn last(&self) -> i64 {
        self.entries.last().map_or(self.before, |entry| entry.log.logged.revision)
    }
}

/// The entries of a page after a place, if the log leads on from there.
pub(super) fn leading_on(after: i64, page: LogPage) -> Result<Vec<LogEntry>, End> {
    if page.head < after {
        return Err(End::Ahead);
    }
    let revisions = page.entries.iter().map(|entry| entry.logged.revision);
    if page.entries.is_empty() || !revisions.zip(after + 1..).all(|(found, next)| found == next) {
        return Err(End::Expired);
    }
    Ok(page.entries)
}
