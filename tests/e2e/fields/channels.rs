//! The fields of `ChannelService`.

use azeer_proto::conversation::v1 as pb;
use azeer_tests::ops;
use chrono::TimeDelta;
use prost_types::FieldMask;

use super::rows::{Rows, Table};
use super::values::{self, Named, Values};

const ETAG: &str = "one that does not hold is ABORTED, whatever it looks like";
const BOOLEAN: &str = "both values mean something";
const OUTPUT: &str = "output only: what a request has there is ignored";

/// Their tables.
pub(crate) fn tables() -> Vec<Table> {
    let get = pb::GetChannelRequest { tenant_id: tenant(), channel_id: ops::CHANNEL.into() };
    let upsert = pb::UpsertChannelRequest {
        tenant_id: tenant(),
        channel: Some(pb::Channel { channel_id: ops::CHANNEL.into(), ..Default::default() }),
        ..Default::default()
    };
    let with_rule = {
        let mut request = upsert.clone();
        channel(&mut request).routing_rules = vec![rule("a")];
        request
    };
    let list = pb::ListChannelsRequest { tenant_id: tenant(), ..Default::default() };
    let (second, day, year) = (TimeDelta::seconds(1), TimeDelta::days(1), TimeDelta::days(365));
    vec![
        Rows::of(get)
            .name("tenant_id", |r, v| r.tenant_id = v)
            .name("channel_id", |r, v| r.channel_id = v)
            .table(),
        Rows::of(upsert)
            .name("tenant_id", |r, v| {
                channel(r).tenant_id.clear();
                r.tenant_id = v;
            })
            .row(bad_owners(), &[Some(ops::TENANT), Some("")], |r, v| {
                r.channel = v.map(|tenant| pb::Channel {
                    tenant_id: tenant.into(),
                    ..r.channel.clone().unwrap_or_default()
                });
            })
            .name("channel.channel_id", |r, v| channel(r).channel_id = v)
            .values("channel.display_name", values::prose(128), |r, v| {
                channel(r).display_name = Some(v);
            })
            .values("channel.display_phone_number", values::phone_numbers(), |r, v| {
                channel(r).display_phone_number = Some(v);
            })
            .free("channel.bot_enabled", BOOLEAN)
            .duration("channel.window_duration", second, day, |r, v| {
                channel(r).window_duration = v;
            })
            .free("channel.reactions_open_window", BOOLEAN)
            .values("channel.on_inbound_when_closed", values::numbers(3, true), |r, v| {
                channel(r).on_inbound_when_closed = v;
            })
            .duration("channel.reopen_to_last_agent_within", TimeDelta::zero(), year, |r, v| {
                channel(r).reopen_to_last_agent_within = v;
            })
            .values("channel.routing_rules", too_many_rules(), |r, v| channel(r).routing_rules = v)
            .free("channel.create_time", OUTPUT)
            .free("channel.update_time", OUTPUT)
            .free("channel.etag", OUTPUT)
            .values("update_mask", masks(), |r, paths| {
                let paths = paths.into_iter().map(ToOwned::to_owned).collect();
                r.update_mask = Some(FieldMask { paths });
            })
            .free("etag", ETAG)
            .table(),
        Rows::of(with_rule)
            .name("channel.routing_rules[0].rule_id", |r, v| first_rule(r).rule_id = v)
            .values("channel.routing_rules[0].match", values::numbers(3, true), |r, v| {
                first_rule(r).r#match = v;
            })
            .name("channel.routing_rules[0].team_id", |r, v| first_rule(r).team_id = v)
            .free("channel.routing_rules.priority", "any number orders")
            .free("channel.routing_rules.enabled", BOOLEAN)
            .row(bad_keywords(), &good_keywords(), |r, v| first_rule(r).keywords = v)
            .table(),
        Rows::of(list)
            .name("tenant_id", |r, v| r.tenant_id = v)
            .values("page_size", values::page_sizes(), |r, v| r.page_size = v)
            .values("page_token", values::page_tokens(), |r, v| r.page_token = v)
            .table(),
    ]
}

fn tenant() -> String {
    ops::TENANT.into()
}

fn channel(request: &mut pb::UpsertChannelRequest) -> &mut pb::Channel {
    request.channel.get_or_insert_default()
}

fn first_rule(request: &mut pb::UpsertChannelRequest) -> &mut pb::RoutingRule {
    &mut channel(request).routing_rules[0]
}

fn rule(id: &str) -> pb::RoutingRule {
    pb::RoutingRule {
        rule_id: id.into(),
        keywords: vec!["sales".into()],
        team_id: "sales".into(),
        ..Default::default()
    }
}

/// As many rules and characters as there may be, and one more.
fn too_many_rules() -> Values<Vec<pb::RoutingRule>> {
    let rules = |count| (0..count).map(|n| rule(&format!("rule-{n}"))).collect::<Vec<_>>();
    let keywords = |each: usize, last: usize| {
        let mut rules = rules(4);
        for rule in &mut rules {
            rule.keywords = vec!["س".repeat(128); each];
        }
        rules[0].keywords[0] = "س".repeat(last);
        rules
    };
    Values {
        bad: vec![rules(201), [keywords(64, 128), vec![rule("more")]].concat()],
        good: vec![rules(200), keywords(64, 128), keywords(64, 1)],
    }
}

const KEYWORDS: &str = "channel.routing_rules[0].keywords";

fn bad_keywords() -> Named<Vec<String>> {
    let long = "x".repeat(129);
    let one = ["", " ", "?!", "😊", "a\0", &long];
    let mut bad =
        vec![(vec![], vec![KEYWORDS.into()]), (vec!["x".to_owned(); 101], vec![KEYWORDS.into()])];
    let second = |text: &str| vec!["good".to_owned(), text.to_owned()];
    bad.extend(one.map(|text| (second(text), vec![format!("{KEYWORDS}[1]")])));
    bad
}

fn good_keywords() -> Vec<Vec<String>> {
    let most = "ض".repeat(128);
    ["24/7", "١", "الدعم الفني", "a", &most].map(|text| vec![text.to_owned()]).into()
}

/// The tenants that a channel may not name, or no channel at all.
fn bad_owners() -> Named<Option<&'static str>> {
    let owners = ["other", "ACME", "a b", "acme\0"];
    let owned = owners.map(|owner| (Some(owner), vec!["channel.tenant_id".into()]));
    [vec![(None, vec!["channel".into()])], owned.into()].concat()
}

fn masks() -> Values<Vec<&'static str>> {
    let no_settings = ["channel_id", "tenant_id", "etag", "create_time", "x", "", "bot_enabled.x"];
    let mut bad: Vec<_> = no_settings.map(|path| vec!["bot_enabled", path]).into();
    bad.push(vec!["channel.bot_enabled"]);
    let all = vec![
        "display_name",
        "display_phone_number",
        "bot_enabled",
        "window_duration",
        "reactions_open_window",
        "on_inbound_when_closed",
        "reopen_to_last_agent_within",
        "routing_rules",
    ];
    Values { bad, good: vec![vec![], vec!["*"], vec!["*", "bot_enabled"], all] }
}
