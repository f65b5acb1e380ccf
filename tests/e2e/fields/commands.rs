//! The fields of the commands.

use std::collections::BTreeMap;

use azeer_proto::common::v1::Actor;
use azeer_proto::conversation::v1 as pb;
use azeer_tests::ops;

use super::rows::{Rows, Table};
use super::values::{self, Named};
use crate::support;

const ETAG: &str = "one that does not hold is ABORTED, whatever it looks like";
const BOOLEAN: &str = "both values mean something";

/// Their tables, about an open conversation that people handle, at its first epoch, and a closed
/// one. Each finds the open one as those before it leave it.
pub(crate) fn tables(open: &str, closed: &str) -> Vec<Table> {
    let hand_off = pb::HandOffConversationRequest { handler_epoch: 1, ..ops::hand_off(open, "b") };
    vec![
        Rows::of(hand_off)
            .name("tenant_id", |r, v| r.tenant_id = v)
            .uuid("conversation_id", |r, v| r.conversation_id = v)
            .actor("actor", |r, v| r.actor = v)
            .name_or_empty("team_id", |r, v| r.team_id = v)
            .name_or_empty("agent_id", |r, v| r.agent_id = v)
            .values("note", values::prose(2_000), |r, v| r.note = v)
            .row(bad_collections(), &good_collections(), |r, v| r.collected = v)
            .row(bad_epochs(), &good_epochs(), |r, (actor, epoch)| {
                r.actor = actor.or(r.actor.take());
                r.handler_epoch = epoch;
            })
            .free("etag", ETAG)
            .uuid_or_empty("request_id", |r, v| r.request_id = v)
            .table(),
        Rows::of(support::assign(open, "noor"))
            .name("tenant_id", |r, v| r.tenant_id = v)
            .uuid("conversation_id", |r, v| r.conversation_id = v)
            .actor("actor", |r, v| r.actor = v)
            .name_or_empty("team_id", |r, v| r.team_id = v)
            .name_or_empty("agent_id", |r, v| r.agent_id = v)
            .free("etag", ETAG)
            .uuid_or_empty("request_id", |r, v| r.request_id = v)
            .table(),
        Rows::of(support::return_to_bot(open))
            .name("tenant_id", |r, v| r.tenant_id = v)
            .uuid("conversation_id", |r, v| r.conversation_id = v)
            .actor("actor", |r, v| r.actor = v)
            .values("note", values::prose(2_000), |r, v| r.note = v)
            .free("etag", ETAG)
            .uuid_or_empty("request_id", |r, v| r.request_id = v)
            .table(),
        Rows::of(ops::close(open))
            .name("tenant_id", |r, v| r.tenant_id = v)
            .uuid("conversation_id", |r, v| r.conversation_id = v)
            .actor("actor", |r, v| r.actor = v)
            .values("reason", values::numbers(5, false), |r, v| r.reason = v)
            .values("note", values::prose(2_000), |r, v| r.note = v)
            .free("acknowledge_unanswered", BOOLEAN)
            .free("etag", ETAG)
            .uuid_or_empty("request_id", |r, v| r.request_id = v)
            .table(),
        Rows::of(ops::reopen(closed))
            .name("tenant_id", |r, v| r.tenant_id = v)
            .uuid("conversation_id", |r, v| r.conversation_id = v)
            .actor("actor", |r, v| r.actor = v)
            .values("note", values::prose(2_000), |r, v| r.note = v)
            .free("etag", ETAG)
            .uuid_or_empty("request_id", |r, v| r.request_id = v)
            .table(),
    ]
}

type Collected = BTreeMap<String, String>;

fn collected(key: &str, value: &str) -> Collected {
    BTreeMap::from([("name".into(), "علي".into()), (key.into(), value.into())])
}

fn keys(count: usize) -> Collected {
    (0..count).map(|i| (format!("key {i}"), String::new())).collect()
}

/// What the bot may not have gathered, and the field that is named.
fn bad_collections() -> Named<Collected> {
    let of_value = "collected[city]";
    let rows = [
        (keys(65), "collected"),
        (collected("", "x"), "collected"),
        (collected(&"ش".repeat(65), "x"), "collected"),
        (collected("a\0b", "x"), "collected"),
        (collected("city", "a\0b"), of_value),
        (collected("city", &"x".repeat(1_025)), of_value),
        (collected("city", &"ش".repeat(1_025)), of_value),
    ];
    rows.into_iter().map(|(collected, field)| (collected, vec![field.into()])).collect()
}

fn good_collections() -> Vec<Collected> {
    let long = "ش".repeat(1_024);
    vec![keys(0), keys(64), collected("city", ""), collected(&long[..128], &long)]
}

/// An actor, where it matters, and the epoch that it knows.
fn bad_epochs() -> Named<(Option<Actor>, i64)> {
    let rows = [(ops::bot(), 0), (ops::bot(), -1), (ops::agent("sara"), -1), (None, i64::MIN)];
    rows.into_iter().map(|row| (row, vec!["handler_epoch".into()])).collect()
}

fn good_epochs() -> Vec<(Option<Actor>, i64)> {
    vec![(ops::bot(), 1), (ops::agent("sara"), 0), (ops::system(), i64::MAX)]
}
