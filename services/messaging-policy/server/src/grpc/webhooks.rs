//! Webhook bodies: what the policy learns from each item. Conversation-state is given the same bodies;
//! what is its own is skipped.
//!
//! - [`meaning`]: what an item asks for; [`business`]: what is told of templates, numbers, accounts
//! - [`numbers`]: which numbers are of which accounts, as bodies tell it by the way

mod business;
mod meaning;
mod numbers;

use azeer_cloud_api::Item;
use azeer_domain::TenantId;
use azeer_edge::tenant;
use azeer_proto::conversation::v1::{IngestOutcome, IngestResult};
use azeer_proto::policy::v1 as pb;
use azeer_runtime::batches::Lost;
use azeer_runtime::fields::Fields;
use azeer_runtime::problem::Problem;
use azeer_runtime::store_error::StoreError;
use futures::{StreamExt as _, TryStreamExt as _, stream};

use super::problems::Failed;
use crate::store::settings::{Learned, News};
use crate::store::{Heard, StatusTaken, Store};
use meaning::{Meaning, Reader};

/// The platform's own limit for a body.
const MOST_BODY_BYTES: usize = 3 * 1024 * 1024;
/// How many items of a body are recorded at once, in no order: of people, what was said last holds,
/// whatever comes first.
const AT_ONCE: usize = 16;

/// Why an item is skipped: a name for programs, and what a person should know.
struct Skipped {
    reason: &'static str,
    detail: String,
}

/// What became of an item.
enum Outcome {
    Applied,
    Duplicate,
    Skipped(Skipped),
}

impl From<Skipped> for Outcome {
    fn from(skipped: Skipped) -> Self {
        Self::Skipped(skipped)
    }
}

impl Skipped {
    /// It is conversation-state's.
    const NOT_MINE: Self = Self::new("NOT_MINE");
    /// Something newer is known.
    const STALE: Self = Self::new("STALE");
    /// It changes nothing for sends.
    const NO_EFFECT: Self = Self::new("NO_EFFECT");
    /// It is of a number that is not known.
    const UNKNOWN_SENDER: Self = Self::new("UNKNOWN_SENDER");

    const fn new(reason: &'static str) -> Self {
        Self { reason, detail: String::new() }
    }

    fn malformed(detail: &impl ToString) -> Self {
        Self { reason: "MALFORMED", detail: detail.to_string() }
    }

    fn invalid_time(detail: &str) -> Self {
        Self { reason: "INVALID_TIME", detail: detail.to_owned() }
    }
}

/// Learns from a body. If the database fails, the whole body can be sent again: what was recorded
/// stays recorded once.
pub(super) async fn ingest(
    store: &Store,
    request: &pb::IngestWebhookRequest,
) -> Result<pb::IngestWebhookResponse, Failed> {
    let (tenant, items) = parse(request)?;
    if items.is_empty() {
        return Ok(pb::IngestWebhookResponse::default());
    }
    let (settings, now) = store.settings_now(&tenant).await?;
    let reader = Reader { tenant: &tenant, settings: &settings, now };
    let mut news = numbers::told(&items, &reader);
    let by_the_way = news.len();
    let mut read = Vec::with_capacity(items.len());
    for Item { path, waba_id, told_at, content, .. } in items {
        let meaning = reader.read(content, waba_id.as_deref(), told_at);
        if let Ok(Meaning::News(of_item)) = &meaning {
            news.extend(of_item.iter().cloned());
        }
        read.push((path, meaning));
    }
    let learned = learn(store, &tenant, &news).await?;
    let mut learned = learned.into_iter().skip(by_the_way);
    let read: Vec<_> = read
        .into_iter()
        .map(|(path, meaning)| match meaning {
            Ok(Meaning::News(of_item)) => {
                let of_item: Vec<_> = learned.by_ref().take(of_item.len()).collect();
                (path, Err(together(&of_item)))
            }
            Ok(meaning) => (path, Ok(meaning)),
            Err(skipped) => (path, Err(skipped.into())),
        })
        .collect();
    let results = stream::iter(read).map(async |(path, meaning)| {
        let outcome = match meaning {
            Ok(meaning) => record(store, &tenant, meaning).await?,
            Err(outcome) => outcome,
        };
        Ok::<_, Failed>(result(path, outcome))
    });
    let results = results.buffered(AT_ONCE).try_collect().await?;
    Ok(pb::IngestWebhookResponse { results })
}

fn parse(request: &pb::IngestWebhookRequest) -> Result<(TenantId, Vec<Item>), Problem> {
    let mut fields = Fields::new();
    let tenant = tenant(&mut fields, &request.tenant_id);
    let items = if request.body.len() > MOST_BODY_BYTES {
        fields.bad("body", "must be at most 3 MiB");
        None
    } else {
        fields.take("body", azeer_cloud_api::parse_webhook(&request.body))
    };
    fields.finish(|| Some((tenant?, items?)))
}

/// Learns all news of a body at once.
async fn learn(
    store: &Store,
    tenant: &TenantId,
    news: &[News],
) -> Result<Vec<Learned>, StoreError> {
    if news.is_empty() { Ok(Vec::new()) } else { store.learn(tenant, news).await }
}

/// What became of an item by what became of all that it tells.
fn together(learned: &[Learned]) -> Outcome {
    if learned.contains(&Learned::Applied) {
        Outcome::Applied
    } else if learned.contains(&Learned::Duplicate) {
        Outcome::Duplicate
    } else {
        Skipped::STALE.into()
    }
}

async fn record(store: &Store, tenant: &TenantId, meaning: Meaning) -> Result<Outcome, Failed> {
    Ok(match meaning {
        Meaning::Said(ids, said) => match store.hear(tenant, &ids, &said).await? {
            Heard::Holds => Outcome::Applied,
            Heard::Known => Outcome::Duplicate,
            Heard::Late => Skipped::STALE.into(),
        },
        Meaning::Failed(mut status) => {
            // It is about who was meant by then, and tells nothing of whose the number is now.
            status.contacts = store.own_ids(tenant, status.contacts).await?;
            match store.status_failed(status).await {
                Ok(StatusTaken::Applied) => Outcome::Applied,
                Ok(StatusTaken::Duplicate) => Outcome::Duplicate,
                // It would fail each time the body comes, and the others with it.
                Err(Lost::Internal(id)) => {
                    let detail = format!("the logs tell more under {id}");
                    Outcome::Skipped(Skipped { reason: "INTERNAL", detail })
                }
                Err(lost) => return Err(lost.into()),
            }
        }
        Meaning::Ids(ids) => {
            store.note_ids(tenant, &ids).await?;
            Skipped::NOT_MINE.into()
        }
        // They were learned before.
        Meaning::News(_) => Skipped::NO_EFFECT.into(),
    })
}

fn result(path: String, outcome: Outcome) -> IngestResult {
    let (outcome, Skipped { reason, detail }) = match outcome {
        Outcome::Applied => (IngestOutcome::Applied, Skipped::new("")),
        Outcome::Duplicate => (IngestOutcome::Duplicate, Skipped::new("")),
        Outcome::Skipped(skipped) => (IngestOutcome::Skipped, skipped),
    };
    IngestResult {
        path,
        outcome: outcome.into(),
        reason: reason.to_owned(),
        detail,
        ..Default::default()
    }
}
