//! How messaging-policy asks conversation-state: many calls in one request, each answered by one
//! that was sent after it began.

mod fake;
mod replicas;

use std::collections::BTreeSet;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use azeer_proto::conversation::v1 as pb;
use azeer_tests::ops;
use conversation_state_core::{ChannelId, ContactId, ConversationId, MessageId, Target, TenantId};
use futures::FutureExt as _;
use futures::future::{BoxFuture, join_all};
use futures::poll;
use messaging_policy::conversation::{
    Ask, Context, Conversations, Facts, Handler, HandlerKind, InboundMessage, Options, Origin,
    Resolve, Unavailable,
};
use tokio::sync::watch;
use tokio::time::Instant;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};
use uuid::Uuid;

use crate::support::{at_noon, noon, write};
use fake::{Fake, SLOW};

/// Addresses as the test sets them.
struct Addresses(watch::Receiver<Vec<SocketAddr>>);

impl Resolve for Addresses {
    fn resolve(&self) -> BoxFuture<'_, io::Result<Vec<SocketAddr>>> {
        let found = self.0.borrow().clone();
        async move { Ok(found) }.boxed()
    }
}

fn origin() -> Origin {
    "http://conversation-state:50051".parse().unwrap()
}

fn over(addresses: &[SocketAddr], lanes: usize) -> Conversations {
    let (_, addresses) = watch::channel(addresses.to_vec());
    let options = Options { lanes, ..Options::default() };
    Conversations::start_resolving(&origin(), Arc::new(Addresses(addresses)), options)
}

fn about(subject: Target, messages: &[&str]) -> Ask {
    Ask {
        tenant: TenantId::parse(ops::TENANT).unwrap(),
        subject,
        inbound_messages: messages.iter().map(|id| MessageId::parse(id).unwrap()).collect(),
    }
}

fn contact(id: &str) -> Target {
    Target::Contact(ChannelId::parse(ops::CHANNEL).unwrap(), ContactId::parse(id).unwrap())
}

/// A deadline that no test waits for.
fn patient() -> Instant {
    Instant::now() + Duration::from_mins(1)
}

async fn ask(conversations: &Conversations, id: &str) -> Result<Context, Unavailable> {
    conversations.context(&about(contact(id), &[]), patient()).await
}

/// The number of the batch that told a context.
fn batch_of(context: &Context) -> i64 {
    context.conversation.as_ref().unwrap().version
}

fn contacts<const N: usize>(ids: [&str; N]) -> BTreeSet<String> {
    ids.map(Into::into).into()
}

#[tokio::test]
async fn what_is_told_is_what_conversation_state_knows() {
    let (service, _) = at_noon().await;
    let channel = &service.clients.channel;
    let said = pb::RecordInboundMessageRequest {
        contact_aliases: vec!["SA.1".into()],
        ..ops::inbound("ali", "m1", noon())
    };
    let (ali, _) = write(channel, said).await.unwrap();
    let url = format!("http://{}", service.server.local_addr());
    let conversations = Conversations::start(&url.parse().unwrap(), Options::default());
    let began = Instant::now();
    let id = ConversationId(ali.conversation_id.parse().unwrap());
    for subject in [Target::Conversation(id), contact("ali"), contact("SA.1")] {
        let ask = about(subject, &["m1", "m2"]);
        let context = conversations.context(&ask, patient()).await.unwrap();
        let expected = Facts {
            id,
            version: 1,
            channel: ChannelId::parse(ops::CHANNEL).unwrap(),
            contacts: ["ali", "SA.1"].map(|id| ContactId::parse(id).unwrap()).to_vec(),
            closed: false,
            handler: Handler { kind: HandlerKind::Human, epoch: 1 },
            window_expires_at: Some(noon() + chrono::TimeDelta::hours(24)),
            last_inbound_at: Some(noon()),
            inbound_messages: vec![InboundMessage {
                id: MessageId::parse("m1").unwrap(),
                occurred_at: noon(),
            }],
        };
        assert_eq!((context.as_of, context.conversation), (noon(), Some(expected)));
        assert!((began..Instant::now()).contains(&context.read_at));
    }
    for subject in [Target::Conversation(ConversationId(Uuid::nil())), contact("nobody")] {
        let context = conversations.context(&about(subject, &["m1"]), patient()).await.unwrap();
        assert_eq!((context.as_of, context.conversation), (noon(), None));
    }
}

#[tokio::test]
async fn what_arrives_while_a_batch_is_in_flight_is_the_next_batch() {
    let fake = Fake::start().await;
    let conversations = over(&[fake.address], 1);
    let mut first = Box::pin(ask(&conversations, SLOW));
    assert!(poll!(&mut first).is_pending());
    fake.begun().await;
    // The very same question is not answered by what was asked before.
    let mut same = Box::pin(ask(&conversations, SLOW));
    let mut others: Vec<_> =
        ["a", "b", "c", "d"].map(|id| Box::pin(ask(&conversations, id))).into();
    assert!(poll!(&mut same).is_pending());
    for other in &mut others {
        assert!(poll!(other).is_pending());
    }
    fake.let_through();
    assert_eq!(batch_of(&first.await.unwrap()), 1);
    fake.begun().await;
    fake.let_through();
    assert_eq!(batch_of(&same.await.unwrap()), 2);
    for other in join_all(others).await {
        assert_eq!(batch_of(&other.unwrap()), 2);
    }
    assert_eq!(fake.batches(), [contacts([SLOW]), contacts([SLOW, "a", "b", "c", "d"])]);
}

