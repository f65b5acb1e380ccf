//! Webhook bodies: each item becomes a write like any other, or is skipped with a reason.

use std::sync::Arc;

use azeer_cloud_api::{Call, ContactIds, Content, Echo, Inbound as ApiInbound, Item, Skip};
use azeer_proto::conversation::v1 as pb;
use azeer_runtime::batches::Lost;
use azeer_runtime::fields::Fields;
use azeer_runtime::problem::Problem;
use chrono::DateTime;
use conversation_state_core::{
    Actor, ChannelId, Command, ContactId, Identified, Inbound, InboundKind, MessageId, Outbound,
    OutboundKind, PLATFORM_BEGAN, TenantId, Time,
};
use futures::{StreamExt as _, TryStreamExt as _, stream};

use super::problems::Failed;
use crate::store::{Action, Change, Store, Target, Write, WriteError};

/// The platform's own limit for a body.
const MOST_BODY_BYTES: usize = 3 * 1024 * 1024;
/// How many items of a body wait for their commit at once.
const AT_ONCE: usize = 256;
const MOST_NAME_CHARACTERS: usize = 256;

/// Why an item is skipped: a name for programs, and what a person should know.
struct Skipped {
    reason: &'static str,
    detail: String,
}

pub(super) async fn webhook(
    store: &Arc<Store>,
    request: &pb::IngestWebhookRequest,
) -> Result<pb::IngestWebhookResponse, Failed> {
    let (tenant, items) = parse(request)?;
    let results: Vec<pb::IngestResult> = stream::iter(items)
        .map(|item| ingest(store, &tenant, item))
        // In order: an item is submitted only after those before it.
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    Ok(pb::IngestWebhookResponse { results })
}

fn parse(request: &pb::IngestWebhookRequest) -> Result<(TenantId, Vec<Item>), Problem> {
    let mut fields = Fields::new();
    let tenant = fields.take("tenant_id", TenantId::parse(&request.tenant_id));
    let items = if request.body.len() > MOST_BODY_BYTES {
        fields.bad("body", "must be at most 3 MiB");
        None
    } else {
        fields.take("body", azeer_cloud_api::parse_webhook(&request.body))
    };
    fields.finish(|| Some((tenant?, items?)))
}

async fn ingest(store: &Store, tenant: &TenantId, item: Item) -> Result<pb::IngestResult, Failed> {
    let path = item.path;
    let write = match write(tenant, item.content) {
        Ok(write) => write,
        Err(skipped) => return Ok(skip(path, skipped)),
    };
    match store.write(write).await {
        Ok(written) => {
            let outcome = match written.change {
                Change::Made => pb::IngestOutcome::Applied,
                // Ids that were known already; nothing else of a webhook can change nothing.
                Change::None | Change::Repeated => pb::IngestOutcome::Duplicate,
            };
            Ok(pb::IngestResult {
                path,
                outcome: outcome.into(),
                conversation_id: written.conversation.id.to_string(),
                ..Default::default()
            })
        }
        Err(WriteError::AheadOfTime) => {
            Ok(skip(path, invalid_time("timestamp must not be more than 5 minutes ahead of now")))
        }
        // A notice about ids of somebody who never wrote.
        Err(WriteError::NotFound) => {
            Ok(skip(path, Skipped { reason: "UNKNOWN_CONTACT", detail: String::new() }))
        }
        // It would fail each time the body comes, and the others with it.
        Err(WriteError::Lost(Lost::Internal(id))) => {
            let detail = format!("the logs tell more under {id}");
            Ok(skip(path, Skipped { reason: "INTERNAL", detail }))
        }
        // The body can be sent again as a whole: what was written stays written once.
        Err(error) => Err(error.into()),
    }
}

fn skip(path: String, skipped: Skipped) -> pb::IngestResult {
    pb::IngestResult {
        path,
        outcome: pb::IngestOutcome::Skipped.into(),
        reason: skipped.reason.to_owned(),
        detail: skipped.detail,
        ..Default::default()
    }
}

