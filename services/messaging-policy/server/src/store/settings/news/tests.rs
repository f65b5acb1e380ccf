mod lessons;
mod senders;

use azeer_cloud_api::parse_listing;
use serde_json::json;

use super::plan::{Changes, apply_to_new, subject};
use super::rows::AllTold;
use super::*;
use crate::store::settings::{Import, KnownSender, import};

const ACCOUNT: &str = "waba";

fn noon() -> Time {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

fn at(seconds: i64) -> Option<Time> {
    Time::from_timestamp(noon().timestamp() + seconds, 0)
}

fn channel(id: &str) -> ChannelId {
    ChannelId::parse(id).unwrap()
}

/// What is known, and how news change it.
#[derive(Default)]
struct World {
    settings: Settings,
    told: AllTold,
}

impl World {
    /// One that knows `order` in English.
    fn new() -> Self {
        let mut world = Self::default();
        let listing = json!([{
            "name": "order", "language": "en_US", "status": "APPROVED", "category": "UTILITY",
            "components": [],
        }]);
        let listing = parse_listing(listing.to_string().as_bytes()).unwrap();
        let import = Import { waba_id: ACCOUNT.into(), listing, complete: true };
        let (_, writes) = import::plan(&world.settings.templates, import, noon());
        for template in writes {
            world.settings.templates.add(template);
        }
        world
    }

    /// As if each of the news came by itself. Gives what became of them, and what was written.
    fn learn(&mut self, news: &[(Option<Time>, Fact)]) -> (Vec<Learned>, Changes) {
        let mut plan = Plan::new(&self.settings, self.told.clone(), noon());
        let news = news.iter().cloned().map(|(told_at, fact)| News { told_at, fact });
        let learned = news.map(|news| plan.learn(&news)).collect();
        let changes = plan.finish();
        self.keep(&changes);
        (learned, changes)
    }

    fn keep(&mut self, changes: &Changes) {
        self.told.extend(changes.told.clone());
        for template in &changes.templates {
            self.settings.templates.add(template.clone());
        }
        for (channel, number) in &changes.senders.numbers {
            self.settings.senders.add(channel.clone(), number.clone());
        }
        for (id, account) in &changes.senders.accounts {
            self.settings.senders.add_account(id.clone(), account.clone());
        }
        for (portfolio, limit) in &changes.senders.limits {
            self.settings.senders.add_limit(portfolio.clone(), *limit);
        }
    }

    fn learn_one(&mut self, told_at: Option<Time>, fact: Fact) -> Learned {
        self.learn(&[(told_at, fact)]).0[0]
    }

    fn template(&self) -> &StoredTemplate {
        self.settings.templates.get(ACCOUNT, "order", "en_US").unwrap()
    }

    fn sender(&self, id: &str) -> KnownSender {
        self.settings.sender(&channel(id))
    }
}

fn order() -> TemplateName {
    // Another spelling of its language than the listing's.
    TemplateName { waba_id: ACCOUNT.into(), name: "order".into(), language: "en-us".into() }
}

fn status(status: &str) -> Fact {
    let rejected_reason = String::new();
    Fact::TemplateStatus { template: order(), status: status.into(), rejected_reason }
}

fn category(category: &str, at: Option<Time>) -> Fact {
    Fact::TemplateCategory { template: order(), category: category.into(), at }
}

fn number(id: &str, account: &str) -> Fact {
    Fact::Number { channel: channel(id), account: account.into(), display: String::new() }
}

fn limit(account: &str, contacts: i64) -> Fact {
    Fact::Limit { account: account.into(), limit: Limit::Contacts(contacts) }
}

fn restricted(account: &str, restriction: Option<Restriction>) -> Fact {
    let restriction = restriction.map(|restriction| (restriction, "why".to_owned()));
    Fact::AccountRestricted { account: account.into(), restriction }
}

#[test]
fn what_was_told_last_holds() {
    use Learned::{Applied, Duplicate, Stale};
    // What comes, one after the other, and the status afterwards.
    let rows = [
        (at(10), "PAUSED", Applied, "PAUSED"),
        (at(10), "PAUSED", Duplicate, "PAUSED"),
        (at(9), "APPROVED", Stale, "PAUSED"),
        (at(9), "PAUSED", Stale, "PAUSED"),
        (at(11), "APPROVED", Applied, "APPROVED"),
        (at(10), "PAUSED", Stale, "APPROVED"),
        // The same instant: in the order in which they come, each once.
        (at(11), "PAUSED", Applied, "PAUSED"),
        (at(11), "APPROVED", Stale, "PAUSED"),
        (at(11), "PAUSED", Duplicate, "PAUSED"),
        (at(11), "DISABLED", Applied, "DISABLED"),
        (at(11), "PAUSED", Stale, "DISABLED"),
        // What changes nothing moves the order on.
        (at(20), "DISABLED", Applied, "DISABLED"),
        (at(19), "APPROVED", Stale, "DISABLED"),
        // What does not say when is news unless it is what was told last.
        (None, "DISABLED", Duplicate, "DISABLED"),
        (None, "APPROVED", Applied, "APPROVED"),
        (None, "APPROVED", Duplicate, "APPROVED"),
    ];
    let mut world = World::new();
    for (told_at, told, learned, after) in rows {
        let what = format!("{told} at {told_at:?}");
        assert_eq!(world.learn_one(told_at, status(told)), learned, "{what}");
        assert_eq!(world.template().status, after, "{what}");
    }
}

#[test]
fn only_what_changes_is_written() {
    let mut world = World::new();
    let (_, changes) = world.learn(&[(at(1), status("APPROVED"))]);
    assert_eq!((changes.told.len(), changes.templates.len()), (1, 0));
    assert!(changes.senders.is_empty());
    let (_, changes) = world.learn(&[(at(1), status("APPROVED")), (at(0), status("PAUSED"))]);
    assert_eq!((changes.told.len(), changes.templates.len()), (0, 0));
    // Of many in one body the last one is written.
    let (learned, changes) = world.learn(&[(at(2), status("PAUSED")), (at(3), status("DISABLED"))]);
    assert_eq!(learned, [Learned::Applied; 2]);
    assert_eq!((changes.told.len(), changes.templates.len()), (1, 1));
    assert_eq!(changes.templates[0].status, "DISABLED");
}

#[test]
fn so_much_is_told_at_one_instant_and_no_more_is_kept() {
    let mut world = World::new();
    for n in 0..40 {
        assert_eq!(world.learn_one(at(0), status(&n.to_string())), Learned::Applied);
    }
    let kept = &world.told[&subject(&status(""))];
    assert_eq!(kept.digests.len(), 16);
    assert_eq!(world.learn_one(at(0), status("39")), Learned::Duplicate);
    assert_eq!(world.learn_one(at(0), status("24")), Learned::Stale);
}

#[test]
fn of_one_subject_nothing_is_said_of_another() {
    let mut world = World::new();
    let quality = Fact::TemplateQuality { template: order(), quality: "RED".into() };
    for fact in [quality, status("PAUSED"), category("MARKETING", None), limit("w", 5)] {
        assert_eq!(world.learn_one(at(5), fact), Learned::Applied);
    }
    let other = TemplateName { name: "other".into(), ..order() };
    let fact = Fact::TemplateQuality { template: other, quality: "GREEN".into() };
    assert_eq!(world.learn_one(at(1), fact), Learned::Applied);
    let StoredTemplate { quality, status, category, .. } = world.template();
    assert_eq!([quality, status, category].map(String::as_str), ["RED", "PAUSED", "MARKETING"]);
}

#[test]
fn a_change_of_category_is_announced_and_takes_place() {
    let mut world = World::new();
    let next = |world: &World| {
        let StoredTemplate { category, next_category, category_changes_at, .. } = world.template();
        (category.clone(), next_category.clone(), *category_changes_at)
    };
    let told = |category: &str, next: &str, at| (category.to_owned(), next.to_owned(), at);
    world.learn_one(at(1), category("MARKETING", at(600)));
    assert_eq!(next(&world), told("UTILITY", "MARKETING", at(600)));
    world.learn_one(at(2), category("UTILITY", at(700)));
    assert_eq!(next(&world), told("UTILITY", "", None), "it stays what it is");
    world.learn_one(at(3), category("MARKETING", at(600)));
    world.learn_one(at(4), category("MARKETING", None));
    assert_eq!(next(&world), told("MARKETING", "", None));
}

#[test]
fn a_template_that_is_new_is_as_it_was_told_before() {
    let mut world = World::new();
    let mut template = world.template().clone();
    template.name = "new".into();
    let rows = [
        (status("PAUSED"), true),
        (category("MARKETING", None), true),
        (category("MARKETING", at(1)), true),
        (category("MARKETING", at(0)), false),
        (Fact::TemplateQuality { template: order(), quality: "RED".into() }, true),
    ];
    for (fact, changes) in rows {
        let mut after = template.clone();
        apply_to_new(&mut after, &fact, noon());
        assert_eq!(after != template, changes, "{fact:?}");
    }
    let unknown = TemplateName { name: "new".into(), ..order() };
    let fact = Fact::ImportNeeded { template: unknown };
    let (learned, changes) = world.learn(&[(at(0), fact)]);
    assert_eq!((learned, changes.templates.len()), (vec![Learned::Applied], 0));
}

#[test]
fn a_template_that_is_another_is_to_be_imported() {
    let mut world = World::new();
    let needed = || Fact::ImportNeeded { template: order() };
    assert_eq!(world.learn_one(at(0), needed()), Learned::Applied);
    assert!(world.template().import_needed);
    assert_eq!(world.learn_one(at(0), needed()), Learned::Duplicate);
}

#[test]
fn what_is_kept_is_read_as_what_it_was() {
    let facts = [
        status("PAUSED"),
        category("MARKETING", at(5)),
        number("n", "w"),
        restricted("w", Some(Restriction { until: at(5) })),
        restricted("w", Some(Restriction { until: None })),
        limit("w", 5),
        Fact::Limit { account: "w".into(), limit: Limit::Unlimited },
    ];
    for fact in facts {
        let kept = serde_json::to_string(&fact).unwrap();
        assert_eq!(serde_json::from_str::<Fact>(&kept).unwrap(), fact, "{kept}");
    }
}
