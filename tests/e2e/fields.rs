//! A wrong value in each field of each RPC is refused by the field's name and changes nothing.
//!
//! The table is in the modules below: [`writes`], [`commands`], [`reads`], [`channels`] and, of
//! messaging-policy, [`policy`], [`policy_change`], [`listings`], [`news`], [`outcomes`], [`sends`] and
//! [`replay`] hold a row for each field, [`values`] what fields of each kind may hold.

mod channels;
mod commands;
mod erasure;
mod listings;
mod news;
mod outcomes;
mod policy;
mod policy_change;
mod reads;
mod replay;
mod rows;
mod sends;
mod values;
mod writes;

use std::collections::{BTreeMap, BTreeSet};

use azeer_proto::conversation::v1 as pb;
use azeer_tests::ops;
use prost_types::DescriptorProto;
use tonic::Code;
use tonic::transport::Channel;
use uuid::Uuid;

use crate::support::{self, Call, DESCRIPTORS, Dump, at_noon, noon};
use rows::Table;

/// The table of conversation-state, about an open conversation and a closed one.
fn tables(open: &str, closed: &str) -> Vec<Table> {
    let mut tables = reads::tables(open);
    tables.extend(writes::tables(open));
    tables.extend(commands::tables(open, closed));
    tables.extend(channels::tables());
    tables.push(erasure::of_conversations());
    tables
}

/// A call of each RPC that is good as it is.
pub(crate) fn good_calls(open: &str, closed: &str) -> Vec<Call> {
    tables(open, closed).into_iter().map(|table| table.as_it_is).collect()
}

#[tokio::test]
async fn wrong_values_are_named_and_change_nothing() {
    let (service, dump) = at_noon().await;
    let channel = &service.clients.channel;
    let mut ids = Vec::new();
    for contact in ["ali", "noor"] {
        let said = ops::inbound(contact, contact, noon());
        ids.push(support::write(channel, said).await.unwrap().0.conversation_id);
    }
    support::write(channel, ops::close(&ids[1])).await.unwrap();
    let bot_on = support::bot_enabled(true);
    service.clients.channels.clone().upsert_channel(bot_on).await.unwrap();

    check(tables(&ids[0], &ids[1]), channel, &dump, "conversation.azeer").await;
}

