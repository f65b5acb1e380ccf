//! The fields of the RPCs that decide sends and tell what was decided.

use azeer_proto::common::v1::Actor;
use azeer_proto::conversation::v1::ContactRef;
use azeer_proto::policy::v1 as pb;
use azeer_tests::{Pair, ops};
use pb::send::Content;
use prost::Message;

use super::rows::{Rows, Table};
use super::values::{self, Named, Values};
use crate::support::{self, Dump, noon};

/// Their tables, about a decision.
pub(super) fn tables(decision: &str) -> Vec<Table> {
    let justified = pb::JustificationReason::OrderUpdate;
    let send = pb::Send {
        handler_epoch: 1,
        ..ops::justified(ops::free_form("ali"), justified, "order-1")
    };
    vec![
        of_send(ops::check(send.clone()), |r| r.send.get_or_insert_default())
            .values("language_code", values::language_codes(), |r, v| r.language_code = v)
            .values("view", values::numbers(2, true), |r, v| r.view = v)
            .table(),
        of_send(ops::authorize(send), |r| r.send.get_or_insert_default())
            .uuid("request_id", |r, v| r.request_id = v)
            .values("language_code", values::language_codes(), |r, v| r.language_code = v)
            .values("view", values::numbers(2, true), |r, v| r.view = v)
            .table(),
        Rows::of(ops::get_decision(decision))
            .name("tenant_id", |r, v| r.tenant_id = v)
            .uuid("decision_id", |r, v| r.decision_id = v)
            .values("language_code", values::language_codes(), |r, v| r.language_code = v)
            .values("view", values::numbers(2, true), |r, v| r.view = v)
            .table(),
        listing(),
    ]
}

fn listing() -> Table {
    let codes = Values {
        bad: ["X", "window_expired", "WINDOW_EXPIRED ", "a\0"].map(Into::into).into(),
        good: ["", "WINDOW_EXPIRED", "MARKETING_SUPPRESSED"].map(Into::into).into(),
    };
    let long = "x".repeat(513);
    let templates = Values {
        bad: vec!["a\0".into(), long.clone()],
        good: vec![String::new(), "order_update".into(), long[1..].into()],
    };
    Rows::of(ops::list_decisions())
        .name("tenant_id", |r, v| r.tenant_id = v)
        .uuid_or_empty("conversation_id", |r, v| r.conversation_id = v)
        .values("verdict", values::numbers(2, true), |r, v| r.verdict = v)
        .values("violation_code", codes, |r, v| r.violation_code = v)
        .values("template_name", templates, |r, v| r.template_name = v)
        .name_or_empty("actor_id", |r, v| r.actor_id = v)
        .values("decided_from", values::bounds_of_time(), |r, v| r.decided_from = v)
        .values("decided_before", values::bounds_of_time(), |r, v| r.decided_before = v)
        .values("page_size", values::page_sizes(), |r, v| r.page_size = v)
        .values("page_token", values::page_tokens(), |r, v| r.page_token = v)
        .values("language_code", values::language_codes(), |r, v| r.language_code = v)
        .values("view", values::numbers(2, true), |r, v| r.view = v)
        .table()
}

/// The fields of a send.
fn of_send<R: Message + Clone + 'static>(request: R, of: fn(&mut R) -> &mut pb::Send) -> Rows<R> {
    let set_target = move |r: &mut R, (id, contact): (String, Option<ContactRef>)| {
        (of(r).conversation_id, of(r).contact) = (id, contact);
    };
    let reference = values::printable(256).or_empty();
    Rows::of(request)
        .name("send.tenant_id", move |r, v| of(r).tenant_id = v)
        .target_within("send.", set_target)
        .actor("send.sender", move |r, v| of(r).sender = v)
        .row(bad_epochs(), &good_epochs(), move |r, (sender, epoch)| {
            of(r).sender = sender.or(of(r).sender.take());
            of(r).handler_epoch = epoch;
        })
        .row(bad_contents(), &good_contents(), move |r, v| of(r).content = Some(v))
        .values("send.justification.reason", values::numbers(8, false), move |r, v| {
            of(r).justification.get_or_insert_default().reason = v;
        })
        .values("send.justification.reference_id", reference, move |r, v| {
            of(r).justification.get_or_insert_default().reference_id = v;
        })
        .values("send.justification.note", values::prose(2_000), move |r, v| {
            of(r).justification.get_or_insert_default().note = v;
        })
}

