//! The counters of the tabs: how writes change them and how they are read at an instant.

use azeer_runtime::store_error::StoreError;
use chrono::{DateTime, TimeDelta};
use conversation_state_core::counts::{Bucket, Counter, CounterKey};
use conversation_state_core::{TenantId, Time};
use deadpool_postgres::GenericClient;
use postgres_types::ToSql;
use tokio_postgres::Row;

use super::conversations::LIVE;
use super::filter::{Filter, FilterSql};

/// The tabs of a tenant at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TabCounts {
    /// OPEN conversations.
    pub open: i64,
    /// EXPIRED ones.
    pub expired: i64,
    /// CLOSED ones.
    pub closed: i64,
    /// BOT ones.
    pub bot: i64,
    /// Those that await a reply.
    pub awaiting_reply: i64,
    /// OPEN or BOT, but not for long.
    pub expiring_soon: i64,
    /// The instant.
    pub as_of: Time,
    /// The revision of the tenant's log at which they were read.
    pub revision: i64,
}

/// A row of `count_write_v1`.
#[derive(Debug, ToSql)]
#[postgres(name = "count_write_v1")]
pub(super) struct CountWrite {
    tenant_id: String,
    grain: &'static str,
    bucket: Time,
    channel_id: String,
    open: i64,
    bot: i64,
    expired: i64,
    closed: i64,
    awaiting_reply: i64,
}

impl CountWrite {
    pub(super) fn new(tenant: &TenantId, key: &CounterKey, by: Counter) -> Self {
        let (grain, bucket) = match key.bucket {
            Bucket::Total => ("TOTAL", DateTime::UNIX_EPOCH),
            Bucket::Hour(begin) => ("HOUR", begin),
            Bucket::Minute(begin) => ("MINUTE", begin),
        };
        Self {
            tenant_id: tenant.as_str().to_owned(),
            grain,
            bucket,
            channel_id: key.channel_id.as_str().to_owned(),
            open: by.open,
            bot: by.bot,
            expired: by.expired,
            closed: by.closed,
            awaiting_reply: by.awaiting_reply,
        }
    }
}

/// Adds the differences in `$counts`.
pub(super) const ADD: &str = "INSERT INTO tab_counts AS t (tenant_id, grain, bucket, channel_id, \
     open, bot, expired, closed, awaiting_reply) SELECT tenant_id, grain, bucket, channel_id, \
     open, bot, expired, closed, awaiting_reply FROM unnest($counts::count_write_v1[]) \
     ON CONFLICT (tenant_id, grain, bucket, channel_id) DO UPDATE SET \
     open = t.open + excluded.open, bot = t.bot + excluded.bot, \
     expired = t.expired + excluded.expired, closed = t.closed + excluded.closed, \
     awaiting_reply = t.awaiting_reply + excluded.awaiting_reply";

/// Which channels a statement counts: those of `$4`, or all that ever had a conversation.
const CHANNELS: &str = "t.tenant_id = $1 AND ($4::text[] IS NULL OR t.channel_id = ANY($4))";

/// The conversations announced as live whose window ends before `at`: the hours before the one that
/// `at` cuts, that hour's minutes before the one that it cuts, and that minute's rows. Few, since
/// what has ended is announced soon and its buckets removed, however far windows reach ahead.
fn ended_before(at: &str) -> String {
    let hour = format!("date_trunc('hour', {at}, 'UTC')");
    let minute = format!("date_trunc('minute', {at}, 'UTC')");
    // Of that minute's rows those of windows that last 24 hours are found by their message.
    let rows = |rows: &str, collation: &str, end: &str, shift: &str| {
        format!(
            "SELECT count(*) FILTER (WHERE c.announced_state = 'OPEN'), \
                    count(*) FILTER (WHERE c.announced_state = 'BOT') \
             FROM tab_counts t CROSS JOIN {LIVE} \
             CROSS JOIN LATERAL (SELECT f.announced_state FROM conversations f \
               WHERE f.tenant_id COLLATE \"{collation}\" = t.tenant_id \
                 AND f.channel_id = t.channel_id AND f.announced_state = live.state \
                 AND {rows} AND f.{end} >= {minute}{shift} AND f.{end} < {at}{shift} OFFSET 0) c \
             WHERE {CHANNELS} AND t.grain = 'TOTAL' AND t.bucket = 'epoch'"
        )
    };
    let odd = rows("f.odd_window", "ucs_basic", "window_expires_at", "");
    let even = rows("NOT f.odd_window", "POSIX", "last_inbound_at", " - interval '24 hours'");
    format!(
        "SELECT coalesce(sum(open), 0)::bigint AS open, coalesce(sum(bot), 0)::bigint AS bot \
         FROM ( \
           SELECT t.open, t.bot FROM tab_counts t \
           WHERE {CHANNELS} AND t.grain = 'HOUR' AND t.bucket < {hour} \
         UNION ALL \
           SELECT t.open, t.bot FROM tab_counts t \
           WHERE {CHANNELS} AND t.grain = 'MINUTE' AND t.bucket >= {hour} AND t.bucket < {minute} \
         UNION ALL {odd} UNION ALL {even} \
         ) part"
    )
}

