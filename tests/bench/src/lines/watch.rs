//! P7: writes while a hundred watch: each a team of its own, so that a write matches one of them; or
//! all of them everything, at a steady rate.

use std::rc::Rc;

use crate::bench::{Ask, Bench};
use crate::drive::spec::{Call, Load};
use crate::drive::watch::Watchers;
use crate::error::Error;
use crate::figure::{Figure, Unit};
use crate::report::{Row, Target};
use crate::stand::{Stand, Watching};

const WATCHERS: u64 = 100;
/// Writes per second that a hundred watch all of.
const STEADY: f64 = 500.0;

pub(super) async fn run(bench: &mut Bench) -> Result<(), Error> {
    let stand = bench.writes().await?;
    bench.add_desks(&stand).await?;
    line(bench, &stand, Load::Closed(64), true, "writes at 64, each of one of 100 watched teams")
        .await?;
    line(bench, &stand, Load::Open(STEADY), false, "500 writes/s, all watched by 100").await
}

async fn line(
    bench: &mut Bench,
    stand: &Rc<Stand>,
    load: Load,
    by_team: bool,
    what: &str,
) -> Result<(), Error> {
    let plan = bench.plan.clone();
    let ask = Ask { call: Call::RecordInboundMessage, of: &plan.desks, load, seconds: plan.rate };
    let tenant = plan.desks.tenant(0);
    let watchers = Watchers { address: stand.service.address, tenant, count: WATCHERS, by_team };
    let (mut with, mut without) = (Figure::new(Unit::PerSecond), Figure::new(Unit::PerSecond));
    let (mut delivery, mut told) = (Figure::new(Unit::Micros), 0);
    for _ in 0..plan.rounds {
        let (outcome, cpu) = bench.ours(stand, &ask).await?;
        without.add(outcome.per_second, cpu);
        let watching = Watching::start(&watchers).await?;
        let (outcome, cpu) = bench.ours(stand, &ask).await?;
        with.add(outcome.per_second, cpu);
        let heard = watching.end().await?;
        delivery.add(heard.delivery.p99, cpu);
        told += heard.delivery.count;
    }
    bench.add(
        Row::new("P7", what)
            .ours(with)
            .beside("without watchers", without)
            .ratio()
            .target(Target::AtLeast(0.9)),
    );
    bench.add(
        Row::new("P7", "from the recording to the watcher, p99")
            .result(delivery.median())
            .ours(delivery)
            .target(Target::AtMost(100_000.0))
            .note(format!("{told} events told")),
    );
    Ok(())
}
