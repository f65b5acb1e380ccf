//! Plays the story: each step is done, compared with what the script says, and shown.

use std::collections::HashMap;

use azeer_proto::conversation::v1 as pb;
use conversation_state_core::State;
use tonic::Status;

use super::{
    Error,
    desk::Desk,
    place::Place,
    scenes::{LINES, STORY, TEMPLATES},
    script::{Act, Happened, Outcome, Step},
    table::{Row, Table, name},
};

/// From the first step to the last, in a tenant of its own.
pub(super) async fn play(place: &Place, table: &Table) -> Result<(), Error> {
    let desk = Desk::open(place.conversation.clone(), place.policy.clone());
    let mut desk = desk.await.map_err(failed("The day begins"))?;
    for line in LINES {
        desk.set_up(line).await.map_err(failed("The numbers are set up"))?;
    }
    desk.import(TEMPLATES).await.map_err(failed("The templates are imported"))?;
    desk.allow_until_the_end().await.map_err(failed("The policy is set"))?;
    // All that took its time.
    desk.counts().await.map_err(failed("The day begins"))?;
    table.begin(&desk.tenant_id);
    for scene in STORY {
        table.scene(scene.title);
        for step in scene.steps {
            table.row(&take(&mut desk, step).await?);
        }
    }
    let last = tabs(&desk.counts().await.map_err(failed("The day ends"))?);
    if last != told_by_the_story() {
        let (expected, found) =
            (format!("{:?} in the tabs", told_by_the_story()), format!("{last:?}"));
        return Err(Error::OffScript { what: "The day ends", expected, found });
    }
    let kept = (!place.is_own()).then_some(desk.tenant_id.as_str());
    table.end(last, kept);
    Ok(())
}

async fn take(desk: &mut Desk, step: &Step) -> Result<Row, Error> {
    let failed = failed(step.what);
    let before = desk.conversation(step.customer).await.map_err(&failed)?;
    let before_state = before.as_ref().map(|before| state(before.state()));
    let happened = desk.perform(step.act, step.customer, before.unwrap_or_default()).await;
    let Happened { outcome, advice } = happened.map_err(&failed)?;
    let after = desk.conversation(step.customer).await.map_err(&failed)?.unwrap_or_default();
    let found = (outcome, state(after.state()));
    let expected = (step.outcome.clone(), step.then);
    if found != expected {
        let (expected, found) = (told(&expected), told(&found));
        return Err(Error::OffScript { what: step.what, expected, found });
    }
    Ok(Row {
        at: step.at,
        what: step.what,
        outcome: found.0,
        advice,
        words: step.act.words(step.customer),
        about: step.act.about(),
        before: before_state,
        after: found.1,
        handler: handler(&after.handler.unwrap_or_default()),
        window: window(after.window_remaining),
        counts: tabs(&desk.counts().await.map_err(failed)?),
    })
}

fn told((outcome, state): &(Outcome, State)) -> String {
    format!("“{}”, then {}", outcome.told().unwrap_or("done".to_owned()), name(*state))
}

/// For `map_err`: the service did not do what the story needs.
fn failed(what: &'static str) -> impl Fn(Box<Status>) -> Error {
    move |status| Error::Call { what, status }
}

/// How many conversations the story leaves in each tab, in the table's order.
fn told_by_the_story() -> [i64; 4] {
    let mut last: HashMap<&str, State> = HashMap::new();
    for step in STORY.iter().flat_map(|scene| scene.steps) {
        last.insert(step.customer.contact_id, step.then);
        if let Act::CustomerWritesAs(_, also) = step.act {
            last.remove(also.contact_id);
        }
    }
    [State::Open, State::Expired, State::Closed, State::Bot]
        .map(|state| last.values().map(|&then| i64::from(then == state)).sum())
}

fn tabs(counts: &pb::GetTabCountsResponse) -> [i64; 4] {
    [counts.open, counts.expired, counts.closed, counts.bot]
}

fn state(told: pb::ConversationState) -> State {
    match told {
        pb::ConversationState::Open => State::Open,
        pb::ConversationState::Closed => State::Closed,
        pb::ConversationState::Bot => State::Bot,
        pb::ConversationState::Expired | pb::ConversationState::Unspecified => State::Expired,
    }
}

fn handler(handler: &pb::Handler) -> String {
    if handler.kind() == pb::HandlerKind::Bot {
        return "bot".to_owned();
    }
    match (handler.team_id.as_str(), handler.agent_id.as_str()) {
        ("", "") => "people".to_owned(),
        ("", one) | (one, "") => one.to_owned(),
        (team, agent) => format!("{team}/{agent}"),
    }
}

/// What is left of the window, in its largest unit.
fn window(left: Option<prost_types::Duration>) -> String {
    let Some(left) = left else { return "none".to_owned() };
    match left.seconds {
        0 if left.nanos == 0 => "ended".to_owned(),
        // What was 24 hours a moment ago is to be told as such.
        seconds @ 3_600.. => format!("{} h", (seconds + 1_800) / 3_600),
        seconds @ 60.. => format!("{} min", seconds / 60),
        seconds => format!("{seconds}.{} s", left.nanos / 100_000_000),
    }
}
