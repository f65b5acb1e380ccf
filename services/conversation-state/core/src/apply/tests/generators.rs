//! Random histories, drawn so that rules meet: times often fall on the same instant or second,
//! on a window's end, or an hour or a day apart.

use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::channel::OnInboundWhenClosed;

/// One thing that happens to one of the conversations after some time.
#[derive(Debug, Clone)]
pub(super) struct Turn {
    pub(super) conversation: usize,
    pub(super) passes: Passes,
    pub(super) act: Act,
}

/// How time passes; our own clock never goes back.
#[derive(Debug, Clone)]
pub(super) enum Passes {
    For(TimeDelta),
    /// To the last instant of the conversation's window, if that is to come.
    ToTheEnd,
    /// To the first instant after it.
    PastTheEnd,
}

#[derive(Debug, Clone)]
pub(super) enum Act {
    Command(Command),
    /// The command's time lies so far back.
    Past {
        command: Command,
        age: TimeDelta,
        whole_second: bool,
    },
    /// The command's epoch lies so far back.
    Knowing {
        act: Box<Act>,
        behind: i64,
    },
    Announce,
    SetUp(Channel),
}

impl Act {
    /// The command at `now`, for a conversation of that epoch; none if it is not a command.
    pub(super) fn command(&self, now: Time, epoch: i64) -> Option<Command> {
        Some(match self {
            Self::Command(command) => command.clone(),
            Self::Past { command, age, whole_second } => {
                let at = now - *age;
                let seconds = at.timestamp();
                let whole = || Time::from_timestamp(seconds, 0).unwrap();
                dated(command.clone(), if *whole_second { whole() } else { at })
            }
            Self::Knowing { act, behind } => match act.command(now, epoch)? {
                Command::Outbound(m) => {
                    Command::Outbound(Outbound { handler_epoch: Some(epoch - behind), ..m })
                }
                Command::HandOff(c) => {
                    Command::HandOff(HandOff { handler_epoch: Some(epoch - behind), ..c })
                }
                other => other,
            },
            Self::Announce | Self::SetUp(_) => return None,
        })
    }
}

fn dated(command: Command, at: Time) -> Command {
    match command {
        Command::Inbound(m) => Command::Inbound(Inbound { occurred_at: at, ..m }),
        Command::Outbound(m) => Command::Outbound(Outbound { occurred_at: at, ..m }),
        _ => refused(at).command,
    }
}

pub(super) fn turn() -> impl Strategy<Value = Turn> {
    let conversation = prop_oneof![4 => Just(0_usize), 1 => Just(1), 1 => Just(2)];
    let parts = (conversation, passes(), act());
    parts.prop_map(|(conversation, passes, act)| Turn { conversation, passes, act })
}

fn duration() -> impl Strategy<Value = TimeDelta> {
    prop_oneof![
        3 => Just(TimeDelta::zero()),
        1 => Just(MICROSECOND),
        3 => (0..3_000_i64).prop_map(TimeDelta::milliseconds),
        3 => (0..120_i64).prop_map(TimeDelta::minutes),
        1 => (0..40_i64).prop_map(TimeDelta::hours),
    ]
}

fn passes() -> impl Strategy<Value = Passes> {
    prop_oneof![
        8 => duration().prop_map(Passes::For),
        1 => Just(Passes::ToTheEnd),
        1 => Just(Passes::PastTheEnd),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => past(inbound()),
        6 => past(outbound()),
        1 => (past(outbound()), 0..3_i64).prop_map(|(act, behind)| knowing(act, behind)),
        1 => past(Just(refused(minute(0)).command)),
        8 => asked().prop_map(Act::Command),
        2 => (asked(), 0..3_i64).prop_map(|(ask, behind)| knowing(Act::Command(ask), behind)),
        2 => Just(Act::Announce),
        1 => channel().prop_map(Act::SetUp),
    ]
}

fn knowing(act: Act, behind: i64) -> Act {
    Act::Knowing { act: Box::new(act), behind }
}

fn past(command: impl Strategy<Value = Command>) -> impl Strategy<Value = Act> {
    (command, duration(), any::<bool>()).prop_map(|(command, age, whole_second)| Act::Past {
        command,
        age,
        whole_second,
    })
}

fn inbound() -> impl Strategy<Value = Command> {
    use InboundKind::{Call, Message, Reaction};
    select(vec![Message, Message, Call, Reaction])
        .prop_map(|kind| customer(minute(0), kind).command)
}

fn outbound() -> impl Strategy<Value = Command> {
    let senders = vec![ali(), ali(), Actor::SOMEONE, bot(), bot(), Actor::SYSTEM];
    let kinds = vec![OutboundKind::FreeForm, OutboundKind::FreeForm, OutboundKind::Template];
    (select(senders), select(kinds))
        .prop_map(|(sender, kind)| sent(minute(0), sender, kind).command)
}

/// What people, the bot and the system ask for, and now and then somebody who may not.
fn asked() -> impl Strategy<Value = Command> {
    let actors = || select(vec![ali(), ali(), ali(), bot(), Actor::SYSTEM, Actor::CUSTOMER]);
    let to = || (select(vec!["", "sales", "support"]), select(vec!["", "ali", "mona"]));
    let now = minute(0);
    prop_oneof![
        2 => (actors(), any::<bool>()).prop_map(move |(by, yes)| close_by(by, yes, now).command),
        1 => actors().prop_map(move |by| reopen_by(by, now).command),
        2 => (actors(), to()).prop_map(move |(by, (t, a))| hand_off_by(by, t, a, now).command),
        2 => actors().prop_map(move |by| return_by(by, now).command),
        1 => (actors(), to()).prop_map(move |(by, (t, a))| assign_by(by, t, a, now).command),
    ]
}

pub(super) fn channel() -> impl Strategy<Value = Channel> {
    use OnInboundWhenClosed::{Reopen, ReopenToBot, StayClosed};
    let hours = |hours: Vec<i64>| select(hours).prop_map(TimeDelta::hours);
    let parts = (
        prop_oneof![3 => Just(true), 1 => Just(false)],
        option::of(hours(vec![1, 6])),
        any::<bool>(),
        select(vec![Reopen, ReopenToBot, StayClosed]),
        hours(vec![0, 1, 24]),
    );
    parts.prop_map(|(bot_enabled, window, reactions_open_window, on_closed, within)| Channel {
        bot_enabled,
        window_duration: window.unwrap_or(Channel::FULL_WINDOW),
        reactions_open_window,
        on_inbound_when_closed: on_closed,
        reopen_to_last_agent_within: within,
        ..Channel::default()
    })
}
