use chrono::TimeDelta;
use messaging_policy_core::facts::Quality;

use super::*;

#[test]
fn a_limit_and_its_absence_end_each_other() {
    use Limit::{Contacts, Unknown, Unlimited};
    let rows = [
        (Unknown, None, None, Unknown),
        (Contacts(5), None, None, Contacts(5)),
        (Unlimited, None, None, Unlimited),
        (Unlimited, Some(5), None, Contacts(5)),
        (Unlimited, Some(0), None, Unlimited),
        (Contacts(5), Some(7), None, Contacts(7)),
        (Contacts(5), Some(0), None, Unknown),
        (Contacts(5), None, Some(true), Unlimited),
        (Contacts(5), None, Some(false), Contacts(5)),
        (Unlimited, None, Some(false), Unknown),
        (Unlimited, Some(0), Some(false), Unknown),
        (Contacts(5), Some(0), Some(true), Unlimited),
        (Unlimited, Some(5), Some(false), Contacts(5)),
    ];
    for (before, limit, unlimited, after) in rows {
        assert_eq!(before.changed(limit, unlimited), after, "{before:?} {limit:?} {unlimited:?}");
    }
}

fn channel(id: &str) -> ChannelId {
    ChannelId::parse(id).unwrap()
}

fn of_account(account: &str, portfolio: Option<&str>, limit: Option<i64>) -> SenderChange {
    let portfolio_id = portfolio.map(str::to_owned);
    SenderChange { waba_id: Some(account.to_owned()), portfolio_id, limit, ..Default::default() }
}

#[test]
fn what_belongs_to_a_portfolio_changes_for_all_its_numbers() {
    let now = Time::UNIX_EPOCH;
    let mut senders = Senders::default();
    let mut change = |id: &str, change: &SenderChange| {
        let changed = senders.change(&channel(id), change, now).unwrap();
        let mut ids: Vec<_> = changed.numbers.iter().map(|(id, _)| id.to_string()).collect();
        ids.sort();
        (ids.join(" "), senders.known(&channel("a")))
    };
    let (changed, _) = change("a", &of_account("w", Some("p"), Some(7)));
    assert_eq!(changed, "a");
    let (changed, _) = change("b", &of_account("w", None, None));
    assert_eq!(changed, "b", "it joins the account");
    let (changed, _) = change("c", &of_account("v", Some("p"), None));
    assert_eq!(changed, "c", "another account of the portfolio");
    let (changed, a) = change("c", &SenderChange { limit: Some(9), ..Default::default() });
    assert_eq!((changed.as_str(), a.limit, a.version), ("a b c", Limit::Contacts(9), 2));
    let (changed, a) = change("b", &of_account("w", Some(""), None));
    assert_eq!((changed.as_str(), a.portfolio_id.as_str(), a.limit), ("a b", "", Limit::Unknown));
    let (changed, _) = change("b", &of_account("w", Some(""), Some(0)));
    assert_eq!(changed, "", "nothing changed");
}

#[test]
fn a_portfolio_needs_an_account() {
    let mut senders = Senders::default();
    let change = SenderChange { portfolio_id: Some("p".into()), ..Default::default() };
    assert_eq!(senders.change(&channel("a"), &change, Time::UNIX_EPOCH), Err(NoAccount));
    senders.change(&channel("a"), &of_account("w", None, None), Time::UNIX_EPOCH).unwrap();
    senders.change(&channel("a"), &change, Time::UNIX_EPOCH).unwrap();
    assert_eq!(senders.portfolio_of(&channel("a")), "p");
}

fn until(seconds: i64) -> Restriction {
    Restriction { until: Some(Time::UNIX_EPOCH + TimeDelta::seconds(seconds)) }
}

#[test]
fn both_restrictions_must_end() {
    let halt = Restriction { until: None };
    let rows = [
        (None, None, None),
        (Some(until(5)), None, Some(until(5))),
        (None, Some(until(5)), Some(until(5))),
        (Some(until(5)), Some(until(7)), Some(until(7))),
        (Some(until(7)), Some(until(5)), Some(until(7))),
        (Some(until(7)), Some(halt.clone()), Some(halt.clone())),
        (Some(halt.clone()), Some(until(7)), Some(halt)),
    ];
    let set = |restriction: Option<Restriction>| Some(restriction.map(|it| (it, String::new())));
    for (own, of_account, both) in rows {
        let change = SenderChange {
            restriction: set(own.clone()),
            account_restriction: set(of_account.clone()),
            quality: Some(Quality::Green),
            ..of_account_only("w")
        };
        let mut senders = Senders::default();
        senders.change(&channel("a"), &change, Time::UNIX_EPOCH).unwrap();
        let facts = senders.facts(&channel("a"), Some("w"));
        assert_eq!((facts.restriction, facts.quality), (both, Quality::Green));
        let known = senders.known(&channel("a"));
        assert_eq!(known.facts.restriction, own, "each is told apart");
        assert_eq!(known.account_restriction.map(|(restriction, _)| restriction), of_account);
        // Another number of the account.
        assert_eq!(senders.facts(&channel("b"), Some("w")).restriction, of_account);
        assert_eq!(senders.facts(&channel("b"), None).restriction, None);
    }
}

