//! What standard output gets once everything serves: the line that programs wait for, and commands
//! that people paste.

use std::{
    io::{self, Write as _},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

const COMMANDS: &str = r#"
# To try in another terminal. What there is:
grpcurl -plaintext ADDRESS list azeer.conversation.v1.ConversationService

# What happens in that tenant, as it happens (leave it running, and go on in yet another terminal):
grpcurl -plaintext -d '{"tenant_id": "demo"}' ADDRESS azeer.conversation.v1.ConversationService/WatchConversations

# A channel whose windows last a minute, so that you can see one end:
grpcurl -plaintext -d '{"tenant_id": "demo", "channel": {"channel_id": "1065", "display_name": "Sales", "window_duration": "60s"}}' \
  ADDRESS azeer.conversation.v1.ChannelService/UpsertChannel

# A customer writes:
grpcurl -plaintext -d '{"tenant_id": "demo", "channel_id": "1065", "contact_id": "966500000001", "contact_name": "Sara", "message_id": "m-'$(date +%s)'", "occurred_at": "'$(date -u +%FT%TZ)'"}' \
  ADDRESS azeer.conversation.v1.ConversationService/RecordInboundMessage

# The tabs: OPEN now, EXPIRED in a minute:
grpcurl -plaintext -d '{"tenant_id": "demo", "tab": "TAB_ALL"}' ADDRESS azeer.conversation.v1.ConversationService/ListConversations
grpcurl -plaintext -d '{"tenant_id": "demo"}' ADDRESS azeer.conversation.v1.ConversationService/GetTabCounts
"#;

/// Writes it. If nobody reads, the launcher goes on.
pub(crate) fn tell(conversation: SocketAddr) {
    let commands = COMMANDS.replace("ADDRESS", &reachable(conversation).to_string());
    let mut out = io::stdout().lock();
    let _ = write!(out, "ready conversation={conversation}\n{commands}").and_then(|()| out.flush());
}

/// A server that listens on all addresses is reached by the loopback one.
fn reachable(address: SocketAddr) -> SocketAddr {
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
