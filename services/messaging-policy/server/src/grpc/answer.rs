//! Decisions as clients see them.

use azeer_edge::tell;
use azeer_proto::conversation::v1::{ContactRef, ConversationState};
use azeer_proto::policy::v1 as pb;
use azeer_runtime::wire::timestamp;
use messaging_policy_core::catalogue::{self, Language};
use messaging_policy_core::facts::Template;
use messaging_policy_core::{
    Content, OutcomeKind, RULES, Reason, Remedy, SendOutcome, State, Verdict, Violation,
};
use serde_json::Value;

use super::json;
use super::parse::View;
use crate::store::{Person, Record, Recorded};

/// How a decision is told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Telling {
    language: Language,
    view: View,
}

impl Telling {
    pub(super) fn new(language_code: &str, view: View) -> Self {
        Self { language: Language::of(language_code), view }
    }
}

/// A decision, recorded or not.
pub(super) fn decision(recorded: Recorded, telling: Telling) -> pb::Decision {
    let is_full = telling.view == View::Full;
    let asked = is_full.then(|| asked(&recorded));
    let rule_results = if is_full { rule_results(&recorded.record) } else { Vec::new() };
    let facts = is_full.then(|| facts(&recorded.record));
    let Recorded { record, decided_at, .. } = recorded;
    let violation = |violation: &Violation| pb::Violation {
        code: violation.code.clone(),
        message: catalogue::message(violation, decided_at, Language::English),
        localized_message: catalogue::message(violation, decided_at, telling.language),
        metadata: violation.values.clone(),
        remedy: remedy(violation.remedy).into(),
        earliest_allowed_at: violation.earliest_allowed_at.map(timestamp),
    };
    pb::Decision {
        decision_id: recorded.id.map(|id| id.to_string()).unwrap_or_default(),
        tenant_id: recorded.tenant.to_string(),
        verdict: verdict(recorded.verdict).into(),
        violations: record.violations.iter().map(violation).collect(),
        warnings: record.warnings.iter().map(violation).collect(),
        state: state(record.state).into(),
        window_expires_at: record.facts.window_expires_at().map(timestamp),
        earliest_allowed_at: record.earliest_allowed_at.map(timestamp),
        suggested_templates: record
            .suggested
            .into_iter()
            .map(|suggested| pb::TemplateName {
                name: suggested.name,
                language_code: suggested.language,
                category: suggested.category,
            })
            .collect(),
        free_of_charge: record.free_of_charge,
        policy_version: recorded.policy_version,
        conversation_id: recorded.conversation.map(|id| id.to_string()).unwrap_or_default(),
        conversation_version: recorded.conversation_version,
        decided_at: Some(timestamp(decided_at)),
        dry_run: recorded.id.is_none(),
        permit: String::new(),
        permit_expires_at: None,
        outcome: recorded.outcome.map(outcome),
        asked,
        rule_results,
        facts,
    }
}

fn outcome(stored: SendOutcome) -> pb::SendOutcome {
    use pb::send_outcome::Outcome;
    let outcome = match stored.kind {
        OutcomeKind::Sent => Outcome::Sent(pb::Sent {
            message_id: stored.message_id,
            sent_at: stored.sent_at.map(timestamp),
        }),
        OutcomeKind::Failed => Outcome::Failed(pb::Failed {
            error_code: stored.error_code,
            message: stored.error_message,
        }),
        OutcomeKind::Abandoned => Outcome::Abandoned(pb::Abandoned {}),
    };
    pb::SendOutcome { outcome: Some(outcome), report_time: Some(timestamp(stored.report_time)) }
}

