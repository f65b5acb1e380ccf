//! Reads the components of one template, as they were approved, into what they require of a send.

use super::components::{Button, Components, Header, Parts, Variables};
use super::placeholders::{Format, has_variable, variables};
use crate::lenient::{Malformed, Node};

/// What the template as a whole says of how its components are read.
#[derive(Clone, Copy)]
pub(super) struct Reading {
    format: Format,
    /// Templates of one-time passwords: the platform words them, and mostly doesn't say how.
    authentication: bool,
}

impl Reading {
    pub(super) fn of(template: &Node<'_>, category: &str) -> Self {
        let format = template.text("parameter_format").unwrap_or_default();
        let format = match format.to_ascii_uppercase().as_str() {
            "NAMED" => Format::Named,
            "POSITIONAL" => Format::Positional,
            _ => Format::Unsaid,
        };
        Self { format, authentication: category.eq_ignore_ascii_case("AUTHENTICATION") }
    }

    pub(super) fn components(self, list: &Node<'_>) -> Result<Components, Malformed> {
        let mut components = Components::default();
        for component in list.elements()? {
            let kind = kind_of(&component)?;
            match kind.as_str() {
                "CAROUSEL" => components.cards = self.cards(&component.child("cards"))?,
                "LIMITED_TIME_OFFER" => {
                    let offer = component.child("limited_time_offer");
                    components.offer_expires =
                        offer.child("has_expiration").value().as_bool().unwrap_or_default();
                }
                _ if self.part(&mut components.message, &component, &kind)? => {}
                _ => components.others.push(kind.to_ascii_lowercase()),
            }
        }
        components.others.sort();
        if self.authentication && components.message.body.is_none() {
            components.message.body = Variables::positional(1);
        }
        Ok(components)
    }

    fn cards(self, cards: &Node<'_>) -> Result<Vec<Parts>, Malformed> {
        cards.elements()?.map(|card| self.card(&card.child("components"))).collect()
    }

    fn card(self, list: &Node<'_>) -> Result<Parts, Malformed> {
        let mut parts = Parts::default();
        for component in list.elements()? {
            let kind = kind_of(&component)?;
            self.part(&mut parts, &component, &kind)?;
        }
        Ok(parts)
    }

    /// Reads what a message and a card have alike; whether it is one of these.
    fn part(self, parts: &mut Parts, component: &Node<'_>, kind: &str) -> Result<bool, Malformed> {
        match kind {
            "HEADER" => parts.header = self.header(component)?,
            "BODY" => parts.body = self.body(component)?,
            "BUTTONS" => {
                let buttons = component.child("buttons").elements()?;
                parts.buttons =
                    buttons.map(|button| self.button(&button)).collect::<Result<_, _>>()?;
            }
            // It has no variables.
            "FOOTER" => {}
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn header(self, header: &Node<'_>) -> Result<Option<Header>, Malformed> {
        let format = header.text("format").unwrap_or("TEXT").to_ascii_uppercase();
        Ok(Some(match format.as_str() {
            "NONE" => return Ok(None),
            "TEXT" => Header::Text(variables(header.required_text("text")?, self.format)),
            "IMAGE" => Header::Image,
            "VIDEO" => Header::Video,
            "GIF" => Header::Gif,
            "DOCUMENT" => Header::Document,
            "LOCATION" => Header::Location,
            "PRODUCT" => Header::Product,
            _ => Header::Other,
        }))
    }

    fn body(self, body: &Node<'_>) -> Result<Variables, Malformed> {
        match body.text("text") {
            None if self.authentication => Ok(Variables::default()),
            _ => Ok(variables(body.required_text("text")?, self.format)),
        }
    }

    fn button(self, button: &Node<'_>) -> Result<Button, Malformed> {
        Ok(match kind_of(button)?.as_str() {
            "QUICK_REPLY" => Button::QuickReply,
            // What is created as a one-time password's button is listed as an address.
            "OTP" => Button::UrlWithVariable,
            "URL" if self.authentication => Button::UrlWithVariable,
            "URL" if button.text("url").is_some_and(has_variable) => Button::UrlWithVariable,
            "URL" => Button::Url,
            "COPY_CODE" => Button::CopyCode,
            "PHONE_NUMBER" => Button::PhoneNumber,
            "VOICE_CALL" => Button::VoiceCall,
            "FLOW" => Button::Flow,
            "CATALOG" => Button::Catalog,
            "MPM" => Button::MultiProduct,
            "SPM" => Button::SingleProduct,
            "ORDER_DETAILS" => Button::OrderDetails,
            _ => Button::Other,
        })
    }
}

fn kind_of(component: &Node<'_>) -> Result<String, Malformed> {
    component.object()?.required_text("type").map(str::to_ascii_uppercase)
}
