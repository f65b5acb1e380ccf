//! The end of the window, to the microsecond, through every RPC that tells a state.

use azeer_proto::conversation::v1 as pb;
use azeer_tests::service::{Service, at};
use azeer_tests::{ops, service};
use chrono::TimeDelta;

#[tokio::test]
async fn at_exactly_24_hours_it_is_open_and_a_microsecond_later_it_is_not() {
    let written = at("2026-03-01T12:00:00.000001Z");
    let service = Service::at(written).await;
    let mut client = service.clients.conversations.clone();
    let said = ops::inbound("ali", "m1", written);
    let conversation = client.record_inbound_message(said).await.unwrap().into_inner();
    let id = conversation.conversation.unwrap().conversation_id;
    let end = written + TimeDelta::hours(24);

    let micro = TimeDelta::microseconds(1);
    for (now, open, left) in [(end - micro, true, 1), (end, true, 0), (end + micro, false, 0)] {
        service.clock.set(now);
        let state = if open { pb::ConversationState::Open } else { pb::ConversationState::Expired };
        let tab = if open { pb::Tab::Open } else { pb::Tab::Expired };
        let left = service::duration(TimeDelta::microseconds(left));

        let got = client.get_conversation(ops::get("ali")).await.unwrap().into_inner();
        let got = got.conversation.unwrap();
        assert_eq!((got.state(), got.window_remaining), (state, left), "{now}");
        assert_eq!(got.version, 1, "time writes nothing");

        let batch = pb::BatchGetConversationsRequest {
            tenant_id: ops::TENANT.into(),
            conversation_ids: vec![id.clone()],
            ..Default::default()
        };
        let batch = client.batch_get_conversations(batch).await.unwrap().into_inner();
        assert_eq!(batch.conversations[0].state(), state, "{now}");

        let context = pb::GetSendContextRequest {
            tenant_id: ops::TENANT.into(),
            conversation_id: id.clone(),
            ..Default::default()
        };
        let context = client.get_send_context(context).await.unwrap().into_inner();
        assert_eq!(context.conversation.unwrap().state(), state, "{now}");
        assert_eq!(service::time(context.as_of.unwrap()), now);

        for listed in [pb::Tab::Open, pb::Tab::Expired, pb::Tab::Bot, pb::Tab::Closed] {
            let page = client.list_conversations(ops::list(listed)).await.unwrap().into_inner();
            let expected = usize::from(listed == tab);
            assert_eq!(page.conversations.len(), expected, "{listed:?} at {now}");
        }
        let counts = client.get_tab_counts(ops::counts()).await.unwrap().into_inner();
        let (open, expired) = (i64::from(open), i64::from(!open));
        assert_eq!((counts.open, counts.expired, counts.expiring_soon), (open, expired, open));
    }
}

#[tokio::test]
async fn expiring_soon_includes_its_bound() {
    let written = at("2026-03-01T12:34:56.789012Z");
    let service = Service::at(written).await;
    let mut client = service.clients.conversations.clone();
    client.record_inbound_message(ops::inbound("ali", "m1", written)).await.unwrap();
    let end = written + TimeDelta::hours(24);
    let within = TimeDelta::minutes(90);

    let micro = TimeDelta::microseconds(1);
    for (now, soon) in [(end - within - micro, 0), (end - within, 1), (end, 1), (end + micro, 0)] {
        service.clock.set(now);
        let request =
            pb::GetTabCountsRequest { expiring_within: service::duration(within), ..ops::counts() };
        let counts = client.get_tab_counts(request).await.unwrap().into_inner();
        assert_eq!(counts.expiring_soon, soon, "{now}");
        let filter = pb::ConversationFilter {
            expiring_within: service::duration(within),
            ..Default::default()
        };
        let page =
            pb::ListConversationsRequest { filter: Some(filter), ..ops::list(pb::Tab::Open) };
        let page = client.list_conversations(page).await.unwrap().into_inner();
        assert_eq!(i64::try_from(page.conversations.len()).unwrap(), soon, "{now}");
    }
}
