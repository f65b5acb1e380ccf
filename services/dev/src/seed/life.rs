//! What becomes of conversations, and how many go which way. What is said and done in them, one
//! thing after the other, is told in `tale`.

use chrono::TimeDelta;
use conversation_state::store::ChannelSettings;
use conversation_state::store::bulk::History;
use conversation_state_core::{Actor, OutboundKind};
use rand::{Rng as _, rngs::StdRng, seq::IndexedRandom as _};
use uuid::ContextV7;

use super::Error;
use super::tale::{BOT, Tale};
use super::timeline::Moments;

const NOW: TimeDelta = TimeDelta::zero();

/// What becomes of a conversation.
#[derive(Clone, Copy)]
enum Life {
    /// The bot has just been asked.
    AsksTheBot,
    /// The bot has answered.
    BotAnswered,
    /// A team has it, or people in general, and nobody has answered.
    Waits,
    /// An agent has it, and has not answered.
    WaitsForAgent,
    /// An agent has answered.
    Answered,
    /// An agent has answered and closed it.
    Closed,
    /// It was answered, and the window has long ended.
    AnsweredLongAgo,
    /// The customer wrote long ago, and nobody answered.
    Missed,
    /// The business wrote first, and the customer never did.
    WrittenTo,
}

/// How many of a hundred conversations have each.
const LIVES: &[(Life, u8)] = &[
    (Life::AsksTheBot, 8),
    (Life::BotAnswered, 10),
    (Life::Waits, 9),
    (Life::WaitsForAgent, 8),
    (Life::Answered, 15),
    (Life::Closed, 28),
    (Life::AnsweredLongAgo, 14),
    (Life::Missed, 3),
    (Life::WrittenTo, 5),
];

/// Invents conversations.
pub(super) struct Author {
    channels: Vec<ChannelSettings>,
    random: StdRng,
    ids: ContextV7,
}

// === impl Author ===

impl Author {
    /// There is a channel, and every other one has a bot, beginning with the first.
    pub(super) fn new(channels: Vec<ChannelSettings>, random: StdRng) -> Self {
        Self { channels, random, ids: ContextV7::new() }
    }

    /// The conversation of a number: each is with another contact.
    pub(super) fn conversation(&mut self, number: u32, when: Moments) -> Result<History, Error> {
        let weighed = LIVES.choose_weighted(&mut self.random, |(_, weight)| *weight);
        let life = weighed.map_or(Life::Answered, |(life, _)| *life);
        let needs_bot = matches!(life, Life::AsksTheBot | Life::BotAnswered);
        let mut index = self.random.random_range(0..self.channels.len());
        if needs_bot && !self.channels[index].behaviour.bot_enabled {
            // INVARIANT: the first channel has a bot, and so has the one before any without.
            index -= 1;
        }
        let channel = &self.channels[index];
        let mut tale = Tale::new(channel, number, when, &mut self.random, &self.ids)?;
        live(life, &mut tale)?;
        tale.told()
    }
}

fn live(life: Life, tale: &mut Tale<'_>) -> Result<(), Error> {
    match life {
        Life::AsksTheBot => tale.customer_writes(NOW),
        Life::BotAnswered => {
            tale.customer_writes(NOW)?;
            tale.send(BOT, OutboundKind::FreeForm, NOW)
        }
        Life::Waits => {
            tale.customer_writes(NOW)?;
            tale.reach_team()
        }
        Life::WaitsForAgent => {
            tale.customer_writes(NOW)?;
            tale.reach_team()?;
            tale.assign()
        }
        Life::Answered => answered(tale),
        Life::Closed => {
            // Some right away, some when a day has passed without another word.
            if tale.random().random_bool(0.5) {
                answered(tale)?;
            } else {
                answered_long_ago(tale)?;
            }
            tale.close()
        }
        Life::AnsweredLongAgo => answered_long_ago(tale),
        Life::Missed => {
            let ago = tale.long_ago();
            tale.customer_writes(ago)
        }
        Life::WrittenTo => tale.send(Actor::SYSTEM, OutboundKind::Template, NOW),
    }
}

fn answered(tale: &mut Tale<'_>) -> Result<(), Error> {
    tale.customer_writes(NOW)?;
    tale.reach_team()?;
    tale.assign()?;
    tale.agent_writes(NOW)
}

/// What people said long ago becomes known now, as when a history is imported.
fn answered_long_ago(tale: &mut Tale<'_>) -> Result<(), Error> {
    let ago = tale.long_ago();
    tale.customer_writes(ago)?;
    tale.agent_writes(ago - TimeDelta::minutes(4))?;
    tale.assign()
}
