//! P10: commits per write.

use crate::bench::{Ask, Bench};
use crate::drive::spec::{Call, Load};
use crate::error::Error;
use crate::figure::{Figure, Unit};
use crate::population::Population;
use crate::report::{Row, Target};
use crate::stand::Stand;

pub(super) async fn run(bench: &mut Bench) -> Result<(), Error> {
    let (record, authorize) = (Call::RecordInboundMessage, Call::AuthorizeFreeForm);
    let (writes, plan) = (bench.writes().await?, bench.plan.clone());
    line(bench, &writes, &record, &plan.one, "write at 64, 1 tenant").await?;
    line(bench, &writes, &record, &plan.hundred, "write at 64, 100 tenants").await?;
    let policy = bench.policy().await?;
    line(bench, &policy, &authorize, &plan.sends, "AuthorizeSend at 64, 1 tenant").await
}

#[allow(clippy::cast_precision_loss, reason = "counts of a few seconds")]
async fn line(
    bench: &mut Bench,
    stand: &Stand,
    call: &Call,
    of: &Population,
    what: &str,
) -> Result<(), Error> {
    let mut each = Figure::new(Unit::Number);
    for _ in 0..bench.plan.rounds {
        let (load, seconds) = (Load::Closed(64), bench.plan.latency);
        let ask = Ask { call: call.clone(), of, load, seconds };
        let before = stand.commits().await?;
        let (outcome, cpu) = bench.ours(stand, &ask).await?;
        let commits = stand.commits().await? - before;
        each.add(commits as f64 / outcome.ok_in_all as f64, cpu);
    }
    bench.add(
        Row::new("P10", format!("commits per {what}"))
            .result(each.median())
            .ours(each)
            .target(Target::AtMost(0.1))
            .note("all transactions that wrote on the server, those of announcements too"),
    );
    Ok(())
}
