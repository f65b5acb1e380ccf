//! Ids that were told together, as one person's: the rows of `contact_aliases`. Which ids a send is
//! for is asked of conversation-state; this is for what is known of a person without a send, and of
//! numbers that were somebody else's. Whose an id is, is decided in [`people`].
//!
//! They are written by who holds the tenant's lock.

mod people;

use std::collections::HashMap;

use azeer_domain::{ContactId, TenantId};
use azeer_runtime::store_error::StoreError;
use deadpool_postgres::GenericClient;
use postgres_types::ToSql;
use tokio_postgres::Statement;

pub(super) use people::People;

use super::{consents, id};

/// All further ids of the persons who have these, with their main ids.
pub(super) const READ: &str = "SELECT a.tenant_id, a.contact_id, a.main_id FROM ( \
       SELECT DISTINCT k.tenant_id, coalesce(m.main_id, k.contact_id) AS main_id \
       FROM unnest($1::text[], $2::text[]) AS k (tenant_id, contact_id) \
       LEFT JOIN LATERAL (SELECT f.main_id FROM contact_aliases f WHERE f.tenant_id = k.tenant_id \
         AND f.contact_id = k.contact_id OFFSET 0) m ON true) p \
     CROSS JOIN LATERAL (SELECT * FROM contact_aliases f \
       WHERE f.tenant_id COLLATE \"C\" = p.tenant_id AND f.main_id = p.main_id OFFSET 0) a";

/// What tells contacts apart.
pub(super) type PersonKey = (TenantId, ContactId);

/// Runs [`READ`].
pub(super) async fn read(
    client: &impl GenericClient,
    statement: &Statement,
    keys: &[(&TenantId, &ContactId)],
) -> Result<Vec<(PersonKey, ContactId)>, StoreError> {
    let tenants: Vec<&str> = keys.iter().map(|(tenant, _)| tenant.as_str()).collect();
    let contacts: Vec<&str> = keys.iter().map(|(_, contact)| contact.as_str()).collect();
    let rows = client.query(statement, &[&tenants, &contacts]).await?;
    rows.iter()
        .map(|row| {
            let tenant = id(TenantId::parse(row.try_get(0)?), "tenant_id")?;
            let contact = id(ContactId::parse(row.try_get(1)?), "contact_id")?;
            Ok(((tenant, contact), id(ContactId::parse(row.try_get(2)?), "main_id")?))
        })
        .collect()
}

/// What is known of the persons who have some ids of a tenant.
pub(super) async fn of_ids(
    client: &impl GenericClient,
    tenant: &TenantId,
    ids: &[ContactId],
) -> Result<People, StoreError> {
    let keys: Vec<_> = ids.iter().map(|id| (tenant, id)).collect();
    let rows = read(client, &client.prepare_cached(READ).await?, &keys).await?;
    let mut people = People::default();
    for ((_, id), main) in rows {
        people.add(id, main);
    }
    Ok(people)
}

const OF_PERSON: &str = "WITH main AS (SELECT coalesce((SELECT main_id FROM contact_aliases \
       WHERE tenant_id = $1 AND contact_id = $2), $2) AS main_id) \
     SELECT main_id FROM main UNION SELECT $2 UNION \
     SELECT a.contact_id FROM main m JOIN contact_aliases a \
       ON a.tenant_id COLLATE \"C\" = $1 AND a.main_id = m.main_id";

/// All ids of the person who has this one, as far as they are known.
pub(super) async fn of_person(
    client: &impl GenericClient,
    tenant: &TenantId,
    contact: &ContactId,
) -> Result<Vec<ContactId>, StoreError> {
    let statement = client.prepare_cached(OF_PERSON).await?;
    let rows = client.query(&statement, &[&tenant.as_str(), &contact.as_str()]).await?;
    rows.iter().map(|row| id(ContactId::parse(row.try_get(0)?), "contact_id")).collect()
}

