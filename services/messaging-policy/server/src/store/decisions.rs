//! What was decided and on what: the rows of `decisions` and `decision_people`.

mod record;

use azeer_domain::{
    Actor, ActorKind, AgentId, ChannelId, ContactId, ConversationId, TenantId, Time,
};
use azeer_runtime::names::Stored;
use azeer_runtime::store_error::StoreError;
use deadpool_postgres::GenericClient;
use messaging_policy_core::{SendOutcome, Verdict};
use postgres_types::{Json, ToSql};
use tokio_postgres::{Row, Statement};
use uuid::Uuid;

pub use record::{Record, Suggested};

use super::id;
use super::outcomes;

/// A caller's request: its id and a digest of what it asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The caller's id.
    pub id: Uuid,
    /// Of what is asked, without what may differ between repetitions.
    pub content_hash: [u8; 32],
}

/// A decision, recorded or not.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// Its id; none for a check.
    pub id: Option<Uuid>,
    /// The tenant.
    pub tenant: TenantId,
    /// When it was decided.
    pub decided_at: Time,
    /// Whether it may go.
    pub verdict: Verdict,
    /// The conversation; none if the contact has none.
    pub conversation: Option<ConversationId>,
    /// Its version; 0: there is none.
    pub conversation_version: i64,
    /// The version of the policy that it was decided by.
    pub policy_version: i64,
    /// The channel.
    pub channel: ChannelId,
    /// Who sends.
    pub sender: Actor,
    /// The platform's name of the message's type.
    pub kind: String,
    /// Whom it is about; none once that is erased.
    pub person: Option<Person>,
    /// What it rests on, and what the rules said.
    pub record: Record,
    /// What became of the send; none: nobody reported it.
    pub outcome: Option<SendOutcome>,
}

/// Whom a decision is about, and what the sender wrote of them.
#[derive(Debug, Clone)]
pub struct Person {
    /// The contact.
    pub contact: ContactId,
    /// What the justification refers to; may be empty.
    pub reference: String,
    /// The justification's note; may be empty.
    pub note: String,
    /// SHA-256 of the body that was to be posted; none if there was none.
    pub body_hash: Option<[u8; 32]>,
    /// The id of the key of its permit; empty: it has none.
    pub permit_key: String,
}

macro_rules! columns {
    () => {
        "d.decision_id, d.tenant_id, d.decided_at, d.verdict, d.conversation_id, \
         d.conversation_version, d.policy_version, d.channel_id, d.sender_kind, d.sender_id, d.kind, \
         d.record, p.contact_id, p.reference_id, p.note, p.body_hash, p.permit_key, \
         o.kind, o.message_id, o.sent_at, o.error_code, o.error_message, o.report_time, \
         o.told_sent_at"
    };
}
pub(super) use columns;

/// How many columns `columns!()` are.
pub(super) const COLUMNS: usize = 24;

/// What `columns!()` needs beside a decision `d`.
macro_rules! joins {
    () => {
        " LEFT JOIN decision_people p ON p.tenant_id = d.tenant_id AND p.decision_id = d.decision_id \
         LEFT JOIN outcomes o ON o.tenant_id = d.tenant_id AND o.decision_id = d.decision_id "
    };
}
pub(super) use joins;

/// Reads the columns of `columns!()`, at the beginning of a row.
pub(super) fn read(row: &Row) -> Result<Recorded, StoreError> {
    let (Stored(kind), sender_id): (Stored<ActorKind>, &str) = (row.try_get(8)?, row.try_get(9)?);
    let sender = match sender_id {
        "" => None,
        text => Some(id(AgentId::parse(text), "sender_id")?),
    };
    let person = match row.try_get::<_, Option<&str>>(12)? {
        Some(contact) => Some(Person {
            contact: id(ContactId::parse(contact), "contact_id")?,
            reference: row.try_get(13)?,
            note: row.try_get(14)?,
            body_hash: digest(row.try_get(15)?, "body_hash")?,
            permit_key: row.try_get(16)?,
        }),
        None => None,
    };
    let (Stored(verdict), Json(record)) = (row.try_get(3)?, row.try_get(11)?);
    Ok(Recorded {
        id: Some(row.try_get(0)?),
        tenant: id(TenantId::parse(row.try_get(1)?), "tenant_id")?,
        decided_at: row.try_get(2)?,
        verdict,
        conversation: row.try_get::<_, Option<Uuid>>(4)?.map(ConversationId),
        conversation_version: row.try_get(5)?,
        policy_version: row.try_get(6)?,
        channel: id(ChannelId::parse(row.try_get(7)?), "channel_id")?,
        sender: Actor { kind, id: sender },
        kind: row.try_get(10)?,
        person,
        record,
        outcome: outcomes::read(row, 17)?,
    })
}

/// A SHA-256 from the database.
fn digest(bytes: Option<&[u8]>, what: &'static str) -> Result<Option<[u8; 32]>, StoreError> {
    let digest = bytes.map(<[u8; 32]>::try_from).transpose();
    digest.map_err(|_| StoreError::Impossible(what))
}

