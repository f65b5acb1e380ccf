//! A run: what the lines of the table share.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;

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

/// A run in its course.
pub(crate) struct Bench {
    pub(crate) plan: Plan,
    pub(crate) folder: PathBuf,
    pub(crate) progress: Progress,
    rows: Vec<Row>,
    flags: Vec<String>,
    cluster: Cluster,
    pgbench: Pgbench,
    disk: Disk,
    /// Before each turn, since they were last asked for.
    flushes: RefCell<Vec<f64>>,
    writes: Option<Rc<Stand>>,
    small: Option<Rc<Stand>>,
    large: Option<Rc<Stand>>,
    lifelike: Option<Rc<Stand>>,
}

/// What is asked, and of whom.
#[derive(Debug, Clone)]
pub(crate) struct Ask<'a> {
    pub(crate) call: Call,
    pub(crate) of: &'a Population,
    pub(crate) load: Load,
    pub(crate) seconds: f64,
}

/// Within what the windows end: within a day in life; further, where their number is to be large
/// and none is to end during a measurement.
const DAY: &str = "20 hours";
const YEAR: &str = "364 days";

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
        let flags = cli.flags.clone();
        let (rows, writes, small, large, lifelike) = (Vec::new(), None, None, None, None);
        Ok(Self {
            plan,
            folder,
            progress,
            rows,
            flags,
            cluster,
            pgbench,
            disk,
            flushes,
            writes,
            small,
            large,
            lifelike,
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
        for stand in [self.writes, self.small, self.large, self.lifelike].into_iter().flatten() {
            let name = stand.name.clone();
            drop(stand);
            admin.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await?;
        }
        self.cluster.stop().await?;
        Ok(self.rows)
    }

    /// 10⁵ conversations of one tenant and of a hundred.
    pub(crate) async fn writes(&mut self) -> Result<Rc<Stand>, Error> {
        if self.writes.is_none() {
            let Plan { one, hundred, bare, .. } = &self.plan;
            let of = [one, hundred, bare].map(|population| (population.clone(), DAY));
            let stand = self.stand("bench_writes", &of).await?;
            stand.client.batch_execute("CREATE SEQUENCE bare_revision START 1000000000").await?;
            self.writes = Some(stand);
        }
        self.writes.clone().ok_or_else(missing)
    }

    /// 10⁴ conversations of one tenant.
    pub(crate) async fn small(&mut self) -> Result<Rc<Stand>, Error> {
        if self.small.is_none() {
            let of = [(self.plan.small.clone(), YEAR)];
            self.small = Some(self.stand("bench_small", &of).await?);
        }
        self.small.clone().ok_or_else(missing)
    }

    /// As many of one tenant, with windows as they are in life: they end 24 hours after a message.
    pub(crate) async fn lifelike(&mut self) -> Result<Rc<Stand>, Error> {
        if self.lifelike.is_none() {
            let of = [(self.plan.large.clone(), DAY)];
            self.lifelike = Some(self.stand("bench_lifelike", &of).await?);
        }
        self.lifelike.clone().ok_or_else(missing)
    }

    /// 10⁶ conversations of one tenant.
    pub(crate) async fn large(&mut self) -> Result<Rc<Stand>, Error> {
        if self.large.is_none() {
            let of = [(self.plan.large.clone(), YEAR)];
            self.large = Some(self.stand("bench_large", &of).await?);
        }
        self.large.clone().ok_or_else(missing)
    }

    async fn stand(
        &self,
        name: &str,
        populations: &[(Population, &'static str)],
    ) -> Result<Rc<Stand>, Error> {
        let size: u64 = populations.iter().map(|(population, _)| population.size()).sum();
        self.progress.now(&format!("filling {name} with {size} conversations"));
        Ok(Rc::new(Stand::start(&self.cluster, name, populations, &self.flags).await?))
    }

    /// Adds tenants of ten conversations each, once.
    pub(crate) async fn add_many(&self, stand: &Stand) -> Result<(), Error> {
        let many = &self.plan.many;
        self.progress.now(&format!("filling {} with {} tenants more", stand.name, many.tenants));
        stand.add(many, DAY).await
    }

    /// Adds a tenant whose conversations are each with one of a hundred teams, once.
    pub(crate) async fn add_desks(&self, stand: &Stand) -> Result<(), Error> {
        self.progress.now(&format!("filling {} with a tenant that is watched", stand.name));
        stand.add_desks(&self.plan.desks, DAY).await
    }

    /// A further service on a database, on one core.
    pub(crate) async fn service_on(&self, stand: &Stand, core: usize) -> Result<Service, Error> {
        Service::start(&stand.url, &self.flags, Some(core)).await
    }

    /// One turn of the driver against the stand's service.
    pub(crate) async fn ours(&self, stand: &Stand, ask: &Ask<'_>) -> Result<(Outcome, Cpu), Error> {
        self.turn(&format!("{:?} {:?}", ask.call, ask.load))?;
        let spec = self.spec(stand, &stand.service, ask).await?;
        drive(&spec, stand.watched(), None).await
    }

    /// One turn of the driver against another service, both on cores of their own.
    pub(crate) async fn pinned(
        &self,
        stand: &Stand,
        service: &Service,
        ask: &Ask<'_>,
        core: usize,
    ) -> Result<(Outcome, Cpu), Error> {
        self.turn(&format!("{:?} {:?}", ask.call, ask.load))?;
        let spec = self.spec(stand, service, ask).await?;
        let watched = Watched { service: service.pid, postgres: stand.postgres };
        drive(&spec, watched, Some(core)).await
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

fn missing() -> Error {
    Error::Wrong("a database is missing".into())
}
