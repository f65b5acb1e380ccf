//! Removing what is no longer kept: the oldest first, a little at a time.
//!
//! What is due is found by an index, either by one on the time of each row, or, where a tenant's rows
//! lie in the order of time anyway, by each tenant's first row.

use chrono::{DateTime, TimeDelta, Utc};
use deadpool_postgres::{GenericClient, Transaction};
use postgres_types::ToSql;

use crate::clock::Clock;
use crate::store_error::StoreError;
use crate::upkeep::Step;

/// How many rows a step removes at the most.
pub const MOST: i64 = 1_000;
/// Of how many tenants a step looks at the first row.
const TENANTS: i64 = 500;

/// For how long something is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// For so long after it was recorded.
    For(TimeDelta),
    /// As long as the database is.
    Forever,
}

impl Keep {
    /// For so many days.
    #[must_use]
    pub const fn days(days: i64) -> Self {
        Self::For(TimeDelta::days(days))
    }

    /// A reader of `400d`, `24h`, `1y` and so on, no less than a duration; `forever` and `0` keep
    /// everything.
    pub fn at_least(
        least: TimeDelta,
    ) -> impl Fn(&str) -> Result<Self, String> + Clone + Send + Sync {
        move |text| {
            if text == "forever" || text == "0" {
                return Ok(Self::Forever);
            }
            let told = humantime::parse_duration(text).map_err(|error| error.to_string())?;
            // Longer than the calendar is as good as forever.
            let told = TimeDelta::from_std(told).unwrap_or(TimeDelta::MAX);
            if told < least {
                let least = humantime::format_duration(least.to_std().unwrap_or_default());
                return Err(format!("must be at least {least}, or forever"));
            }
            Ok(Self::For(told))
        }
    }

    /// What was recorded before this instant is no longer kept at `now`; none: all is.
    #[must_use]
    pub fn since(self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self {
            Self::For(time) => now.checked_sub_signed(time),
            Self::Forever => None,
        }
    }

    /// The shorter of both.
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        match (self, other) {
            (Self::For(one), Self::For(other)) => Self::For(one.min(other)),
            (Self::Forever, some) | (some, Self::Forever) => some,
        }
    }
}

/// The time of a step that nobody else does at the same time; none: another replica is at it, as the
/// advisory lock says, which is the transaction's.
pub async fn turn(
    client: &Transaction<'_>,
    lock: i64,
    clock: &Clock,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let text = "SELECT pg_try_advisory_xact_lock($1), coalesce($2, clock_timestamp())";
    let statement = client.prepare_cached(text).await?;
    let row = client.query_one(&statement, &[&lock, &clock.instead_of_database()]).await?;
    Ok(if row.try_get(0)? { Some(row.try_get(1)?) } else { None })
}

/// A table with an index on the time of each row.
#[derive(Debug, Clone, Copy)]
pub struct ByTime {
    /// The table.
    pub table: &'static str,
    /// The time, as the index has it: of a `timestamptz`, or of such a one `AT TIME ZONE 'UTC'`.
    pub time: &'static str,
    /// The instant to compare it with, made of `$1`.
    pub before: &'static str,
}

impl ByTime {
    /// Removes the first rows from before an instant. Leaves out those that somebody holds: there is a
    /// next time.
    pub async fn remove(
        &self,
        client: &impl GenericClient,
        before: DateTime<Utc>,
    ) -> Result<Step, StoreError> {
        let Self { table, time, before: bound } = self;
        let text = format!(
            "DELETE FROM {table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM {table} \
               WHERE {time} < {bound} ORDER BY {time} LIMIT $2 FOR UPDATE SKIP LOCKED))"
        );
        let statement = client.prepare_cached(&text).await?;
        let removed = client.execute(&statement, &[&before, &MOST]).await?;
        Ok(if removed < MOST.unsigned_abs() { Step::Done(removed) } else { Step::More(removed) })
    }
}

/// A table whose key is a tenant and what grows with time.
#[derive(Debug, Clone, Copy)]
pub struct ByTenant {
    /// The table.
    pub table: &'static str,
    /// What its key has after the tenant.
    pub key: &'static str,
    /// Whether a row `r` is no longer kept, by the bound `$1`.
    pub due: &'static str,
    /// What is done to other tables with it, for the rows `gone` of the tenant `$2`: further parts of
    /// the statement, each after a comma; empty: nothing.
    pub also: &'static str,
}

