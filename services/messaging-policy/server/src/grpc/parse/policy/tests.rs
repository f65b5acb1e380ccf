use messaging_policy_core::policy::Mode;
use pb::rule_parameter::Value;
use prost_types::{Duration, FieldMask};
use tonic_types::StatusExt as _;

use super::*;

const CAP: &str = "CONTACT_FREQUENCY_CAP";
const COOLDOWN: &str = "CONTACT_COOLDOWN";

/// A rule with a mode and numbers.
fn setting(mode: pb::RuleMode, values: &[(&str, Value)]) -> pb::RuleSetting {
    let parameter = |value| pb::RuleParameter { value: Some(value) };
    let parameters = values.iter().map(|(name, value)| ((*name).to_owned(), parameter(*value)));
    pb::RuleSetting { mode: mode.into(), parameters: parameters.collect() }
}

fn count(name: &str, count: i64) -> (&str, Value) {
    (name, Value::Count(count))
}

fn seconds(name: &str, seconds: i64) -> (&str, Value) {
    (name, Value::Duration(Duration { seconds, nanos: 0 }))
}

fn request(
    rules: &[(&str, pb::RuleSetting)],
    free: &[pb::MessageKind],
    paths: &[&str],
) -> pb::UpdatePolicyRequest {
    let rules = rules.iter().map(|(code, rule)| ((*code).to_owned(), rule.clone()));
    let policy = pb::Policy {
        rules: rules.collect(),
        free_within_window: free.iter().map(|kind| (*kind).into()).collect(),
        ..Default::default()
    };
    pb::UpdatePolicyRequest {
        tenant_id: "acme".into(),
        policy: Some(policy),
        update_mask: Some(FieldMask { paths: paths.iter().map(ToString::to_string).collect() }),
        ..Default::default()
    }
}

fn apply(policy: &mut Policy, request: &pb::UpdatePolicyRequest) {
    Changing::try_from(request).unwrap().change.apply(policy);
}

/// A policy of which nothing is as by default.
fn changed() -> Policy {
    let mut policy = Policy::default();
    policy.set_mode(CAP, Mode::Warn).unwrap();
    policy.set_value(CAP, "marketing_per_day", 2).unwrap();
    policy.set_value(COOLDOWN, "marketing", 60).unwrap();
    policy.free_within_window = vec![MessageKind::FreeForm];
    policy.permits = false;
    policy.stop_words = vec!["enough".to_owned()];
    policy
}

#[test]
fn without_a_mask_what_is_carried_changes() {
    let kept = changed();
    let off = setting(pb::RuleMode::Off, &[]);
    let wider = setting(pb::RuleMode::Unspecified, &[count("utility_per_day", 5)]);
    let mut policy = kept.clone();
    apply(&mut policy, &request(&[], &[], &[]));
    assert_eq!(policy, kept, "nothing is carried");

    apply(&mut policy, &request(&[(CAP, wider)], &[], &[]));
    let mut expected = kept.clone();
    expected.set_value(CAP, "utility_per_day", 5).unwrap();
    assert_eq!(policy, expected, "the mode and other numbers stay");

    apply(&mut policy, &request(&[(COOLDOWN, off)], &[pb::MessageKind::Utility], &[]));
    expected.set_mode(COOLDOWN, Mode::Off).unwrap();
    expected.free_within_window = vec![MessageKind::Utility];
    assert_eq!(policy, expected);
}

#[test]
fn with_a_mask_what_is_left_out_goes_back() {
    let kept = changed();
    let mut defaults = Policy::default();
    let mut policy = kept.clone();
    apply(&mut policy, &request(&[], &[], &["*"]));
    defaults.free_within_window.clear();
    defaults.stop_words.clear();
    assert_eq!(policy, defaults, "nothing is free, and there are no stop words");

    let mut policy = kept.clone();
    apply(&mut policy, &request(&[], &[], &["free_within_window"]));
    let mut expected = kept.clone();
    expected.free_within_window.clear();
    assert_eq!(policy, expected);

    let carried = setting(pb::RuleMode::Unspecified, &[count("utility_per_day", 5)]);
    let mut policy = kept.clone();
    apply(&mut policy, &request(&[(CAP, carried)], &[pb::MessageKind::Utility], &["rules"]));
    let mut expected = kept.clone();
    expected.reset_rules();
    expected.set_mode(CAP, Mode::Warn).unwrap();
    expected.set_value(CAP, "marketing_per_day", 2).unwrap();
    expected.set_value(CAP, "utility_per_day", 5).unwrap();
    assert_eq!(policy, expected, "what is carried stays but for what is told of it");
}

