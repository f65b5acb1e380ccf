//! `azeer-dev demo`: it compares each step with its story itself; here, that it comes to the end.

use crate::{Service, azeer_dev, connect, failure, success};

#[tokio::test(flavor = "multi_thread")]
async fn the_day_ends_as_the_story_has_it_however_often_it_is_played() {
    let service = Service::start("demo").await;
    let address = service.server.local_addr().to_string();
    let arguments = ["demo", "--plain", "--conversation-address", &address];
    let (first, second) = tokio::join!(azeer_dev(&arguments), azeer_dev(&arguments));
    for said in [success(&first), success(&second)] {
        assert!(!said.contains(['\u{1b}', '\u{2068}']), "plain means plain: {said}");
    }

    let database = connect(&service.cluster).await;
    let tenants = database.query("SELECT tenant_id FROM tenants", &[]).await.unwrap();
    assert_eq!(tenants.len(), 2, "each has a tenant of its own");
    for tenant in &tenants {
        let counts = service.counts(tenant.get(0)).await;
        let tabs = [counts.open, counts.expired, counts.closed, counts.bot];
        assert_eq!(tabs, [1, 1, 2, 1], "Sara; Adam; Layla and Khalid; Emily");
        assert_eq!(counts.awaiting_reply, 0);
    }
    // What the scenes are about did happen, once in each tenant.
    for happened in [
        "event_type = 'EXPIRED' AND from_state = 'OPEN'",
        "out_of_turn AND actor_kind = 'BOT'",
        "event_type = 'REOPENED' AND actor_kind = 'CUSTOMER' AND agent_id = 'noor'",
        "event_type = 'RETURNED_TO_BOT' AND from_state = 'OPEN' AND to_state = 'BOT'",
        "event_type = 'OUTBOUND_RECORDED' AND from_state = 'BOT' AND actor_kind = 'AGENT'",
        "routing_rule_id = 'to-support'",
        "routing_rule_id = 'to-sales'",
        "event_type = 'CONVERSATION_MERGED'",
    ] {
        let query = format!("SELECT count(*) FROM events WHERE {happened}");
        let count: i64 = database.query_one(&query, &[]).await.unwrap().get(0);
        assert_eq!(count, 2, "{happened}");
    }
    service.stop().await;
}

#[tokio::test]
async fn a_stranger_is_told_what_to_do() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = nobody.local_addr().unwrap().to_string();
    drop(nobody);
    let cases = [
        (address.as_str(), "start the services there (`make run`"),
        ("not an address", "give HOST:PORT"),
    ];
    for (address, advice) in cases {
        let told = failure(&azeer_dev(&["demo", "--conversation-address", address]).await);
        assert!(told.contains(address) && told.contains(advice), "{told}");
    }
}
