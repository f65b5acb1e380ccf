//! messaging-policy within the test's own process, and its clients wherever it is.

use std::net::SocketAddr;

use azeer_proto::conversation::v1::IngestOutcome;
use azeer_proto::policy::v1 as pb;
use azeer_runtime::clock::Clock;
use messaging_policy::conversation::Origin;
use messaging_policy::{Config, Server};
use pb::messaging_policy_service_client::MessagingPolicyServiceClient;
use pb::policy_admin_service_client::PolicyAdminServiceClient;
use pb::template_service_client::TemplateServiceClient;
use tonic::Status;
use tonic::transport::Channel;

use crate::service::{any_port, endpoint};
use crate::{Database, ops};

/// Clients of messaging-policy's gRPC services at one address.
#[derive(Debug, Clone)]
pub struct PolicyClients {
    /// Of `MessagingPolicyService`.
    pub sends: MessagingPolicyServiceClient<Channel>,
    /// Of `TemplateService`.
    pub templates: TemplateServiceClient<Channel>,
    /// Of `PolicyAdminService`.
    pub admin: PolicyAdminServiceClient<Channel>,
    /// For any other.
    pub channel: Channel,
}

impl PolicyClients {
    /// Clients that connect when they are first used.
    #[must_use]
    pub fn connect(address: SocketAddr) -> Self {
        Self::over(endpoint(address).connect_lazy())
    }

    /// Clients over a channel.
    #[must_use]
    pub fn over(channel: Channel) -> Self {
        Self {
            sends: MessagingPolicyServiceClient::new(channel.clone()),
            templates: TemplateServiceClient::new(channel.clone()),
            admin: PolicyAdminServiceClient::new(channel.clone()),
            channel,
        }
    }

    /// Checks a send.
    pub async fn check(&self, send: pb::Send) -> Result<pb::Decision, Status> {
        let answer = self.sends.clone().check_send(ops::check(send)).await?;
        Ok(answer.into_inner().decision.expect("an answer has a decision"))
    }

    /// Authorizes a send, under a request id of its own.
    pub async fn authorize(&self, send: pb::Send) -> Result<pb::Decision, Status> {
        let answer = self.sends.clone().authorize_send(ops::authorize(send)).await?;
        Ok(answer.into_inner().decision.expect("an answer has a decision"))
    }

    /// Reports what became of a send.
    pub async fn report(
        &self,
        report: pb::ReportSendOutcomeRequest,
    ) -> Result<pb::Decision, Status> {
        let answer = self.sends.clone().report_send_outcome(report).await?;
        Ok(answer.into_inner().decision.expect("an answer has a decision"))
    }

    /// Ingests a webhook body with one item. Gives what became of it.
    pub async fn ingest(&self, body: pb::IngestWebhookRequest) -> Result<IngestOutcome, Status> {
        let results = self.sends.clone().ingest_webhook(body).await?.into_inner().results;
        let [result] = &results[..] else { panic!("not one item: {results:?}") };
        Ok(result.outcome())
    }

    /// Has one rule refuse and all others be silent.
    pub async fn enforce_only(&self, rule: &str) -> pb::Policy {
        let mut admin = self.admin.clone();
        let request = pb::GetPolicyRequest { tenant_id: ops::TENANT.into() };
        let policy = admin.get_policy(request).await.expect("a tenant has a policy").into_inner();
        let request = ops::only(rule, &policy.policy.expect("an answer has a policy"));
        let policy = admin.update_policy(request).await.expect("it can be changed").into_inner();
        policy.policy.expect("an answer has a policy")
    }

    /// Has the account's templates be these: each by name and category.
    pub async fn import(&self, templates: &[(&str, &str)]) {
        let imported = self.templates.clone().import_templates(ops::import(templates)).await;
        let invalid = imported.expect("they are imported").into_inner().invalid;
        assert_eq!(invalid, [], "all of them can be read");
    }

    /// Looks a recorded decision up.
    pub async fn decision(&self, id: &str) -> Result<pb::Decision, Status> {
        let answer = self.sends.clone().get_decision(ops::get_decision(id)).await?;
        Ok(answer.into_inner().decision.expect("an answer has a decision"))
    }
}

/// A messaging-policy over a database of its own.
pub struct Policy {
    /// Its database.
    pub database: Database,
    /// Its clients.
    pub clients: PolicyClients,
    /// Its clock: the database's, or one that the test sets.
    pub clock: Clock,
    /// The service itself.
    pub server: Server,
}

impl Policy {
    /// Starts one that works with the database's time and asks the conversation-state at an
    /// address, which may come later.
    pub async fn start(conversation: SocketAddr) -> Self {
        Self::start_with(Database::policy().await, conversation, |_| {}).await
    }

    /// Starts one over a database.
    pub async fn start_with(
        database: Database,
        conversation: SocketAddr,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        let mut config = Config::new(database.url(), any_port(), origin(conversation));
        change(&mut config);
        let clock = config.clock.clone();
        let server = Server::start(config).await.expect("the service starts");
        let clients = PolicyClients::connect(server.local_addr());
        Self { database, clients, clock, server }
    }
}

/// How messaging-policy is told where conversation-state is.
#[must_use]
pub fn origin(conversation: SocketAddr) -> Origin {
    format!("http://{conversation}").parse().expect("an address makes an origin")
}
