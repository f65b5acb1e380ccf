//! P10: commits per write.

use crate::bench::{Ask, Bench};
use crate::drive::spec::{Call, Load};
use crate::error::Error;
use crate::figure::{Figure, Unit};
use crate::report::{Row, Target};

#[allow(clippy::cast_precision_loss, reason = "counts of a few seconds")]
pub(super) async fn run(bench: &mut Bench) -> Result<(), Error> {
    let stand = bench.writes().await?;
    let plan = bench.plan.clone();
    for (of, tenants) in [(&plan.one, "1 tenant"), (&plan.hundred, "100 tenants")] {
        let mut each = Figure::new(Unit::Number);
        for _ in 0..plan.rounds {
            let (load, seconds) = (Load::Closed(64), plan.latency);
            let ask = Ask { call: Call::RecordInboundMessage, of, load, seconds };
            let before = stand.commits().await?;
            let (outcome, cpu) = bench.ours(&stand, &ask).await?;
            let commits = stand.commits().await? - before;
            each.add(commits as f64 / outcome.ok_in_all as f64, cpu);
        }
        bench.add(
            Row::new("P10", format!("commits per write at 64, {tenants}"))
                .result(each.median())
                .ours(each)
                .target(Target::AtMost(0.1))
                .note("all commits in the database, those of reads and announcements too"),
        );
    }
    Ok(())
}
