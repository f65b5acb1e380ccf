//! Whether the driver can be believed: its own limit, and h2load's figures beside its own.

use std::path::Path;
use std::process::Stdio;

use azeer_proto::conversation::v1 as pb;
use prost::Message as _;
use tokio::process::Command;

use crate::bench::{Ask, Bench};
use crate::drive::spec::{Call, Load};
use crate::drive::wire::{Client, frame, path};
use crate::error::Error;
use crate::figure::{Figure, Unit};
use crate::population::{CHANNEL, Population, contact};
use crate::report::Row;
use crate::stand::Stand;
use crate::stand::cpu::Meter;

/// The least that the server can be asked: the driver cannot measure more than this.
pub(super) async fn driver(bench: &mut Bench) -> Result<(), Error> {
    let stand = bench.writes().await?;
    let of = bench.plan.one.clone();
    let mut health = Figure::new(Unit::PerSecond);
    for _ in 0..bench.plan.rounds {
        let (load, seconds) = (Load::Closed(64), bench.plan.latency);
        let ask = Ask { call: Call::Health, of: &of, load, seconds };
        let (outcome, cpu) = bench.ours(&stand, &ask).await?;
        health.add(outcome.per_second, cpu);
    }
    bench.add(
        Row::new("driver", "health checks at 64: what driver and transport can do")
            .ours(health)
            .note("all other rates must lie well below"),
    );
    Ok(())
}

/// One read, by both.
pub(super) async fn h2load(bench: &mut Bench) -> Result<(), Error> {
    let stand = bench.writes().await?;
    let row = Row::new("h2load", "GetConversation at 64, always the same one: h2load / driver");
    if !installed().await {
        bench.add(row.note("skipped: h2load is not installed"));
        return Ok(());
    }
    let (of, seconds) = (bench.plan.one.clone(), bench.plan.rate.ceil());
    let (body, expected) = request(bench, &stand, &of).await?;
    let (mut theirs, mut driver) = (Figure::new(Unit::PerSecond), Figure::new(Unit::PerSecond));
    for _ in 0..bench.plan.rounds {
        let load = Load::Closed(64);
        let ask = Ask { call: Call::GetOneConversation, of: &of, load, seconds };
        let (outcome, cpu) = bench.ours(&stand, &ask).await?;
        driver.add(outcome.per_second, cpu);
        bench.progress.turn("h2load");
        let meter = Meter::start(stand.watched());
        let (requests, bytes) = run(&stand, &body, seconds).await?;
        // It takes errors of gRPC for successes; but those carry no message.
        if bytes < 0.95 * requests * expected {
            return Err(Error::Answer(format!("{requests} calls of h2load with {bytes} bytes")));
        }
        theirs.add(requests / seconds, meter.stop());
    }
    let note = "both wait for the same service; the reply's bytes were checked";
    bench.add(row.ours(theirs).beside("driver", driver).ratio().note(note));
    Ok(())
}

async fn installed() -> bool {
    let mut command = Command::new("h2load");
    command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
    command.status().await.is_ok_and(|status| status.success())
}

/// The request as a file for h2load, and how many bytes its answer has.
async fn request(
    bench: &Bench,
    stand: &Stand,
    of: &Population,
) -> Result<(std::path::PathBuf, f64), Error> {
    let contact = pb::ContactRef { channel_id: CHANNEL.into(), contact_id: contact(0) };
    let request = pb::GetConversationRequest {
        tenant_id: of.tenant(0),
        contact: Some(contact),
        ..Default::default()
    };
    let file = bench.folder.join("h2load.request");
    std::fs::write(&file, frame(&request)).map_err(Error::io("write a request"))?;
    let client = Client::connect(stand.service.address).await?;
    let reply: pb::GetConversationResponse = client.ask("GetConversation", &request).await?;
    let bytes = u32::try_from(5 + reply.encoded_len()).unwrap_or(u32::MAX);
    Ok((file, f64::from(bytes)))
}

/// How many calls were answered, and with how many bytes of messages.
async fn run(stand: &Stand, body: &Path, seconds: f64) -> Result<(f64, f64), Error> {
    let mut command = Command::new("h2load");
    command
        .args(["-c", "8", "-m", "8", "-t", "1", "-D", &format!("{seconds:.0}")])
        .args(["--warm-up-time", "1", "-H", "content-type: application/grpc", "-H", "te: trailers"])
        .arg("-d")
        .arg(body)
        .arg(format!("http://{}{}", stand.service.address, path("GetConversation")))
        .kill_on_drop(true);
    let done = command.output().await.map_err(Error::io("start h2load"))?;
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    let number = |line: &str, before: &str| {
        let line = said.lines().find(|text| text.starts_with(line))?;
        line.split(before).next()?.rsplit([' ', '(']).next()?.parse::<f64>().ok()
    };
    match (number("requests:", " succeeded"), number("traffic:", ") data")) {
        (Some(requests), Some(bytes)) => Ok((requests, bytes)),
        _ => Err(Error::Program("h2load".into(), said)),
    }
}
