//! The fields of messaging-policy's `TemplateService` and `PolicyAdminService`.

use azeer_proto::policy::v1 as pb;
use azeer_tests::service::timestamp;
use azeer_tests::{Pair, ops};
use prost_types::{FieldMask, Timestamp};

use super::rows::{Rows, Table};
use super::values::{self, Values};
use super::{listings, news};
use crate::support::{Dump, noon};

const ETAG: &str = "one that does not hold is ABORTED, whatever it looks like";
const BOOLEAN: &str = "both values mean something";
pub(super) const OUTPUT: &str = "output only: what a request has there is ignored";

const NAME: &str = "order_update";
const MOST_BODY: usize = 3 * 1024 * 1024;

/// The whole table.
pub(crate) fn tables() -> Vec<Table> {
    // Senders come last: their accounts would be the tenant's too.
    [templates(), policies(), consents(), listings::tables(), senders(), news::tables()]
        .into_iter()
        .flatten()
        .collect()
}

#[tokio::test]
async fn wrong_settings_are_named_and_change_nothing() {
    let pair = Pair::at(noon()).await;
    let dump = Dump::of(&pair.policy.database).await;
    let import = ops::import(&[(NAME, "UTILITY")]);
    pair.templates.clone().import_templates(import).await.unwrap();
    super::check(tables(), &pair.channel, &dump, "policy.azeer").await;
}

fn tenant() -> String {
    ops::TENANT.into()
}

fn texts(bad: &[&str], good: &[&str]) -> Values<String> {
    let owned = |texts: &[&str]| texts.iter().map(ToString::to_string).collect();
    Values { bad: owned(bad), good: owned(good) }
}

fn languages() -> Values<String> {
    texts(&["", "en US", "ع", "en\0", &"x".repeat(36)], &["en_US", "en-US", &"x".repeat(35)])
}

fn templates() -> Vec<Table> {
    let import = pb::ImportTemplatesRequest { body: b"[]".into(), ..ops::import(&[]) };
    let get = pb::GetTemplateRequest {
        tenant_id: tenant(),
        waba_id: ops::WABA.into(),
        name: NAME.into(),
        language_code: ops::LANGUAGE.into(),
    };
    let list = pb::ListTemplatesRequest { tenant_id: tenant(), ..Default::default() };
    vec![
        Rows::of(import)
            .name("tenant_id", |r, v| r.tenant_id = v)
            .name("waba_id", |r, v| r.waba_id = v)
            .values("body", bodies(), |r, v| r.body = v)
            .free("complete", BOOLEAN)
            .table(),
        Rows::of(get)
            .name("tenant_id", |r, v| r.tenant_id = v)
            .name_or_empty("waba_id", |r, v| r.waba_id = v)
            .values("name", template_names(), |r, v| r.name = v)
            .values("language_code", languages(), |r, v| r.language_code = v)
            .table(),
        Rows::of(list)
            .name("tenant_id", |r, v| r.tenant_id = v)
            .name_or_empty("waba_id", |r, v| r.waba_id = v)
            .values("status", values::prose(64), |r, v| r.status = v)
            .values("category", values::prose(64), |r, v| r.category = v)
            .values("language_code", languages().or_empty(), |r, v| r.language_code = v)
            .free("sendable_only", BOOLEAN)
            .values("page_size", values::page_sizes(), |r, v| r.page_size = v)
            .values("page_token", values::page_tokens(), |r, v| r.page_token = v)
            .table(),
    ]
}

