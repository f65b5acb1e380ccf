//! One tenant, through the gRPC clients that the demo has of it: its channels and templates set up,
//! its tabs and conversations looked at. What people do to it is in `acts` and `sends`.

use azeer_proto::conversation::v1 as pb;
use azeer_proto::policy::v1 as policy;
use chrono::DateTime;
use pb::channel_service_client::ChannelServiceClient;
use pb::conversation_service_client::ConversationServiceClient;
use policy::messaging_policy_service_client::MessagingPolicyServiceClient;
use policy::policy_admin_service_client::PolicyAdminServiceClient;
use policy::template_service_client::TemplateServiceClient;
use prost_types::{Duration, Timestamp};
use serde_json::json;
use tonic::{Code, Status, Streaming, transport::Channel};

use super::gateway::Allowed;
use super::script::{Customer, Line, Template};

/// The account that the business has with the platform.
pub(super) const WABA: &str = "104857600";

/// The clients of one tenant.
pub(super) struct Desk {
    pub(super) conversations: ConversationServiceClient<Channel>,
    channels: ChannelServiceClient<Channel>,
    pub(super) policy: MessagingPolicyServiceClient<Channel>,
    pub(super) policy_admin: PolicyAdminServiceClient<Channel>,
    templates: TemplateServiceClient<Channel>,
    pub(super) tenant_id: String,
    /// The service's time when it last told it, in whole seconds, as the platform tells times.
    pub(super) now: Timestamp,
    /// How many messages there were: each needs an id of its own.
    pub(super) messages: u32,
    pub(super) last_webhook: Vec<u8>,
    /// What may be posted, as it was allowed last.
    pub(super) allowed: Allowed,
    /// What happens in the tenant, told as it happens.
    pub(super) watch: Streaming<pb::WatchConversationsResponse>,
}

// === impl Desk ===

impl Desk {
    /// Opens a tenant of its own, named after the service's time.
    pub(super) async fn open(state: Channel, policy: Channel) -> Result<Self, Box<Status>> {
        let mut conversations = ConversationServiceClient::new(state.clone());
        let anybody = pb::GetTabCountsRequest { tenant_id: "demo".into(), ..Default::default() };
        let as_of = conversations.get_tab_counts(anybody).await?.into_inner().as_of;
        let now = as_of.unwrap_or_default();
        let micros = now.seconds * 1_000_000 + i64::from(now.nanos / 1_000);
        let time = DateTime::from_timestamp_micros(micros).unwrap_or_default();
        let tenant_id = format!("demo-{}", time.format("%Y%m%d-%H%M%S-%6f"));
        let tenant =
            pb::WatchConversationsRequest { tenant_id: tenant_id.clone(), ..Default::default() };
        let watch = conversations.watch_conversations(tenant).await?.into_inner();
        Ok(Self {
            conversations,
            channels: ChannelServiceClient::new(state),
            policy: MessagingPolicyServiceClient::new(policy.clone()),
            policy_admin: PolicyAdminServiceClient::new(policy.clone()),
            templates: TemplateServiceClient::new(policy),
            tenant_id,
            now: Timestamp { seconds: now.seconds, nanos: 0 },
            messages: 0,
            last_webhook: Vec::new(),
            allowed: Allowed::default(),
            watch,
        })
    }

    pub(super) async fn set_up(&mut self, line: &Line) -> Result<(), Box<Status>> {
        let request = pb::UpsertChannelRequest {
            tenant_id: self.tenant_id.clone(),
            channel: Some(pb::Channel {
                channel_id: line.channel_id.into(),
                display_name: Some(line.name.into()),
                bot_enabled: Some(line.bot_enabled),
                window_duration: Some(Duration { seconds: line.window_seconds, nanos: 0 }),
                routing_rules: line.routes.iter().map(rule).collect(),
                ..Default::default()
            }),
            ..Default::default()
        };
        self.channels.upsert_channel(request).await?;
        Ok(())
    }

    /// Has the policy know the templates, as the platform lists them.
    pub(super) async fn import(&mut self, templates: &[&Template]) -> Result<(), Box<Status>> {
        let entries = templates.iter().flat_map(|template| {
            template.texts.iter().map(|(language, text)| {
                json!({
                    "name": template.name,
                    "language": language,
                    "status": "APPROVED",
                    "category": template.category,
                    "components": [{ "type": "BODY", "text": text }],
                })
            })
        });
        let request = policy::ImportTemplatesRequest {
            tenant_id: self.tenant_id.clone(),
            waba_id: WABA.into(),
            body: json!({ "data": entries.collect::<Vec<_>>() }).to_string().into_bytes(),
            complete: true,
        };
        self.templates.import_templates(request).await?;
        Ok(())
    }

    /// Lets free-form messages go until the very end of a window. The usual margin of 5 seconds
    /// would leave nothing of the shortest windows.
    pub(super) async fn allow_until_the_end(&mut self) -> Result<(), Box<Status>> {
        let none = policy::rule_parameter::Value::Duration(Duration::default());
        let margin = policy::RuleParameter { value: Some(none) };
        let parameters = [("margin".to_owned(), margin)].into();
        let setting = policy::RuleSetting { parameters, ..Default::default() };
        let rules = [("WINDOW_EXPIRED".to_owned(), setting)].into();
        let request = policy::UpdatePolicyRequest {
            tenant_id: self.tenant_id.clone(),
            policy: Some(policy::Policy { rules, ..Default::default() }),
            ..Default::default()
        };
        self.policy_admin.update_policy(request).await?;
        Ok(())
    }

    /// The tabs now.
    pub(super) async fn counts(&mut self) -> Result<pb::GetTabCountsResponse, Box<Status>> {
        let tenant_id = self.tenant_id.clone();
        let request = pb::GetTabCountsRequest { tenant_id, ..Default::default() };
        let counts = self.conversations.get_tab_counts(request).await?.into_inner();
        let as_of = counts.as_of.unwrap_or_default();
        self.now = Timestamp { seconds: as_of.seconds, nanos: 0 };
        Ok(counts)
    }

    /// The conversation with a customer, if there is one yet.
    pub(super) async fn conversation(
        &mut self,
        with: &Customer,
    ) -> Result<Option<pb::Conversation>, Box<Status>> {
        let request = pb::GetConversationRequest {
            tenant_id: self.tenant_id.clone(),
            contact: Some(contact(with)),
            ..Default::default()
        };
        match self.conversations.get_conversation(request).await {
            Ok(answer) => Ok(answer.into_inner().conversation),
            Err(status) if status.code() == Code::NotFound => Ok(None),
            Err(status) => Err(status.into()),
        }
    }

    /// The last event that the log has about a conversation.
    pub(super) async fn last_event(
        &mut self,
        conversation_id: String,
    ) -> Result<pb::ConversationEvent, Box<Status>> {
        let request = pb::ListConversationEventsRequest {
            tenant_id: self.tenant_id.clone(),
            conversation_id,
            page_size: 500,
            ..Default::default()
        };
        let page = self.conversations.list_conversation_events(request).await?.into_inner();
        Ok(page.events.into_iter().next_back().unwrap_or_default())
    }
}

fn rule((keywords, team): &(&[&str], &str)) -> pb::RoutingRule {
    pb::RoutingRule {
        rule_id: format!("to-{team}"),
        keywords: keywords.iter().map(|&keyword| keyword.into()).collect(),
        team_id: (*team).into(),
        ..Default::default()
    }
}

/// Names a customer's conversation.
pub(super) fn contact(of: &Customer) -> pb::ContactRef {
    pb::ContactRef { channel_id: of.line.channel_id.into(), contact_id: of.contact_id.into() }
}
