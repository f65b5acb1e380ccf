//! What was decided, looked up and listed: newest first, by each filter, page by page.

mod long;

use azeer_proto::policy::v1 as pb;
use azeer_tests::service::{time, timestamp};
use azeer_tests::{Pair, ops};
use chrono::TimeDelta;
use conversation_state_core::Time;
use tonic::Code;
use uuid::Uuid;

use crate::support::{self, noon};

/// A decision, with what was asked.
#[derive(Clone)]
struct Made {
    send: pb::Send,
    decision: pb::Decision,
}

impl Made {
    fn at(&self) -> Time {
        time(self.decision.decided_at.unwrap())
    }

    fn sender(&self) -> &str {
        &self.send.sender.as_ref().unwrap().id
    }
}

/// Decisions a microsecond apart, newest first: allowed and refused, of two agents, of a customer, of
/// strangers, and about a template that nobody has.
async fn made(pair: &Pair) -> Vec<Made> {
    pair.customer_writes("ali", "m1").await;
    let by_omar = |send| pb::Send { sender: ops::agent("omar"), ..send };
    let sends = [
        ops::free_form("ali"),
        by_omar(ops::free_form("stranger")),
        by_omar(ops::template("ali", "gone")),
        by_omar(ops::free_form("ali")),
        ops::template("stranger", "lost"),
    ];
    let mut made = Vec::new();
    for i in 0..20 {
        pair.set(noon() + TimeDelta::microseconds(i));
        let send = sends[made.len() % sends.len()].clone();
        let decision = pair.authorize(send.clone()).await.unwrap();
        made.push(Made { send, decision });
    }
    made.reverse();
    made
}

fn ids<'a>(decisions: impl IntoIterator<Item = &'a pb::Decision>) -> Vec<&'a str> {
    decisions.into_iter().map(|decision| decision.decision_id.as_str()).collect()
}

async fn page(pair: &Pair, request: pb::ListDecisionsRequest) -> pb::ListDecisionsResponse {
    pair.sends.clone().list_decisions(request).await.unwrap().into_inner()
}

/// All pages of a listing.
async fn pages(pair: &Pair, first: &pb::ListDecisionsRequest) -> Vec<pb::ListDecisionsResponse> {
    let mut pages = Vec::new();
    let mut request = first.clone();
    loop {
        let told = page(pair, request.clone()).await;
        request.page_token.clone_from(&told.next_page_token);
        pages.push(told);
        if request.page_token.is_empty() {
            return pages;
        }
    }
}

type Filter = (pb::ListDecisionsRequest, fn(&Made) -> bool);

/// Each filter, and two that hold together, with whom they let pass.
fn filters(made: &[Made]) -> Vec<Filter> {
    let conversation = made.iter().find(|m| !m.decision.conversation_id.is_empty()).unwrap();
    let all = ops::list_decisions();
    let instant = |micros| timestamp(noon() + TimeDelta::microseconds(micros));
    let allow = pb::Verdict::Allow.into();
    let deny = pb::Verdict::Deny.into();
    vec![
        (all.clone(), |_| true),
        (
            pb::ListDecisionsRequest {
                conversation_id: conversation.decision.conversation_id.clone(),
                ..all.clone()
            },
            |m| !m.decision.conversation_id.is_empty(),
        ),
        (pb::ListDecisionsRequest { verdict: allow, ..all.clone() }, |m| {
            m.decision.verdict() == pb::Verdict::Allow
        }),
        (pb::ListDecisionsRequest { verdict: deny, ..all.clone() }, |m| {
            m.decision.verdict() == pb::Verdict::Deny
        }),
        (
            pb::ListDecisionsRequest {
                violation_code: "WINDOW_NEVER_OPENED".into(),
                ..all.clone()
            },
            |m| ops::codes(&m.decision).contains(&"WINDOW_NEVER_OPENED"),
        ),
        (
            pb::ListDecisionsRequest { template_name: "gone".into(), ..all.clone() },
            |m| matches!(&m.send.content, Some(pb::send::Content::Template(t)) if t.name == "gone"),
        ),
        (pb::ListDecisionsRequest { actor_id: "omar".into(), ..all.clone() }, |m| {
            m.sender() == "omar"
        }),
        (pb::ListDecisionsRequest { decided_from: instant(7), ..all.clone() }, |m| {
            m.at() >= noon() + TimeDelta::microseconds(7)
        }),
        (pb::ListDecisionsRequest { decided_before: instant(7), ..all.clone() }, |m| {
            m.at() < noon() + TimeDelta::microseconds(7)
        }),
        (
            pb::ListDecisionsRequest {
                decided_from: instant(3),
                decided_before: instant(17),
                verdict: deny,
                actor_id: "omar".into(),
                conversation_id: conversation.decision.conversation_id.clone(),
                ..all.clone()
            },
            |m| {
                let micros = (m.at() - noon()).num_microseconds().unwrap();
                (3..17).contains(&micros)
                    && m.decision.verdict() == pb::Verdict::Deny
                    && m.sender() == "omar"
                    && !m.decision.conversation_id.is_empty()
            },
        ),
        (pb::ListDecisionsRequest { actor_id: "nobody".into(), ..all.clone() }, |_| false),
        (pb::ListDecisionsRequest { decided_from: instant(20), ..all }, |_| false),
    ]
}