fn of_account_only(account: &str) -> SenderChange {
    of_account(account, None, None)
}

#[test]
fn a_restriction_of_an_account_is_of_all_its_numbers() {
    let mut senders = Senders::default();
    let now = Time::UNIX_EPOCH;
    let halted = Some(Some((Restriction { until: None }, "spam".to_owned())));
    let halt = SenderChange { account_restriction: halted, ..Default::default() };
    assert_eq!(senders.change(&channel("a"), &halt, now), Err(NoAccount));
    for id in ["a", "b"] {
        senders.change(&channel(id), &of_account_only("w"), now).unwrap();
    }
    senders.change(&channel("c"), &of_account_only("v"), now).unwrap();
    let changed = senders.change(&channel("a"), &halt, now).unwrap();
    let mut numbers: Vec<_> = changed.numbers.iter().map(|(id, _)| id.as_str()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, ["a", "b"]);
    assert_eq!(changed.accounts.len(), 1);
    assert!(senders.change(&channel("b"), &halt, now).unwrap().is_empty());
    let lift = SenderChange { account_restriction: Some(None), ..Default::default() };
    assert_eq!(senders.change(&channel("b"), &lift, now).unwrap().numbers.len(), 2);
    assert!(senders.change(&channel("new"), &lift, now).unwrap().numbers.is_empty());
}

#[test]
fn what_was_told_before_the_portfolio_was_known_is_its_limit() {
    let now = Time::UNIX_EPOCH;
    let mut senders = Senders::default();
    let limited = |senders: &mut Senders, account, portfolio, limit| {
        let change = of_account(account, portfolio, limit);
        senders.change(&channel(account), &change, now).unwrap();
        senders.known(&channel(account)).limit
    };
    assert_eq!(limited(&mut senders, "v", None, Some(250)), Limit::Contacts(250));
    assert_eq!(limited(&mut senders, "w", Some("p"), None), Limit::Contacts(250));
    assert_eq!(limited(&mut senders, "v", None, Some(900)), Limit::Contacts(900));
    assert_eq!(limited(&mut senders, "x", Some("p"), None), Limit::Contacts(250), "it has one");
    assert_eq!(limited(&mut senders, "y", Some("q"), Some(7)), Limit::Contacts(7));
}

#[test]
fn a_number_is_found_by_its_digits_or_as_the_only_one() {
    let now = Time::UNIX_EPOCH;
    let mut senders = Senders::default();
    for (id, account, display) in
        [("a", "w", "+966 11 555 0100"), ("b", "w", "+966 11 555 0101"), ("c", "v", "")]
    {
        let display_phone_number = Some(display.to_owned());
        let change = SenderChange { display_phone_number, ..of_account_only(account) };
        senders.change(&channel(id), &change, now).unwrap();
    }
    let display_phone_number = Some("+1 555 0100".to_owned());
    let change = SenderChange { display_phone_number, ..of_account_only("u") };
    senders.change(&channel("d"), &change, now).unwrap();
    let rows = [
        ("966115550101", "", Some("b")),
        ("+966 (11) 5550101", "v", Some("b")),
        ("966115550102", "w", None),
        ("966115550102", "v", Some("c")),
        ("", "v", Some("c")),
        ("", "w", None),
        ("", "u", Some("d")),
        ("15550101", "u", None),
        ("15550100", "u", Some("d")),
        ("", "", None),
        ("+", "elsewhere", None),
    ];
    for (display, account, expected) in rows {
        let found = senders.number_of(display, account).map(ChannelId::as_str);
        assert_eq!(found, expected, "{display} of {account}");
    }
    let known = |account, display| senders.is_known(&channel("a"), account, display);
    assert!(known("w", "966 115550100") && known("", "") && known("w", ""));
    assert!(!known("v", "") && !known("w", "966115550101"));
    assert!(!senders.is_known(&channel("new"), "", ""));
}