/// A sender, where it matters, and the epoch that it knows.
fn bad_epochs() -> Named<(Option<Actor>, i64)> {
    let rows = [(ops::bot(), 0), (ops::bot(), -1), (ops::agent("sara"), -1), (None, i64::MIN)];
    rows.into_iter().map(|row| (row, vec!["send.handler_epoch".into()])).collect()
}

fn good_epochs() -> Vec<(Option<Actor>, i64)> {
    vec![(ops::bot(), 1), (ops::agent("sara"), 0), (ops::system(), i64::MAX)]
}

fn free_form(kind: &str) -> Content {
    Content::FreeForm(pb::FreeForm { kind: kind.into() })
}

fn template(name: &str, language_code: &str, components: usize) -> Content {
    let component = prost_types::Struct {
        fields: [("type".to_owned(), prost_types::Value::from("body"))].into(),
    };
    Content::Template(pb::TemplateMessage {
        name: name.into(),
        language_code: language_code.into(),
        components: vec![component; components],
    })
}

/// Contents of each kind; of the last all fields are bad.
fn bad_contents() -> Named<Content> {
    let long = "x".repeat(513);
    let [kind, name, language, components] =
        ["free_form.kind", "template.name", "template.language_code", "template.components"];
    let mut rows = Vec::new();
    for bad in [" ", "a b", "a-b", "ف", "a\0", &long[..65]] {
        rows.push((free_form(bad), vec![kind]));
    }
    for bad in ["", "Order", "a b", "a-b", "ف", "a\0", &long] {
        rows.push((template(bad, "ar", 0), vec![name]));
    }
    for bad in ["", " ", "a b", "é", &long[..36]] {
        rows.push((template("order", bad, 0), vec![language]));
    }
    rows.push((template("order", "ar", 65), vec![components]));
    for bad in [&b"x"[..], b"", b"[]", b"\xff", &vec![b' '; 65_537]] {
        rows.push((Content::CloudApiBody(bad.to_vec()), vec!["cloud_api_body"]));
    }
    rows.push((template("", "a b", 65), vec![name, language, components]));
    let named = |names: Vec<&str>| names.iter().map(|name| format!("send.{name}")).collect();
    rows.into_iter().map(|(content, names)| (content, named(names))).collect()
}

fn good_contents() -> Vec<Content> {
    let long = "x".repeat(512);
    let body = br#"{"messaging_product":"whatsapp","to":"ali","text":{"body":"hi"}}"#;
    // As long as it may be: what is around the content is space.
    let long_body = [&body[..], &vec![b' '; 65_536 - body.len()]].concat();
    vec![
        free_form(""),
        free_form("Interactive_2"),
        free_form(&long[..64]),
        template(&long, "zh_Hans_CN", 64),
        template("order_1", "en-US", 1),
        Content::CloudApiBody(body.to_vec()),
        Content::CloudApiBody(long_body),
    ]
}

#[tokio::test]
async fn wrong_values_are_named_and_change_nothing() {
    let pair = Pair::at(noon()).await;
    pair.customer_writes("ali", "m1").await;
    let decided = pair.authorize(ops::free_form("ali")).await.unwrap();
    let dump = Dump::of(&pair.policy.database).await;
    let mut tables = tables(&decided.decision_id);
    tables.push(super::erasure::of_policy());
    super::check(tables, &pair.channel, &dump, "policy.azeer").await;
}

#[tokio::test]
async fn a_request_without_a_send_names_it() {
    let pair = Pair::at(noon()).await;
    let request = pb::CheckSendRequest::default();
    let status = pair.sends.clone().check_send(request).await.unwrap_err();
    assert_eq!(support::bad_fields(&status), ["send".into()].into());
    let request = pb::AuthorizeSendRequest::default();
    let status = pair.sends.clone().authorize_send(request).await.unwrap_err();
    assert_eq!(support::bad_fields(&status), ["send".into(), "request_id".into()].into());
}
