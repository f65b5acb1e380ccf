//! The naive model of a tenant: it looks at every conversation each time it is asked.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use azeer_proto::conversation::v1::{ConversationState as State, OrderBy, Tab};
use chrono::TimeDelta;
use conversation_state_core::Time;

use super::chat::Chat;
use super::op::Who;

#[derive(Debug, Default)]
pub(super) struct Inbox {
    pub(super) chats: BTreeMap<Who, Chat>,
    /// How much the log tells of those that were erased.
    pub(super) erased_events: usize,
}

/// Open, expired, closed, bot, awaiting a reply, expiring soon.
pub(super) type Counts = [i64; 6];

impl Inbox {
    pub(super) fn counts(
        &self,
        now: Time,
        soon: TimeDelta,
        wanted: impl Fn(&Chat) -> bool,
    ) -> Counts {
        let chats: Vec<&Chat> = self.chats.values().filter(|chat| wanted(chat)).collect();
        let count = |of: &dyn Fn(&Chat) -> bool| {
            i64::try_from(chats.iter().filter(|chat| of(chat)).count()).unwrap()
        };
        let ends_soon = |chat: &Chat| chat.window.is_some_and(|end| end <= now + soon);
        let live = |chat: &Chat| matches!(chat.state(now), State::Open | State::Bot);
        [
            count(&|chat| chat.state(now) == State::Open),
            count(&|chat| chat.state(now) == State::Expired),
            count(&|chat| chat.state(now) == State::Closed),
            count(&|chat| chat.state(now) == State::Bot),
            count(&Chat::awaiting_reply),
            count(&|chat| live(chat) && ends_soon(chat)),
        ]
    }

    /// The ids of a tab in order.
    pub(super) fn list(&self, tab: Tab, order: OrderBy, now: Time) -> Vec<String> {
        let mut chats: Vec<&Chat> =
            self.chats.values().filter(|chat| is_in(tab, chat.state(now))).collect();
        let closed_first = tab == Tab::Closed && order == OrderBy::NewestCustomerMessage;
        let key = |chat: &Chat| match order {
            OrderBy::ExpiringSoonest => chat.window,
            _ if closed_first => chat.closed,
            _ => chat.last_inbound(),
        };
        // What has no key comes last in either direction.
        if order == OrderBy::NewestCustomerMessage {
            chats.sort_by_key(|chat| Reverse((key(chat), chat.id.clone())));
        } else {
            chats.sort_by_key(|chat| (key(chat).is_none(), key(chat), chat.id.clone()));
        }
        chats.into_iter().map(|chat| chat.id.clone()).collect()
    }
}

fn is_in(tab: Tab, state: State) -> bool {
    match tab {
        Tab::Open => state == State::Open,
        Tab::Expired => state == State::Expired,
        Tab::Closed => state == State::Closed,
        Tab::Bot => state == State::Bot,
        Tab::All | Tab::Unspecified => true,
    }
}
