//! Histories longer than what one page looks at.

use std::collections::BTreeSet;

use azeer_proto::policy::v1 as pb;
use azeer_tests::service::time;
use azeer_tests::{Pair, ops};

use super::{ids, page, pages};
use crate::support::noon;

/// More than one page looks at, and less than two do.
const MANY: usize = 12_000;
/// How many one page looks at.
const EXAMINED: usize = 10_000;

/// Copies a decision many times, each a second older than the one before.
async fn fill(pair: &Pair, of: &str) {
    let text = format!(
        "INSERT INTO decisions SELECT (lpad(to_hex(floor(extract(epoch FROM d.decided_at) * 1000)::bigint
               - i * 1000), 12, '0') || '7000' || substr(md5(i::text), 1, 16))::uuid,
             gen_random_uuid(), d.decided_at - i * interval '1 second', d.conversation_id,
             d.conversation_version, d.policy_version, d.handler_epoch, d.verdict, d.sender_kind,
             d.tenant_id, d.channel_id, d.sender_id, d.kind, d.template_name, d.template_language,
             d.violation_codes, d.record
           FROM decisions d, generate_series(1, {MANY}) i WHERE d.decision_id = '{of}'"
    );
    pair.policy.database.connect().await.batch_execute(&text).await.unwrap();
}

#[tokio::test]
async fn a_page_ends_where_it_has_looked_long_enough_and_the_next_goes_on() {
    let pair = Pair::at(noon()).await;
    pair.customer_writes("ali", "m1").await;
    // The oldest of all is the only one that was refused.
    pair.set(noon() - chrono::TimeDelta::days(1));
    let oldest = pair.authorize(ops::template("ali", "gone")).await.unwrap();
    pair.set(noon());
    let newest = pair.authorize(ops::free_form("ali")).await.unwrap();
    fill(&pair, &newest.decision_id).await;

    let of_tenant =
        pb::ListDecisionsRequest { verdict: pb::Verdict::Deny.into(), ..ops::list_decisions() };
    let conversation_id = newest.conversation_id.clone();
    let of_conversation = pb::ListDecisionsRequest { conversation_id, ..of_tenant.clone() };
    for request in [of_tenant, of_conversation] {
        let pages = pages(&pair, &request).await;
        assert!((2..=3).contains(&pages.len()), "{}", pages.len());
        assert_eq!(pages[0].decisions, [], "nothing of it was among the newest");
        let found = pages.iter().flat_map(|page| &page.decisions);
        assert_eq!(ids(found), [&oldest.decision_id], "{request:?}");
    }
}

#[tokio::test]
async fn page_by_page_everything_is_told_once() {
    let pair = Pair::at(noon()).await;
    pair.customer_writes("ali", "m1").await;
    let newest = pair.authorize(ops::free_form("ali")).await.unwrap();
    fill(&pair, &newest.decision_id).await;

    let all = pb::ListDecisionsRequest { page_size: 501, ..ops::list_decisions() };
    let pages = pages(&pair, &all).await;
    assert!(pages.iter().all(|page| page.decisions.len() <= 500));
    let decisions: Vec<_> = pages.iter().flat_map(|page| &page.decisions).collect();
    let times: Vec<_> = decisions.iter().map(|d| time(d.decided_at.unwrap())).collect();
    assert!(times.is_sorted_by(|newer, older| newer > older));
    let different: BTreeSet<_> = ids(decisions).into_iter().collect();
    assert_eq!(different.len(), MANY + 1);

    // As many as are looked at are told at once where all of them fit.
    let usual = page(&pair, ops::list_decisions()).await;
    assert_eq!(usual.decisions.len(), 50);
    assert!(MANY > EXAMINED && !usual.next_page_token.is_empty());
}
