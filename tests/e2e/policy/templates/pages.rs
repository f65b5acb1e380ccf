//! Pages of templates and their filters.

use azeer_proto::policy::v1 as pb;
use azeer_tests::{Pair, PolicyClients, ops};
use serde_json::json;
use tonic::Code;

use super::super::{import, told};
use super::{entry, listing};
use crate::support::{bad_fields, noon};

fn all() -> pb::ListTemplatesRequest {
    pb::ListTemplatesRequest { tenant_id: ops::TENANT.into(), ..Default::default() }
}

async fn list(
    clients: &PolicyClients,
    request: pb::ListTemplatesRequest,
) -> pb::ListTemplatesResponse {
    clients.templates.clone().list_templates(request).await.unwrap().into_inner()
}

/// The places of templates, in order.
fn places(templates: &[pb::Template]) -> Vec<String> {
    let place = |t: &pb::Template| format!("{}/{}/{}", t.waba_id, t.name, t.language_code);
    templates.iter().map(place).collect()
}

/// Two accounts; what is said of each template is where it stands and what it is.
async fn fill(clients: &PolicyClients) {
    let with = |name: &str, language: &str, status: &str, category: &str| {
        let mut entry = entry(name, language);
        entry["status"] = json!(status);
        entry["category"] = json!(category);
        entry
    };
    let first = [
        with("offer", "en_US", "APPROVED", "MARKETING"),
        with("code", "ar", "APPROVED", "AUTHENTICATION"),
        with("offer", "ar", "PAUSED", "MARKETING"),
        with("news", "en-US", "APPROVED", "UTILITY"),
    ];
    let second =
        [with("offer", "ar", "APPROVED", "PROMOTION"), with("a", "en", "APPROVED", "UTILITY")];
    import(clients, listing("a-first", &first)).await;
    import(clients, listing("b-second", &second)).await;
}

type Filter = fn(&mut pb::ListTemplatesRequest);

#[tokio::test]
async fn all_conditions_hold_together_and_the_order_is_fixed() {
    let pair = Pair::at(noon()).await;
    assert_eq!(list(&pair, all()).await, pb::ListTemplatesResponse::default());
    fill(&pair).await;
    let rows: [(&str, Filter, &[&str]); 9] = [
        (
            "all",
            |_| (),
            &[
                "a-first/code/ar",
                "a-first/news/en-US",
                "a-first/offer/ar",
                "a-first/offer/en_US",
                "b-second/a/en",
                "b-second/offer/ar",
            ],
        ),
        ("an account", |r| r.waba_id = "b-second".into(), &["b-second/a/en", "b-second/offer/ar"]),
        ("no account", |r| r.waba_id = "c".into(), &[]),
        ("a status", |r| r.status = "PAUSED".into(), &["a-first/offer/ar"]),
        ("a category", |r| r.category = "UTILITY".into(), &["a-first/news/en-US", "b-second/a/en"]),
        (
            "a language",
            |r| r.language_code = "en-us".into(),
            &["a-first/news/en-US", "a-first/offer/en_US"],
        ),
        (
            "sendable ones",
            |r| r.sendable_only = true,
            &["a-first/code/ar", "a-first/news/en-US", "a-first/offer/en_US", "b-second/a/en"],
        ),
        (
            "sendable ones of a language and category",
            |r| {
                r.sendable_only = true;
                r.language_code = "en_US".into();
                r.category = "MARKETING".into();
            },
            &["a-first/offer/en_US"],
        ),
        (
            "sendable ones that are paused",
            |r| {
                r.sendable_only = true;
                r.status = "PAUSED".into();
            },
            &[],
        ),
    ];
    for (what, filter, expected) in rows {
        let mut request = all();
        filter(&mut request);
        let page = list(&pair, request.clone()).await;
        assert_eq!(
            (places(&page.templates), page.next_page_token),
            (owned(expected), String::new()),
            "{what}"
        );
        for page_size in 1..=3 {
            let request = pb::ListTemplatesRequest { page_size, ..request.clone() };
            assert_eq!(paged(&pair, request).await, expected, "{what}, {page_size} each");
        }
    }
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(ToString::to_string).collect()
}

/// All pages after one another, none of them empty but the only one.
async fn paged(clients: &PolicyClients, mut request: pb::ListTemplatesRequest) -> Vec<String> {
    let mut found = Vec::new();
    loop {
        let page = list(clients, request.clone()).await;
        assert!(page.templates.len() <= usize::try_from(request.page_size).unwrap());
        assert!(request.page_token.is_empty() || !page.templates.is_empty());
        found.extend(places(&page.templates));
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() {
            return found;
        }
    }
}

#[tokio::test]
async fn a_page_token_is_of_no_use_with_other_arguments() {
    let pair = Pair::at(noon()).await;
    fill(&pair).await;
    let first = pb::ListTemplatesRequest { page_size: 1, ..all() };
    let page_token = list(&pair, first.clone()).await.next_page_token;
    let next = pb::ListTemplatesRequest { page_token, ..first };
    list(&pair, pb::ListTemplatesRequest { page_size: 9, ..next.clone() }).await;
    let others = [
        pb::ListTemplatesRequest { tenant_id: "other".into(), ..next.clone() },
        pb::ListTemplatesRequest { waba_id: "a-first".into(), ..next.clone() },
        pb::ListTemplatesRequest { status: "PAUSED".into(), ..next.clone() },
        pb::ListTemplatesRequest { category: "UTILITY".into(), ..next.clone() },
        pb::ListTemplatesRequest { language_code: "ar".into(), ..next.clone() },
        pb::ListTemplatesRequest { sendable_only: true, ..next },
    ];
    for other in others {
        let refused = pair.templates.clone().list_templates(other).await.unwrap_err();
        assert_eq!(told(&refused).0, Code::InvalidArgument);
        assert_eq!(bad_fields(&refused), ["page_token".to_owned()].into());
    }
}
