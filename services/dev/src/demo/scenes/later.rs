//! From noon to the next morning.

use azeer_proto::policy::v1::JustificationReason;
use conversation_state_core::State;

use super::super::script::{Act, Because, Message, Outcome, Scene, Sender, Step};
use super::{
    ADAM, EMILY, KHALID, KHALID_89, LAYLA, ORDER_SHIPPED, REFUND_SENT, SARA, denied, says,
};

pub(super) const PHONE_APP: Scene = Scene {
    title: "Noon: the owner's phone",
    steps: &[
        Step {
            at: "12:10",
            customer: &EMILY,
            what: "Emily asks about shipping",
            act: Act::CustomerWrites("Hi! Do you ship to Dubai?"),
            outcome: Outcome::Done,
            then: State::Bot,
        },
        Step {
            at: "12:11",
            customer: &EMILY,
            what: "The owner replies from the phone app: a person has it now",
            act: Act::PhoneAppWrites("We do! It takes two days."),
            outcome: Outcome::Done,
            then: State::Open,
        },
        Step {
            at: "12:11",
            customer: &EMILY,
            what: "The platform delivers that webhook a second time",
            act: Act::WebhookAgain,
            outcome: Outcome::Duplicate,
            then: State::Open,
        },
        Step {
            at: "12:15",
            customer: &EMILY,
            what: "Omar returns the conversation to the bot",
            act: Act::ReturnToBot { agent: "omar" },
            outcome: Outcome::Done,
            then: State::Bot,
        },
        Step {
            at: "12:20",
            customer: &EMILY,
            what: "Emily has a question that the bot knows",
            act: Act::CustomerWrites("Great. When are you open?"),
            outcome: Outcome::Done,
            then: State::Bot,
        },
        Step {
            at: "12:20",
            customer: &EMILY,
            what: "The bot answers",
            act: says(Sender::Bot, "Every day but Friday, 9 to 18."),
            outcome: Outcome::Allowed,
            then: State::Bot,
        },
        Step {
            at: "13:00",
            customer: &ADAM,
            what: "The shop tells Adam that his order is on its way. He never wrote: no window",
            act: Act::Send(
                Sender::System,
                Message::Template {
                    template: &ORDER_SHIPPED,
                    parameters: &["1077"],
                    because: Some(Because {
                        reason: JustificationReason::OrderUpdate,
                        reference: "1077",
                        note: "The parcel left the warehouse",
                    }),
                },
            ),
            outcome: Outcome::Allowed,
            then: State::Expired,
        },
    ],
};

pub(super) const WORDS: Scene = Scene {
    title: "Words that find their team, and one person with two ids",
    steps: &[
        Step {
            at: "14:00",
            customer: &KHALID,
            what: "Khalid asks for technical support: past the bot, straight to that team",
            act: Act::CustomerWrites("للدعم الفني لو سمحتم"),
            outcome: Outcome::Done,
            then: State::Open,
        },
        Step {
            at: "14:01",
            customer: &KHALID_89,
            what: "Somebody with a username, whose number is not told, asks for sales",
            act: Act::CustomerWrites("المَبِيعَات please"),
            outcome: Outcome::Done,
            then: State::Open,
        },
        Step {
            at: "14:02",
            customer: &KHALID,
            what: "It was Khalid: the platform tells both ids, and the two conversations become one",
            act: Act::CustomerWritesAs("I have both accounts", &KHALID_89),
            outcome: Outcome::Done,
            then: State::Open,
        },
        Step {
            at: "14:05",
            customer: &KHALID,
            what: "Omar answers: it works again",
            act: says(Sender::Agent("omar"), "أهلًا خالد، حسابك يعمل الآن"),
            outcome: Outcome::Allowed,
            then: State::Open,
        },
        Step {
            at: "14:06",
            customer: &KHALID,
            what: "Omar closes: solved",
            act: Act::Close { agent: "omar", acknowledge_unanswered: false },
            outcome: Outcome::Done,
            then: State::Closed,
        },
    ],
};

pub(super) const REOPENING: Scene = Scene {
    title: "Afternoon: a closed conversation comes back",
    steps: &[
        Step {
            at: "16:40",
            customer: &SARA,
            what: "Sara writes again: it reopens, with Noor",
            act: Act::CustomerWrites("وصل الطلب لكن ينقصه منتج"),
            outcome: Outcome::Done,
            then: State::Open,
        },
        Step {
            at: "16:42",
            customer: &SARA,
            what: "Noor answers: it is sent tomorrow",
            act: says(Sender::Agent("noor"), "نعتذر منك، نرسل المنتج الناقص غدًا"),
            outcome: Outcome::Allowed,
            then: State::Open,
        },
    ],
};

pub(super) const NEXT_DAY: Scene = Scene {
    title: "The next day: a window ends by itself",
    steps: &[
        Step {
            at: "08:50",
            customer: &LAYLA,
            what: "Layla wrote nothing more: her window has ended, nobody did anything",
            act: Act::WindowEnds,
            outcome: Outcome::Done,
            then: State::Expired,
        },
        Step {
            at: "09:08",
            customer: &LAYLA,
            what: "Omar writes to her in his own words: too late for that",
            act: says(Sender::Agent("omar"), "مرحبًا ليلى، أرسلنا المبلغ اليوم"),
            outcome: denied("WINDOW_EXPIRED"),
            then: State::Expired,
        },
        Step {
            at: "09:09",
            customer: &LAYLA,
            what: "He takes one of the templates that may go, and gives no reason",
            act: Act::Send(
                Sender::Agent("omar"),
                Message::Template { template: &REFUND_SENT, parameters: &["350"], because: None },
            ),
            outcome: denied("JUSTIFICATION_REQUIRED"),
            then: State::Expired,
        },
        Step {
            at: "09:10",
            customer: &LAYLA,
            what: "With a reason it may go: recorded, but it opens no window",
            act: Act::Send(
                Sender::Agent("omar"),
                Message::Template {
                    template: &REFUND_SENT,
                    parameters: &["350"],
                    because: Some(Because {
                        reason: JustificationReason::PaymentUpdate,
                        reference: "R-88",
                        note: "المبلغ الذي سألت عنه أُرسل اليوم",
                    }),
                },
            ),
            outcome: Outcome::Allowed,
            then: State::Expired,
        },
        Step {
            at: "09:30",
            customer: &LAYLA,
            what: "Layla's answer opens it again",
            act: Act::CustomerWrites("وصلني المبلغ، شكرًا لكم"),
            outcome: Outcome::Done,
            then: State::Open,
        },
        Step {
            at: "09:31",
            customer: &LAYLA,
            what: "Omar writes to her in his own words, as before",
            act: says(Sender::Agent("omar"), "على الرحب والسعة"),
            outcome: Outcome::Allowed,
            then: State::Open,
        },
        Step {
            at: "09:32",
            customer: &LAYLA,
            what: "Omar closes: the refund is settled",
            act: Act::Close { agent: "omar", acknowledge_unanswered: false },
            outcome: Outcome::Done,
            then: State::Closed,
        },
    ],
};
