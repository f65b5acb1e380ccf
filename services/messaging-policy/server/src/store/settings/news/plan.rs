//! What news change: a function of them, of the settings, and of what was told before.

use std::collections::BTreeMap;

use azeer_cloud_api::language_key;
use azeer_domain::{ChannelId, Time};
use messaging_policy_core::facts::{Quality, Restriction};
use sha2::{Digest as _, Sha256};

use super::super::senders::{Changed, Senders};
use super::super::templates::{StoredTemplate, TemplateKey};
use super::super::{Limit, Settings};
use super::rows::{AllTold, Told};
use super::{Fact, Learned, News, TemplateName};

/// What the subjects of limits begin with.
pub(super) const LIMITS: &str = "limit/";
/// So many different things are told of one subject in one second at the most.
const MOST_DIGESTS: usize = 16;
/// So much of a digest is kept.
const DIGEST_BYTES: usize = 16;

/// What is learned from news, one after the other.
pub(super) struct Plan<'a> {
    settings: &'a Settings,
    pub(super) now: Time,
    pub(super) told: AllTold,
    /// What of it is to be written.
    newly_told: AllTold,
    /// Those that become others.
    templates: BTreeMap<TemplateKey, StoredTemplate>,
    pub(super) senders: Senders,
}

/// What is to be written.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub(super) told: AllTold,
    pub(super) templates: Vec<StoredTemplate>,
    pub(super) senders: Changed,
}

/// What a fact is about.
pub(super) fn subject(fact: &Fact) -> String {
    match fact {
        Fact::TemplateStatus { template, .. } => of_template("template-status", template),
        Fact::TemplateQuality { template, .. } => of_template("template-quality", template),
        Fact::TemplateCategory { template, .. } => of_template("template-category", template),
        Fact::ImportNeeded { template } => of_template("template-import", template),
        Fact::Number { channel, .. } => format!("number/{channel}"),
        Fact::NumberRated { channel, .. } => format!("number-rating/{channel}"),
        Fact::NumberRestricted { channel, .. } => of_restriction(channel),
        Fact::AccountRestricted { account, .. } => format!("account-restriction/{account}"),
        Fact::Portfolio { account, .. } => format!("portfolio/{account}"),
        Fact::Limit { account, .. } => format!("{LIMITS}{account}"),
    }
}

/// What may have been told of a template before it was imported.
pub(super) fn subjects_of(template: &StoredTemplate) -> Vec<String> {
    let StoredTemplate { waba_id, name, language, .. } = template;
    let [waba_id, name, language] = [waba_id, name, language].map(Clone::clone);
    let template = TemplateName { waba_id, name, language };
    ["template-status", "template-quality", "template-category"]
        .map(|of| of_template(of, &template))
        .into()
}

/// What restrictions of a number are told of.
pub(super) fn of_restriction(channel: &ChannelId) -> String {
    format!("number-restriction/{channel}")
}

fn of_template(of: &str, template: &TemplateName) -> String {
    let TemplateName { waba_id, name, language } = template;
    format!("{of}/{waba_id}/{}/{name}", language_key(language))
}

fn digest(fact: &Fact) -> Vec<u8> {
    // INVARIANT: a fact is of texts, numbers and times, all of which are JSON.
    let fact = serde_json::to_vec(fact).expect("a fact is JSON");
    Sha256::digest(fact)[..DIGEST_BYTES].to_vec()
}

// === impl Plan ===

impl<'a> Plan<'a> {
    pub(super) fn new(settings: &'a Settings, told: AllTold, now: Time) -> Self {
        let senders = settings.senders.clone();
        let (newly_told, templates) = (AllTold::new(), BTreeMap::new());
        Self { settings, now, told, newly_told, templates, senders }
    }

    /// Learns from one of the news, if it is any.
    pub(super) fn learn(&mut self, news: &News) -> Learned {
        let (subject, digest) = (subject(&news.fact), digest(&news.fact));
        let known = self.told.get(&subject);
        // What does not say when is told after all else.
        let last = known.map_or(self.now, |known| known.at.max(self.now));
        let told_at = news.told_at.unwrap_or(last);
        let learned = judge(known, news.told_at, &digest);
        if learned != Learned::Applied {
            return learned;
        }
        if self.is_older_than_of_others(&news.fact, told_at) {
            return Learned::Stale;
        }
        let of_instant = known.filter(|known| known.at == told_at);
        let mut digests = of_instant.map_or_else(Vec::new, |known| known.digests.clone());
        digests.drain(..digests.len().saturating_sub(MOST_DIGESTS - 1));
        digests.push(digest);
        let told = Told { at: told_at, digests, fact: news.fact.clone() };
        self.told.insert(subject.clone(), told.clone());
        self.newly_told.insert(subject, told);
        self.apply(&news.fact);
        Learned::Applied
    }

    pub(super) fn finish(mut self) -> Changes {
        Changes {
            told: self.newly_told,
            templates: self.templates.into_values().collect(),
            senders: self.senders.renew(&self.settings.senders, self.now),
        }
    }

