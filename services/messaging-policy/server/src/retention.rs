//! For how long each kind of data is kept, as flags say.

use std::sync::Arc;
use std::time::Duration;

use azeer_runtime::retention::Keep;
use azeer_runtime::upkeep::Upkeep;
use chrono::TimeDelta;
use clap::Args;

use crate::store::{Kept, Removal, Store};

/// How often it is looked for what is no longer kept.
const EVERY: Duration = Duration::from_hours(1);
/// Request ids mean something for so long, and templates count for a little less.
const REMEMBERED: TimeDelta = TimeDelta::days(8);
/// Whom a portfolio reached, and for whom a note was used, counts for a little less.
const COUNTED: TimeDelta = TimeDelta::hours(25);

/// For how long what is kept: `400d`, `36h` and so on, or `forever`. Settings are kept, and so is what
/// each contact said last of marketing, until the contact is erased.
#[derive(Debug, Clone, Copy, Args)]
pub struct Retention {
    /// How long decisions are kept, with what became of them. At least 8 days.
    #[arg(long, env = "AZEER_KEEP_DECISIONS", value_name = "DURATION", default_value = "400d",
          value_parser = Keep::at_least(REMEMBERED))]
    pub keep_decisions: Keep,

    /// How long it is known whom decisions are about, and what their senders wrote of it. At least
    /// 8 days.
    #[arg(long, env = "AZEER_KEEP_PEOPLE", value_name = "DURATION", default_value = "90d",
          value_parser = Keep::at_least(REMEMBERED))]
    pub keep_people: Keep,

    /// How long it is known which templates were last sent to a contact: those to whom nothing was
    /// sent since are forgotten. At least 8 days.
    #[arg(long, env = "AZEER_KEEP_LEDGERS", value_name = "DURATION", default_value = "180d",
          value_parser = Keep::at_least(REMEMBERED))]
    pub keep_ledgers: Keep,

    /// How long it is known whom a portfolio reached, and for whom a note was used: it counts for
    /// 24 hours. At least 25.
    #[arg(long, env = "AZEER_KEEP_USES", value_name = "DURATION", default_value = "48h",
          value_parser = Keep::at_least(COUNTED))]
    pub keep_uses: Keep,

    /// How long it is known what contacts said of marketing before what they said last.
    #[arg(long, env = "AZEER_KEEP_CONSENT_CHANGES", value_name = "DURATION",
          default_value = "1100d", value_parser = Keep::at_least(TimeDelta::zero()))]
    pub keep_consent_changes: Keep,

    /// How long a failure waits for the report that its message was sent. At least an hour.
    #[arg(long, env = "AZEER_KEEP_WAITING_FAILURES", value_name = "DURATION", default_value = "8d",
          value_parser = Keep::at_least(TimeDelta::hours(1)))]
    pub keep_waiting_failures: Keep,

    /// How long requests that erased somebody are known. At least 8 days.
    #[arg(long, env = "AZEER_KEEP_REQUESTS", value_name = "DURATION", default_value = "9d",
          value_parser = Keep::at_least(REMEMBERED))]
    pub keep_requests: Keep,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            keep_decisions: Keep::days(400),
            keep_people: Keep::days(90),
            keep_ledgers: Keep::days(180),
            keep_uses: Keep::days(2),
            keep_consent_changes: Keep::days(1_100),
            keep_waiting_failures: Keep::days(8),
            keep_requests: Keep::days(9),
        }
    }
}

impl Retention {
    /// Everything is kept, and nobody looks.
    pub const FOREVER: Self = Self {
        keep_decisions: Keep::Forever,
        keep_people: Keep::Forever,
        keep_ledgers: Keep::Forever,
        keep_uses: Keep::Forever,
        keep_consent_changes: Keep::Forever,
        keep_waiting_failures: Keep::Forever,
        keep_requests: Keep::Forever,
    };

    /// Begins to remove what is no longer kept.
    pub(crate) fn start(&self, store: &Arc<Store>) -> Upkeep {
        let chores = [
            (Kept::People, self.keep_people.min(self.keep_decisions)),
            (Kept::Outcomes, self.keep_decisions),
            (Kept::Decisions, self.keep_decisions),
            (Kept::Ledgers, self.keep_ledgers),
            (Kept::Reached, self.keep_uses),
            (Kept::NoteUses, self.keep_uses),
            (Kept::ConsentChanges, self.keep_consent_changes),
            (Kept::WaitingFailures, self.keep_waiting_failures),
            (Kept::Erasures, self.keep_requests),
        ];
        let chores = chores.into_iter().filter(|(_, keep)| *keep != Keep::Forever);
        let chores = chores.map(|(what, keep)| Removal::new(Arc::clone(store), what, keep));
        Upkeep::start(chores.collect(), EVERY)
    }
}
