//! Two replicas of both services, each pair on one database, at a time that stands; and how their
//! tenant has its sends judged.

use azeer_proto::policy::v1 as pb;
use azeer_tests::service::duration;
use azeer_tests::{Pair, Policy, PolicyClients, Service, ops};
use chrono::TimeDelta;
use conversation_state_core::Time;
use futures::future::join_all;
use messaging_policy_core::rule::{Parameter, Unit};
use messaging_policy_core::{RULES, Rule};
use pb::rule_parameter::Value;
use prost_types::FieldMask;
use tonic::{Code, Status};

/// Templates of every test here, each by name and category.
pub(crate) const TEMPLATES: [(&str, &str); 4] =
    [("sale", "MARKETING"), ("gift", "MARKETING"), ("parcel", "UTILITY"), ("receipt", "UTILITY")];

/// Two replicas of both services.
pub(crate) struct Stand {
    /// The first ones.
    pub(crate) pair: Pair,
    /// What the tenant's sends are judged by.
    pub(crate) settings: Settings,
    others: (Service, Policy),
    /// Several connections to each policy.
    clients: Vec<PolicyClients>,
}

impl Stand {
    pub(crate) async fn at(now: Time) -> Self {
        let pair = Pair::at(now).await;
        let beside = pair.another_conversation().await;
        let other = pair.another_policy(&beside).await;
        let settings = Settings::through(&pair).await;
        let addresses = [&pair.policy, &other].map(|policy| policy.server.local_addr());
        let clients = addresses.iter().cycle().take(6);
        let clients = clients.map(|address| PolicyClients::connect(*address)).collect();
        Self { pair, settings, others: (beside, other), clients }
    }

    /// The second policy.
    pub(crate) fn other(&self) -> &PolicyClients {
        &self.others.1.clients
    }

    /// Authorizes sends all at once, over both replicas. Decisions come in the order of the sends.
    pub(crate) async fn all_at_once(
        &self,
        sends: impl IntoIterator<Item = pb::Send>,
    ) -> Vec<pb::Decision> {
        let requests = sends.into_iter().map(ops::authorize).zip(self.clients.iter().cycle());
        let calls: Vec<_> = requests
            .map(|(request, clients)| {
                let clients = clients.clone();
                tokio::spawn(async move { decided(&clients, request).await })
            })
            .collect();
        join_all(calls).await.into_iter().map(|decision| decision.expect("it is decided")).collect()
    }
}

/// A decision, from a service that may have too much to do: asked again under the same id.
pub(crate) async fn decided(
    clients: &PolicyClients,
    request: pb::AuthorizeSendRequest,
) -> pb::Decision {
    let authorize = || {
        let (mut sends, request) = (clients.sends.clone(), request.clone());
        async move { sends.authorize_send(request).await }
    };
    let answer = until_heard(authorize).await;
    answer.into_inner().decision.expect("answers have a decision")
}

/// A check, in the same way.
pub(crate) async fn checked(clients: &PolicyClients, send: pb::Send) -> pb::Decision {
    until_heard(|| clients.check(send.clone())).await
}

/// Calls until it is heard: the service may have too much to do.
pub(crate) async fn until_heard<T, F>(call: impl Fn() -> F) -> T
where
    F: Future<Output = Result<T, Status>>,
{
    loop {
        match call().await {
            Ok(answer) => return answer,
            Err(status) => {
                let busy = [Code::Unavailable, Code::ResourceExhausted].contains(&status.code());
                assert!(busy, "{status:?}");
            }
        }
        tokio::task::yield_now().await;
    }
}

/// How many of the decisions allow it. All others name exactly this rule.
#[track_caller]
pub(crate) fn allowed(decisions: &[pb::Decision], rule: &str) -> usize {
    let allows = |decision: &&pb::Decision| decision.verdict() == pb::Verdict::Allow;
    for refused in decisions.iter().filter(|decision| !allows(decision)) {
        assert_eq!(ops::codes(refused), [rule], "{refused:?}");
    }
    decisions.iter().filter(allows).count()
}

/// What the tenant's sends are judged by, changed through one of the replicas.
pub(crate) struct Settings(PolicyClients);

impl Settings {
    /// With the templates of every test here, and no rules yet but the defaults.
    pub(crate) async fn through(clients: &PolicyClients) -> Self {
        clients.import(&TEMPLATES).await;
        Self(clients.clone())
    }

    /// Has sends judged by these rules alone, with these numbers, each `rule parameter`, and else the
    /// defaults.
    pub(crate) async fn only(&self, rules: &[&str], numbers: &[(&str, i64)]) {
        let setting = |rule: &&'static Rule| {
            let holds = rules.contains(&rule.code);
            let mode = if holds { pb::RuleMode::Enforce } else { pb::RuleMode::Off };
            let of_rule = rule.parameters.iter().map(|parameter| {
                let name = format!("{} {}", rule.code, parameter.name);
                let given = numbers.iter().find(|(known, _)| *known == name);
                number(parameter, given.map_or(parameter.default, |(_, value)| *value))
            });
            let setting = pb::RuleSetting { mode: mode.into(), parameters: of_rule.collect() };
            (rule.code.to_owned(), setting)
        };
        let rules = RULES.iter().map(setting).collect();
        let request = pb::UpdatePolicyRequest {
            tenant_id: ops::TENANT.into(),
            policy: Some(pb::Policy { rules, ..Default::default() }),
            update_mask: Some(FieldMask { paths: vec!["rules".into()] }),
            ..Default::default()
        };
        self.0.admin.clone().update_policy(request).await.unwrap();
    }

    /// How many contacts the portfolio may reach within a day.
    pub(crate) async fn limit(&self, contacts: i64) {
        let channel_id = ops::CHANNEL.into();
        let request = pb::UpdateSenderRequest {
            tenant_id: ops::TENANT.into(),
            sender: Some(pb::Sender { channel_id, limit: contacts, ..Default::default() }),
            ..Default::default()
        };
        self.0.admin.clone().update_sender(request).await.unwrap();
    }

    /// How many contacts the portfolio has reached.
    pub(crate) async fn reached(&self) -> i64 {
        let request =
            pb::GetSenderRequest { tenant_id: ops::TENANT.into(), channel_id: ops::CHANNEL.into() };
        let answer = self.0.admin.clone().get_sender(request).await.unwrap();
        answer.into_inner().sender.unwrap().reached
    }
}

/// A number of a rule, as requests have it.
fn number(parameter: &Parameter, value: i64) -> (String, pb::RuleParameter) {
    let value = match parameter.unit {
        Unit::Count => Value::Count(value),
        Unit::Seconds => Value::Duration(duration(TimeDelta::seconds(value)).unwrap()),
    };
    (parameter.name.to_owned(), pb::RuleParameter { value: Some(value) })
}

/// A template about a matter, with a note of its own.
pub(crate) fn noted(send: pb::Send, reference: &str, note: &str) -> pb::Send {
    let justification = pb::Justification {
        reason: pb::JustificationReason::OrderUpdate.into(),
        reference_id: reference.into(),
        note: note.into(),
    };
    pb::Send { justification: Some(justification), ..send }
}
