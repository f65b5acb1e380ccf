//! Calls (`calls[]` of the `calls` field): only a customer's call is of interest, whichever event
//! of it arrives.

use super::change::Change;
use super::contacts::IdKeys;
use super::item::{Call, Channel, Content};
use super::skip::Skip;
use crate::lenient::{Malformed, Node};

pub(super) fn read(change: &Change<'_>, call: &Node<'_>) -> Result<Content, Malformed> {
    let channel = change.channel()?;
    if by_business(call, &channel) {
        return Ok(Skip::BusinessCall.into());
    }
    let caller = change.person(call, IdKeys::FROM)?;
    Ok(Content::Call(Call {
        channel,
        contact: caller.ids,
        contact_name: caller.name,
        call_id: call.required_id("id")?,
        timestamp: call.seconds("timestamp")?,
    }))
}

/// Whether the business made the call: `direction` says so, or else the caller's number does.
fn by_business(call: &Node<'_>, channel: &Channel) -> bool {
    match call.text("direction") {
        Some("USER_INITIATED") => false,
        Some("BUSINESS_INITIATED") => true,
        _ => call.id("from").is_some_and(|from| {
            let display = channel.display_phone_number.as_deref().unwrap_or_default();
            from == channel.phone_number_id || same_digits(&from, display)
        }),
    }
}

/// Numbers for display come with spaces, dashes and a `+`, or without.
fn same_digits(a: &str, b: &str) -> bool {
    fn digits(number: &str) -> impl Iterator<Item = char> {
        number.chars().filter(char::is_ascii_digit)
    }
    digits(a).next().is_some() && digits(a).eq(digits(b))
}