fn bodies() -> Values<Vec<u8>> {
    let of_size = |size: usize| [b"[".as_slice(), &vec![b' '; size - 2], b"]"].concat();
    let bad = ["", "{", "7", "{}", r#"{"data": {}}"#, r#"{"error": {"code": 190}}"#];
    let mut bad: Vec<Vec<u8>> = bad.map(Into::into).into();
    bad.push(format!("[{}0]", "0,".repeat(6_000)).into());
    bad.push(of_size(MOST_BODY + 1));
    let good = ["[]", r#"{"data": [], "paging": {"next": "x"}}"#, "[null, {}, 7]"];
    let mut good: Vec<Vec<u8>> = good.map(Into::into).into();
    good.push(of_size(MOST_BODY));
    Values { bad, good }
}

fn template_names() -> Values<String> {
    let bad = ["", "Order", "order update", "order-update", "ط", "a\0", &"x".repeat(513)];
    texts(&bad, &["a", "order_update_2", &"x".repeat(512)])
}

fn policies() -> Vec<Table> {
    let get = pb::GetPolicyRequest { tenant_id: tenant() };
    let update = pb::UpdatePolicyRequest {
        tenant_id: tenant(),
        policy: Some(pb::Policy::default()),
        ..Default::default()
    };
    vec![
        Rows::of(get).name("tenant_id", |r, v| r.tenant_id = v).table(),
        Rows::of(update)
            .name("tenant_id", |r, v| r.tenant_id = v)
            .policy_change(|r| (&mut r.policy, &mut r.update_mask))
            .free("etag", ETAG)
            .table(),
    ]
}

pub(super) fn masks(paths: &[&str]) -> Values<Vec<String>> {
    let first = paths[0];
    let owned = |paths: &[&str]| paths.iter().map(ToString::to_string).collect();
    let others = ["tenant_id", "etag", "update_time", "x", "", "rules.x", "restriction.until"];
    Values {
        bad: others.map(|other| owned(&[first, other])).into(),
        good: vec![owned(&[]), owned(&["*"]), owned(&["*", first]), owned(paths)],
    }
}

fn consents() -> Vec<Table> {
    let get = pb::GetContactConsentRequest { tenant_id: tenant(), contact_id: "ali".into() };
    let mut times = values::times();
    times.bad.retain(Option::is_some);
    times.good.push(None);
    vec![
        Rows::of(ops::opt_in("ali"))
            .name("tenant_id", |r, v| r.tenant_id = v)
            .values("contact_id", values::printable(128), |r, v| r.contact_id = v)
            .values("state", values::numbers(2, false), |r, v| r.state = v)
            .values("source", values::prose(256), |r, v| r.source = v)
            .values("occurred_at", times, |r, v| r.occurred_at = v)
            .table(),
        Rows::of(get)
            .name("tenant_id", |r, v| r.tenant_id = v)
            .values("contact_id", values::printable(128), |r, v| r.contact_id = v)
            .table(),
    ]
}

fn senders() -> Vec<Table> {
    let get = pb::GetSenderRequest { tenant_id: tenant(), channel_id: ops::CHANNEL.into() };
    let update = pb::UpdateSenderRequest {
        tenant_id: tenant(),
        sender: Some(pb::Sender {
            channel_id: ops::CHANNEL.into(),
            waba_id: ops::WABA.into(),
            ..Default::default()
        }),
        ..Default::default()
    };
    let paths =
        ["waba_id", "portfolio_id", "quality", "status", "limit", "unlimited", "restriction"];
    let limits = Values {
        bad: vec![-1, 1_000_000_001, i64::MIN, i64::MAX],
        good: vec![0, 1, 1_000_000_000],
    };
    vec![
        Rows::of(get)
            .name("tenant_id", |r, v| r.tenant_id = v)
            .name("channel_id", |r, v| r.channel_id = v)
            .table(),
        Rows::of(update.clone())
            .row(vec![(None, vec!["sender".into()])], &[], |r, v| r.sender = v)
            .table(),
        Rows::of(update)
            .name("tenant_id", |r, v| r.tenant_id = v)
            .name("sender.channel_id", |r, v| sender(r).channel_id = v)
            .name_or_empty("sender.waba_id", |r, v| sender(r).waba_id = v)
            .name_or_empty("sender.portfolio_id", |r, v| sender(r).portfolio_id = v)
            .values("sender.quality", values::numbers(3, true), |r, v| sender(r).quality = v)
            .values("sender.status", values::numbers(5, true), |r, v| sender(r).status = v)
            .values("sender.limit", limits, |r, v| sender(r).limit = v)
            .values("sender.unlimited", Values { bad: vec![5], good: vec![0] }, |r, limit| {
                let sender = sender(r);
                sender.unlimited = true;
                if sender.limit == 0 {
                    sender.limit = limit;
                }
            })
            .values("sender.restriction.reason", values::prose(256), |r, v| {
                restriction(r).reason = v;
            })
            .values("sender.restriction.until", ends(), |r, v| restriction(r).until = v)
            .free("sender.update_time", OUTPUT)
            .free("sender.etag", OUTPUT)
            .free("sender.reached", OUTPUT)
            .values("update_mask", masks(&paths), |r, v| {
                r.update_mask = Some(FieldMask { paths: v });
            })
            .free("etag", ETAG)
            .table(),
    ]
}

fn sender(request: &mut pb::UpdateSenderRequest) -> &mut pb::Sender {
    request.sender.get_or_insert_default()
}

fn restriction(request: &mut pb::UpdateSenderRequest) -> &mut pb::SenderRestriction {
    sender(request).restriction.get_or_insert_default()
}

pub(super) fn ends() -> Values<Option<Timestamp>> {
    let time = |seconds, nanos| Some(Timestamp { seconds, nanos });
    let (began, last) = (1_230_768_000, 253_402_300_799);
    Values {
        bad: vec![
            time(began - 1, 0),
            time(last + 1, 0),
            time(began, -1),
            time(began, 1_000_000_000),
            time(i64::MAX, 0),
            time(i64::MIN, 0),
        ],
        good: vec![None, time(began, 0), time(last, 0), timestamp(noon())],
    }
}
