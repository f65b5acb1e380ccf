//! What becomes of decisions, caps and consents.

use azeer_proto::policy::v1 as pb;
use azeer_tests::service::any_port;
use azeer_tests::{Pair, Policy, ops};
use chrono::TimeDelta;
use tonic::Code;
use uuid::Uuid;

use super::{erase, erase_from_policy};
use crate::caps::stand::{Settings, noted};
use crate::identity::said;
use crate::support::{Dump, noon, told_by_policy};

async fn judged_by(rules: &[&str], numbers: &[(&str, i64)]) -> (Pair, Settings) {
    let pair = Pair::at(noon()).await;
    let settings = Settings::through(&pair).await;
    settings.only(rules, numbers).await;
    (pair, settings)
}

async fn list(pair: &Pair, view: pb::DecisionView) -> Vec<pb::Decision> {
    let request = pb::ListDecisionsRequest { view: view.into(), ..ops::list_decisions() };
    let page = pair.sends.clone().list_decisions(request).await.unwrap().into_inner();
    assert_eq!(page.next_page_token, "");
    page.decisions
}

#[tokio::test]
async fn decisions_stay_and_tell_of_nobody() {
    let (pair, _) = judged_by(&["DUPLICATE_SEND"], &[]).await;
    let mut conversations = pair.conversation.clients.conversations.clone();
    conversations.record_inbound_message(said("ali SA.1", "m1", noon())).await.unwrap();
    let of_ali = |contact: &str| noted(ops::template(contact, "parcel"), "order-7", "it is hers");
    let asked = ops::authorize(of_ali("ali"));
    let first = pair.sends.clone().authorize_send(asked.clone()).await.unwrap().into_inner();
    for (minute, contact) in [(1, "SA.1"), (2, "noor")] {
        pair.set(noon() + TimeDelta::minutes(minute));
        pair.authorize(of_ali(contact)).await.unwrap();
    }
    pair.admin.clone().set_contact_consent(ops::opt_out("SA.1")).await.unwrap();
    let before = list(&pair, pb::DecisionView::Full).await;
    let verdicts: Vec<_> = before.iter().map(pb::Decision::verdict).collect();
    assert_eq!(verdicts, [pb::Verdict::Allow, pb::Verdict::Deny, pb::Verdict::Allow]);

    erase_from_policy(&pair, "ali").await.unwrap();
    let mut expected = before;
    for decision in &mut expected[1..] {
        let asked = decision.asked.as_mut().unwrap();
        asked.contact = None;
        let justification = asked.justification.as_mut().unwrap();
        justification.reference_id.clear();
        justification.note.clear();
    }
    assert_eq!(list(&pair, pb::DecisionView::Full).await, expected);
    // The same request gives it again, whatever is asked: that is not known any more.
    for contact in ["ali", "noor"] {
        let send = Some(of_ali(contact));
        let again = pb::AuthorizeSendRequest { send, ..asked.clone() };
        let again = pair.sends.clone().authorize_send(again).await.unwrap().into_inner();
        let (mut first, again) = (first.decision.clone().unwrap(), again.decision.unwrap());
        first.permit.clear();
        first.permit_expires_at = None;
        assert_eq!(again, first, "{contact}");
    }
    for contact in ["ali", "SA.1"] {
        let tenant_id = ops::TENANT.into();
        let request = pb::GetContactConsentRequest { tenant_id, contact_id: contact.into() };
        let consent = pair.admin.clone().get_contact_consent(request).await.unwrap();
        let consent = consent.into_inner().consent.unwrap_or_default();
        assert_eq!(consent.state(), pb::ConsentState::Unspecified, "{contact}");
    }
}

#[tokio::test]
async fn who_was_reached_still_counts_for_a_day() {
    let (pair, settings) = judged_by(&["PORTFOLIO_LIMIT_REACHED"], &[]).await;
    settings.limit(2).await;
    let send = |contact: &str| pair.authorize(ops::template(contact, "parcel"));
    for contact in ["ali", "noor"] {
        assert_eq!(send(contact).await.unwrap().verdict(), pb::Verdict::Allow, "{contact}");
    }
    erase_from_policy(&pair, "ali").await.unwrap();
    assert_eq!(settings.reached().await, 2);
    let refused = send("omar").await.unwrap();
    assert_eq!(ops::codes(&refused), ["PORTFOLIO_LIMIT_REACHED"]);
    assert_eq!(ops::codes(&send("ali").await.unwrap()), ["PORTFOLIO_LIMIT_REACHED"], "a stranger");
    assert_eq!(send("noor").await.unwrap().verdict(), pb::Verdict::Allow, "as before");
    pair.set(noon() + TimeDelta::hours(24));
    assert_eq!(settings.reached().await, 0);
    assert_eq!(send("ali").await.unwrap().verdict(), pb::Verdict::Allow);
}

#[tokio::test]
async fn for_whom_a_note_was_used_still_counts_for_a_day() {
    let numbers = [("JUSTIFICATION_REUSED contacts", 2)];
    let (pair, _) = judged_by(&["JUSTIFICATION_REUSED"], &numbers).await;
    let note = "the same words for all";
    let send =
        |contact: &str| pair.authorize(noted(ops::template(contact, "parcel"), contact, note));
    for contact in ["ali", "noor"] {
        assert_eq!(send(contact).await.unwrap().verdict(), pb::Verdict::Allow, "{contact}");
    }
    erase_from_policy(&pair, "ali").await.unwrap();
    erase_from_policy(&pair, "noor").await.unwrap();
    assert_eq!(ops::codes(&send("omar").await.unwrap()), ["JUSTIFICATION_REUSED"]);
    pair.set(noon() + TimeDelta::hours(24));
    assert_eq!(send("omar").await.unwrap().verdict(), pb::Verdict::Allow);
}

