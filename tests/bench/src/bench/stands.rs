//! The databases that lines share, each made when the first line asks for it.

use std::rc::Rc;

use super::Bench;
use crate::error::Error;
use crate::plan::Plan;
use crate::population::Population;
use crate::stand::{Program, Service, Stand};

/// Within what the windows end: within a day in life; further, where their number is to be large
/// and none is to end during a measurement.
const DAY: &str = "20 hours";
const YEAR: &str = "364 days";

/// Those that there are by now.
#[derive(Default)]
pub(super) struct Stands {
    policy: Option<Rc<Stand>>,
    writes: Option<Rc<Stand>>,
    small: Option<Rc<Stand>>,
    large: Option<Rc<Stand>>,
    lifelike: Option<Rc<Stand>>,
}

// === impl Stands ===

impl Stands {
    /// First those that ask others.
    pub(super) fn in_order_of_ending(self) -> impl Iterator<Item = Rc<Stand>> {
        [self.policy, self.writes, self.small, self.large, self.lifelike].into_iter().flatten()
    }
}

// === impl Bench ===

impl Bench {
    /// 10⁵ conversations of one tenant and of a hundred.
    pub(crate) async fn writes(&mut self) -> Result<Rc<Stand>, Error> {
        if self.stands.writes.is_none() {
            let Plan { one, hundred, bare, .. } = &self.plan;
            let of = [one, hundred, bare].map(|population| (population.clone(), DAY));
            let stand = self.stand("bench_writes", &of).await?;
            stand.client.batch_execute("CREATE SEQUENCE bare_revision START 1000000000").await?;
            self.stands.writes = Some(stand);
        }
        self.stands.writes.clone().ok_or_else(missing)
    }

    /// 10⁴ conversations of one tenant.
    pub(crate) async fn small(&mut self) -> Result<Rc<Stand>, Error> {
        if self.stands.small.is_none() {
            let of = [(self.plan.small.clone(), YEAR)];
            self.stands.small = Some(self.stand("bench_small", &of).await?);
        }
        self.stands.small.clone().ok_or_else(missing)
    }

    /// As many of one tenant, with windows as they are in life: they end 24 hours after a message.
    pub(crate) async fn lifelike(&mut self) -> Result<Rc<Stand>, Error> {
        if self.stands.lifelike.is_none() {
            let of = [(self.plan.large.clone(), DAY)];
            self.stands.lifelike = Some(self.stand("bench_lifelike", &of).await?);
        }
        self.stands.lifelike.clone().ok_or_else(missing)
    }

    /// 10⁶ conversations of one tenant.
    pub(crate) async fn large(&mut self) -> Result<Rc<Stand>, Error> {
        if self.stands.large.is_none() {
            let of = [(self.plan.large.clone(), YEAR)];
            self.stands.large = Some(self.stand("bench_large", &of).await?);
        }
        self.stands.large.clone().ok_or_else(missing)
    }

    /// A messaging-policy, beside the conversation-state of [`Self::writes`], which knows 10⁵ more
    /// conversations, all of them open.
    pub(crate) async fn policy(&mut self) -> Result<Rc<Stand>, Error> {
        if self.stands.policy.is_none() {
            let beside = self.writes().await?;
            let Plan { sends, bare, .. } = &self.plan;
            self.progress.now(&format!("filling {} with a tenant that is sent for", beside.name));
            beside.add_open(sends, DAY).await?;
            let mut flags = self.policy_flags.clone();
            flags.push(Service::permit_keys(&self.folder.join("permit-keys")).await?);
            let (name, of) = ("bench_policy", [sends, bare]);
            let start = Stand::start_policy(&self.cluster, name, beside, &of, &flags);
            self.stands.policy = Some(Rc::new(start.await?));
        }
        self.stands.policy.clone().ok_or_else(missing)
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
        Service::start(Program::ConversationState, &stand.url, &self.flags, Some(core)).await
    }
}

fn missing() -> Error {
    Error::Wrong("a database is missing".into())
}
