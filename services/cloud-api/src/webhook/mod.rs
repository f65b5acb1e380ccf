//! A webhook body: `{object, entry: [{id, changes: [{field, value}]}]}`.
//!
//! Here: the walk from the bytes to each change. What a change holds is read in `change` and the
//! modules that it names; the types that come out are in `item` and `skip`.

mod business;
mod calls;
mod change;
mod contacts;
mod echoes;
mod item;
mod message_type;
mod messages;
mod news;
mod preferences;
mod skip;
mod statuses;
mod system;

use serde_json::Value;

pub use item::{
    Call, Channel, ContactIds, Content, Echo, Inbound, InboundKind, Item, NumberChange,
};
pub use news::{
    AccountRestriction, ContactLimit, NamedTemplate, News, Preference, Status, StatusError,
};
pub use skip::Skip;

use crate::json;
use crate::lenient::Node;
use change::Change;

/// Why nothing of a body could be read. The messages quote nothing of the body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// Not JSON, or nested too deeply to be read safely.
    #[error("must be JSON of at most 127 levels; reading stopped at line {line}, column {column}")]
    NotJson {
        /// The line at which reading stopped, from 1.
        line: usize,
        /// The column at which reading stopped, from 1; 0 where the line is empty.
        column: usize,
    },
    /// JSON, but a list, a number or the like.
    #[error("must be a JSON object")]
    NotAnObject,
    /// No `entry`, or not a list.
    #[error("must have an array `entry`")]
    EntryNotAnArray,
    /// More items than any platform sends, and than an answer can tell of.
    #[error("must hold at most {MOST_ITEMS} items")]
    TooManyItems,
}

/// How many items a body may hold, with the contacts that come along. The platform sends up to
/// 1 000 at once.
const MOST_ITEMS: usize = 10_000;

/// Reads one webhook body: every item of every change, in the order of the body.
///
/// Only a body of which nothing can be read is an error. An item that can't be read comes out as
/// [`Skip::Malformed`], and its neighbours are read all the same. A body without entries, or an
/// entry without changes, gives no items.
pub fn parse_webhook(body: &[u8]) -> Result<Vec<Item>, BodyError> {
    let body = json::read(body)
        .map_err(|error| BodyError::NotJson { line: error.line(), column: error.column() })?;
    if !body.is_object() {
        return Err(BodyError::NotAnObject);
    }
    if count_items(&body) > MOST_ITEMS {
        return Err(BodyError::TooManyItems);
    }
    let entries =
        Node::root(&body).child("entry").elements().map_err(|_| BodyError::EntryNotAnArray)?;
    Ok(entries.flat_map(|entry| read_entry(&entry)).collect())
}

/// How many items there are at the most, before any is made.
fn count_items(body: &Value) -> usize {
    let elements = |value: &Value| value.as_array().map_or(0, Vec::len);
    let entries = body["entry"].as_array().into_iter().flatten();
    let changes =
        entries.clone().flat_map(|entry| entry["changes"].as_array().into_iter().flatten());
    let lists = changes.clone().filter_map(|change| change["value"].as_object());
    let items: usize = lists.flat_map(|value| value.values()).map(elements).sum();
    entries.count() + changes.count() + items
}

fn read_entry(entry: &Node<'_>) -> Vec<Item> {
    let waba_id = entry.id("id");
    let told_at = entry.instant("time").ok();
    let changes = entry.object().and_then(|entry| entry.child("changes").elements());
    match changes {
        Ok(changes) => {
            changes.flat_map(|change| read_change(&change, waba_id.as_deref(), told_at)).collect()
        }
        Err(malformed) => vec![Item {
            path: entry.path().to_owned(),
            waba_id,
            told_at,
            field: String::new(),
            content: malformed.into(),
        }],
    }
}

fn read_change(change: &Node<'_>, waba_id: Option<&str>, told_at: Option<i64>) -> Vec<Item> {
    let field = change.text("field").unwrap_or_default();
    let contents = Change::read(change)
        .unwrap_or_else(|malformed| vec![(change.path().to_owned(), malformed.into())]);
    contents
        .into_iter()
        .map(|(path, content)| Item {
            path,
            waba_id: waba_id.map(str::to_owned),
            told_at,
            field: field.to_owned(),
            content,
        })
        .collect()
}
