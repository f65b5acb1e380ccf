//! The fields of the RPCs that erase contacts.

use azeer_proto::conversation::v1::{self as conversation, ContactRef};
use azeer_proto::policy::v1 as policy;
use azeer_tests::ops;

use super::rows::{Rows, Table};
use super::values::{self, Named};

/// Whom nobody knows: other rows rest on those who are known.
const NOBODY: &str = "nobody";

/// The table of conversation-state.
pub(super) fn of_conversations() -> Table {
    let (bad, good) = contacts();
    Rows::of(conversation::EraseContactRequest {
        tenant_id: ops::TENANT.into(),
        contact: ops::contact_ref(NOBODY),
        ..Default::default()
    })
    .name("tenant_id", |r, v| r.tenant_id = v)
    .row(bad, &good, |r, v| r.contact = v)
    .uuid_or_empty("request_id", |r, v| r.request_id = v)
    .table()
}

/// The table of messaging-policy.
pub(super) fn of_policy() -> Table {
    let (bad, good) = contacts();
    Rows::of(policy::EraseContactRequest {
        tenant_id: ops::TENANT.into(),
        contact: ops::contact_ref(NOBODY),
        ..Default::default()
    })
    .name("tenant_id", |r, v| r.tenant_id = v)
    .row(bad, &good, |r, v| r.contact = v)
    .uuid_or_empty("request_id", |r, v| r.request_id = v)
    .table()
}

fn contacts() -> (Named<Option<ContactRef>>, Vec<Option<ContactRef>>) {
    let contact = |channel: &str, contact: &str| {
        Some(ContactRef { channel_id: channel.into(), contact_id: contact.into() })
    };
    let (channels, ids) = (values::names(), values::printable(128));
    let (channel_id, contact_id) =
        ("contact.channel_id".to_owned(), "contact.contact_id".to_owned());
    let mut bad = vec![(None, vec!["contact".to_owned()])];
    let bad_channels = channels.bad.iter().map(|bad| contact(bad, NOBODY));
    bad.extend(bad_channels.map(|bad| (bad, vec![channel_id.clone()])));
    let bad_ids = ids.bad.iter().map(|bad| contact(ops::CHANNEL, bad));
    bad.extend(bad_ids.map(|bad| (bad, vec![contact_id.clone()])));
    bad.push((contact("", ""), vec![channel_id, contact_id]));
    let good_channels = channels.good.iter().map(|good| contact(good, NOBODY));
    let good_ids = ids.good.iter().map(|good| contact("nowhere", good));
    (bad, good_channels.chain(good_ids).collect())
}
