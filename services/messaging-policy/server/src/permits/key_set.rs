//! The keys that there are: one that signs, and all that are published.

use std::collections::BTreeMap;
use std::sync::Arc;

use jsonwebtoken::jwk::JwkSet;

use super::key::Key;

/// The keys at an instant; there may be none.
pub(super) struct KeySet {
    current: Option<Arc<str>>,
    keys: BTreeMap<Arc<str>, Key>,
    jwks: String,
}

// === impl KeySet ===

impl KeySet {
    /// The key that signs, and others that are published with it.
    pub(super) fn new(current: Key, others: impl IntoIterator<Item = Key>) -> Self {
        let id = Arc::clone(&current.id);
        Self::of(Some(id), others.into_iter().chain([current]))
    }

    /// No keys.
    pub(super) fn none() -> Self {
        Self::of(None, [])
    }

    fn of(current: Option<Arc<str>>, keys: impl IntoIterator<Item = Key>) -> Self {
        // In the order of their names: the text is the same everywhere, and tells nobody which one signs.
        let keys: BTreeMap<_, _> = keys.into_iter().map(|key| (Arc::clone(&key.id), key)).collect();
        let published = JwkSet { keys: keys.values().map(|key| key.jwk.clone()).collect() };
        // INVARIANT: texts and enums without fields are written as JSON without fail.
        let jwks = serde_json::to_string(&published).expect("a key set is plain JSON");
        Self { current, keys, jwks }
    }

    /// The name of the key that signs.
    pub(super) fn current(&self) -> Option<&Arc<str>> {
        self.current.as_ref()
    }

    /// A key by its name.
    pub(super) fn find(&self, id: &str) -> Option<&Key> {
        self.keys.get(id)
    }

    /// The names of all.
    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.keys.keys().map(AsRef::as_ref)
    }

    /// The text of the JSON Web Key Set.
    pub(super) fn jwks(&self) -> &str {
        &self.jwks
    }
}
