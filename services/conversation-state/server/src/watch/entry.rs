//! An entry of the log on its way to watchers.

use std::sync::OnceLock;

use azeer_proto::conversation::v1::WatchConversationsResponse;
use conversation_state_core::Placement;
use tracing::error;

use super::feed::End;
use crate::store::{LogEntry, LogPage};

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
    /// Entries of consecutive revisions.
    pub(super) fn of(entries: impl IntoIterator<Item = LogEntry>) -> Self {
        let entries: Box<[Entry]> = entries.into_iter().map(Entry::new).collect();
        Self { before: entries.first().map_or(0, |first| first.log.logged.revision - 1), entries }
    }

    /// The last one's revision.
    pub(super) fn last(&self) -> i64 {
        self.entries.last().map_or(self.before, |entry| entry.log.logged.revision)
    }
}

/// The entries of a page, if the log leads on from a place in it.
pub(super) fn leading_on(after: i64, page: LogPage) -> Result<Vec<LogEntry>, End> {
    if page.head <= after {
        return Err(End::Ahead);
    }
    if page.entries.last().is_none_or(|last| last.logged.revision <= after)
        && let Some(error) = page.unreadable
    {
        error!(after, %error, "an event cannot be read");
        return Err(End::Unreadable);
    }
    let revision = |entry: &LogEntry| entry.logged.revision;
    let first = page.entries.first().map_or(i64::MAX, revision);
    let is_gapless = page.entries.iter().map(revision).zip(first..).all(|(has, next)| has == next);
    let leads_on = page.entries.last().is_some_and(|last| revision(last) > after);
    if first <= after + 1 && is_gapless && leads_on { Ok(page.entries) } else { Err(End::Expired) }
}

#[cfg(test)]
pub(super) mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use azeer_runtime::store_error::StoreError;
    use conversation_state_core::{
        self as core, Actor, Channel, ChannelId, Command, ContactId, ConversationId, Key, Outbound,
        OutboundKind, Time,
    };
    use uuid::Uuid;

    use super::*;
    use crate::store::LoggedEvent;

    /// Entries of these revisions, which all tell the same.
    pub(in super::super) fn entries(first: i64, last: i64) -> Vec<LogEntry> {
        let now = Time::UNIX_EPOCH;
        let key = Key {
            id: ConversationId(Uuid::nil()),
            channel_id: ChannelId::parse("main").unwrap(),
            contact_id: ContactId::parse("ali").unwrap(),
            aliases: BTreeSet::new(),
        };
        let sent = Outbound {
            occurred_at: now,
            sender: Actor::SYSTEM,
            kind: OutboundKind::FreeForm,
            handler_epoch: None,
        };
        let begun = core::begin(&key, &Command::Outbound(sent), &Channel::default(), now).unwrap();
        let conversation = Arc::new(begun.conversation);
        let entry = |revision| LogEntry {
            logged: LoggedEvent {
                revision,
                conversation_id: key.id,
                recorded_at: now,
                event: begun.events[0].clone(),
            },
            conversation: Some(Arc::clone(&conversation)),
            as_of: now,
        };
        (first..=last).map(entry).collect()
    }

    #[test]
    fn a_page_leads_on_from_a_place_in_it_if_nothing_is_missing() {
        let page = |head, entries| LogPage { place: 0, head, entries, unreadable: None };
        let whole = || page(9, entries(1, 9));
        for after in 0..9 {
            assert_eq!(leading_on(after, whole()).map(|page| page.len()), Ok(9), "{after}");
        }
        assert_eq!(leading_on(9, whole()).map(drop), Err(End::Ahead));
        assert_eq!(leading_on(10, whole()).map(drop), Err(End::Ahead));
        assert_eq!(leading_on(4, page(9, entries(5, 9))).map(|page| page.len()), Ok(5));
        assert_eq!(leading_on(3, page(9, entries(5, 9))).map(drop), Err(End::Expired));
        assert_eq!(leading_on(3, page(9, Vec::new())).map(drop), Err(End::Expired));
        let broken = |entries| LogPage {
            unreadable: Some(StoreError::Impossible("event")),
            ..page(9, entries)
        };
        assert_eq!(leading_on(3, broken(entries(4, 6))).map(|page| page.len()), Ok(3));
        assert_eq!(leading_on(6, broken(entries(4, 6))).map(drop), Err(End::Unreadable));
        assert_eq!(leading_on(6, broken(Vec::new())).map(drop), Err(End::Unreadable));
        assert_eq!(leading_on(4, page(9, entries(1, 4))).map(drop), Err(End::Expired));
        let torn = [entries(1, 4), entries(6, 9)].concat();
        assert_eq!(leading_on(0, page(9, torn)).map(drop), Err(End::Expired));
    }
}
