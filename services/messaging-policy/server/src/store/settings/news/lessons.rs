//! What the errors of sends change. They tell what the platform does, each in its own time: a back-off
//! of seconds says nothing against a halt, and no clock that is ahead says anything against either.

use azeer_domain::{ChannelId, Time};
use chrono::TimeDelta;
use messaging_policy_core::lesson;

use super::plan::{Plan, of_restriction, subject};
use super::{Fact, News};

/// What the failure of a send taught.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::store) enum Taught {
    /// Something of a template.
    OfTemplate(Fact),
    /// A number may not send.
    Restricted {
        /// The number.
        channel: ChannelId,
        /// How long from the failure on; none: until that is lifted.
        lasting: Option<TimeDelta>,
        /// Why.
        reason: String,
    },
}

impl Taught {
    /// What it is about.
    pub(super) fn subject(&self) -> String {
        match self {
            Self::OfTemplate(fact) => subject(fact),
            Self::Restricted { channel, .. } => of_restriction(channel),
        }
    }
}

// === impl Plan ===

impl Plan<'_> {
    /// Learns from a failure that happened at an instant.
    pub(super) fn take(&mut self, taught: &Taught, at: Time) {
        let known = self.told.get(&taught.subject()).map(|told| told.at);
        match taught {
            Taught::OfTemplate(fact) => {
                // What was told ahead of time was told before now, whatever it says.
                let told_at = Some(at).filter(|_| known.is_none_or(|known| known <= self.now));
                self.learn(&News { told_at, fact: fact.clone() });
            }
            Taught::Restricted { channel, lasting, reason } => {
                if known.is_none_or(|set_at| set_at < at) {
                    self.restrict(channel, *lasting, reason, at);
                }
            }
        }
    }

    /// Of all restrictions that failures teach the one that lasts longest holds, in whatever order
    /// they come.
    fn restrict(
        &mut self,
        channel: &ChannelId,
        lasting: Option<TimeDelta>,
        reason: &str,
        at: Time,
    ) {
        let held = self.senders.known(channel).facts.restriction;
        let restriction = lesson::restriction(lasting, held.as_ref(), at, self.now);
        if let Some(restriction) = restriction {
            let restriction = Some((restriction, reason.to_owned()));
            self.apply(&Fact::NumberRestricted { channel: channel.clone(), restriction });
        }
    }
}
