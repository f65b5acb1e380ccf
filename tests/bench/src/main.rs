//! `azeer-bench`: measures the services as they are deployed, each line beside its yardstick in the
//! same run. `docs/benchmarks.md` tells what the lines mean.

mod bench;
mod cli;
mod drive;
mod echo;
mod error;
mod figure;
mod lines;
mod plan;
mod population;
mod progress;
mod report;
mod stand;

use std::error::Error as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser as _;
use tokio::signal::unix::{SignalKind, signal};

use crate::bench::Bench;
use crate::cli::{Cli, Command};
use crate::error::Error;
use crate::report::Report;
use crate::stand::machine::{Machine, load_average};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        Some(Command::Drive) => drive::main(),
        Some(Command::Watch) => drive::watch::main(),
        Some(Command::Echo) => echo::main(),
        None => measure(&cli),
    };
    let Err(error) = done else { return ExitCode::SUCCESS };
    eprint!("azeer-bench: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        eprint!(": {error}");
        cause = error.source();
    }
    eprintln!();
    ExitCode::FAILURE
}

#[tokio::main(flavor = "current_thread")]
async fn measure(cli: &Cli) -> Result<(), Error> {
    let mut terminate = signal(SignalKind::terminate()).map_err(Error::io("wait for signals"))?;
    // What was started is let go in either case, and ends with that.
    tokio::select! {
        done = run(cli) => done,
        _ = tokio::signal::ctrl_c() => Err(Error::Wrong("interrupted".into())),
        _ = terminate.recv() => Err(Error::Wrong("told to stop".into())),
    }
}

async fn run(cli: &Cli) -> Result<(), Error> {
    let folder = folder()?;
    let load_average_before = load_average();
    let mut bench = Bench::start(cli, folder.clone()).await?;
    let machine = Machine::describe(&stand::connect(&bench.admin_url()).await?).await?;
    lines::run(&mut bench, &cli.chosen()).await?;
    bench.progress.end();
    let rows = bench.stop().await?;
    let load_average_after = load_average();
    let report =
        Report { machine, quick: cli.quick, load_average_before, load_average_after, rows };
    let file = folder.join("report.json");
    report.write(&file)?;
    println!("{}\n{}", report.told(), file.display());
    Ok(())
}

/// `bench` beside the folder that the program was built into: `target/bench`.
fn folder() -> Result<PathBuf, Error> {
    let own = std::env::current_exe().map_err(Error::io("find this program"))?;
    let target = own.ancestors().nth(2).unwrap_or(&own);
    let folder = target.join("bench");
    std::fs::create_dir_all(&folder).map_err(Error::io("make a folder for what is measured"))?;
    Ok(folder)
}
