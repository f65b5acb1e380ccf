//! A permit: for whom and for which body it is, and until when.

use azeer_domain::Time;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{SubsecRound as _, TimeDelta};
use jsonwebtoken::errors;
use messaging_policy_core::{Content, Verdict};
use serde::Serialize;

use super::follow::Permits;
use crate::store::{Person, Recorded};

const ISSUER: &str = "policy.azeer";
const LIFETIME: TimeDelta = TimeDelta::seconds(60);

/// What lets the sender post a body.
pub(crate) struct Permit {
    /// The token.
    pub(crate) token: String,
    /// When it ends.
    pub(crate) expires_at: Time,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'static str,
    jti: String,
    iat: i64,
    exp: i64,
    tenant_id: &'a str,
    channel_id: &'a str,
    contact_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    conversation_id: Option<String>,
    body_sha256: String,
}

// === impl Permits ===

impl Permits {
    /// The permit of a decision that was recorded with one: the same each time. None if it has none,
    /// and once its key is gone.
    pub(crate) fn of(&self, recorded: &Recorded) -> Result<Option<Permit>, errors::Error> {
        let (Some(id), Some(person), Verdict::Allow) =
            (recorded.id, &recorded.person, recorded.verdict)
        else {
            return Ok(None);
        };
        let Person { contact, body_hash: Some(body_hash), permit_key, .. } = person else {
            return Ok(None);
        };
        let keys = self.keys();
        let Some(key) = keys.find(permit_key) else { return Ok(None) };
        let expires_at = expires_at(recorded);
        let claims = Claims {
            iss: ISSUER,
            jti: id.to_string(),
            iat: recorded.decided_at.timestamp(),
            exp: expires_at.timestamp(),
            tenant_id: recorded.tenant.as_str(),
            channel_id: recorded.channel.as_str(),
            contact_id: contact.as_str(),
            conversation_id: recorded.conversation.map(|id| id.to_string()),
            body_sha256: URL_SAFE_NO_PAD.encode(body_hash),
        };
        Ok(Some(Permit { token: key.sign(&claims)?, expires_at }))
    }
}

/// When a decision's permit ends: what is free of form goes within the window only. Of a window that
/// ends within this second the permit has ended already: it lets nobody do anything, and says why.
fn expires_at(recorded: &Recorded) -> Time {
    let longest = recorded.decided_at + LIFETIME;
    let window_end = match recorded.record.send.content {
        Content::FreeForm => recorded.record.facts.window_expires_at(),
        Content::Template { .. } => None,
    };
    window_end.map_or(longest, |end| end.min(longest)).trunc_subsecs(0)
}
