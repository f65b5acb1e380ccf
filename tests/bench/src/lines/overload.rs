//! P11: twice as many writes as the service bears. Driver and service have a core each; PostgreSQL
//! has the whole machine, so on two cores it shares both.

use crate::bench::{Ask, Bench};
use crate::drive::spec::{Call, Load};
use crate::error::Error;
use crate::figure::{Figure, Unit};
use crate::report::{Row, Target};

/// In flight at saturation.
const FULL: u64 = 512;

pub(super) async fn run(bench: &mut Bench) -> Result<(), Error> {
    let stand = bench.writes().await?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    if cores < 2 {
        bench.add(Row::new("P11", "twice the load").note("skipped: it takes two cores"));
        return Ok(());
    }
    let service = bench.service_on(&stand, 0).await?;
    let (of, seconds) = (bench.plan.hundred.clone(), bench.plan.rate);
    let mut full = Figure::new(Unit::PerSecond);
    let mut over = Figure::new(Unit::PerSecond);
    let (mut refused, mut share) = (Figure::new(Unit::Micros), Figure::new(Unit::Number));
    let mut waited = Figure::new(Unit::Micros);
    bench.begin();
    for _ in 0..bench.plan.rounds {
        let call = Call::RecordInboundMessage;
        let ask = Ask { call, of: &of, load: Load::Closed(FULL), seconds };
        let (outcome, cpu) = bench.another(&stand, &service, &ask, Some(1)).await?;
        full.add(outcome.per_second, cpu);
        let load = Load::Open(2.0 * outcome.per_second);
        let (outcome, cpu) = bench.another(&stand, &service, &Ask { load, ..ask }, Some(1)).await?;
        over.add(outcome.per_second, cpu);
        waited.add(outcome.ok.p99, cpu);
        if outcome.refused.count > 0 {
            refused.add(outcome.refused.p99, cpu);
        }
        #[allow(clippy::cast_precision_loss, reason = "counts of a few seconds")]
        let told = outcome.refused.count as f64 / (outcome.refused.count + outcome.ok.count) as f64;
        share.add(told, cpu);
    }
    let beside = format!("at saturation, {FULL} in flight");
    bench.add(
        Row::new("P11", "good answers at twice the saturating rate, 100 tenants")
            .ours(over)
            .beside(beside, full)
            .ratio()
            .target(Target::AtLeast(0.8))
            .note(format!("p99 of the good ones {}", waited.told()))
            .flushes(bench.flushes()),
    );
    let row = Row::new("P11", "p99 of the refused")
        .target(Target::AtMost(50_000.0))
        .flushes(bench.flushes());
    let note = format!("{} of the answers are refusals", share.told());
    bench.add(if refused.samples.is_empty() {
        row.note(note)
    } else {
        row.result(refused.median()).ours(refused).note(note)
    });
    Ok(())
}
