//! The SQL of a page.
//!
//! The rows of a tab lie in a few runs of an index, one for each channel and announced state, in
//! the order of the listing. A page takes the first rows of each run and merges them: it costs
//! the same at any size. Most windows end 24 hours after the message that opened them, so that one
//! index has both orders; the others, odd ones, have runs of their own. Announced and real state
//! differ for few rows. Those whose window has ended and was not announced yet are found by its end
//! and merged in. Those whose end was announced between the first page and this one lie in a run of
//! their own.
//!
//! Parameters: `$1` tenant, `$2` `as_of` or null, `$3` limit, `$4` channels or null, `$5` the
//! microseconds within which the window ends, or null, `$6` and `$7` the cursor, then the
//! filter's. All of them are named once, since the database wants to know their types also where a
//! page does not use them.

use azeer_runtime::names::Named as _;
use conversation_state_core::{State, Tab};

use super::super::conversations::{LIVE, columns};
use super::super::filter::FilterSql;
use super::{ListQuery, Order};

/// The channels that the page is of, or all that ever had a conversation.
const CHANNELS: &str = "(SELECT t.channel_id FROM tab_counts t WHERE t.tenant_id = $1 \
     AND t.grain = 'TOTAL' AND t.bucket = 'epoch' \
     AND ($4::text[] IS NULL OR t.channel_id = ANY($4)))";

/// How the end of the window stands in an index.
#[derive(Clone, Copy)]
struct Ends {
    column: &'static str,
    /// What an instant is moved by to be compared with the column.
    shift: &'static str,
}

/// Windows that end 24 hours after the message and others: the same for each.
const EACH_ODD: &str = " CROSS JOIN unnest('{f,t}'::boolean[]) AS odd (is_odd)";

/// Other windows that can be open still.
const ODD_AND_RECENT: &str = "c.odd_window AND c.last_inbound_at >= at.as_of - interval '24 hours'";

/// As it is.
const ENDS: Ends = Ends { column: "window_expires_at", shift: "" };
/// By the message, of windows that last 24 hours from it.
const EVEN_ENDS: Ends = Ends { column: "last_inbound_at", shift: " - interval '24 hours'" };

impl Ends {
    fn compare(self, than: &str, instant: &str) -> String {
        format!("c.{} {than} {instant}{}", self.column, self.shift)
    }
}

/// What tells those conversations of an announced state that are really in a tab.
#[derive(Clone, Copy)]
enum Really {
    All,
    Open,
    Ended,
    /// Open, or with the bot, at the listing's time: told to be expired since.
    Since(&'static str),
}

impl Really {
    fn condition(self, ends: Ends) -> String {
        let open = ends.compare(">=", "at.as_of");
        match self {
            Self::All => "true".into(),
            Self::Open => open,
            Self::Ended => {
                format!("(c.{} IS NULL OR {})", ends.column, ends.compare("<", "at.as_of"))
            }
            // No window is longer than 24 hours.
            Self::Since(whose) => format!(
                "{open} AND c.last_inbound_at >= at.as_of - interval '24 hours' AND {whose}"
            ),
        }
    }
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
    let late_after = after(query, &sorting, ENDS, None).unwrap_or_else(|| "true".into());
    let (filter, within) = (filter.condition(), within(query, ENDS));
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
        for index in indexes(query, filter, sorting) {
            let run = Run { state, really, query, filter, sorting, index };
            runs.extend(run.sql(true));
            // What is live has a message and a window, what is closed a closing.
            if !state.is_live() && sorting.key != "closed_at" {
                runs.extend(run.sql(false));
            }
        }
    }
    runs.join(" UNION ALL ")
}

/// The announced states that the tab's conversations have, and which of them are really in the
/// tab.
fn states(query: &ListQuery) -> Vec<(State, Really)> {
    let ends_soon = query.filter.expiring_within.is_some();
    let mut states = match query.tab {
        Tab::Open => vec![(State::Open, Really::Open)],
        Tab::Bot => vec![(State::Bot, Really::Open)],
        // What ends soon has not ended.
        Tab::Expired | Tab::Closed if ends_soon => vec![],
        Tab::Expired => vec![(State::Expired, Really::Ended)],
        Tab::Closed => vec![(State::Closed, Really::All)],
        Tab::All if ends_soon => vec![(State::Open, Really::Open), (State::Bot, Really::Open)],
        Tab::All => State::ALL.map(|state| (state, Really::All)).to_vec(),
    };
    // Announced since the first page, but open at its time.
    if query.after.is_some() {
        states.extend(match query.tab {
            Tab::Open => Some((State::Expired, Really::Since("c.handler_kind = 'HUMAN'"))),
            Tab::Bot => Some((State::Expired, Really::Since("c.handler_kind = 'BOT'"))),
            Tab::All if ends_soon => Some((State::Expired, Really::Since("true"))),
            Tab::All | Tab::Expired | Tab::Closed => None,
        });
    }
    states
}

/// An index in which the rows of a state lie in the order of the listing.
#[derive(Clone, Copy)]
struct Index {
    /// The collation that names it; see the schema.
    collation: &'static str,
    /// What it is looked into for, one by one.
    each: &'static str,
    /// Which of the rows it has.
    rows: &'static str,
    /// What stands in it for the key, and for the end of the window.
    key: &'static str,
    ends: Ends,
}

