//! Whom portfolios reached outside the window within a day: exact, without counting rows each time.
//!
//! A portfolio's row tells how many of its contacts were last reached after an instant. How many
//! after another one is that number less (or more) those reached between the two, which are few:
//! each batch moves the instant on.

use azeer_domain::{ContactId, TenantId, Time};
use azeer_runtime::store_error::StoreError;
use deadpool_postgres::GenericClient;
use messaging_policy_core::Reservations;
use messaging_policy_core::facts::Portfolio as Facts;
use postgres_types::ToSql;

use super::id;
use super::reserved::{self, Reserved};

/// What tells portfolios apart.
pub(super) type PortfolioKey = (TenantId, String);

/// How many contacts a portfolio has reached within the day before a batch.
#[derive(Debug, Clone, Default)]
pub(super) struct Reach {
    pub(super) reached: i64,
    /// When those were reached who leave the count first, in order: none unless the batch can fill
    /// the portfolio. The first `skipped` of all are not among them.
    first: Vec<Time>,
    skipped: i64,
}

impl Reach {
    /// One who was reached then does not count any more, or does anew.
    pub(super) fn forget(&mut self, at: Time) {
        self.reached -= 1;
        match self.first.first() {
            Some(first) if at < *first => self.skipped = (self.skipped - 1).max(0),
            Some(_) => {
                if let Ok(place) = self.first.binary_search(&at) {
                    self.first.remove(place);
                }
            }
            None => {}
        }
    }

    /// When so many have left that it is below its limit. Those whom only this batch reached leave
    /// a day from `now`.
    pub(super) fn frees_at(&self, limit: i64, now: Time) -> Option<Time> {
        let over = usize::try_from(self.reached - limit - self.skipped).ok()?;
        (self.reached >= limit).then(|| self.first.get(over).copied().unwrap_or(now) + Facts::DAY)
    }
}

/// How many were reached after `$3` by many portfolios. Where `$5` more could fill one, also when
/// those were reached around the one whose leaving brings it below its limit of `$4`: as many as `$5`
/// sends can move.
const READ: &str = "SELECT p.tenant_id, p.portfolio_id, n.reached, s.skipped, array( \
       SELECT c.reached_at FROM portfolio_contacts c \
       WHERE n.reached + $5 >= k.most AND c.tenant_id COLLATE \"POSIX\" = k.tenant_id \
         AND c.portfolio_id = k.portfolio_id AND c.reached_at > $3 \
       ORDER BY c.reached_at OFFSET s.skipped LIMIT 3 * $5 + 1) \
     FROM unnest($1::text[], $2::text[], $4::bigint[]) AS k (tenant_id, portfolio_id, most) \
     CROSS JOIN LATERAL (SELECT * FROM portfolios f WHERE f.tenant_id = k.tenant_id \
       AND f.portfolio_id = k.portfolio_id OFFSET 0) p \
     CROSS JOIN LATERAL (SELECT p.reached \
       - (SELECT count(*) FROM portfolio_contacts c \
          WHERE c.tenant_id COLLATE \"POSIX\" = k.tenant_id AND c.portfolio_id = k.portfolio_id \
            AND c.reached_at > p.reached_since AND c.reached_at <= $3) \
       + (SELECT count(*) FROM portfolio_contacts c \
          WHERE c.tenant_id COLLATE \"POSIX\" = k.tenant_id AND c.portfolio_id = k.portfolio_id \
            AND c.reached_at > $3 AND c.reached_at <= p.reached_since) AS reached OFFSET 0) n \
     CROSS JOIN LATERAL (SELECT coalesce(greatest(n.reached - k.most - $5, 0), 0) AS skipped \
       OFFSET 0) s";

/// Reads what portfolios have reached within the day before `now`, beside their limits, for so many
/// sends.
pub(super) async fn read(
    client: &impl GenericClient,
    keys: &[(PortfolioKey, Option<i64>)],
    now: Time,
    sends: usize,
) -> Result<Vec<(PortfolioKey, Reach)>, StoreError> {
    let tenants: Vec<&str> = keys.iter().map(|((tenant, _), _)| tenant.as_str()).collect();
    let portfolios: Vec<&str> = keys.iter().map(|((_, id), _)| id.as_str()).collect();
    let limits: Vec<Option<i64>> = keys.iter().map(|(_, limit)| *limit).collect();
    let since = now - Facts::DAY;
    let sends = i64::try_from(sends).unwrap_or(i64::MAX);
    let statement = client.prepare_cached(READ).await?;
    let rows = client.query(&statement, &[&tenants, &portfolios, &since, &limits, &sends]).await?;
    rows.iter()
        .map(|row| {
            let key = (id(TenantId::parse(row.try_get(0)?), "tenant_id")?, row.try_get(1)?);
            let (reached, skipped, first) = (row.try_get(2)?, row.try_get(3)?, row.try_get(4)?);
            Ok((key, Reach { reached, first, skipped }))
        })
        .collect()
}

/// When each of many contact ids was reached, by any portfolio, and by which decisions.
const READ_CONTACTS: &str = "SELECT c.tenant_id, c.contact_id, c.portfolio_id, c.reached_at, \
     c.reservations FROM unnest($1::text[], $2::text[]) AS k (tenant_id, contact_id) \
     CROSS JOIN LATERAL (SELECT * FROM portfolio_contacts f WHERE f.tenant_id = k.tenant_id \
       AND f.contact_id = k.contact_id OFFSET 0) c";

