//! `ReplayDecisions`: a replay as a stream of messages.

use std::sync::Arc;

use azeer_proto::policy::v1 as pb;
use azeer_runtime::wire::timestamp;
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use messaging_policy_core::Verdict;
use messaging_policy_core::replay::{Example, RuleChange, Summary};
use pb::replay_decisions_response::Message;
use tonic::Status;
use uuid::Uuid;

use super::answer::verdict;
use super::parse::Replaying;
use super::problems::Failed;
use crate::replay::{Replays, Told};
use crate::store::Store;

/// What a replay tells.
pub(super) type Messages = BoxStream<'static, Result<pb::ReplayDecisionsResponse, Status>>;

/// Begins a replay. Nothing is read but what the caller takes.
pub(super) async fn replay(
    replays: &Replays,
    store: &Arc<Store>,
    request: &pb::ReplayDecisionsRequest,
) -> Result<Messages, Failed> {
    let Replaying { tenant, decided, change } = Replaying::try_from(request)?;
    let replay = replays.begin(store, tenant, decided, |policy| change.apply(policy)).await?;
    // Whatever is told last ends it at once: a reader who is slow to take that holds nothing up.
    let messages = stream::unfold(Some(replay), |replay| async {
        let mut replay = replay?;
        let message = match replay.next().await {
            Ok(Told::Progress { examined, decided_at }) => {
                let decided_at = Some(timestamp(decided_at));
                let progress = pb::ReplayProgress { examined: count(examined), decided_at };
                return Some((Ok(message(Message::Progress(progress))), Some(replay)));
            }
            Ok(Told::Summary(told)) => Ok(message(Message::Summary(summary(told)))),
            Err(error) => Err(Failed::from(error).into()),
        };
        Some((message, None))
    });
    Ok(messages.boxed())
}

fn message(message: Message) -> pb::ReplayDecisionsResponse {
    pb::ReplayDecisionsResponse { message: Some(message) }
}

fn summary(told: Summary) -> pb::ReplaySummary {
    let Summary { examined, newly_denied, newly_allowed, rules } = told;
    let example = |recorded, proposed| {
        move |example: Example| pb::ReplayExample {
            decision_id: example.id.to_string(),
            recorded: verdict(recorded).into(),
            proposed: verdict(proposed).into(),
            violation_codes: example.codes,
        }
    };
    let denied = newly_denied.first.into_iter().map(example(Verdict::Allow, Verdict::Deny));
    let allowed = newly_allowed.first.into_iter().map(example(Verdict::Deny, Verdict::Allow));
    pb::ReplaySummary {
        examined: count(examined),
        newly_denied: count(newly_denied.count),
        newly_allowed: count(newly_allowed.count),
        rules: rules.into_iter().map(rule).collect(),
        examples: denied.chain(allowed).collect(),
    }
}

fn rule((code, change): (String, RuleChange)) -> pb::ReplayedRule {
    let RuleChange { newly_refused, no_longer_refused } = change;
    let ids = newly_refused.first.iter().chain(&no_longer_refused.first);
    pb::ReplayedRule {
        code,
        newly_refused: count(newly_refused.count),
        no_longer_refused: count(no_longer_refused.count),
        decision_ids: ids.map(Uuid::to_string).collect(),
    }
}

fn count(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
