//! Advertising: to whom it goes, and to whom no more.

use conversation_state_core::State;

use super::super::script::{Act, Message, Outcome, Scene, Sender, Step};
use super::{EMILY, MONA, SPRING_SALE, denied, says};

const SALE: Act = Act::Send(
    Sender::System,
    Message::Template { template: &SPRING_SALE, parameters: &[], because: None },
);

pub(super) const MARKETING: Scene = Scene {
    title: "Advertising, to those who want it",
    steps: &[
        Step {
            at: "13:30",
            customer: &EMILY,
            what: "The spring sale begins, but nobody knows whether Emily wants to hear of it",
            act: SALE,
            outcome: denied("MARKETING_CONSENT_REQUIRED"),
            then: State::Bot,
        },
        Step {
            at: "13:40",
            customer: &EMILY,
            what: "Emily ticks a box in the web shop: she does",
            act: Act::OptsIn { source: "web-shop" },
            outcome: Outcome::Done,
            then: State::Bot,
        },
        Step {
            at: "13:41",
            customer: &EMILY,
            what: "Now it may go",
            act: SALE,
            outcome: Outcome::Allowed,
            then: State::Bot,
        },
        Step {
            at: "13:45",
            customer: &MONA,
            what: "Mona asks for offers",
            act: Act::CustomerWrites("هل لديكم عروض؟"),
            outcome: Outcome::Done,
            then: State::Bot,
        },
        Step {
            at: "13:45",
            customer: &MONA,
            what: "The bot knows where she can ask for them",
            act: says(Sender::Bot, "نعم، فعّلي استقبال العروض في متجرنا"),
            outcome: Outcome::Allowed,
            then: State::Bot,
        },
        Step {
            at: "13:46",
            customer: &MONA,
            what: "She ticks that box too",
            act: Act::OptsIn { source: "web-shop" },
            outcome: Outcome::Done,
            then: State::Bot,
        },
        Step {
            at: "13:50",
            customer: &MONA,
            what: "The platform pauses the template: too many blocked it. A webhook tells so",
            act: Act::PlatformSays("PAUSED", &SPRING_SALE),
            outcome: Outcome::Done,
            then: State::Bot,
        },
        Step {
            at: "13:51",
            customer: &MONA,
            what: "From then on it goes to nobody",
            act: SALE,
            outcome: denied("TEMPLATE_NOT_APPROVED"),
            then: State::Bot,
        },
    ],
};

pub(super) const ENOUGH: Scene = Scene {
    title: "Afternoon: enough of offers",
    steps: &[
        Step {
            at: "16:50",
            customer: &MONA,
            what: "After three hours the platform takes it again",
            act: Act::PlatformSays("APPROVED", &SPRING_SALE),
            outcome: Outcome::Done,
            then: State::Bot,
        },
        Step {
            at: "16:51",
            customer: &MONA,
            what: "But Mona has had enough of offers, and says so",
            act: Act::CustomerStops("توقف"),
            outcome: Outcome::Done,
            then: State::Bot,
        },
        Step {
            at: "16:51",
            customer: &MONA,
            what: "The bot has understood",
            act: says(Sender::Bot, "لن نرسل إليك عروضًا بعد الآن"),
            outcome: Outcome::Allowed,
            then: State::Bot,
        },
        Step {
            at: "16:52",
            customer: &MONA,
            what: "So she gets none",
            act: SALE,
            outcome: denied("MARKETING_OPTED_OUT"),
            then: State::Bot,
        },
    ],
};
