//! Whatever happens, in whatever order and at whatever times: what must hold after each step.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use uuid::Uuid;

use super::generators::{Act, Passes, Turn, channel, turn};
use super::model::Model;
use super::*;
use crate::counts::{CounterDelta, add_change};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(768))]

    #[test]
    fn any_history_keeps_the_rules(
        channels in [channel(), channel()],
        turns in vec(turn(), 1..60),
    ) {
        let mut world = World::new(channels);
        for turn in &turns {
            world.play(turn);
        }
        world.end();
    }
}

/// One conversation, with what the model and the log say about it.
#[derive(Debug, Clone)]
struct Kept {
    conversation: Conversation,
    model: Model,
    /// The state that the last event told.
    told: State,
}

/// Three conversations on two channels, and the counters that their writes make.
struct World {
    now: Time,
    channels: [Channel; 2],
    kept: [Option<Kept>; 3],
    counters: CounterDelta,
}

fn key_of(index: usize) -> Key {
    let channel_id = ChannelId::parse(["first", "second"][index % 2]).unwrap();
    Key { id: ConversationId(Uuid::from_u128(index as u128)), channel_id, ..key() }
}

impl World {
    fn new(channels: [Channel; 2]) -> Self {
        Self { now: hour(1000), channels, kept: [None, None, None], counters: BTreeMap::new() }
    }

    fn play(&mut self, turn: &Turn) {
        let index = turn.conversation;
        let end = self.kept[index].as_ref().and_then(|kept| kept.conversation.window_expires_at);
        self.now = match (&turn.passes, end) {
            (Passes::For(duration), _) => self.now + *duration,
            (Passes::ToTheEnd, Some(end)) => self.now.max(end),
            (Passes::PastTheEnd, Some(end)) => self.now.max(end + MICROSECOND),
            (_, None) => self.now,
        };
        let epoch = self.kept[index].as_ref().map_or(1, |kept| kept.model.epoch);
        match (&turn.act, turn.act.command(self.now, epoch)) {
            (_, Some(command)) => self.write(index, &command),
            (Act::SetUp(channel), _) => self.channels[index % 2] = channel.clone(),
            _ => self.announce(index),
        }
        self.check_counters();
    }

    fn write(&mut self, index: usize, command: &Command) {
        let channel = self.channels[index % 2].clone();
        let Some(mut kept) = self.kept[index].clone() else {
            let begun = begin(&key_of(index), command, &channel, self.now);
            let may_begin = matches!(command, Command::Inbound(_) | Command::Outbound(_));
            assert_eq!(begun.is_some(), may_begin);
            if let Some(applied) = begun {
                let model = Model::begin(command, &channel, self.now);
                self.check_events(None, &applied);
                self.keep(index, applied, model);
            }
            return;
        };
        let before = &kept.conversation;
        let refuses = kept.model.refuses(command, &channel);
        let outcome = apply(before, &Identity::default(), command, &channel, self.now);
        if let Some(refuses) = refuses {
            assert_eq!(outcome.is_err(), refuses, "{outcome:?}");
        }
        let Ok(outcome) = outcome else { return };
        let corrects = match command {
            Command::WindowClosed(report) => kept.model.corrects(report.sent_at),
            _ => true,
        };
        match outcome {
            Outcome::Unchanged => assert!(!corrects),
            Outcome::Applied(applied) => {
                assert!(corrects);
                self.check_write(&kept, command, &applied);
                self.check_events(Some(&kept), &applied);
                kept.model.record(command, &channel, self.now);
                self.keep(index, *applied, kept.model);
            }
        }
    }

    /// The background task comes by.
    fn announce(&mut self, index: usize) {
        let Some(kept) = self.kept[index].clone() else { return };
        let due = kept.told.is_live() && kept.model.state(self.now) == State::Expired;
        let announced = announce_expiry(&kept.conversation, self.now);
        assert_eq!(announced.is_some(), due);
        if let Some(applied) = announced {
            let told =
                Conversation { announced_state: State::Expired, ..kept.conversation.clone() };
            assert_eq!(applied.conversation, told, "an announcement changes nothing else");
            assert_eq!(applied.events.len(), 1);
            assert_eq!(announce_expiry(&told, self.now), None, "once is enough");
            self.check_events(Some(&kept), &applied);
            self.keep(index, applied, kept.model);
        }
    }

    fn keep(&mut self, index: usize, applied: Applied, model: Model) {
        let Applied { conversation, events } = applied;
        let before = self.kept[index].as_ref().map(|kept| &kept.conversation);
        add_change(&mut self.counters, before, Some(&conversation));
        let told = events.last().and_then(|event| event.to_state).expect("every change is told");
        let kept = Kept { conversation, model, told };
        check_facts(&kept, self.now);
        self.kept[index] = Some(kept);
    }

