//! The yardstick: pgbench with the scripts of `tests/bench/sql`, its statements prepared and planned
//! as the service's sessions plan.

use std::path::{Path, PathBuf};

use tokio::process::Command;

use super::cpu::{Cpu, Meter, Watched};
use crate::error::Error;

/// The sessions' settings that decide over plans, as the service has them.
const SESSION: &str = "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off \
    -c enable_bitmapscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off \
    -c max_parallel_workers_per_gather=0 -c TimeZone=UTC";

/// A script, by its name, and its text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Script {
    pub(crate) name: &'static str,
    text: &'static str,
    /// How many of what is measured it does.
    each_does: u32,
}

macro_rules! script {
    ($constant:ident, $name:literal, $each_does:literal) => {
        pub(crate) const $constant: Script = Script {
            name: $name,
            text: include_str!(concat!("../../sql/", $name, ".sql")),
            each_does: $each_does,
        };
    };
}

script!(RECORD_INBOUND, "record-inbound", 1);
script!(BARE_RECORD, "bare-record", 1);
script!(CLOSE_REOPEN, "close-reopen", 2);
script!(GET_CONVERSATION, "get-conversation", 1);
script!(GET_SEND_CONTEXT, "get-send-context", 1);
script!(GET_TAB_COUNTS, "get-tab-counts", 1);
script!(GET_SEND_CONTEXTS, "get-send-contexts", 1);
script!(CHECK_SEND, "check-send", 1);
script!(AUTHORIZE_SEND, "authorize-send", 1);
script!(BARE_AUTHORIZE, "bare-authorize", 1);
script!(LIST_FIRST_PAGE, "list-first-page", 1);
script!(LIST_DEEP_PAGE, "list-deep-page", 1);

/// pgbench of the installation that the server is of.
#[derive(Debug, Clone)]
pub(crate) struct Pgbench {
    program: PathBuf,
    folder: PathBuf,
}

/// What it measured.
pub(crate) struct Measured {
    pub(crate) per_second: f64,
    /// The median in microseconds, of a single client.
    pub(crate) p50: Option<f64>,
    pub(crate) cpu: Cpu,
}

// === impl Script ===

impl Script {
    /// The text with these texts empty: pgbench takes no variables without a value.
    fn with_empty(&self, variables: &[&(&str, String)]) -> String {
        let empty = |text: String, (name, _): &&(&str, String)| {
            text.replace(&format!(":{name}::text"), "''")
        };
        variables.iter().fold(self.text.to_owned(), empty)
    }
}

// === impl Pgbench ===

impl Pgbench {
    /// Finds it beside the program of the running server. Works in a folder of its own.
    pub(crate) fn find(server: u32, folder: &Path) -> Result<Self, Error> {
        let server = std::fs::read_link(format!("/proc/{server}/exe"));
        let program = server.map_err(Error::io("find PostgreSQL's programs"))?;
        let program = program.with_file_name("pgbench");
        if !program.is_file() {
            let missing = format!("{} is missing: install it", program.display());
            return Err(Error::Wrong(missing));
        }
        let folder = folder.join("pgbench");
        std::fs::create_dir_all(&folder).map_err(Error::io("make a folder for pgbench"))?;
        Ok(Self { program, folder })
    }

