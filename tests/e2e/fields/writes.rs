//! The fields of the RPCs that take messages, reports and webhook bodies.

use azeer_proto::conversation::v1 as pb;
use azeer_tests::ops;

use super::rows::{Rows, Table};
use super::values::{self, Named, Values};
use crate::support::{self, noon};

/// Their tables, about an open conversation of `ali`.
pub(crate) fn tables(open: &str) -> Vec<Table> {
    let empty = pb::IngestWebhookRequest { tenant_id: ops::TENANT.into(), body: entries(0) };
    vec![
        Rows::of(ops::inbound("ali", "m2", noon()))
            .name("tenant_id", |r, v| r.tenant_id = v)
            .name("channel_id", |r, v| r.channel_id = v)
            .values("contact_id", values::printable(128), |r, v| r.contact_id = v)
            .values("message_id", values::printable(256), |r, v| r.message_id = v)
            .time("occurred_at", |r, v| r.occurred_at = v)
            .values("kind", values::numbers(3, true), |r, v| r.kind = v)
            .values("text", routing_texts(), |r, v| r.text = v)
            .values("contact_name", values::prose(256), |r, v| r.contact_name = v)
            .list("contact_aliases", 0..=10, values::printable(128), |r, v| r.contact_aliases = v)
            .table(),
        Rows::of(ops::outbound("ali", "m3", noon()))
            .name("tenant_id", |r, v| r.tenant_id = v)
            .target(|r, v| (r.conversation_id, r.contact) = v)
            .values("message_id", values::printable(256), |r, v| r.message_id = v)
            .time("occurred_at", |r, v| r.occurred_at = v)
            .actor("sender", |r, v| r.sender = v)
            .row(bad_kinds(), &good_kinds(), |r, v| (r.kind, r.template_name) = v)
            .values("handler_epoch", epochs(), |r, v| r.handler_epoch = v)
            .table(),
        Rows::of(empty)
            .name("tenant_id", |r, v| r.tenant_id = v)
            .values("body", bodies(), |r, v| r.body = v)
            .table(),
        Rows::of(support::window_closed(open, noon()))
            .name("tenant_id", |r, v| r.tenant_id = v)
            .target(|r, v| (r.conversation_id, r.contact) = v)
            .values("message_id", values::printable(256), |r, v| r.message_id = v)
            .time("sent_at", |r, v| r.sent_at = v)
            .table(),
    ]
}

/// They are counted in bytes, and never stored: any character will do.
fn routing_texts() -> Values<String> {
    let most = 65_536;
    Values {
        bad: vec!["x".repeat(most + 1), "ش".repeat(most / 2 + 1)],
        good: vec![String::new(), "\0".into(), "x".repeat(most), "ش".repeat(most / 2)],
    }
}

/// Kinds with template names, and the field that is named.
fn bad_kinds() -> Named<(i32, String)> {
    let free_form = i32::from(pb::OutboundKind::FreeForm);
    let kinds = [0, -1, 3, i32::MAX].map(|kind| (kind, "", "kind"));
    let long = "x".repeat(513);
    let names = ["", "Order", "a b", "a-b", "é", "ف", "a\0", &long];
    let templates = names.map(|name| (pb::OutboundKind::Template.into(), name, "template_name"));
    let named_free_form = [(free_form, "order", "template_name")];
    let rows = [&kinds[..], &templates, &named_free_form].concat();
    rows.into_iter().map(|(kind, name, field)| ((kind, name.into()), vec![field.into()])).collect()
}

fn good_kinds() -> Vec<(i32, String)> {
    let template = i32::from(pb::OutboundKind::Template);
    let free_form = i32::from(pb::OutboundKind::FreeForm);
    vec![(free_form, String::new()), (template, "order_1".into()), (template, "x".repeat(512))]
}

fn epochs() -> Values<i64> {
    Values { bad: vec![-1, i64::MIN], good: vec![0, 1, i64::MAX] }
}

/// Bodies of which nothing can be read, or too large ones.
pub(super) fn bodies() -> Values<Vec<u8>> {
    let most = 3 * 1024 * 1024;
    let nested = "[".repeat(200) + &"]".repeat(200);
    let texts = ["", " ", "x", "{", "[]", "1", "null", "{}", r#"{"entry":{}}"#, "\0", &nested];
    let mut bad: Vec<Vec<u8>> = texts.iter().map(|text| text.as_bytes().to_vec()).collect();
    bad.push(entries(most + 1));
    Values { bad, good: vec![entries(0), entries(most), br#"{"entry":[1,{},null]}"#.to_vec()] }
}

/// A body without entries, padded to a size.
pub(super) fn entries(size: usize) -> Vec<u8> {
    let mut body = br#"{"entry":[]}"#.to_vec();
    body.resize(size.max(body.len()), b' ');
    body
}
