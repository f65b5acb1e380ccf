//! Listings of templates: what is taken over, and what is told of it.

mod elsewhere;
mod pages;

use azeer_proto::policy::v1 as pb;
use azeer_tests::service::timestamp;
use azeer_tests::{Pair, PolicyClients, ops};
use chrono::TimeDelta;
use futures::future::join;
use serde_json::{Value, json};
use tonic::{Code, Status};

use super::{ROUNDS, import, told, two};
use crate::support::{Dump, bad_fields, noon};

/// An approved template.
fn entry(name: &str, language: &str) -> Value {
    json!({
        "id": "7", "name": name, "language": language, "status": "APPROVED",
        "category": "UTILITY", "components": [{"type": "BODY", "text": "There is news."}],
    })
}

/// A listing of all templates of an account.
fn listing(account: &str, entries: &[Value]) -> pb::ImportTemplatesRequest {
    pb::ImportTemplatesRequest {
        waba_id: account.into(),
        body: json!({"data": entries}).to_string().into(),
        ..ops::import(&[])
    }
}

async fn get(
    clients: &PolicyClients,
    account: &str,
    name: &str,
    language: &str,
) -> Result<pb::Template, Status> {
    let request = pb::GetTemplateRequest {
        tenant_id: ops::TENANT.into(),
        waba_id: account.into(),
        name: name.into(),
        language_code: language.into(),
    };
    let answer = clients.templates.clone().get_template(request).await?;
    Ok(answer.into_inner().template.expect("an answer has a template"))
}

/// Created, changed, unchanged and gone.
fn counts(imported: &pb::ImportTemplatesResponse) -> [i32; 4] {
    [imported.created, imported.changed, imported.unchanged, imported.gone]
}

#[tokio::test]
async fn a_template_is_told_as_the_platform_listed_it() {
    let pair = Pair::at(noon()).await;
    let at = noon() + TimeDelta::hours(24);
    let mut listed = entry("order_update", "en-US");
    listed["quality_score"] = json!({"score": "RED"});
    listed["correct_category"] = json!("MARKETING");
    listed["category_update_timestamp"] = json!(at.timestamp());
    let rejected = json!({
        "id": 8, "name": "offer", "language": "ar", "status": "REJECTED", "category": "PROMOTION",
        "rejected_reason": "SCAM", "components": [],
    });
    let imported = import(&pair, listing("waba", &[listed, rejected])).await;
    assert_eq!((counts(&imported), imported.invalid.len()), ([2, 0, 0, 0], 0));

    let expected = pb::Template {
        waba_id: "waba".into(),
        template_id: "7".into(),
        name: "order_update".into(),
        language_code: "en-US".into(),
        category: "UTILITY".into(),
        status: "APPROVED".into(),
        sendable: true,
        quality: "RED".into(),
        next_category: "MARKETING".into(),
        category_changes_at: timestamp(
            chrono::DateTime::from_timestamp(at.timestamp(), 0).unwrap(),
        ),
        create_time: timestamp(noon()),
        update_time: timestamp(noon()),
        ..Default::default()
    };
    for (account, language) in [("waba", "en_US"), ("waba", "en-US"), ("", "en_us")] {
        let told = get(&pair, account, "order_update", language).await.unwrap();
        assert_eq!(told, expected, "{account} {language}");
    }
    let offer = get(&pair, "", "offer", "ar").await.unwrap();
    assert_eq!((offer.sendable, offer.rejected_reason.as_str()), (false, "SCAM"));
    assert_eq!((offer.template_id.as_str(), offer.category.as_str()), ("8", "PROMOTION"));
}

#[tokio::test]
async fn what_is_not_there_is_told_and_of_several_accounts_one_is_named() {
    let pair = Pair::at(noon()).await;
    let not_found = (Code::NotFound, "TEMPLATE_NOT_FOUND".to_owned());
    let none = get(&pair, "", "order_update", "en").await.unwrap_err();
    assert_eq!(told(&none), not_found, "there is no account at all");
    import(&pair, listing("waba", &[entry("order_update", "en")])).await;
    get(&pair, "", "order_update", "en").await.unwrap();
    for (account, name, language) in
        [("", "other", "en"), ("", "order_update", "ar"), ("other", "order_update", "en")]
    {
        let status = get(&pair, account, name, language).await.unwrap_err();
        assert_eq!(told(&status), not_found, "{account} {name} {language}");
    }
    import(&pair, listing("second", &[entry("order_update", "en")])).await;
    let unclear = get(&pair, "", "order_update", "en").await.unwrap_err();
    assert_eq!(told(&unclear), (Code::InvalidArgument, "INVALID_FIELD".into()));
    assert_eq!(bad_fields(&unclear), ["waba_id".to_owned()].into());
    assert_eq!(get(&pair, "second", "order_update", "en").await.unwrap().waba_id, "second");
}

