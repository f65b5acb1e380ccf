//! P4: what the service adds to the latency of its SQL, with one request in flight.

use crate::bench::{Ask, Bench};
use crate::drive::spec::{Call, Load};
use crate::error::Error;
use crate::figure::{Figure, Unit};
use crate::report::{Row, Target};
use crate::stand::pgbench::{
    CLOSE_REOPEN, GET_CONVERSATION, GET_SEND_CONTEXT, GET_TAB_COUNTS, LIST_FIRST_PAGE,
    RECORD_INBOUND, Script,
};

const READ: f64 = 200.0;
const WRITE: f64 = 350.0;

pub(super) async fn run(bench: &mut Bench) -> Result<(), Error> {
    let reads = [
        ("GetConversation", Call::GetConversation, GET_CONVERSATION),
        ("GetSendContext", Call::GetSendContext, GET_SEND_CONTEXT),
        ("GetTabCounts", Call::GetTabCounts(3_600), GET_TAB_COUNTS),
        ("ListConversations, 50", Call::ListConversations(String::new()), LIST_FIRST_PAGE),
    ];
    for (what, call, script) in reads {
        line(bench, what, call, script, READ, "its own SQL").await?;
    }
    let writes = [
        ("RecordInboundMessage", Call::RecordInboundMessage, RECORD_INBOUND),
        ("Close-, ReopenConversation", Call::CloseThenReopen, CLOSE_REOPEN),
    ];
    for (what, call, script) in writes {
        line(bench, what, call, script, WRITE, "BEGIN, lock, one statement, COMMIT at once")
            .await?;
    }
    Ok(())
}

async fn line(
    bench: &mut Bench,
    what: &str,
    call: Call,
    script: Script,
    most: f64,
    sql: &str,
) -> Result<(), Error> {
    let stand = bench.writes().await?;
    let (of, seconds) = (bench.plan.one.clone(), bench.plan.latency);
    bench.begin();
    let (mut ours, mut theirs) = (Figure::new(Unit::Micros), Figure::new(Unit::Micros));
    for _ in 0..bench.plan.rounds {
        let ask = Ask { call: call.clone(), of: &of, load: Load::Closed(1), seconds };
        let (outcome, cpu) = bench.ours(&stand, &ask).await?;
        ours.add(outcome.ok.p50, cpu);
        let measured = bench.theirs(&stand, script, 1, &of, seconds, &[]).await?;
        theirs.add(measured.p50.unwrap_or(f64::NAN), measured.cpu);
    }
    let less = ours.less(&theirs);
    let row = Row::new("P4", format!("{what}: p50 less that of its SQL"))
        .result(less.median())
        .note(format!("difference {}", less.told()))
        .ours(ours)
        .beside(format!("{sql}, pgbench -c 1"), theirs)
        .target(Target::AtMost(most));
    let flushes = bench.flushes();
    bench.add(if call.is_read() { row } else { row.flushes(flushes) });
    Ok(())
}
