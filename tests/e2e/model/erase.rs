//! The step after which nothing is left of a conversation: the model forgets it.

use azeer_proto::conversation::v1 as pb;
use azeer_tests::ops;

use super::op::Who;
use super::run::{Run, contact};

impl Run {
    pub(super) async fn erase(&mut self, who: Who) {
        let request = pb::EraseContactRequest {
            tenant_id: ops::TENANT.into(),
            contact: Some(contact(who)),
            ..Default::default()
        };
        self.service.clients.conversations.erase_contact(request).await.unwrap();
        if let Some(mut chat) = self.inbox.chats.remove(&who) {
            chat.announce(self.now);
            self.inbox.erased_events += chat.events.len() + 1;
        }
        // Its messages are not known any more: the last one would be taken for a new one.
        let whose = |last: &mut pb::RecordInboundMessageRequest| {
            let of = contact(who);
            last.contact_id == of.contact_id && last.channel_id == of.channel_id
        };
        self.last.take_if(whose);
    }
}
