//! P4: what a service adds to the latency of its SQL, with one request in flight.

use std::rc::Rc;

use super::authorize_send::typical;
use crate::bench::{Ask, Bench};
use crate::drive::spec::{Call, Load};
use crate::error::Error;
use crate::figure::{Figure, Unit};
use crate::population::Population;
use crate::report::{Row, Target};
use crate::stand::pgbench::{
    AUTHORIZE_SEND, CHECK_SEND, CLOSE_REOPEN, GET_CONVERSATION, GET_SEND_CONTEXT,
    GET_SEND_CONTEXTS, GET_TAB_COUNTS, LIST_FIRST_PAGE, RECORD_INBOUND, Script,
};
use crate::stand::{Cpu, Stand};

const READ: f64 = 200.0;
const WRITE: f64 = 350.0;
/// The facts are asked for over gRPC.
const SEND: f64 = 500.0;

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
    let sends = [
        ("CheckSend", Call::CheckSend, CHECK_SEND, "facts, then what they are judged by"),
        (
            "AuthorizeSend",
            Call::AuthorizeFreeForm,
            AUTHORIZE_SEND,
            "facts, then BEGIN, lock, reads, one write, COMMIT",
        ),
    ];
    for (what, call, script, sql) in sends {
        send(bench, what, call, script, sql).await?;
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
    let of = bench.plan.one.clone();
    bench.begin();
    let (mut ours, mut theirs) = (Figure::new(Unit::Micros), Figure::new(Unit::Micros));
    for _ in 0..bench.plan.rounds {
        alone(bench, &stand, &of, &call, &mut ours).await?;
        let (p50, cpu) = sql_alone(bench, &stand, script, &of, &[]).await?;
        theirs.add(p50, cpu);
    }
    add(bench, what, &call, (ours, theirs), most, sql);
    Ok(())
}

/// A call whose SQL is of two databases: first that of the facts, then its own.
async fn send(
    bench: &mut Bench,
    what: &str,
    call: Call,
    script: Script,
    sql: &str,
) -> Result<(), Error> {
    let stand = bench.policy().await?;
    let Some(facts) = stand.beside.as_ref().map(Rc::clone) else {
        return Err(Error::Wrong("messaging-policy stands alone".into()));
    };
    let (of, bare) = (bench.plan.sends.clone(), bench.plan.bare.clone());
    bench.begin();
    let (mut ours, mut theirs) = (Figure::new(Unit::Micros), Figure::new(Unit::Micros));
    for _ in 0..bench.plan.rounds {
        alone(bench, &stand, &of, &call, &mut ours).await?;
        let decision = if call.is_read() { Vec::new() } else { typical(&stand, "text").await? };
        let (of_facts, _) = sql_alone(bench, &facts, GET_SEND_CONTEXTS, &of, &[]).await?;
        // A tenant of its own, whose ledgers it may write over.
        let (own, cpu) = sql_alone(bench, &stand, script, &bare, &decision).await?;
        theirs.add(of_facts + own, cpu);
    }
    add(bench, what, &call, (ours, theirs), SEND, sql);
    Ok(())
}

async fn alone(
    bench: &Bench,
    stand: &Stand,
    of: &Population,
    call: &Call,
    figure: &mut Figure,
) -> Result<(), Error> {
    let (load, seconds) = (Load::Closed(1), bench.plan.latency);
    let ask = Ask { call: call.clone(), of, load, seconds };
    let (outcome, cpu) = bench.ours(stand, &ask).await?;
    figure.add(outcome.ok.p50, cpu);
    Ok(())
}

async fn sql_alone(
    bench: &Bench,
    stand: &Stand,
    script: Script,
    of: &Population,
    variables: &[(&str, String)],
) -> Result<(f64, Cpu), Error> {
    let measured = bench.theirs(stand, script, 1, of, bench.plan.latency, variables).await?;
    Ok((measured.p50.unwrap_or(f64::NAN), measured.cpu))
}

fn add(
    bench: &mut Bench,
    what: &str,
    call: &Call,
    (ours, theirs): (Figure, Figure),
    most: f64,
    sql: &str,
) {
    let less = ours.less(&theirs);
    let row = Row::new("P4", format!("{what}: p50 less that of its SQL"))
        .result(less.median())
        .note(format!("difference {}", less.told()))
        .ours(ours)
        .beside(format!("{sql}, pgbench -c 1"), theirs)
        .target(Target::AtMost(most));
    let flushes = bench.flushes();
    bench.add(if call.is_read() { row } else { row.flushes(flushes) });
}
