//! A key that signs permits.

use std::sync::Arc;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use jsonwebtoken::jwk::{Jwk, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, errors};
use pem::{EncodeConfig, LineEnding, Pem};
use serde::Serialize;

const TAG: &str = "PRIVATE KEY";

/// An Ed25519 key, named by its thumbprint (RFC 7638): the same key has the same name everywhere.
pub(super) struct Key {
    pub(super) id: Arc<str>,
    /// What is published.
    pub(super) jwk: Jwk,
    signing: EncodingKey,
}

// === impl Key ===

impl Key {
    /// Reads one. None if the text is something else.
    pub(super) fn read(text: &[u8]) -> Option<Self> {
        let pem = pem::parse(text).ok().filter(|pem| pem.tag() == TAG)?;
        let pair = Ed25519KeyPair::from_pkcs8(pem.contents()).ok()?;
        let public = DecodingKey::from_ed_der(pair.public_key().as_ref());
        let mut jwk = Jwk::from_decoding_key(&public, Some(Algorithm::EdDSA)).ok()?;
        let id: Arc<str> = jwk.thumbprint(ThumbprintHash::SHA256).ok()?.into();
        jwk.common.key_id = Some(id.to_string());
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        Some(Self { id, jwk, signing: EncodingKey::from_ed_der(pem.contents()) })
    }

    /// The text of a new one; none if the system gives no randomness.
    pub(super) fn generate() -> Option<String> {
        let key = Ed25519KeyPair::generate_pkcs8v1(&SystemRandom::new()).ok()?;
        let lines = EncodeConfig::new().set_line_ending(LineEnding::LF);
        Some(pem::encode_config(&Pem::new(TAG, key.as_ref()), lines))
    }

    /// A token that says this, signed. The same claims give the same token.
    pub(super) fn sign(&self, claims: &impl Serialize) -> Result<String, errors::Error> {
        let header = Header { kid: Some(self.id.to_string()), ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, claims, &self.signing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of RFC 8037, appendix A: its thumbprint is told there.
    #[test]
    fn a_key_is_named_by_its_thumbprint() {
        let text = "-----BEGIN PRIVATE KEY-----\n\
            MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n\
            -----END PRIVATE KEY-----\n";
        let key = Key::read(text.as_bytes()).unwrap();
        assert_eq!(&*key.id, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        let told = serde_json::to_value(&key.jwk).unwrap();
        let expected = serde_json::json!({
            "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": &*key.id,
            "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        });
        assert_eq!(told, expected);
    }

    #[test]
    fn only_a_private_key_of_its_kind_is_one() {
        let good = Key::generate().unwrap();
        assert!(Key::read(good.as_bytes()).is_some());
        // Of the second version of PKCS#8, which has the public key too.
        let both = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        assert!(Key::read(pem::encode(&Pem::new(TAG, both.as_ref())).as_bytes()).is_some());
        let public = good.replace(TAG, "PUBLIC KEY");
        let cut = &good[..good.len() / 2];
        // A key for signatures by P-256.
        let other = "-----BEGIN PRIVATE KEY-----\n\
            MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgevZzL1gdAFr88hb2\n\
            OF/2NxApJCzGCEDdfSp6VQO30hyhRANCAAQRWz+jn65BtOMvdyHKcvjBeBSDZH2r\n\
            1RTwjmYSi9R/zpBnuQ4EiMnCqfMPWiZqB4QdbAd0E7oH50VpuZ1P087G\n\
            -----END PRIVATE KEY-----\n";
        for bad in ["", "key", cut, public.as_str(), other] {
            assert!(Key::read(bad.as_bytes()).is_none(), "{bad}");
        }
    }
}
