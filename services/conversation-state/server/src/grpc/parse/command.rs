//! What people, the bot and the system ask of a conversation.

use std::collections::BTreeMap;

use azeer_proto::common::v1::Actor as PbActor;
use azeer_proto::conversation::v1 as pb;
use azeer_runtime::fields::{Fields, uuid};
use azeer_runtime::problem::Problem;
use azeer_runtime::wire::version_of;
use conversation_state_core::{
    Actor, ActorKind, AgentId, Assign, Close, CloseReason, Command, ConversationId, HandOff,
    Reopen, ReturnToBot, TeamId, TenantId,
};
use prost::Message;
use sha2::{Digest as _, Sha256};

use super::{actor, conversation_id, epoch, tenant};
use crate::store::{Action, Request, Target, Write};

const MOST_NOTE_CHARACTERS: usize = 2_000;
const MOST_KEY_CHARACTERS: usize = 64;
const MOST_VALUE_CHARACTERS: usize = 1_024;

/// What all commands have.
struct Common {
    fields: Fields,
    tenant: Option<TenantId>,
    conversation: Option<ConversationId>,
    actor: Option<Actor>,
    request: Option<Request>,
    expected_version: Option<i64>,
}

/// A command's request: where its common fields are.
trait CommandRequest: Message + Clone {
    const RPC: &'static str;
    fn ids(&self) -> (&str, &str, Option<&PbActor>);
    fn etag(&mut self) -> &mut String;
    fn request_id(&mut self) -> &mut String;
}

macro_rules! command_request {
    ($($request:ident => $rpc:literal),+ $(,)?) => {$(
        impl CommandRequest for pb::$request {
            const RPC: &'static str = $rpc;

            fn ids(&self) -> (&str, &str, Option<&PbActor>) {
                (&self.tenant_id, &self.conversation_id, self.actor.as_ref())
            }

            fn etag(&mut self) -> &mut String {
                &mut self.etag
            }

            fn request_id(&mut self) -> &mut String {
                &mut self.request_id
            }
        }
    )+};
}

command_request! {
    CloseConversationRequest => "CloseConversation",
    ReopenConversationRequest => "ReopenConversation",
    HandOffConversationRequest => "HandOffConversation",
    ReturnToBotRequest => "ReturnToBot",
    AssignConversationRequest => "AssignConversation",
}

impl Common {
    fn new<R: CommandRequest>(request: &R) -> Self {
        let mut fields = Fields::new();
        let (tenant_id, id, by) = request.ids();
        let tenant = tenant(&mut fields, tenant_id);
        let conversation = conversation_id(&mut fields, "conversation_id", id);
        let actor = actor(&mut fields, "actor", by);
        // What is asked, apart from what may differ between repetitions.
        let mut content = request.clone();
        let etag = std::mem::take(content.etag());
        let request_id = std::mem::take(content.request_id());
        let id = fields.optional("request_id", &request_id, uuid);
        let request = id.map(|id| {
            let content_hash = Sha256::digest(content.encode_to_vec()).into();
            Request { rpc: R::RPC, id, content_hash }
        });
        let expected_version = (!etag.is_empty()).then(|| version_of(&etag));
        Self { fields, tenant, conversation, actor, request, expected_version }
    }

    fn note(&mut self, note: &str) -> Option<String> {
        self.fields.text("note", note, MOST_NOTE_CHARACTERS)
    }

    fn finish(self, make: impl FnOnce(Actor) -> Option<Command>) -> Result<Write, Problem> {
        let Self { fields, tenant, conversation, actor, request, expected_version } = self;
        fields.finish(|| {
            let (target, action) =
                (Target::Conversation(conversation?), Action::Command(make(actor?)?));
            Some(Write { request, expected_version, ..Write::new(tenant?, target, action) })
        })
    }
}

impl TryFrom<&pb::CloseConversationRequest> for Write {
    type Error = Problem;

