//! Checks permits before bodies are posted; docs/permits.md tells why each step is there. Needs
//! jsonwebtoken, serde, sha2 and base64.

use std::{collections::HashMap, error::Error};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header, jwk::JwkSet};
use sha2::{Digest as _, Sha256};

/// What matters of what a permit says.
#[derive(serde::Deserialize)]
struct Claims {
    jti: String,
    exp: u64,
    tenant_id: String,
    channel_id: String,
    body_sha256: String,
}

/// Takes each permit once.
pub struct Verifier {
    keys: JwkSet,
    taken: HashMap<String, u64>,
}

impl Verifier {
    /// With the text that `GetPermitKeys` gave.
    pub fn new(jwks: &str) -> Result<Self, Box<dyn Error>> {
        Ok(Self { keys: serde_json::from_str(jwks)?, taken: HashMap::new() })
    }

    /// Takes the permit for posting this very body, or refuses; `now` in seconds since 1970.
    pub fn take(
        &mut self,
        permit: &str,
        body: &[u8],
        (tenant, channel): (&str, &str),
        now: u64,
    ) -> Result<(), Box<dyn Error>> {
        let kid = decode_header(permit)?.kid.ok_or("no key is named")?;
        let key = self.keys.find(&kid).ok_or("unknown key: ask for the keys again, once")?;
        let mut rules = Validation::new(Algorithm::EdDSA);
        rules.set_issuer(&["policy.azeer"]);
        rules.set_required_spec_claims(&["exp", "iss"]);
        rules.validate_exp = false; // below, without leeway
        let claims = decode::<Claims>(permit, &DecodingKey::from_jwk(key)?, &rules)?.claims;
        if claims.exp <= now {
            return Err("expired".into());
        }
        if (claims.tenant_id.as_str(), claims.channel_id.as_str()) != (tenant, channel) {
            return Err("for another tenant or channel".into());
        }
        if claims.body_sha256 != URL_SAFE_NO_PAD.encode(Sha256::digest(body)) {
            return Err("for another body".into());
        }
        self.taken.retain(|_, exp| *exp > now);
        match self.taken.insert(claims.jti, claims.exp) {
            Some(_) => Err("taken before".into()),
            None => Ok(()),
        }
    }
}
