//! Random histories of sends against the service and against a naive model of its caps, compared
//! after every step.
//!
//! - [`op`]: what may happen, and by which policies
//! - [`naive`]: the model, which keeps a plain list of what was allowed and counts it each time

mod naive;
mod op;

use azeer_proto::conversation::v1::RecordInboundMessageRequest;
use azeer_proto::policy::v1 as pb;
use azeer_tests::{Pair, ops};
use proptest::test_runner::{Config, TestRunner};

use super::stand::{Settings, TEMPLATES, noted};
use crate::support::noon;
use naive::Naive;
use op::{ALIASES, CONTACTS, LIMIT, NOTES, Op, POLICIES, RULES};

/// Histories; each has databases of its own.
const CASES: u32 = 12;
/// The longest history.
const STEPS: usize = 150;

#[test]
fn any_history_is_decided_as_the_naive_model_says() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    // Failed histories are printed shrunk; a case for the tables is worth more than a seed file.
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let histories = proptest::collection::vec(op::op(), STEPS / 2..STEPS);
    TestRunner::new(config)
        .run(&histories, |history| {
            runtime.block_on(play(&history));
            Ok(())
        })
        .unwrap();
}

async fn play(history: &[Op]) {
    let pair = Pair::at(noon()).await;
    let settings = Settings::through(&pair).await;
    settings.limit(LIMIT).await;
    settings.only(&RULES, POLICIES[0].settings).await;
    let mut naive = Naive::at(noon());
    let mut sent = Vec::new();
    for (step, op) in history.iter().enumerate() {
        match op {
            Op::Advance(by) => {
                naive.now += *by;
                pair.set(naive.now);
            }
            Op::Judge(policy) => {
                settings.only(&RULES, POLICIES[*policy].settings).await;
                naive.policy = &POLICIES[*policy];
            }
            Op::Writes { contact, both_ids } => {
                let said_at = naive.writes(*contact, *both_ids);
                let aliases = if *both_ids { vec![ALIASES[*contact].into()] } else { vec![] };
                let said = RecordInboundMessageRequest {
                    contact_aliases: aliases,
                    ..ops::inbound(CONTACTS[*contact], &format!("m{step}"), said_at)
                };
                let mut conversations = pair.conversation.clients.conversations.clone();
                conversations.record_inbound_message(said).await.unwrap();
            }
            Op::Send(asked) => {
                let decision = pair.authorize(request(asked)).await.unwrap();
                let refused = naive.send(asked);
                assert_eq!(ops::codes(&decision), refused, "step {step}, {asked:?}: {decision:?}");
                if refused.is_empty() {
                    sent.push(decision.decision_id);
                }
            }
            Op::GiveBack(ago) => {
                if let Some(place) = sent.len().checked_sub(ago + 1)
                    && naive.give_back(place)
                {
                    let report = match step % 2 {
                        0 => ops::abandoned(&sent[place]),
                        _ => ops::failed(&sent[place], 131_000),
                    };
                    pair.report(report).await.unwrap();
                }
            }
        }
    }
}

fn request(asked: &op::Asked) -> pb::Send {
    let send = ops::template(asked.id(), TEMPLATES[asked.template].0);
    if asked.note == 0 && asked.reference == 0 {
        return send;
    }
    let reference = if asked.reference == 0 { String::new() } else { asked.reference.to_string() };
    noted(send, &reference, NOTES[asked.note])
}