impl ByTenant {
    /// Removes rows of the tenants after a place, each one's first, up to one that is kept. Moves the
    /// place on, and back to the beginning at the end.
    pub async fn remove(
        &self,
        client: &impl GenericClient,
        bound: &(dyn ToSql + Sync),
        after: &mut String,
    ) -> Result<Step, StoreError> {
        let Self { table, key, due, .. } = self;
        let look = format!(
            "SELECT t.tenant_id, coalesce(f.due, false) FROM ( \
               SELECT tenant_id FROM tenants WHERE tenant_id > $2 ORDER BY tenant_id LIMIT $3) t \
             LEFT JOIN LATERAL (SELECT {due} AS due FROM {table} r \
               WHERE r.tenant_id = t.tenant_id ORDER BY r.{key} LIMIT 1) f ON true \
             ORDER BY t.tenant_id"
        );
        let look = client.prepare_cached(&look).await?;
        let tenants = client.query(&look, &[bound, after, &TENANTS]).await?;
        let mut removed = 0;
        for row in &tenants {
            let (tenant, due): (&str, bool) = (row.try_get(0)?, row.try_get(1)?);
            if due {
                let left = MOST - i64::try_from(removed).unwrap_or(MOST);
                removed += self.remove_first(client, bound, tenant, left).await?;
                if removed >= MOST.unsigned_abs() {
                    return Ok(Step::More(removed)); // and this tenant's may not be all
                }
            }
            tenant.clone_into(after);
        }
        let all = i64::try_from(tenants.len()).unwrap_or(i64::MAX) < TENANTS;
        if all {
            after.clear();
        }
        Ok(if all { Step::Done(removed) } else { Step::More(removed) })
    }

    async fn remove_first(
        &self,
        client: &impl GenericClient,
        bound: &(dyn ToSql + Sync),
        tenant: &str,
        most: i64,
    ) -> Result<u64, StoreError> {
        let Self { table, key, due, also } = self;
        let text = format!(
            "WITH gone AS (DELETE FROM {table} d WHERE d.ctid = ANY(ARRAY(SELECT p.place FROM ( \
               SELECT r.place, bool_and({due}) OVER (ORDER BY r.{key}) AS due FROM ( \
                 SELECT f.*, f.ctid AS place FROM {table} f WHERE f.tenant_id = $2 \
                 ORDER BY f.{key} LIMIT $3) r) p WHERE p.due)) RETURNING d.{key}){also} \
             SELECT count(*) FROM gone"
        );
        let statement = client.prepare_cached(&text).await?;
        let removed: i64 =
            client.query_one(&statement, &[bound, &tenant, &most]).await?.try_get(0)?;
        Ok(removed.unsigned_abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_from_the_least_on() {
        let read = Keep::at_least(TimeDelta::days(8));
        let eight = Keep::days(8);
        let good = [("8d", eight), ("192h", eight), ("8days", eight), ("400d", Keep::days(400))];
        let forever = ["forever", "0"].map(|text| (text, Keep::Forever));
        for (text, keep) in good.into_iter().chain(forever) {
            assert_eq!(read(text), Ok(keep), "{text}");
        }
        for text in ["", "x", "7d", "191h", "1s", "-1d", "8", "8 moons", "99999999999999999999d"] {
            assert!(read(text).is_err(), "{text}");
        }
        assert!(read("7d").unwrap_err().contains("at least 8days"));
    }

    #[test]
    fn what_is_kept_for_a_time_is_due_after_it() {
        let now: DateTime<Utc> = "2026-03-09T12:00:00Z".parse().unwrap();
        let since: DateTime<Utc> = "2026-03-01T12:00:00Z".parse().unwrap();
        assert_eq!(Keep::days(8).since(now), Some(since));
        assert_eq!(Keep::Forever.since(now), None);
        assert_eq!(Keep::For(TimeDelta::MAX).since(now), None, "further back than there is time");
        assert_eq!(Keep::days(8).min(Keep::Forever), Keep::days(8));
        assert_eq!(Keep::days(8).min(Keep::days(3)), Keep::days(3));
    }
}
