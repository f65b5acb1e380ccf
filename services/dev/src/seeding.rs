//! `azeer-dev seed`: fills a tenant, and shows how far it is.

use std::io::IsTerminal as _;

use azeer_dev::{
    postgres,
    seed::{self, Plan},
};
use indicatif::{ProgressBar, ProgressStyle};

use crate::{cli::Seed, database::Database, signals::Signals};

/// Why the tenant is not full.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("signals cannot be received")]
    Signals(#[source] std::io::Error),
    #[error(transparent)]
    Postgres(#[from] postgres::Error),
    #[error("the database cannot be migrated")]
    Migrate(#[source] conversation_state::Error),
    #[error(transparent)]
    Seed(#[from] seed::Error),
    #[error("stopped: what was committed until then is kept")]
    Stopped,
}

/// Comes back when the tenant is full and a database that was started for it has stopped.
pub(crate) async fn run(options: &Seed) -> Result<(), Error> {
    let mut signals = Signals::listen().map_err(Error::Signals)?;
    let database = tokio::select! {
        database = Database::join(&options.database) => database?,
        // What has been started ends with this process.
        () = signals.stop() => return Err(Error::Stopped),
    };
    let filled = tokio::select! {
        filled = fill(&database.url, options) => filled,
        () = signals.stop() => Err(Error::Stopped),
    };
    let stopped = tokio::select! {
        stopped = database.stop() => stopped,
        never = signals.exit_at_interrupt() => never,
    };
    filled.and(stopped.map_err(Error::from))
}

async fn fill(database_url: &str, options: &Seed) -> Result<(), Error> {
    conversation_state::migrate(database_url).await.map_err(Error::Migrate)?;
    let Seed { tenant, conversations, channels, .. } = options;
    let plan = Plan { tenant: tenant.clone(), conversations: *conversations, channels: *channels };
    let mut shown = Shown::begin(*conversations);
    seed::fill(database_url, &plan, |done| shown.update(done)).await?;
    shown.end();
    println!("tenant {tenant} has {conversations} conversations on {channels} channels");
    Ok(())
}

/// How far it is: a bar on a terminal, else a line for each tenth.
struct Shown {
    bar: ProgressBar,
    is_terminal: bool,
    tenths: u64,
}

// === impl Shown ===

impl Shown {
    fn begin(conversations: u32) -> Self {
        let template = "{bar:40} {human_pos} of {human_len} conversations, {eta} left";
        let bar = ProgressBar::new(conversations.into());
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self { bar, is_terminal: std::io::stderr().is_terminal(), tenths: 0 }
    }

    fn update(&mut self, done: usize) {
        self.bar.set_position(done as u64);
        let all = self.bar.length().unwrap_or_default().max(1);
        let tenths = done as u64 * 10 / all;
        if !self.is_terminal && tenths > self.tenths {
            self.tenths = tenths;
            eprintln!("{done} of {all} conversations, {:.1?}", self.bar.elapsed());
        }
    }

    fn end(&self) {
        self.bar.finish_and_clear();
    }
}
