//! Watchers in a process of their own: they count what they are told, and how long after its
//! recording.

use std::io::{self, Write as _};
use std::net::SocketAddr;

use azeer_proto::conversation::v1 as pb;
use hdrhistogram::Histogram;
use prost::Message as _;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use super::run::{histogram, latency};
use super::spec::Latency;
use super::wire::{Connection, Stream, frame, path};
use crate::error::Error;

/// Who watches what.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Watchers {
    pub(crate) address: SocketAddr,
    pub(crate) tenant: String,
    pub(crate) count: u64,
    /// Whether each watches one team, `desk0` and so on; else each watches everything.
    pub(crate) by_team: bool,
}

/// What they were told.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Heard {
    /// From the recording to the watcher, by the clock that both share.
    pub(crate) delivery: Latency,
}

const CONNECTIONS: u64 = 4;
/// What is written to standard output once all of them watch.
pub(crate) const READY: u8 = b'!';

/// Watches until standard input ends, then writes a [`Heard`].
pub(crate) fn main() -> Result<(), Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Error::io("start the watchers"))?;
    runtime.block_on(watch())
}

async fn watch() -> Result<(), Error> {
    let mut told = String::new();
    io::stdin().read_line(&mut told).map_err(Error::io("read what to watch"))?;
    let watchers: Watchers = serde_json::from_str(&told)?;
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS.min(watchers.count) {
        connections.push(Connection::open(watchers.address).await?);
    }
    let (sender, mut heard) = mpsc::unbounded_channel();
    for number in 0..watchers.count {
        let connection = &connections[usize::try_from(number).unwrap_or(0) % connections.len()];
        let mut stream = open(connection, &watchers, number).await?;
        // The first message says that it watches.
        stream.next().await?;
        let sender = sender.clone();
        tokio::spawn(async move {
            while let Ok(Some(message)) = stream.next().await {
                let _ = sender.send(delivery(&message));
            }
        });
    }
    tell(&[READY])?;
    let mut delivery: Histogram<u64> = histogram();
    let mut end = tokio::task::spawn_blocking(|| io::stdin().read_line(&mut String::new()));
    loop {
        tokio::select! {
            Some(Some(took)) = heard.recv() => delivery.saturating_record(took),
            _ = &mut end => break,
        }
    }
    tell(&serde_json::to_vec(&Heard { delivery: latency(&delivery) })?)
}

fn tell(what: &[u8]) -> Result<(), Error> {
    let mut out = io::stdout().lock();
    out.write_all(what).and_then(|()| out.flush()).map_err(Error::io("tell what was heard"))
}

async fn open(connection: &Connection, of: &Watchers, number: u64) -> Result<Stream, Error> {
    let team_id = if of.by_team { format!("desk{number}") } else { String::new() };
    let filter = Some(pb::ConversationFilter { team_id, ..Default::default() });
    let tenant_id = of.tenant.clone();
    let request = pb::WatchConversationsRequest { tenant_id, filter, ..Default::default() };
    let uri = format!("http://{}{}", of.address, path("WatchConversations"));
    let uri = uri.parse().map_err(|_| Error::Wrong("no URI to watch at".into()))?;
    connection.stream(uri, frame(&request)).await
}

/// Nanoseconds since the event was recorded; none for a heartbeat.
fn delivery(message: &[u8]) -> Option<u64> {
    let recorded = pb::WatchConversationsResponse::decode(message).ok()?.event?.recorded_at?;
    let recorded = std::time::SystemTime::try_from(recorded).ok()?;
    let took = crate::stand::machine::now().duration_since(recorded).unwrap_or_default();
    u64::try_from(took.as_nanos()).ok()
}