/// The newest decisions under many request ids, of the 8 days before `$3`, or now.
pub(super) const DONE: &str = concat!(
    "SELECT ",
    columns!(),
    ", d.request_id, p.request_hash FROM unnest($1::text[], $2::uuid[]) AS k (tenant_id, request_id) \
     CROSS JOIN LATERAL (SELECT * FROM decisions f WHERE f.tenant_id COLLATE \"C\" = k.tenant_id \
       AND f.request_id = k.request_id ORDER BY f.decision_id DESC LIMIT 1) d",
    joins!(),
    "WHERE d.decided_at >= coalesce($3, now()) - interval '8 days'"
);

/// The digest of what a request asked; none once its contact is erased.
pub(super) type ContentHash = Option<[u8; 32]>;

/// A request that was decided.
pub(super) type Done = ((TenantId, Uuid), ContentHash, Recorded);

/// Runs [`DONE`].
pub(super) async fn done(
    client: &impl GenericClient,
    statement: &Statement,
    keys: &[(&TenantId, Uuid)],
    now: Option<Time>,
) -> Result<Vec<Done>, StoreError> {
    let tenants: Vec<&str> = keys.iter().map(|(tenant, _)| tenant.as_str()).collect();
    let ids: Vec<Uuid> = keys.iter().map(|(_, id)| *id).collect();
    let rows = client.query(statement, &[&tenants, &ids, &now]).await?;
    rows.iter()
        .map(|row| {
            let recorded = read(row)?;
            let hash = digest(row.try_get(COLUMNS + 1)?, "request_hash")?;
            Ok(((recorded.tenant.clone(), row.try_get(COLUMNS)?), hash, recorded))
        })
        .collect()
}

/// A row of `decision_write_v2`.
#[derive(Debug, ToSql)]
#[postgres(name = "decision_write_v2")]
pub(super) struct DecisionWrite<'a> {
    tenant_id: &'a str,
    decision_id: Option<Uuid>,
    request_id: Uuid,
    request_hash: &'a [u8],
    decided_at: Time,
    verdict: Stored<Verdict>,
    violation_codes: Vec<&'a str>,
    conversation_id: Option<Uuid>,
    conversation_version: i64,
    policy_version: i64,
    channel_id: &'a str,
    sender_kind: Stored<ActorKind>,
    sender_id: &'a str,
    handler_epoch: i64,
    kind: &'a str,
    template_name: &'a str,
    template_language: &'a str,
    record: Json<&'a Record>,
    contact_id: &'a str,
    reference_id: &'a str,
    note: &'a str,
    body_hash: Option<&'a [u8]>,
    permit_key: &'a str,
}

impl<'a> DecisionWrite<'a> {
    pub(super) fn new(request: &'a Request, recorded: &'a Recorded) -> Self {
        use messaging_policy_core::Content;
        let Recorded { record, person, .. } = recorded;
        let (template_name, template_language) = match &record.send.content {
            Content::Template { name, language } => (name.as_str(), language.as_str()),
            Content::FreeForm => ("", ""),
        };
        let person = person.as_ref();
        Self {
            tenant_id: recorded.tenant.as_str(),
            decision_id: recorded.id,
            request_id: request.id,
            request_hash: &request.content_hash,
            decided_at: recorded.decided_at,
            verdict: Stored(recorded.verdict),
            violation_codes: record.violations.iter().map(|v| v.code.as_str()).collect(),
            conversation_id: recorded.conversation.map(|conversation| conversation.0),
            conversation_version: recorded.conversation_version,
            policy_version: recorded.policy_version,
            channel_id: recorded.channel.as_str(),
            sender_kind: Stored(recorded.sender.kind),
            sender_id: recorded.sender.id.as_ref().map_or("", AgentId::as_str),
            handler_epoch: record.send.handler_epoch.unwrap_or(0),
            kind: &recorded.kind,
            template_name,
            template_language,
            record: Json(record),
            contact_id: person.map_or("", |person| person.contact.as_str()),
            reference_id: person.map_or("", |person| &person.reference),
            note: person.map_or("", |person| &person.note),
            body_hash: person.and_then(|person| Some(person.body_hash.as_ref()?.as_slice())),
            permit_key: person.map_or("", |person| &person.permit_key),
        }
    }
}

/// Adds `$decisions`.
pub(super) const INSERT: &str = "INSERT INTO decisions (tenant_id, decision_id, request_id, \
     decided_at, verdict, violation_codes, conversation_id, conversation_version, \
     policy_version, channel_id, sender_kind, sender_id, handler_epoch, kind, template_name, \
     template_language, record) \
     SELECT tenant_id, decision_id, request_id, decided_at, verdict, violation_codes, \
     conversation_id, conversation_version, policy_version, channel_id, sender_kind, sender_id, \
     handler_epoch, kind, template_name, template_language, record \
     FROM unnest($decisions::decision_write_v2[])";

/// Adds whom `$decisions` are about.
pub(super) const INSERT_PEOPLE: &str = "INSERT INTO decision_people (tenant_id, decision_id, \
     contact_id, reference_id, note, request_hash, body_hash, permit_key) \
     SELECT tenant_id, decision_id, contact_id, reference_id, note, request_hash, body_hash, \
     permit_key FROM unnest($decisions::decision_write_v2[])";
