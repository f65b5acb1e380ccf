//! Listings and counts: filters, pages and their tokens.

use azeer_proto::conversation::v1 as pb;
use azeer_runtime::fields::Fields;
use azeer_runtime::problem::Problem;
use azeer_runtime::tokens::{self, AfterToken};
use chrono::TimeDelta;
use conversation_state_core::{AgentId, Channel, ChannelId, ConversationId, Tab, TeamId, TenantId};
use prost::Message as _;

use super::super::tokens::ListToken;
use super::{conversation_id, tenant};
use crate::store::{Filter, ListQuery, Order};

const MOST_CHANNELS: usize = 100;
const BAD_SOON: &str = "must be more than 0 and at most 24 h, whole microseconds";

/// A page of a tab.
pub(in super::super) struct Listing {
    pub(in super::super) tenant: TenantId,
    pub(in super::super) query: ListQuery,
    /// Of the arguments that must be the same on every page.
    pub(in super::super) arguments: String,
}

impl TryFrom<&pb::ListConversationsRequest> for Listing {
    type Error = Problem;

    fn try_from(request: &pb::ListConversationsRequest) -> Result<Self, Problem> {
        let mut fields = Fields::new();
        let tenant = tenant(&mut fields, &request.tenant_id);
        let tab = match pb::Tab::try_from(request.tab) {
            Ok(pb::Tab::Unspecified | pb::Tab::All) => Ok(Tab::All),
            Ok(pb::Tab::Open) => Ok(Tab::Open),
            Ok(pb::Tab::Expired) => Ok(Tab::Expired),
            Ok(pb::Tab::Closed) => Ok(Tab::Closed),
            Ok(pb::Tab::Bot) => Ok(Tab::Bot),
            Err(_) => Err("must be OPEN, EXPIRED, CLOSED, BOT or ALL"),
        };
        let tab = fields.take("tab", tab);
        let order = match pb::OrderBy::try_from(request.order_by) {
            Ok(pb::OrderBy::Unspecified | pb::OrderBy::NewestCustomerMessage) => {
                Ok(Order::NewestCustomerMessage)
            }
            Ok(pb::OrderBy::OldestCustomerMessage) => Ok(Order::OldestCustomerMessage),
            Ok(pb::OrderBy::ExpiringSoonest) => Ok(Order::ExpiringSoonest),
            Err(_) => {
                Err("must be NEWEST_CUSTOMER_MESSAGE, OLDEST_CUSTOMER_MESSAGE or EXPIRING_SOONEST")
            }
        };
        let order = fields.take("order_by", order);
        let filter = filter(&mut fields, request.filter.as_ref());
        let limit = fields.page_size(request.page_size);
        let arguments = tokens::digest(
            &pb::ListConversationsRequest {
                page_size: 0,
                page_token: String::new(),
                language_code: String::new(),
                ..request.clone()
            }
            .encode_to_vec(),
        );
        let token = fields.page_token(&request.page_token, |token: &ListToken| {
            token.arguments == arguments && token.as_of().is_some() && token.cursor().is_some()
        });
        fields.finish(|| {
            let query = ListQuery {
                tab: tab?,
                filter,
                order: order?,
                after: token.as_ref().and_then(ListToken::cursor),
                as_of: token.as_ref().and_then(ListToken::as_of),
                limit,
            };
            Some(Self { tenant: tenant?, query, arguments })
        })
    }
}

/// The tabs' counts.
pub(in super::super) struct Counting {
    pub(in super::super) tenant: TenantId,
    pub(in super::super) filter: Filter,
    pub(in super::super) soon: TimeDelta,
}

impl TryFrom<&pb::GetTabCountsRequest> for Counting {
    type Error = Problem;

    fn try_from(request: &pb::GetTabCountsRequest) -> Result<Self, Problem> {
        let mut fields = Fields::new();
        let tenant = tenant(&mut fields, &request.tenant_id);
        let filter = filter(&mut fields, request.filter.as_ref());
        fields.require(
            "filter.expiring_within",
            filter.expiring_within.is_none(),
            "must not be set: the request has its own expiring_within",
        );
        let soon = match request.expiring_within {
            Some(given) => soon(&mut fields, "expiring_within", given),
            None => Some(TimeDelta::hours(1)),
        };
        fields.finish(|| Some(Self { tenant: tenant?, filter, soon: soon? }))
    }
}

/// A page of a conversation's events.
pub(in super::super) struct EventPage {
    pub(in super::super) tenant: TenantId,
    pub(in super::super) conversation: ConversationId,
    pub(in super::super) after: i64,
    pub(in super::super) limit: usize,
    pub(in super::super) arguments: String,
}

impl TryFrom<&pb::ListConversationEventsRequest> for EventPage {
    type Error = Problem;

    fn try_from(request: &pb::ListConversationEventsRequest) -> Result<Self, Problem> {
        let mut fields = Fields::new();
        let tenant = tenant(&mut fields, &request.tenant_id);
        let conversation =
            conversation_id(&mut fields, "conversation_id", &request.conversation_id);
        let limit = fields.page_size(request.page_size);
        let arguments =
            tokens::digest(format!("{} {}", request.tenant_id, request.conversation_id).as_bytes());
        let token = fields.page_token(&request.page_token, |token: &AfterToken<i64>| {
            token.arguments == arguments
        });
        let after = token.map_or(0, |token| token.last);
        fields.finish(|| {
            Some(Self { tenant: tenant?, conversation: conversation?, after, limit, arguments })
        })
    }
}

fn soon(fields: &mut Fields, path: &str, given: prost_types::Duration) -> Option<TimeDelta> {
    fields.duration(path, &given, TimeDelta::microseconds(1)..=Channel::FULL_WINDOW, BAD_SOON)
}

pub(super) fn filter(fields: &mut Fields, given: Option<&pb::ConversationFilter>) -> Filter {
    let Some(given) = given else { return Filter::default() };
    if given.channel_ids.len() > MOST_CHANNELS {
        fields.bad("filter.channel_ids", format_args!("must be at most {MOST_CHANNELS}"));
    }
    let mut channel_ids = Vec::new();
    for (i, id) in given.channel_ids.iter().take(MOST_CHANNELS).enumerate() {
        let path = format!("filter.channel_ids[{i}]");
        channel_ids.extend(fields.take(&path, ChannelId::parse(id)));
    }
    let team = fields.optional("filter.team_id", &given.team_id, TeamId::parse);
    let agent = fields.optional("filter.agent_id", &given.agent_id, AgentId::parse);
    fields.require(
        "filter.unassigned_only",
        !given.unassigned_only || (given.team_id.is_empty() && given.agent_id.is_empty()),
        "must not be set with team_id or agent_id",
    );
    let within = given.expiring_within;
    Filter {
        channel_ids,
        team,
        agent,
        unassigned_only: given.unassigned_only,
        awaiting_reply_only: given.awaiting_reply_only,
        expiring_within: within.and_then(|d| soon(fields, "filter.expiring_within", d)),
    }
}
