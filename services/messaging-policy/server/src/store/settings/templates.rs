//! A tenant's templates, and how a send finds its own among them.

use std::collections::BTreeMap;

use azeer_cloud_api::{Components, SentTemplate, language_key};
use azeer_domain::Time;
use azeer_runtime::names::Named as _;
use messaging_policy_core::{Category, facts};

use super::super::decisions::Suggested;

/// How many templates are suggested at the most.
const MOST_SUGGESTED: usize = 10;

/// A template, as the platform last told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTemplate {
    /// Its account.
    pub waba_id: String,
    /// The platform's id; empty: not told.
    pub template_id: String,
    /// Its name.
    pub name: String,
    /// Its language, as the platform spells it.
    pub language: String,
    /// Its category, known or not.
    pub category: String,
    /// Its status, known or not.
    pub status: String,
    /// Its quality; empty: not told.
    pub quality: String,
    /// Why it was rejected; empty: it was not.
    pub rejected_reason: String,
    /// The category that was announced; empty: none.
    pub next_category: String,
    /// When it changes.
    pub category_changes_at: Option<Time>,
    /// What its components require of a send.
    pub components: Components,
    /// The platform has another one than this.
    pub import_needed: bool,
    /// When it was first imported.
    pub create_time: Time,
    /// When it last changed.
    pub update_time: Time,
}

impl StoredTemplate {
    /// The status of what a complete listing no longer had.
    pub const GONE: &'static str = "GONE";

    /// Whether it may be sent.
    #[must_use]
    pub fn is_sendable(&self) -> bool {
        self.status == facts::KnownTemplate::APPROVED && Category::from_name(&self.category).is_ok()
    }

    fn facts(&self) -> facts::KnownTemplate {
        let change = self.category_changes_at.filter(|_| !self.next_category.is_empty());
        facts::KnownTemplate {
            status: self.status.clone(),
            category: Category::from_name(&self.category).ok(),
            category_change: change.map(|at| facts::CategoryChange {
                to: Category::from_name(&self.next_category).ok(),
                at,
            }),
            mismatches: Vec::new(),
        }
    }
}

/// Which templates to list; all conditions hold together, and an empty one always.
#[derive(Debug, Clone, Default)]
pub struct TemplateFilter {
    /// Of this account.
    pub waba_id: String,
    /// With this status.
    pub status: String,
    /// Of this category.
    pub category: String,
    /// In this language, in one spelling.
    pub language_key: String,
    /// Only those that may be sent.
    pub sendable_only: bool,
}

impl TemplateFilter {
    fn takes(&self, key: &str, template: &StoredTemplate) -> bool {
        let is = |wanted: &str, told: &str| wanted.is_empty() || wanted == told;
        is(&self.waba_id, &template.waba_id)
            && is(&self.status, &template.status)
            && is(&self.category, &template.category)
            && is(&self.language_key, key)
            && (!self.sendable_only || template.is_sendable())
    }
}

/// A template's place in the order of listings: its account, name and language in one spelling.
pub type TemplateKey = (String, String, String);

/// A page of templates.
#[derive(Debug)]
pub struct TemplatePage<'a> {
    /// The templates.
    pub templates: Vec<&'a StoredTemplate>,
    /// The place of the last one, if there are more after it.
    pub next: Option<TemplateKey>,
}

/// A tenant's templates, by account.
#[derive(Debug, Clone, Default)]
pub(super) struct Templates(BTreeMap<String, Account>);

/// The templates of an account.
#[derive(Debug, Clone, Default)]
struct Account {
    /// By name, by language in one spelling.
    by_name: BTreeMap<String, BTreeMap<String, StoredTemplate>>,
    /// Those that may be sent and are more than a code, by category and name: what is suggested.
    sendable: BTreeMap<(Category, String, String), Suggested>,
}

