//! What each kind of button takes in a send. As documented, but for what people found out: a flow's
//! button must be named even if it gets nothing.

use super::check::{Findings, check_only, count};
use super::components::Button;
use super::mismatch::Problem;
use crate::send::{ParameterType, SentButton, SentValue};

/// What a send says for a button.
enum Takes {
    /// Nothing.
    Nothing,
    /// A parameter, or nothing.
    Perhaps(ParameterType),
    /// A parameter or none, but the button must be named.
    Mention(ParameterType),
    /// A parameter.
    One(ParameterType),
    /// Whatever there is: the platform judges.
    Anything,
}

pub(super) fn check(
    approved: Button,
    given: Option<&SentButton>,
    place: &str,
    findings: &mut Findings<'_>,
) {
    let (sub_type, takes) = requirement(approved);
    let Some(given) = given else {
        return match takes {
            Takes::One(_) => findings.add(place, count(1, 0)),
            Takes::Mention(_) => findings.add(place, Problem::MissingComponent),
            Takes::Nothing | Takes::Perhaps(_) | Takes::Anything => {}
        };
    };
    if sub_type.is_some_and(|sub_type| sub_type != given.sub_type) {
        return findings.add(place, Problem::WrongButton);
    }
    let parameters = given.parameters.as_slice();
    match takes {
        Takes::Anything => {}
        Takes::Nothing => {
            if !parameters.is_empty() {
                findings.add(place, count(0, parameters.len()));
            }
        }
        Takes::Perhaps(_) | Takes::Mention(_) if parameters.is_empty() => {}
        Takes::Perhaps(kind) | Takes::Mention(kind) | Takes::One(kind) => {
            check_only(place, kind, parameters, findings);
        }
    }
    let lists_nothing = parameters.iter().any(|parameter| parameter.value == SentValue::Given);
    if approved == Button::MultiProduct && lists_nothing {
        findings.add(place, Problem::MissingValue);
    }
}

/// The `sub_type` that a send names the button by, where that is known, and what it takes.
fn requirement(button: Button) -> (Option<&'static str>, Takes) {
    use ParameterType::{Action, CouponCode, Payload, Text};
    let (sub_type, takes) = match button {
        Button::QuickReply => ("quick_reply", Takes::Perhaps(Payload)),
        Button::Url => ("url", Takes::Nothing),
        Button::UrlWithVariable => ("url", Takes::One(Text)),
        Button::CopyCode => ("copy_code", Takes::One(CouponCode)),
        Button::PhoneNumber => ("phone_number", Takes::Nothing),
        Button::VoiceCall => ("voice_call", Takes::Anything),
        Button::Flow => ("flow", Takes::Mention(Action)),
        Button::Catalog => ("catalog", Takes::Perhaps(Action)),
        Button::MultiProduct => ("mpm", Takes::One(Action)),
        Button::SingleProduct => ("spm", Takes::Nothing),
        Button::OrderDetails => ("order_details", Takes::One(Action)),
        Button::Other => return (None, Takes::Anything),
    };
    (Some(sub_type), takes)
}
