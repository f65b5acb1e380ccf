use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

/// Few ids, so that they meet often.
const IDS: [&str; 7] = ["SA.1", "SA.2", "SA.3", "9661", "9662", "9663", "9664"];

fn ids(named: &[&str]) -> Vec<ContactId> {
    named.iter().map(|id| ContactId::parse(id).unwrap()).collect()
}

/// All ids, by the main ids of their persons.
fn persons(people: &People) -> BTreeMap<ContactId, BTreeSet<ContactId>> {
    let mut persons: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for id in ids(&IDS) {
        persons.entry(people.main_of(&id).clone()).or_default().insert(id);
    }
    persons
}

/// Who is who after each of these came together.
fn after(meetings: &[&[&str]]) -> People {
    let mut people = People::default();
    for meeting in meetings {
        people.meet(&ids(meeting));
    }
    people
}

fn person(people: &People, id: &str) -> Vec<String> {
    let id = ids(&[id]).remove(0);
    let of_id = persons(people).remove(people.main_of(&id)).unwrap();
    of_id.iter().map(ToString::to_string).collect()
}

#[test]
fn a_number_moves_to_whom_it_comes_with() {
    let mut people = after(&[&["SA.1", "9661", "9662"]]);
    let met = people.meet(&ids(&["9661", "SA.2"]));
    assert_eq!(met.noted, ids(&["9661"]).into_iter().collect());
    let [number, former] = ids(&["9661", "SA.1"]).try_into().unwrap();
    assert_eq!(met.taken, [(number, former)].into());
    assert_eq!(person(&people, "SA.1"), ["9662", "SA.1"]);
    assert_eq!(person(&people, "SA.2"), ["9661", "SA.2"]);
    assert_eq!(people.meet(&ids(&["SA.2", "9661"])), Met::default(), "said again");
}

#[test]
fn numbers_of_whom_nothing_else_is_known_are_one_persons() {
    let people = after(&[&["9662", "9661"], &["9662", "SA.2"]]);
    assert_eq!(person(&people, "9661"), ["9661", "9662", "SA.2"]);
    let people = after(&[&["SA.1", "9661"], &["9661", "9662"], &["9663", "9662"]]);
    assert_eq!(person(&people, "9663"), ["9661", "9662", "9663", "SA.1"]);
}

#[test]
fn of_several_numbers_the_first_tells_who_is_meant() {
    let two: [&[&str]; 2] = [&["SA.1", "9661"], &["SA.2", "9662"]];
    let mut people = after(&two);
    let both = ids(&["9662", "9661"]);
    assert!(people.of_others(&both).eq(&ids(&["9661"])));
    people.meet(&both);
    assert_eq!(person(&people, "SA.2"), ["9661", "9662", "SA.2"]);
    assert_eq!(person(&people, "SA.1"), ["SA.1"]);
}

#[test]
fn user_ids_that_come_together_are_one_persons() {
    let people = after(&[&["SA.2", "9662"], &["SA.1", "9661"], &["SA.2", "SA.1"]]);
    assert_eq!(person(&people, "9662"), ["9661", "9662", "SA.1", "SA.2"]);
}

/// Which user ids ever came together, directly or by others.
fn meant(meetings: &[Vec<ContactId>]) -> BTreeSet<(ContactId, ContactId)> {
    let user_ids = || ids(&IDS).into_iter().filter(ContactId::is_user_id);
    let mut one: BTreeSet<_> = user_ids().map(|id| (id.clone(), id)).collect();
    for meeting in meetings {
        let named = || meeting.iter().filter(|id| id.is_user_id());
        one.extend(named().flat_map(|a| named().map(|b| (a.clone(), b.clone()))));
    }
    for middle in user_ids() {
        let into: Vec<_> = one.iter().filter(|(_, b)| *b == middle).cloned().collect();
        let from: Vec<_> = one.iter().filter(|(a, _)| *a == middle).cloned().collect();
        one.extend(into.iter().flat_map(|(a, _)| from.iter().map(|(_, b)| (a.clone(), b.clone()))));
    }
    one
}

proptest! {
    #[test]
    fn everybody_is_one_person_and_nobody_two(
        meetings in prop::collection::vec(prop::collection::vec(prop::sample::select(&IDS[..]), 1..4), 0..12),
    ) {
        let mut people = People::default();
        let meetings: Vec<_> = meetings.iter().map(|named| ids(named)).collect();
        for (n, meeting) in meetings.iter().enumerate() {
            let before = people.clone();
            let met = people.meet(meeting);
            let main = people.main_of(&meeting[0]).clone();
            prop_assert!(meeting.iter().all(|id| *people.main_of(id) == main), "they are together");
            for (number, former) in &met.taken {
                prop_assert_eq!(before.main_of(number), former);
                prop_assert!(!number.is_user_id() && former.is_user_id() && *former != main);
                prop_assert_eq!(people.main_of(former), former, "who stays without it");
            }
            for id in ids(&IDS) {
                let changed = before.main_of(&id) != people.main_of(&id);
                prop_assert_eq!(changed, met.noted.contains(&id), "{}", id);
            }
            let one = meant(&meetings[..=n]);
            for (main, of_main) in persons(&people) {
                let least = of_main.iter().min_by_key(|id| (!id.is_user_id(), *id));
                prop_assert_eq!(Some(&main), least, "one level deep");
                let user_ids = || of_main.iter().filter(|id| id.is_user_id());
                for (a, b) in user_ids().flat_map(|a| user_ids().map(move |b| (a, b))) {
                    prop_assert!(one.contains(&(a.clone(), b.clone())), "{} and {}", a, b);
                }
            }
        }
    }
}