/// All ids of the persons who have these, as far as they are known.
const OF_PEOPLE: &str = "SELECT k.tenant_id, k.contact_id, i.id \
     FROM unnest($1::text[], $2::text[]) AS k (tenant_id, contact_id) \
     CROSS JOIN LATERAL (SELECT coalesce((SELECT f.main_id FROM contact_aliases f \
       WHERE f.tenant_id = k.tenant_id AND f.contact_id = k.contact_id), k.contact_id) AS main_id \
       OFFSET 0) m \
     CROSS JOIN LATERAL (SELECT m.main_id AS id UNION SELECT k.contact_id UNION \
       SELECT a.contact_id FROM contact_aliases a \
       WHERE a.tenant_id COLLATE \"C\" = k.tenant_id AND a.main_id = m.main_id) i";

/// All ids of the persons who have these, each with itself, as far as they are known.
pub(super) async fn of_people(
    client: &impl GenericClient,
    people: &[PersonKey],
) -> Result<HashMap<PersonKey, Vec<ContactId>>, StoreError> {
    let tenants: Vec<&str> = people.iter().map(|(tenant, _)| tenant.as_str()).collect();
    let contacts: Vec<&str> = people.iter().map(|(_, contact)| contact.as_str()).collect();
    let statement = client.prepare_cached(OF_PEOPLE).await?;
    let mut ids: HashMap<PersonKey, Vec<ContactId>> = HashMap::with_capacity(people.len());
    for row in client.query(&statement, &[&tenants, &contacts]).await? {
        let tenant = id(TenantId::parse(row.try_get(0)?), "tenant_id")?;
        let contact = id(ContactId::parse(row.try_get(1)?), "contact_id")?;
        let further = id(ContactId::parse(row.try_get(2)?), "contact_id")?;
        ids.entry((tenant, contact)).or_default().push(further);
    }
    Ok(ids)
}

/// A row of `alias_write_v1`.
#[derive(Debug, ToSql)]
#[postgres(name = "alias_write_v1")]
pub(super) struct AliasWrite<'a> {
    #[postgres(name = "tenant_id")]
    tenant: &'a str,
    #[postgres(name = "contact_id")]
    contact: &'a str,
    #[postgres(name = "main_id")]
    main: &'a str,
}

impl<'a> AliasWrite<'a> {
    pub(super) fn new((tenant, contact): &'a PersonKey, main: &'a ContactId) -> Self {
        Self { tenant: tenant.as_str(), contact: contact.as_str(), main: main.as_str() }
    }
}

/// Writes `$aliases`.
pub(super) const WRITE: &str = "INSERT INTO contact_aliases (tenant_id, contact_id, main_id) \
     SELECT tenant_id, contact_id, main_id FROM unnest($aliases::alias_write_v1[]) \
     ON CONFLICT (tenant_id, contact_id) DO UPDATE SET main_id = excluded.main_id";

/// Notes that ids came together. What was said under numbers that changed hands stays with those who
/// said it. The caller is in a transaction that holds the tenant's lock.
pub(super) async fn note(
    client: &impl GenericClient,
    tenant: &TenantId,
    ids: &[ContactId],
) -> Result<(), StoreError> {
    let mut people = of_ids(client, tenant, ids).await?;
    let met = people.meet(ids);
    for (number, former) in &met.taken {
        consents::hand_over(client, tenant, number, former).await?;
    }
    if met.noted.is_empty() {
        return Ok(());
    }
    let statement = client.prepare_cached(&WRITE.replace("$aliases", "$1")).await?;
    let noted: Vec<PersonKey> = met.noted.into_iter().map(|id| (tenant.clone(), id)).collect();
    let rows: Vec<_> =
        noted.iter().map(|key| AliasWrite::new(key, people.main_of(&key.1))).collect();
    client.execute(&statement, &[&rows]).await?;
    Ok(())
}
