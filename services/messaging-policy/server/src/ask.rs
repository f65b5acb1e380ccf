//! A send, as its caller asks for it: parsed, not judged.

use azeer_cloud_api::SentTemplate;
use azeer_domain::{Actor, Target, TenantId};
use messaging_policy_core::Reason;

/// What somebody wants to send.
#[derive(Debug, Clone)]
pub struct Ask {
    /// The tenant.
    pub tenant: TenantId,
    /// Whom it is for.
    pub target: Target,
    /// Who sends it.
    pub sender: Actor,
    /// The handler's epoch as the sender knows it.
    pub handler_epoch: Option<i64>,
    /// What it is.
    pub content: Content,
    /// Whom the body names, as it names them; none if there was no body.
    pub recipients: Option<Vec<String>>,
    /// SHA-256 of the body that is to be posted; none if there was none.
    pub body_hash: Option<[u8; 32]>,
    /// Why it is sent.
    pub justification: Option<Justification>,
    /// The language in which it is asked for: of several templates those come first that have it.
    pub language_code: String,
}

/// What is sent.
#[derive(Debug, Clone)]
pub enum Content {
    /// The platform's name of the message's type.
    FreeForm(String),
    /// A template, with what fills its gaps.
    Template(SentTemplate),
}

impl Content {
    /// The platform's name of the message's type.
    #[must_use]
    pub fn kind(&self) -> &str {
        match self {
            Self::FreeForm(kind) => kind,
            Self::Template(_) => "template",
        }
    }

    /// The template, if it is one.
    #[must_use]
    pub fn template(&self) -> Option<&SentTemplate> {
        match self {
            Self::FreeForm(_) => None,
            Self::Template(template) => Some(template),
        }
    }
}

/// Why a template is sent.
#[derive(Debug, Clone)]
pub struct Justification {
    /// The reason.
    pub reason: Reason,
    /// What it is about; may be empty.
    pub reference: String,
    /// In the sender's words; may be empty.
    pub note: String,
}
