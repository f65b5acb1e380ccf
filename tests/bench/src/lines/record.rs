//! P3: customers' messages per second, beside PostgreSQL doing the same row by row, and doing less.

use crate::bench::{Ask, Bench};
use crate::drive::spec::{Call, Load};
use crate::error::Error;
use crate::figure::{Figure, Unit, best};
use crate::population::Population;
use crate::report::{Row, Target};
use crate::stand::Stand;
use crate::stand::pgbench::{BARE_RECORD, RECORD_INBOUND};

const CLIENTS: [u64; 3] = [4, 16, 64];

pub(super) async fn run(bench: &mut Bench) -> Result<(), Error> {
    let stand = bench.writes().await?;
    let plan = bench.plan.clone();
    for (of, tenants) in [(&plan.one, "1 tenant"), (&plan.hundred, "100 tenants")] {
        bench.begin();
        let Taken { at_64, at_256, same, bare } = take(bench, &stand, of).await?;
        let flushes = bench.flushes();
        let best = best(&same);
        let (clients, same) = (CLIENTS[best], same[best].clone());
        let drift = stand.drift(of).await?;
        let what = |at: u64| format!("RecordInboundMessage at {at}, {tenants}");
        bench.add(
            Row::new("P3", what(64))
                .ours(at_64.clone())
                .beside(format!("same work, pgbench -c {clients}"), same)
                .ratio()
                .target(Target::AtLeast(1.5))
                .note(format!("{drift} counters differ from their rows"))
                .flushes(flushes.clone()),
        );
        for (at, ours, least) in [(64, at_64, 1.2), (256, at_256, 2.0)] {
            bench.add(
                Row::new("P3", what(at))
                    .ours(ours)
                    .beside("conversation and event only, pgbench -c 64", bare.clone())
                    .ratio()
                    .target(Target::AtLeast(least))
                    .flushes(flushes.clone()),
            );
        }
    }
    Ok(())
}

struct Taken {
    at_64: Figure,
    at_256: Figure,
    /// By number of clients.
    same: [Figure; 3],
    bare: Figure,
}

async fn take(bench: &Bench, stand: &Stand, of: &Population) -> Result<Taken, Error> {
    let figure = || Figure::new(Unit::PerSecond);
    let mut taken = Taken {
        at_64: figure(),
        at_256: figure(),
        same: [(); 3].map(|()| figure()),
        bare: figure(),
    };
    let seconds = bench.plan.rate;
    for _ in 0..bench.plan.rounds {
        for (in_flight, figure) in [(64, &mut taken.at_64), (256, &mut taken.at_256)] {
            let load = Load::Closed(in_flight);
            let ask = Ask { call: Call::RecordInboundMessage, of, load, seconds };
            let before = revisions(stand, of).await?;
            let (outcome, cpu) = bench.ours(stand, &ask).await?;
            // An OK that left no event would be no record.
            let written = revisions(stand, of).await? - before;
            if written < i64::try_from(outcome.ok_in_all).unwrap_or(i64::MAX) {
                let told = format!("{} times OK to {written} messages", outcome.ok_in_all);
                return Err(Error::Answer(told));
            }
            figure.add(outcome.per_second, cpu);
        }
        for (clients, figure) in CLIENTS.iter().zip(&mut taken.same) {
            let theirs = bench.theirs(stand, RECORD_INBOUND, *clients, of, seconds, &[]).await?;
            figure.add(theirs.per_second, theirs.cpu);
        }
        let bare = bench.theirs(stand, BARE_RECORD, 64, &bench.plan.bare, seconds, &[]).await?;
        taken.bare.add(bare.per_second, bare.cpu);
    }
    Ok(taken)
}

/// The sum of the tenants' revisions: how many events there were.
async fn revisions(stand: &Stand, of: &Population) -> Result<i64, Error> {
    let prefix = &of.prefix;
    let text =
        format!("SELECT sum(revision)::bigint FROM tenants WHERE tenant_id LIKE '{prefix}%'");
    stand.number(&text).await
}