fn indexes(query: &ListQuery, filter: &FilterSql<'_>, sorting: &Sorting) -> Vec<Index> {
    let (key, ends) = (sorting.key, ENDS);
    let one = Index { collation: "POSIX", each: "", rows: "true", key, ends };
    match sorting.key {
        // A filter has an index of its own.
        _ if !filter.is_empty() => vec![one],
        "window_expires_at" => vec![
            Index { collation: "ucs_basic", rows: "c.odd_window", ..one },
            Index { rows: "NOT c.odd_window", key: EVEN_ENDS.column, ends: EVEN_ENDS, ..one },
        ],
        // What ends soon is found by its message, too: no window is longer than 24 hours.
        "last_inbound_at" if query.filter.expiring_within.is_some() => vec![
            Index { rows: "NOT c.odd_window", ends: EVEN_ENDS, ..one },
            Index { rows: ODD_AND_RECENT, ..one },
        ],
        "last_inbound_at" => {
            vec![Index { each: EACH_ODD, rows: "c.odd_window = odd.is_odd", ..one }]
        }
        _ => vec![one],
    }
}

struct Run<'a> {
    state: State,
    really: Really,
    query: &'a ListQuery,
    filter: &'a FilterSql<'a>,
    sorting: &'a Sorting,
    index: Index,
}

impl Run<'_> {
    fn sql(&self, has_key: bool) -> Option<String> {
        let Index { collation, each, rows, key, ends } = self.index;
        // None: the cursor is past these rows.
        let sorting = Sorting { key, ..*self.sorting };
        let after = after(self.query, &sorting, ends, Some(has_key))?;
        let lacks = if has_key { "IS NOT NULL" } else { "IS NULL" };
        // Where the missing keys come does not matter within a run: either all rows have one or
        // none. So this is the index's own order, read forwards or backwards.
        let direction = self.sorting.direction();
        // By channel the runs lie in an index of all conversations.
        let (source, channel) = if self.filter.is_empty() {
            (format!("at CROSS JOIN {CHANNELS} ch{each}"), "c.channel_id = ch.channel_id")
        } else {
            ("at".into(), "($4::text[] IS NULL OR c.channel_id = ANY($4))")
        };
        Some(format!(
            "SELECT run.* FROM {source} CROSS JOIN LATERAL ( \
               SELECT c.* FROM conversations c \
               WHERE c.tenant_id COLLATE \"{collation}\" = $1 AND {channel} \
                 AND c.announced_state = '{state}' AND {rows} AND {really} AND {filter} \
                 AND {within} AND c.{key} {lacks} AND {after} \
               ORDER BY c.{key} {direction}, c.conversation_id {direction} LIMIT $3) run",
            state = self.state.name(),
            really = self.really.condition(ends),
            filter = self.filter.condition(),
            within = within(self.query, ends),
        ))
    }
}

/// The expired rows that nobody announced yet: few, as long as somebody announces. What narrows the
/// page is left out here, so that they are found by the end of their window.
fn late(query: &ListQuery) -> String {
    let late = |rows: &str, collation: &str, ends: Ends| {
        let ended = ends.compare("<", "at.as_of");
        let which = if query.tab == Tab::Expired { ended.as_str() } else { "false" };
        format!(
            "SELECT l.* FROM at CROSS JOIN {CHANNELS} ch CROSS JOIN {LIVE} \
             CROSS JOIN LATERAL ( \
               SELECT * FROM conversations c WHERE c.tenant_id COLLATE \"{collation}\" = $1 \
                 AND c.channel_id = ch.channel_id AND c.announced_state = live.state \
                 AND {rows} AND {which} OFFSET 0) l"
        )
    };
    let odd = late("c.odd_window", "ucs_basic", ENDS);
    format!("{odd} UNION ALL {}", late("NOT c.odd_window", "POSIX", EVEN_ENDS))
}

fn within(query: &ListQuery, ends: Ends) -> String {
    if query.filter.expiring_within.is_none() {
        return "true".into();
    }
    let soon = "at.as_of + $5::bigint * interval '1 microsecond'";
    format!(
        "c.closed_at IS NULL AND {} AND {}",
        ends.compare(">=", "at.as_of"),
        ends.compare("<=", soon)
    )
}

/// The condition of coming after the cursor, for rows that have the key, that lack it, or either.
/// None: no such row does.
fn after(
    query: &ListQuery,
    sorting: &Sorting,
    ends: Ends,
    has_key: Option<bool>,
) -> Option<String> {
    let Some(cursor) = query.after else { return Some("true".into()) };
    let than = if sorting.descending { "<" } else { ">" };
    let shift = if query.order == Order::ExpiringSoonest { ends.shift } else { "" };
    let by_id = format!("c.conversation_id {than} $7");
    let by_key = format!("(c.{key}, c.conversation_id) {than} ($6{shift}, $7)", key = sorting.key);
    match (cursor.key.is_some(), has_key) {
        (true, Some(true)) => Some(by_key),
        (true, Some(false)) => Some("true".into()),
        (true, None) => Some(format!("(c.{} IS NULL OR {by_key})", sorting.key)),
        (false, Some(true)) => None,
        (false, Some(false)) => Some(by_id),
        (false, None) => Some(format!("c.{} IS NULL AND {by_id}", sorting.key)),
    }
}
