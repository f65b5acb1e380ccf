//! The platform's listing of templates (`GET /{waba-id}/message_templates`), entry by entry: a bad
//! one costs itself, not the listing.

use serde_json::Value;

use super::approved::Reading;
use super::components::Components;
use crate::json;
use crate::lenient::{Malformed, Node};

/// Templates as the platform listed them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// Each entry, in the order of the body.
    pub templates: Vec<Result<ListedTemplate, Invalid>>,
    /// Whether the platform has further pages (`paging.next`): then this is not all.
    pub more: bool,
}

/// One template in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedTemplate {
    /// The platform's id of it. Templates that are yet to be created have none.
    pub id: Option<String>,
    /// Its name.
    pub name: String,
    /// The code of its language, as written.
    pub language: String,
    /// Its status, as written; empty where none is told.
    pub status: String,
    /// Its category, as written.
    pub category: String,
    /// The category that it had before (`previous_category`), as written.
    pub previous_category: Option<String>,
    /// The category that it is about to get (`correct_category`), as written.
    pub correct_category: Option<String>,
    /// When it gets it, in Unix seconds (`category_update_timestamp`).
    pub category_update_timestamp: Option<i64>,
    /// How customers take it, as written: `GREEN`, `YELLOW`, `RED`, `UNKNOWN`.
    pub quality_score: Option<String>,
    /// Why it was rejected, as written; the platform writes `NONE` where it was not.
    pub rejected_reason: Option<String>,
    /// What it requires of a send.
    pub components: Components,
}

/// An entry that can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("template {index}: {field} must be {must_be}")]
pub struct Invalid {
    /// Its place in the listing, from 0.
    pub index: usize,
    /// Its id, where that can be read.
    pub id: Option<String>,
    /// Its name, where that can be read.
    pub name: Option<String>,
    /// The path of what is missing or bad, from the entry: `components[1].text`. Empty where it is
    /// the entry as a whole.
    pub field: String,
    /// What must be there, to follow "must be".
    pub must_be: &'static str,
}

/// Why nothing of a listing could be read. The messages quote nothing of the body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ListingError {
    /// Not JSON, or nested too deeply to be read safely.
    #[error("must be JSON of at most 127 levels; reading stopped at line {line}, column {column}")]
    NotJson {
        /// The line at which reading stopped, from 1.
        line: usize,
        /// The column at which reading stopped, from 1; 0 where the line is empty.
        column: usize,
    },
    /// JSON, but no listing.
    #[error("must be an object with an array `data`, or an array of templates")]
    NotAListing,
    /// More than an account can have.
    #[error("must hold at most {MOST_TEMPLATES} templates")]
    TooManyTemplates,
}

/// How many templates an account can have, over all languages.
const MOST_TEMPLATES: usize = 6_000;

/// Reads a listing of templates, or a bare array of them.
///
/// Only a body of which nothing can be read is an error. What is not needed may be missing or of
/// any shape.
pub fn parse_listing(body: &[u8]) -> Result<Listing, ListingError> {
    let body = json::read(body)
        .map_err(|error| ListingError::NotJson { line: error.line(), column: error.column() })?;
    let root = Node::root(&body);
    let Value::Array(entries) = (if body.is_array() { &body } else { root.child("data").value() })
    else {
        return Err(ListingError::NotAListing);
    };
    if entries.len() > MOST_TEMPLATES {
        return Err(ListingError::TooManyTemplates);
    }
    let templates = entries.iter().enumerate().map(|(index, entry)| read_entry(index, entry));
    Ok(Listing {
        templates: templates.collect(),
        more: root.child("paging").text("next").is_some(),
    })
}

fn read_entry(index: usize, entry: &Value) -> Result<ListedTemplate, Invalid> {
    let entry = Node::root(entry);
    read_template(&entry).map_err(|Malformed { field, must_be }| Invalid {
        index,
        id: entry.id("id"),
        name: entry.text("name").map(str::to_owned),
        field,
        must_be,
    })
}

fn read_template(template: &Node<'_>) -> Result<ListedTemplate, Malformed> {
    let text = |key| template.text(key).map(str::to_owned);
    let category = template.object()?.required_text("category")?;
    let reading = Reading::of(template, category);
    Ok(ListedTemplate {
        id: template.id("id"),
        name: template.required_text("name")?.to_owned(),
        language: template.required_text("language")?.to_owned(),
        status: text("status").unwrap_or_default(),
        category: category.to_owned(),
        previous_category: text("previous_category"),
        correct_category: text("correct_category"),
        category_update_timestamp: template.seconds("category_update_timestamp").ok(),
        quality_score: template.child("quality_score").text("score").map(str::to_owned),
        rejected_reason: text("rejected_reason"),
        components: reading.components(&template.child("components"))?,
    })
}
