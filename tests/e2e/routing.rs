//! Keywords pass the bot's conversations to teams, from the words of RPCs and webhooks alike.

use azeer_proto::conversation::v1 as pb;
use azeer_tests::service::{Service, now};
use azeer_tests::{Clients, Database, Replica, ops};
use serde_json::json;

use crate::PROGRAM;
use crate::support::{at_noon, noon, upsert, write};

fn rule(id: &str, keywords: &[&str], team: &str) -> pb::RoutingRule {
    pb::RoutingRule {
        rule_id: id.into(),
        keywords: keywords.iter().map(|&keyword| keyword.into()).collect(),
        team_id: team.into(),
        ..Default::default()
    }
}

/// The bot's channel with the rules of a shop.
fn shop() -> pb::Channel {
    let phrase = pb::RoutingRule {
        r#match: pb::RoutingMatch::Phrase.into(),
        priority: -1,
        ..rule("vip", &["gold member"], "vip")
    };
    pb::Channel {
        bot_enabled: Some(true),
        routing_rules: vec![
            rule("support", &["الدعم الفني", "مشكلة", "support"], "support"),
            rule("sales", &["مبيعات", "sales"], "sales"),
            phrase,
        ],
        ..Default::default()
    }
}

async fn set_up(clients: &Clients, channel: pb::Channel) {
    clients.channels.clone().upsert_channel(upsert(channel)).await.unwrap();
}

fn team(conversation: &pb::Conversation) -> String {
    let handler = conversation.handler.clone().unwrap();
    let kind = handler.kind().as_str_name().strip_prefix("HANDLER_KIND_").unwrap();
    if handler.team_id.is_empty() { kind.to_owned() } else { handler.team_id }
}

fn says(contact: &str, text: &str) -> pb::RecordInboundMessageRequest {
    let message = format!("{contact}-{text}");
    pb::RecordInboundMessageRequest { text: text.into(), ..ops::inbound(contact, &message, noon()) }
}

#[tokio::test]
async fn words_reach_their_teams() {
    let (service, _) = at_noon().await;
    set_up(&service.clients, shop()).await;
    let cases = [
        ("للدعم الفني", "support"),
        ("ومشكله ثانية", "support"),
        ("المَبِيعَات", "sales"),
        ("SALES please", "sales"),
        ("sales for a Gold  Member!", "vip"),
        ("unsupported", "BOT"),
        ("salesman", "BOT"),
        ("", "BOT"),
    ];
    for (number, (text, expected)) in cases.into_iter().enumerate() {
        let contact = format!("first-{number}");
        let said =
            pb::RecordInboundMessageRequest { message_id: contact.clone(), ..says(&contact, text) };
        let (first, _) = write(&service.clients.channel, said).await.unwrap();
        assert_eq!(team(&first), expected, "{text:?}");
        // The same as a later message, from a webhook.
        let contact = format!("later-{number}");
        let hello = says(&contact, "hello");
        let (begun, _) = write(&service.clients.channel, hello).await.unwrap();
        assert_eq!(team(&begun), "BOT");
        ingest(&service, &contact, text).await;
        let got = service.clients.conversations.clone().get_conversation(ops::get(&contact)).await;
        assert_eq!(team(&got.unwrap().into_inner().conversation.unwrap()), expected, "{text:?}");
    }
}

async fn ingest(service: &Service, contact: &str, text: &str) {
    let message = json!({"from": contact, "id": format!("wamid.{contact}"), "type": "text",
        "timestamp": noon().timestamp().to_string(), "text": {"body": text}});
    let value = json!({"metadata": {"phone_number_id": ops::CHANNEL}, "messages": [message]});
    let body = json!({"entry": [{"changes": [{"field": "messages", "value": value}]}]});
    let body = body.to_string().into();
    let request = pb::IngestWebhookRequest { tenant_id: ops::TENANT.into(), body };
    service.clients.conversations.clone().ingest_webhook(request).await.unwrap();
}

#[tokio::test]
async fn the_log_tells_the_rule_but_never_the_words() {
    let (service, dump) = at_noon().await;
    set_up(&service.clients, shop()).await;
    let channel = &service.clients.channel;
    write(channel, says("ali", "hello")).await.unwrap();
    let (routed, _) = write(
        channel,
        pb::RecordInboundMessageRequest {
            message_id: "m2".into(),
            ..says("ali", "my secret, sales")
        },
    )
    .await
    .unwrap();
    assert!(routed.awaiting_reply);
    let request = ops::events(&routed.conversation_id);
    let mut client = service.clients.conversations.clone();
    let events = client.list_conversation_events(request).await.unwrap().into_inner().events;
    assert_eq!(events[1].r#type(), pb::ConversationEventType::HandedOff);
    assert_eq!(
        (events[1].routing_rule_id.as_str(), events[1].reason.as_str()),
        ("sales", "MESSAGE")
    );
    assert!(dump.rows().await.iter().all(|row| !row.contains("secret")));
}

#[tokio::test]
async fn rules_come_back_as_they_were_given() {
    let (service, _) = at_noon().await;
    let request = upsert(shop());
    let mut client = service.clients.channels.clone();
    let set = client.upsert_channel(request).await.unwrap().into_inner().channel.unwrap();
    let mut expected = shop().routing_rules;
    for rule in &mut expected {
        rule.enabled = Some(true);
        rule.r#match = rule.r#match.max(pb::RoutingMatch::Word.into());
    }
    assert_eq!(set.routing_rules, expected);
    let get =
        pb::GetChannelRequest { tenant_id: ops::TENANT.into(), channel_id: ops::CHANNEL.into() };
    let got = client.get_channel(get).await.unwrap().into_inner().channel.unwrap();
    assert_eq!(got, set);
    // What a request doesn't name stays; the mask removes all.
    let named = upsert(pb::Channel { display_name: Some("Shop".into()), ..Default::default() });
    let stays = client.upsert_channel(named).await.unwrap().into_inner().channel.unwrap();
    assert_eq!(stays.routing_rules, expected);
    let paths = vec!["routing_rules".to_owned()];
    let update_mask = Some(prost_types::FieldMask { paths });
    let none = pb::UpsertChannelRequest { update_mask, ..upsert(pb::Channel::default()) };
    let removed = client.upsert_channel(none).await.unwrap().into_inner().channel.unwrap();
    assert!(removed.routing_rules.is_empty());
}

#[tokio::test]
async fn a_changed_rule_holds_on_every_replica_at_once() {
    let database = Database::new().await;
    let replicas =
        [Replica::start(PROGRAM, &database).await, Replica::start(PROGRAM, &database).await];
    for round in 0..20 {
        let team_id = format!("team-{round}");
        let channel =
            pb::Channel { routing_rules: vec![rule("a", &["sales"], &team_id)], ..shop() };
        set_up(&replicas[round % 2].clients, channel).await;
        for (number, replica) in replicas.iter().enumerate() {
            let contact = format!("{round}-{number}");
            let said = pb::RecordInboundMessageRequest {
                text: "sales".into(),
                ..ops::inbound(&contact, &contact, now())
            };
            let (routed, _) = write(&replica.clients.channel, said).await.unwrap();
            assert_eq!(team(&routed), team_id);
        }
    }
}
