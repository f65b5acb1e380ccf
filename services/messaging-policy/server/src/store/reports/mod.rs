//! What became of sends: reports of the senders, and failures that the platform tells later. Gathered
//! into batches as decisions are, under the same locks: what a send gives back is free for the next
//! decision, and for no two of them.
//!
//! - [`load`]: what a batch reads; [`people`]: what only failures need
//! - [`judge`]: what each report changes, in memory, in the batch's order
//! - [`lessons`]: what codes teach about contacts, numbers and templates; [`marketing`]: how it is
//!   written of contacts
//! - [`outbox`]: what conversation-state is to be told; [`rows`]: what is written, in one statement

mod judge;
mod lessons;
mod load;
mod marketing;
mod outbox;
mod people;
mod rows;

use std::sync::Arc;

use azeer_domain::{ChannelId, ContactId, MessageId, TenantId, Time};
use azeer_runtime::batches::{Batch, Failure, Guard, Lost, Outcomes};
use azeer_runtime::clock::Clock;
use deadpool_postgres::Pool;
use messaging_policy_core::outcome::{self, NotTaken};
use thiserror::Error;
use tokio::sync::Notify;
use uuid::Uuid;

use super::Store;
use super::decisions::Recorded;
use super::settings::Cache;
use judge::Judging;

/// The longest text of an error that is kept.
const MOST_ERROR_CHARACTERS: usize = 1_024;

/// What somebody reports of a send.
#[derive(Debug, Clone)]
pub struct Report {
    /// The tenant.
    pub tenant: TenantId,
    /// The decision that allowed it.
    pub decision: Uuid,
    /// What became of it.
    pub outcome: outcome::Report,
}

/// A message that failed, as the platform tells it.
#[derive(Debug, Clone)]
pub struct FailedStatus {
    /// The tenant.
    pub tenant: TenantId,
    /// The number that sent it.
    pub channel: ChannelId,
    /// Whom it was for, by all ids that are told; empty: nobody says.
    pub contacts: Vec<ContactId>,
    /// The message.
    pub message_id: MessageId,
    /// The platform's code; what is no code is 0.
    pub error_code: i32,
    /// What the platform said; may be empty.
    pub error_message: String,
    /// When it failed, by the platform.
    pub failed_at: Time,
}

/// What came of a message that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusTaken {
    /// It was news.
    Applied,
    /// It was known.
    Duplicate,
}

/// Why a report was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ReportError {
    /// There is no such decision.
    #[error("there is no such decision")]
    NotFound,
    /// The decision refused the send.
    #[error("the decision did not allow the send")]
    NotAllowed,
    /// What it says does not follow what is known.
    #[error(transparent)]
    NotTaken(#[from] NotTaken),
    /// It was not recorded, or it is not known whether it was.
    #[error(transparent)]
    Lost(#[from] Lost),
}

/// What a batch takes.
pub(super) enum Item {
    Report(Report),
    Status(FailedStatus),
}

/// What came of it.
pub(super) enum Done {
    Reported(Box<Recorded>),
    Taken(StatusTaken),
}

impl Item {
    fn tenant(&self) -> &TenantId {
        match self {
            Self::Report(report) => &report.tenant,
            Self::Status(status) => &status.tenant,
        }
    }
}

/// Takes batches of reports.
pub(super) struct Reporter {
    pub(super) pool: Pool,
    pub(super) clock: Clock,
    pub(super) settings: Cache,
    pub(super) outbox_due: Arc<Notify>,
}

impl Batch for Reporter {
    type Item = Item;
    type Done = Done;
    type Error = ReportError;

    /// On a connection of its own. One that fails is closed: that ends its transaction, whatever
    /// state it was in.
    async fn run(&self, items: &[Item]) -> Result<Outcomes<Self>, Failure> {
        let client =
            self.pool.get().await.map_err(|error| Failure::before_writing(error.into()))?;
        let client = Guard::new(client);
        let loaded = self.load(&client, items).await.map_err(Failure::before_writing)?;
        let mut judging = Judging::new(loaded);
        let outcomes = items.iter().map(|item| judging.judge(item)).collect();
        judging.learn(&client).await.map_err(Failure::before_writing)?;
        judging.commit(&client).await.map_err(Failure::of_writing)?;
        client.keep();
        if judging.tells() {
            self.outbox_due.notify_one();
        }
        Ok(outcomes)
    }
}

impl Store {
    /// Records what became of a send, with all that follows from it. Gives the decision with it.
    pub async fn report(&self, report: Report) -> Result<Recorded, ReportError> {
        let tenant = report.tenant.clone();
        match self.reports.submit(&tenant, Item::Report(report)).await? {
            Done::Reported(recorded) => Ok(*recorded),
            Done::Taken(_) => Err(Lost::internal(&"a report answered as a status").into()),
        }
    }

    /// Records that a message failed, with all that follows from it. One that nobody has reported as
    /// sent waits for that.
    pub async fn status_failed(&self, mut status: FailedStatus) -> Result<StatusTaken, Lost> {
        status.error_code = status.error_code.max(0);
        // Text of the platform: no reason to refuse what it says.
        let text = status.error_message.chars().filter(|c| *c != '\0');
        status.error_message = text.take(MOST_ERROR_CHARACTERS).collect();
        let tenant = status.tenant.clone();
        match self.reports.submit(&tenant, Item::Status(status)).await {
            Ok(Done::Taken(taken)) => Ok(taken),
            Err(ReportError::Lost(lost)) => Err(lost),
            Ok(Done::Reported(_)) | Err(_) => Err(Lost::internal(&"a status answered as a report")),
        }
    }
}
