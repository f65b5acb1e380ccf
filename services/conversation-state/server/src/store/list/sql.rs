//! The SQL of a page.
//!
//! The rows of a tab lie in a few runs of an index, one for each channel and announced state, in
//! the order of the listing. A page takes the first rows of each run and merges them: it costs
//! the same at any size. Announced and real state differ for few rows, those whose window ended a
//! moment ago (or, on a later page, between the first page and this one). These are found by the
//! end of their window and merged in.
//!
//! Parameters: `$1` tenant, `$2` `as_of` or null, `$3` limit, `$4` channels or null, `$5` the
//! microseconds within which the window ends, or null, `$6` and `$7` the cursor, then the
//! filter's. All of them are named once, since the database wants to know their types also where a
//! page does not use them.

use conversation_state_core::{State, Tab};

use super::super::conversations::columns;
use super::super::filter::FilterSql;
use super::super::names::Named as _;
use super::{ListQuery, Order};

/// What a page is ordered by.
struct Sorting {
    key: &'static str,
    descending: bool,
}

pub(super) fn page(query: &ListQuery, filter: &FilterSql<'_>) -> String {
    let sorting = sorting(query);
    let runs = runs(query, filter, &sorting);
    let late = late(query, filter, &sorting);
    let (order, direction) = (order_by(&sorting, "p"), columns!().replace("c.", "p."));
    format!(
        "WITH at AS MATERIALIZED (SELECT coalesce($2::timestamptz, now()) AS as_of, \
           $5::bigint AS within, $6::timestamptz AS key, $7::uuid AS id), \
         late AS MATERIALIZED ({late}), \
         page AS (SELECT * FROM ({runs} UNION ALL SELECT * FROM late) p ORDER BY {order} LIMIT $3) \
         SELECT {direction}, at.as_of, \
           coalesce((SELECT revision FROM tenants WHERE tenant_id = $1), 0) \
         FROM at LEFT JOIN page p ON true ORDER BY {order}"
    )
}

fn sorting(query: &ListQuery) -> Sorting {
    match (query.order, query.tab) {
        (Order::NewestCustomerMessage, Tab::Closed) => {
            Sorting { key: "closed_at", descending: true }
        }
        (Order::NewestCustomerMessage, _) => Sorting { key: "last_inbound_at", descending: true },
        (Order::OldestCustomerMessage, _) => Sorting { key: "last_inbound_at", descending: false },
        (Order::ExpiringSoonest, _) => Sorting { key: "window_expires_at", descending: false },
    }
}

fn order_by(sorting: &Sorting, alias: &str) -> String {
    let direction = if sorting.descending { "DESC" } else { "ASC" };
    let key = sorting.key;
    format!("{alias}.{key} {direction} NULLS LAST, {alias}.conversation_id {direction}")
}

/// The index runs of the tab: for each announced state the rows that have the key, and those
/// that lack it.
fn runs(query: &ListQuery, filter: &FilterSql<'_>, sorting: &Sorting) -> String {
    let states: &[State] = match query.tab {
        Tab::Open => &[State::Open],
        Tab::Expired => &[State::Expired],
        Tab::Closed => &[State::Closed],
        Tab::Bot => &[State::Bot],
        Tab::All => &State::ALL,
    };
    let mut runs = Vec::new();
    for state in states {
        let really = match (query.tab, state) {
            (Tab::Open | Tab::Bot, _) => "c.window_expires_at >= at.as_of",
            (Tab::Expired, _) => "(c.window_expires_at IS NULL OR c.window_expires_at < at.as_of)",
            (Tab::Closed | Tab::All, _) => "true",
        };
        let run = Run { state: *state, really, query, filter, sorting };
        runs.push(run.sql(true));
        // What is live has a message and a window, what is closed a closing.
        if !state.is_live() && sorting.key != "closed_at" {
            runs.push(run.sql(false));
        }
    }
    runs.join(" UNION ALL ")
}

struct Run<'a> {
    state: State,
    really: &'static str,
    query: &'a ListQuery,
    filter: &'a FilterSql<'a>,
    sorting: &'a Sorting,
}

