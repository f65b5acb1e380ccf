//! What a policy can be set to, and what it keeps.

use messaging_policy_core::policy::MessageKind;
use messaging_policy_core::rule::{Parameter, Unit};
use messaging_policy_core::{Mode, Policy, PolicyError, RULES, Rule};

fn parameters() -> impl Iterator<Item = (&'static Rule, &'static Parameter)> {
    RULES.iter().flat_map(|rule| rule.parameters.iter().map(|parameter| (*rule, *parameter)))
}

#[test]
fn by_default_every_rule_is_enforced_with_numbers_within_their_bounds() {
    let policy = Policy::default();
    for rule in RULES {
        assert_eq!(policy.mode(rule), Mode::Enforce, "{}", rule.code);
    }
    for (rule, parameter) in parameters() {
        let Parameter { name, default, least, most, .. } = *parameter;
        assert_eq!(policy.value(rule, parameter), default, "{} {name}", rule.code);
        assert!((least..=most).contains(&default) && least >= 0, "{} {name}", rule.code);
    }
}

/// The numbers of the platform's rules and of ours, as clients were told them.
#[test]
fn the_defaults() {
    let told: Vec<_> = parameters()
        .map(|(rule, Parameter { name, unit, default, .. })| {
            let unit = if *unit == Unit::Seconds { "s" } else { "" };
            format!("{} {name} {default}{unit}", rule.code)
        })
        .collect();
    let expected = [
        "WINDOW_EXPIRED margin 5s",
        "TEMPLATE_CATEGORY_CHANGING notice 3600s",
        "JUSTIFICATION_NOTE_INSUFFICIENT characters 10",
        "JUSTIFICATION_NOTE_INSUFFICIENT words 2",
        "JUSTIFICATION_REFERENCE_UNVERIFIED max_age 2592000s",
        "JUSTIFICATION_REUSED contacts 20",
        "JUSTIFICATION_REUSED period 86400s",
        "DUPLICATE_SEND period 86400s",
        "CONTACT_COOLDOWN marketing 1800s",
        "CONTACT_COOLDOWN utility 60s",
        "CONTACT_FREQUENCY_CAP marketing_per_day 3",
        "CONTACT_FREQUENCY_CAP marketing_per_week 6",
        "CONTACT_FREQUENCY_CAP utility_per_day 10",
        "UNANSWERED_TEMPLATE_LIMIT templates 3",
        "UNANSWERED_TEMPLATE_LIMIT pause 604800s",
        "PAIR_RATE_LIMIT interval 6s",
        "PAIR_RATE_LIMIT burst 45",
    ];
    assert_eq!(told, expected);
}

#[test]
fn numbers_are_taken_within_their_bounds_only() {
    for (rule, parameter) in parameters() {
        let Parameter { name, least, most, .. } = *parameter;
        let mut policy = Policy::default();
        for value in [least, most] {
            assert_eq!(policy.set_value(rule.code, name, value), Ok(()), "{} {name}", rule.code);
            assert_eq!(policy.value(rule, parameter), value);
        }
        let before = policy.clone();
        for value in [least - 1, most + 1, i64::MIN, i64::MAX] {
            let refused = policy.set_value(rule.code, name, value);
            assert_eq!(refused, Err(PolicyError::OutOfBounds { least, most }), "{value}");
        }
        assert_eq!(policy, before, "what is refused changes nothing");
    }
}

#[test]
fn rules_and_parameters_that_nobody_knows_are_refused() {
    let mut policy = Policy::default();
    assert_eq!(policy.set_mode("NO_SUCH", Mode::Off), Err(PolicyError::UnknownRule));
    assert_eq!(policy.set_value("NO_SUCH", "burst", 1), Err(PolicyError::UnknownRule));
    assert_eq!(policy.set_mode("pair_rate_limit", Mode::Off), Err(PolicyError::UnknownRule));
    let refused = policy.set_value("PAIR_RATE_LIMIT", "margin", 1).unwrap_err();
    assert_eq!(refused, PolicyError::UnknownParameter(vec!["interval", "burst"]));
    assert_eq!(refused.to_string(), "must be one of: interval, burst");
    assert_eq!(policy, Policy::default());
}

#[test]
fn a_mode_and_a_number_of_one_rule_do_not_disturb_each_other() {
    let mut policy = Policy::default();
    let (rule, parameter) = parameters().next().unwrap();
    policy.set_value(rule.code, parameter.name, 7).unwrap();
    policy.set_mode(rule.code, Mode::Off).unwrap();
    assert_eq!((policy.mode(rule), policy.value(rule, parameter)), (Mode::Off, 7));
    policy.reset_rules();
    assert_eq!(policy, Policy::default());
}

#[test]
fn what_a_later_version_does_not_know_is_kept() {
    let json = serde_json::json!({
        "rules": {
            "PAIR_RATE_LIMIT": { "mode": "WARN", "values": { "burst": 3, "gone": 1 } },
            "RETIRED_RULE": { "mode": "OFF", "values": { "limit": 9 } },
        },
        "free_within_window": ["UTILITY"],
        "permits": false,
        "stop_words": ["enough"],
    });
    let mut policy: Policy = serde_json::from_value(json.clone()).unwrap();
    assert_eq!(serde_json::to_value(&policy).unwrap(), json);
    let rule = RULES.iter().find(|rule| rule.code == "PAIR_RATE_LIMIT").unwrap();
    assert_eq!(policy.mode(rule), Mode::Warn);
    assert_eq!(policy.free_within_window, [MessageKind::Utility]);

    policy.set_mode("PAIR_RATE_LIMIT", Mode::Enforce).unwrap();
    let after = serde_json::to_value(&policy).unwrap();
    assert_eq!(after["rules"]["RETIRED_RULE"], json["rules"]["RETIRED_RULE"]);
    assert_eq!(after["rules"]["PAIR_RATE_LIMIT"]["values"]["gone"], 1);
}

#[test]
fn what_an_earlier_version_did_not_know_is_as_by_default() {
    let earlier = r#"{"rules":{},"free_within_window":["FREE_FORM","UTILITY"]}"#;
    assert_eq!(serde_json::from_str::<Policy>(earlier).unwrap(), Policy::default());
}

#[test]
fn a_number_that_was_set_within_wider_bounds_is_taken_to_the_nearest() {
    let json = r#"{"rules":{"PAIR_RATE_LIMIT":{"values":{"burst":1000000,"interval":0}}}}"#;
    let policy: Policy = serde_json::from_str(json).unwrap();
    for (rule, parameter) in parameters().filter(|(rule, _)| rule.code == "PAIR_RATE_LIMIT") {
        let bound = if parameter.name == "burst" { parameter.most } else { parameter.least };
        assert_eq!(policy.value(rule, parameter), bound);
    }
}
