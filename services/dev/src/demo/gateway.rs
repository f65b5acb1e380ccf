//! What a gateway does around posting what may go: it checks the permit first, and reports what became
//! of it. Nothing is posted here.

use std::time::Duration;

use azeer_proto::conversation::v1 as conversation;
use azeer_proto::policy::v1 as pb;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header, jwk::JwkSet};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use tokio::time::timeout;
use tonic::Status;

use super::{
    desk::Desk,
    script::{Customer, Happened, Outcome},
};

/// By then conversation-state has long been told of what was reported.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// A body that may be posted.
#[derive(Default)]
pub(super) struct Allowed {
    pub(super) decision_id: String,
    pub(super) permit: String,
    pub(super) body: Vec<u8>,
}

/// What the demo looks at in a permit; docs/permits.md has all that a gateway should.
#[derive(Deserialize)]
struct Claims {
    jti: String,
    body_sha256: String,
}

// === impl Desk ===

impl Desk {
    /// Reports the last body as posted, and waits until conversation-state has heard of it: by the
    /// policy, from the report.
    pub(super) async fn report_sent(
        &mut self,
        to: &Customer,
        before: &conversation::Conversation,
    ) -> Result<(), Box<Status>> {
        let sent = pb::Sent { message_id: self.message_id(), sent_at: Some(self.now) };
        let request = pb::ReportSendOutcomeRequest {
            tenant_id: self.tenant_id.clone(),
            decision_id: self.allowed.decision_id.clone(),
            outcome: Some(pb::report_send_outcome_request::Outcome::Sent(sent)),
            ..Default::default()
        };
        self.policy.report_send_outcome(request).await?;
        let heard = timeout(LONGEST_WAIT, self.hear_of(to, before.version));
        heard.await.map_err(|_| Status::internal("conversation-state did not hear of it"))?
    }

    /// Until the customer's conversation has got beyond a version.
    async fn hear_of(&mut self, with: &Customer, version: i64) -> Result<(), Box<Status>> {
        while let Some(told) = self.watch.message().await? {
            let (event, about) =
                (told.event.unwrap_or_default(), told.conversation.unwrap_or_default());
            let is_of = |id: &String| id == with.contact_id;
            let is_theirs = is_of(&about.contact_id) || about.contact_aliases.iter().any(is_of);
            if is_theirs && event.version > version {
                return Ok(());
            }
        }
        Err(Status::unavailable("the watch ended").into())
    }

    /// Checks the permit of the last body that may be posted, by keys that could have been kept.
    pub(super) async fn check_permit(&mut self) -> Result<Happened, Box<Status>> {
        let Allowed { permit, .. } = &self.allowed;
        if permit.is_empty() {
            let advice = vec!["it has none: the services have no keys to sign it with".to_owned()];
            return Ok(Happened { outcome: Outcome::Done, advice });
        }
        let keys = self.policy.get_permit_keys(pb::GetPermitKeysRequest {}).await?.into_inner();
        Ok(match self.allowed.is_permitted(&keys.jwks) {
            Ok(()) => {
                let start: String = permit.chars().take(24).collect();
                let advice = format!("{start}… is of this decision and this body, and signed");
                Happened { outcome: Outcome::Done, advice: vec![advice] }
            }
            Err(why) => Outcome::Refused(why.into()).into(),
        })
    }
}

// === impl Allowed ===

impl Allowed {
    /// Whether the permit is of this decision and body, by one of the keys.
    fn is_permitted(&self, jwks: &str) -> Result<(), String> {
        let failed = |error: jsonwebtoken::errors::Error| error.to_string();
        let keys: JwkSet = serde_json::from_str(jwks).map_err(|error| error.to_string())?;
        let named = decode_header(&self.permit).map_err(failed)?.kid.unwrap_or_default();
        let key = DecodingKey::from_jwk(keys.find(&named).ok_or("unknown key")?).map_err(failed)?;
        let rules = Validation::new(Algorithm::EdDSA);
        let claims = decode::<Claims>(&self.permit, &key, &rules).map_err(failed)?.claims;
        let digest = URL_SAFE_NO_PAD.encode(Sha256::digest(&self.body));
        if (claims.jti, claims.body_sha256) != (self.decision_id.clone(), digest) {
            return Err("of another decision or body".to_owned());
        }
        Ok(())
    }
}
