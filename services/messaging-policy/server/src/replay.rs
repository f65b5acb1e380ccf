//! Replays: recorded decisions, read page by page and judged again under another policy. What comes
//! of one decision, and what is counted, is `messaging_policy_core::replay`.

use std::ops::Range;
use std::sync::Arc;

use azeer_domain::{TenantId, Time};
use azeer_runtime::store_error::StoreError;
use messaging_policy_core::Policy;
use messaging_policy_core::replay::Summary;
use thiserror::Error;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::yield_now;
use uuid::Uuid;

use crate::store::Store;

/// How many may go on at once at a replica: they take their part of a processor.
const MOST: usize = 2;
/// After how many pages it tells how far it is.
const PAGES_BETWEEN: usize = 10;
/// How many decisions are judged before other work may go on: a millisecond's worth at most.
const AT_ONCE: usize = 10;

/// Why a replay ended or did not begin.
#[derive(Debug, Error)]
pub(crate) enum ReplayError {
    /// There are as many as there may be.
    #[error("this replica replays as much as it takes")]
    TooMany,
    /// The service is stopping.
    #[error("the service is stopping; begin again elsewhere")]
    Stopping,
    /// The decisions could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The replays of this replica.
pub(crate) struct Replays {
    places: Arc<Semaphore>,
    stopping: watch::Sender<bool>,
}

/// One that goes on as far as it is asked to.
pub(crate) struct Replay {
    store: Arc<Store>,
    tenant: TenantId,
    decided: Range<Time>,
    policy: Policy,
    /// The last one that was judged.
    last: Option<(Uuid, Time)>,
    summary: Summary,
    stopping: watch::Receiver<bool>,
    _place: OwnedSemaphorePermit,
}

/// What a replay tells.
pub(crate) enum Told {
    /// How far it is.
    Progress {
        /// How many were judged.
        examined: u64,
        /// When the last of them was decided.
        decided_at: Time,
    },
    /// What it came to: the last that it tells.
    Summary(Summary),
}

// === impl Replays ===

impl Replays {
    pub(crate) fn new() -> Self {
        Self { places: Arc::new(Semaphore::new(MOST)), stopping: watch::Sender::new(false) }
    }

    /// Begins one over what was decided then, under the policy that holds now as `change` makes it.
    pub(crate) async fn begin(
        &self,
        store: &Arc<Store>,
        tenant: TenantId,
        decided: Range<Time>,
        change: impl FnOnce(&mut Policy),
    ) -> Result<Replay, ReplayError> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        let place = place.map_err(|_| ReplayError::TooMany)?;
        let mut policy = store.settings(&tenant).await?.policy.clone();
        change(&mut policy);
        Ok(Replay {
            store: Arc::clone(store),
            tenant,
            decided,
            policy,
            last: None,
            summary: Summary::default(),
            stopping: self.stopping.subscribe(),
            _place: place,
        })
    }

    /// Ends all of them.
    pub(crate) fn stop(&self) {
        self.stopping.send_replace(true);
    }
}

// === impl Replay ===

impl Replay {
    /// Goes on until there is something to tell. It is over after a summary, or an error.
    pub(crate) async fn next(&mut self) -> Result<Told, ReplayError> {
        let mut stopping = self.stopping.clone();
        tokio::select! {
            biased;
            _ = stopping.wait_for(|&stops| stops) => Err(ReplayError::Stopping),
            told = self.go_on() => Ok(told?),
        }
    }

    async fn go_on(&mut self) -> Result<Told, StoreError> {
        for _ in 0..PAGES_BETWEEN {
            let after = self.last.map(|(id, _)| id);
            let page = self.store.past(&self.tenant, &self.decided, after).await?;
            for (place, past) in page.decisions().enumerate() {
                let past = past?;
                self.summary.add(&past, &self.policy);
                self.last = Some((past.id, past.decided_at));
                if place % AT_ONCE == 0 {
                    yield_now().await;
                }
            }
            if page.is_last() {
                return Ok(self.summary());
            }
        }
        Ok(match self.last {
            Some((_, decided_at)) => Told::Progress { examined: self.summary.examined, decided_at },
            None => self.summary(),
        })
    }

    fn summary(&mut self) -> Told {
        Told::Summary(std::mem::take(&mut self.summary))
    }
}
