//! What a body tells of the business itself: templates, accounts, numbers and limits. Plain values,
//! as the platform says them; what they mean for sends is the policy's to say.

use serde::Serialize;

/// A change of something that belongs to the business.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum News {
    /// `message_template_status_update`.
    TemplateStatus {
        /// The template.
        template: NamedTemplate,
        /// What happened: mostly a status, such as `PAUSED`; also `FLAGGED`, `REINSTATED` …
        event: String,
        /// Why; none where the platform says null, `NONE` or nothing.
        reason: Option<String>,
        /// Its category, where it is told.
        category: Option<String>,
        /// What a lock or its end is about (`other_info.title`): `FIRST_PAUSE`, `UNPAUSE` …
        title: Option<String>,
    },
    /// `message_template_quality_update`.
    TemplateQuality {
        /// The template.
        template: NamedTemplate,
        /// Its new score.
        score: String,
    },
    /// `template_category_update`.
    TemplateCategory {
        /// The template.
        template: NamedTemplate,
        /// The category that it has from now on, or from `at` on.
        category: String,
        /// When it changes, in Unix seconds; none: it has.
        at: Option<i64>,
    },
    /// `phone_number_quality_update`.
    NumberQuality {
        /// The number as people write it.
        display_phone_number: Option<String>,
        /// What happened: `FLAGGED`, `UNFLAGGED`, `UPGRADE`, `DOWNGRADE`, `ONBOARDING` …
        event: String,
        /// How many contacts may be reached, where it is told.
        limit: Option<ContactLimit>,
    },
    /// `business_capability_update`.
    Capability {
        /// How many contacts may be reached, where it is told.
        limit: Option<ContactLimit>,
    },
    /// `account_update`.
    Account {
        /// What happened: `ACCOUNT_RESTRICTION`, `DISABLED_UPDATE`, `PARTNER_ADDED` …
        event: String,
        /// `restriction_info`.
        restrictions: Vec<AccountRestriction>,
        /// `ban_info.waba_ban_state`: `DISABLE`, `SCHEDULE_FOR_DISABLE`, `REINSTATE`.
        ban_state: Option<String>,
        /// `waba_info.waba_id`: the account that it is about, where that is not the entry's.
        waba_id: Option<String>,
        /// `waba_info.owner_business_id`: the portfolio that owns the account.
        owner_id: Option<String>,
    },
}

/// A template, as webhooks name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NamedTemplate {
    /// The platform's id.
    pub id: Option<String>,
    /// Its name.
    pub name: String,
    /// Its language, as the platform spells it.
    pub language: String,
}

/// How many contacts may be reached within a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum ContactLimit {
    /// So many.
    Contacts(i64),
    /// As many as one likes.
    Unlimited,
}

/// What an account may not do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccountRestriction {
    /// What: `RESTRICTED_BIZ_INITIATED_MESSAGING` …
    pub kind: String,
    /// When it ends, in Unix seconds; none: when it is lifted.
    pub expiration: Option<i64>,
}

/// What became of a message that the business sent (`statuses[]`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The number that sent it.
    pub channel: super::Channel,
    /// Whom it was for, where that is told.
    pub contact: Option<super::ContactIds>,
    /// The platform's id of the message.
    pub message_id: String,
    /// `sent`, `delivered`, `read`, `failed` …
    pub status: String,
    /// When, in Unix seconds.
    pub timestamp: i64,
    /// Why it failed, the first reason first.
    pub errors: Vec<StatusError>,
}

/// Why a message failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusError {
    /// The platform's code, such as 131047.
    pub code: i64,
    /// What the platform says of it.
    pub message: Option<String>,
}

/// A customer's wish about marketing (`user_preferences[]`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preference {
    /// The number that it is about.
    pub channel: super::Channel,
    /// Who wishes it.
    pub contact: super::ContactIds,
    /// `stop` or `resume`.
    pub value: String,
    /// When, in Unix seconds.
    pub timestamp: i64,
}
