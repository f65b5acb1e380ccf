//! The database: one module for each aggregate, and the one way in which sends are decided and
//! reported.
//!
//! SQL is written by hand. Nothing here knows gRPC. [`Store`] is what the handlers use.

mod aliases;
mod batch;
mod consents;
mod contacts;
mod decisions;
mod erasure;
mod hearing;
mod history;
mod ledgers;
mod notes;
pub mod outbox;
mod outcomes;
mod people;
mod portfolios;
mod replay;
mod reports;
mod reserved;
mod retention;
pub mod settings;
mod tenants;
mod waiting;

use std::sync::Arc;

use azeer_domain::TenantId;
use azeer_runtime::batches::Batches;
use azeer_runtime::clock::Clock;
use azeer_runtime::group_commit::Options;
use azeer_runtime::store_error::StoreError;
use deadpool_postgres::Pool;
use tokio::sync::Notify;
use uuid::Uuid;

pub use batch::{DecideError, Item};
pub use consents::{Heard, StoredConsent};
pub use decisions::{Person, Record, Recorded, Request, Suggested};
pub use erasure::{EraseError, Erasure};
pub use history::{History, Page};
pub use people::{Change, PersonConsent};
pub use reports::{FailedStatus, Report, ReportError, StatusTaken};
pub use retention::{Kept, Removal};

use batch::{Decider, Mode};
use outbox::Outbox;
use reports::Reporter;
use settings::Cache;

/// The connections to the database.
pub struct Pools {
    /// Of all that reads, and of changes to settings.
    pub reads: Pool,
    /// Of checks: one for each of their shards.
    pub checks: Pool,
    /// Of authorizations: one for each of their shards.
    pub writes: Pool,
    /// Of reports: one for each of their shards.
    pub reports: Pool,
}

/// How many batches of each kind may be in flight, and how large they may be.
#[derive(Debug, Clone, Copy)]
pub struct Shards {
    /// Of checks.
    pub checks: Options,
    /// Of authorizations.
    pub writes: Options,
    /// Of reports.
    pub reports: Options,
}

/// Everything the service keeps.
pub struct Store {
    pool: Pool,
    clock: Clock,
    settings: Cache,
    checks: Batches<Decider>,
    authorizations: Batches<Decider>,
    reports: Batches<Reporter>,
    /// Told of each time that something is to be told to conversation-state.
    outbox_due: Arc<Notify>,
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
        let outbox_due = Arc::new(Notify::new());
        let reporter = Reporter {
            pool: pools.reports,
            clock: clock.clone(),
            settings: settings.clone(),
            outbox_due: Arc::clone(&outbox_due),
        };
        let reports = Batches::start(reporter, shards.reports);
        Self { pool: pools.reads, clock, settings, checks, authorizations, reports, outbox_due }
    }

    /// What conversation-state is still to be told.
    #[must_use]
    pub fn outbox(&self) -> Outbox {
        let (pool, clock) = (self.pool.clone(), self.clock.clone());
        Outbox { pool, clock, due: Arc::clone(&self.outbox_due) }
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
        tokio::join!(self.checks.stop(), self.authorizations.stop(), self.reports.stop());
    }
}

/// An id from the database, where only well-formed ones are written.
fn id<T, E>(parsed: Result<T, E>, what: &'static str) -> Result<T, StoreError> {
    parsed.map_err(|_| StoreError::Impossible(what))
}
