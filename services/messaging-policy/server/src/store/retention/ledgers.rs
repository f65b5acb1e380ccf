//! Ledgers of contacts to whom nothing was sent for long. Their rows are rewritten by every send, and
//! an index on the time would be, too: so all of them are gone through, a few at a time.

use azeer_domain::Time;
use azeer_runtime::retention::MOST;
use azeer_runtime::store_error::StoreError;
use azeer_runtime::upkeep::Step;
use deadpool_postgres::Transaction;

use super::Place;

/// Where the next `$4` rows end that come after a key.
const NEXT: &str = "SELECT tenant_id, contact_id, channel_id FROM ( \
       SELECT tenant_id, contact_id, channel_id FROM contacts \
       WHERE (tenant_id, contact_id, channel_id) > ($1, $2, $3) \
       ORDER BY tenant_id, contact_id, channel_id LIMIT $4) next \
     ORDER BY tenant_id DESC, contact_id DESC, channel_id DESC LIMIT 1";

/// Removes those of them in which nothing is younger than `$4`. A send that is decided meanwhile
/// writes the whole row anew.
const REMOVE: &str = "DELETE FROM contacts WHERE ctid = ANY(ARRAY(SELECT ctid FROM contacts \
       WHERE (tenant_id, contact_id, channel_id) > ($1, $2, $3) \
         AND (tenant_id, contact_id, channel_id) <= ($5, $6, $7) AND rate_free_at < $4 \
         AND NOT EXISTS (SELECT FROM unnest(templates) t WHERE t.sent_at >= $4) \
       FOR UPDATE SKIP LOCKED))";

pub(super) async fn remove(
    client: &Transaction<'_>,
    since: Time,
    after: &mut Place,
) -> Result<Step, StoreError> {
    let Place { tenant, rest: [contact, channel] } = after.clone();
    let next = client.prepare_cached(NEXT).await?;
    let Some(next) = client.query_opt(&next, &[&tenant, &contact, &channel, &MOST]).await? else {
        *after = Place::default();
        return Ok(Step::Done(0));
    };
    let end = Place { tenant: next.try_get(0)?, rest: [next.try_get(1)?, next.try_get(2)?] };
    let remove = client.prepare_cached(REMOVE).await?;
    let [last_contact, last_channel] = &end.rest;
    let removed = client
        .execute(
            &remove,
            &[&tenant, &contact, &channel, &since, &end.tenant, last_contact, last_channel],
        )
        .await?;
    *after = end;
    Ok(Step::More(removed))
}
