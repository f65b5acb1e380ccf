//! The components of a send, each in its place: what `check` compares with the approved ones. What
//! is given twice counts once.

use std::collections::BTreeMap;

use super::check::Findings;
use super::mismatch::Problem;
use crate::send::{SentButton, SentCard, SentComponent, SentParameter};

/// The components for a message, or for one card.
#[derive(Default)]
pub(super) struct Given<'a> {
    pub(super) header: Option<&'a [SentParameter]>,
    pub(super) body: Option<&'a [SentParameter]>,
    pub(super) buttons: BTreeMap<u32, &'a SentButton>,
    pub(super) carousel: Option<&'a [SentCard]>,
    pub(super) offer: Option<&'a [SentParameter]>,
    pub(super) others: Vec<&'a str>,
}

impl<'a> Given<'a> {
    pub(super) fn sort(components: &'a [SentComponent], findings: &mut Findings<'_>) -> Self {
        let mut given = Self::default();
        for component in components {
            let (is_first, place) = match component {
                SentComponent::Header(header) => (put(&mut given.header, header), "header"),
                SentComponent::Body(body) => (put(&mut given.body, body), "body"),
                SentComponent::Carousel(cards) => (put(&mut given.carousel, cards), "carousel"),
                SentComponent::LimitedTimeOffer(offer) => {
                    (put(&mut given.offer, offer), "limited_time_offer")
                }
                SentComponent::Button(button) => {
                    given.put_button(button, findings);
                    continue;
                }
                SentComponent::Other(kind) => {
                    given.others.push(kind);
                    continue;
                }
            };
            if !is_first {
                findings.add(place, Problem::Duplicate);
            }
        }
        given
    }

    fn put_button(&mut self, button: &'a SentButton, findings: &mut Findings<'_>) {
        let SentButton { index, .. } = button;
        if self.buttons.contains_key(index) {
            findings.add(&format!("button[{index}]"), Problem::Duplicate);
        } else {
            self.buttons.insert(*index, button);
        }
    }
}

/// Puts what is given in its place, if nothing is there yet; whether it did.
fn put<'a, T>(place: &mut Option<&'a [T]>, given: &'a [T]) -> bool {
    let free = place.is_none();
    place.get_or_insert(given);
    free
}
