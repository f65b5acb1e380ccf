//! Which account a number is of, and how people write it: told by the way by all that comes by it.

use std::collections::BTreeMap;

use azeer_cloud_api::{Channel, Content, Item};
use azeer_domain::id::is_name;
use azeer_domain::{ChannelId, Time};

use super::meaning::Reader;
use crate::names::is_display_number;
use crate::store::settings::{Fact, News};

/// What a body tells of numbers that is not known, in the order of time.
pub(super) fn told(items: &[Item], reader: &Reader<'_>) -> Vec<News> {
    let mut last_told: BTreeMap<(ChannelId, &str, &str), Time> = BTreeMap::new();
    for item in items {
        let Some((channel, at)) = number(&item.content) else { continue };
        let account = item.waba_id.as_deref().filter(|id| is_name(id)).unwrap_or_default();
        let display =
            channel.display_phone_number.as_deref().filter(|text| is_display_number(text));
        let display = display.unwrap_or_default();
        let Ok(id) = ChannelId::parse(&channel.phone_number_id) else { continue };
        let Ok(at) = reader.time(item.told_at.unwrap_or(at)) else { continue };
        if (account.is_empty() && display.is_empty())
            || reader.settings.knows_number(&id, account, display)
        {
            continue;
        }
        let last = last_told.entry((id, account, display)).or_insert(at);
        *last = at.max(*last);
    }
    let mut told: Vec<News> = last_told
        .into_iter()
        .map(|((channel, account, display), at)| {
            let (account, display) = (account.to_owned(), display.to_owned());
            News { told_at: Some(at), fact: Fact::Number { channel, account, display } }
        })
        .collect();
    told.sort_by_key(|news| news.told_at);
    told
}

/// The number that an item came by, and when that was.
fn number(content: &Content) -> Option<(&Channel, i64)> {
    Some(match content {
        Content::Inbound(message) => (&message.channel, message.timestamp),
        Content::Call(call) => (&call.channel, call.timestamp),
        Content::Echo(echo) => (&echo.channel, echo.timestamp),
        Content::NumberChange(change) => (&change.channel, change.timestamp),
        Content::Status(status) => (&status.channel, status.timestamp),
        Content::Preference(wish) => (&wish.channel, wish.timestamp),
        Content::News(_) | Content::Skipped(_) => return None,
    })
}
