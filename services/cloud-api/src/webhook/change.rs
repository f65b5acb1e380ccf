//! One change: which lists of its value are read, and what all items of a value share (channel and
//! contacts). What a single item says is read in `messages`, `calls`, `echoes`, `statuses` and
//! `preferences`; what a change says as a whole, in `business`.

use super::contacts::{Contacts, IdKeys, Person};
use super::item::{Channel, Content};
use super::skip::Skip;
use super::{business, calls, echoes, messages, preferences, statuses};
use crate::lenient::{Malformed, Node};

/// The fields that are about the business and of which nothing is read.
const UNREAD_POLICY_FIELDS: &[&str] = &[
    "account_alerts",
    "account_review_update",
    "message_template_components_update",
    "phone_number_name_update",
    "template_correct_category_detection",
];

/// A list of a value, and what reads one of its items.
type List = (&'static str, ReadItem);
type ReadItem = fn(&Change<'_>, &Node<'_>) -> Result<Content, Malformed>;

const MESSAGES: List = ("messages", messages::read);
const CALLS: List = ("calls", calls::read);
const ECHOES: List = ("message_echoes", echoes::read);
const PREFERENCES: List = ("user_preferences", preferences::read);
const STATUSES: List = ("statuses", |change, status| {
    Ok(statuses::read(change, status).unwrap_or_else(|bad| Skip::Status(Some(bad)).into()))
});
/// How a call of the business rings says nothing of a message.
const CALL_STATUSES: List = ("statuses", |_, _| Ok(Skip::Status(None).into()));

/// The value of a change whose items are read one by one.
pub(super) struct Change<'a> {
    value: Node<'a>,
    contacts: Contacts,
}

impl<'a> Change<'a> {
    /// Everything that a change holds, each with its path: item by item where its field is about
    /// conversations, as a whole where it is not.
    pub(super) fn read(change: &Node<'a>) -> Result<Vec<(String, Content)>, Malformed> {
        let lists: &[List] = match change.object()?.required_text("field")? {
            "messages" => &[MESSAGES, STATUSES],
            "calls" => &[CALLS, CALL_STATUSES],
            "smb_message_echoes" => &[ECHOES],
            "user_preferences" => return Ok(Self::read_preferences(change)),
            other => {
                let content = match business::reader(other) {
                    Some(read) => {
                        read(&change.child("value")).map_or_else(of_policy, Content::News)
                    }
                    None => skip_field(other).into(),
                };
                return Ok(vec![(change.path().to_owned(), content)]);
            }
        };
        Self::read_lists(change, lists)
    }

    fn read_lists(change: &Node<'a>, lists: &[List]) -> Result<Vec<(String, Content)>, Malformed> {
        let value = change.child("value");
        let contacts = Contacts::read(value.object()?);
        Ok(Self { value, contacts }.items(lists))
    }

    /// The items of a field that is the policy's alone, whatever they look like.
    fn read_preferences(change: &Node<'a>) -> Vec<(String, Content)> {
        let items = Self::read_lists(change, &[PREFERENCES])
            .unwrap_or_else(|malformed| vec![(change.path().to_owned(), malformed.into())]);
        let of_policy = |content| match content {
            Content::Skipped(Skip::Malformed(malformed)) => of_policy(malformed),
            Content::Skipped(_) => Skip::PolicyField(None).into(),
            told => told,
        };
        items.into_iter().map(|(path, content)| (path, of_policy(content))).collect()
    }

    /// The business number that this change came by.
    pub(super) fn channel(&self) -> Result<Channel, Malformed> {
        let metadata = self.value.child("metadata");
        Ok(Channel {
            phone_number_id: metadata.required_id("phone_number_id")?,
            display_phone_number: metadata.id("display_phone_number"),
        })
    }

    /// The person whom `item` names under `keys`, with what the change's contacts add.
    pub(super) fn person(&self, item: &Node<'_>, keys: IdKeys) -> Result<Person, Malformed> {
        self.contacts.complete(item, keys)
    }

    fn items(&self, lists: &[List]) -> Vec<(String, Content)> {
        let mut items = Vec::new();
        for (key, read) in lists {
            let list = self.value.child(key);
            if list.is_absent() {
                continue;
            }
            match list.elements() {
                Ok(elements) => items.extend(elements.map(|item| {
                    let content = item.object().and_then(|item| read(self, item));
                    (item.path().to_owned(), content.unwrap_or_else(Into::into))
                })),
                Err(malformed) => items.push((list.path().to_owned(), malformed.into())),
            }
        }
        if items.is_empty() {
            items.push(self.nothing_to_read());
        }
        items
    }

    fn nothing_to_read(&self) -> (String, Content) {
        let errors = self.value.child("errors");
        if errors.is_absent() {
            (self.value.path().to_owned(), Skip::Empty.into())
        } else {
            (errors.path().to_owned(), Skip::Errors.into())
        }
    }
}

fn of_policy(malformed: Malformed) -> Content {
    Skip::PolicyField(Some(malformed)).into()
}

fn skip_field(field: &str) -> Skip {
    match field {
        "history" | "smb_app_state_sync" => Skip::History,
        field if UNREAD_POLICY_FIELDS.contains(&field) => Skip::PolicyField(None),
        _ => Skip::UnknownField,
    }
}
