//! Random histories against the service and against a naive model of it, compared after every
//! step: states, tabs, counts, pages and events.
//!
//! - [`op`]: what may happen, and how likely
//! - [`chat`]: the model of one conversation, which keeps all its messages
//! - [`inbox`]: the model of a tenant, which looks at every conversation each time it is asked
//! - [`run`]: does each step to both
//! - [`erase`]: the step after which nothing is left of a conversation
//! - [`compare`]: asks both and compares

mod chat;
mod compare;
mod erase;
mod inbox;
mod op;
mod run;

use proptest::test_runner::{Config, TestRunner};

/// Histories; each has a database of its own.
const CASES: u32 = 24;
/// The longest history.
const STEPS: usize = 60;

#[test]
fn any_history_reads_as_the_naive_model_says() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    // Failed histories are printed shrunk; a case for the tables is worth more than a seed file.
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let histories = proptest::collection::vec(op::op(), 1..STEPS);
    TestRunner::new(config)
        .run(&histories, |history| {
            runtime.block_on(run::history(&history));
            Ok(())
        })
        .unwrap();
}
