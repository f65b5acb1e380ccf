//! P2: authorizations of sends per second, beside PostgreSQL keeping the record of each and a counter
//! of its contact, row by row.

use crate::bench::{Ask, Bench};
use crate::drive::spec::{Call, Load};
use crate::error::Error;
use crate::figure::{Figure, Unit, best};
use crate::report::{Row, Target};
use crate::stand::Stand;
use crate::stand::pgbench::BARE_AUTHORIZE;

const CLIENTS: [u64; 3] = [4, 16, 64];

pub(super) async fn run(bench: &mut Bench) -> Result<(), Error> {
    let free_form = (Call::AuthorizeFreeForm, "text", "a free-form message");
    let posted = (Call::AuthorizeBody, "text", "the same as a body, with its permit");
    let template = (Call::AuthorizeTemplate, "template", "a UTILITY template");
    for (call, kind, what) in [free_form, posted, template] {
        line(bench, call, kind, what).await?;
    }
    Ok(())
}

async fn line(bench: &mut Bench, call: Call, kind: &str, what: &str) -> Result<(), Error> {
    let stand = bench.policy().await?;
    let (of, seconds) = (bench.plan.sends.clone(), bench.plan.rate);
    bench.begin();
    let mut ours = Figure::new(Unit::PerSecond);
    let mut theirs = CLIENTS.map(|_| Figure::new(Unit::PerSecond));
    let mut decision = Vec::new();
    for _ in 0..bench.plan.rounds {
        let ask = Ask { call: call.clone(), of: &of, load: Load::Closed(64), seconds };
        let before = kept(&stand).await?;
        let (outcome, cpu) = bench.ours(&stand, &ask).await?;
        let kept = kept(&stand).await?.less(before);
        kept.must_be(outcome.ok_in_all, &call)?;
        ours.add(outcome.per_second, cpu);
        decision = typical(&stand, kind).await?;
        for (clients, figure) in CLIENTS.iter().zip(&mut theirs) {
            let bare = &bench.plan.bare;
            let theirs =
                bench.theirs(&stand, BARE_AUTHORIZE, *clients, bare, seconds, &decision).await?;
            figure.add(theirs.per_second, theirs.cpu);
        }
    }
    let best = best(&theirs);
    let record = decision.iter().find(|(name, _)| *name == "record");
    let bytes = record.map_or(0, |(_, record)| record.len());
    bench.add(
        Row::new("P2", format!("AuthorizeSend at 64, {what}"))
            .ours(ours)
            .beside(
                format!("record and counter, pgbench -c {}", CLIENTS[best]),
                theirs[best].clone(),
            )
            .ratio()
            .target(Target::AtLeast(1.5))
            .note(format!("each an ALLOW that is recorded, with {bytes} bytes of JSON"))
            .flushes(bench.flushes()),
    );
    Ok(())
}

/// What the database holds of the sends that were allowed.
#[derive(Clone, Copy)]
struct Kept {
    decisions: i64,
    people: i64,
    permits: i64,
    templates: i64,
}

async fn kept(stand: &Stand) -> Result<Kept, Error> {
    let row = stand
        .client
        .query_one(
            "SELECT (SELECT count(*) FROM decisions WHERE tenant_id LIKE 'sends%' AND verdict = 'ALLOW'),
               (SELECT count(*) FROM decision_people WHERE tenant_id LIKE 'sends%'),
               (SELECT count(*) FROM decision_people WHERE tenant_id LIKE 'sends%' AND permit_key <> ''),
               (SELECT coalesce(sum(cardinality(templates)), 0) FROM contacts WHERE tenant_id LIKE 'sends%')",
            &[],
        )
        .await?;
    let (decisions, people) = (row.get(0), row.get(1));
    Ok(Kept { decisions, people, permits: row.get(2), templates: row.get(3) })
}

// === impl Kept ===

impl Kept {
    fn less(self, before: Self) -> Self {
        Self {
            decisions: self.decisions - before.decisions,
            people: self.people - before.people,
            permits: self.permits - before.permits,
            templates: self.templates - before.templates,
        }
    }

    /// An OK that left no record, or took nothing of what is counted, would be none.
    fn must_be(self, allowed: u64, call: &Call) -> Result<(), Error> {
        let allowed = i64::try_from(allowed).unwrap_or(i64::MAX);
        let all_if = |all: bool| if all { allowed } else { 0 };
        let signed = all_if(matches!(call, Call::AuthorizeBody));
        let taken = all_if(matches!(call, Call::AuthorizeTemplate));
        let Self { decisions, people, permits, templates } = self;
        if (decisions, people, permits, templates) == (allowed, allowed, signed, taken) {
            return Ok(());
        }
        Err(Error::Answer(format!(
            "{allowed} times ALLOW to {decisions} decisions about {people} people, of which \
             {permits} had permits where {signed} should have, and {templates} took a template's \
             place where {taken} should have"
        )))
    }
}

/// What pgbench writes for a decision: what the service did, of those of the last turn the one with a
/// record of the middle length.
pub(super) async fn typical(
    stand: &Stand,
    kind: &str,
) -> Result<Vec<(&'static str, String)>, Error> {
    let row = stand
        .client
        .query_one(
            "SELECT d.template_name, d.template_language, p.reference_id, d.record::text
             FROM (SELECT *, cume_dist() OVER (ORDER BY length(record::text)) AS place
               FROM (SELECT * FROM decisions WHERE tenant_id LIKE 'sends%' AND kind = $1
                 ORDER BY decision_id DESC LIMIT 1000) d) d
             JOIN decision_people p USING (tenant_id, decision_id)
             WHERE place >= 0.5 ORDER BY place LIMIT 1",
            &[&kind],
        )
        .await?;
    Ok(vec![
        ("kind", kind.to_owned()),
        ("template", row.get(0)),
        ("language", row.get(1)),
        ("reference", row.get(2)),
        ("record", row.get(3)),
    ])
}
