//! The two loads: so many in flight, or so many a second.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use hdrhistogram::Histogram;
use http::Uri;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::requests::Requests;
use super::sends::must_allow;
use super::spec::{Latency, Load, Outcome, Spec};
use super::wire::Connection;
use crate::error::Error;

/// How long answers to an open load may take once it has ended.
const LINGER: Duration = Duration::from_secs(15);
const TICK: Duration = Duration::from_millis(1);

pub(super) async fn run(spec: Spec) -> Result<Outcome, Error> {
    let started = Instant::now();
    let mut connections = Vec::with_capacity(spec.connections);
    for _ in 0..spec.connections {
        connections.push(Connection::open(spec.address).await?);
    }
    let from = started + Duration::from_secs_f64(spec.warm_up);
    let period = Period { from, until: from + Duration::from_secs_f64(spec.seconds) };
    let tally = match spec.load {
        Load::Closed(in_flight) => closed(&spec, &connections, in_flight, period).await?,
        Load::Open(rate) => open(&spec, &connections, rate, started, period).await?,
    };
    Ok(tally.outcome(spec.seconds))
}

async fn closed(
    spec: &Spec,
    connections: &[Connection],
    in_flight: u64,
    period: Period,
) -> Result<Tally, Error> {
    let mut slots = JoinSet::new();
    for slot in 0..in_flight {
        let connection =
            connections[usize::try_from(slot).unwrap_or(0) % connections.len()].clone();
        let mut requests = Requests::new(spec, slot, in_flight);
        let is_decided = spec.call.is_decided();
        slots.spawn(async move {
            let mut tally = Tally::new(period);
            while Instant::now() < period.until || requests.in_a_pair() {
                let (uri, body) = requests.next();
                let sent = Instant::now();
                let status = ask(&connection, uri, body, is_decided).await?;
                tally.add(status, sent, Instant::now());
            }
            Ok::<_, Error>(tally)
        });
    }
    collect(slots, period).await
}

async fn open(
    spec: &Spec,
    connections: &[Connection],
    rate: f64,
    started: Instant,
    period: Period,
) -> Result<Tally, Error> {
    let mut requests = Requests::new(spec, 0, 1);
    let is_decided = spec.call.is_decided();
    let gap = Duration::from_secs_f64(1.0 / rate);
    let mut calls = JoinSet::new();
    let mut tally = Tally::new(period);
    let (mut due, mut turn, mut wake) = (started, 0, started);
    while due < period.until {
        // Not one by one at high rates: timers cost more than requests.
        sleep_until(wake).await;
        let now = Instant::now();
        while due <= now && due < period.until {
            let (uri, body) = requests.next();
            let connection = connections[turn % connections.len()].clone();
            let was_due = due;
            calls.spawn(async move {
                let status = ask(&connection, uri, body, is_decided).await?;
                Ok::<_, Error>((status, was_due, Instant::now()))
            });
            turn += 1;
            due += gap;
        }
        while let Some(done) = calls.try_join_next() {
            let (status, was_due, answered) = done??;
            tally.add(status, was_due, answered);
        }
        wake = due.max(now + TICK);
    }
    let end = Instant::now() + LINGER;
    while let Ok(Some(done)) = tokio::time::timeout_at(end, calls.join_next()).await {
        let (status, was_due, answered) = done??;
        tally.add(status, was_due, answered);
    }
    Ok(tally)
}

/// Calls, and looks at the answer where it is a decision. Gives the status.
async fn ask(
    connection: &Connection,
    uri: Uri,
    body: Bytes,
    is_decided: bool,
) -> Result<u16, Error> {
    let reply = connection.call(uri, body, is_decided).await?;
    if is_decided && reply.status == Tally::OK {
        must_allow(&reply.body)?;
    }
    Ok(reply.status)
}

async fn collect(mut slots: JoinSet<Result<Tally, Error>>, period: Period) -> Result<Tally, Error> {
    let mut all = Tally::new(period);
    while let Some(slot) = slots.join_next().await {
        all.merge(slot??);
    }
    Ok(all)
}

#[derive(Clone, Copy)]
struct Period {
    from: Instant,
    until: Instant,
}

struct Tally {
    period: Period,
    ok_in_all: u64,
    ok: Histogram<u64>,
    refused: Histogram<u64>,
    failed: BTreeMap<u16, u64>,
}

// === impl Tally ===

impl Tally {
    const OK: u16 = 0;
    const RESOURCE_EXHAUSTED: u16 = 8;

    fn new(period: Period) -> Self {
        let (ok, refused) = (histogram(), histogram());
        Self { period, ok_in_all: 0, ok, refused, failed: BTreeMap::new() }
    }

    /// Counts an answer, and measures it if it came in the period.
    fn add(&mut self, status: u16, begun: Instant, answered: Instant) {
        self.ok_in_all += u64::from(status == Self::OK);
        let counts = (self.period.from..self.period.until).contains(&answered);
        let took = u64::try_from((answered - begun).as_nanos()).unwrap_or(u64::MAX);
        match status {
            Self::OK if counts => self.ok.saturating_record(took),
            Self::RESOURCE_EXHAUSTED if counts => self.refused.saturating_record(took),
            Self::OK | Self::RESOURCE_EXHAUSTED => {}
            other => *self.failed.entry(other).or_default() += 1,
        }
    }

    fn merge(&mut self, other: Self) {
        self.ok_in_all += other.ok_in_all;
        // They have the same bounds.
        let _ = self.ok.add(other.ok);
        let _ = self.refused.add(other.refused);
        for (status, count) in other.failed {
            *self.failed.entry(status).or_default() += count;
        }
    }

    fn outcome(self, seconds: f64) -> Outcome {
        let (ok, refused) = (latency(&self.ok), latency(&self.refused));
        #[allow(clippy::cast_precision_loss, reason = "a count of answers")]
        let per_second = ok.count as f64 / seconds;
        Outcome { per_second, ok_in_all: self.ok_in_all, ok, refused, failed: self.failed }
    }
}

/// From a microsecond to a minute, to three digits.
pub(super) fn histogram() -> Histogram<u64> {
    // INVARIANT: the bounds are constants that the crate takes.
    Histogram::new_with_bounds(1_000, 60_000_000_000, 3).expect("the bounds are right")
}

pub(super) fn latency(taken: &Histogram<u64>) -> Latency {
    #[allow(clippy::cast_precision_loss, reason = "nanoseconds of at most a minute")]
    let micros = |nanos: u64| nanos as f64 / 1_000.0;
    Latency {
        count: taken.len(),
        p50: micros(taken.value_at_quantile(0.5)),
        p99: micros(taken.value_at_quantile(0.99)),
        max: micros(taken.max()),
    }
}
