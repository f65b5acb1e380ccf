//! Settings as clients see them.

use azeer_cloud_api::Invalid;
use azeer_domain::{ChannelId, TenantId};
use azeer_proto::policy::v1 as pb;
use azeer_runtime::wire::{duration, etag, timestamp};
use chrono::TimeDelta;
use messaging_policy_core::facts::{Quality, Restriction, SenderStatus};
use messaging_policy_core::policy::{MessageKind, Mode};
use messaging_policy_core::rule::Unit;
use messaging_policy_core::{Policy, RULES, Rule};

use crate::store::settings::{Imported, KnownSender, Limit, StoredPolicy, StoredTemplate};

/// Of the name of an entry that cannot be read: an answer must not be larger than clients take.
const MOST_NAME_CHARACTERS: usize = 128;

/// A policy, with all rules and numbers.
pub(super) fn policy(tenant: &TenantId, stored: &StoredPolicy) -> pb::Policy {
    let policy = &stored.policy;
    let rules = RULES.iter().map(|rule| (rule.code.to_owned(), self::rule(policy, rule)));
    let kinds = policy.free_within_window.iter().map(|kind| match kind {
        MessageKind::FreeForm => pb::MessageKind::FreeForm,
        MessageKind::Marketing => pb::MessageKind::Marketing,
        MessageKind::Utility => pb::MessageKind::Utility,
        MessageKind::Authentication => pb::MessageKind::Authentication,
    });
    pb::Policy {
        tenant_id: tenant.to_string(),
        version: stored.version,
        etag: etag(stored.version),
        update_time: stored.create_time.map(timestamp),
        rules: rules.collect(),
        free_within_window: kinds.map(Into::into).collect(),
        permit_mode: permit_mode(policy.permits).into(),
        stop_words: policy.stop_words.clone(),
    }
}

fn permit_mode(permits: bool) -> pb::PermitMode {
    if permits { pb::PermitMode::On } else { pb::PermitMode::Off }
}

fn rule(policy: &Policy, rule: &Rule) -> pb::RuleSetting {
    use pb::rule_parameter::Value;
    let mode = match policy.mode(rule) {
        Mode::Off => pb::RuleMode::Off,
        Mode::Warn => pb::RuleMode::Warn,
        Mode::Enforce => pb::RuleMode::Enforce,
    };
    let parameters = rule.parameters.iter().map(|parameter| {
        let value = policy.value(rule, parameter);
        let value = match parameter.unit {
            Unit::Count => Value::Count(value),
            Unit::Seconds => Value::Duration(duration(TimeDelta::seconds(value))),
        };
        (parameter.name.to_owned(), pb::RuleParameter { value: Some(value) })
    });
    pb::RuleSetting { mode: mode.into(), parameters: parameters.collect() }
}

/// A template.
pub(super) fn template(stored: &StoredTemplate) -> pb::Template {
    pb::Template {
        waba_id: stored.waba_id.clone(),
        template_id: stored.template_id.clone(),
        name: stored.name.clone(),
        language_code: stored.language.clone(),
        category: stored.category.clone(),
        status: stored.status.clone(),
        sendable: stored.is_sendable(),
        quality: stored.quality.clone(),
        rejected_reason: stored.rejected_reason.clone(),
        next_category: stored.next_category.clone(),
        category_changes_at: stored.category_changes_at.map(timestamp),
        create_time: Some(timestamp(stored.create_time)),
        update_time: Some(timestamp(stored.update_time)),
        import_needed: stored.import_needed,
    }
}

/// What an import came to.
pub(super) fn imported(imported: Imported) -> pb::ImportTemplatesResponse {
    let count = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
    pb::ImportTemplatesResponse {
        created: count(imported.created),
        changed: count(imported.changed),
        unchanged: count(imported.unchanged),
        gone: count(imported.gone),
        invalid: imported.invalid.into_iter().map(invalid).collect(),
    }
}

fn invalid(entry: Invalid) -> pb::InvalidTemplate {
    let name = entry.name.unwrap_or_default();
    pb::InvalidTemplate {
        path: format!("data[{}]", entry.index),
        name: name.chars().take(MOST_NAME_CHARACTERS).collect(),
        problem: format!("{} must be {}", entry.field, entry.must_be).trim_start().to_owned(),
    }
}

/// A sender, and how many contacts its portfolio has reached.
pub(super) fn sender(channel: &ChannelId, known: KnownSender, reached: i64) -> pb::Sender {
    let quality = match known.facts.quality {
        Quality::Unknown => pb::SenderQuality::Unspecified,
        Quality::Green => pb::SenderQuality::Green,
        Quality::Yellow => pb::SenderQuality::Yellow,
        Quality::Red => pb::SenderQuality::Red,
    };
    let status = match known.facts.status {
        SenderStatus::Unknown => pb::SenderStatus::Unspecified,
        SenderStatus::Connected => pb::SenderStatus::Connected,
        SenderStatus::Flagged => pb::SenderStatus::Flagged,
        SenderStatus::Restricted => pb::SenderStatus::Restricted,
        SenderStatus::Disconnected => pb::SenderStatus::Disconnected,
        SenderStatus::Banned => pb::SenderStatus::Banned,
    };
    let of_number = known.facts.restriction.zip(Some(known.restriction_reason));
    pb::Sender {
        channel_id: channel.to_string(),
        waba_id: known.waba_id,
        portfolio_id: known.portfolio_id,
        quality: quality.into(),
        status: status.into(),
        limit: match known.limit {
            Limit::Contacts(limit) => limit,
            Limit::Unknown | Limit::Unlimited => 0,
        },
        unlimited: known.limit == Limit::Unlimited,
        restriction: of_number.map(restriction),
        update_time: known.update_time.map(timestamp),
        etag: etag(known.version),
        reached,
        display_phone_number: known.display_phone_number,
        account_restriction: known.account_restriction.map(restriction),
    }
}

fn restriction((restriction, reason): (Restriction, String)) -> pb::SenderRestriction {
    pb::SenderRestriction { reason, until: restriction.until.map(timestamp) }
}
