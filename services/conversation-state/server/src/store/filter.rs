//! What narrows a listing or a count, and the SQL of it.

use chrono::TimeDelta;
use conversation_state_core::{AgentId, ChannelId, TeamId};
use postgres_types::ToSql;

/// All conditions hold together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of one of these channels; empty: of any.
    pub channel_ids: Vec<ChannelId>,
    /// With this team.
    pub team: Option<TeamId>,
    /// With this agent.
    pub agent: Option<AgentId>,
    /// With people, but no team and no agent.
    pub unassigned_only: bool,
    /// Awaiting a reply.
    pub awaiting_reply_only: bool,
    /// OPEN or BOT, and the window ends within this.
    pub expiring_within: Option<TimeDelta>,
}

impl Filter {
    /// The channels as a statement's parameter.
    pub(super) fn channels(&self) -> Option<Vec<&str>> {
        let ids = &self.channel_ids;
        (!ids.is_empty()).then(|| ids.iter().map(ChannelId::as_str).collect())
    }
}

/// The conditions on handler and waiting, for the table under the alias `c`. Each of them has a
/// partial index; channels and times are the statements' own matter.
pub(super) struct FilterSql<'a> {
    conditions: Vec<String>,
    values: Vec<&'a str>,
}

impl<'a> FilterSql<'a> {
    /// The parameters are numbered from `first` on.
    pub(super) fn new(filter: &'a Filter, first: usize) -> Self {
        let mut sql = Self { conditions: Vec::new(), values: Vec::new() };
        if let Some(agent) = &filter.agent {
            sql.equal("c.agent_id", agent.as_str(), first);
        }
        if let Some(team) = &filter.team {
            sql.equal("c.team_id", team.as_str(), first);
        }
        if filter.unassigned_only {
            sql.conditions.push(
                "c.handler_kind = 'HUMAN' AND c.team_id IS NULL AND c.agent_id IS NULL".into(),
            );
        }
        if filter.awaiting_reply_only {
            sql.conditions
                .push("c.waiting_since IS NOT NULL AND c.announced_state <> 'CLOSED'".into());
        }
        sql
    }

    fn equal(&mut self, column: &str, value: &'a str, first: usize) {
        self.conditions.push(format!("{column} = ${}", first + self.values.len()));
        self.values.push(value);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.conditions.is_empty()
    }

    pub(super) fn condition(&self) -> String {
        if self.is_empty() { "true".into() } else { self.conditions.join(" AND ") }
    }

    pub(super) fn parameters(&self) -> impl Iterator<Item = &(dyn ToSql + Sync)> {
        self.values.iter().map(|value| value as &(dyn ToSql + Sync))
    }
}
