//! The tabs, page by page. All pages of a listing are evaluated at the instant of the first.

mod sql;

use azeer_runtime::store_error::StoreError;
use conversation_state_core::{Conversation, Tab, TenantId, Time};
use deadpool_postgres::GenericClient;
use postgres_types::ToSql;
use uuid::Uuid;

use super::conversations::COLUMN_COUNT;
use super::filter::{Filter, FilterSql};
use super::read::optional;

/// How a listing is ordered. What lacks the instant in question comes last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Order {
    /// The newest customer's message first; in the closed tab the newest closed.
    NewestCustomerMessage,
    /// The oldest customer's message first.
    OldestCustomerMessage,
    /// The window that ends first.
    ExpiringSoonest,
}

/// Where a page begins: after the conversation with these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// What the listing is ordered by; none: the conversation lacks it.
    pub key: Option<Time>,
    /// The conversation.
    pub id: Uuid,
}

/// Which page of what.
#[derive(Debug, Clone)]
pub struct ListQuery {
    /// The tab.
    pub tab: Tab,
    /// What narrows it.
    pub filter: Filter,
    /// Its order.
    pub order: Order,
    /// Where the page begins; none: the first page.
    pub after: Option<Cursor>,
    /// The instant at which it is evaluated; none: now.
    pub as_of: Option<Time>,
    /// How many at the most.
    pub limit: usize,
}

/// A page.
#[derive(Debug, Clone)]
pub struct Page {
    /// The conversations.
    pub conversations: Vec<Conversation>,
    /// Where the next page begins; none: there is none.
    pub next: Option<Cursor>,
    /// The instant at which it was evaluated.
    pub as_of: Time,
    /// The revision of the tenant's log at which it was read.
    pub revision: i64,
}

/// Reads a page, in one snapshot.
pub async fn list(
    client: &impl GenericClient,
    tenant: &TenantId,
    query: &ListQuery,
) -> Result<Page, StoreError> {
    let channels = query.filter.channels();
    let within = query.filter.expiring_within.map(|d| d.num_microseconds().unwrap_or(i64::MAX));
    let limit = i64::try_from(query.limit + 1).unwrap_or(i64::MAX);
    let key = query.after.and_then(|cursor| cursor.key);
    let id = query.after.map(|cursor| cursor.id);
    let tenant = tenant.as_str();
    let mut parameters: Vec<&(dyn ToSql + Sync)> =
        vec![&tenant, &query.as_of, &limit, &channels, &within, &key, &id];
    let filter = FilterSql::new(&query.filter, parameters.len() + 1);
    let text = sql::page(query, &filter);
    parameters.extend(filter.parameters());
    let statement = client.prepare_cached(&text).await?;
    let rows = client.query(&statement, &parameters).await?;

    let first = rows.first().ok_or(StoreError::Impossible("page without a row"))?;
    let (as_of, revision) = (first.try_get(COLUMN_COUNT)?, first.try_get(COLUMN_COUNT + 1)?);
    let found: Result<Vec<_>, _> =
        rows.iter().filter_map(|row| optional(row).transpose()).collect();
    let mut conversations: Vec<Conversation> = found?;
    let more = conversations.len() > query.limit;
    conversations.truncate(query.limit);
    let last = conversations.last().filter(|_| more);
    let next = last.map(|last| Cursor { key: key_of(last, query), id: last.id.0 });
    Ok(Page { conversations, next, as_of, revision })
}

fn key_of(conversation: &Conversation, query: &ListQuery) -> Option<Time> {
    match (query.order, query.tab) {
        (Order::NewestCustomerMessage, Tab::Closed) => {
            conversation.closing.as_ref().map(|closing| closing.at)
        }
        (Order::NewestCustomerMessage | Order::OldestCustomerMessage, _) => {
            conversation.last_inbound_at
        }
        (Order::ExpiringSoonest, _) => conversation.window_expires_at,
    }
}
