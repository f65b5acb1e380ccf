//! What may happen, and how likely.

use chrono::TimeDelta;
use proptest::prelude::*;

/// How many contacts write to each channel.
pub(super) const CONTACTS: u8 = 3;

/// The channels and how their conversations behave.
pub(super) const CHANNELS: [Channel; 3] = [
    Channel { id: "people", bot: false, window: TimeDelta::hours(24), when_closed: Closed::Reopen },
    Channel { id: "robot", bot: true, window: TimeDelta::minutes(50), when_closed: Closed::ToBot },
    Channel { id: "quiet", bot: true, window: TimeDelta::seconds(90), when_closed: Closed::Stay },
];

#[derive(Debug, Clone, Copy)]
pub(super) struct Channel {
    pub(super) id: &'static str,
    pub(super) bot: bool,
    pub(super) window: TimeDelta,
    pub(super) when_closed: Closed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closed {
    Reopen,
    ToBot,
    Stay,
}

/// Whom a step is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Who {
    pub(super) channel: usize,
    pub(super) contact: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sender {
    Agent,
    Bot,
    System,
}

/// One step. `late` is how long ago it happened when it is told.
#[derive(Debug, Clone)]
pub(super) enum Op {
    Advance(TimeDelta),
    /// To the end of that conversation's window, less or plus a microsecond.
    AdvanceToEnd(Who, i64),
    Inbound {
        who: Who,
        late: TimeDelta,
        reaction: bool,
    },
    Outbound {
        who: Who,
        late: TimeDelta,
        sender: Sender,
        template: bool,
        old_epoch: bool,
    },
    WindowClosed {
        who: Who,
        late: TimeDelta,
    },
    Close {
        who: Who,
        sender: Sender,
        acknowledge: bool,
    },
    Reopen {
        who: Who,
        sender: Sender,
    },
    HandOff {
        who: Who,
        sender: Sender,
        team: bool,
        agent: bool,
    },
    ReturnToBot {
        who: Who,
        sender: Sender,
    },
    Assign {
        who: Who,
        sender: Sender,
        team: bool,
        agent: bool,
    },
    Erase {
        who: Who,
    },
    /// The last message once more.
    Again,
    AnnounceExpiries,
}

pub(super) fn op() -> impl Strategy<Value = Op> {
    let who =
        || (0..CHANNELS.len(), 0..CONTACTS).prop_map(|(channel, contact)| Who { channel, contact });
    let late = || {
        prop_oneof![
            6 => Just(TimeDelta::zero()),
            2 => (1i64..100).prop_map(TimeDelta::seconds),
            1 => (1i64..30).prop_map(TimeDelta::hours),
        ]
    };
    let sender =
        || prop_oneof![3 => Just(Sender::Agent), 2 => Just(Sender::Bot), 1 => Just(Sender::System)];
    let advance = prop_oneof![
        (1i64..120).prop_map(TimeDelta::seconds),
        (1i64..90).prop_map(TimeDelta::minutes),
        (1i64..30).prop_map(TimeDelta::hours),
    ];
    prop_oneof![
        3 => advance.prop_map(Op::Advance),
        2 => (who(), -1i64..=1).prop_map(|(who, micros)| Op::AdvanceToEnd(who, micros)),
        8 => (who(), late(), prop::bool::weighted(0.1))
            .prop_map(|(who, late, reaction)| Op::Inbound { who, late, reaction }),
        6 => (who(), late(), sender(), prop::bool::weighted(0.3), prop::bool::weighted(0.2))
            .prop_map(|(who, late, sender, template, old_epoch)| {
                // Which answers an agent's template sent in the bot's time is told apart nowhere.
                let template = template && sender != Sender::Agent;
                Op::Outbound { who, late, sender, template, old_epoch }
            }),
        1 => (who(), late()).prop_map(|(who, late)| Op::WindowClosed { who, late }),
        3 => (who(), sender(), any::<bool>())
            .prop_map(|(who, sender, acknowledge)| Op::Close { who, sender, acknowledge }),
        2 => (who(), sender()).prop_map(|(who, sender)| Op::Reopen { who, sender }),
        3 => (who(), sender(), any::<bool>(), any::<bool>())
            .prop_map(|(who, sender, team, agent)| Op::HandOff { who, sender, team, agent }),
        2 => (who(), sender()).prop_map(|(who, sender)| Op::ReturnToBot { who, sender }),
        2 => (who(), sender(), any::<bool>(), any::<bool>())
            .prop_map(|(who, sender, team, agent)| Op::Assign { who, sender, team, agent }),
        1 => who().prop_map(|who| Op::Erase { who }),
        1 => Just(Op::Again),
        2 => Just(Op::AnnounceExpiries),
    ]
}

/// The only team and agent to pass conversations to.
pub(super) fn team(set: bool) -> String {
    if set { "sales".into() } else { String::new() }
}

pub(super) fn agent(set: bool) -> String {
    if set { "omar".into() } else { String::new() }
}
