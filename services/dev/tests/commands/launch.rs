//! The launcher itself: what it tells, what serves then, and what is left when it ends.

use std::{net::TcpListener, process::Stdio};

use azeer_dev::postgres::running;
use azeer_proto::policy::v1 as policy;
use policy::messaging_policy_service_client::MessagingPolicyServiceClient;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};

use crate::{DATABASE, Scratch, azeer_dev, failure, pb};

const ANY_PORTS: [&str; 4] =
    ["--conversation-listen", "127.0.0.1:0", "--policy-listen", "127.0.0.1:0"];

/// A launcher that says it is ready.
struct Launched {
    child: Child,
    conversation: String,
    policy: String,
}

impl Launched {
    async fn start(database: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_azeer-dev"))
            .args(ANY_PORTS)
            .args(database)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next_line().await.unwrap().unwrap();
        let words: Vec<&str> = first.split(' ').collect();
        let [ready, conversation, policy] = words[..] else { panic!("{first}") };
        assert_eq!(ready, "ready");
        let conversation = conversation.strip_prefix("conversation=").unwrap().to_owned();
        let policy = policy.strip_prefix("policy=").unwrap().to_owned();
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { child, conversation, policy }
    }

    /// What messaging-policy makes of a message to somebody whom conversation-state doesn't know.
    async fn refusal(&self) -> String {
        let address = format!("http://{}", self.policy);
        let mut client = MessagingPolicyServiceClient::connect(address).await.unwrap();
        let contact = pb::ContactRef { channel_id: "1".into(), contact_id: "nobody".into() };
        let sender = azeer_proto::common::v1::Actor { kind: 1, id: "omar".into() };
        let send = policy::Send {
            tenant_id: "demo".into(),
            contact: Some(contact),
            sender: Some(sender),
            content: Some(policy::send::Content::FreeForm(policy::FreeForm::default())),
            ..Default::default()
        };
        let request = policy::CheckSendRequest { send: Some(send), ..Default::default() };
        let decision = client.check_send(request).await.unwrap().into_inner().decision.unwrap();
        decision.violations.into_iter().map(|violation| violation.code).collect()
    }

    /// The keys by which permits are checked.
    async fn permit_keys(&self) -> String {
        let address = format!("http://{}", self.policy);
        let mut client = MessagingPolicyServiceClient::connect(address).await.unwrap();
        client.get_permit_keys(policy::GetPermitKeysRequest {}).await.unwrap().into_inner().jwks
    }

    async fn interrupt(mut self) {
        let pid = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-s", "INT", &pid]).status().await.unwrap().success());
        assert!(self.child.wait().await.unwrap().success(), "it ends as if all were well");
    }
}

#[tokio::test]
async fn both_serve_until_they_are_interrupted() {
    let scratch = Scratch::new("launch");
    let data_dir = scratch.0.to_str().unwrap();
    // The second start finds what the first has made.
    let mut keys = Vec::new();
    for _ in 0..2 {
        let launched = Launched::start(&["--data-dir", data_dir]).await;
        keys.push(launched.permit_keys().await);
        assert_ne!(launched.conversation, launched.policy);
        assert_eq!(launched.refusal().await, "WINDOW_NEVER_OPENED");
        assert!(running(&scratch.0, DATABASE).is_some());
        launched.interrupt().await;
        assert_eq!(running(&scratch.0, DATABASE), None, "the database has ended too");
    }
    assert_eq!(keys[0], keys[1]);
    assert_eq!(keys[0].matches("Ed25519").count(), 2, "one that signs and one that will: {keys:?}");
}

#[tokio::test]
async fn a_database_that_is_named_gets_one_beside_it() {
    let scratch = Scratch::new("launch-beside");
    let cluster = scratch.cluster().await;
    cluster.create_database("inbox").await.unwrap();
    let url = cluster.url("inbox");
    let keys = scratch.0.join("keys");
    let data_dir = keys.to_str().unwrap();
    let launched = Launched::start(&["--database-url", &url, "--data-dir", data_dir]).await;
    assert_eq!(launched.refusal().await, "WINDOW_NEVER_OPENED");
    let client = crate::connect_to(&cluster, "inbox_policy").await;
    client.query("SELECT FROM decisions", &[]).await.unwrap();
    launched.interrupt().await;
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn what_is_in_the_way_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let free = "127.0.0.1:0";
    let scratch = Scratch::new("launch-refused");
    let data_dir = scratch.0.to_str().unwrap();
    for (conversation, policy, flag) in
        [(address.as_str(), free, "--conversation-listen"), (free, &address, "--policy-listen")]
    {
        let listen = ["--conversation-listen", conversation, "--policy-listen", policy];
        let arguments = [&listen[..], &["--data-dir", data_dir]].concat();
        let told = failure(&azeer_dev(&arguments).await);
        assert!(told.contains(&format!("{address} is in use")) && told.contains(flag), "{told}");
    }
    // Nothing may be left of a port that both are to have.
    drop(taken);
    let both = ["--conversation-listen", &address, "--policy-listen", &address];
    let told = failure(&azeer_dev(&both).await);
    assert!(told.contains("--policy-listen"), "{told}");
    // A database without a name has nothing beside it.
    let nameless = [&ANY_PORTS[..], &["--database-url", "postgresql://me@127.0.0.1:1"]].concat();
    let told = failure(&azeer_dev(&nameless).await);
    assert!(told.contains("postgresql://user@host:5432/name"), "{told}");
}
