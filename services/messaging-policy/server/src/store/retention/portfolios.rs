//! Whom portfolios reached longer ago than a day. A portfolio's row counts those reached since an
//! instant, and what has left the day since then is subtracted from rows when it is read: before rows
//! go, that instant is moved past them, as each decision does.

use azeer_domain::Time;
use azeer_runtime::retention::MOST;
use azeer_runtime::store_error::StoreError;
use azeer_runtime::upkeep::Step;
use deadpool_postgres::Transaction;
use messaging_policy_core::facts::Portfolio;

use super::super::tenants;
use super::Place;

/// The next portfolio that reached somebody before `$3`.
const NEXT: &str = "SELECT p.tenant_id, p.portfolio_id FROM portfolios p \
     WHERE (p.tenant_id, p.portfolio_id) > ($1, $2) AND EXISTS (SELECT FROM portfolio_contacts c \
       WHERE c.tenant_id COLLATE \"POSIX\" = p.tenant_id AND c.portfolio_id = p.portfolio_id \
         AND c.reached_at < $3) \
     ORDER BY p.tenant_id, p.portfolio_id LIMIT 1";

/// Counts since `$3`.
const MOVE_ON: &str = "UPDATE portfolios p SET reached_since = $3, reached = p.reached \
       - (SELECT count(*) FROM portfolio_contacts c WHERE c.tenant_id COLLATE \"POSIX\" = $1 \
            AND c.portfolio_id = $2 AND c.reached_at > p.reached_since AND c.reached_at <= $3) \
     WHERE p.tenant_id = $1 AND p.portfolio_id = $2 AND p.reached_since < $3";

const REMOVE: &str = "DELETE FROM portfolio_contacts WHERE ctid = ANY(ARRAY(SELECT ctid \
       FROM portfolio_contacts WHERE tenant_id COLLATE \"POSIX\" = $1 AND portfolio_id = $2 \
         AND reached_at < $3 ORDER BY reached_at LIMIT $4))";

/// Removes the first ones of the next portfolio that has any. It holds the tenant's lock for that
/// long: decisions write the same counter.
pub(super) async fn remove(
    client: &Transaction<'_>,
    now: Time,
    since: Time,
    after: &mut Place,
) -> Result<Step, StoreError> {
    let next = client.prepare_cached(NEXT).await?;
    let next = client.query_opt(&next, &[&after.tenant, &after.rest[0], &since]).await?;
    let Some(next) = next else {
        *after = Place::default();
        return Ok(Step::Done(0));
    };
    let (tenant, portfolio): (String, String) = (next.try_get(0)?, next.try_get(1)?);
    let lock = client.prepare_cached(tenants::LOCK).await?;
    tenants::read(client, &lock, &[&tenant], Some(now)).await?;
    let move_on = client.prepare_cached(MOVE_ON).await?;
    client.execute(&move_on, &[&tenant, &portfolio, &(now - Portfolio::DAY)]).await?;
    let remove = client.prepare_cached(REMOVE).await?;
    let removed = client.execute(&remove, &[&tenant, &portfolio, &since, &MOST]).await?;
    if removed < MOST.unsigned_abs() {
        *after = Place { tenant, rest: [portfolio, String::new()] };
    }
    Ok(Step::More(removed))
}
