//! For whom each note was used to justify a template: the rows of `note_uses`.

use azeer_domain::{ContactId, TenantId, Time, fold};
use azeer_runtime::store_error::StoreError;
use deadpool_postgres::GenericClient;
use messaging_policy_core::{Facts, Reservations};
use postgres_types::ToSql;
use sha2::{Digest as _, Sha256};
use tokio_postgres::Row;

use super::id;
use super::reserved::{self, Reserved};

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
const READ: &str = "SELECT u.tenant_id, u.note, u.contact_id, u.used_at, u.reservations \
     FROM unnest($1::text[], $2::bytea[]) AS k (tenant_id, note) \
     CROSS JOIN LATERAL (SELECT * FROM note_uses f WHERE f.tenant_id COLLATE \"POSIX\" = k.tenant_id \
       AND f.note = k.note AND f.used_at > $3 ORDER BY f.used_at DESC LIMIT $4) u";

/// A use of a note.
pub(super) type NoteUse = (NoteKey, ContactId, Reservations);

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
    rows.iter().map(use_of).collect()
}

/// The uses of notes for contacts.
const READ_OF_CONTACTS: &str = "SELECT u.tenant_id, u.note, u.contact_id, u.used_at, u.reservations \
     FROM unnest($1::text[], $2::bytea[], $3::text[]) AS k (tenant_id, note, contact_id) \
     CROSS JOIN LATERAL (SELECT * FROM note_uses f WHERE f.tenant_id = k.tenant_id \
       AND f.note = k.note AND f.contact_id = k.contact_id OFFSET 0) u";

/// Reads the uses of notes for contacts.
pub(super) async fn read_of_contacts(
    client: &impl GenericClient,
    keys: &[(NoteKey, &ContactId)],
) -> Result<Vec<NoteUse>, StoreError> {
    let tenants: Vec<&str> = keys.iter().map(|((tenant, _), _)| tenant.as_str()).collect();
    let notes: Vec<&[u8]> = keys.iter().map(|((_, note), _)| note.0.as_slice()).collect();
    let contacts: Vec<&str> = keys.iter().map(|(_, contact)| contact.as_str()).collect();
    let statement = client.prepare_cached(READ_OF_CONTACTS).await?;
    let rows = client.query(&statement, &[&tenants, &notes, &contacts]).await?;
    rows.iter().map(use_of).collect()
}

fn use_of(row: &Row) -> Result<NoteUse, StoreError> {
    let tenant = id(TenantId::parse(row.try_get(0)?), "tenant_id")?;
    let note = <[u8; 16]>::try_from(row.try_get::<_, &[u8]>(1)?)
        .map_err(|_| StoreError::Impossible("note"))?;
    let contact = id(ContactId::parse(row.try_get(2)?), "contact_id")?;
    let reservations = reserved::read(row.try_get(4)?, row.try_get(3)?);
    Ok(((tenant, NoteDigest(note)), contact, reservations))
}

/// A row of `note_write_v2`.
#[derive(Debug, ToSql)]
#[postgres(name = "note_write_v2")]
pub(super) struct NoteWrite<'a> {
    tenant_id: &'a str,
    note: &'a [u8],
    contact_id: &'a str,
    used_at: Option<Time>,
    reservations: Vec<Reserved>,
}

impl<'a> NoteWrite<'a> {
    pub(super) fn new(
        (tenant, NoteDigest(note)): &'a NoteKey,
        contact: &'a ContactId,
        reservations: &Reservations,
    ) -> Self {
        Self {
            tenant_id: tenant.as_str(),
            note,
            contact_id: contact.as_str(),
            used_at: reservations.last(),
            reservations: reserved::written(reservations),
        }
    }
}

/// Writes `$notes`.
pub(super) const WRITE: &str = "INSERT INTO note_uses (tenant_id, note, contact_id, used_at, \
     reservations) SELECT tenant_id, note, contact_id, used_at, reservations \
     FROM unnest($notes::note_write_v2[]) ON CONFLICT (tenant_id, note, contact_id) DO UPDATE \
     SET used_at = excluded.used_at, reservations = excluded.reservations";

/// Removes `$unused`.
pub(super) const REMOVE: &str = "DELETE FROM note_uses u USING unnest($unused::note_write_v2[]) w \
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