fn asked(recorded: &Recorded) -> pb::AskedSend {
    let Record { send, facts, .. } = &recorded.record;
    let category = match &facts.template {
        Some(Template::Known(known)) => known.category_at(recorded.decided_at),
        _ => None,
    };
    let template = match &send.content {
        Content::Template { name, language } => Some(pb::TemplateName {
            name: name.clone(),
            language_code: language.clone(),
            category: category.map(<&str>::from).unwrap_or_default().to_owned(),
        }),
        Content::FreeForm => None,
    };
    let person = recorded.person.as_ref();
    let contact = person.map(|Person { contact, .. }| ContactRef {
        channel_id: recorded.channel.to_string(),
        contact_id: contact.to_string(),
    });
    let justification = send.justification.as_ref().map(|given| pb::Justification {
        reason: reason(given.reason).into(),
        reference_id: person.map(|person| person.reference.clone()).unwrap_or_default(),
        note: person.map(|person| person.note.clone()).unwrap_or_default(),
    });
    pb::AskedSend {
        contact,
        sender: Some(tell::actor(&recorded.sender)),
        handler_epoch: send.handler_epoch.unwrap_or(0),
        kind: recorded.kind.clone(),
        template,
        justification,
    }
}

/// Every rule's result, also of rules that came later.
fn rule_results(record: &Record) -> Vec<pb::RuleResult> {
    let failed = |code: &str| {
        record.violations.iter().chain(&record.warnings).any(|violation| violation.code == code)
    };
    let mut codes: Vec<&str> = RULES.iter().map(|rule| rule.code).collect();
    codes.sort_unstable();
    let result = |code: &str| pb::RuleResult {
        code: code.to_owned(),
        outcome: if failed(code) {
            pb::RuleOutcome::Failed
        } else if record.passed.iter().any(|passed| passed == code) {
            pb::RuleOutcome::Passed
        } else {
            pb::RuleOutcome::NotApplicable
        }
        .into(),
    };
    codes.into_iter().map(result).collect()
}

/// The facts as they are recorded.
fn facts(record: &Record) -> prost_types::Struct {
    match serde_json::to_value(&record.facts) {
        Ok(Value::Object(facts)) => json::tell_object(&facts),
        // Facts are an object of plain values: writing them cannot fail.
        _ => prost_types::Struct::default(),
    }
}

pub(super) fn verdict(verdict: Verdict) -> pb::Verdict {
    match verdict {
        Verdict::Allow => pb::Verdict::Allow,
        Verdict::Deny => pb::Verdict::Deny,
    }
}

fn state(state: State) -> ConversationState {
    match state {
        State::Open => ConversationState::Open,
        State::Expired => ConversationState::Expired,
        State::Closed => ConversationState::Closed,
        State::Bot => ConversationState::Bot,
    }
}

fn remedy(remedy: Remedy) -> pb::Remedy {
    match remedy {
        Remedy::UseApprovedTemplate => pb::Remedy::UseApprovedTemplate,
        Remedy::ReopenConversation => pb::Remedy::ReopenConversation,
        Remedy::HandOff => pb::Remedy::HandOff,
        Remedy::ReturnToBot => pb::Remedy::ReturnToBot,
        Remedy::FixRequest => pb::Remedy::FixRequest,
        Remedy::AddJustification => pb::Remedy::AddJustification,
        Remedy::Wait => pb::Remedy::Wait,
        Remedy::GetConsent => pb::Remedy::GetConsent,
        Remedy::UseOtherTemplate => pb::Remedy::UseOtherTemplate,
        Remedy::ContactAdmin => pb::Remedy::ContactAdmin,
    }
}

fn reason(reason: Reason) -> pb::JustificationReason {
    use pb::JustificationReason as Told;
    match reason {
        Reason::OrderUpdate => Told::OrderUpdate,
        Reason::PaymentUpdate => Told::PaymentUpdate,
        Reason::AppointmentReminder => Told::AppointmentReminder,
        Reason::AccountAlert => Told::AccountAlert,
        Reason::ReplyToInquiry => Told::ReplyToInquiry,
        Reason::SupportFollowUp => Told::SupportFollowUp,
        Reason::RequestedOffer => Told::RequestedOffer,
        Reason::Campaign => Told::Campaign,
    }
}
