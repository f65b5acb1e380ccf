//! P1: checks of sends per second, each on facts from conversation-state, beside a server that answers
//! the same without looking at anything.

use azeer_proto::policy::v1 as pb;
use prost::Message as _;

use crate::bench::{Ask, Bench};
use crate::drive::sends::free_form;
use crate::drive::spec::{Call, Load};
use crate::drive::wire::Client;
use crate::error::Error;
use crate::figure::{Figure, Unit};
use crate::population::Population;
use crate::report::{Row, Target};
use crate::stand::{Service, Stand};

pub(super) async fn run(bench: &mut Bench) -> Result<(), Error> {
    let stand = bench.policy().await?;
    let (of, seconds) = (bench.plan.sends.clone(), bench.plan.rate);
    let answer = answer(&stand, &of).await?;
    let echo = Service::echo(&answer).await?;
    let (mut ours, mut theirs) = (Figure::new(Unit::PerSecond), Figure::new(Unit::PerSecond));
    for _ in 0..bench.plan.rounds {
        let ask = Ask { call: Call::CheckSend, of: &of, load: Load::Closed(64), seconds };
        let (outcome, cpu) = bench.ours(&stand, &ask).await?;
        ours.add(outcome.per_second, cpu);
        let (outcome, cpu) = bench.another(&stand, &echo, &ask, None).await?;
        theirs.add(outcome.per_second, cpu);
    }
    bench.add(
        Row::new("P1", "CheckSend at 64, facts from conversation-state")
            .ours(ours)
            .beside("tonic, the same answer to all", theirs)
            .ratio()
            .target(Target::AtLeast(0.5))
            .note(format!("answers of {} bytes, each of them an ALLOW", answer.len())),
    );
    Ok(())
}

/// What one of the checks is answered.
async fn answer(stand: &Stand, of: &Population) -> Result<Vec<u8>, Error> {
    let client = Client::connect(stand.service.address).await?;
    let send = Some(free_form(of.tenant(0), 0));
    let request = pb::CheckSendRequest { send, ..Default::default() };
    let answer: pb::CheckSendResponse = client.ask("CheckSend", &request).await?;
    Ok(answer.encode_to_vec())
}
