//! The situations in which the table's sends are refused, each with a contact of its own: what
//! customers wrote, what was sent before, and what is known of templates, numbers and consents.

use azeer_proto::conversation::v1 as conversation;
use azeer_proto::policy::v1 as pb;
use azeer_tests::service::timestamp;
use azeer_tests::{Pair, ops};
use chrono::TimeDelta;
use pb::JustificationReason as Reason;
use serde_json::{Value, json};

use super::super::settings;
use crate::support::{self, noon, write};

/// An account of its own, whose portfolio may reach one contact.
const SMALL: &str = "small";

/// Both services at noon, with all that happened before.
pub(crate) async fn set_up() -> Pair {
    let pair = Pair::at(noon() - TimeDelta::days(4)).await;
    settle(&pair).await;
    before_today(&pair).await;
    earlier_today(&pair).await;
    at_noon(&pair).await;
    pair
}

/// What is known of templates, numbers and consents.
async fn settle(pair: &Pair) {
    let changing = json!({
        "correct_category": "MARKETING",
        "category_update_timestamp": (noon() + TimeDelta::minutes(30)).timestamp(),
    });
    let templates = [
        settings::plain("news", "UTILITY"),
        settings::plain("promo", "MARKETING"),
        but(settings::plain("paused", "UTILITY"), &json!({"status": "PAUSED"})),
        but(settings::plain("changing", "UTILITY"), &changing),
        settings::template("order", "UTILITY", &settings::body("Hello {{1}}")),
    ];
    settings::import(pair, ops::WABA, &templates).await;
    settings::import(pair, SMALL, &[settings::plain("news", "UTILITY")]).await;
    let of = |account: &str| pb::Sender { waba_id: account.into(), ..Default::default() };
    for channel in [ops::CHANNEL, "bot"] {
        settings::sender(pair, channel, of(ops::WABA)).await;
    }
    let quality = pb::SenderQuality::Red.into();
    settings::sender(pair, "red", pb::Sender { quality, ..of(ops::WABA) }).await;
    let until = timestamp(noon() + TimeDelta::hours(1));
    let restriction = Some(pb::SenderRestriction { reason: "spam".into(), until });
    let status = pb::SenderStatus::Connected.into();
    settings::sender(pair, "halted", pb::Sender { restriction, status, ..of(ops::WABA) }).await;
    let portfolio_id = "small-portfolio".into();
    settings::sender(pair, SMALL, pb::Sender { portfolio_id, limit: 1, ..of(SMALL) }).await;
    let mut admin = pair.admin.clone();
    for contact in ["unanswered", "red", "suppressed"] {
        admin.set_contact_consent(ops::opt_in(contact)).await.unwrap();
    }
    admin.set_contact_consent(ops::opt_out("refuses")).await.unwrap();
}

/// A template with other values.
fn but(mut template: Value, changes: &Value) -> Value {
    for (key, value) in changes.as_object().unwrap() {
        template[key] = value.clone();
    }
    template
}

/// A send through another channel.
pub(crate) fn through(channel: &str, contact: &str, send: pb::Send) -> pb::Send {
    let (channel_id, contact_id) = (channel.into(), contact.into());
    pb::Send { contact: Some(conversation::ContactRef { channel_id, contact_id }), ..send }
}

/// A template about something, with a note of its own.
pub(crate) fn about(reference: &str, contact: &str, template: &str, reason: Reason) -> pb::Send {
    let mut send = ops::justified(ops::template(contact, template), reason, reference);
    let letters: String = contact.chars().filter(char::is_ascii_alphabetic).collect();
    send.justification.as_mut().unwrap().note = format!("what {letters} waits for");
    send
}

/// The note that too many customers got.
pub(crate) fn same_note(contact: &str) -> pb::Send {
    let mut send = about(contact, contact, "news", Reason::OrderUpdate);
    send.justification.as_mut().unwrap().note = "the same words to everybody".into();
    send
}

async fn sent(pair: &Pair, send: pb::Send) -> String {
    let decision = pair.authorize(send).await.unwrap();
    assert_eq!(decision.verdict(), pb::Verdict::Allow, "{decision:?}");
    decision.decision_id
}

async fn before_today(pair: &Pair) {
    for days in [4, 3, 2] {
        pair.set(noon() - TimeDelta::days(days));
        sent(pair, about(&days.to_string(), "unanswered", "promo", Reason::Campaign)).await;
    }
    pair.set(noon() - TimeDelta::hours(25));
    pair.customer_writes("expired", "yesterday").await;
}

async fn earlier_today(pair: &Pair) {
    for i in 0..10 {
        pair.set(noon() - TimeDelta::hours(2) + TimeDelta::minutes(i * 2));
        sent(pair, about(&i.to_string(), "capped", "news", Reason::OrderUpdate)).await;
    }
    pair.set(noon() - TimeDelta::hours(1));
    sent(pair, about("order-1", "duplicate", "news", Reason::OrderUpdate)).await;
    let first = about("order-1", "first", "news", Reason::OrderUpdate);
    sent(pair, through(SMALL, "first", first)).await;
    let promo = sent(pair, about("order-1", "suppressed", "promo", Reason::Campaign)).await;
    pair.report(ops::failed(&promo, 131_049)).await.unwrap();
    for i in 0..20 {
        sent(pair, same_note(&format!("noted-{i}"))).await;
    }
    pair.set(noon() - TimeDelta::seconds(30));
    sent(pair, about("order-1", "cooling", "news", Reason::OrderUpdate)).await;
}

async fn at_noon(pair: &Pair) {
    pair.set(noon());
    let channel = pair.conversation.clients.channel.clone();
    let mut channels = pair.conversation.clients.channels.clone();
    let bot = conversation::Channel {
        channel_id: "bot".into(),
        bot_enabled: Some(true),
        ..Default::default()
    };
    let request =
        conversation::UpsertChannelRequest { channel: Some(bot), ..support::bot_enabled(true) };
    channels.upsert_channel(request).await.unwrap();
    for (channel_id, contact) in [
        ("main", "open"),
        ("main", "closed"),
        ("main", "chatty"),
        ("main", "refuses"),
        ("bot", "bots"),
        ("halted", "halted"),
    ] {
        let said = conversation::RecordInboundMessageRequest {
            channel_id: channel_id.into(),
            ..ops::inbound(contact, contact, noon())
        };
        let (began, _) = write(&channel, said).await.unwrap();
        if contact == "closed" {
            write(&channel, ops::close(&began.conversation_id)).await.unwrap();
        }
    }
    for _ in 0..45 {
        sent(pair, ops::free_form("chatty")).await;
    }
}
