//! What standard output gets once everything serves: the line that programs wait for, and commands
//! that people paste.

use std::{
    io::{self, Write as _},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use crate::stack::Addresses;

const COMMANDS: &str = r#"
# To try in another terminal; both services describe themselves:
grpcurl -plaintext STATE describe azeer.conversation.v1.ConversationService
grpcurl -plaintext POLICY describe azeer.policy.v1.MessagingPolicyService

# What happens in that tenant, as it happens (leave it running, and go on in yet another terminal):
grpcurl -plaintext -d '{"tenant_id": "demo"}' STATE azeer.conversation.v1.ConversationService/WatchConversations

# A number whose windows last a minute, so that you can see one end:
grpcurl -plaintext -d '{"tenant_id": "demo", "channel": {"channel_id": "1065", "display_name": "Sales", "window_duration": "60s"}}' \
  STATE azeer.conversation.v1.ChannelService/UpsertChannel

# A customer writes:
grpcurl -plaintext -d '{"tenant_id": "demo", "channel_id": "1065", "contact_id": "966500000001", "contact_name": "Sara", "message_id": "m-'$(date +%s)'", "occurred_at": "'$(date -u +%FT%TZ)'"}' \
  STATE azeer.conversation.v1.ConversationService/RecordInboundMessage

# The tabs: OPEN now, EXPIRED in a minute:
grpcurl -plaintext -d '{"tenant_id": "demo", "tab": "TAB_ALL"}' STATE azeer.conversation.v1.ConversationService/ListConversations
grpcurl -plaintext -d '{"tenant_id": "demo"}' STATE azeer.conversation.v1.ConversationService/GetTabCounts

# An approved template, as the platform lists it:
grpcurl -plaintext -d '{"tenant_id": "demo", "waba_id": "1", "complete": true, "body": "'$(echo '{"data": [{"name": "order_shipped", "language": "ar", "status": "APPROVED", "category": "UTILITY", "components": [{"type": "BODY", "text": "طلبك رقم {{1}} في الطريق إليك"}]}]}' | base64 | tr -d '\n')'"}' \
  POLICY azeer.policy.v1.TemplateService/ImportTemplates

# May Omar write to her in words of his own? Within the minute yes; after it a template is suggested:
grpcurl -plaintext -d '{"send": {"tenant_id": "demo", "contact": {"channel_id": "1065", "contact_id": "966500000001"}, "sender": {"kind": "ACTOR_KIND_AGENT", "id": "omar"}, "free_form": {}}}' \
  POLICY azeer.policy.v1.MessagingPolicyService/CheckSend

# Not to somebody who never wrote. This one is recorded; the same request_id again gives the same decision:
grpcurl -plaintext -d '{"request_id": "00000000-0000-4000-8000-000000000001", "send": {"tenant_id": "demo", "contact": {"channel_id": "1065", "contact_id": "966500000009"}, "sender": {"kind": "ACTOR_KIND_AGENT", "id": "omar"}, "free_form": {}}}' \
  POLICY azeer.policy.v1.MessagingPolicyService/AuthorizeSend

# The template may go, for a good reason:
ALLOWED=$(grpcurl -plaintext -d '{"request_id": "00000000-0000-4000-8000-000000000002", "send": {"tenant_id": "demo", "contact": {"channel_id": "1065", "contact_id": "966500000009"}, "sender": {"kind": "ACTOR_KIND_AGENT", "id": "omar"}, "template": {"name": "order_shipped", "language_code": "ar", "components": [{"type": "body", "parameters": [{"type": "text", "text": "1024"}]}]}, "justification": {"reason": "JUSTIFICATION_REASON_ORDER_UPDATE", "reference_id": "1024", "note": "The parcel left this morning"}}}' \
  POLICY azeer.policy.v1.MessagingPolicyService/AuthorizeSend)
printf '%s\n' "$ALLOWED"

# It was posted: conversation-state hears of that too:
of_allowed() { printf '%s\n' "$ALLOWED" | sed -n 's/.*"'$1'": "\([^"]*\)".*/\1/p'; }
grpcurl -plaintext -d '{"tenant_id": "demo", "decision_id": "'$(of_allowed decisionId)'", "sent": {"message_id": "wamid.1024", "sent_at": "'$(of_allowed decidedAt)'"}}' \
  POLICY azeer.policy.v1.MessagingPolicyService/ReportSendOutcome

# What she is sent as the platform's own body comes with a permit, which is checked with these keys:
grpcurl -plaintext POLICY azeer.policy.v1.MessagingPolicyService/GetPermitKeys
grpcurl -plaintext -d '{"request_id": "00000000-0000-4000-8000-000000000003", "send": {"tenant_id": "demo", "contact": {"channel_id": "1065", "contact_id": "966500000001"}, "sender": {"kind": "ACTOR_KIND_AGENT", "id": "omar"}, "cloud_api_body": "'$(echo '{"messaging_product": "whatsapp", "to": "966500000001", "text": {"body": "On its way"}}' | base64 | tr -d '\n')'"}}' \
  POLICY azeer.policy.v1.MessagingPolicyService/AuthorizeSend

# The platform pauses the template, and posts so; it is refused from now on:
grpcurl -plaintext -d '{"tenant_id": "demo", "body": "'$(echo '{"entry": [{"id": "1", "time": '$(date +%s)', "changes": [{"field": "message_template_status_update", "value": {"event": "PAUSED", "message_template_name": "order_shipped", "message_template_language": "ar"}}]}]}' | base64 | tr -d '\n')'"}' \
  POLICY azeer.policy.v1.MessagingPolicyService/IngestWebhook

# All decisions again, newest first, with their reasons in Arabic:
grpcurl -plaintext -d '{"tenant_id": "demo", "language_code": "ar"}' POLICY azeer.policy.v1.MessagingPolicyService/ListDecisions
"#;

/// Writes it. If nobody reads, the launcher goes on.
pub(crate) fn tell(serving: Addresses) {
    let Addresses { conversation, policy } = serving;
    let commands = COMMANDS
        .replace("STATE", &reachable(conversation).to_string())
        .replace("POLICY", &reachable(policy).to_string());
    let ready = format!("ready conversation={conversation} policy={policy}");
    let mut out = io::stdout().lock();
    let _ = write!(out, "{ready}\n{commands}").and_then(|()| out.flush());
}

/// A server that listens on all addresses is reached by the loopback one.
pub(crate) fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_reach_the_server() {
        let cases = [
            ("127.0.0.1:1", "127.0.0.1:1"),
            ("10.1.2.3:1", "10.1.2.3:1"),
            ("0.0.0.0:1", "127.0.0.1:1"),
            ("[::]:1", "[::1]:1"),
        ];
        for (bound, reached) in cases {
            assert_eq!(reachable(bound.parse().unwrap()).to_string(), reached);
        }
    }
}
