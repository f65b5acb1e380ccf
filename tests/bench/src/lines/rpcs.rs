//! P8: the median of each RPC in large databases, of one tenant and of many, beside a small one's.

use crate::bench::{Ask, Bench};
use crate::drive::spec::{Call, Load};
use crate::error::Error;
use crate::figure::{Figure, Unit};
use crate::report::{Row, Target};

pub(super) async fn run(bench: &mut Bench) -> Result<(), Error> {
    let (small, large) = (bench.small().await?, bench.large().await?);
    bench.add_many(&large).await?;
    let plan = bench.plan.clone();
    let places = [(&small, &plan.small), (&large, &plan.large), (&large, &plan.many)];
    for (what, call) in calls() {
        bench.begin();
        let mut figures = [(); 3].map(|()| Figure::new(Unit::Micros));
        for _ in 0..plan.rounds {
            for ((stand, of), figure) in places.iter().zip(&mut figures) {
                let load = Load::Closed(1);
                let ask = Ask { call: call.clone(), of, load, seconds: plan.glance };
                let (outcome, cpu) = bench.ours(stand, &ask).await?;
                figure.add(outcome.ok.p50, cpu);
            }
        }
        let [in_small, in_large, in_many] = figures;
        let ratio = |figure: &Figure| figure.median() / in_small.median();
        let worse = ratio(&in_large).max(ratio(&in_many));
        let (tenants, told) = (plan.many.tenants, in_many.told());
        let flushes = bench.flushes();
        let row = Row::new("P8", format!("{what}: p50 of {} conversations", plan.large.each))
            .ours(in_large)
            .beside(format!("{} conversations", plan.small.each), in_small)
            .result(worse)
            .target(Target::AtMost(1.5))
            .note(format!("over {tenants} tenants {told}; the worse of the two is told"));
        bench.add(if call.is_read() { row } else { row.flushes(flushes) });
    }
    Ok(())
}

fn calls() -> Vec<(&'static str, Call)> {
    vec![
        ("GetConversation", Call::GetConversation),
        ("BatchGetConversations, 50", Call::BatchGetConversations),
        ("GetSendContext", Call::GetSendContext),
        ("ListConversations, 50", Call::ListConversations(String::new())),
        ("GetTabCounts", Call::GetTabCounts(3_600)),
        ("ListConversationEvents", Call::ListConversationEvents),
        ("GetChannel", Call::GetChannel),
        ("ListChannels", Call::ListChannels),
        ("RecordInboundMessage", Call::RecordInboundMessage),
        ("RecordOutboundMessage", Call::RecordOutboundMessage),
        ("IngestWebhook", Call::IngestWebhook),
        ("Close-, ReopenConversation", Call::CloseThenReopen),
        ("ReturnToBot, HandOffConversation", Call::ReturnToBotThenHandOff),
        ("AssignConversation", Call::AssignConversation),
        ("ReportWindowClosed, RecordInbound", Call::ReportWindowClosedThenRecord),
    ]
}
