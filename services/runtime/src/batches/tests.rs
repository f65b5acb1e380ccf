//! What a batch comes to, by what the database says to it.

use std::sync::Mutex;

use super::*;

/// What the database says to a batch in which an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Item {
    Good,
    /// Refused for what it asks.
    Refused,
    /// The database does not take it.
    Impossible,
    /// The database is away.
    Away,
    /// Nothing was written, for as many times.
    InTheWay(usize),
    Panics,
}

#[derive(Debug, PartialEq, Eq)]
enum Error {
    Refused,
    Lost(Lost),
}

impl From<Lost> for Error {
    fn from(lost: Lost) -> Self {
        Self::Lost(lost)
    }
}

/// Answers the items' places, and keeps how large each batch was that it ran.
#[derive(Clone, Default)]
struct Scripted(Arc<Mutex<Vec<usize>>>);

impl Batch for Scripted {
    type Item = Item;
    type Done = usize;
    type Error = Error;

    async fn run(&self, items: &[Item]) -> Result<Outcomes<Self>, Failure> {
        let tries = {
            let mut run = self.0.lock().unwrap();
            run.push(items.len());
            run.len()
        };
        for item in items {
            let (error, try_again) = match item {
                Item::Good | Item::Refused => continue,
                Item::Impossible => (StoreError::Impossible("item"), false),
                Item::InTheWay(times) if tries > *times => continue,
                Item::InTheWay(_) => (StoreError::Timeout, true),
                Item::Away => (StoreError::Timeout, false),
                Item::Panics => panic!("a bug"),
            };
            return Err(Failure { error, try_again });
        }
        let outcome = |(place, item): (usize, &Item)| match item {
            Item::Refused => Err(Error::Refused),
            _ => Ok(place),
        };
        Ok(items.iter().enumerate().map(outcome).collect())
    }
}

/// What a batch of these items comes to, and how large the batches were that it took.
async fn commit(items: &[Item]) -> (Outcomes<Scripted>, Vec<usize>) {
    let scripted = Scripted::default();
    let outcomes = Trying(scripted.clone()).commit(items.to_vec()).await;
    let run = scripted.0.lock().unwrap().clone();
    (outcomes, run)
}

#[tokio::test]
async fn items_are_written_together_and_answered_each_at_its_place() {
    let (outcomes, run) = commit(&[Item::Good, Item::Refused, Item::Good]).await;
    assert_eq!(outcomes, [Ok(0), Err(Error::Refused), Ok(2)]);
    assert_eq!(run, [3]);
}

#[tokio::test]
async fn what_was_in_the_way_is_tried_again_so_often() {
    let (outcomes, run) = commit(&[Item::InTheWay(TRIES - 1), Item::Good]).await;
    assert_eq!(outcomes, [Ok(0), Ok(1)]);
    assert_eq!(run, [2; TRIES]);

    let (outcomes, run) = commit(&[Item::InTheWay(TRIES), Item::Good]).await;
    assert!(outcomes.iter().all(|o| matches!(o, Err(Error::Lost(Lost::Unavailable(_))))));
    assert_eq!(run, [2; TRIES]);
}

#[tokio::test]
async fn what_may_have_been_written_is_not_tried_again() {
    let (outcomes, run) = commit(&[Item::Away, Item::Good]).await;
    let [Err(Error::Lost(Lost::Unavailable(one))), Err(Error::Lost(Lost::Unavailable(other)))] =
        outcomes[..]
    else {
        panic!("{outcomes:?}")
    };
    assert_eq!(one, other, "one line in the logs");
    assert_eq!(run, [2]);
}

#[tokio::test]
async fn the_others_do_not_suffer_for_what_the_database_refuses() {
    let (outcomes, run) = commit(&[Item::Good, Item::Impossible, Item::Good]).await;
    assert!(
        matches!(outcomes[..], [Ok(0), Err(Error::Lost(Lost::Internal(_))), Ok(0)]),
        "{outcomes:?}"
    );
    assert_eq!(run, [3, 1, 1, 1]);
}

#[tokio::test]
async fn a_bug_in_a_batch_is_told_to_its_callers() {
    let options = Options { shards: 2, largest_batch: 8, queue: 8 };
    let batches = Batches::start(Scripted::default(), options);
    let lost = batches.submit(&"a", Item::Panics).await;
    assert!(matches!(lost, Err(Error::Lost(Lost::Internal(_)))), "{lost:?}");
    assert_eq!(batches.submit(&"a", Item::Good).await, Ok(0));
    batches.stop().await;
}
