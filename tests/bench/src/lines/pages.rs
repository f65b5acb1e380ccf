//! P5: pages of 50 of a large tenant's open tab, the first one and one deep inside.

use azeer_proto::conversation::v1 as pb;

use crate::bench::{Ask, Bench};
use crate::drive::spec::{Call, Load};
use crate::drive::wire::Client;
use crate::error::Error;
use crate::figure::{Figure, Unit};
use crate::population::Population;
use crate::report::{Row, Target};
use crate::stand::Stand;
use crate::stand::pgbench::{LIST_DEEP_PAGE, LIST_FIRST_PAGE, Script};

/// A page: how to ask for it, and its SQL with where it begins.
struct Page {
    what: &'static str,
    token: String,
    script: Script,
    variables: Vec<(&'static str, String)>,
}

pub(super) async fn run(bench: &mut Bench) -> Result<(), Error> {
    let stand = bench.large().await?;
    let of = bench.plan.large.clone();
    let (what, script) = ("the first page", LIST_FIRST_PAGE);
    let first = Page { what, token: String::new(), script, variables: Vec::new() };
    bench.progress.now("turning pages");
    let deep = deep(&stand, &of).await?;
    for page in [first, deep] {
        alone(bench, &stand, &of, &page).await?;
        at_64(bench, &stand, &of, &page).await?;
    }
    Ok(())
}

async fn alone(
    bench: &mut Bench,
    stand: &Stand,
    of: &Population,
    page: &Page,
) -> Result<(), Error> {
    let (mut ours, mut theirs) = (Figure::new(Unit::Micros), Figure::new(Unit::Micros));
    let seconds = bench.plan.latency;
    for _ in 0..bench.plan.rounds {
        let call = Call::ListConversations(page.token.clone());
        let ask = Ask { call, of, load: Load::Closed(1), seconds };
        let (outcome, cpu) = bench.ours(stand, &ask).await?;
        ours.add(outcome.ok.p50, cpu);
        let measured = bench.theirs(stand, page.script, 1, of, seconds, &page.variables).await?;
        theirs.add(measured.p50.unwrap_or(f64::NAN), measured.cpu);
    }
    let less = ours.less(&theirs);
    bench.add(
        Row::new("P5", format!("{}, one in flight: p50 less that of its SQL", page.what))
            .result(less.median())
            .note(format!("difference {}", less.told()))
            .ours(ours)
            .beside("its own SQL, pgbench -c 1", theirs)
            .target(Target::AtMost(200.0)),
    );
    Ok(())
}

async fn at_64(
    bench: &mut Bench,
    stand: &Stand,
    of: &Population,
    page: &Page,
) -> Result<(), Error> {
    let (mut ours, mut theirs) = (Figure::new(Unit::PerSecond), Figure::new(Unit::PerSecond));
    let seconds = bench.plan.latency;
    for _ in 0..bench.plan.rounds {
        let call = Call::ListConversations(page.token.clone());
        let ask = Ask { call, of, load: Load::Closed(64), seconds };
        let (outcome, cpu) = bench.ours(stand, &ask).await?;
        ours.add(outcome.per_second, cpu);
        let measured = bench.theirs(stand, page.script, 64, of, seconds, &page.variables).await?;
        theirs.add(measured.per_second, measured.cpu);
    }
    bench.add(
        Row::new("P5", format!("{} at 64", page.what))
            .ours(ours)
            .beside("its own SQL, pgbench -c 64", theirs)
            .ratio()
            .target(Target::AtLeast(0.8)),
    );
    Ok(())
}

/// Turns pages as a client would, to the middle of the tab.
async fn deep(stand: &Stand, of: &Population) -> Result<Page, Error> {
    let client = Client::connect(stand.service.address).await?;
    let request = pb::ListConversationsRequest {
        tenant_id: of.tenant(0),
        tab: pb::Tab::Open.into(),
        page_size: 500,
        ..Default::default()
    };
    let ask = |page_token| pb::ListConversationsRequest { page_token, ..request.clone() };
    let mut page: pb::ListConversationsResponse =
        client.ask("ListConversations", &ask(String::new())).await?;
    // Four of ten are open.
    for _ in 0..of.each * 4 / 10 / 2 / 500 {
        page = client.ask("ListConversations", &ask(page.next_page_token)).await?;
    }
    let last = page.conversations.last();
    let (Some(last), Some(as_of)) = (last, page.as_of) else {
        return Err(Error::Answer("a page without conversations".into()));
    };
    let key = last.last_inbound_at.map(|at| at.to_string()).unwrap_or_default();
    let id = last.conversation_id.clone();
    let variables = vec![("as_of", as_of.to_string()), ("key", key), ("id", id)];
    let token = page.next_page_token.clone();
    Ok(Page { what: "a page half-way in", token, script: LIST_DEEP_PAGE, variables })
}
