//! What a listing changes of an account's templates: a function of both. What the listing does not
//! tell stays as it was.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashSet};

use azeer_cloud_api::{Components, Invalid, ListedTemplate, Listing, language_key};
use azeer_domain::Time;

use super::templates::{StoredTemplate, Templates};
use crate::names::{instant, is_language_code, is_template_name, kept};

/// A listing to take over.
#[derive(Debug)]
pub struct Import {
    /// The account whose templates these are.
    pub waba_id: String,
    /// The listing.
    pub listing: Listing,
    /// It has all templates of the account, unless it names a next page.
    pub complete: bool,
}

/// What an import came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// How many are new.
    pub created: usize,
    /// How many differ from what was known.
    pub changed: usize,
    /// How many were known so already.
    pub unchanged: usize,
    /// How many were known and are no more.
    pub gone: usize,
    /// Entries that cannot be read.
    pub invalid: Vec<Invalid>,
}

/// What an import comes to, and the templates to write for it.
pub(super) fn plan(
    known: &Templates,
    import: Import,
    now: Time,
) -> (Imported, Vec<StoredTemplate>) {
    let Import { waba_id, listing, complete } = import;
    let is_all = complete && !listing.more;
    let (mut imported, mut writes) = (Imported::default(), Vec::new());
    let mut listed = BTreeMap::new();
    for (index, entry) in listing.templates.into_iter().enumerate() {
        match entry.and_then(|template| checked(index, template)) {
            // The same one again: the last one is the one that counts.
            Ok(template) => {
                listed.insert((template.name.clone(), language_key(&template.language)), template);
            }
            Err(invalid) => imported.invalid.push(invalid),
        }
    }
    if is_all {
        let unread = Unread::of(&imported.invalid);
        let gone = known.of_account(&waba_id).filter(|template| {
            let key = (template.name.clone(), language_key(&template.language));
            template.status != StoredTemplate::GONE
                && !listed.contains_key(&key)
                && !unread.may_be(template)
        });
        writes.extend(gone.map(|template| StoredTemplate {
            status: StoredTemplate::GONE.to_owned(),
            update_time: now,
            ..template.clone()
        }));
        imported.gone = writes.len();
    }
    for template in listed.into_values() {
        let before = known.get(&waba_id, &template.name, &template.language);
        let after = taken_over(&waba_id, before, template, now);
        match before {
            None => imported.created += 1,
            Some(before) if *before == after => {
                imported.unchanged += 1;
                continue;
            }
            Some(_) => imported.changed += 1,
        }
        writes.push(StoredTemplate { update_time: now, ..after });
    }
    (imported, writes)
}

/// A template whose name and language can be those of a send.
fn checked(index: usize, template: ListedTemplate) -> Result<ListedTemplate, Invalid> {
    let (field, must_be) = if !is_template_name(&template.name) {
        ("name", "1-512 of a-z 0-9 _")
    } else if !is_language_code(&template.language) {
        ("language", "a language's code")
    } else {
        return Ok(template);
    };
    let (id, name) = (template.id, Some(template.name));
    Err(Invalid { index, id, name, field: field.to_owned(), must_be })
}

/// A listed template as it is to be kept.
fn taken_over(
    account: &str,
    before: Option<&StoredTemplate>,
    listed: ListedTemplate,
    now: Time,
) -> StoredTemplate {
    let told = |text: Option<&String>| text.map(kept);
    let (status, category) = (kept(&listed.status), kept(&listed.category));
    let rejected_reason = match told(listed.rejected_reason.as_ref()) {
        // What the platform says where there is no reason.
        Some(reason) if reason == "NONE" => String::new(),
        Some(reason) => reason,
        None => before
            .filter(|before| before.status == status)
            .map(|before| before.rejected_reason.clone())
            .unwrap_or_default(),
    };
    let (next_category, category_changes_at) = announced(before, &listed, &category, now);
    let known = |field: fn(&StoredTemplate) -> &String| before.map(field).cloned();
    StoredTemplate {
        waba_id: account.to_owned(),
        template_id: told(listed.id.as_ref()).or(known(|t| &t.template_id)).unwrap_or_default(),
        quality: told(listed.quality_score.as_ref()).or(known(|t| &t.quality)).unwrap_or_default(),
        name: listed.name,
        language: listed.language,
        category,
        status,
        rejected_reason,
        next_category,
        category_changes_at,
        components: storable(listed.components),
        import_needed: false,
        create_time: before.map_or(now, |before| before.create_time),
        update_time: before.map_or(now, |before| before.update_time),
    }
}

/// The announced change of category: the listing's, or one that was known and is still to come.
fn announced(
    before: Option<&StoredTemplate>,
    listed: &ListedTemplate,
    category: &str,
    now: Time,
) -> (String, Option<Time>) {
    let at = listed.category_update_timestamp.and_then(instant);
    let known = before.filter(|before| before.category == category);
    match listed.correct_category.as_deref().map(kept) {
        Some(next) if next == category => (String::new(), None),
        Some(next) => {
            let same = known.filter(|before| before.next_category == next);
            let at = at.or(same.and_then(|before| before.category_changes_at));
            (next, at)
        }
        None => known
            .filter(|before| before.category_changes_at.is_some_and(|at| at > now))
            .map(|before| (before.next_category.clone(), before.category_changes_at))
            .unwrap_or_default(),
    }
}

fn storable(mut components: Components) -> Components {
    // All else in them is of names and numbers.
    components.others = components.others.iter().map(kept).collect();
    components
}

/// What is known of entries that cannot be read: what they may be is not gone.
struct Unread<'a> {
    ids: HashSet<&'a str>,
    names: HashSet<&'a str>,
    any_without_either: bool,
}

impl<'a> Unread<'a> {
    fn of(invalid: &'a [Invalid]) -> Self {
        Self {
            ids: invalid.iter().filter_map(|entry| entry.id.as_deref()).collect(),
            names: invalid.iter().filter_map(|entry| entry.name.as_deref()).collect(),
            any_without_either: invalid
                .iter()
                .any(|entry| entry.id.is_none() && entry.name.is_none()),
        }
    }

    fn may_be(&self, template: &StoredTemplate) -> bool {
        self.any_without_either
            || self.ids.contains(template.template_id.as_str())
            || self.names.contains(template.name.as_str())
    }
}
