//! P6: the tabs' counts of a large tenant while it is written to, beside those of a small one; with
//! thousands of windows ending in the minute that is counted by rows; and whether they are exact.

use azeer_proto::conversation::v1 as pb;

use crate::bench::{Ask, Bench};
use crate::drive::spec::{Call, Load};
use crate::drive::wire::Client;
use crate::error::Error;
use crate::figure::{Figure, Unit};
use crate::population::Population;
use crate::report::{Row, Target};
use crate::stand::Stand;

/// Writes per second that go on meanwhile.
const WRITES: f64 = 200.0;
/// Windows that end in one minute.
const CROWD: u64 = 5_000;
/// Minutes with so many: the longest that they can be asked for.
const MINUTES: u64 = 12;
const HOUR: u64 = 3_600;

pub(super) async fn run(bench: &mut Bench) -> Result<(), Error> {
    let (small, large) = (bench.small().await?, bench.large().await?);
    let (of_small, of_large) = (bench.plan.small.clone(), bench.plan.large.clone());
    large.add_crowd("crowd", MINUTES, CROWD).await?;
    let crowd = Population::new("crowd", 1, CROWD);
    let hour = Call::GetTabCounts(HOUR);
    // The end of this span lies in a crowded minute, as long as the measurement takes.
    let into_the_crowd = Call::GetTabCounts(3 * HOUR + 30);
    let (mut at_small, mut at_large) = (Figure::new(Unit::Micros), Figure::new(Unit::Micros));
    let mut crowded = Figure::new(Unit::Micros);
    for _ in 0..bench.plan.rounds {
        for (stand, of, call, figure) in [
            (&small, &of_small, &hour, &mut at_small),
            (&large, &of_large, &hour, &mut at_large),
            (&large, &crowd, &into_the_crowd, &mut crowded),
        ] {
            // The crowd's own tenant stays as it is: writes go to the large one.
            let written = if of.prefix == crowd.prefix { &of_large } else { of };
            while_writing(bench, stand, written, of, call, figure).await?;
        }
    }
    bench.add(
        Row::new("P6", format!("GetTabCounts of {} conversations, p50", of_large.each))
            .result(at_large.median())
            .ours(at_large.clone())
            .target(Target::AtMost(1_000.0))
            .note(format!("{WRITES} writes/s to the same tenant meanwhile")),
    );
    let wrong = wrong(&large, &of_large).await?;
    bench.add(
        Row::new("P6", "the same beside a small tenant's")
            .ours(at_large)
            .beside(format!("{} conversations", of_small.each), at_small)
            .ratio()
            .target(Target::AtMost(2.0))
            .note(wrong),
    );
    bench.add(
        Row::new("P6", format!("with {CROWD} windows that end in the boundary minute"))
            .result(crowded.median())
            .ours(crowded)
            .target(Target::AtMost(2_000.0)),
    );
    Ok(())
}

async fn while_writing(
    bench: &Bench,
    stand: &Stand,
    written: &Population,
    of: &Population,
    call: &Call,
    figure: &mut Figure,
) -> Result<(), Error> {
    let seconds = bench.plan.latency;
    let read = Ask { call: call.clone(), of, load: Load::Closed(1), seconds };
    let (call, load) = (Call::RecordInboundMessage, Load::Open(WRITES));
    let write = Ask { call, of: written, load, seconds };
    let (read, written) = tokio::join!(bench.ours(stand, &read), bench.ours(stand, &write));
    let ((outcome, cpu), _) = (read?, written?);
    figure.add(outcome.ok.p50, cpu);
    Ok(())
}

/// Compares the counts that are told with the rows, as of the same instant.
async fn wrong(stand: &Stand, of: &Population) -> Result<String, Error> {
    let client = Client::connect(stand.service.address).await?;
    let request = pb::GetTabCountsRequest { tenant_id: of.tenant(0), ..Default::default() };
    let told: pb::GetTabCountsResponse = client.ask("GetTabCounts", &request).await?;
    let as_of = told.as_of.map(|at| at.to_string()).unwrap_or_default();
    let rows = stand
        .client
        .query_one(
            "SELECT count(*) FILTER (WHERE live AND handler_kind = 'HUMAN'),
               count(*) FILTER (WHERE live AND handler_kind = 'BOT'),
               count(*) FILTER (WHERE closed_at IS NULL AND NOT live),
               count(*) FILTER (WHERE closed_at IS NOT NULL),
               count(*) FILTER (WHERE closed_at IS NULL AND waiting_since IS NOT NULL),
               count(*) FILTER (WHERE live AND window_expires_at <= at + interval '1 hour')
             FROM (SELECT $2::text::timestamptz AS at) at CROSS JOIN LATERAL (
               SELECT *, closed_at IS NULL AND coalesce(window_expires_at >= at, false) AS live
               FROM conversations WHERE tenant_id = $1) c",
            &[&of.tenant(0), &as_of],
        )
        .await?;
    let counted: Vec<i64> = (0..6).map(|n| rows.get(n)).collect();
    let told =
        [told.open, told.bot, told.expired, told.closed, told.awaiting_reply, told.expiring_soon];
    Ok(if counted == told { "exact".into() } else { format!("WRONG: {told:?}, rows {counted:?}") })
}
