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

/// The channels that the page is of, or all that ever had a conversation.
const CHANNELS: &str = "(SELECT t.channel_id FROM tab_counts t WHERE t.tenant_id = $1 \
     AND t.grain = 'TOTAL' AND t.bucket = 'epoch' \
     AND ($4::text[] IS NULL OR t.channel_id = ANY($4)))";

/// What a page is ordered by.
struct Sorting {
    key: &'static str,
    descending: bool,
}

impl Sorting {
    fn direction(&self) -> &'static str {
        if self.descending { "DESC" } else { "ASC" }
    }
}

pub(super) fn page(query: &ListQuery, filter: &FilterSql<'_>) -> String {
    let sorting = sorting(query);
    let runs = runs(query, filter, &sorting);
    let late = late(query);
    let late_after = after(query, &sorting, None).unwrap_or_else(|| "true".into());
    let (filter, within) = (filter.condition(), within(query));
    let (order, columns) = (order_by(&sorting, "p"), columns!().replace("c.", "p."));
    format!(
        "WITH at AS MATERIALIZED (SELECT coalesce($2::timestamptz, now()) AS as_of, \
           $5::bigint AS within, $6::timestamptz AS key, $7::uuid AS id), \
         late AS MATERIALIZED ({late}), \
         page AS (SELECT * FROM ({runs} UNION ALL \
             SELECT c.* FROM at CROSS JOIN late c WHERE {filter} AND {within} AND {late_after}) p \
           ORDER BY {order} LIMIT $3) \
         SELECT {columns}, at.as_of, \
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

/// The order of the page: rows that lack the key come last.
fn order_by(sorting: &Sorting, alias: &str) -> String {
    let direction = sorting.direction();
    format!("{alias}.{} {direction} NULLS LAST, {alias}.conversation_id {direction}", sorting.key)
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
    let ends_soon = query.filter.expiring_within.is_some();
    let mut runs = vec!["SELECT c.* FROM conversations c WHERE false".to_owned()];
    // What ends soon has not ended.
    for state in states.iter().filter(|state| state.is_live() || !ends_soon) {
        let really = match (query.tab, state) {
            (Tab::Open | Tab::Bot, _) => "c.window_expires_at >= at.as_of",
            (Tab::Expired, _) => "(c.window_expires_at IS NULL OR c.window_expires_at < at.as_of)",
            (Tab::Closed | Tab::All, _) => "true",
        };
        let run = Run { state: *state, really, query, filter, sorting };
        runs.extend(run.sql(true));
        // What is live has a message and a window, what is closed a closing.
        if !state.is_live() && sorting.key != "closed_at" {
            runs.extend(run.sql(false));
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
    fn sql(&self, has_key: bool) -> Option<String> {
        // None: the cursor is past these rows.
        let after = after(self.query, self.sorting, Some(has_key))?;
        let key = self.sorting.key;
        let lacks = if has_key { "IS NOT NULL" } else { "IS NULL" };
        // Where the missing keys come does not matter within a run: either all rows have one or
        // none. So this is the index's own order, read forwards or backwards.
        let direction = self.sorting.direction();
        // By channel the runs lie in an index of all conversations; a filter has one of its own.
        let (source, channel) = if self.filter.is_empty() {
            (format!("at CROSS JOIN {CHANNELS} ch"), "c.channel_id = ch.channel_id")
        } else {
            ("at".into(), "($4::text[] IS NULL OR c.channel_id = ANY($4))")
        };
        Some(format!(
            "SELECT run.* FROM {source} CROSS JOIN LATERAL ( \
               SELECT c.* FROM conversations c WHERE c.tenant_id = $1 AND {channel} \
                 AND c.announced_state = '{state}' AND {really} AND {filter} AND {within} \
                 AND c.{key} {lacks} AND {after} \
               ORDER BY c.{key} {direction}, c.conversation_id {direction} LIMIT $3) run",
            state = self.state.name(),
            really = self.really,
            filter = self.filter.condition(),
            within = within(self.query),
        ))
    }
}

/// The rows whose announced state is not the tab's, but whose real one is. They are few, and what
/// narrows the page is left out here: it must not tempt the planner to another index.
fn late(query: &ListQuery) -> String {
    let since = "c.announced_state = 'EXPIRED' AND c.window_expires_at >= at.as_of";
    let which = match query.tab {
        Tab::Open => format!("{since} AND c.handler_kind = 'HUMAN'"),
        Tab::Bot => format!("{since} AND c.handler_kind = 'BOT'"),
        Tab::Expired => {
            "c.announced_state IN ('OPEN', 'BOT') AND c.window_expires_at < at.as_of".into()
        }
        // Only what ends soon tells them apart here.
        Tab::All if query.filter.expiring_within.is_some() => since.into(),
        Tab::Closed | Tab::All => "false".into(),
    };
    format!(
        "SELECT c.* FROM at CROSS JOIN {CHANNELS} ch JOIN conversations c \
         ON c.tenant_id = $1 AND c.channel_id = ch.channel_id AND {which}"
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