#[tokio::test]
async fn entries_that_cannot_be_read_are_told_and_cost_themselves() {
    let pair = Pair::at(noon()).await;
    let mut nameless = entry("x", "en");
    nameless["name"] = json!("Order Update");
    let mut bodiless = entry("offer", "ar");
    bodiless["components"] = json!([{"type": "BODY"}]);
    let entries = [json!(null), entry("order_update", "en"), nameless, bodiless];
    let imported = import(&pair, listing("waba", &entries)).await;
    assert_eq!(counts(&imported), [1, 0, 0, 0]);
    let invalid: Vec<_> =
        imported.invalid.iter().map(|bad| (&*bad.path, &*bad.name, &*bad.problem)).collect();
    assert_eq!(
        invalid,
        [
            ("data[0]", "", "must be an object"),
            ("data[2]", "Order Update", "name must be 1-512 of a-z 0-9 _"),
            ("data[3]", "offer", "components[0].text must be a non-empty string"),
        ]
    );
}

#[tokio::test]
async fn what_a_complete_listing_lacks_is_gone_until_it_is_listed_again() {
    let (pair, other) = two().await;
    let replicas: [&PolicyClients; 2] = [&pair, &other.clients];
    let send = || {
        let send = ops::template("ali", "news");
        ops::justified(send, pb::JustificationReason::AccountAlert, "1")
    };
    let unknown = pair.check(send()).await.unwrap();
    assert_eq!(ops::codes(&unknown), ["TEMPLATE_NOT_FOUND"]);
    for round in 0..ROUNDS {
        let (here, there) = (replicas[round % 2], replicas[(round + 1) % 2]);
        let imported = import(here, ops::import(&[("news", "UTILITY"), ("more", "UTILITY")])).await;
        assert_eq!(counts(&imported), if round == 0 { [2, 0, 0, 0] } else { [0, 1, 1, 0] });
        assert_eq!(ops::codes(&there.check(send()).await.unwrap()), [""; 0], "round {round}");

        let part = pb::ImportTemplatesRequest { complete: false, ..ops::import(&[]) };
        assert_eq!(counts(&import(here, part).await), [0; 4]);
        let without = ops::import(&[("more", "UTILITY")]);
        assert_eq!(counts(&import(there, without).await), [0, 0, 1, 1]);
        let gone = get(here, "", "news", ops::LANGUAGE).await.unwrap();
        assert_eq!((gone.status.as_str(), gone.sendable), ("GONE", false));
        let refused = here.authorize(send()).await.unwrap();
        assert_eq!(ops::codes(&refused), ["TEMPLATE_NOT_APPROVED"], "round {round}");
        assert_eq!(refused.violations[0].metadata["status"], "GONE");
    }
}

#[tokio::test]
async fn a_whole_account_is_taken_over_at_once() {
    let pair = Pair::at(noon()).await;
    let mut entries: Vec<_> = (0..6_000).map(|n| entry(&format!("template_{n}"), "en")).collect();
    let created = import(&pair, listing("waba", &entries)).await;
    assert_eq!(counts(&created), [6_000, 0, 0, 0]);

    pair.set(noon() + TimeDelta::hours(1));
    let dump = Dump::of(&pair.policy.database).await;
    let before = dump.rows().await;
    let again = import(&pair, listing("waba", &entries)).await;
    assert_eq!(counts(&again), [0, 0, 6_000, 0]);
    assert_eq!(dump.rows().await, before, "no new version either");

    entries.pop();
    entries[0]["status"] = json!("PAUSED");
    let changed = import(&pair, listing("waba", &entries)).await;
    assert_eq!(counts(&changed), [0, 1, 5_998, 1]);
}

#[tokio::test]
async fn imports_at_once_on_two_replicas_count_each_template_once() {
    let (pair, other) = two().await;
    for round in 0..ROUNDS {
        let account = format!("account-{round}");
        let entries: Vec<_> = (0..50).map(|n| entry(&format!("template_{n}"), "en")).collect();
        let (one, two) = join(
            import(&pair, listing(&account, &entries)),
            import(&other.clients, listing(&account, &entries)),
        )
        .await;
        let sum = |of: fn(&pb::ImportTemplatesResponse) -> i32| of(&one) + of(&two);
        assert_eq!((sum(|i| i.created), sum(|i| i.unchanged)), (50, 50), "round {round}");
        assert_eq!((sum(|i| i.changed), sum(|i| i.gone)), (0, 0));
    }
}
