//! Recorded decisions, judged again under another policy: which ones, and what is told of them.

mod ends;
mod many;

use azeer_proto::policy::v1 as pb;
use azeer_tests::service::{at, time, timestamp};
use azeer_tests::{Pair, PolicyClients, ops};
use chrono::TimeDelta;
use pb::replay_decisions_response::Message;
use pb::rule_parameter::Value;
use prost_types::FieldMask;
use tonic::Status;

use crate::support::{Dump, noon};

const CAP: &str = "CONTACT_FREQUENCY_CAP";
const CLOSED: &str = "CONVERSATION_CLOSED";
const UNANSWERED: &str = "UNANSWERED_TEMPLATE_LIMIT";
const NEVER: &str = "WINDOW_NEVER_OPENED";

/// A replay of all that was ever decided.
pub(crate) fn of_all(policy: pb::Policy) -> pb::ReplayDecisionsRequest {
    pb::ReplayDecisionsRequest {
        tenant_id: ops::TENANT.into(),
        decided_from: timestamp(at("2009-01-01T00:00:00Z")),
        decided_before: timestamp(at("2100-01-01T00:00:00Z")),
        policy: Some(policy),
        update_mask: None,
    }
}

/// Takes all that a replay tells.
pub(crate) async fn replay(
    clients: &PolicyClients,
    request: pb::ReplayDecisionsRequest,
) -> Result<(Vec<pb::ReplayProgress>, pb::ReplaySummary), Status> {
    let mut told = clients.sends.clone().replay_decisions(request).await?.into_inner();
    let (mut progress, mut summary) = (Vec::new(), None);
    while let Some(next) = told.message().await? {
        assert_eq!(summary, None, "a summary is the last");
        match next.message.expect("a message tells something") {
            Message::Progress(next) => progress.push(next),
            Message::Summary(told) => summary = Some(told),
        }
    }
    Ok((progress, summary.expect("a replay ends with a summary")))
}

async fn summary(pair: &Pair, policy: pb::Policy) -> pb::ReplaySummary {
    let (progress, summary) = replay(pair, of_all(policy)).await.unwrap();
    assert_eq!(progress, [], "there is little to do");
    summary
}

/// A policy of a rule in another mode.
fn with_mode(rule: &str, mode: pb::RuleMode) -> pb::Policy {
    let setting = pb::RuleSetting { mode: mode.into(), ..Default::default() };
    pb::Policy { rules: [(rule.to_owned(), setting)].into(), ..Default::default() }
}

/// A policy with so many MARKETING templates a day.
fn with_cap(marketing_per_day: i64) -> pb::Policy {
    let request = ops::set_rule(CAP, "marketing_per_day", Value::Count(marketing_per_day));
    request.policy.unwrap()
}

/// Four campaigns to one contact, of which the last is one too many by two rules, and words to a stranger.
async fn decide(pair: &Pair) -> Vec<pb::Decision> {
    pair.import(&[("sale", "MARKETING")]).await;
    pair.admin.clone().set_contact_consent(ops::opt_in("ali")).await.unwrap();
    let campaign =
        ops::justified(ops::template("ali", "sale"), pb::JustificationReason::Campaign, "spring");
    let mut decided = Vec::new();
    for hour in 0..4 {
        pair.set(noon() + TimeDelta::hours(hour));
        let mut send = campaign.clone();
        send.justification.as_mut().unwrap().reference_id = format!("spring-{hour}");
        decided.push(pair.authorize(send).await.unwrap());
    }
    decided.push(pair.authorize(ops::free_form("stranger")).await.unwrap());
    let codes: Vec<_> = decided.iter().map(ops::codes).collect();
    assert_eq!(codes, [vec![], vec![], vec![], vec![CAP, UNANSWERED], vec![NEVER]]);
    decided
}

fn example(of: &pb::Decision, codes: &[&str]) -> pb::ReplayExample {
    let proposed = if codes.is_empty() { pb::Verdict::Allow } else { pb::Verdict::Deny };
    pb::ReplayExample {
        decision_id: of.decision_id.clone(),
        recorded: of.verdict,
        proposed: proposed.into(),
        violation_codes: codes.iter().map(ToString::to_string).collect(),
    }
}

fn rule(code: &str, refused: &[&pb::Decision], passed: &[&pb::Decision]) -> pb::ReplayedRule {
    pb::ReplayedRule {
        code: code.into(),
        newly_refused: refused.len().try_into().unwrap(),
        no_longer_refused: passed.len().try_into().unwrap(),
        decision_ids: refused.iter().chain(passed).map(|it| it.decision_id.clone()).collect(),
    }
}