    fn try_from(request: &pb::CloseConversationRequest) -> Result<Self, Problem> {
        let mut common = Common::new(request);
        let note = common.note(&request.note);
        let reason = match pb::CloseReason::try_from(request.reason) {
            Ok(pb::CloseReason::Resolved) => Ok(CloseReason::Resolved),
            Ok(pb::CloseReason::OrderCompleted) => Ok(CloseReason::OrderCompleted),
            Ok(pb::CloseReason::NoResponse) => Ok(CloseReason::NoResponse),
            Ok(pb::CloseReason::Spam) => Ok(CloseReason::Spam),
            Ok(pb::CloseReason::Other) => Ok(CloseReason::Other),
            Ok(pb::CloseReason::Unspecified) | Err(_) => {
                Err("must be RESOLVED, ORDER_COMPLETED, NO_RESPONSE, SPAM or OTHER")
            }
        };
        let reason = common.fields.take("reason", reason);
        let acknowledge_unanswered = request.acknowledge_unanswered;
        common.finish(|actor| {
            Some(Command::Close(Close { actor, reason: reason?, note, acknowledge_unanswered }))
        })
    }
}

impl TryFrom<&pb::ReopenConversationRequest> for Write {
    type Error = Problem;

    fn try_from(request: &pb::ReopenConversationRequest) -> Result<Self, Problem> {
        let mut common = Common::new(request);
        let note = common.note(&request.note);
        common.finish(|actor| Some(Command::Reopen(Reopen { actor, note })))
    }
}

impl TryFrom<&pb::ReturnToBotRequest> for Write {
    type Error = Problem;

    fn try_from(request: &pb::ReturnToBotRequest) -> Result<Self, Problem> {
        let mut common = Common::new(request);
        let note = common.note(&request.note);
        common.finish(|actor| Some(Command::ReturnToBot(ReturnToBot { actor, note })))
    }
}

impl TryFrom<&pb::AssignConversationRequest> for Write {
    type Error = Problem;

    fn try_from(request: &pb::AssignConversationRequest) -> Result<Self, Problem> {
        let mut common = Common::new(request);
        let team = common.fields.optional("team_id", &request.team_id, TeamId::parse);
        let agent = common.fields.optional("agent_id", &request.agent_id, AgentId::parse);
        common.finish(|actor| Some(Command::Assign(Assign { actor, team, agent })))
    }
}

impl TryFrom<&pb::HandOffConversationRequest> for Write {
    type Error = Problem;

    fn try_from(request: &pb::HandOffConversationRequest) -> Result<Self, Problem> {
        let mut common = Common::new(request);
        let note = common.note(&request.note);
        let team = common.fields.optional("team_id", &request.team_id, TeamId::parse);
        let agent = common.fields.optional("agent_id", &request.agent_id, AgentId::parse);
        let handler_epoch = epoch(&mut common.fields, request.handler_epoch);
        if common.actor.as_ref().is_some_and(|actor| actor.kind == ActorKind::Bot) {
            let told = handler_epoch.is_some();
            common.fields.require("handler_epoch", told, "must be set when a BOT hands off");
        }
        let collected = collected(&mut common.fields, &request.collected);
        common.finish(|actor| {
            Some(Command::HandOff(HandOff { actor, team, agent, note, collected, handler_epoch }))
        })
    }
}

fn collected(fields: &mut Fields, given: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let holds = HandOff::holds(given);
    fields.require("collected", holds, "must have at most 64 keys and 4096 bytes in all");
    for (key, value) in given.iter().take(HandOff::MOST_KEYS) {
        let fits = !key.is_empty() && key.chars().count() <= MOST_KEY_CHARACTERS;
        if !fits || key.contains('\0') {
            fields.bad("collected", "must have keys of 1-64 characters, none of them NUL");
        }
        fields.text(&format!("collected[{key}]"), value, MOST_VALUE_CHARACTERS);
    }
    given.clone()
}
