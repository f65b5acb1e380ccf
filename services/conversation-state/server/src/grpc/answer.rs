//! Domain values to answers.

use azeer_edge::tell;
use azeer_proto::conversation::v1 as pb;
use azeer_runtime::names::Named;
use azeer_runtime::wire::{duration, etag, timestamp};
use chrono::TimeDelta;
use conversation_state_core::{
    AllowedAction, CloseReason, Conversation, ConversationId, EventType, Handler, HandlerKind,
    MatchKind, OnInboundWhenClosed, RoutingRule, State, TenantId, Time,
};

use crate::store::{ChannelSettings, LoggedEvent, SeenMessage};

/// A conversation as it is at `as_of`.
pub(super) fn conversation(
    tenant: &TenantId,
    c: Conversation,
    as_of: Time,
    language_code: &str,
) -> pb::Conversation {
    let now = c.state(as_of);
    let awaiting_reply = c.awaiting_reply();
    let actions = now.allowed_actions(c.handler.kind);
    let (closed_at, closed_by, reason) = match c.closing {
        Some(closing) => (Some(closing.at), Some(closing.by), close_reason(closing.reason)),
        None => (None, None, pb::CloseReason::Unspecified),
    };
    pb::Conversation {
        tenant_id: tenant.to_string(),
        conversation_id: c.id.to_string(),
        channel_id: c.channel_id.to_string(),
        contact_id: c.contact_id.to_string(),
        contact_aliases: c.aliases.iter().map(ToString::to_string).collect(),
        contact_name: c.contact_name.unwrap_or_default(),
        state: state(now).into(),
        state_label: now.label(language_code).to_owned(),
        handler: Some(handler(&c.handler)),
        last_inbound_at: c.last_inbound_at.map(timestamp),
        last_outbound_at: c.last_outbound_at.map(timestamp),
        window_expires_at: c.window_expires_at.map(timestamp),
        window_remaining: c
            .window_expires_at
            .map(|end| duration((end - as_of).max(TimeDelta::zero()))),
        awaiting_reply,
        waiting_since: c.waiting_since.filter(|_| awaiting_reply).map(timestamp),
        unanswered_template_count: c.unanswered_templates,
        collected: c.collected,
        closed_at: closed_at.map(timestamp),
        closed_by: closed_by.as_ref().map(tell::actor),
        close_reason: reason.into(),
        allowed_actions: actions.iter().map(|action| allowed_action(*action).into()).collect(),
        create_time: Some(timestamp(c.create_time)),
        update_time: Some(timestamp(c.update_time)),
        version: c.version,
        etag: etag(c.version),
    }
}

/// A conversation whose contact was erased: nothing is known of it but that.
pub(super) fn erased(tenant: &TenantId, id: ConversationId) -> pb::Conversation {
    pb::Conversation {
        tenant_id: tenant.to_string(),
        conversation_id: id.to_string(),
        ..Default::default()
    }
}

pub(super) fn inbound_message(message: &SeenMessage) -> pb::InboundMessage {
    pb::InboundMessage {
        message_id: message.id.to_string(),
        occurred_at: Some(timestamp(message.occurred_at)),
    }
}

pub(super) fn event(logged: LoggedEvent) -> pb::ConversationEvent {
    let LoggedEvent { revision, conversation_id, recorded_at, event } = logged;
    pb::ConversationEvent {
        revision,
        conversation_id: conversation_id.to_string(),
        version: event.version,
        r#type: event_type(event.event_type).into(),
        from_state: event.from_state.map_or(pb::ConversationState::Unspecified, state).into(),
        to_state: event.to_state.map_or(pb::ConversationState::Unspecified, state).into(),
        actor: Some(tell::actor(&event.actor)),
        reason: event.reason.map(Named::name).unwrap_or_default().to_owned(),
        occurred_at: Some(timestamp(event.occurred_at)),
        recorded_at: Some(timestamp(recorded_at)),
        handler: Some(handler(&event.handler)),
        note: event.note.unwrap_or_default(),
        out_of_turn: event.out_of_turn,
        routing_rule_id: event.routed_by.as_ref().map(ToString::to_string).unwrap_or_default(),
        merged_conversation_ids: event.merged.iter().map(ToString::to_string).collect(),
    }
}

