//! The database: one module for each aggregate, and the one way in which sends are decided.
//!
//! SQL is written by hand. Nothing here knows gRPC. [`Store`] is what the handlers use.

mod batch;
mod consents;
mod contacts;
mod decisions;
mod history;
mod notes;
mod portfolios;
pub mod settings;
mod tenants;

use azeer_domain::TenantId;
use azeer_runtime::batches::Batches;
use azeer_runtime::clock::Clock;
use azeer_runtime::group_commit::Options;
use azeer_runtime::store_error::StoreError;
use deadpool_postgres::Pool;
use uuid::Uuid;

pub use batch::{DecideError, Item};
pub use consents::StoredConsent;
pub use decisions::{Person, Record, Recorded, Request, Suggested};
pub use history::{History, Page};

use batch::{Decider, Mode};
use settings::Cache;

/// The connections to the database.
pub struct Pools {
    /// Of all that reads, and of changes to settings.
    pub reads: Pool,
    /// Of checks: one for each of their shards.
    pub checks: Pool,
    /// Of authorizations: one for each of their shards.
    pub writes: Pool,
}

/// How many batches of each kind may be in flight, and how large they may be.
#[derive(Debug, Clone, Copy)]
pub struct Shards {
    /// Of checks.
    pub checks: Options,
    /// Of authorizations.
    pub writes: Options,
}

/// Everything the service keeps.
pub struct Store {
    pool: Pool,
    clock: Clock,
    settings: Cache,
    checks: Batches<Decider>,
    authorizations: Batches<Decider>,
}

impl Store {
    /// Starts deciding.
    #[must_use]
    pub fn start(pools: Pools, clock: Clock, shards: Shards) -> Self {
        let settings = Cache::default();
        let decider =
            |pool, mode| Decider { pool, clock: clock.clone(), settings: settings.clone(), mode };
        let checks = Batches::start(decider(pools.checks, Mode::Check), shards.checks);
        let authorizations = Batches::start(decider(pools.writes, Mode::Authorize), shards.writes);
        Self { pool: pools.reads, clock, settings, checks, authorizations }
    }

    /// Decides a send: records it if it has a request, and else only tells what would be decided.
    pub async fn decide(&self, item: Item) -> Result<Recorded, DecideError> {
        if item.request.is_some() {
            let tenant = item.ask.tenant.clone();
            return self.authorizations.submit(&tenant, item).await;
        }
        // Checks wait for nobody: those of one tenant are spread over all shards.
        let target = item.ask.target.clone();
        self.checks.submit(&target, item).await
    }

    /// What was decided under a request's id, if anything was, unless that was about something else.
    pub async fn decided(
        &self,
        tenant: &TenantId,
        request: &Request,
    ) -> Result<Option<Result<Recorded, DecideError>>, StoreError> {
        let client = self.pool.get().await?;
        let statement = client.prepare_cached(decisions::DONE).await?;
        let now = self.clock.instead_of_database();
        let done = decisions::done(&client, &statement, &[(tenant, request.id)], now).await?;
        let found = done.into_iter().next();
        Ok(found.map(|(_, hash, recorded)| request.if_same(hash, recorded)))
    }

    /// A decision that was recorded.
    pub async fn decision(
        &self,
        tenant: &TenantId,
        id: Uuid,
    ) -> Result<Option<Recorded>, StoreError> {
        history::one(&self.pool.get().await?, tenant, id).await
    }

    /// A page of the decisions that were recorded, newest first.
    pub async fn decisions(
        &self,
        tenant: &TenantId,
        history: &History,
    ) -> Result<Page, StoreError> {
        history::list(&self.pool.get().await?, tenant, history).await
    }

    /// Lets the batches that wait finish.
    pub async fn stop(self) {
        tokio::join!(self.checks.stop(), self.authorizations.stop());
    }
}

/// An id from the database, where only well-formed ones are written.
fn id<T, E>(parsed: Result<T, E>, what: &'static str) -> Result<T, StoreError> {
    parsed.map_err(|_| StoreError::Impossible(what))
}