/// A contact whom a portfolio reached.
pub(super) type ReachedKey = (TenantId, ContactId, String);

/// Runs [`READ_CONTACTS`].
pub(super) async fn read_contacts(
    client: &impl GenericClient,
    keys: &[(&TenantId, &ContactId)],
) -> Result<Vec<(ReachedKey, Reservations)>, StoreError> {
    let tenants: Vec<&str> = keys.iter().map(|(tenant, _)| tenant.as_str()).collect();
    let contacts: Vec<&str> = keys.iter().map(|(_, contact)| contact.as_str()).collect();
    let statement = client.prepare_cached(READ_CONTACTS).await?;
    let rows = client.query(&statement, &[&tenants, &contacts]).await?;
    rows.iter()
        .map(|row| {
            let tenant = id(TenantId::parse(row.try_get(0)?), "tenant_id")?;
            let contact = id(ContactId::parse(row.try_get(1)?), "contact_id")?;
            let reservations = reserved::read(row.try_get(4)?, row.try_get(3)?);
            Ok(((tenant, contact, row.try_get(2)?), reservations))
        })
        .collect()
}

/// A row of `portfolio_write_v1`.
#[derive(Debug, ToSql)]
#[postgres(name = "portfolio_write_v1")]
pub(super) struct PortfolioWrite {
    tenant_id: String,
    portfolio_id: String,
    reached: i64,
    reached_since: Time,
}

impl PortfolioWrite {
    /// What a portfolio has reached within the day before `now`.
    pub(super) fn new((tenant, portfolio): &PortfolioKey, reached: i64, now: Time) -> Self {
        Self {
            tenant_id: tenant.as_str().to_owned(),
            portfolio_id: portfolio.clone(),
            reached,
            reached_since: now - Facts::DAY,
        }
    }
}

/// Writes `$portfolios`.
pub(super) const WRITE: &str = "INSERT INTO portfolios (tenant_id, portfolio_id, reached, reached_since) \
     SELECT tenant_id, portfolio_id, reached, reached_since \
     FROM unnest($portfolios::portfolio_write_v1[]) \
     ON CONFLICT (tenant_id, portfolio_id) DO UPDATE \
     SET reached = excluded.reached, reached_since = excluded.reached_since";

/// A row of `reached_write_v2`.
#[derive(Debug, ToSql)]
#[postgres(name = "reached_write_v2")]
pub(super) struct ReachedWrite<'a> {
    tenant_id: &'a str,
    contact_id: &'a str,
    portfolio_id: &'a str,
    reached_at: Option<Time>,
    reservations: Vec<Reserved>,
}

impl<'a> ReachedWrite<'a> {
    pub(super) fn new(
        (tenant, contact, portfolio): &'a ReachedKey,
        reservations: &Reservations,
    ) -> Self {
        Self {
            tenant_id: tenant.as_str(),
            contact_id: contact.as_str(),
            portfolio_id: portfolio,
            reached_at: reservations.last(),
            reservations: reserved::written(reservations),
        }
    }
}

/// Writes `$reached`.
pub(super) const SET_REACHED: &str = "INSERT INTO portfolio_contacts (tenant_id, contact_id, \
     portfolio_id, reached_at, reservations) \
     SELECT tenant_id, contact_id, portfolio_id, reached_at, reservations \
     FROM unnest($reached::reached_write_v2[]) \
     ON CONFLICT (tenant_id, contact_id, portfolio_id) DO UPDATE \
     SET reached_at = excluded.reached_at, reservations = excluded.reservations";

/// Removes `$left`.
pub(super) const REMOVE_REACHED: &str = "DELETE FROM portfolio_contacts c USING unnest($left::reached_write_v2[]) w \
     WHERE c.tenant_id = w.tenant_id AND c.contact_id = w.contact_id \
       AND c.portfolio_id = w.portfolio_id";

#[cfg(test)]
mod tests {
    use azeer_domain::Time;

    use super::*;

    fn at(second: i64) -> Time {
        Time::from_timestamp(second, 0).unwrap()
    }

    /// Of a full portfolio, those whose turn to leave comes first are sent to again, within one batch.
    #[test]
    fn a_place_is_free_when_the_first_leaves_who_was_not_reached_again() {
        // Who was reached at 0 is over the limit already; the batch sees those from 1 on.
        for (skipped, first) in [(0, 0..6), (1, 1..6)] {
            let mut reach = Reach { reached: 6, first: first.map(at).collect(), skipped };
            let now = at(10);
            assert_eq!(reach.frees_at(7, now), None, "there is room");
            assert_eq!(reach.frees_at(5, now), Some(at(1) + Facts::DAY));
            for (again, frees) in [(1, 2), (4, 2), (0, 3), (3, 5), (2, 10)] {
                reach.forget(at(again));
                reach.reached += 1;
                let told = reach.frees_at(5, now);
                assert_eq!(told, Some(at(frees) + Facts::DAY), "{skipped} skipped, {again} again");
            }
        }
    }

    #[test]
    fn a_person_with_two_ids_makes_room() {
        let mut reach = Reach { reached: 4, first: (0..4).map(at).collect(), skipped: 0 };
        reach.forget(at(0));
        reach.forget(at(2));
        reach.reached += 1;
        assert_eq!(reach.frees_at(4, at(10)), None);
        assert_eq!(reach.frees_at(3, at(10)), Some(at(1) + Facts::DAY));
    }
}
