//! What the driver is told and what it tells, as JSON over its standard streams.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use crate::population::Population;

/// One run of the driver.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Spec {
    pub(crate) address: SocketAddr,
    pub(crate) connections: usize,
    pub(crate) call: Call,
    pub(crate) population: Population,
    pub(crate) load: Load,
    /// Seconds that count for nothing.
    pub(crate) warm_up: f64,
    /// Seconds that are measured.
    pub(crate) seconds: f64,
    /// The time when the driver starts, in microseconds since 1970.
    pub(crate) now: i64,
}

/// How requests follow each other.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) enum Load {
    /// So many are in flight; the next goes when one is answered.
    Closed(u64),
    /// So many go each second, whatever becomes of them.
    Open(f64),
}

/// What is called. Pairs go one after the other and leave the conversation as it was.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Call {
    /// The health service: the least that the server can be asked.
    Health,
    RecordInboundMessage,
    RecordOutboundMessage,
    IngestWebhook,
    ReportWindowClosedThenRecord,
    CloseThenReopen,
    ReturnToBotThenHandOff,
    AssignConversation,
    GetConversation,
    /// One and the same conversation, again and again.
    GetOneConversation,
    BatchGetConversations,
    GetSendContext,
    /// A page of 50 of the open tab; the token of the page before it, or empty for the first.
    ListConversations(String),
    /// Seconds within which a window ends soon.
    GetTabCounts(u64),
    ListConversationEvents,
    GetChannel,
    ListChannels,
    /// A message in the agent's own words: checked, each conversation in its turn.
    CheckSend,
    /// The same, authorized.
    AuthorizeFreeForm,
    /// The same as the body that would be posted, with a permit.
    AuthorizeBody,
    /// A template about an order of its own.
    AuthorizeTemplate,
}

/// What came of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Outcome {
    /// OK answers per second.
    pub(crate) per_second: f64,
    /// OK answers since the driver started, warm-up and all.
    pub(crate) ok_in_all: u64,
    pub(crate) ok: Latency,
    /// Answers of `RESOURCE_EXHAUSTED`.
    pub(crate) refused: Latency,
    /// Any other answer, by status code.
    pub(crate) failed: BTreeMap<u16, u64>,
}

/// Latencies in microseconds. In an open load they begin when a request was due, not when it went.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Latency {
    pub(crate) count: u64,
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    pub(crate) max: f64,
}