#[tokio::test]
async fn a_slow_batch_holds_up_its_own_lane_only() {
    let fake = Fake::start().await;
    let conversations = over(&[fake.address], 2);
    let mut slow = Box::pin(ask(&conversations, SLOW));
    assert!(poll!(&mut slow).is_pending());
    fake.begun().await;
    for _ in 0..20 {
        ask(&conversations, "quick").await.unwrap();
    }
    assert!(poll!(&mut slow).is_pending());
    fake.let_through();
    assert_eq!(batch_of(&slow.await.unwrap()), 1);
}

#[tokio::test]
async fn who_has_gone_is_not_asked_for() {
    let fake = Fake::start().await;
    let conversations = over(&[fake.address], 1);
    let mut first = Box::pin(ask(&conversations, SLOW));
    assert!(poll!(&mut first).is_pending());
    fake.begun().await;
    let mut gone = Box::pin(ask(&conversations, "gone"));
    let mut stays = Box::pin(ask(&conversations, "stays"));
    assert!(poll!(&mut gone).is_pending() && poll!(&mut stays).is_pending());
    drop(gone);
    fake.let_through();
    first.await.unwrap();
    stays.await.unwrap();
    assert_eq!(fake.batches(), [contacts([SLOW]), contacts(["stays"])]);
}

#[tokio::test]
async fn what_cannot_be_answered_costs_the_others_nothing() {
    let fake = Fake::refusing(|contacts| {
        let bad = contacts.contains("bad");
        if bad { Err(Status::internal("a row that cannot be read")) } else { Ok(()) }
    })
    .await;
    let conversations = over(&[fake.address], 1);
    let mut first = Box::pin(ask(&conversations, SLOW));
    assert!(poll!(&mut first).is_pending());
    fake.begun().await;
    let ids = ["a", "b", "bad", "c", "d", "e"];
    let mut calls: Vec<_> = ids.map(|id| Box::pin(ask(&conversations, id))).into();
    for call in &mut calls {
        assert!(poll!(call).is_pending());
    }
    fake.let_through();
    first.await.unwrap();
    let told: Vec<bool> = join_all(calls).await.iter().map(Result::is_ok).collect();
    assert_eq!(told, ids.map(|id| id != "bad"));
    assert_eq!(fake.batches()[1].len(), ids.len());
    // The connection is none the worse for it.
    ask(&conversations, "f").await.unwrap();
}

#[tokio::test]
async fn where_nothing_can_be_answered_not_each_is_asked_for_alone() {
    let fake = Fake::refusing(|contacts| {
        if contacts.contains(SLOW) { Ok(()) } else { Err(Status::internal("a bug")) }
    })
    .await;
    let conversations = over(&[fake.address], 1);
    let mut first = Box::pin(ask(&conversations, SLOW));
    assert!(poll!(&mut first).is_pending());
    fake.begun().await;
    let ids: Vec<String> = (0..100).map(|i| i.to_string()).collect();
    let mut calls: Vec<_> = ids.iter().map(|id| Box::pin(ask(&conversations, id))).collect();
    for call in &mut calls {
        assert!(poll!(call).is_pending());
    }
    fake.let_through();
    first.await.unwrap();
    assert!(join_all(calls).await.iter().all(Result::is_err));
    assert!(fake.batches().len() < 40, "{}", fake.batches().len());
}

#[tokio::test]
async fn an_overload_is_passed_on_and_not_added_to() {
    let retry_after = Duration::from_millis(70);
    let fake = Fake::refusing(move |_| {
        let details = ErrorDetails::with_retry_info(Some(retry_after));
        Err(Status::with_error_details(Code::ResourceExhausted, "full", details))
    })
    .await;
    let conversations = over(&[fake.address], 1);
    assert_eq!(ask(&conversations, "ali").await, Err(Unavailable { retry_after }));
    assert_eq!(fake.batches().len(), 1);
}

#[tokio::test]
async fn nothing_goes_on_when_it_is_dropped() {
    let fake = Fake::start().await;
    let (held, addresses) = watch::channel(vec![fake.address]);
    let addresses = Arc::new(Addresses(addresses));
    let conversations = Conversations::start_resolving(&origin(), addresses, Options::default());
    ask(&conversations, "ali").await.unwrap();
    drop(conversations);
    held.closed().await;
}

#[tokio::test]
async fn too_many_who_wait_are_turned_away_at_once() {
    let fake = Fake::start().await;
    let (_, addresses) = watch::channel(vec![fake.address]);
    let options = Options { lanes: 1, queue: 2, ..Options::default() };
    let addresses = Arc::new(Addresses(addresses));
    let conversations = Conversations::start_resolving(&origin(), addresses, options);
    let mut first = Box::pin(ask(&conversations, SLOW));
    assert!(poll!(&mut first).is_pending());
    fake.begun().await;
    let mut wait: Vec<_> = ["a", "b"].map(|id| Box::pin(ask(&conversations, id))).into();
    for call in &mut wait {
        assert!(poll!(call).is_pending());
    }
    assert!(ask(&conversations, "c").await.is_err());
    fake.let_through();
    first.await.unwrap();
    assert!(join_all(wait).await.iter().all(Result::is_ok));
}