#[tokio::test]
async fn each_filter_lets_pass_what_it_says_newest_first() {
    let pair = Pair::at(noon()).await;
    let made = made(&pair).await;
    for (request, passes) in filters(&made) {
        let expected = made.iter().filter(|made| passes(made)).map(|made| &made.decision);
        let expected: Vec<pb::Decision> = expected.cloned().collect();
        let told = page(&pair, request.clone()).await;
        assert_eq!(ids(&told.decisions), ids(&expected), "{request:?}");
        assert_eq!(told.decisions, expected, "as they were answered: {request:?}");
        for page_size in [1, 3, 20] {
            let request = pb::ListDecisionsRequest { page_size, ..request.clone() };
            let pages = pages(&pair, &request).await;
            let most = usize::try_from(page_size).unwrap();
            assert!(pages.iter().all(|page| page.decisions.len() <= most));
            let all = pages.iter().flat_map(|page| &page.decisions);
            assert_eq!(ids(all), ids(&expected), "{request:?}");
        }
    }
}

#[tokio::test]
async fn a_token_is_of_no_use_with_other_arguments() {
    let pair = Pair::at(noon()).await;
    let made = made(&pair).await;
    let first = pb::ListDecisionsRequest { page_size: 2, ..ops::list_decisions() };
    let token = page(&pair, first.clone()).await.next_page_token;
    let next = pb::ListDecisionsRequest { page_token: token, ..first };
    let others = filters(&made).into_iter().skip(1).map(|(other, _)| other);
    let tenant = pb::ListDecisionsRequest { tenant_id: "other".into(), ..ops::list_decisions() };
    for other in others.chain([tenant]) {
        let request = pb::ListDecisionsRequest { page_token: next.page_token.clone(), ..other };
        let status = pair.sends.clone().list_decisions(request.clone()).await.unwrap_err();
        assert_eq!(support::told_by_policy(&status).0, Code::InvalidArgument, "{request:?}");
        assert_eq!(support::bad_fields(&status), ["page_token".into()].into());
    }
    // How much of it is told, and how, is no other listing.
    let same = pb::ListDecisionsRequest {
        page_size: 500,
        language_code: "ar".into(),
        view: pb::DecisionView::Full.into(),
        ..next
    };
    let rest = page(&pair, same).await;
    assert_eq!(ids(&rest.decisions), ids(made[2..].iter().map(|made| &made.decision)));
}

#[tokio::test]
async fn what_is_new_does_not_move_the_pages_behind_it() {
    let pair = Pair::at(noon()).await;
    let made = made(&pair).await;
    let first = pb::ListDecisionsRequest { page_size: 5, ..ops::list_decisions() };
    let token = page(&pair, first.clone()).await.next_page_token;
    pair.set(noon() + TimeDelta::seconds(1));
    pair.authorize(ops::free_form("ali")).await.unwrap();
    let rest = pb::ListDecisionsRequest { page_token: token, page_size: 500, ..first };
    let rest = page(&pair, rest).await;
    assert_eq!(ids(&rest.decisions), ids(made[5..].iter().map(|made| &made.decision)));
}

#[tokio::test]
async fn the_view_tells_how_much_and_the_language_how() {
    let pair = Pair::at(noon()).await;
    let made = made(&pair).await;
    let refused = made.iter().find(|m| m.decision.verdict() == pb::Verdict::Deny).unwrap();
    let id = &refused.decision.decision_id;
    let get = |view: pb::DecisionView, language: &str| {
        let request = pb::GetDecisionRequest {
            view: view.into(),
            language_code: language.into(),
            ..ops::get_decision(id)
        };
        let mut sends = pair.sends.clone();
        async move { sends.get_decision(request).await.unwrap().into_inner().decision.unwrap() }
    };
    for view in [pb::DecisionView::Unspecified, pb::DecisionView::Basic] {
        assert_eq!(get(view, "").await, refused.decision);
    }
    let arabic = get(pb::DecisionView::Basic, "ar").await;
    let (told, before) = (&arabic.violations[0], &refused.decision.violations[0]);
    assert_eq!(told.message, before.message);
    assert_ne!(told.localized_message, before.localized_message);

    let full = get(pb::DecisionView::Full, "").await;
    let asked = full.asked.as_ref().unwrap();
    assert_eq!((&asked.contact, &asked.sender), (&refused.send.contact, &refused.send.sender));
    assert!(full.facts.as_ref().is_some_and(|facts| facts.fields.contains_key("as_of")));
    assert!(full.rule_results.is_sorted_by(|a, b| a.code < b.code), "{:?}", full.rule_results);
    let listed =
        pb::ListDecisionsRequest { view: pb::DecisionView::Full.into(), ..ops::list_decisions() };
    let listed = page(&pair, listed).await.decisions;
    assert_eq!(listed.iter().find(|decision| decision.decision_id == *id), Some(&full));
}

#[tokio::test]
async fn what_is_not_there_is_told_as_such_and_others_see_nothing() {
    let pair = Pair::at(noon()).await;
    let made = made(&pair).await;
    let id = &made[0].decision.decision_id;
    let theirs = pb::GetDecisionRequest { tenant_id: "other".into(), ..ops::get_decision(id) };
    let unknown = ops::get_decision(&Uuid::nil().to_string());
    for request in [theirs, unknown] {
        let status = pair.sends.clone().get_decision(request.clone()).await.unwrap_err();
        let told = (Code::NotFound, "DECISION_NOT_FOUND".to_owned());
        assert_eq!(support::told_by_policy(&status), told);
        assert_eq!(support::metadata(&status, "decision_id"), request.decision_id);
    }
    let other = pb::ListDecisionsRequest { tenant_id: "other".into(), ..ops::list_decisions() };
    assert_eq!(page(&pair, other.clone()).await.decisions, []);
    let conversation_id = made[0].decision.conversation_id.clone();
    let of_ours = pb::ListDecisionsRequest { conversation_id, ..other };
    assert_eq!(page(&pair, of_ours).await.decisions, []);
}
