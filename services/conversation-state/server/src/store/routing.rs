//! Routing rules as `channels.routing_rules` keeps them.

use azeer_runtime::names::Named as _;
use azeer_runtime::store_error::StoreError;
use conversation_state_core::{Keyword, MatchKind, Routing, RoutingRule, RuleId, TeamId};
use postgres_types::Json;
use serde::{Deserialize, Serialize};
use tracing::warn;

use super::conversations::id;

/// A rule as it is kept.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct KeptRule {
    rule_id: String,
    keywords: Vec<String>,
    #[serde(rename = "match")]
    match_kind: String,
    team_id: String,
    priority: i32,
    enabled: bool,
}

/// What a channel's row keeps.
pub(super) type KeptRules = Json<Vec<KeptRule>>;

pub(super) fn keep(routing: &Routing) -> KeptRules {
    let kept = routing.rules().iter().map(|rule| KeptRule {
        rule_id: rule.id.to_string(),
        keywords: rule.keywords.iter().map(ToString::to_string).collect(),
        match_kind: rule.match_kind.name().to_owned(),
        team_id: rule.team.to_string(),
        priority: rule.priority,
        enabled: rule.enabled,
    });
    Json(kept.collect())
}

pub(super) fn read(Json(kept): KeptRules) -> Result<Routing, StoreError> {
    let rule = |kept: KeptRule| {
        // What another version took for a keyword may be none here: the rule's others hold.
        let keyword = |text: &String| match Keyword::parse(text) {
            Ok(keyword) => Some(keyword),
            Err(error) => {
                warn!(rule_id = kept.rule_id, %error, "a kept keyword is left out");
                None
            }
        };
        Ok(RoutingRule {
            keywords: kept.keywords.iter().filter_map(keyword).collect(),
            id: id(RuleId::parse(&kept.rule_id), "rule_id")?,
            match_kind: MatchKind::from_name(&kept.match_kind)?,
            team: id(TeamId::parse(&kept.team_id), "team_id")?,
            priority: kept.priority,
            enabled: kept.enabled,
        })
    };
    Ok(Routing::new(kept.into_iter().map(rule).collect::<Result<_, StoreError>>()?))
}
