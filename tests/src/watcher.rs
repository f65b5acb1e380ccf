//! Clients that watch: one stream, or one that goes on with its token wherever a replica serves.

use azeer_proto::conversation::v1 as pb;
use tonic::{Status, Streaming};

use crate::Clients;

/// One stream.
pub struct Watch {
    stream: Streaming<pb::WatchConversationsResponse>,
    /// The last token that it was told.
    pub token: String,
}

impl Watch {
    /// Watches, and waits for the first message: a heartbeat.
    pub async fn open(
        clients: &Clients,
        request: pb::WatchConversationsRequest,
    ) -> Result<Self, Status> {
        let mut client = clients.conversations.clone();
        let stream = client.watch_conversations(request).await?.into_inner();
        let mut watch = Self { stream, token: String::new() };
        let first = watch.next().await?;
        assert_eq!((&first.event, &first.conversation), (&None, &None), "a heartbeat comes first");
        Ok(watch)
    }

    /// The next message: an event or a heartbeat. Streams end with an error, never without.
    pub async fn next(&mut self) -> Result<pb::WatchConversationsResponse, Status> {
        let message = self.stream.message().await?.expect("a stream ends with an error");
        assert!(!message.resume_token.is_empty(), "every message is a place to resume from");
        self.token.clone_from(&message.resume_token);
        Ok(message)
    }

    /// The next event.
    pub async fn event(&mut self) -> (pb::ConversationEvent, pb::Conversation) {
        loop {
            let message = self.next().await.expect("the stream goes on");
            if let Some(event) = message.event {
                let conversation = message.conversation.expect("an event has a conversation");
                assert_eq!(conversation.conversation_id, event.conversation_id);
                let erased = conversation.version == 0;
                assert!(erased || conversation.version >= event.version, "as it is");
                return (event, conversation);
            }
        }
    }

    /// The revisions of the next events.
    pub async fn revisions(&mut self, count: usize) -> Vec<i64> {
        let mut revisions = Vec::with_capacity(count);
        while revisions.len() < count {
            revisions.push(self.event().await.0.revision);
        }
        revisions
    }

    /// The next heartbeat: nothing else may come before.
    pub async fn heartbeat(&mut self) -> String {
        let message = self.next().await.expect("the stream goes on");
        assert_eq!(message.event, None, "nothing else is told");
        message.resume_token
    }

    /// The error that it ends with; what comes before is dropped.
    pub async fn end(&mut self) -> Status {
        loop {
            if let Err(status) = self.next().await {
                return status;
            }
        }
    }
}

/// Watches from place to place: whenever a stream ends, it goes on with its token at the next
/// replica.
pub struct Follower {
    replicas: Vec<Clients>,
    /// Which replica it asks next.
    turn: usize,
    request: pb::WatchConversationsRequest,
    stream: Option<Watch>,
    /// How often it went on after an end.
    pub resumed: usize,
}

impl Follower {
    /// Begins where the request says.
    #[must_use]
    pub fn new(
        replicas: Vec<Clients>,
        turn: usize,
        request: pb::WatchConversationsRequest,
    ) -> Self {
        Self { replicas, turn, request, stream: None, resumed: 0 }
    }

    /// The place where it is.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.request.resume_token
    }

    /// The next message of whichever replica.
    pub async fn next(&mut self) -> pb::WatchConversationsResponse {
        loop {
            let next = match &mut self.stream {
                Some(stream) => stream.next().await,
                None => match self.open().await {
                    Ok(()) => continue,
                    Err(status) => Err(status),
                },
            };
            match next {
                Ok(message) => {
                    self.request.resume_token.clone_from(&message.resume_token);
                    return message;
                }
                Err(status) => {
                    let lost = [tonic::Code::OutOfRange, tonic::Code::InvalidArgument];
                    assert!(!lost.contains(&status.code()), "its place is lost: {status:?}");
                    self.leave();
                    // Let whoever starts again have the processor.
                    tokio::task::yield_now().await;
                }
            }
        }
    }

    /// Goes on elsewhere.
    pub fn leave(&mut self) {
        self.stream = None;
        self.turn += 1;
    }

    async fn open(&mut self) -> Result<(), Status> {
        let clients = &self.replicas[self.turn % self.replicas.len()];
        let watch = Watch::open(clients, self.request.clone()).await?;
        self.resumed += 1;
        // It begins where it was; without a token it begins at what the first message says.
        let began =
            self.request.resume_token.is_empty() || self.request.resume_token == watch.token;
        assert!(began, "the first message is the place that was asked for");
        self.request.resume_token.clone_from(&watch.token);
        self.stream = Some(watch);
        Ok(())
    }
}
