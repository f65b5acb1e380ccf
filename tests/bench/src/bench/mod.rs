//! A run: what the lines of the table share.

mod stands;

use std::cell::RefCell;
use std::path::PathBuf;

use azeer_dev::postgres::{Cluster, Programs};

use crate::cli::{Cli, Line};
use crate::drive::spec::{Call, Load, Outcome, Spec};
use crate::error::Error;
use crate::figure::{Figure, Unit};
use crate::plan::Plan;
use crate::population::Population;
use crate::progress::Progress;
use crate::report::Row;
use crate::stand::cpu::Watched;
use crate::stand::disk::Disk;
use crate::stand::driver::drive;
use crate::stand::machine::memory_bytes;
use crate::stand::pgbench::{Measured, Pgbench, Script};
use crate::stand::{Cpu, Service, Stand};
use stands::Stands;

/// A run in its course.
pub(crate) struct Bench {
    pub(crate) plan: Plan,
    pub(crate) folder: PathBuf,
    pub(crate) progress: Progress,
    rows: Vec<Row>,
    flags: Vec<String>,
    policy_flags: Vec<String>,
    cluster: Cluster,
    pgbench: Pgbench,
    disk: Disk,
    /// Before each turn, since they were last asked for.
    flushes: RefCell<Vec<f64>>,
    stands: Stands,
}

/// What is asked, and of whom.
#[derive(Debug, Clone)]
pub(crate) struct Ask<'a> {
    pub(crate) call: Call,
    pub(crate) of: &'a Population,
    pub(crate) load: Load,
    pub(crate) seconds: f64,
}

// === impl Bench ===

impl Bench {
    pub(crate) async fn start(cli: &Cli, folder: PathBuf) -> Result<Self, Error> {
        let plan = Plan::new(cli);
        let turns = cli.chosen().into_iter().map(Line::turns).sum::<u64>() * u64::from(plan.rounds);
        let progress = Progress::start(turns);
        progress.now("starting PostgreSQL");
        let shared = format!("{}MB", (memory_bytes() >> 22).clamp(128, 4_096));
        let mut settings = vec![
            ("fsync", "on"),
            ("synchronous_commit", "on"),
            ("full_page_writes", "on"),
            ("shared_buffers", shared.as_str()),
            ("max_wal_size", "8GB"),
            ("max_connections", "300"),
        ];
        settings.extend(cli.settings.iter().filter_map(|setting| setting.split_once('=')));
        let cluster = Cluster::start(&Programs::find()?, &folder, &settings).await?;
        let pgbench = Pgbench::find(cluster.pid(), &folder)?;
        let disk = Disk::open(&folder)?;
        let flushes = RefCell::default();
        let (flags, policy_flags) = (cli.flags.clone(), cli.policy_flags.clone());
        let (rows, stands) = (Vec::new(), Stands::default());
        Ok(Self {
            plan,
            folder,
            progress,
            rows,
            flags,
            policy_flags,
            cluster,
            pgbench,
            disk,
            flushes,
            stands,
        })
    }

    pub(crate) fn add(&mut self, row: Row) {
        self.progress.tell(&row.told());
        self.rows.push(row);
    }

    /// What is taken from here on is of one line: forgets the flushes before it.
    pub(crate) fn begin(&self) {
        self.flushes.borrow_mut().clear();
    }

    /// How long flushes took before each turn since [`Self::begin`].
    pub(crate) fn flushes(&self) -> Figure {
        Figure { unit: Unit::Micros, samples: self.flushes.borrow().clone(), cpu: None }
    }

    fn turn(&self, what: &str) -> Result<(), Error> {
        self.progress.turn(what);
        let flush = self.disk.flush()?;
        self.flushes.borrow_mut().push(flush);
        Ok(())
    }

    /// How to connect to the server, for what concerns all databases.
    pub(crate) fn admin_url(&self) -> String {
        self.cluster.url("postgres")
    }

    /// Ends it all. The populations go: they are made anew each time.
    pub(crate) async fn stop(self) -> Result<Vec<Row>, Error> {
        let admin = crate::stand::connect(&self.admin_url()).await?;
        for stand in self.stands.in_order_of_ending() {
            let name = stand.name.clone();
            drop(stand);
            admin.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await?;
        }
        self.cluster.stop().await?;
        Ok(self.rows)
    }

    /// One turn of the driver against the stand's service.
    pub(crate) async fn ours(&self, stand: &Stand, ask: &Ask<'_>) -> Result<(Outcome, Cpu), Error> {
        self.turn(&format!("{:?} {:?}", ask.call, ask.load))?;
        let spec = self.spec(stand, &stand.service, ask).await?;
        drive(&spec, stand.watched(), None).await
    }

    /// One turn of the driver, on one core where `core` names it, against another service.
    pub(crate) async fn another(
        &self,
        stand: &Stand,
        service: &Service,
        ask: &Ask<'_>,
        core: Option<usize>,
    ) -> Result<(Outcome, Cpu), Error> {
        self.turn(&format!("{:?} {:?}", ask.call, ask.load))?;
        let spec = self.spec(stand, service, ask).await?;
        let watched = Watched { service: service.pid, beside: None, postgres: stand.postgres };
        drive(&spec, watched, core).await
    }

    async fn spec(&self, stand: &Stand, service: &Service, ask: &Ask<'_>) -> Result<Spec, Error> {
        Ok(Spec {
            address: service.address,
            connections: connections(ask.load),
            call: ask.call.clone(),
            population: ask.of.clone(),
            load: ask.load,
            warm_up: (ask.seconds * 0.2).max(0.3),
            seconds: ask.seconds,
            now: stand.now().await?,
        })
    }

    /// One turn of pgbench on the stand's database.
    pub(crate) async fn theirs(
        &self,
        stand: &Stand,
        script: Script,
        clients: u64,
        of: &Population,
        seconds: f64,
        more: &[(&str, String)],
    ) -> Result<Measured, Error> {
        self.turn(&format!("pgbench {} with {clients} clients", script.name))?;
        let mut variables = vec![
            ("prefix", of.prefix.clone()),
            ("tenant", of.tenant(0)),
            ("tenants", of.tenants.to_string()),
            ("conversations", of.each.to_string()),
        ];
        variables.extend_from_slice(more);
        let watched = stand.watched();
        self.pgbench.run(script, &stand.url, clients, seconds, &variables, watched).await
    }
}

/// Several, where several requests are in flight; an overload must not wait for streams.
fn connections(load: Load) -> usize {
    match load {
        Load::Closed(1) => 1,
        Load::Closed(in_flight) if in_flight <= 256 => 8,
        Load::Closed(_) | Load::Open(_) => 32,
    }
}
