//! What conversation-state is still to be told: the rows of `outbox`. Whoever is about to tell some
//! claims them for a while, so that no other replica does; what was told is removed.
//!
//! Statements find rows by the index and then touch them by their place, as a plan could otherwise
//! be turned around while the table is as good as empty, and read all of it later.

use std::sync::Arc;
use std::time::Duration;

use azeer_domain::{
    Actor, ActorKind, AgentId, ChannelId, ContactId, ConversationId, MessageId, Target, TenantId,
    Time,
};
use azeer_runtime::clock::Clock;
use azeer_runtime::names::Stored;
use azeer_runtime::store_error::StoreError;
use chrono::TimeDelta;
use deadpool_postgres::Pool;
use tokio::sync::Notify;
use tokio::time::timeout;
use tokio_postgres::Row;
use uuid::Uuid;

use super::id;

/// How long a replica has to tell what it has claimed. If it dies, others take over then.
const LEASE: TimeDelta = TimeDelta::seconds(30);

/// The rows of `outbox`.
pub struct Outbox {
    pub(super) pool: Pool,
    pub(super) clock: Clock,
    pub(super) due: Arc<Notify>,
}

/// Rows that nobody else tells, until the lease ends.
#[derive(Debug)]
pub struct Claim {
    /// When they were claimed.
    pub at: Time,
    /// The rows, those first that have been due for longest.
    pub entries: Vec<Entry>,
}

/// One row.
#[derive(Debug)]
pub struct Entry {
    /// Which.
    pub key: Key,
    /// How often it was tried, with the try that it was claimed for.
    pub tries: i32,
    /// What to tell. One row that cannot be read is none of the others' business.
    pub notice: Result<Notice, StoreError>,
}

/// What tells rows apart, as the database has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The tenant.
    pub tenant: String,
    /// The decision that it is about.
    pub decision: Uuid,
    kind: String,
}

/// What is told.
#[derive(Debug, Clone)]
pub struct Notice {
    /// The tenant.
    pub tenant: TenantId,
    /// The conversation, or whom it would be with.
    pub target: Target,
    /// The platform's id of the message.
    pub message: MessageId,
    /// When it was sent.
    pub sent_at: Time,
    /// What became of it.
    pub kind: NoticeKind,
}

/// What became of a message.
#[derive(Debug, Clone)]
pub enum NoticeKind {
    /// The platform took it.
    Outbound {
        /// Who sent it.
        sender: Actor,
        /// The template's name; empty: it is none.
        template: String,
        /// The epoch that the sender named; 0: none.
        handler_epoch: i64,
    },
    /// The platform refused it, since the window is closed.
    WindowClosed,
}

/// A claimed row that is still to be told.
#[derive(Debug)]
pub struct PutBack {
    /// Which.
    pub key: Key,
    /// How often it was tried when it was claimed: if that has changed, it is another's by now.
    pub claimed: i32,
    /// How often it was tried in fact.
    pub tries: i32,
    /// When it is due again.
    pub due_at: Time,
}

/// What time it is, and whether something is due: most often nothing is, and nothing is written.
const LOOK: &str = "SELECT n.at, EXISTS (SELECT FROM outbox WHERE due_at <= n.at) \
     FROM (SELECT coalesce($1, clock_timestamp()) AS at OFFSET 0) n";

const CLAIM: &str = "WITH due AS MATERIALIZED (SELECT ctid AS place FROM outbox \
       WHERE due_at <= $1 ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED) \
     UPDATE outbox o SET due_at = $3, tries = o.tries + 1 FROM due d WHERE o.ctid = d.place \
     RETURNING o.tenant_id, o.decision_id, o.kind::text, o.tries, o.conversation_id, \
       o.channel_id, o.contact_id, o.message_id, o.occurred_at, o.sender_kind, o.sender_id, \
       o.template_name, o.handler_epoch";

const REMOVE: &str = "DELETE FROM outbox o USING ( \
       SELECT f.place FROM unnest($1::text[], $2::uuid[], $3::text[]) \
         AS k (tenant_id, decision_id, kind) \
       CROSS JOIN LATERAL (SELECT t.ctid AS place FROM outbox t \
         WHERE t.tenant_id = k.tenant_id AND t.decision_id = k.decision_id \
           AND t.kind = k.kind::outbox_kind OFFSET 0) f) d \
     WHERE o.ctid = d.place";

const PUT_BACK: &str = "UPDATE outbox o SET due_at = d.due_at, tries = d.tries FROM ( \
       SELECT f.place, k.tries, k.due_at \
       FROM unnest($1::text[], $2::uuid[], $3::text[], $4::int[], $5::int[], $6::timestamptz[]) \
         AS k (tenant_id, decision_id, kind, claimed, tries, due_at) \
       CROSS JOIN LATERAL (SELECT t.ctid AS place FROM outbox t \
         WHERE t.tenant_id = k.tenant_id AND t.decision_id = k.decision_id \
           AND t.kind = k.kind::outbox_kind AND t.tries = k.claimed OFFSET 0) f) d \
     WHERE o.ctid = d.place";