    /// A limit is the portfolio's: another of its accounts may have been told a newer one.
    fn is_older_than_of_others(&self, fact: &Fact, told_at: Time) -> bool {
        let Fact::Limit { account, .. } = fact else { return false };
        let portfolio = self.senders.portfolio_of_account(account);
        self.told.values().any(|told| match &told.fact {
            Fact::Limit { account: other, .. } => {
                told.at > told_at && self.senders.portfolio_of_account(other) == portfolio
            }
            _ => false,
        })
    }

    pub(super) fn apply(&mut self, fact: &Fact) {
        match fact {
            Fact::TemplateStatus { template, .. }
            | Fact::TemplateQuality { template, .. }
            | Fact::TemplateCategory { template, .. }
            | Fact::ImportNeeded { template } => self.apply_to_template(template, fact),
            Fact::Number { channel, account, display } => {
                let number = self.senders.number_mut(channel);
                if !account.is_empty() {
                    number.waba_id.clone_from(account);
                }
                if !display.is_empty() {
                    number.display_phone_number.clone_from(display);
                }
            }
            Fact::NumberRated { channel, quality, status } => {
                let facts = &mut self.senders.number_mut(channel).facts;
                facts.quality = match quality {
                    None => facts.quality,
                    Some(Quality::Unknown) if facts.quality != Quality::Red => facts.quality,
                    Some(quality) => *quality,
                };
                facts.status = status.unwrap_or(facts.status);
            }
            Fact::NumberRestricted { channel, restriction } => {
                let number = self.senders.number_mut(channel);
                let (restriction, reason) = restriction.clone().unzip();
                number.facts.restriction = restriction;
                number.restriction_reason = reason.unwrap_or_default();
            }
            Fact::AccountRestricted { account, restriction } => {
                let known = &mut self.senders.account_mut(account).restriction;
                let is_halt = matches!(known, Some((Restriction { until: None }, _)));
                let has_end = matches!(restriction, Some((Restriction { until: Some(_) }, _)));
                if !(is_halt && has_end) {
                    known.clone_from(restriction);
                }
            }
            Fact::Portfolio { account, portfolio } => {
                self.senders.set_portfolio(account, portfolio);
            }
            Fact::Limit { account, limit } => self.apply_limit(account, *limit),
        }
    }

    fn apply_limit(&mut self, account: &str, limit: Limit) {
        let portfolio = self.senders.portfolio_of_account(account).to_owned();
        self.senders.set_limit(&portfolio, limit);
    }

    /// One that is not known yet is told again when it is imported.
    fn apply_to_template(&mut self, named: &TemplateName, fact: &Fact) {
        let TemplateName { waba_id, name, language } = named;
        let key = (waba_id.clone(), name.clone(), language_key(language));
        let known = self.settings.templates.get(waba_id, name, language);
        let Some(before) = self.templates.get(&key).or(known) else { return };
        let mut after = before.clone();
        change(&mut after, fact);
        if after != *before {
            after.update_time = self.now;
            self.templates.insert(key, after);
        }
    }
}

/// What comes of news, by what was told of their subject before.
fn judge(known: Option<&Told>, told_at: Option<Time>, digest: &Vec<u8>) -> Learned {
    let Some(known) = known else { return Learned::Applied };
    let is_last = known.digests.last() == Some(digest);
    match told_at {
        Some(told_at) if told_at < known.at => Learned::Stale,
        Some(told_at) if told_at > known.at => Learned::Applied,
        _ if is_last => Learned::Duplicate,
        Some(_) if known.digests.contains(digest) => Learned::Stale,
        _ => Learned::Applied,
    }
}

fn change(template: &mut StoredTemplate, fact: &Fact) {
    match fact {
        Fact::TemplateStatus { status, rejected_reason, .. } => {
            template.status.clone_from(status);
            template.rejected_reason.clone_from(rejected_reason);
        }
        Fact::TemplateQuality { quality, .. } => template.quality.clone_from(quality),
        Fact::TemplateCategory { category, at: Some(at), .. } if *category != template.category => {
            template.next_category.clone_from(category);
            template.category_changes_at = Some(*at);
        }
        Fact::TemplateCategory { category, .. } => {
            template.category.clone_from(category);
            template.next_category.clear();
            template.category_changes_at = None;
        }
        Fact::ImportNeeded { .. } => template.import_needed = true,
        Fact::Number { .. }
        | Fact::NumberRated { .. }
        | Fact::NumberRestricted { .. }
        | Fact::AccountRestricted { .. }
        | Fact::Portfolio { .. }
        | Fact::Limit { .. } => {}
    }
}

/// Has a template that is imported for the first time be as it was told before. Where a change of
/// category was announced for an instant that is past, the listing tells what became of it.
pub(super) fn apply_to_new(template: &mut StoredTemplate, fact: &Fact, now: Time) {
    if !matches!(fact, Fact::TemplateCategory { at: Some(at), .. } if *at <= now) {
        change(template, fact);
    }
}
