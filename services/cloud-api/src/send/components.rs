//! The components of a template as it is sent: which of them get which parameters. Whether the
//! template has such components is judged elsewhere, against what was approved.

use super::MalformedSend;
use super::faults::Faults;
use super::parameter::{self, SentParameter};
use crate::lenient::Node;

/// The parameters for one component of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SentComponent {
    /// For the header.
    Header(Vec<SentParameter>),
    /// For the body.
    Body(Vec<SentParameter>),
    /// For one button.
    Button(SentButton),
    /// For the cards of a carousel.
    Carousel(Vec<SentCard>),
    /// When the offer ends.
    LimitedTimeOffer(Vec<SentParameter>),
    /// A component that is not known, by its type in lower case.
    Other(String),
}

/// The parameters for one button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentButton {
    /// Its place among the buttons, from 0.
    pub index: u32,
    /// What the sender takes it for (`sub_type`), in lower case.
    pub sub_type: String,
    /// Mostly one, or none.
    pub parameters: Vec<SentParameter>,
}

/// The components of one card of a carousel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentCard {
    /// Its place in the carousel, from 0.
    pub index: u32,
    /// A header, a body, buttons.
    pub components: Vec<SentComponent>,
}

/// Reads `components` alone, a JSON array as a template's send has it. No bytes are no components.
pub fn parse_sent_components(components: &[u8]) -> Result<Vec<SentComponent>, MalformedSend> {
    if components.is_empty() {
        return Ok(Vec::new());
    }
    let value = super::read(components)?;
    let mut faults = Faults::default();
    let components = read(&Node::named(&value, "components"), &mut faults);
    if faults.is_empty() { Ok(components) } else { Err(faults.into()) }
}

/// All components that can be read; what is wrong with the others is noted.
pub(super) fn read(components: &Node<'_>, faults: &mut Faults) -> Vec<SentComponent> {
    list(components, faults, component)
}

/// Reads each element of a list; a list that is missing is an empty one.
pub(super) fn list<T>(
    list: &Node<'_>,
    faults: &mut Faults,
    read: fn(&Node<'_>, &mut Faults) -> Option<T>,
) -> Vec<T> {
    if list.is_absent() {
        return Vec::new();
    }
    let elements = faults.note(list.elements());
    elements.into_iter().flatten().filter_map(|element| read(&element, faults)).collect()
}

fn component(component: &Node<'_>, faults: &mut Faults) -> Option<SentComponent> {
    faults.note(component.object())?;
    let kind = faults.note(component.required_text("type"))?.to_ascii_lowercase();
    let mut parameters = || list(&component.child("parameters"), faults, parameter::read);
    Some(match kind.as_str() {
        "header" => SentComponent::Header(parameters()),
        "body" => SentComponent::Body(parameters()),
        "limited_time_offer" => SentComponent::LimitedTimeOffer(parameters()),
        "button" => {
            let parameters = parameters();
            SentComponent::Button(button(component, parameters, faults)?)
        }
        "carousel" => SentComponent::Carousel(list(&component.child("cards"), faults, card)),
        _ => SentComponent::Other(kind),
    })
}

fn button(
    button: &Node<'_>,
    parameters: Vec<SentParameter>,
    faults: &mut Faults,
) -> Option<SentButton> {
    let sub_type = faults.note(button.required_text("sub_type"));
    let index = faults.note(button.position("index"));
    Some(SentButton { index: index?, sub_type: sub_type?.to_ascii_lowercase(), parameters })
}

fn card(card: &Node<'_>, faults: &mut Faults) -> Option<SentCard> {
    faults.note(card.object())?;
    let index = faults.note(card.position("card_index"));
    let components = read(&card.child("components"), faults);
    Some(SentCard { index: index?, components })
}