    /// Runs a script with so many clients for some seconds.
    pub(crate) async fn run(
        &self,
        script: Script,
        url: &str,
        clients: u64,
        seconds: f64,
        variables: &[(&str, String)],
        watched: Watched,
    ) -> Result<Measured, Error> {
        let file = self.folder.join(format!("{}.sql", script.name));
        let (empty, variables): (Vec<_>, Vec<_>) =
            variables.iter().partition(|(_, value)| value.is_empty());
        std::fs::write(&file, script.with_empty(&empty)).map_err(Error::io("write a script"))?;
        self.forget();
        let mut command = Command::new(&self.program);
        command
            .current_dir(&self.folder)
            .env("PGOPTIONS", SESSION)
            .args(["-n", "-M", "prepared"])
            // A log costs a busy pgbench something; alone it has the time.
            .args((clients == 1).then_some(["-l", "--log-prefix=latency"]).into_iter().flatten())
            .args(["-c", &clients.to_string(), "-j", &threads(clients).to_string()])
            .args(["-T", &format!("{}", seconds.ceil())])
            .args(variables.iter().flat_map(|(n, v)| ["-D".to_owned(), format!("{n}={v}")]))
            .arg("-f")
            .arg(&file)
            .arg(url)
            .kill_on_drop(true);
        let meter = Meter::start(watched);
        let done = command.output().await.map_err(Error::io("start pgbench"))?;
        let cpu = meter.stop();
        let said = String::from_utf8_lossy(&done.stdout);
        let tps = said.lines().find_map(|line| line.strip_prefix("tps = "));
        let tps = tps.and_then(|rest| rest.split(' ').next()?.parse::<f64>().ok());
        let failed = !said.contains("number of failed transactions: 0 ");
        let (Some(tps), true, false) = (tps, done.status.success(), failed) else {
            let told = String::from_utf8_lossy(&done.stderr);
            return Err(Error::Program(
                format!("pgbench {}", script.name),
                format!("{said}{told}"),
            ));
        };
        let each_does = f64::from(script.each_does);
        let p50 = if clients == 1 {
            Some(median(self.latencies()?, tps, script.name)? / each_does)
        } else {
            None
        };
        self.forget();
        Ok(Measured { per_second: tps * each_does, p50, cpu })
    }

    /// The latencies that it logged, in microseconds: the third word of each line.
    fn latencies(&self) -> Result<Vec<f64>, Error> {
        let mut taken = Vec::new();
        for log in self.logs() {
            let text = std::fs::read_to_string(log).map_err(Error::io("read pgbench's log"))?;
            let words = text.lines().filter_map(|line| line.split(' ').nth(2)?.parse::<f64>().ok());
            taken.extend(words);
        }
        Ok(taken)
    }

    fn logs(&self) -> impl Iterator<Item = PathBuf> {
        let entries = std::fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let paths = entries.map(|entry| entry.path());
        paths.filter(|path| {
            path.file_name().is_some_and(|n| n.to_string_lossy().starts_with("latency"))
        })
    }

    fn forget(&self) {
        for log in self.logs() {
            let _ = std::fs::remove_file(log);
        }
    }
}

/// The median of a single client's latencies, if they can be believed.
///
/// pgbench logs a transaction as 0 µs when its answer is there before it first looks, unless a
/// meta-command made it take the time anew. A median of such a log can be anything, even 0.
fn median(mut taken: Vec<f64>, tps: f64, script: &str) -> Result<f64, Error> {
    #[allow(clippy::cast_precision_loss, reason = "transactions of a few seconds")]
    let many = taken.len() as f64;
    let mean = taken.iter().sum::<f64>() / many;
    let zeros = taken.iter().filter(|latency| **latency < 1.0).count();
    // One client: it did as many as the latencies leave time for.
    let missing = 1.0 - mean * tps / 1e6;
    if taken.is_empty() || zeros > 0 || missing.abs() > 0.1 {
        return Err(Error::Wrong(format!(
            "pgbench's log of {script} cannot be right: {zeros} of {many} latencies are 0, and \
             {:.0} % of the time is in none of them",
            100.0 * missing
        )));
    }
    taken.sort_by(f64::total_cmp);
    Ok(taken[taken.len() / 2])
}

/// More threads than two gain nothing where the server shares the cores.
fn threads(clients: u64) -> u64 {
    clients.min(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_that_agrees_with_the_rate_gives_its_median() {
        // 100 µs each: 10 000 a second.
        let p50 = median(vec![90.0, 80.0, 130.0], 10_000.0, "s").unwrap();
        assert!((p50 - 90.0).abs() < 1e-9);
    }

    #[test]
    fn logs_that_cannot_be_right_are_refused() {
        let cases: [(&[f64], f64); 4] = [
            (&[], 10_000.0),
            (&[0.0, 0.0, 100.0], 10_000.0),
            // Few enough that time alone would not tell.
            (&[0.0, 100.0, 100.0, 100.0, 100.0, 100.0, 100.0], 11_000.0),
            // Half of the time is nowhere.
            (&[100.0, 100.0], 5_000.0),
        ];
        for (log, tps) in cases {
            assert!(median(log.to_vec(), tps, "s").is_err(), "{log:?}");
        }
    }
}
