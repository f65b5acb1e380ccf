//! Whose ids are, as a table: who is known, which ids come together, and what follows.

use std::collections::BTreeSet;

use azeer_domain::{ChannelId, ConversationId, Time};
use uuid::Uuid;

use super::*;
use crate::apply::{Key, begin};
use crate::channel::Channel;
use crate::command::{Command, Inbound, InboundKind};

fn id(text: &str) -> ContactId {
    ContactId::parse(text).unwrap()
}

/// Conversations `1`, `2` and so on, the first the oldest, each by its contact's ids.
fn known(persons: &[&str]) -> Vec<Conversation> {
    let conversation = |(number, ids): (u128, &&str)| {
        let mut ids = ids.split(' ').map(id);
        let key = Key {
            id: ConversationId(Uuid::from_u128(number)),
            channel_id: ChannelId::parse("1065").unwrap(),
            contact_id: ids.next().unwrap(),
            aliases: ids.collect::<BTreeSet<_>>(),
        };
        let at: Time = "2026-03-01T12:00:00Z".parse().unwrap();
        let now = at + chrono::TimeDelta::minutes(i64::try_from(number).unwrap());
        let kind = InboundKind::Message;
        let said = Inbound { occurred_at: at, kind, text: None, contact_name: None };
        begin(&key, &Command::Inbound(said), &Channel::default(), now).unwrap().conversation
    };
    (1..).zip(persons).map(conversation).collect()
}

/// `conversations of the person | id<conversation that it is taken from`, in short.
fn told(persons: &[&str], ids: &str) -> String {
    let known = known(persons);
    let ids: Vec<ContactId> = ids.split(' ').map(id).collect();
    let owner_of = |id: &ContactId| known.iter().find(|c| c.contact_ids().any(|i| i == id));
    let link = link(&ids, owner_of);
    let number = |c: &Conversation| c.id.0.as_u128();
    let mine: Vec<String> = link.conversations.iter().map(|c| number(c).to_string()).collect();
    let taken: Vec<String> =
        link.taken.iter().map(|(id, from)| format!("{id}<{}", number(from))).collect();
    format!("{} | {}", mine.join(" "), taken.join(" ")).trim().to_owned()
}

#[test]
fn whose_ids_are() {
    let cases: &[(&str, &[&str], &str, &str)] = &[
        ("nobody knows them", &[], "100 SA.1", "|"),
        ("one id, known", &["100"], "100", "1 |"),
        ("a number's user id is told", &["100"], "100 SA.1", "1 |"),
        ("a user id's number is told", &["SA.1"], "100 SA.1", "1 |"),
        ("both known together", &["100 SA.1"], "100 SA.1", "1 |"),
        ("an alias alone", &["100 SA.1"], "SA.1", "1 |"),
        ("each had a conversation", &["100", "SA.1"], "100 SA.1", "1 2 |"),
        ("the same, the user id's is older", &["SA.1", "100"], "100 SA.1", "1 2 |"),
        ("a recycled number, its new owner unknown", &["100 SA.1"], "100 SA.2", "| 100<1"),
        ("a recycled number, its new owner known", &["100 SA.1", "SA.2"], "100 SA.2", "2 | 100<1"),
        (
            "a recycled number and an own one",
            &["100 SA.1", "200 SA.2"],
            "100 200 SA.2",
            "2 | 100<1",
        ),
        ("a new number, unknown", &["100 SA.1"], "100 200", "1 |"),
        ("a new number that had its own conversation", &["100 SA.1", "200"], "100 200", "1 2 |"),
        (
            "a new number that was somebody else's",
            &["100 SA.1", "200 SA.2"],
            "100 200",
            "1 | 200<2",
        ),
        ("the number named first tells who", &["100 SA.1", "200 SA.2"], "200 100", "2 | 100<1"),
        ("of an unknown old number", &["200 SA.2"], "100 200", "1 |"),
        ("a new user id of a number", &["100 SA.1"], "SA.1 SA.9 100", "1 |"),
        ("a new user id that had a conversation", &["100 SA.1", "SA.9"], "100 SA.1 SA.9", "1 2 |"),
        ("three conversations of one", &["100", "200", "SA.1"], "100 200 SA.1", "1 2 3 |"),
        ("two numbers of one other person", &["100 200 SA.1"], "100 200 SA.2", "| 100<1 200<1"),
        ("nobody with a user id", &["100", "200"], "100 200", "1 2 |"),
        ("one of them has", &["100", "200 SA.2", "300 SA.3"], "100 200 300", "1 2 | 300<3"),
    ];
    for (name, persons, ids, expected) in cases {
        assert_eq!(told(persons, ids), *expected, "{name}");
    }
}

#[test]
fn the_last_id_stays() {
    let [mut both, mut number, mut numbers] =
        known(&["100 SA.1 300", "100", "200 100 300"]).try_into().unwrap();
    assert!(both.remove_contact_id(&id("100")));
    assert_eq!((both.contact_id, both.aliases), (id("SA.1"), BTreeSet::from([id("300")])));
    assert!(!number.remove_contact_id(&id("100")) && !number.remove_contact_id(&id("200")));
    assert_eq!(number.contact_id, id("100"));
    assert!(numbers.remove_contact_id(&id("300")) && numbers.remove_contact_id(&id("200")));
    assert_eq!((numbers.contact_id, numbers.aliases.len()), (id("100"), 0));
}
