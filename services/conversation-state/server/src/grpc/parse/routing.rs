//! A channel's routing rules: what each of them must be.

use std::collections::HashSet;

use azeer_proto::conversation::v1 as pb;
use azeer_runtime::fields::Fields;
use conversation_state_core::{Keyword, MatchKind, Routing, RoutingRule, RuleId, TeamId};

const PATH: &str = "channel.routing_rules";
const MOST_RULES: usize = 200;
const MOST_KEYWORDS: usize = 100;
/// Of all rules together: what it takes to compile them stays in milliseconds.
const MOST_CHARACTERS: usize = 32_768;

pub(super) fn routing(fields: &mut Fields, given: &[pb::RoutingRule]) -> Option<Routing> {
    if given.len() > MOST_RULES {
        fields.bad(PATH, format_args!("must be at most {MOST_RULES}"));
        return None;
    }
    let all = given.iter().flat_map(|rule| &rule.keywords);
    if all.map(|keyword| keyword.chars().count()).sum::<usize>() > MOST_CHARACTERS {
        let must = "characters of keywords in all";
        fields.bad(PATH, format_args!("must have at most {MOST_CHARACTERS} {must}"));
        return None;
    }
    let mut known = HashSet::new();
    let rules: Vec<Option<RoutingRule>> = given
        .iter()
        .enumerate()
        .map(|(i, given)| {
            let rule = rule(fields, &format!("{PATH}[{i}]"), given)?;
            let new = known.insert(rule.id.clone());
            let path = format!("{PATH}[{i}].rule_id");
            fields.require(&path, new, "must not be that of another rule");
            Some(rule)
        })
        .collect();
    rules.into_iter().collect::<Option<Vec<_>>>().map(Routing::new)
}

fn rule(fields: &mut Fields, path: &str, given: &pb::RoutingRule) -> Option<RoutingRule> {
    let id = fields.take(&format!("{path}.rule_id"), RuleId::parse(&given.rule_id));
    let team = fields.take(&format!("{path}.team_id"), TeamId::parse(&given.team_id));
    let match_kind = match pb::RoutingMatch::try_from(given.r#match) {
        Ok(pb::RoutingMatch::Unspecified | pb::RoutingMatch::Word) => Ok(MatchKind::Word),
        Ok(pb::RoutingMatch::Phrase) => Ok(MatchKind::Phrase),
        Ok(pb::RoutingMatch::Exact) => Ok(MatchKind::Exact),
        Err(_) => Err("must be WORD, PHRASE or EXACT"),
    };
    let match_kind = fields.take(&format!("{path}.match"), match_kind);
    let keywords = keywords(fields, path, &given.keywords);
    Some(RoutingRule {
        id: id?,
        keywords: keywords?,
        match_kind: match_kind?,
        team: team?,
        priority: given.priority,
        enabled: given.enabled.unwrap_or(true),
    })
}

fn keywords(fields: &mut Fields, path: &str, given: &[String]) -> Option<Vec<Keyword>> {
    if !(1..=MOST_KEYWORDS).contains(&given.len()) {
        fields.bad(format!("{path}.keywords"), format_args!("must be 1-{MOST_KEYWORDS}"));
        return None;
    }
    let parsed = given
        .iter()
        .enumerate()
        .map(|(i, text)| fields.take(&format!("{path}.keywords[{i}]"), Keyword::parse(text)));
    // All of them, so that each bad one is told.
    parsed.collect::<Vec<_>>().into_iter().collect()
}
