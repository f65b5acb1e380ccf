//! The cards of a carousel: how many there must be, and each against the approved one.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use super::check::{Findings, check_parts, count, place_of};
use super::components::{Header, Parts};
use super::given::Given;
use super::mismatch::Problem;
use crate::send::{SentCard, SentComponent};

/// How many cards of products there may be, all like the approved ones. A carousel of media has as
/// many cards as were approved.
const PRODUCT_CARDS: RangeInclusive<usize> = 2..=10;

pub(super) fn check(approved: &[Parts], given: &[SentCard], findings: &mut Findings<'_>) {
    let Some(first) = approved.first() else {
        if !given.is_empty() {
            findings.add("carousel", Problem::UnexpectedComponent);
        }
        return;
    };
    let of_products = first.header == Some(Header::Product);
    let may_be = if of_products { PRODUCT_CARDS } else { approved.len()..=approved.len() };
    if !may_be.contains(&given.len()) {
        findings.add("carousel", count(approved.len(), given.len()));
    }
    let mut seen = BTreeSet::new();
    for SentCard { index, components } in given {
        let place = format!("card[{index}]");
        let known = usize::try_from(*index).ok().and_then(|index| approved.get(index));
        if !seen.insert(index) {
            findings.add(&place, Problem::Duplicate);
        } else if let Some(card) = known.or(of_products.then_some(first)) {
            check_card(card, components, &mut findings.below(&place));
        } else {
            findings.add(&place, Problem::UnexpectedComponent);
        }
    }
}

fn check_card(card: &Parts, given: &[SentComponent], findings: &mut Findings<'_>) {
    let given = Given::sort(given, findings);
    check_parts(card, &given, findings);
    if given.carousel.is_some() {
        findings.add("carousel", Problem::UnexpectedComponent);
    }
    if given.offer.is_some() {
        findings.add("limited_time_offer", Problem::UnexpectedComponent);
    }
    for kind in &given.others {
        findings.add(place_of(kind), Problem::UnexpectedComponent);
    }
}