impl Templates {
    pub(super) fn add(&mut self, template: StoredTemplate) {
        let account = self.0.entry(template.waba_id.clone()).or_default();
        let language = language_key(&template.language);
        let category = Category::from_name(&template.category).ok();
        let category = category.filter(|category| *category != Category::Authentication);
        if let Some(category) = category.filter(|_| template.is_sendable()) {
            let suggested = Suggested {
                name: template.name.clone(),
                language: template.language.clone(),
                category: template.category.clone(),
            };
            let key = (category, template.name.clone(), language.clone());
            account.sendable.insert(key, suggested);
        }
        account.by_name.entry(template.name.clone()).or_default().insert(language, template);
    }

    /// The accounts that have templates.
    pub(super) fn accounts(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    pub(super) fn get(&self, account: &str, name: &str, language: &str) -> Option<&StoredTemplate> {
        self.0.get(account)?.by_name.get(name)?.get(&language_key(language))
    }

    /// Those of an account.
    pub(super) fn of_account(&self, account: &str) -> impl Iterator<Item = &StoredTemplate> {
        let account = self.0.get(account).into_iter();
        account.flat_map(|account| account.by_name.values().flat_map(BTreeMap::values))
    }

    /// Those that match, after a place and in its order.
    pub(super) fn page(
        &self,
        filter: &TemplateFilter,
        after: Option<&TemplateKey>,
        limit: usize,
    ) -> TemplatePage<'_> {
        let after = after.map(|(account, name, key)| (&**account, &**name, &**key));
        let mut found = self
            .in_order()
            .skip_while(|(place, _)| after.is_some_and(|after| *place <= after))
            .filter(|((_, _, key), template)| filter.takes(key, template));
        let page: Vec<_> = found.by_ref().take(limit).collect();
        let last = page.last().filter(|_| found.next().is_some());
        let next = last.map(|((account, name, key), _)| {
            ((*account).to_owned(), (*name).to_owned(), (*key).to_owned())
        });
        TemplatePage { templates: page.into_iter().map(|(_, template)| template).collect(), next }
    }

    fn in_order(&self) -> impl Iterator<Item = ((&str, &str, &str), &StoredTemplate)> {
        self.0.iter().flat_map(|(account, of_account)| {
            of_account.by_name.iter().flat_map(move |(name, of_name)| {
                let place = move |key| (account.as_str(), name.as_str(), key);
                of_name.iter().map(move |(key, template)| (place(key.as_str()), template))
            })
        })
    }

    pub(super) fn facts(&self, account: &str, sent: &SentTemplate) -> facts::Template {
        let Some(of_name) = self.0.get(account).and_then(|known| known.by_name.get(&sent.name))
        else {
            return facts::Template::Unknown;
        };
        let Some(known) = of_name.get(&language_key(&sent.language)) else {
            let languages = of_name.values().map(|known| known.language.clone());
            return facts::Template::OtherLanguages(languages.collect());
        };
        let mismatches = known.components.check(&sent.components);
        facts::Template::Known(facts::KnownTemplate {
            mismatches: mismatches.iter().map(ToString::to_string).collect(),
            ..known.facts()
        })
    }

    /// Those in the language first, then those in another country's kind of it, then all others.
    pub(super) fn suggestions(&self, account: &str, language_code: &str) -> Vec<Suggested> {
        let wanted = language_key(language_code);
        let Some(account) = self.0.get(account) else { return Vec::new() };
        let fitting = [Fit::Same, Fit::Kin, Fit::Other].into_iter().flat_map(|fit| {
            let wanted = &wanted;
            let sendable = account.sendable.iter();
            sendable.filter(move |((.., language), _)| Fit::of(language, wanted) == fit)
        });
        fitting.take(MOST_SUGGESTED).map(|(_, suggested)| suggested.clone()).collect()
    }
}

/// How well a language fits the one that is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fit {
    Same,
    Kin,
    Other,
}

impl Fit {
    fn of(language: &str, wanted: &str) -> Self {
        match () {
            () if language == wanted => Self::Same,
            () if family(language) == family(wanted) => Self::Kin,
            () => Self::Other,
        }
    }
}

/// A language without its country.
fn family(language: &str) -> &str {
    language.split_once('_').map_or(language, |(family, _)| family)
}
