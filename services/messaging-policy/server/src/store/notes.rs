//! For whom each note was used to justify a template: the rows of `note_uses`.

use azeer_domain::{ContactId, TenantId, Time, fold};
use azeer_runtime::store_error::StoreError;
use deadpool_postgres::GenericClient;
use messaging_policy_core::Facts;
use postgres_types::ToSql;
use sha2::{Digest as _, Sha256};

use super::id;

/// A note in one spelling: case, spacing, digits and diacritics aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct NoteDigest([u8; 16]);

impl NoteDigest {
    /// None of a note without letters: it says nothing.
    pub(super) fn of(note: &str) -> Option<Self> {
        let folded = fold(note);
        let mut digest = Sha256::new();
        let mut says_something = false;
        for word in folded.split(' ') {
            let letters: String = word.chars().filter(|c| !c.is_numeric()).collect();
            if !letters.is_empty() {
                digest.update(letters);
                digest.update(" ");
                says_something = true;
            }
        }
        let mut short = [0; 16];
        short.copy_from_slice(&digest.finalize()[..16]);
        says_something.then_some(Self(short))
    }
}

/// What tells notes apart.
pub(super) type NoteKey = (TenantId, NoteDigest);

/// The newest uses of many notes since `$3`, at most `$4` of each.
const READ: &str = "SELECT u.tenant_id, u.note, u.contact_id, u.used_at \
     FROM unnest($1::text[], $2::bytea[]) AS k (tenant_id, note) \
     CROSS JOIN LATERAL (SELECT * FROM note_uses f WHERE f.tenant_id COLLATE \"POSIX\" = k.tenant_id \
       AND f.note = k.note AND f.used_at > $3 ORDER BY f.used_at DESC LIMIT $4) u";

/// A use of a note.
pub(super) type NoteUse = (NoteKey, ContactId, Time);

/// Reads the newest uses of many notes within a day before `now`: one more contact for each than any
/// rule asks for, since one of them may be the contact itself.
pub(super) async fn read(
    client: &impl GenericClient,
    keys: &[NoteKey],
    now: Time,
) -> Result<Vec<NoteUse>, StoreError> {
    let tenants: Vec<&str> = keys.iter().map(|(tenant, _)| tenant.as_str()).collect();
    let notes: Vec<&[u8]> = keys.iter().map(|(_, NoteDigest(note))| note.as_slice()).collect();
    let since = now - Facts::NOTE_USES_TOLD_FOR;
    let statement = client.prepare_cached(READ).await?;
    let most = Facts::MOST_NOTE_USES + 1;
    let rows = client.query(&statement, &[&tenants, &notes, &since, &most]).await?;
    rows.iter()
        .map(|row| {
            let tenant = id(TenantId::parse(row.try_get(0)?), "tenant_id")?;
            let note = <[u8; 16]>::try_from(row.try_get::<_, &[u8]>(1)?)
                .map_err(|_| StoreError::Impossible("note"))?;
            let contact = id(ContactId::parse(row.try_get(2)?), "contact_id")?;
            Ok(((tenant, NoteDigest(note)), contact, row.try_get(3)?))
        })
        .collect()
}

/// A row of `note_write_v1`.
#[derive(Debug, ToSql)]
#[postgres(name = "note_write_v1")]
pub(super) struct NoteWrite {
    tenant_id: String,
    note: Vec<u8>,
    contact_id: String,
    used_at: Time,
}

impl NoteWrite {
    pub(super) fn new((tenant, note): &NoteKey, contact: &ContactId, used_at: Time) -> Self {
        Self {
            tenant_id: tenant.as_str().to_owned(),
            note: note.0.to_vec(),
            contact_id: contact.as_str().to_owned(),
            used_at,
        }
    }
}

/// Writes `$notes`.
pub(super) const WRITE: &str = "INSERT INTO note_uses (tenant_id, note, contact_id, used_at) \
     SELECT tenant_id, note, contact_id, used_at FROM unnest($notes::note_write_v1[]) \
     ON CONFLICT (tenant_id, note, contact_id) DO UPDATE SET used_at = excluded.used_at";

/// Removes `$unused`.
pub(super) const REMOVE: &str = "DELETE FROM note_uses u USING unnest($unused::note_write_v1[]) w \
     WHERE u.tenant_id = w.tenant_id AND u.note = w.note AND u.contact_id = w.contact_id";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_note_are_one() {
        let same = [
            "Your order 123 is on its way",
            "your  ORDER 456 is on its way",
            " Your order #7 is on its way. ",
            "Your order is on its way",
        ];
        for note in same {
            assert_eq!(NoteDigest::of(note), NoteDigest::of(same[0]), "{note}");
        }
        let other = NoteDigest::of("Your orders is on its way");
        assert_ne!(other, NoteDigest::of(same[0]));
        assert_eq!(NoteDigest::of("طلبُك رقم ١٢ وصل"), NoteDigest::of("طلبك رقم 99 وصل"));
        assert_ne!(NoteDigest::of("a bc"), NoteDigest::of("ab c"));
        for nothing in ["", " ", "123", "…!", "١٢٣"] {
            assert_eq!(NoteDigest::of(nothing), None, "{nothing}");
        }
    }
}