#[test]
fn what_is_free_is_a_set() {
    use pb::MessageKind::{FreeForm, Utility};
    let mut policy = changed();
    apply(&mut policy, &request(&[], &[Utility, FreeForm, Utility], &[]));
    assert_eq!(policy.free_within_window, Policy::default().free_within_window);
}

type Words = &'static [&'static str];
/// Whether there were permits, what is given and named, and what is then.
type Row = (bool, pb::PermitMode, Words, Words, bool, Words);

#[test]
fn permits_and_stop_words_change_where_they_are_named_or_carried() {
    use pb::PermitMode::{Off, On, Unspecified};
    let (kept, none): (Words, Words) = (&["enough"], &[]);
    let rows: [Row; 13] = [
        (false, Unspecified, none, &[], false, kept),
        (false, On, none, &[], true, kept),
        (true, Off, none, &[], false, kept),
        (true, Unspecified, &["quit"], &[], true, &["quit"]),
        (false, Unspecified, &["quit", "QUIT!"], &["permit_mode"], true, kept),
        (true, Off, &["quit"], &["permit_mode"], false, kept),
        (true, Off, none, &["stop_words"], true, none),
        (false, On, &["quit", "QUIT!"], &["stop_words"], false, &["quit"]),
        (true, Off, &["quit"], &["permit_mode", "stop_words"], false, &["quit"]),
        (true, Off, &["quit"], &["rules"], true, kept),
        (true, Off, &["quit"], &["free_within_window"], true, kept),
        (false, Unspecified, none, &["*"], true, none),
        (true, Off, &["quit"], &["*"], false, &["quit"]),
    ];
    for (before, mode, words, paths, permits, stop_words) in rows {
        let mut policy = changed();
        policy.permits = before;
        let mut request = request(&[], &[], paths);
        let given = request.policy.get_or_insert_default();
        given.set_permit_mode(mode);
        given.stop_words = owned(words);
        apply(&mut policy, &request);
        let row = format!("{before} {mode:?} {words:?} {paths:?}");
        assert_eq!((policy.permits, policy.stop_words), (permits, owned(stop_words)), "{row}");
    }
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(ToString::to_string).collect()
}

#[test]
fn numbers_are_held_to_their_kinds_and_bounds() {
    let finer = ("marketing", Value::Duration(Duration { seconds: 60, nanos: 1_000_000 }));
    let far = seconds("marketing", i64::MAX);
    let rows = [
        (CAP, count("marketing_per_day", 0), "must be 1-50"),
        (CAP, count("marketing_per_day", 51), "must be 1-50"),
        (CAP, seconds("marketing_per_day", 3), "must be a count: 1-50"),
        ("WINDOW_EXPIRED", seconds("margin", 301), "must be 0-300 s, whole seconds"),
        ("WINDOW_EXPIRED", seconds("margin", -1), "must be 0-300 s, whole seconds"),
        ("WINDOW_EXPIRED", count("margin", 5), "must be a duration: 0-300 s, whole seconds"),
        (COOLDOWN, finer, "must be 0-604800 s, whole seconds"),
        (COOLDOWN, far, "must be 0-604800 s, whole seconds"),
        (COOLDOWN, count("colour", 5), "must be one of: marketing, utility"),
        ("CONVERSATION_CLOSED", count("colour", 5), "must not be set: the rule has no parameters"),
    ];
    for (code, value, must_be) in rows {
        let request = request(&[(code, setting(pb::RuleMode::Warn, &[value]))], &[], &[]);
        let refused = Changing::try_from(&request).err().unwrap().into_status("test.azeer");
        let fields = refused.get_details_bad_request().unwrap().field_violations;
        let told: Vec<_> = fields.iter().map(|f| (f.field.clone(), &*f.description)).collect();
        let path = format!("policy.rules[{code}].parameters[{}]", value.0);
        assert_eq!(told, [(path, must_be)]);
    }
}