impl Run<'_> {
    fn sql(&self, has_key: bool) -> String {
        let Some(after) = after(self.query, self.sorting, Some(has_key)) else {
            // The cursor is past these rows.
            return "SELECT c.* FROM conversations c WHERE false".into();
        };
        let key = self.sorting.key;
        let lacks = if has_key { "IS NOT NULL" } else { "IS NULL" };
        let order = order_by(self.sorting, "c");
        // By channel the runs lie in an index of all conversations; a filter has one of its own.
        let (source, channel) = if self.filter.is_empty() {
            (
                "at CROSS JOIN (SELECT t.channel_id FROM tab_counts t WHERE t.tenant_id = $1 \
                   AND t.grain = 'TOTAL' AND t.bucket = 'epoch' \
                   AND ($4::text[] IS NULL OR t.channel_id = ANY($4))) ch",
                "c.channel_id = ch.channel_id",
            )
        } else {
            ("at", "($4::text[] IS NULL OR c.channel_id = ANY($4))")
        };
        format!(
            "SELECT run.* FROM {source} CROSS JOIN LATERAL ( \
               SELECT c.* FROM conversations c WHERE c.tenant_id = $1 AND {channel} \
                 AND c.announced_state = '{state}' AND {really} AND {filter} AND {within} \
                 AND c.{key} {lacks} AND {after} ORDER BY {order} LIMIT $3) run",
            state = self.state.name(),
            really = self.really,
            filter = self.filter.condition(),
            within = within(self.query),
        )
    }
}

/// The rows whose announced state is not the tab's, but whose real one is.
fn late(query: &ListQuery, filter: &FilterSql<'_>, sorting: &Sorting) -> String {
    let where_late = match query.tab {
        Tab::Open => {
            "c.announced_state = 'EXPIRED' AND c.window_expires_at >= at.as_of \
             AND c.handler_kind = 'HUMAN'"
        }
        Tab::Bot => {
            "c.announced_state = 'EXPIRED' AND c.window_expires_at >= at.as_of \
             AND c.handler_kind = 'BOT'"
        }
        Tab::Expired => "c.announced_state IN ('OPEN', 'BOT') AND c.window_expires_at < at.as_of",
        Tab::Closed | Tab::All => "false",
    };
    let after = after(query, sorting, None).unwrap_or_else(|| "true".into());
    format!(
        "SELECT c.* FROM at CROSS JOIN (SELECT t.channel_id FROM tab_counts t \
             WHERE t.tenant_id = $1 AND t.grain = 'TOTAL' AND t.bucket = 'epoch' \
               AND ($4::text[] IS NULL OR t.channel_id = ANY($4))) ch \
         JOIN conversations c ON c.tenant_id = $1 AND c.channel_id = ch.channel_id \
         WHERE {where_late} AND {} AND {} AND {after}",
        filter.condition(),
        within(query),
    )
}

fn within(query: &ListQuery) -> &'static str {
    if query.filter.expiring_within.is_none() {
        return "true";
    }
    "c.closed_at IS NULL AND c.window_expires_at >= at.as_of \
     AND c.window_expires_at <= at.as_of + $5::bigint * interval '1 microsecond'"
}

/// The condition of coming after the cursor, for rows that have the key, that lack it, or either.
/// None: no such row does.
fn after(query: &ListQuery, sorting: &Sorting, has_key: Option<bool>) -> Option<String> {
    let Some(cursor) = query.after else { return Some("true".into()) };
    let than = if sorting.descending { "<" } else { ">" };
    let by_id = format!("c.conversation_id {than} $7");
    let by_key = format!("(c.{key}, c.conversation_id) {than} ($6, $7)", key = sorting.key);
    match (cursor.key.is_some(), has_key) {
        (true, Some(true)) => Some(by_key),
        (true, Some(false)) => Some("true".into()),
        (true, None) => Some(format!("(c.{} IS NULL OR {by_key})", sorting.key)),
        (false, Some(true)) => None,
        (false, Some(false)) => Some(by_id),
        (false, None) => Some(format!("c.{} IS NULL AND {by_id}", sorting.key)),
    }
}
