//! How much a run measures, and of whom.

use crate::cli::Cli;
use crate::population::Population;

/// How much is measured, and for how long.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) rounds: u32,
    /// Seconds of a turn in which a rate is measured.
    pub(crate) rate: f64,
    /// Seconds of a turn in which one request is in flight.
    pub(crate) latency: f64,
    /// The same, where there are many lines of them.
    pub(crate) glance: f64,
    /// 10⁵ conversations, of one tenant.
    pub(crate) one: Population,
    /// As many, of 100 tenants.
    pub(crate) hundred: Population,
    /// As many, for the yardstick that keeps no counters.
    pub(crate) bare: Population,
    /// Each with one of a hundred teams.
    pub(crate) desks: Population,
    /// All of which may be written to.
    pub(crate) sends: Population,
    /// 10⁴ conversations, of one tenant.
    pub(crate) small: Population,
    /// 10⁶, of one tenant.
    pub(crate) large: Population,
    /// As many, of 10⁵ tenants.
    pub(crate) many: Population,
}

// === impl Plan ===

impl Plan {
    pub(crate) fn new(cli: &Cli) -> Self {
        let (rounds, rate, large) = if cli.quick { (2, 2.0, 100_000) } else { (3, 5.0, 1_000_000) };
        let rate = cli.seconds.unwrap_or(rate);
        let large = cli.large.unwrap_or(large);
        Self {
            rounds: cli.rounds.unwrap_or(rounds),
            rate,
            latency: rate * 0.5,
            glance: rate * 0.2,
            one: Population::new("one", 1, 100_000),
            hundred: Population::new("hundred", 100, 1_000),
            bare: Population::new("bare", 1, 100_000),
            desks: Population::new("desks", 1, 100_000),
            sends: Population::new("sends", 1, 100_000),
            small: Population::new("small", 1, 10_000),
            large: Population::new("large", 1, large),
            many: Population::new("many", large / 10, 10),
        }
    }
}
