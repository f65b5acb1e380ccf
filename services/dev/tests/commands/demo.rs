//! `azeer-dev demo`: it compares each step with its story itself; here, that it comes to the end.

use crate::{POLICY_DATABASE, Service, azeer_dev, connect, connect_to, failure, success};

#[tokio::test(flavor = "multi_thread")]
async fn the_day_ends_as_the_story_has_it_however_often_it_is_played() {
    let service = Service::start("demo").await;
    let policy = service.policy().await;
    let address = service.server.local_addr().to_string();
    let policy_address = policy.local_addr().to_string();
    let addresses = ["--conversation-address", &address, "--policy-address", &policy_address];
    let arguments = [&["demo", "--plain"], &addresses[..]].concat();
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
        assert_eq!(tabs, [1, 1, 2, 2], "Sara; Adam; Layla and Khalid; Emily and Mona");
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
    let decided = connect_to(&service.cluster, POLICY_DATABASE).await;
    for code in [
        "BOT_NOT_IN_CONTROL",
        "MARKETING_CONSENT_REQUIRED",
        "WINDOW_EXPIRED",
        "JUSTIFICATION_REQUIRED",
        "TEMPLATE_NOT_APPROVED",
        "MARKETING_OPTED_OUT",
    ] {
        let query = "SELECT count(*) FROM decisions WHERE violation_codes = ARRAY[$1]";
        let count: i64 = decided.query_one(query, &[&code]).await.unwrap().get(0);
        assert_eq!(count, 2, "{code}");
    }
    policy.stop().await;
    service.stop().await;
}

#[tokio::test]
async fn a_stranger_is_told_what_to_do() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = nobody.local_addr().unwrap().to_string();
    drop(nobody);
    let cases = [
        (address.as_str(), "start the services (`make run`"),
        ("not an address", "give HOST:PORT"),
    ];
    for flag in ["--conversation-address", "--policy-address"] {
        for (given, advice) in cases {
            let told = failure(&azeer_dev(&["demo", flag, given]).await);
            // The other one is looked for at its usual address.
            let named = told.contains(given) || told.contains("127.0.0.1:50051");
            assert!(named && told.contains(advice), "{told}");
        }
    }
}
