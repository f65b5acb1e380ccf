//! The rules, one file each.
//!
//! A new rule is a file here with its line in [`RULES`], an entry in the catalogue, and a file of
//! cases.

pub mod agent_not_in_control;
pub mod bot_not_in_control;
pub mod contact_cooldown;
pub mod contact_frequency_cap;
pub mod conversation_closed;
pub mod duplicate_send;
pub mod justification_note_insufficient;
pub mod justification_reason_mismatch;
pub mod justification_reference_required;
pub mod justification_reference_unverified;
pub mod justification_required;
pub mod justification_reused;
pub mod marketing_consent_required;
pub mod marketing_opted_out;
pub mod marketing_suppressed;
pub mod pair_rate_limit;
pub mod portfolio_limit_reached;
pub mod recipient_mismatch;
pub mod sender_quality_low;
pub mod sender_restricted;
pub mod template_category_changing;
pub mod template_language_not_found;
pub mod template_not_approved;
pub mod template_not_found;
pub mod template_parameter_mismatch;
pub mod unanswered_template_limit;
pub mod window_expired;
pub mod window_never_opened;

use crate::rule::Rule;

/// All rules, in the order in which their violations are told: what is wrong with the conversation
/// first, then with the template, the reason for it, what must wait, and who sends.
pub static RULES: &[&Rule] = &[
    &conversation_closed::RULE,
    &window_expired::RULE,
    &window_never_opened::RULE,
    &bot_not_in_control::RULE,
    &agent_not_in_control::RULE,
    &recipient_mismatch::RULE,
    &template_not_found::RULE,
    &template_language_not_found::RULE,
    &template_not_approved::RULE,
    &template_parameter_mismatch::RULE,
    &template_category_changing::RULE,
    &justification_required::RULE,
    &justification_reason_mismatch::RULE,
    &justification_reference_required::RULE,
    &justification_note_insufficient::RULE,
    &justification_reference_unverified::RULE,
    &justification_reused::RULE,
    &duplicate_send::RULE,
    &contact_cooldown::RULE,
    &contact_frequency_cap::RULE,
    &unanswered_template_limit::RULE,
    &pair_rate_limit::RULE,
    &marketing_opted_out::RULE,
    &marketing_consent_required::RULE,
    &marketing_suppressed::RULE,
    &sender_quality_low::RULE,
    &sender_restricted::RULE,
    &portfolio_limit_reached::RULE,
];
