//! `WatchConversations`: a watcher as a stream of answers.

use std::sync::Arc;

use azeer_proto::conversation::v1 as pb;
use conversation_state_core::{State, TenantId};
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use tonic::Status;

use super::parse::Watching;
use super::problems::Failed;
use super::{answer, tokens};
use crate::store::LogEntry;
use crate::watch::{Hub, Told, WatchError, Watcher};

/// What a watcher is sent.
pub(super) type Answers = BoxStream<'static, Result<pb::WatchConversationsResponse, Status>>;

/// Begins to watch. What can be wrong with the place is told here, not by the stream.
pub(super) async fn begin(
    hub: &Arc<Hub>,
    request: &pb::WatchConversationsRequest,
) -> Result<Answers, Failed> {
    let Watching { tenant, after, filter } = Watching::try_from(request)?;
    let watcher = hub.watch(&tenant, after, filter).await;
    let watcher = watcher.map_err(|error| Failed::of_watch(&tenant, error))?;
    let telling = Telling { language: Language::of(&request.language_code), tenant, watcher };
    let answers = stream::unfold(Box::new(telling), |mut telling| async {
        let told = telling.watcher.next().await?;
        Some((telling.answer(told), telling))
    });
    Ok(answers.boxed())
}

struct Telling {
    tenant: TenantId,
    language: Language,
    watcher: Watcher,
}

impl Telling {
    fn answer(
        &self,
        told: Result<Told, WatchError>,
    ) -> Result<pb::WatchConversationsResponse, Status> {
        match told {
            Ok(Told::Event(entry)) => {
                let arabic = self.language == Language::Arabic;
                Ok(entry.answer(arabic, |entry| event(&self.tenant, entry, self.language)))
            }
            Ok(Told::Heartbeat(after)) => Ok(pb::WatchConversationsResponse {
                resume_token: tokens::resume(&self.tenant, after),
                ..Default::default()
            }),
            Err(error) => Err(Failed::of_watch(&self.tenant, error).into()),
        }
    }
}

fn event(
    tenant: &TenantId,
    entry: &LogEntry,
    language: Language,
) -> pb::WatchConversationsResponse {
    let LogEntry { logged, conversation, as_of } = entry;
    let conversation = match conversation {
        Some(now) => answer::conversation(tenant, now.as_ref().clone(), *as_of, language.code()),
        None => answer::erased(tenant, logged.conversation_id),
    };
    pb::WatchConversationsResponse {
        resume_token: tokens::resume(tenant, logged.revision),
        conversation: Some(conversation),
        event: Some(answer::event(logged.clone())),
    }
}

/// The languages that answers differ by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Language {
    Arabic,
    English,
}

impl Language {
    fn of(code: &str) -> Self {
        let in_arabic = State::Open.label(code) == State::Open.label("ar");
        if in_arabic { Self::Arabic } else { Self::English }
    }

    fn code(self) -> &'static str {
        match self {
            Self::Arabic => "ar",
            Self::English => "en",
        }
    }
}