    fn check_write(&self, kept: &Kept, command: &Command, applied: &Applied) {
        let (before, after) = (&kept.conversation, &applied.conversation);
        assert_eq!(after.version, before.version + 1);
        assert_eq!(after.update_time, self.now);
        assert_eq!(after.create_time, before.create_time);
        let who = |c: &Conversation| Handler { epoch: 0, ..c.handler.clone() };
        let grown = i64::from(who(before) != who(after));
        assert_eq!(after.handler.epoch, before.handler.epoch + grown);
        let makes_window = match command {
            Command::Inbound(m) => before.last_inbound_at.is_none_or(|last| m.occurred_at >= last),
            Command::WindowClosed(_) => true,
            _ => false,
        };
        if !makes_window {
            assert_eq!(after.window_expires_at, before.window_expires_at);
        }
        let out_of_turn = match command {
            Command::Outbound(m) => {
                kept.model.closed.is_some() || m.handler_epoch.is_some_and(|e| e < kept.model.epoch)
            }
            _ => false,
        };
        assert_eq!(applied.events.last().unwrap().out_of_turn, out_of_turn);
        if matches!(command, Command::HandOff(_)) && before.handler.kind == HandlerKind::Bot {
            assert_eq!(after.waiting_since, Some(self.now));
        }
    }

    /// The log is a chain: each event begins where the one before it ended. An expiry is told
    /// where one was met, as the first event, and nowhere else.
    fn check_events(&self, before: Option<&Kept>, applied: &Applied) {
        let due = before.is_some_and(|kept| {
            kept.told.is_live() && kept.conversation.state(self.now) == State::Expired
        });
        let mut told = before.map(|kept| kept.told);
        for (place, event) in applied.events.iter().enumerate() {
            assert_eq!(event.from_state, told);
            let expired = event.event_type == EventType::Expired;
            assert_eq!(expired, due && place == 0);
            if expired {
                let before = &before.unwrap().conversation;
                assert_eq!(Some(event.occurred_at), before.window_expires_at);
                assert!(event.occurred_at < self.now);
                assert_eq!(event.version, before.version);
            } else {
                assert_eq!(event.version, applied.conversation.version);
            }
            told = event.to_state;
        }
        assert!(applied.events.len() <= 1 + usize::from(due));
        assert_eq!(told, Some(applied.conversation.announced_state));
        assert_eq!(told, Some(applied.conversation.state(self.now)));
    }

    fn check_counters(&self) {
        let kept: Vec<&Kept> = self.kept.iter().flatten().collect();
        let conversations: Vec<&Conversation> = kept.iter().map(|k| &k.conversation).collect();
        recount::check_sums(&self.counters, &conversations);
        for at in [self.now, self.now + TimeDelta::minutes(90)] {
            let live = |state: State| {
                let count = kept.iter().filter(|kept| kept.model.state(at) == state).count();
                i64::try_from(count).unwrap()
            };
            let read = recount::live_at(&self.counters, &conversations, at);
            assert_eq!(read, (live(State::Open), live(State::Bot)), "at {at}");
        }
    }

    /// Much later every window has ended, and has been told to.
    fn end(&mut self) {
        self.now += TimeDelta::days(30);
        for index in 0..self.kept.len() {
            self.announce(index);
            let told = self.kept[index].as_ref().map(|kept| kept.told);
            assert!(told.is_none_or(|told| !told.is_live()));
        }
        self.check_counters();
    }
}

/// The facts are those that the model finds in all that was recorded.
fn check_facts(kept: &Kept, now: Time) {
    let Kept { conversation: c, model, .. } = kept;
    assert_eq!(c.last_inbound_at, model.last_said());
    assert_eq!(c.last_outbound_at, model.last_outbound());
    if model.window_end().is_some() {
        assert_eq!(c.window_expires_at, model.window_end());
    }
    for at in [now, now + TimeDelta::hours(1), now + TimeDelta::hours(12), now + TimeDelta::days(2)]
    {
        assert_eq!(c.state(at), model.state(at), "at {at}");
    }
    let Handler { kind, team, agent, epoch } = c.handler.clone();
    assert_eq!((kind, team, agent), model.handler());
    assert_eq!(epoch, model.epoch);
    if let Some(awaiting_reply) = model.awaiting_reply() {
        assert_eq!(c.awaiting_reply(), awaiting_reply);
    }
    if let Some(since) = c.waiting_since {
        assert!(since <= now && Some(since) >= model.oldest_question());
    }
    let counted = usize::try_from(c.unanswered_templates).unwrap();
    match model.unanswered_templates() {
        (templates, true) => assert_eq!(counted, templates),
        (templates, false) => assert!(counted <= templates),
    }
}
