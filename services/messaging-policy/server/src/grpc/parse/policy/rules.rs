//! Which rules and numbers a change of a policy names, and what they may be.

use std::collections::BTreeMap;

use azeer_proto::policy::v1 as pb;
use azeer_runtime::fields::Fields;
use azeer_runtime::wire;
use messaging_policy_core::policy::Mode;
use messaging_policy_core::rule::{Parameter, Unit};
use messaging_policy_core::{Policy, PolicyError, RULES, Rule};

/// A change of rules.
pub(super) struct RulesChange {
    /// The rules that are not named go back to their defaults.
    pub(super) replaces: bool,
    pub(super) named: Vec<NamedRule>,
}

/// A rule, and what is to be changed of it.
pub(super) struct NamedRule {
    rule: &'static Rule,
    mode: Option<Mode>,
    values: Vec<(&'static Parameter, i64)>,
}

// === impl RulesChange ===

impl RulesChange {
    pub(super) fn apply(&self, policy: &mut Policy) {
        if self.replaces {
            let before = policy.clone();
            policy.reset_rules();
            for NamedRule { rule, .. } in &self.named {
                keep(rule, &before, policy);
            }
        }
        for NamedRule { rule, mode, values } in &self.named {
            if let Some(mode) = mode {
                set(policy.set_mode(rule.code, *mode));
            }
            for (parameter, value) in values {
                set(policy.set_value(rule.code, parameter.name, *value));
            }
        }
    }
}

/// Has a rule as it was before, where that is not the default.
fn keep(rule: &Rule, before: &Policy, policy: &mut Policy) {
    let mode = before.mode(rule);
    if mode != policy.mode(rule) {
        set(policy.set_mode(rule.code, mode));
    }
    for parameter in rule.parameters {
        let value = before.value(rule, parameter);
        if value != parameter.default {
            set(policy.set_value(rule.code, parameter.name, value));
        }
    }
}

fn set(done: Result<(), PolicyError>) {
    // INVARIANT: rules and parameters are of the table, and values were checked by it.
    done.expect("a rule takes what was checked");
}

/// The rules that are named.
pub(super) fn named(
    fields: &mut Fields,
    given: &BTreeMap<String, pb::RuleSetting>,
) -> Option<Vec<NamedRule>> {
    // All are looked at before any is given up for.
    let rules: Vec<_> = given.iter().map(|(code, setting)| rule(fields, code, setting)).collect();
    rules.into_iter().collect()
}

fn rule(fields: &mut Fields, code: &str, given: &pb::RuleSetting) -> Option<NamedRule> {
    let path = format!("policy.rules[{code}]");
    let Some(rule) = RULES.iter().copied().find(|rule| rule.code == code) else {
        fields.bad(path, PolicyError::UnknownRule);
        return None;
    };
    let mode = match pb::RuleMode::try_from(given.mode) {
        Ok(pb::RuleMode::Unspecified) => Ok(None),
        Ok(pb::RuleMode::Off) => Ok(Some(Mode::Off)),
        Ok(pb::RuleMode::Warn) => Ok(Some(Mode::Warn)),
        Ok(pb::RuleMode::Enforce) => Ok(Some(Mode::Enforce)),
        Err(_) => Err("must be OFF, WARN or ENFORCE"),
    };
    let mode = fields.take(&format!("{path}.mode"), mode);
    let values: Vec<_> = given
        .parameters
        .iter()
        .map(|(name, value)| {
            let value = parameter(rule, name, value);
            fields.take(&format!("{path}.parameters[{name}]"), value)
        })
        .collect();
    Some(NamedRule { rule, mode: mode?, values: values.into_iter().collect::<Option<_>>()? })
}

/// A number of a rule, of the kind and within the bounds that the rule says.
fn parameter(
    rule: &'static Rule,
    name: &str,
    given: &pb::RuleParameter,
) -> Result<(&'static Parameter, i64), String> {
    use pb::rule_parameter::Value;
    let Some(parameter) = rule.parameters.iter().copied().find(|known| known.name == name) else {
        let names: Vec<_> = rule.parameters.iter().map(|known| known.name).collect();
        return Err(match names.as_slice() {
            [] => "must not be set: the rule has no parameters".to_owned(),
            names => PolicyError::UnknownParameter(names.to_vec()).to_string(),
        });
    };
    let value = match (parameter.unit, &given.value) {
        (Unit::Count, Some(Value::Count(count))) => Some(*count),
        (Unit::Seconds, Some(Value::Duration(duration))) => wire::delta(duration)
            .filter(|delta| delta.subsec_nanos() == 0)
            .map(|delta| delta.num_seconds()),
        _ => return Err(must_be(parameter, true)),
    };
    let is_taken = |value: &i64| Policy::default().set_value(rule.code, name, *value).is_ok();
    let value = value.filter(is_taken).ok_or_else(|| must_be(parameter, false))?;
    Ok((parameter, value))
}

/// A parameter's bounds in words, and its kind where that is what was wrong.
fn must_be(parameter: &Parameter, of_other_kind: bool) -> String {
    let Parameter { unit, least, most, .. } = parameter;
    match (unit, of_other_kind) {
        (Unit::Count, false) => format!("must be {least}-{most}"),
        (Unit::Count, true) => format!("must be a count: {least}-{most}"),
        (Unit::Seconds, false) => format!("must be {least}-{most} s, whole seconds"),
        (Unit::Seconds, true) => format!("must be a duration: {least}-{most} s, whole seconds"),
    }
}
