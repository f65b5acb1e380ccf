//! What a message is, by its `type`, and what the platform requires of each type. Only what it
//! could not send without is required: everything else is the platform's to judge.

use serde_json::Value;

use super::components::{self, SentComponent};
use super::faults::Faults;
use crate::lenient::{Malformed, Node};

/// What is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendContent {
    /// Any message that the platform takes inside the customer's window only.
    FreeForm(FreeFormKind),
    /// An approved template with its parameters.
    Template(SentTemplate),
}

/// The kinds of free-form message.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "named as the platform's types are")]
pub enum FreeFormKind {
    Text,
    Image,
    Audio,
    Video,
    Document,
    Sticker,
    Location,
    Contacts,
    /// An emoji on a message, or its removal.
    Reaction,
    /// Buttons, lists, products, flows, requests for a location or a call, payments: whatever its
    /// own `type` says.
    Interactive,
    /// A type that is not known yet, by its name: lower-case letters, digits and underscores.
    Other(String),
}

/// A template as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentTemplate {
    /// Its name, as written.
    pub name: String,
    /// The code of its language, as written.
    pub language: String,
    /// Its parameters, component by component.
    pub components: Vec<SentComponent>,
}

/// What a content must hold; what it lacks is noted.
type Judge = fn(&Node<'_>, &mut Faults);

/// Each free-form type, which is also the key of its content.
const FREE_FORM: [(&str, FreeFormKind, Judge); 10] = [
    ("text", FreeFormKind::Text, text),
    ("image", FreeFormKind::Image, media),
    ("audio", FreeFormKind::Audio, media),
    ("video", FreeFormKind::Video, media),
    ("document", FreeFormKind::Document, media),
    ("sticker", FreeFormKind::Sticker, media),
    ("location", FreeFormKind::Location, location),
    ("contacts", FreeFormKind::Contacts, contacts),
    ("reaction", FreeFormKind::Reaction, reaction),
    ("interactive", FreeFormKind::Interactive, interactive),
];

const TEMPLATE: &str = "template";

pub(super) fn read(root: &Node<'_>, faults: &mut Faults) -> Option<SendContent> {
    let name = faults.note(type_name(root))?;
    if name == TEMPLATE {
        return template(&root.child(TEMPLATE), faults).map(SendContent::Template);
    }
    // With a category the platform makes a template of the message and sends it as that, outside
    // of the window too. That is neither free-form nor a template that anyone approved.
    if !root.child("category").is_blank() {
        faults.add(root.malformed("category", "absent: only approved templates have one"));
    }
    let kind = match FREE_FORM.into_iter().find(|(known, ..)| *known == name) {
        Some((_, kind, judge)) => {
            judge(&root.child(&name), faults);
            kind
        }
        None => FreeFormKind::Other(name),
    };
    Some(SendContent::FreeForm(kind))
}

/// The `type`; where it is missing, the one content that is there tells it.
fn type_name(root: &Node<'_>) -> Result<String, Malformed> {
    if root.child("type").is_blank() {
        return inferred_type(root);
    }
    let name = root.required_text("type")?.to_ascii_lowercase();
    let known = name == TEMPLATE || FREE_FORM.iter().any(|(known, ..)| *known == name);
    let of_its_own = || is_name(&name) && is_content(root.child(&name).value());
    if known || of_its_own() {
        Ok(name)
    } else {
        Err(root.malformed("type", "a type that is known, or the name of a content that is there"))
    }
}

fn inferred_type(root: &Node<'_>) -> Result<String, Malformed> {
    let types = FREE_FORM.iter().map(|(name, ..)| *name).chain([TEMPLATE]);
    let mut there = types.filter(|name| root.has(name));
    match (there.next(), there.next()) {
        (Some(only), None) => Ok(only.to_owned()),
        _ => {
            Err(root.malformed("type", "given, where there is not exactly one content to tell it"))
        }
    }
}

/// A name as the platform makes them, which can be told without telling anything of a person.
fn is_name(name: &str) -> bool {
    name.len() <= 64
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
}

fn is_content(value: &Value) -> bool {
    value.is_object() || value.is_array()
}

fn template(template: &Node<'_>, faults: &mut Faults) -> Option<SentTemplate> {
    faults.note(template.object())?;
    let name = faults.note(template.required_text("name"));
    let language = faults.note(template.child("language").required_text("code"));
    let components = components::read(&template.child("components"), faults);
    Some(SentTemplate { name: name?.to_owned(), language: language?.to_owned(), components })
}

fn text(text: &Node<'_>, faults: &mut Faults) {
    if faults.note(text.object()).is_some() {
        faults.note(text.required_text("body"));
    }
}

fn media(media: &Node<'_>, faults: &mut Faults) {
    if faults.note(media.object()).is_some() && !has_media(media) {
        faults.add(media.malformed("id", "the id of a media, where no link is given"));
    }
}

/// Whether it names a media: by id, or by a link.
pub(super) fn has_media(media: &Node<'_>) -> bool {
    media.id("id").is_some() || media.text("link").is_some()
}

fn location(location: &Node<'_>, faults: &mut Faults) {
    if faults.note(location.object()).is_none() {
        return;
    }
    for key in ["latitude", "longitude"] {
        if !is_degrees(location, key) {
            faults.add(location.malformed(key, "a number of degrees"));
        }
    }
}

/// Whether it is a number, or a string of one.
pub(super) fn is_degrees(location: &Node<'_>, key: &str) -> bool {
    match location.child(key).value() {
        Value::Number(_) => true,
        Value::String(text) => text.trim().parse::<f64>().is_ok_and(f64::is_finite),
        _ => false,
    }
}

fn contacts(contacts: &Node<'_>, faults: &mut Faults) {
    let Some(mut cards) = faults.note(contacts.elements()) else { return };
    if cards.next().is_none() {
        faults.add(contacts.must_be("an array of at least one contact"));
    }
}

fn reaction(reaction: &Node<'_>, faults: &mut Faults) {
    if faults.note(reaction.object()).is_none() {
        return;
    }
    faults.note(reaction.required_text("message_id"));
    if !reaction.child("emoji").value().is_string() {
        faults.add(reaction.malformed("emoji", "an emoji, or an empty string to take it away"));
    }
}

fn interactive(interactive: &Node<'_>, faults: &mut Faults) {
    if faults.note(interactive.object()).is_some() {
        faults.note(interactive.required_text("type"));
        faults.note(interactive.child("action").object());
    }
}
