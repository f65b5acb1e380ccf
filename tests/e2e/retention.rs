//! What is no longer kept goes, the oldest first and a little at a time, and nothing else does.
//!
//! - [`conversations`]: the log, its notes, messages and requests
//! - [`policy`]: decisions and people, and what counts for caps
//! - [`upkeep`]: the services do so by themselves, on any number of replicas

mod conversations;
mod policy;
mod upkeep;

use azeer_runtime::upkeep::{Chore, Step};

/// Removes all that is due. Gives how much each step removed.
async fn remove_all(mut chore: impl Chore) -> Vec<u64> {
    let mut steps = Vec::new();
    loop {
        match chore.step().await.unwrap() {
            Step::More(removed) => steps.push(removed),
            Step::Done(removed) => {
                steps.push(removed);
                return steps;
            }
        }
    }
}
