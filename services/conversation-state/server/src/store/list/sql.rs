//! The SQL of a page.
//!
//! The rows of a tab lie in a few runs of an index, one for each channel and announced state, in
//! the order of the listing. A page takes the first rows of each run and merges them: it costs
//! the same at any size. Announced and real state differ for few rows. Those whose window has ended
//! and was not announced yet are found by its end and merged in. Those whose end was announced
//! between the first page and this one lie in a run of their own.
//!
//! Parameters: `$1` tenant, `$2` `as_of` or null, `$3` limit, `$4` channels or null, `$5` the
//! microseconds within which the window ends, or null, `$6` and `$7` the cursor, then the
//! filter's. All of them are named once, since the database wants to know their types also where a
//! page does not use them.

use conversation_state_core::{State, Tab};

use super::super::conversations::{LIVE, columns};
use super::super::filter::FilterSql;
use super::super::names::Named as _;
use super::{ListQuery, Order};

/// The channels that the page is of, or all that ever had a conversation.
const CHANNELS: &str = "(SELECT t.channel_id FROM tab_counts t WHERE t.tenant_id = $1 \
     AND t.grain = 'TOTAL' AND t.bucket = 'epoch' \
     AND ($4::text[] IS NULL OR t.channel_id = ANY($4)))";

macro_rules! since {
    ($whose:literal) => {
        concat!(
            "c.window_expires_at >= at.as_of AND c.last_inbound_at >= at.as_of \
             - interval '24 hours' AND ",
            $whose
        )
    };
}

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
        "WITH at AS MATERIALIZED (SELECT coalesce($2::timestamptz, clock_timestamp()) AS as_of, \
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
    let mut runs = vec!["SELECT c.* FROM conversations c WHERE false".to_owned()];
    for (state, really) in states(query) {
        let run = Run { state, really, query, filter, sorting };
        runs.extend(run.sql(true));
        // What is live has a message and a window, what is closed a closing.
        if !state.is_live() && sorting.key != "closed_at" {
            runs.extend(run.sql(false));
        }
    }
    runs.join(" UNION ALL ")
}

/// The announced states that the tab's conversations have, and what tells those that are really
/// in the tab.
fn states(query: &ListQuery) -> Vec<(State, &'static str)> {
    let open = "c.window_expires_at >= at.as_of";
    let ended = "(c.window_expires_at IS NULL OR c.window_expires_at < at.as_of)";
    let ends_soon = query.filter.expiring_within.is_some();
    let mut states = match query.tab {
        Tab::Open => vec![(State::Open, open)],
        Tab::Bot => vec![(State::Bot, open)],
        // What ends soon has not ended.
        Tab::Expired | Tab::Closed if ends_soon => vec![],
        Tab::Expired => vec![(State::Expired, ended)],
        Tab::Closed => vec![(State::Closed, "true")],
        Tab::All if ends_soon => vec![(State::Open, open), (State::Bot, open)],
        Tab::All => State::ALL.map(|state| (state, "true")).to_vec(),
    };
    // Announced since the first page, but open at its time; no window is longer than 24 hours.
    if query.after.is_some() {
        states.extend(match query.tab {
            Tab::Open => Some((State::Expired, since!("c.handler_kind = 'HUMAN'"))),
            Tab::Bot => Some((State::Expired, since!("c.handler_kind = 'BOT'"))),
            Tab::All if ends_soon => Some((State::Expired, since!("true"))),
            Tab::All | Tab::Expired | Tab::Closed => None,
        });
    }
    states
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
        // The collation names the index; see the schema.
        let by_window = self.filter.is_empty() && key == "window_expires_at";
        let index = if by_window { "ucs_basic" } else { "POSIX" };
        Some(format!(
            "SELECT run.* FROM {source} CROSS JOIN LATERAL ( \
               SELECT c.* FROM conversations c \
               WHERE c.tenant_id COLLATE \"{index}\" = $1 AND {channel} \
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

/// The expired rows that nobody announced yet: few, as long as somebody announces. What narrows the
/// page is left out here, so that they are found by the end of their window.
fn late(query: &ListQuery) -> String {
    let which = if query.tab == Tab::Expired {
        "f.announced_state = live.state AND f.window_expires_at < at.as_of"
    } else {
        "false"
    };
    format!(
        "SELECT c.* FROM at CROSS JOIN {CHANNELS} ch CROSS JOIN {LIVE} \
         CROSS JOIN LATERAL ( \
           SELECT * FROM conversations f WHERE f.tenant_id COLLATE \"ucs_basic\" = $1 \
             AND f.channel_id = ch.channel_id AND {which} OFFSET 0) c"
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
