//! What happens in the cases: steps, and how a story of them is told.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::*;

/// One thing that happens, and when it is recorded.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) now: Time,
    pub(super) command: Command,
}

impl Step {
    pub(super) fn new(now: Time, command: Command) -> Self {
        Self { now, command }
    }

    /// It happened when it did, and reaches us only now.
    pub(super) fn recorded(self, now: Time) -> Self {
        Self { now, ..self }
    }

    /// The sender believes that the handler's epoch is this.
    pub(super) fn knowing(mut self, epoch: i64) -> Self {
        match &mut self.command {
            Command::Outbound(m) => m.handler_epoch = Some(epoch),
            Command::HandOff(c) => c.handler_epoch = Some(epoch),
            other => panic!("{other:?} tells no epoch"),
        }
        self
    }
}

pub(super) fn customer(at: Time, kind: InboundKind) -> Step {
    Step::new(
        at,
        Command::Inbound(Inbound { occurred_at: at, kind, text: None, contact_name: None }),
    )
}

pub(super) fn wrote(at: Time) -> Step {
    customer(at, InboundKind::Message)
}

pub(super) fn called(at: Time) -> Step {
    customer(at, InboundKind::Call)
}

pub(super) fn reacted(at: Time) -> Step {
    customer(at, InboundKind::Reaction)
}

pub(super) fn sent(at: Time, sender: Actor, kind: OutboundKind) -> Step {
    Step::new(
        at,
        Command::Outbound(Outbound { occurred_at: at, sender, kind, handler_epoch: None }),
    )
}

pub(super) fn ali_said(at: Time) -> Step {
    sent(at, ali(), OutboundKind::FreeForm)
}

pub(super) fn ali_template(at: Time) -> Step {
    sent(at, ali(), OutboundKind::Template)
}

pub(super) fn bot_said(at: Time) -> Step {
    sent(at, bot(), OutboundKind::FreeForm)
}

pub(super) fn bot_template(at: Time) -> Step {
    sent(at, bot(), OutboundKind::Template)
}

pub(super) fn system_said(at: Time) -> Step {
    sent(at, Actor::SYSTEM, OutboundKind::FreeForm)
}

pub(super) fn system_template(at: Time) -> Step {
    sent(at, Actor::SYSTEM, OutboundKind::Template)
}

/// The platform refuses what was sent at that time, and tells so at once.
pub(super) fn refused(sent_at: Time) -> Step {
    Step::new(sent_at, Command::WindowClosed(WindowClosed { sent_at }))
}

pub(super) fn close_by(actor: Actor, acknowledge_unanswered: bool, now: Time) -> Step {
    let reason = CloseReason::Resolved;
    Step::new(now, Command::Close(Close { actor, reason, note: None, acknowledge_unanswered }))
}

/// Ali closes it, whether or not the customer waits.
pub(super) fn closed(now: Time) -> Step {
    close_by(ali(), true, now)
}

pub(super) fn reopen_by(actor: Actor, now: Time) -> Step {
    Step::new(now, Command::Reopen(Reopen { actor, note: None }))
}

pub(super) fn hand_off_by(actor: Actor, to_team: &str, to_agent: &str, now: Time) -> Step {
    let command = HandOff {
        actor,
        team: team(to_team),
        agent: agent(to_agent),
        note: None,
        collected: BTreeMap::new(),
        handler_epoch: None,
    };
    Step::new(now, Command::HandOff(command))
}

pub(super) fn return_by(actor: Actor, now: Time) -> Step {
    Step::new(now, Command::ReturnToBot(ReturnToBot { actor, note: None }))
}

pub(super) fn assign_by(actor: Actor, to_team: &str, to_agent: &str, now: Time) -> Step {
    let command = Assign { actor, team: team(to_team), agent: agent(to_agent) };
    Step::new(now, Command::Assign(command))
}

/// Ali of the sales team gets it.
pub(super) fn assigned(now: Time) -> Step {
    assign_by(Actor::SYSTEM, "sales", "ali", now)
}

pub(super) fn key() -> Key {
    Key {
        id: ConversationId(Uuid::from_u128(1)),
        channel_id: ChannelId::parse("106540352242922").unwrap(),
        contact_id: ContactId::parse("966500000001").unwrap(),
        aliases: BTreeSet::new(),
    }
}

/// What the step makes of the conversation; it must change it.
pub(super) fn step(current: &Conversation, step: &Step, channel: &Channel) -> Applied {
    match apply(current, &Identity::default(), &step.command, channel, step.now) {
        Ok(Outcome::Applied(applied)) => *applied,
        other => panic!("{step:?} comes to {other:?}"),
    }
}

/// The conversation before the story's last step, none if that is the first; and what that step
/// makes of it.
pub(super) fn tell(channel: &Channel, story: &[Step]) -> (Option<Conversation>, Applied) {
    let (first, rest) = story.split_first().expect("a story has a first step");
    let begun = begin(&key(), &first.command, channel, first.now);
    let mut told = (None, begun.expect("a message begins a story"));
    for next in rest {
        let applied = step(&told.1.conversation, next, channel);
        told = (Some(told.1.conversation), applied);
    }
    told
}

/// The conversation after the story.
pub(super) fn after(channel: &Channel, story: &[Step]) -> Conversation {
    tell(channel, story).1.conversation
}
