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
/// A repetition of what was done so long ago may be taken for something new.
const REMEMBERED: TimeDelta = TimeDelta::days(8);

/// For how long what is kept: `400d`, `36h` and so on, or `forever`. Conversations are kept until
/// their contact is erased.
#[derive(Debug, Clone, Copy, Args)]
pub struct Retention {
    /// How long events are kept; watchers can go on from what is younger. At least a day.
    #[arg(long, env = "AZEER_KEEP_EVENTS", value_name = "DURATION", default_value = "400d",
          value_parser = Keep::at_least(TimeDelta::days(1)))]
    pub keep_events: Keep,

    /// How long the notes of events are kept, which do not outlive them.
    #[arg(long, env = "AZEER_KEEP_NOTES", value_name = "DURATION", default_value = "400d",
          value_parser = Keep::at_least(TimeDelta::zero()))]
    pub keep_notes: Keep,

    /// How long messages are known by their ids: a repetition changes nothing, and sends may refer
    /// to them. At least 8 days.
    #[arg(long, env = "AZEER_KEEP_MESSAGES", value_name = "DURATION", default_value = "40d",
          value_parser = Keep::at_least(REMEMBERED))]
    pub keep_messages: Keep,

    /// How long request ids are known. At least 8 days, after which they mean nothing.
    #[arg(long, env = "AZEER_KEEP_REQUESTS", value_name = "DURATION", default_value = "9d",
          value_parser = Keep::at_least(REMEMBERED))]
    pub keep_requests: Keep,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            keep_events: Keep::days(400),
            keep_notes: Keep::days(400),
            keep_messages: Keep::days(40),
            keep_requests: Keep::days(9),
        }
    }
}

impl Retention {
    /// Everything is kept, and nobody looks.
    pub const FOREVER: Self = Self {
        keep_events: Keep::Forever,
        keep_notes: Keep::Forever,
        keep_messages: Keep::Forever,
        keep_requests: Keep::Forever,
    };

    /// Begins to remove what is no longer kept.
    pub(crate) fn start(&self, store: &Arc<Store>) -> Upkeep {
        let chores = [
            (Kept::Notes, self.keep_notes.min(self.keep_events)),
            (Kept::Events, self.keep_events),
            (Kept::Messages, self.keep_messages),
            (Kept::Requests, self.keep_requests),
        ];
        let chores = chores.into_iter().filter(|(_, keep)| *keep != Keep::Forever);
        let chores = chores.map(|(what, keep)| Removal::new(Arc::clone(store), what, keep));
        Upkeep::start(chores.collect(), EVERY)
    }
}
