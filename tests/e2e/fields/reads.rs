//! The fields of the RPCs that read.

use azeer_proto::conversation::v1 as pb;
use azeer_tests::ops;
use chrono::TimeDelta;
use prost::Message;
use prost_types::Duration;

use super::rows::{Rows, Table};
use super::values::{self, Values};
use crate::support;

const LANGUAGE: &str = "what is not Arabic is taken for English";
const BOOLEAN: &str = "both values mean something";
const MICROSECOND: TimeDelta = TimeDelta::microseconds(1);
const DAY: TimeDelta = TimeDelta::hours(24);

/// Their tables, about a conversation of `ali`.
pub(crate) fn tables(id: &str) -> Vec<Table> {
    vec![
        Rows::of(ops::get("ali"))
            .name("tenant_id", |r, v| r.tenant_id = v)
            .target(|r, v| (r.conversation_id, r.contact) = v)
            .free("language_code", LANGUAGE)
            .table(),
        Rows::of(support::batch_get(&[id]))
            .name("tenant_id", |r, v| r.tenant_id = v)
            .list("conversation_ids", 1..=500, values::uuids(), |r, v| r.conversation_ids = v)
            .free("language_code", LANGUAGE)
            .table(),
        Rows::of(support::send_context(id))
            .name("tenant_id", |r, v| r.tenant_id = v)
            .target(|r, v| (r.conversation_id, r.contact) = v)
            .list("inbound_message_ids", 0..=10, values::printable(256), |r, v| {
                r.inbound_message_ids = v;
            })
            .table(),
        Rows::of(support::send_contexts([support::send_context(id)]))
            .values("requests", Values { bad: vec![0, 257], good: vec![1, 256] }, |r, n| {
                r.requests = vec![r.requests[0].clone(); n];
            })
            .name("requests[0].tenant_id", |r, v| r.requests[0].tenant_id = v)
            .target_within("requests[0].", |r, v| {
                (r.requests[0].conversation_id, r.requests[0].contact) = v;
            })
            .list("requests[0].inbound_message_ids", 0..=10, values::printable(256), |r, v| {
                r.requests[0].inbound_message_ids = v;
            })
            .table(),
        filtered(ops::list(pb::Tab::Open), |r| r.filter.get_or_insert_default())
            .name("tenant_id", |r, v| r.tenant_id = v)
            .values("tab", values::numbers(5, true), |r, v| r.tab = v)
            .duration("filter.expiring_within", MICROSECOND, DAY, |r, v| {
                r.filter.get_or_insert_default().expiring_within = v;
            })
            .values("order_by", values::numbers(3, true), |r, v| r.order_by = v)
            .values("page_size", values::page_sizes(), |r, v| r.page_size = v)
            .values("page_token", values::page_tokens(), |r, v| r.page_token = v)
            .free("language_code", LANGUAGE)
            .table(),
        filtered(ops::counts(), |r| r.filter.get_or_insert_default())
            .name("tenant_id", |r, v| r.tenant_id = v)
            .values("filter.expiring_within", never(), |r, v| {
                r.filter.get_or_insert_default().expiring_within = v;
            })
            .duration("expiring_within", MICROSECOND, DAY, |r, v| r.expiring_within = v)
            .table(),
        Rows::of(ops::events(id))
            .name("tenant_id", |r, v| r.tenant_id = v)
            .uuid("conversation_id", |r, v| r.conversation_id = v)
            .values("page_size", values::page_sizes(), |r, v| r.page_size = v)
            .values("page_token", values::page_tokens(), |r, v| r.page_token = v)
            .table(),
        filtered(ops::watch(""), |r| r.filter.get_or_insert_default())
            .name("tenant_id", |r, v| r.tenant_id = v)
            .values("resume_token", values::resume_tokens(), |r, v| r.resume_token = v)
            .values("filter.expiring_within", never(), |r, v| {
                r.filter.get_or_insert_default().expiring_within = v;
            })
            .free("language_code", LANGUAGE)
            .table(),
    ]
}

/// A request with the fields that all filters share.
fn filtered<R: Message + Clone + 'static>(
    request: R,
    of: fn(&mut R) -> &mut pb::ConversationFilter,
) -> Rows<R> {
    let assigned = Values { bad: vec![("sales", ""), ("", "sara")], good: vec![("", "")] };
    Rows::of(request)
        .list("filter.channel_ids", 0..=100, values::names(), move |r, v| of(r).channel_ids = v)
        .values("filter.unassigned_only", assigned, move |r, (team, agent)| {
            of(r).unassigned_only = true;
            (of(r).team_id, of(r).agent_id) = (team.into(), agent.into());
        })
        .name_or_empty("filter.team_id", move |r, v| of(r).team_id = v)
        .name_or_empty("filter.agent_id", move |r, v| of(r).agent_id = v)
        .free("filter.awaiting_reply_only", BOOLEAN)
}

/// A field of the filter that this RPC has in another place.
fn never() -> Values<Option<Duration>> {
    let durations = values::durations(MICROSECOND, DAY);
    let some = durations.good.into_iter().flatten().map(Some);
    Values { bad: durations.bad.into_iter().chain(some).collect(), good: vec![None] }
}
