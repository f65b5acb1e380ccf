//! Fills a tenant with many believable conversations, for looking at and for measuring.
//!
//! The core makes each of them, command by command, so none contradicts the rules; the server's
//! bulk module writes them. What happens in them is told in `life` and `tale`, to whom in
//! `people`, when in `timeline`.

mod life;
mod people;
mod tale;
mod timeline;

use std::num::NonZeroU16;
use std::sync::Arc;

use conversation_state::store::ChannelSettings;
use conversation_state::store::bulk::{Bulk, BulkError, Chunk};
use conversation_state_core::{Channel, ChannelId, Refusal, TenantId, Time, id::InvalidId};
use rand::{SeedableRng as _, rngs::StdRng};
use tokio::task::{JoinError, JoinSet};

use life::Author;
use timeline::Timeline;

/// How many chunks are written side by side: PostgreSQL's work is the larger part.
const WRITERS: usize = 4;
/// Conversations in a chunk.
const CHUNK: u32 = 5_000;
/// The same tenant comes out each time, but for its times and ids.
const RANDOM_SEED: u64 = 24;

/// What to make.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The tenant; it must have nothing yet.
    pub tenant: TenantId,
    /// How many conversations, up to [`Plan::MOST_CONVERSATIONS`].
    pub conversations: u32,
    /// Over how many channels.
    pub channels: NonZeroU16,
}

impl Plan {
    /// There are no more phone numbers to invent.
    pub const MOST_CONVERSATIONS: u32 = people::MOST_CONTACTS;
}

/// Why the tenant was not filled.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It could not be written.
    #[error(transparent)]
    Bulk(#[from] BulkError),
    /// The rules of the core and the conversations invented here don't fit together: a bug.
    #[error("the rules refuse an invented conversation: {0}")]
    Refused(#[from] Refusal),
    /// An invented id is none: a bug.
    #[error("an invented id is not well formed: {0}")]
    Id(#[from] InvalidId),
    /// An invented command does nothing, or cannot begin a conversation: a bug.
    #[error("an invented conversation has a command without an effect")]
    NoEffect,
    /// A task of ours ended early: a bug.
    #[error("a writing task ended early")]
    Task(#[from] JoinError),
}

/// Fills the tenant of `plan` in the migrated database at `database_url`. `progress` is told, after
/// each commit, how many conversations there are.
pub async fn fill(
    database_url: &str,
    plan: &Plan,
    mut progress: impl FnMut(usize),
) -> Result<(), Error> {
    let channels = channels(plan)?;
    let bulk = Bulk::begin(database_url, plan.tenant.clone(), &channels, WRITERS).await?;
    let bulk = Arc::new(bulk);
    let mut done = 0;
    // Whatever fails, the others end with this set: none waits for a chunk that never comes.
    let mut writing: JoinSet<Result<usize, BulkError>> = JoinSet::new();
    for chunk in Chunks::new(plan, channels, bulk.begun_at()) {
        if writing.len() == WRITERS
            && let Some(written) = writing.join_next().await
        {
            done += written??;
            progress(done);
        }
        let (chunk, bulk) = (chunk?, Arc::clone(&bulk));
        writing.spawn(async move { bulk.write(&chunk).await.map(|()| chunk.len()) });
    }
    while let Some(written) = writing.join_next().await {
        done += written??;
        progress(done);
    }
    Ok(bulk.analyze().await?)
}

/// Every other channel has a bot, beginning with the first.
fn channels(plan: &Plan) -> Result<Vec<ChannelSettings>, InvalidId> {
    let numbered = (1..=plan.channels.get()).map(|number| {
        let id = ChannelId::parse(&format!("channel-{number}"))?;
        Ok(ChannelSettings {
            display_phone_number: format!("+966 11 000 {number:04}"),
            behaviour: Channel { bot_enabled: number % 2 == 1, ..Channel::default() },
            ..ChannelSettings::defaults(id)
        })
    });
    numbered.collect()
}

/// The chunks of a plan, made one by one.
struct Chunks {
    author: Author,
    timeline: Timeline,
    next: u32,
    all: u32,
    revision: i64,
}

// === impl Chunks ===

impl Chunks {
    fn new(plan: &Plan, channels: Vec<ChannelSettings>, now: Time) -> Self {
        Self {
            author: Author::new(channels, StdRng::seed_from_u64(RANDOM_SEED)),
            timeline: Timeline::new(now, plan.conversations),
            next: 0,
            all: plan.conversations,
            revision: 0,
        }
    }

    fn chunk(&mut self) -> Result<Chunk, Error> {
        let mut chunk = Chunk::after(self.revision);
        let end = self.all.min(self.next + CHUNK);
        for number in self.next..end {
            chunk.push(self.author.conversation(number, self.timeline.moments(number))?);
        }
        self.next = end;
        self.revision = chunk.last_revision();
        Ok(chunk)
    }
}

impl Iterator for Chunks {
    type Item = Result<Chunk, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        (self.next < self.all).then(|| self.chunk())
    }
}