#[tokio::test]
async fn what_would_change_is_told_by_decision_and_by_rule() {
    let pair = Pair::at(noon()).await;
    let made = decide(&pair).await;
    let dump = Dump::of(&pair.policy.database).await;
    let before = dump.rows().await;
    let nothing = pb::ReplaySummary { examined: 5, ..Default::default() };
    assert_eq!(summary(&pair, pb::Policy::default()).await, nothing);
    assert_eq!(summary(&pair, with_mode(CLOSED, pb::RuleMode::Off)).await, nothing);

    let stricter = pb::ReplaySummary {
        newly_denied: 2,
        rules: vec![rule(CAP, &[&made[1], &made[2]], &[])],
        examples: vec![example(&made[1], &[CAP]), example(&made[2], &[CAP])],
        ..nothing.clone()
    };
    assert_eq!(summary(&pair, with_cap(1)).await, stricter);
    let warned = pb::ReplaySummary {
        newly_allowed: 1,
        rules: vec![rule(NEVER, &[], &[&made[4]])],
        examples: vec![example(&made[4], &[])],
        ..nothing.clone()
    };
    assert_eq!(summary(&pair, with_mode(NEVER, pb::RuleMode::Warn)).await, warned);
    let mut both = with_cap(2);
    both.rules.extend(with_mode(NEVER, pb::RuleMode::Off).rules);
    let both_told = pb::ReplaySummary {
        newly_denied: 1,
        newly_allowed: 1,
        rules: vec![rule(CAP, &[&made[2]], &[]), rule(NEVER, &[], &[&made[4]])],
        examples: vec![example(&made[2], &[CAP]), example(&made[4], &[])],
        ..nothing
    };
    assert_eq!(summary(&pair, both).await, both_told);
    assert_eq!(dump.rows().await, before, "a replay writes nothing");
}

#[tokio::test]
async fn it_is_told_against_the_record_whatever_holds_now() {
    let pair = Pair::at(noon()).await;
    decide(&pair).await;
    let stricter = summary(&pair, with_cap(1)).await;
    let update = pb::UpdatePolicyRequest {
        tenant_id: ops::TENANT.into(),
        policy: Some(with_cap(1)),
        ..Default::default()
    };
    pair.admin.clone().update_policy(update).await.unwrap();
    assert_eq!(summary(&pair, pb::Policy::default()).await, stricter);
    let as_it_was = summary(&pair, with_cap(3)).await;
    assert_eq!(as_it_was, pb::ReplaySummary { examined: 5, ..Default::default() });
}

#[tokio::test]
async fn a_proposal_is_what_update_policy_would_make_of_it() {
    let pair = Pair::at(noon()).await;
    decide(&pair).await;
    let off = with_mode(NEVER, pb::RuleMode::Off);
    // Each is a change of what the ones before it made.
    let changes: [(pb::Policy, &[&str]); 5] = [
        (with_cap(1), &[]),
        (off.clone(), &[]),
        (with_cap(2), &["rules"]),
        (off, &["free_within_window"]),
        (pb::Policy::default(), &["*"]),
    ];
    let mut counted = Vec::new();
    for (policy, paths) in changes {
        let paths: Vec<_> = paths.iter().map(ToString::to_string).collect();
        let update_mask = (!paths.is_empty()).then_some(FieldMask { paths });
        let proposed = pb::ReplayDecisionsRequest {
            update_mask: update_mask.clone(),
            ..of_all(policy.clone())
        };
        let proposed = replay(&pair, proposed).await.unwrap().1;
        let tenant_id = ops::TENANT.into();
        let policy = Some(policy);
        let update =
            pb::UpdatePolicyRequest { tenant_id, policy, update_mask, ..Default::default() };
        pair.admin.clone().update_policy(update).await.unwrap();
        assert_eq!(summary(&pair, pb::Policy::default()).await, proposed);
        counted.push((proposed.newly_denied, proposed.newly_allowed));
    }
    assert_eq!(counted, [(2, 0), (2, 1), (1, 0), (1, 0), (0, 0)]);
}

#[tokio::test]
async fn a_range_has_its_first_instant_and_not_its_last() {
    let pair = Pair::at(noon()).await;
    // Within one millisecond, and over the bounds of two.
    let micros = [0, 1, 2, 498, 499, 500, 501, 1_499, 1_500];
    for after in micros {
        pair.set(noon() + TimeDelta::microseconds(after));
        let decided = pair.authorize(ops::free_form("stranger")).await.unwrap();
        assert_eq!(time(decided.decided_at.unwrap()), noon() + TimeDelta::microseconds(after));
    }
    for from in 0..micros.len() {
        for before in from + 1..micros.len() {
            let bound = |place: usize| timestamp(noon() + TimeDelta::microseconds(micros[place]));
            let request = pb::ReplayDecisionsRequest {
                decided_from: bound(from),
                decided_before: bound(before),
                ..of_all(with_mode(NEVER, pb::RuleMode::Off))
            };
            let told = replay(&pair, request).await.unwrap().1;
            let expected = i64::try_from(before - from).unwrap();
            assert_eq!(
                (told.examined, told.newly_allowed),
                (expected, expected),
                "{from}-{before}"
            );
        }
    }
}

#[tokio::test]
async fn where_nothing_was_decided_nothing_would_change() {
    let pair = Pair::at(noon()).await;
    let stricter = with_cap(1);
    assert_eq!(summary(&pair, stricter.clone()).await, pb::ReplaySummary::default());
    decide(&pair).await;
    let later = pb::ReplayDecisionsRequest {
        decided_from: timestamp(noon() + TimeDelta::days(1)),
        ..of_all(stricter.clone())
    };
    let told = replay(&pair, later).await.unwrap();
    assert_eq!(told, (vec![], pb::ReplaySummary::default()));
    // What others decided is theirs.
    let other = pb::ReplayDecisionsRequest { tenant_id: "other".into(), ..of_all(stricter) };
    let told = replay(&pair, other).await.unwrap();
    assert_eq!(told, (vec![], pb::ReplaySummary::default()));
}
