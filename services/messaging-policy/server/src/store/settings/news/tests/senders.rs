//! What is told of numbers, accounts and limits.

use super::*;

#[test]
fn a_number_that_is_no_longer_flagged_is_not_known_to_be_bad() {
    use messaging_policy_core::facts::Quality::{Green, Red, Unknown, Yellow};
    let rows = [
        (Some(Red), Some(Unknown), Unknown),
        (Some(Yellow), Some(Unknown), Yellow),
        (Some(Green), Some(Unknown), Green),
        (Some(Green), Some(Red), Red),
        (Some(Red), None, Red),
        (None, None, Unknown),
    ];
    for (before, told, after) in rows {
        let mut world = World::new();
        for (second, quality) in [(0, before), (1, told)] {
            let status = Some(SenderStatus::Connected);
            let fact = Fact::NumberRated { channel: channel("n"), quality, status };
            assert_eq!(world.learn_one(at(second), fact), Learned::Applied);
        }
        let facts = world.sender("n").facts;
        assert_eq!((facts.quality, facts.status), (after, SenderStatus::Connected));
    }
}

#[test]
fn what_has_no_end_is_only_lifted() {
    let [halt, soon, later] = [None, at(60), at(90)].map(|until| Some(Restriction { until }));
    let (none, halt, soon, later) = (&None, &halt, &soon, &later);
    let rows = [
        (none, soon, soon),
        (soon, later, later),
        (later, soon, soon),
        (soon, halt, halt),
        (halt, soon, halt),
        (halt, none, none),
        (soon, none, none),
    ];
    for (before, told, after) in rows {
        let mut world = World::new();
        world.learn_one(at(0), number("n", "w"));
        world.learn_one(at(0), restricted("w", before.clone()));
        assert_eq!(world.learn_one(at(1), restricted("w", told.clone())), Learned::Applied);
        let known = world.sender("n").account_restriction;
        assert_eq!(known.map(|(restriction, _)| restriction), *after, "{before:?} {told:?}");
    }
}

#[test]
fn a_limit_is_the_portfolios_of_whichever_account_it_is_told() {
    let portfolio = |account: &str, portfolio: &str| Fact::Portfolio {
        account: account.into(),
        portfolio: portfolio.into(),
    };
    let mut world = World::new();
    let facts = ["v", "w"].map(|account| (at(0), number(account, account)));
    world.learn(&facts);
    world.learn_one(at(10), limit("v", 250));
    let limits = |world: &World| ["v", "w"].map(|id| world.sender(id).limit);
    assert_eq!(limits(&world), [Limit::Contacts(250); 2], "nobody knows their portfolios");
    assert_eq!(world.learn_one(at(9), limit("w", 2_000)), Learned::Stale);

    world.learn_one(at(11), portfolio("v", "p"));
    assert_eq!(limits(&world), [Limit::Contacts(250); 2], "it comes along");
    assert_eq!(world.learn_one(at(9), limit("w", 2_000)), Learned::Applied, "another portfolio");
    assert_eq!(limits(&world), [250, 2_000].map(Limit::Contacts));
    assert_eq!(world.learn_one(at(10), limit("v", 250)), Learned::Duplicate);

    world.learn_one(at(11), portfolio("w", "p"));
    assert_eq!(limits(&world), [Limit::Contacts(250); 2]);
    assert_eq!(world.learn_one(at(9), limit("w", 7)), Learned::Stale);
    assert_eq!(world.learn_one(at(12), limit("w", 10_000)), Learned::Applied);
    assert_eq!(limits(&world), [Limit::Contacts(10_000); 2]);
    assert_eq!(world.learn_one(at(11), limit("v", 250)), Learned::Stale);
}

#[test]
fn a_number_moves_with_what_is_told_of_it() {
    let mut world = World::new();
    let mut told = |second, account: &str, display: &str| {
        let (account, display) = (account.to_owned(), display.to_owned());
        let fact = Fact::Number { channel: channel("n"), account, display };
        let learned = world.learn_one(at(second), fact);
        let KnownSender { waba_id, display_phone_number, version, .. } = world.sender("n");
        (learned, format!("{waba_id} {display_phone_number} {version}"))
    };
    assert_eq!(told(5, "w", ""), (Learned::Applied, "w  1".into()));
    assert_eq!(told(6, "", "+1"), (Learned::Applied, "w +1 2".into()));
    assert_eq!(told(7, "w", "+1"), (Learned::Applied, "w +1 2".into()));
    assert_eq!(told(6, "v", "+2"), (Learned::Stale, "w +1 2".into()));
    assert_eq!(told(8, "v", "+2"), (Learned::Applied, "v +2 3".into()));
}