/// Makes all calls of a table, to a service with this domain of errors.
async fn check(tables: Vec<Table>, channel: &Channel, dump: &Dump, domain: &str) {
    let mut wrong = Vec::new();
    for table in tables {
        let mut before = dump.rows().await;
        for bad in &table.bad {
            let row = format!("{} {:?} {}", table.rpc, bad.names, bad.value);
            let Err(status) = bad.call.make(channel).await else {
                wrong.push(format!("{row}: taken"));
                continue;
            };
            let names: BTreeSet<_> = bad.names.iter().cloned().collect();
            let refused = (Code::InvalidArgument, "INVALID_FIELD".to_owned());
            let told = support::told_by(domain, &status);
            if told != refused || support::bad_fields(&status) != names {
                wrong.push(format!("{row}: {status:?} {:?}", support::bad_fields(&status)));
            }
            let after = dump.rows().await;
            if after != before {
                wrong.push(format!("{row}: changed something"));
                before = after;
            }
        }
        if let Err(status) = table.as_it_is.make(channel).await {
            wrong.push(format!("{} as it is: {status:?}", table.rpc));
        }
        for (value, call) in &table.good {
            let refused = call.make(channel).await.err();
            // Rows share one request id: what it is used for a second time is another matter.
            let refused = refused.filter(|status| {
                let (code, reason) = support::told_by(domain, status);
                code == Code::InvalidArgument && reason != "REQUEST_ID_REUSED"
            });
            if let Some(status) = refused {
                wrong.push(format!("{} {value}: {status:?}", table.rpc));
            }
        }
    }
    assert!(wrong.is_empty(), "{} rows:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test]
async fn every_field_is_in_the_table() {
    let id = Uuid::nil().to_string();
    let mut known = BTreeMap::<(String, String), BTreeSet<String>>::new();
    let of_policy = policy::tables().into_iter().chain(sends::tables(&id));
    let of_policy = of_policy.chain(outcomes::tables(&id)).chain(replay::tables());
    let of_policy = of_policy.chain([erasure::of_policy()]);
    for table in tables(&id, &id).into_iter().chain(of_policy) {
        let fields = known.entry((table.service, table.rpc)).or_default();
        fields.extend(table.free.into_iter().map(|(field, _)| field));
        for name in table.bad.into_iter().flat_map(|bad| bad.names) {
            fields.insert(without_places(&name));
        }
    }
    let files = || DESCRIPTORS.file.iter().filter(|file| file.package().starts_with("azeer."));
    let mut messages = BTreeMap::new();
    for file in files() {
        for message in &file.message_type {
            let name = format!(".{}.{}", file.package(), message.name());
            let entries = message.nested_type.iter();
            messages.extend(entries.map(|entry| (format!("{name}.{}", entry.name()), entry)));
            messages.insert(name, message);
        }
    }
    let services = files().flat_map(|file| {
        let name = |name| format!("{}.{name}", file.package());
        file.service.iter().map(move |service| (name(service.name()), service))
    });
    let methods = services.flat_map(|(name, service)| {
        service.method.iter().map(move |method| (name.clone(), method))
    });
    for (name, method) in methods {
        let known = known.remove(&(name, method.name().to_owned())).unwrap_or_default();
        let fields = paths(&messages, messages[method.input_type()], "");
        let missing: Vec<_> = fields.difference(&known).collect();
        assert!(missing.is_empty(), "{}: no row for {missing:?}", method.name());
        // A row may also name a message as a whole: one that must be set.
        let gone: Vec<_> = known
            .difference(&fields)
            .filter(|path| !fields.iter().any(|field| field.starts_with(&format!("{path}."))))
            .collect();
        assert!(gone.is_empty(), "{}: there is no {gone:?}", method.name());
    }
    assert!(known.is_empty(), "there is no RPC {known:?}");
}

/// A path without places in lists and maps: `rules.id` of `rules[2].id`.
fn without_places(path: &str) -> String {
    let mut parts = path.split('[');
    let first = parts.next().unwrap_or_default().to_owned();
    first + &parts.filter_map(|part| Some(part.split_once(']')?.1)).collect::<String>()
}

/// The paths of all fields of a message that hold no message of ours; of maps, those of their values.
fn paths(
    messages: &BTreeMap<String, &DescriptorProto>,
    of: &DescriptorProto,
    prefix: &str,
) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for field in &of.field {
        let path = format!("{prefix}{}", field.name());
        let message = messages.get(field.type_name()).map(|message| {
            let is_entry =
                message.options.as_ref().is_some_and(prost_types::MessageOptions::map_entry);
            if is_entry { messages.get(message.field[1].type_name()) } else { Some(message) }
        });
        match message.flatten() {
            Some(message) => found.extend(paths(messages, message, &format!("{path}."))),
            None => {
                found.insert(path);
            }
        }
    }
    found
}

#[tokio::test]
async fn a_page_token_is_of_no_use_with_other_arguments() {
    let (service, _) = at_noon().await;
    let (channel, mut client) = (&service.clients.channel, service.clients.conversations.clone());
    let mut ids = Vec::new();
    for contact in ["ali", "noor"] {
        for message in ["1", "2"] {
            let said = ops::inbound(contact, &format!("{contact}{message}"), noon());
            ids.push(support::write(channel, said).await.unwrap().0.conversation_id);
        }
    }
    let first = pb::ListConversationsRequest { page_size: 1, ..ops::list(pb::Tab::Open) };
    let token = client.list_conversations(first.clone()).await.unwrap().into_inner();
    let next = pb::ListConversationsRequest { page_token: token.next_page_token, ..first };
    let filter = pb::ConversationFilter { awaiting_reply_only: true, ..Default::default() };
    let by_channel =
        pb::ConversationFilter { channel_ids: vec![ops::CHANNEL.into()], ..Default::default() };
    let others = [
        pb::ListConversationsRequest { tenant_id: "other".into(), ..next.clone() },
        pb::ListConversationsRequest { tab: pb::Tab::All.into(), ..next.clone() },
        pb::ListConversationsRequest { order_by: 2, ..next.clone() },
        pb::ListConversationsRequest { filter: Some(filter), ..next.clone() },
        pb::ListConversationsRequest { filter: Some(by_channel), ..next.clone() },
    ];
    for other in others {
        let status = client.list_conversations(other).await.unwrap_err();
        assert_refuses_token(&status);
    }
    let same = pb::ListConversationsRequest { page_size: 9, language_code: "ar".into(), ..next };
    let token = same.page_token.clone();
    client.list_conversations(same).await.unwrap();

    let first = pb::ListConversationEventsRequest { page_size: 1, ..ops::events(&ids[0]) };
    let page = client.list_conversation_events(first.clone()).await.unwrap().into_inner();
    let next = pb::ListConversationEventsRequest { page_token: page.next_page_token, ..first };
    let others = [
        pb::ListConversationEventsRequest { tenant_id: "other".into(), ..next.clone() },
        pb::ListConversationEventsRequest { conversation_id: ids[2].clone(), ..next.clone() },
        pb::ListConversationEventsRequest { page_token: token, ..next.clone() },
    ];
    for other in others {
        assert_refuses_token(&client.list_conversation_events(other).await.unwrap_err());
    }
    let same = pb::ListConversationEventsRequest { page_size: 9, ..next.clone() };
    client.list_conversation_events(same).await.unwrap();

    let mut client = service.clients.channels.clone();
    for id in ["a", "b"] {
        let channel = Some(pb::Channel { channel_id: id.into(), ..Default::default() });
        let request = pb::UpsertChannelRequest { channel, ..support::bot_enabled(false) };
        client.upsert_channel(request).await.unwrap();
    }
    let tenant_id = ops::TENANT.into();
    let first = pb::ListChannelsRequest { tenant_id, page_size: 1, ..Default::default() };
    let page = client.list_channels(first.clone()).await.unwrap().into_inner();
    let after = pb::ListChannelsRequest { page_token: page.next_page_token, ..first.clone() };
    client.list_channels(after.clone()).await.unwrap();
    let others = [
        pb::ListChannelsRequest { tenant_id: "other".into(), ..after },
        pb::ListChannelsRequest { page_token: next.page_token, ..first },
    ];
    for other in others {
        assert_refuses_token(&client.list_channels(other).await.unwrap_err());
    }
}

#[track_caller]
fn assert_refuses_token(status: &tonic::Status) {
    assert_eq!(support::told(status).0, Code::InvalidArgument, "{status:?}");
    assert_eq!(support::bad_fields(status), BTreeSet::from(["page_token".to_owned()]));
}
