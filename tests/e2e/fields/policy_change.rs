//! What a policy is to be: the fields that requests share which change one, or propose to.

use azeer_proto::policy::v1 as pb;
use azeer_tests::ops;
use pb::rule_parameter::Value;
use prost::Message;
use prost_types::{Duration, FieldMask};

use super::policy::{OUTPUT, masks};
use super::rows::Rows;
use super::values::{self, Named, Values};

const RULE: &str = "CONTACT_COOLDOWN";
const PATHS: [&str; 4] = ["rules", "free_within_window", "permit_mode", "stop_words"];

/// Where a request has its policy and its mask.
type Change<'a> = (&'a mut Option<pb::Policy>, &'a mut Option<FieldMask>);

impl<R: Message + Clone + 'static> Rows<R> {
    /// What a policy is to be, and the mask beside it.
    pub(super) fn policy_change(self, of: fn(&mut R) -> Change<'_>) -> Self {
        self.row(bad_owners(), &[Some(ops::TENANT), Some("")], move |r, v| {
            let given = of(r).0;
            *given = v.map(|tenant| pb::Policy {
                tenant_id: tenant.into(),
                ..given.clone().unwrap_or_default()
            });
        })
        .row(bad_codes(), &[RULE], move |r, v| {
            policy(of(r)).rules.insert(v.into(), pb::RuleSetting::default());
        })
        .values(&format!("policy.rules[{RULE}].mode"), values::numbers(3, true), move |r, v| {
            rule(of(r)).mode = v;
        })
        .row(bad_parameters(), &good_parameters(), move |r, (name, value)| {
            rule(of(r)).parameters.insert(name.into(), pb::RuleParameter { value });
        })
        .free("policy.rules.parameters.count", "named as the parameter")
        .free("policy.rules.parameters.duration", "named as the parameter")
        .row(bad_kinds(), &[vec![], vec![1, 2, 3, 4], vec![4, 4]], move |r, v| {
            policy(of(r)).free_within_window = v;
        })
        .free("policy.version", OUTPUT)
        .free("policy.etag", OUTPUT)
        .free("policy.update_time", OUTPUT)
        .values("policy.permit_mode", values::numbers(2, true), move |r, v| {
            policy(of(r)).permit_mode = v;
        })
        .list("policy.stop_words", 0..=100, stop_words(), move |r, v| {
            policy(of(r)).stop_words = v;
        })
        .values("update_mask", masks(&PATHS), move |r, v| {
            *of(r).1 = Some(FieldMask { paths: v });
        })
    }
}

fn policy((policy, _): Change<'_>) -> &mut pb::Policy {
    policy.get_or_insert_default()
}

fn rule(change: Change<'_>) -> &mut pb::RuleSetting {
    policy(change).rules.entry(RULE.into()).or_default()
}

fn bad_owners() -> Named<Option<&'static str>> {
    let owners = ["other", "ACME", "a b", "acme\0"];
    let owned = owners.map(|owner| (Some(owner), vec!["policy.tenant_id".into()]));
    [vec![(None, vec!["policy".into()])], owned.into()].concat()
}

fn bad_codes() -> Named<&'static str> {
    let codes = ["", "colour", "contact_cooldown", "ق", "CONTACT_COOLDOWN "];
    codes.map(|code| (code, vec![format!("policy.rules[{code}]")])).into()
}

type Parameter = (&'static str, Option<Value>);

fn of(seconds: i64, nanos: i32) -> Value {
    Value::Duration(Duration { seconds, nanos })
}

fn bad_parameters() -> Named<Parameter> {
    let rows = [
        ("colour", Some(of(5, 0))),
        ("", Some(of(5, 0))),
        ("marketing", None),
        ("marketing", Some(Value::Count(5))),
        ("marketing", Some(of(604_801, 0))),
        ("marketing", Some(of(-1, 0))),
        ("marketing", Some(of(i64::MAX, 0))),
        ("marketing", Some(of(1, -1))),
        ("marketing", Some(of(1, 500_000_000))),
    ];
    rows.map(|row| (row, vec![format!("policy.rules[{RULE}].parameters[{}]", row.0)])).into()
}

fn good_parameters() -> Vec<Parameter> {
    vec![
        ("marketing", Some(of(0, 0))),
        ("marketing", Some(of(604_800, 0))),
        ("utility", Some(of(1, 0))),
    ]
}

fn bad_kinds() -> Named<Vec<i32>> {
    [0, -1, 5, i32::MAX]
        .map(|kind| (vec![1, kind], vec!["policy.free_within_window[1]".into()]))
        .into()
}

fn stop_words() -> Values<String> {
    let long = ["x", "ش"].map(|c| c.repeat(101));
    let bad = ["", " ", "!؟", "👍", "َ", "a\0b", &long[0], &long[1]];
    let good = ["stop", "إلغاء الاشتراك", "7", "S T O P!", &"ش".repeat(100)];
    let owned = |texts: &[&str]| texts.iter().map(ToString::to_string).collect();
    Values { bad: owned(&bad), good: owned(&good) }
}
