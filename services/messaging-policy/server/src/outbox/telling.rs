//! What was reported, as conversation-state is told it.

use azeer_edge::tell;
use azeer_proto::conversation::v1 as pb;
use azeer_runtime::wire::timestamp;
use pb::OutboundKind;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt as _;

use crate::conversation::{Call, Client};
use crate::store::outbox::{Notice, NoticeKind};

/// A notice on its way.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Telling {
    Outbound(pb::RecordOutboundMessageRequest),
    WindowClosed(pb::ReportWindowClosedRequest),
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// It is known there.
    Known,
    /// There is no such conversation: the contact was erased, or never had one.
    NobodyThere,
}

impl From<&Notice> for Telling {
    fn from(notice: &Notice) -> Self {
        let (conversation_id, contact) = tell::target(&notice.target);
        let tenant_id = notice.tenant.to_string();
        let message_id = notice.message.to_string();
        let sent_at = Some(timestamp(notice.sent_at));
        match &notice.kind {
            NoticeKind::Outbound { sender, template, handler_epoch } => {
                let kind = match template.as_str() {
                    "" => OutboundKind::FreeForm,
                    _ => OutboundKind::Template,
                };
                Self::Outbound(pb::RecordOutboundMessageRequest {
                    tenant_id,
                    conversation_id,
                    contact,
                    message_id,
                    occurred_at: sent_at,
                    sender: Some(tell::actor(sender)),
                    kind: kind.into(),
                    template_name: template.clone(),
                    handler_epoch: *handler_epoch,
                })
            }
            NoticeKind::WindowClosed => Self::WindowClosed(pb::ReportWindowClosedRequest {
                tenant_id,
                conversation_id,
                contact,
                message_id,
                sent_at,
            }),
        }
    }
}

impl Call for Telling {
    type Told = Told;

    async fn make(request: Request<Self>, mut client: Client) -> Result<Told, Status> {
        let (metadata, extensions, telling) = request.into_parts();
        let answer = match telling {
            Self::Outbound(message) => {
                let request = Request::from_parts(metadata, extensions, message);
                client.record_outbound_message(request).await.map(drop)
            }
            Self::WindowClosed(message) => {
                let request = Request::from_parts(metadata, extensions, message);
                client.report_window_closed(request).await.map(drop)
            }
        };
        match answer {
            Ok(()) => Ok(Told::Known),
            Err(status) if is_no_conversation(&status) => Ok(Told::NobodyThere),
            Err(status) => Err(status),
        }
    }
}

/// Whether the service itself says so: what stands before it may have one of its own.
fn is_no_conversation(status: &Status) -> bool {
    let reason = status.get_details_error_info().map(|info| info.reason);
    status.code() == Code::NotFound && reason.as_deref() == Some("CONVERSATION_NOT_FOUND")
}