/// What an item asks to write.
fn write(tenant: &TenantId, content: Content) -> Result<Write, Skipped> {
    let (channel, ids, message_id, command) = match content {
        Content::Inbound(message) => {
            let command = inbound(&message)?;
            (message.channel, ids([&message.contact])?, message.message_id, command)
        }
        Content::Call(call) => {
            let command = call_began(&call)?;
            (call.channel, ids([&call.contact])?, call.call_id, command)
        }
        Content::Echo(echo) => {
            let command = echoed(&echo)?;
            (echo.channel, ids([&echo.contact])?, echo.message_id, command)
        }
        Content::NumberChange(change) => {
            let notice = Identified { occurred_at: time(change.timestamp)? };
            // The old ids tell who it is.
            let ids = ids([&change.old, &change.new])?;
            (change.channel, ids, change.message_id, Command::Identified(notice))
        }
        // The policy reads the same body.
        Content::News(_) | Content::Preference(_) => {
            return Err(Skipped { reason: "NOT_MINE", detail: String::new() });
        }
        Content::Status(_) => return Err(Skipped { reason: "STATUS", detail: String::new() }),
        Content::Skipped(skip) => {
            let detail = match &skip {
                Skip::Malformed(malformed) => malformed.to_string(),
                _ => String::new(),
            };
            return Err(Skipped { reason: skip.reason(), detail });
        }
    };
    let channel = id("phone_number_id", &channel.phone_number_id, ChannelId::parse)?;
    let (contact, aliases) = ids;
    let message = Some(id("message id", &message_id, MessageId::parse)?);
    let target = Target::Contact(channel, contact);
    Ok(Write { aliases, message, ..Write::new(tenant.clone(), target, Action::Command(command)) })
}

fn inbound(message: &ApiInbound) -> Result<Command, Skipped> {
    let kind = match message.kind {
        azeer_cloud_api::InboundKind::Message => InboundKind::Message,
        azeer_cloud_api::InboundKind::Reaction => InboundKind::Reaction,
    };
    let (occurred_at, text) = (time(message.timestamp)?, message.text.clone());
    let contact_name = message.contact_name.as_deref().and_then(name);
    Ok(Command::Inbound(Inbound { occurred_at, kind, text, contact_name }))
}

fn call_began(call: &Call) -> Result<Command, Skipped> {
    let contact_name = call.contact_name.as_deref().and_then(name);
    let (occurred_at, kind) = (time(call.timestamp)?, InboundKind::Call);
    Ok(Command::Inbound(Inbound { occurred_at, kind, text: None, contact_name }))
}

/// A person wrote from the business's phone; the platform does not tell which.
fn echoed(echo: &Echo) -> Result<Command, Skipped> {
    Ok(Command::Outbound(Outbound {
        occurred_at: time(echo.timestamp)?,
        sender: Actor::SOMEONE,
        kind: OutboundKind::FreeForm,
        handler_epoch: None,
    }))
}

/// The ids of one person: the one that names the contact, and the others. A phone-number id names
/// the contact; who has none is named by the user id.
fn ids<const N: usize>(of: [&ContactIds; N]) -> Result<(ContactId, Vec<ContactId>), Skipped> {
    let texts = of.into_iter().flat_map(|ids| ids.wa_id().into_iter().chain(ids.user_id()));
    let parsed: Result<Vec<_>, _> =
        texts.map(|text| id("contact", text, ContactId::parse)).collect();
    let mut ids = parsed?.into_iter();
    let first =
        ids.next().ok_or(Skipped { reason: "MALFORMED", detail: "no contact".to_owned() })?;
    Ok((first, ids.collect()))
}

fn id<T, E: std::fmt::Display>(
    what: &str,
    text: &str,
    parse: fn(&str) -> Result<T, E>,
) -> Result<T, Skipped> {
    parse(text).map_err(|rule| Skipped { reason: "MALFORMED", detail: format!("{what} {rule}") })
}

fn time(seconds: i64) -> Result<Time, Skipped> {
    DateTime::from_timestamp(seconds, 0)
        .filter(|at| *at >= PLATFORM_BEGAN)
        .ok_or_else(|| invalid_time("timestamp must be a time from 2009 on"))
}

fn invalid_time(detail: &str) -> Skipped {
    Skipped { reason: "INVALID_TIME", detail: detail.to_owned() }
}

/// A name from outside: what is too long or not to be shown is left out, not refused.
fn name(given: &str) -> Option<String> {
    let clean: String =
        given.chars().filter(|c| !c.is_control()).take(MOST_NAME_CHARACTERS).collect();
    let clean = clean.trim();
    (!clean.is_empty()).then(|| clean.to_owned())
}
