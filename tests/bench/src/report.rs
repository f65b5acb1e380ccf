//! What is told in the end: a table for people and a file for machines.

use std::path::Path;

use comfy_table::{ContentArrangement, Table, presets::UTF8_FULL_CONDENSED};
use serde::Serialize;

use crate::error::Error;
use crate::figure::Figure;
use crate::stand::Cpu;
use crate::stand::machine::Machine;

/// All that a run found.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) machine: Machine,
    pub(crate) quick: bool,
    pub(crate) load_average_before: String,
    pub(crate) load_average_after: String,
    pub(crate) rows: Vec<Row>,
}

/// A line of the table.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Row {
    pub(crate) line: &'static str,
    pub(crate) what: String,
    pub(crate) ours: Option<Figure>,
    pub(crate) yardstick: Option<(String, Figure)>,
    /// Ours to the yardstick's, or what is compared with the target.
    pub(crate) result: Option<f64>,
    pub(crate) target: Option<Target>,
    pub(crate) note: String,
    /// How long the disk's flushes took before each turn, where commits wait for them.
    pub(crate) flushes: Option<Figure>,
}

/// What a result should be.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) enum Target {
    AtLeast(f64),
    AtMost(f64),
}

// === impl Row ===

impl Row {
    pub(crate) fn new(line: &'static str, what: impl Into<String>) -> Self {
        Self {
            line,
            what: what.into(),
            ours: None,
            yardstick: None,
            result: None,
            target: None,
            note: String::new(),
            flushes: None,
        }
    }

    pub(crate) fn ours(mut self, figure: Figure) -> Self {
        self.ours = Some(figure);
        self
    }

    pub(crate) fn beside(mut self, what: impl Into<String>, figure: Figure) -> Self {
        self.yardstick = Some((what.into(), figure));
        self
    }

    pub(crate) fn result(mut self, result: f64) -> Self {
        self.result = Some(result);
        self
    }

    /// Ours, divided by the yardstick's.
    pub(crate) fn ratio(self) -> Self {
        let ratio = match (&self.ours, &self.yardstick) {
            (Some(ours), Some((_, yardstick))) => ours.median() / yardstick.median(),
            _ => f64::NAN,
        };
        self.result(ratio)
    }

    pub(crate) fn target(mut self, target: Target) -> Self {
        self.target = Some(target);
        self
    }

    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// For what waits for the disk.
    pub(crate) fn flushes(mut self, flushes: Figure) -> Self {
        self.flushes = Some(flushes);
        self
    }

    /// Whether the disk changed so much between the turns that they can't be compared.
    fn is_unsteady(&self) -> bool {
        self.flushes.as_ref().is_some_and(|flushes| flushes.times_apart() > 3.0)
    }

    fn met(&self) -> Option<bool> {
        if self.is_unsteady() {
            return None;
        }
        let (result, target) = (self.result?, self.target?);
        Some(match target {
            Target::AtLeast(least) => result >= least,
            Target::AtMost(most) => result <= most,
        })
    }

    /// In one line, for whoever watches.
    pub(crate) fn told(&self) -> String {
        self.cells().join(" | ")
    }

    fn cells(&self) -> Vec<String> {
        let figure = |figure: &Figure| match figure.cpu {
            Some(cpu) => format!("{}\n{}", figure.told(), told_cpu(cpu)),
            None => figure.told(),
        };
        let yardstick = |(what, f): &(String, Figure)| format!("{what}: {}", figure(f));
        let target = |target| match target {
            Target::AtLeast(least) => format!("≥ {least}"),
            Target::AtMost(most) => format!("≤ {most}"),
        };
        vec![
            self.line.to_owned(),
            self.what.clone(),
            self.ours.as_ref().map(figure).unwrap_or_default(),
            self.yardstick.as_ref().map(yardstick).unwrap_or_default(),
            self.result.map(short).unwrap_or_default(),
            self.target.map(target).unwrap_or_default(),
            match self.met() {
                Some(met) => if met { "yes" } else { "NO" }.to_owned(),
                None if self.is_unsteady() => "?".to_owned(),
                None => String::new(),
            },
            match &self.flushes {
                Some(flushes) => format!("{}\nflushes {}", self.note, flushes.told()),
                None => self.note.clone(),
            },
        ]
    }
}

/// Three digits that say something.
fn short(value: f64) -> String {
    if value.abs() >= 20.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}

fn told_cpu(cpu: Cpu) -> String {
    let beside = cpu.beside.map(|cores| format!("+{cores:.2}")).unwrap_or_default();
    format!("cpu {:.2}/{:.2}{beside}/{:.2}", cpu.driver, cpu.service, cpu.postgres)
}

// === impl Report ===

impl Report {
    /// The table, and what it was taken on.
    pub(crate) fn told(&self) -> String {
        let mut table = Table::new();
        table.load_preset(UTF8_FULL_CONDENSED);
        table.set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(["", "what", "ours", "yardstick", "result", "target", "met", "note"]);
        for row in &self.rows {
            table.add_row(row.cells());
        }
        let machine = &self.machine;
        format!(
            "{table}\nmedian (least–most) · cpu: cores kept busy by driver or pgbench / service (+ conversation-state, where messaging-policy asks it) / PostgreSQL · ?: the disk changed between the turns\n\
             {} · {} cores, {} GB, {} · load average {} before, {} after\n{} · {} · commit {}{}",
            machine.taken_at,
            machine.cores,
            machine.memory_bytes >> 30,
            machine.cpu,
            self.load_average_before,
            self.load_average_after,
            machine.postgres.split(" on ").next().unwrap_or_default(),
            machine.rustc,
            machine.commit,
            if self.quick { " · quick: smaller and shorter than the targets ask for" } else { "" },
        )
    }

    pub(crate) fn write(&self, file: &Path) -> Result<(), Error> {
        let text = serde_json::to_string_pretty(self)?;
        std::fs::write(file, text).map_err(Error::io("write the report"))
    }
}