// === impl Outbox ===

impl Outbox {
    /// Waits until something was added by this process, or for so long.
    pub async fn added(&self, longest: Duration) {
        let _ = timeout(longest, self.due.notified()).await;
    }

    /// Claims rows that are due, up to a number.
    pub async fn claim(&self, most: usize) -> Result<Claim, StoreError> {
        let client = self.pool.get().await?;
        let look = client.prepare_cached(LOOK).await?;
        let seen = client.query_one(&look, &[&self.clock.instead_of_database()]).await?;
        let (at, is_due): (Time, bool) = (seen.try_get(0)?, seen.try_get(1)?);
        if !is_due {
            return Ok(Claim { at, entries: Vec::new() });
        }
        let statement = client.prepare_cached(CLAIM).await?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let rows = client.query(&statement, &[&at, &most, &(at + LEASE)]).await?;
        let entries = rows.iter().map(Entry::read).collect::<Result<_, _>>()?;
        Ok(Claim { at, entries })
    }

    /// Removes what was told, and has the rest due again.
    pub async fn settle(
        &self,
        mut told: Vec<Key>,
        mut rest: Vec<PutBack>,
    ) -> Result<(), StoreError> {
        let client = self.pool.get().await?;
        // In one order everywhere, so that nobody waits for each other.
        told.sort();
        rest.sort_by(|one, other| one.key.cmp(&other.key));
        if !told.is_empty() {
            let statement = client.prepare_cached(REMOVE).await?;
            let Keys { tenants, decisions, kinds } = Keys::of(told.iter());
            client.execute(&statement, &[&tenants, &decisions, &kinds]).await?;
        }
        if !rest.is_empty() {
            let statement = client.prepare_cached(PUT_BACK).await?;
            let Keys { tenants, decisions, kinds } = Keys::of(rest.iter().map(|back| &back.key));
            let claimed: Vec<i32> = rest.iter().map(|back| back.claimed).collect();
            let tries: Vec<i32> = rest.iter().map(|back| back.tries).collect();
            let due: Vec<Time> = rest.iter().map(|back| back.due_at).collect();
            client
                .execute(&statement, &[&tenants, &decisions, &kinds, &claimed, &tries, &due])
                .await?;
        }
        Ok(())
    }
}

/// Keys as statements take them.
struct Keys<'a> {
    tenants: Vec<&'a str>,
    decisions: Vec<Uuid>,
    kinds: Vec<&'a str>,
}

impl<'a> Keys<'a> {
    fn of(keys: impl Iterator<Item = &'a Key> + Clone) -> Self {
        Self {
            tenants: keys.clone().map(|key| key.tenant.as_str()).collect(),
            decisions: keys.clone().map(|key| key.decision).collect(),
            kinds: keys.map(|key| key.kind.as_str()).collect(),
        }
    }
}

// === impl Entry ===

impl Entry {
    /// Reads a row of [`CLAIM`].
    fn read(row: &Row) -> Result<Self, StoreError> {
        let key = Key { tenant: row.try_get(0)?, decision: row.try_get(1)?, kind: row.try_get(2)? };
        let notice = Notice::read(&key, row);
        Ok(Self { key, tries: row.try_get(3)?, notice })
    }
}

impl Notice {
    fn read(key: &Key, row: &Row) -> Result<Self, StoreError> {
        let kind = match key.kind.as_str() {
            "OUTBOUND" => NoticeKind::Outbound {
                sender: sender(row)?,
                template: row.try_get(11)?,
                handler_epoch: row.try_get(12)?,
            },
            "WINDOW_CLOSED" => NoticeKind::WindowClosed,
            other => return Err(StoreError::UnknownName(other.to_owned())),
        };
        Ok(Self {
            tenant: id(TenantId::parse(&key.tenant), "tenant_id")?,
            target: target(row)?,
            message: id(MessageId::parse(row.try_get(7)?), "message_id")?,
            sent_at: row.try_get(8)?,
            kind,
        })
    }
}

fn target(row: &Row) -> Result<Target, StoreError> {
    if let Some(conversation) = row.try_get(4)? {
        return Ok(Target::Conversation(ConversationId(conversation)));
    }
    let channel = id(ChannelId::parse(row.try_get(5)?), "channel_id")?;
    let contact = id(ContactId::parse(row.try_get(6)?), "contact_id")?;
    Ok(Target::Contact(channel, contact))
}

fn sender(row: &Row) -> Result<Actor, StoreError> {
    let Stored(kind): Stored<ActorKind> = row.try_get(9)?;
    let name: &str = row.try_get(10)?;
    let named = (!name.is_empty()).then(|| id(AgentId::parse(name), "sender_id"));
    Ok(Actor { kind, id: named.transpose()? })
}
