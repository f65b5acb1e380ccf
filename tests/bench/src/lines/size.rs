//! P9: what 10⁶ conversations take in the database, and what the services take under load.

use crate::bench::{Ask, Bench};
use crate::drive::spec::{Call, Load};
use crate::error::Error;
use crate::figure::{Figure, Unit};
use crate::population::Population;
use crate::report::{Row, Target};
use crate::stand::Stand;
use crate::stand::cpu::memory;

#[allow(clippy::cast_precision_loss, reason = "bytes, told in megabytes")]
pub(super) async fn run(bench: &mut Bench) -> Result<(), Error> {
    let stand = bench.lifelike().await?;
    let large = bench.plan.large.clone();
    // As if there were 10⁶, where there are fewer or more.
    let scale = 1e6 / large.each as f64;
    for (table, most) in
        [("conversations", Some(550.0)), ("messages", None), ("events", None), ("tab_counts", None)]
    {
        let text = format!("SELECT pg_total_relation_size('{table}'), pg_indexes_size('{table}')");
        let row = stand.client.query_one(&text, &[]).await?;
        let megabytes = |n: usize| row.get::<_, i64>(n) as f64 / 1e6 * scale;
        let (all, indexes) = (megabytes(0), megabytes(1));
        let line = Row::new("P9", format!("{table} and indexes, 10⁶ conversations"))
            .ours(Figure::of(Unit::Megabytes, all))
            .note(format!("indexes {indexes:.0} MB; from {} rows, freshly written", large.each));
        bench.add(match most {
            Some(most) => line.result(all).target(Target::AtMost(most)),
            None => line,
        });
    }

    let calls = [Call::RecordInboundMessage, Call::ListConversations(String::new())];
    memory_under(
        bench,
        &stand,
        &large,
        calls,
        "conversation-state's memory, writes and pages at 256",
    )
    .await?;
    let (policy, sends) = (bench.policy().await?, bench.plan.sends.clone());
    let calls = [Call::CheckSend, Call::AuthorizeTemplate];
    let what = "messaging-policy's memory, checks and authorizations at 256";
    memory_under(bench, &policy, &sends, calls, what).await
}

/// What a service takes after rounds of two kinds of calls.
#[allow(clippy::cast_precision_loss, reason = "bytes, told in megabytes")]
async fn memory_under(
    bench: &mut Bench,
    stand: &Stand,
    of: &Population,
    calls: [Call; 2],
    what: &str,
) -> Result<(), Error> {
    let mut resident = vec![memory(stand.service.pid).0];
    for _ in 0..bench.plan.rounds.max(2) {
        for call in &calls {
            let (load, seconds) = (Load::Closed(256), bench.plan.rate);
            bench.ours(stand, &Ask { call: call.clone(), of, load, seconds }).await?;
        }
        resident.push(memory(stand.service.pid).0);
    }
    let megabytes: Vec<f64> = resident.iter().map(|bytes| *bytes as f64 / 1e6).collect();
    let most = megabytes.iter().copied().fold(0.0, f64::max);
    let told: Vec<String> = megabytes.iter().map(|mb| format!("{mb:.0}")).collect();
    bench.add(
        Row::new("P9", what)
            .ours(Figure::of(Unit::Megabytes, most))
            .result(most)
            .target(Target::AtMost(100.0))
            .note(format!("resident before and after each round: {} MB", told.join(", "))),
    );
    Ok(())
}