/// `$1` tenant, `$2` now or null, `$3` what is soon in microseconds, `$4` channels or null.
fn of_channels_sql() -> String {
    let ended = ended_before("at.as_of");
    let later = ended_before("at.soon");
    format!(
        "SELECT at.as_of, coalesce((SELECT revision FROM tenants WHERE tenant_id = $1), 0), \
           total.open - ended.open, total.bot - ended.bot, \
           total.expired + ended.open + ended.bot, total.closed, total.awaiting_reply, \
           later.open + later.bot - ended.open - ended.bot \
         FROM (SELECT as_of, as_of + ($3::bigint + 1) * interval '1 microsecond' AS soon \
               FROM (SELECT coalesce($2::timestamptz, clock_timestamp()) AS as_of) clock) at \
         CROSS JOIN LATERAL ( \
           SELECT coalesce(sum(t.open), 0)::bigint AS open, coalesce(sum(t.bot), 0)::bigint AS bot, \
             coalesce(sum(t.expired), 0)::bigint AS expired, \
             coalesce(sum(t.closed), 0)::bigint AS closed, \
             coalesce(sum(t.awaiting_reply), 0)::bigint AS awaiting_reply \
           FROM tab_counts t WHERE {CHANNELS} AND t.grain = 'TOTAL' AND t.bucket = 'epoch') total \
         CROSS JOIN LATERAL ({ended}) ended CROSS JOIN LATERAL ({later}) later"
    )
}

/// Parameters as in [`of_channels_sql`], then the filter's.
fn of_filter_sql(filter: &FilterSql) -> String {
    let live = "c.announced_state IN ('OPEN', 'BOT') AND c.window_expires_at >= at.as_of";
    format!(
        "SELECT at.as_of, coalesce((SELECT revision FROM tenants WHERE tenant_id = $1), 0), \
           count(*) FILTER (WHERE {live} AND c.handler_kind = 'HUMAN'), \
           count(*) FILTER (WHERE {live} AND c.handler_kind = 'BOT'), \
           count(*) FILTER (WHERE c.announced_state <> 'CLOSED' AND NOT coalesce({live}, false)), \
           count(*) FILTER (WHERE c.announced_state = 'CLOSED'), \
           count(*) FILTER (WHERE c.announced_state <> 'CLOSED' AND c.waiting_since IS NOT NULL), \
           count(*) FILTER (WHERE {live} AND c.window_expires_at <= at.soon) \
         FROM (SELECT as_of, as_of + $3::bigint * interval '1 microsecond' AS soon \
               FROM (SELECT coalesce($2::timestamptz, clock_timestamp()) AS as_of) clock) at \
         LEFT JOIN conversations c ON c.tenant_id COLLATE \"POSIX\" = $1 \
           AND ($4::text[] IS NULL OR c.channel_id = ANY($4)) AND {} \
         GROUP BY at.as_of",
        filter.condition()
    )
}

/// Counts the tabs at `now`, or at the database's time after it took the snapshot: no expiry that
/// the snapshot holds is later.
pub async fn tab_counts(
    client: &impl GenericClient,
    tenant: &TenantId,
    filter: &Filter,
    soon: TimeDelta,
    now: Option<Time>,
) -> Result<TabCounts, StoreError> {
    let channels = filter.channels();
    let soon = soon.num_microseconds().unwrap_or(i64::MAX);
    let tenant = tenant.as_str();
    let mut parameters: Vec<&(dyn ToSql + Sync)> = vec![&tenant, &now, &soon, &channels];
    let sql = FilterSql::new(filter, parameters.len() + 1);
    let text = if sql.is_empty() { of_channels_sql() } else { of_filter_sql(&sql) };
    parameters.extend(sql.parameters());
    let statement = client.prepare_cached(&text).await?;
    read(&client.query_one(&statement, &parameters).await?)
}

fn read(row: &Row) -> Result<TabCounts, StoreError> {
    Ok(TabCounts {
        as_of: row.try_get(0)?,
        revision: row.try_get(1)?,
        open: row.try_get(2)?,
        bot: row.try_get(3)?,
        expired: row.try_get(4)?,
        closed: row.try_get(5)?,
        awaiting_reply: row.try_get(6)?,
        expiring_soon: row.try_get(7)?,
    })
}

/// Removes up to `limit` buckets that lie hours back and count nothing any more. Leaves out those
/// that a write holds: there is a next time.
pub(super) async fn remove_past(
    client: &impl GenericClient,
    limit: i64,
    now: Option<Time>,
) -> Result<u64, StoreError> {
    let statement = client
        .prepare_cached(
            "DELETE FROM tab_counts t USING ( \
               SELECT tenant_id, grain, bucket, channel_id FROM tab_counts \
               WHERE (bucket AT TIME ZONE 'UTC') \
                   < (coalesce($2, now()) - interval '2 hours') AT TIME ZONE 'UTC' \
                 AND grain <> 'TOTAL' AND open = 0 AND bot = 0 \
               ORDER BY bucket AT TIME ZONE 'UTC' LIMIT $1 FOR UPDATE SKIP LOCKED) past \
             WHERE t.tenant_id = past.tenant_id AND t.grain = past.grain \
               AND t.bucket = past.bucket AND t.channel_id = past.channel_id",
        )
        .await?;
    Ok(client.execute(&statement, &[&limit, &now]).await?)
}