#[tokio::test]
async fn who_comes_back_has_caps_of_their_own() {
    let (pair, _) = judged_by(&["CONTACT_COOLDOWN", "MARKETING_OPTED_OUT"], &[]).await;
    pair.authorize(ops::template("ali", "sale")).await.unwrap();
    pair.admin.clone().set_contact_consent(ops::opt_out("ali")).await.unwrap();
    let refused = pair.authorize(ops::template("ali", "sale")).await.unwrap();
    assert_eq!(refused.violations.len(), 2, "{refused:?}");
    erase_from_policy(&pair, "ali").await.unwrap();
    let decision = pair.authorize(ops::template("ali", "sale")).await.unwrap();
    assert_eq!(decision.verdict(), pb::Verdict::Allow);
}

#[tokio::test]
async fn a_request_that_erased_erases_nobody_who_came_since() {
    let pair = Pair::at(noon()).await;
    let dump = Dump::of(&pair.policy.database).await;
    let request = pb::EraseContactRequest {
        tenant_id: ops::TENANT.into(),
        contact: ops::contact_ref("ali"),
        request_id: Uuid::new_v4().into(),
    };
    let mut client = pair.sends.clone();
    pair.authorize(ops::free_form("ali")).await.unwrap();
    client.erase_contact(request.clone()).await.unwrap();
    let before = dump.rows().await;
    client.erase_contact(request.clone()).await.unwrap();
    assert_eq!(dump.rows().await, before, "nothing happens twice");
    pair.authorize(ops::free_form("ali")).await.unwrap();
    let before = dump.rows().await;
    let status = client.erase_contact(request.clone()).await.unwrap_err();
    let reused = (Code::InvalidArgument, "REQUEST_ID_REUSED".to_owned());
    assert_eq!(told_by_policy(&status), reused);
    assert_eq!(dump.rows().await, before);
    pair.set(noon() + TimeDelta::days(8) + TimeDelta::microseconds(1));
    client.erase_contact(request).await.unwrap();
    assert_ne!(dump.rows().await, before);
}

#[tokio::test]
async fn nobody_is_erased_while_the_contacts_ids_cannot_be_asked() {
    let away = Policy::start(any_port()).await;
    let dump = Dump::of(&away.database).await;
    away.clients.admin.clone().set_contact_consent(ops::opt_in("ali")).await.unwrap();
    let before = dump.rows().await;
    let status = erase_from_policy(&away.clients, "ali").await.unwrap_err();
    let unavailable = (Code::Unavailable, "CONVERSATION_STATE_UNAVAILABLE".to_owned());
    assert_eq!(told_by_policy(&status), unavailable);
    assert_eq!(dump.rows().await, before);
}

/// Whom conversation-state forgot already is erased under the ids that came with sends before.
#[tokio::test]
async fn ids_that_are_not_known_elsewhere_any_more_lead_to_each_other() {
    const IDS: [&str; 3] = ["966511122233", "SA.7766554433", "966544455566"];
    let pair = Pair::at(noon()).await;
    let mut conversations = pair.conversation.clients.conversations.clone();
    conversations.record_inbound_message(said(&IDS.join(" "), "m1", noon())).await.unwrap();
    pair.authorize(ops::free_form(IDS[0])).await.unwrap();
    pair.admin.clone().set_contact_consent(ops::opt_in(IDS[2])).await.unwrap();
    erase(&pair.conversation.clients, IDS[0]).await.unwrap();
    erase_from_policy(&pair, IDS[1]).await.unwrap();
    let rows = Dump::of(&pair.policy.database).await.rows().await;
    let found = rows.iter().find(|row| IDS.iter().any(|id| row.contains(id)));
    assert_eq!(found, None);
}

#[tokio::test]
async fn a_person_of_many_sends_is_erased_in_steps() {
    let pair = Pair::at(noon()).await;
    pair.authorize(ops::free_form("ali")).await.unwrap();
    pair.authorize(ops::free_form("noor")).await.unwrap();
    let client = pair.policy.database.connect().await;
    let many =
        "INSERT INTO decision_people (tenant_id, decision_id, contact_id, reference_id, note,
          request_hash)
        SELECT tenant_id, gen_random_uuid(), contact_id, reference_id, note, request_hash
        FROM decision_people, generate_series(1, 2500) WHERE contact_id = 'ali';
        INSERT INTO outcomes (tenant_id, decision_id, kind, message_id, error_code, error_message,
          report_time)
        SELECT tenant_id, decision_id, 'SENT', 'wamid.' || decision_id, 0, 'words', now()
        FROM decision_people";
    client.batch_execute(many).await.unwrap();
    erase_from_policy(&pair, "ali").await.unwrap();
    let left = "SELECT (SELECT count(*) FROM decision_people),
        (SELECT count(*) FROM outcomes WHERE message_id <> '' OR error_message <> ''),
        (SELECT count(*) FROM outcomes)";
    let left = client.query_one(left, &[]).await.unwrap();
    let left: Vec<i64> = (0..3).map(|column| left.get(column)).collect();
    assert_eq!(left, [1, 1, 2502], "of noor alone");
    client
        .batch_execute(
            "DELETE FROM outcomes WHERE decision_id NOT IN (SELECT decision_id FROM decisions)",
        )
        .await
        .unwrap();
}