pub(super) fn channel(tenant: &TenantId, settings: ChannelSettings) -> pb::Channel {
    let behaviour = settings.behaviour;
    pb::Channel {
        tenant_id: tenant.to_string(),
        channel_id: settings.id.to_string(),
        display_name: Some(settings.display_name),
        display_phone_number: Some(settings.display_phone_number),
        bot_enabled: Some(behaviour.bot_enabled),
        window_duration: Some(duration(behaviour.window_duration)),
        reactions_open_window: Some(behaviour.reactions_open_window),
        on_inbound_when_closed: match behaviour.on_inbound_when_closed {
            OnInboundWhenClosed::Reopen => pb::OnInboundWhenClosed::Reopen,
            OnInboundWhenClosed::ReopenToBot => pb::OnInboundWhenClosed::ReopenToBot,
            OnInboundWhenClosed::StayClosed => pb::OnInboundWhenClosed::StayClosed,
        }
        .into(),
        reopen_to_last_agent_within: Some(duration(behaviour.reopen_to_last_agent_within)),
        routing_rules: behaviour.routing.rules().iter().map(routing_rule).collect(),
        create_time: settings.create_time.map(timestamp),
        update_time: settings.update_time.map(timestamp),
        etag: etag(settings.version),
    }
}

fn routing_rule(rule: &RoutingRule) -> pb::RoutingRule {
    pb::RoutingRule {
        rule_id: rule.id.to_string(),
        keywords: rule.keywords.iter().map(ToString::to_string).collect(),
        r#match: match rule.match_kind {
            MatchKind::Word => pb::RoutingMatch::Word,
            MatchKind::Phrase => pb::RoutingMatch::Phrase,
            MatchKind::Exact => pb::RoutingMatch::Exact,
        }
        .into(),
        team_id: rule.team.to_string(),
        priority: rule.priority,
        enabled: Some(rule.enabled),
    }
}

pub(super) fn handler(handler: &Handler) -> pb::Handler {
    let kind = match handler.kind {
        HandlerKind::Bot => pb::HandlerKind::Bot,
        HandlerKind::Human => pb::HandlerKind::Human,
    };
    pb::Handler {
        kind: kind.into(),
        team_id: handler.team.as_ref().map(ToString::to_string).unwrap_or_default(),
        agent_id: handler.agent.as_ref().map(ToString::to_string).unwrap_or_default(),
        epoch: handler.epoch,
    }
}

fn state(state: State) -> pb::ConversationState {
    match state {
        State::Open => pb::ConversationState::Open,
        State::Expired => pb::ConversationState::Expired,
        State::Closed => pb::ConversationState::Closed,
        State::Bot => pb::ConversationState::Bot,
    }
}

/// A state's name as errors tell it: without what all names of states begin with.
pub(super) fn state_name(of: State) -> &'static str {
    let name = state(of).as_str_name();
    name.strip_prefix("CONVERSATION_STATE_").unwrap_or(name)
}

fn close_reason(reason: CloseReason) -> pb::CloseReason {
    match reason {
        CloseReason::Resolved => pb::CloseReason::Resolved,
        CloseReason::OrderCompleted => pb::CloseReason::OrderCompleted,
        CloseReason::NoResponse => pb::CloseReason::NoResponse,
        CloseReason::Spam => pb::CloseReason::Spam,
        CloseReason::Other => pb::CloseReason::Other,
    }
}

fn allowed_action(action: AllowedAction) -> pb::AllowedAction {
    match action {
        AllowedAction::SendFreeForm => pb::AllowedAction::SendFreeForm,
        AllowedAction::SendTemplate => pb::AllowedAction::SendTemplate,
        AllowedAction::Close => pb::AllowedAction::Close,
        AllowedAction::Reopen => pb::AllowedAction::Reopen,
        AllowedAction::HandOff => pb::AllowedAction::HandOff,
        AllowedAction::ReturnToBot => pb::AllowedAction::ReturnToBot,
        AllowedAction::Assign => pb::AllowedAction::Assign,
    }
}

fn event_type(event_type: EventType) -> pb::ConversationEventType {
    match event_type {
        EventType::Created => pb::ConversationEventType::Created,
        EventType::InboundRecorded => pb::ConversationEventType::InboundRecorded,
        EventType::OutboundRecorded => pb::ConversationEventType::OutboundRecorded,
        EventType::Closed => pb::ConversationEventType::Closed,
        EventType::Reopened => pb::ConversationEventType::Reopened,
        EventType::HandedOff => pb::ConversationEventType::HandedOff,
        EventType::ReturnedToBot => pb::ConversationEventType::ReturnedToBot,
        EventType::Assigned => pb::ConversationEventType::Assigned,
        EventType::Expired => pb::ConversationEventType::Expired,
        EventType::WindowCorrected => pb::ConversationEventType::WindowCorrected,
        EventType::AliasAdded => pb::ConversationEventType::AliasAdded,
        EventType::AliasRemoved => pb::ConversationEventType::AliasRemoved,
        EventType::ConversationMerged => pb::ConversationEventType::ConversationMerged,
        EventType::ContactErased => pb::ConversationEventType::ContactErased,
    }
}
