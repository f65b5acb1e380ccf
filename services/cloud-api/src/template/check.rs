//! Holds a send's parameters against the approved components, and gathers every difference. A
//! header or button of a kind that is not known is the platform's to judge.

use std::collections::BTreeSet;

use super::components::{Components, Header, Parts, Variables};
use super::given::Given;
use super::mismatch::{Mismatch, Problem};
use super::{buttons, carousel};
use crate::send::{ParameterType, SentComponent, SentParameter, SentValue};

/// How many differences are told: more than anybody reads.
const MOST_MISMATCHES: usize = 100;

/// Tells where a tap on the message leads; any template may be sent with it.
const TAP_TARGET: &str = "tap_target_configuration";

impl Components {
    /// Every way in which the parameters of a send differ from what was approved, each told once:
    /// none, if they fit. A component that needs no parameters may be left out. Of more than a
    /// hundred differences, the first hundred.
    #[must_use]
    pub fn check(&self, given: &[SentComponent]) -> Vec<Mismatch> {
        let mut mismatches = Vec::new();
        let mut findings = Findings { prefix: String::new(), mismatches: &mut mismatches };
        let given = Given::sort(given, &mut findings);
        check_parts(&self.message, &given, &mut findings);
        carousel::check(&self.cards, given.carousel.unwrap_or_default(), &mut findings);
        self.check_offer(given.offer.unwrap_or_default(), &mut findings);
        for kind in given.others {
            if kind != TAP_TARGET && !self.others.iter().any(|known| known == kind) {
                findings.add(place_of(kind), Problem::UnexpectedComponent);
            }
        }
        mismatches
    }

    fn check_offer(&self, given: &[SentParameter], findings: &mut Findings<'_>) {
        if self.offer_expires {
            check_only("limited_time_offer", ParameterType::LimitedTimeOffer, given, findings);
        } else if !given.is_empty() {
            findings.add("limited_time_offer", Problem::UnexpectedComponent);
        }
    }
}

/// Checks what a message and a card have alike.
pub(super) fn check_parts(approved: &Parts, given: &Given<'_>, findings: &mut Findings<'_>) {
    check_header(approved.header.as_ref(), given.header.unwrap_or_default(), findings);
    check_text("body", &approved.body, given.body.unwrap_or_default(), findings);
    for (index, button) in (0..).zip(&approved.buttons) {
        let place = format!("button[{index}]");
        buttons::check(*button, given.buttons.get(&index).copied(), &place, findings);
    }
    for index in given.buttons.keys() {
        if usize::try_from(*index).map_or(true, |index| index >= approved.buttons.len()) {
            findings.add(&format!("button[{index}]"), Problem::UnexpectedComponent);
        }
    }
}

fn check_header(approved: Option<&Header>, given: &[SentParameter], findings: &mut Findings<'_>) {
    let expected = match approved {
        Some(Header::Text(variables)) => return check_text("header", variables, given, findings),
        Some(Header::Other) => return,
        None if given.is_empty() => return,
        None => return findings.add("header", Problem::UnexpectedComponent),
        Some(Header::Image) => ParameterType::Image,
        Some(Header::Video) => ParameterType::Video,
        Some(Header::Gif) => ParameterType::Gif,
        Some(Header::Document) => ParameterType::Document,
        Some(Header::Location) => ParameterType::Location,
        Some(Header::Product) => ParameterType::Product,
    };
    check_only("header", expected, given, findings);
}

/// Checks a component that takes one parameter, and one only.
pub(super) fn check_only(
    place: &str,
    expected: ParameterType,
    given: &[SentParameter],
    findings: &mut Findings<'_>,
) {
    if given.len() != 1 {
        findings.add(place, count(1, given.len()));
    }
    for parameter in given {
        check_value(place, &[expected], parameter, findings);
    }
}

fn check_text(
    place: &str,
    variables: &Variables,
    given: &[SentParameter],
    findings: &mut Findings<'_>,
) {
    match variables {
        Variables::Positional(expected) => {
            if Variables::positional(given.len()) != *variables {
                findings
                    .add(place, Problem::Count { expected: *expected, given: small(given.len()) });
            }
            let is_number = |name: &str| name.bytes().all(|byte| byte.is_ascii_digit());
            let names = given.iter().filter_map(|parameter| parameter.name.as_deref());
            for _ in names.filter(|name| !is_number(name)) {
                findings.add(place, Problem::UnknownName);
            }
        }
        Variables::Named(names) => check_names(place, names, given, findings),
    }
    for parameter in given {
        use ParameterType::{Currency, DateTime, Text};
        check_value(place, &[Text, Currency, DateTime], parameter, findings);
    }
}

fn check_names(
    place: &str,
    names: &[String],
    given: &[SentParameter],
    findings: &mut Findings<'_>,
) {
    let known: BTreeSet<&str> = names.iter().map(String::as_str).collect();
    let mut seen = BTreeSet::new();
    for parameter in given {
        match parameter.name.as_deref() {
            None => findings.add(place, Problem::Unnamed),
            Some(name) if !seen.insert(name) => findings.add(place, Problem::Duplicate),
            Some(name) if !known.contains(name) => {
                findings.add(place, Problem::UnknownName);
            }
            Some(_) => {}
        }
    }
    for name in names.iter().filter(|name| !seen.contains(name.as_str())) {
        findings.add(place, Problem::MissingName(name.clone()));
    }
}

/// Checks that a parameter is of one of the types, the first of which is told, and can be used.
fn check_value(
    place: &str,
    expected: &[ParameterType],
    parameter: &SentParameter,
    findings: &mut Findings<'_>,
) {
    let given = parameter.kind;
    if !expected.contains(&given) {
        let expected = expected.first().copied().unwrap_or(ParameterType::Unknown);
        findings.add(place, Problem::WrongType { expected, given });
        return;
    }
    match parameter.value {
        SentValue::Missing => findings.add(place, Problem::MissingValue),
        SentValue::BadText => findings.add(place, Problem::BadText),
        SentValue::Given | SentValue::Products => {}
    }
}

pub(super) fn count(expected: usize, given: usize) -> Problem {
    Problem::Count { expected: small(expected), given: small(given) }
}

fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The place of a component that no template has. A name that is not the platform's might be a value
/// in the wrong place.
pub(super) fn place_of(kind: &str) -> &'static str {
    ["footer", "buttons"].into_iter().find(|known| *known == kind).unwrap_or("component")
}

/// The differences found so far, and the place below which others are found.
pub(super) struct Findings<'a> {
    prefix: String,
    mismatches: &'a mut Vec<Mismatch>,
}

// === impl Findings ===

impl Findings<'_> {
    /// Adds a difference, if it is not there yet.
    pub(super) fn add(&mut self, place: &str, problem: Problem) {
        let mismatch = Mismatch { place: format!("{}{place}", self.prefix), problem };
        if self.mismatches.len() < MOST_MISMATCHES && !self.mismatches.contains(&mismatch) {
            self.mismatches.push(mismatch);
        }
    }

    pub(super) fn below(&mut self, place: &str) -> Findings<'_> {
        Findings { prefix: format!("{}{place}.", self.prefix), mismatches: self.mismatches }
    }
}
