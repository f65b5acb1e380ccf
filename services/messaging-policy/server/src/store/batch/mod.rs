//! The one way in which sends are decided: gathered into batches, each on what the database holds at
//! one instant. A batch of authorizations locks its tenants first, so that what it counts nobody
//! changes until it has recorded what it allows; a batch of checks only looks.
//!
//! - [`load`]: what a batch reads, in one round trip, or two where the second depends on the first
//! - [`facts`]: the facts of one send, from what was loaded
//! - [`reserve`]: what an allowed send takes
//! - [`rows`]: what is written, in one statement

mod decide;
mod facts;
mod load;
mod reserve;
mod rows;

use std::sync::Arc;

use azeer_runtime::batches::{Batch, Failure, Guard, Lost, Outcomes};
use azeer_runtime::clock::Clock;
use azeer_runtime::store_error::StoreError;
use deadpool_postgres::Pool;
use thiserror::Error;
use uuid::Uuid;

use super::decisions::{ContentHash, Recorded, Request};
use super::settings::Cache;
use crate::ask::Ask;
use crate::conversation::Context;
use decide::Deciding;
pub(super) use load::unless_empty;

/// A send that is to be decided.
#[derive(Debug)]
pub struct Item {
    /// What is asked.
    pub ask: Ask,
    /// What conversation-state says.
    pub context: Context,
    /// The caller's request; none for a check.
    pub request: Option<Request>,
    /// The key that signs a permit, if it is allowed and gets one; none: there are none.
    pub permit_key: Option<Arc<str>>,
}

/// Why a send was not decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DecideError {
    /// The request id was used for something else.
    #[error("the request id was used for something else")]
    RequestIdReused(Uuid),
    /// It was not decided, or it is not known whether it was recorded.
    #[error(transparent)]
    Lost(#[from] Lost),
}

impl Request {
    /// What was decided under its id, unless that was about something else.
    pub(super) fn if_same(
        &self,
        content_hash: ContentHash,
        recorded: Recorded,
    ) -> Result<Recorded, DecideError> {
        match content_hash {
            Some(other) if other != self.content_hash => Err(DecideError::RequestIdReused(self.id)),
            _ => Ok(recorded),
        }
    }
}

/// Whether a batch records what it decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Check,
    Authorize,
}

/// Decides batches of sends.
pub(super) struct Decider {
    pub(super) pool: Pool,
    pub(super) clock: Clock,
    pub(super) settings: Cache,
    pub(super) mode: Mode,
}

impl Batch for Decider {
    type Item = Item;
    type Done = Recorded;
    type Error = DecideError;

    async fn run(&self, items: &[Item]) -> Result<Outcomes<Self>, Failure> {
        match self.mode {
            Mode::Check => self.check(items).await.map_err(Failure::before_writing),
            Mode::Authorize => self.authorize(items).await,
        }
    }
}

impl Decider {
    async fn check(&self, items: &[Item]) -> Result<Outcomes<Self>, StoreError> {
        let client = Guard::new(self.pool.get().await?);
        let (sendings, loaded) = self.load(&client, items).await?;
        client.keep();
        let mut deciding = Deciding::new(loaded);
        Ok(sendings.iter().map(|sending| deciding.decide(sending)).collect())
    }

    /// On a connection of its own. One that fails is closed: that ends its transaction, whatever
    /// state it was in.
    async fn authorize(&self, items: &[Item]) -> Result<Outcomes<Self>, Failure> {
        let client =
            self.pool.get().await.map_err(|error| Failure::before_writing(error.into()))?;
        let client = Guard::new(client);
        let loaded = self.load(&client, items).await;
        let (sendings, loaded) = loaded.map_err(Failure::before_writing)?;
        let mut deciding = Deciding::new(loaded);
        let outcomes = sendings.iter().map(|sending| deciding.decide(sending)).collect();
        deciding.commit(&client).await.map_err(Failure::of_writing)?;
        client.keep();
        Ok(outcomes)
    }
}
