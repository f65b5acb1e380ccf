//! The lines of the table, one module each.

mod authorize_send;
mod check;
mod check_send;
mod commits;
mod counts;
mod overhead;
mod overload;
mod pages;
mod record;
mod rpcs;
mod size;
mod watch;

use crate::bench::Bench;
use crate::cli::{Cli, Line};
use crate::error::Error;

/// Runs the lines, one after the other.
pub(crate) async fn run(bench: &mut Bench, lines: &[Line]) -> Result<(), Error> {
    for line in lines {
        match line {
            Line::Driver => check::driver(bench).await?,
            Line::P1 => check_send::run(bench).await?,
            Line::P2 => authorize_send::run(bench).await?,
            Line::P3 => record::run(bench).await?,
            Line::P4 => overhead::run(bench).await?,
            Line::P5 => pages::run(bench).await?,
            Line::P6 => counts::run(bench).await?,
            Line::P7 => watch::run(bench).await?,
            Line::P8 => rpcs::run(bench).await?,
            Line::P9 => size::run(bench).await?,
            Line::P10 => commits::run(bench).await?,
            Line::P11 => overload::run(bench).await?,
            Line::H2load => check::h2load(bench).await?,
        }
    }
    Ok(())
}

// === impl Line ===

impl Line {
    /// In the order in which they are run: writes first, then what needs large databases.
    const ALL: [Self; 13] = [
        Self::Driver,
        Self::P3,
        Self::P1,
        Self::P2,
        Self::P10,
        Self::P7,
        Self::P4,
        Self::P11,
        Self::H2load,
        Self::P9,
        Self::P5,
        Self::P6,
        Self::P8,
    ];

    /// How many turns it has in a round.
    pub(crate) fn turns(self) -> u64 {
        match self {
            Self::Driver => 1,
            Self::P3 => 13,
            Self::P4 => 18,
            Self::P7 | Self::P9 => 4,
            Self::P2 => 12,
            Self::P5 => 8,
            Self::P6 => 6,
            Self::P8 => 45,
            Self::P10 => 3,
            Self::P1 | Self::P11 | Self::H2load => 2,
        }
    }
}

// === impl Cli ===

impl Cli {
    /// The lines that were asked for, in the order in which they are run.
    pub(crate) fn chosen(&self) -> Vec<Line> {
        let chosen = |line: &Line| self.lines.is_empty() || self.lines.contains(line);
        Line::ALL.into_iter().filter(chosen).collect()
    }
}
