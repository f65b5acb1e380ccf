//! Decisions that were recorded, newest first.

use azeer_domain::{ConversationId, TenantId, Time};
use azeer_runtime::names::Stored;
use azeer_runtime::store_error::StoreError;
use chrono::TimeDelta;
use deadpool_postgres::GenericClient;
use messaging_policy_core::Verdict;
use uuid::Uuid;

use super::decisions::{COLUMNS, Recorded, columns, joins, read};

/// How many decisions one page looks at, with whatever filter.
pub(super) const MOST_EXAMINED: i64 = 10_000;

/// Which decisions to list; all conditions hold together.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// Of this conversation.
    pub conversation: Option<ConversationId>,
    /// With this verdict.
    pub verdict: Option<Verdict>,
    /// Refused by this rule.
    pub violation: Option<String>,
    /// About the template of this name.
    pub template: Option<String>,
    /// For this sender's id.
    pub sender: Option<String>,
    /// Decided then or later.
    pub from: Option<Time>,
    /// Decided earlier.
    pub before: Option<Time>,
    /// Older than this one.
    pub after: Option<Uuid>,
    /// At most how many.
    pub limit: i64,
}

/// A page of decisions.
#[derive(Debug)]
pub struct Page {
    /// The decisions.
    pub decisions: Vec<Recorded>,
    /// The last one that was looked at, if there may be more after it.
    pub next: Option<Uuid>,
}

/// A decision by its id.
const ONE: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM decisions d",
    joins!(),
    "WHERE d.tenant_id = $1 AND d.decision_id = $2"
);

/// Reads a decision.
pub(super) async fn one(
    client: &impl GenericClient,
    tenant: &TenantId,
    id: Uuid,
) -> Result<Option<Recorded>, StoreError> {
    let statement = client.prepare_cached(ONE).await?;
    let row = client.query_opt(&statement, &[&tenant.as_str(), &id]).await?;
    row.as_ref().map(read).transpose()
}

/// A page: of a run of an index, of bounded length, what matches, and the run's last one in any case.
/// It reads on only until the page is full. `$source` is the run's index.
macro_rules! page {
    ($source:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            ", g.matches, g.place FROM (SELECT m.decision_id, m.matches, m.place \
               FROM (SELECT r.decision_id, row_number() OVER (ORDER BY r.decision_id DESC) AS place, \
                 ($6::verdict IS NULL OR r.verdict = $6) \
                 AND ($7::text IS NULL OR $7 = ANY(r.violation_codes)) \
                 AND ($8::text IS NULL OR r.template_name = $8) \
                 AND ($9::text IS NULL OR r.sender_id = $9) \
                 AND ($10::timestamptz IS NULL OR r.decided_at >= $10) \
                 AND ($11::timestamptz IS NULL OR r.decided_at < $11) AS matches \
                 FROM (SELECT o.decision_id, o.decided_at, o.verdict, o.violation_codes, \
                   o.template_name, o.sender_id FROM decisions o WHERE ",
            $source,
            " AND o.decision_id < $3 AND o.decision_id >= $4 \
                   ORDER BY o.decision_id DESC LIMIT $5) r) m \
               WHERE m.matches OR m.place = $5 ORDER BY m.decision_id DESC LIMIT $12) g \
             LEFT JOIN decisions d ON d.tenant_id = $1 AND d.decision_id = g.decision_id",
            joins!(),
            "ORDER BY g.decision_id DESC"
        )
    };
}
const OF_TENANT: &str = page!("o.tenant_id = $1 AND $2::uuid IS NULL");
const OF_CONVERSATION: &str =
    page!("o.tenant_id COLLATE \"POSIX\" = $1 AND o.conversation_id = $2");

/// Reads a page.
pub(super) async fn list(
    client: &impl GenericClient,
    tenant: &TenantId,
    history: &History,
) -> Result<Page, StoreError> {
    let conversation = history.conversation.map(|conversation| conversation.0);
    let text = if conversation.is_some() { OF_CONVERSATION } else { OF_TENANT };
    let statement = client.prepare_cached(text).await?;
    let newest = history.before.map_or(Uuid::max(), |before| first_id_of(before, 1));
    let below = history.after.map_or(newest, |after| after.min(newest));
    let oldest = history.from.map_or(Uuid::nil(), |from| first_id_of(from, 0));
    let rows = client
        .query(
            &statement,
            &[
                &tenant.as_str(),
                &conversation,
                &below,
                &oldest,
                &MOST_EXAMINED,
                &history.verdict.map(Stored),
                &history.violation,
                &history.template,
                &history.sender,
                &history.from,
                &history.before,
                &history.limit,
            ],
        )
        .await?;
    let mut page = Page { decisions: Vec::with_capacity(rows.len()), next: None };
    for row in &rows {
        if row.try_get(COLUMNS)? {
            page.decisions.push(read(row)?);
        }
    }
    // Full, or as far as one page looks: there may be more behind the last row.
    let is_full = i64::try_from(page.decisions.len()).is_ok_and(|found| found == history.limit);
    if let Some(last) = rows.last()
        && (is_full || last.try_get::<_, i64>(COLUMNS + 1)? == MOST_EXAMINED)
    {
        page.next = last.try_get(0)?;
    }
    Ok(page)
}

/// The least id that a decision of an instant's millisecond, or of one so many later, can have.
pub(super) fn first_id_of(at: Time, later: i64) -> Uuid {
    let at = at.checked_add_signed(TimeDelta::milliseconds(later)).unwrap_or(at);
    let millis = u128::try_from(at.timestamp_millis()).unwrap_or(0).min((1 << 48) - 1);
    Uuid::from_u128(millis << 80)
}

#[cfg(test)]
mod tests {
    use uuid::{NoContext, Timestamp};

    use super::*;

    #[test]
    fn ids_of_an_instant_lie_between_its_bounds() {
        for text in ["2026-01-01T00:00:00Z", "2026-03-04T05:06:07.890123Z"] {
            let at: Time = text.parse().unwrap();
            let seconds = u64::try_from(at.timestamp()).unwrap();
            let id =
                Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, at.timestamp_subsec_nanos()));
            assert!(first_id_of(at, 0) <= id && id < first_id_of(at, 1), "{text}");
        }
    }
}
