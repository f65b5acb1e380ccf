//! kill -9 of PostgreSQL and of a messaging-policy, again and again at random, while clients
//! authorize: what was answered holds, and no cap is exceeded.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use azeer_proto::policy::v1 as pb;
use azeer_tests::{Database, PolicyClients, Replica, Service, database, ops, reevaluation};
use futures::future::join_all;
use rand::Rng as _;
use tokio_postgres::Client;
use tonic::Code;
use uuid::Uuid;

use crate::PROGRAM;
use crate::caps::recount;
use crate::caps::stand::Settings;

const CALLERS: usize = 16;
const ROUNDS: usize = 5;
/// Requests for each contact, of which three may go.
const EACH: usize = 8;
/// At most so many answers come between two kills.
const BETWEEN: usize = 120;

/// What a caller was told of each of its requests.
type Told = BTreeMap<usize, pb::Decision>;

/// What all callers share.
struct Work {
    replicas: [PolicyClients; 2],
    next: AtomicUsize,
    answered: AtomicUsize,
    ends: AtomicBool,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_answered_holds_and_no_cap_is_exceeded_whatever_is_killed() {
    let conversation = Service::start().await;
    let beside = conversation.server.local_addr();
    let directory = database::directory("authorize-crashes");
    let mut postgres = database::cluster(&directory).await;
    let database = Database::policy_in_cluster(&postgres).await;
    let start = || Replica::policy(PROGRAM, &database, beside);
    let mut replicas = [start().await, start().await];
    let settings = Settings::through(&replicas[0].clients).await;
    settings.only(&["CONTACT_FREQUENCY_CAP"], &[]).await;
    let work = Arc::new(Work {
        replicas: [replicas[0].clients.clone(), replicas[1].clients.clone()],
        next: AtomicUsize::new(0),
        answered: AtomicUsize::new(0),
        ends: AtomicBool::new(false),
    });
    let callers: Vec<_> =
        (0..CALLERS).map(|caller| tokio::spawn(call(Arc::clone(&work), caller))).collect();

    for round in 0..ROUNDS {
        work.more_answers().await;
        // The callers know the address: whoever serves there next has it.
        let [first, second] = replicas;
        let (killed, stays) = if round % 2 == 0 { (first, second) } else { (second, first) };
        let address = killed.address();
        killed.kill().await;
        work.more_answers().await;
        let again = Replica::policy_with(PROGRAM, &database, beside, address, &[]).await;
        replicas = if round % 2 == 0 { [again, stays] } else { [stays, again] };

        work.more_answers().await;
        postgres.kill().await.unwrap();
        postgres = database::cluster(&directory).await;
    }
    work.more_answers().await;
    work.ends.store(true, Ordering::Relaxed);
    let mut told = Told::new();
    for of_caller in join_all(callers).await {
        told.extend(of_caller.unwrap());
    }

    let client = database.connect().await;
    check_decisions(&client, &told).await;
    check_caps(&client, &told).await;
    recount::of_all(&client).await;
    assert_eq!(reevaluation::of_all(&client).await, told.len());
}

impl Work {
    /// Waits until some more requests are answered, at random how many.
    async fn more_answers(&self) {
        let more = rand::rng().random_range(1..BETWEEN);
        let enough = self.answered.load(Ordering::Relaxed) + more;
        while self.answered.load(Ordering::Relaxed) < enough {
            tokio::task::yield_now().await;
        }
    }
}

fn request(number: usize) -> pb::AuthorizeSendRequest {
    let contact = format!("contact-{}", number / EACH);
    let request_id = Uuid::from_u128(number as u128).to_string();
    pb::AuthorizeSendRequest { request_id, ..ops::authorize(ops::template(&contact, "sale")) }
}

/// Takes request after request, each again until it is answered, from one replica or the other. Now
/// and then it asks once more what was answered.
async fn call(work: Arc<Work>, caller: usize) -> Told {
    let mut told = Told::new();
    while !work.ends.load(Ordering::Relaxed) {
        let number = work.next.fetch_add(1, Ordering::Relaxed);
        let answer = until_answered(&work, caller, number).await;
        told.insert(number, answer);
        work.answered.fetch_add(1, Ordering::Relaxed);
        let earlier = *told.keys().nth(rand::rng().random_range(0..told.len())).unwrap();
        if earlier % 4 == 0 {
            assert_eq!(until_answered(&work, caller, earlier).await, told[&earlier]);
        }
    }
    told
}

async fn until_answered(work: &Work, caller: usize, number: usize) -> pb::Decision {
    let mut tries = caller;
    loop {
        let mut sends = work.replicas[tries % 2].sends.clone();
        match sends.authorize_send(request(number)).await {
            Ok(answer) => return answer.into_inner().decision.unwrap(),
            Err(status) => assert_ne!(status.code(), Code::InvalidArgument, "{status:?}"),
        }
        tries += 1;
        // Let the restart have the processor.
        tokio::task::yield_now().await;
    }
}

/// There is one decision for each request, and it is the one that was told.
async fn check_decisions(client: &Client, told: &Told) {
    let text = "SELECT request_id, decision_id::text, verdict::text FROM decisions ORDER BY 1";
    let rows = client.query(text, &[]).await.unwrap();
    let recorded = rows.iter().map(|row| {
        let request: Uuid = row.get(0);
        (usize::try_from(request.as_u128()).unwrap(), row.get(1), row.get::<_, String>(2))
    });
    let told = told.iter().map(|(request, decision)| {
        let verdict = if decision.verdict() == pb::Verdict::Allow { "ALLOW" } else { "DENY" };
        (*request, decision.decision_id.clone(), verdict.to_owned())
    });
    assert_eq!(recorded.collect::<Vec<_>>(), told.collect::<Vec<_>>());
}

/// Of each contact's requests exactly three were allowed, or all, if they were fewer.
async fn check_caps(client: &Client, told: &Told) {
    let text = "SELECT p.contact_id, count(*) FROM decisions d \
         JOIN decision_people p USING (tenant_id, decision_id) \
         WHERE d.verdict = 'ALLOW' GROUP BY 1";
    let rows = client.query(text, &[]).await.unwrap();
    let allowed: BTreeMap<String, i64> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let mut expected: BTreeMap<String, i64> = BTreeMap::new();
    for number in told.keys() {
        let of_contact = expected.entry(format!("contact-{}", number / EACH)).or_default();
        *of_contact = (*of_contact + 1).min(3);
    }
    assert_eq!(allowed, expected);
}
