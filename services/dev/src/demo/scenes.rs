//! The story: a day of a support team and the morning after, as data. To add to it, add steps, or
//! a scene to [`STORY`].

mod later;
mod offers;

use std::borrow::Cow;

use conversation_state_core::State;

use super::script::{Act, Customer, Line, Message, Outcome, Scene, Sender, Step, Template};
use later::{NEXT_DAY, PHONE_APP, REOPENING, WORDS};
use offers::{ENOUGH, MARKETING};

const SHOP: Line = Line {
    channel_id: "1065",
    name: "the shop's number",
    bot_enabled: true,
    window_seconds: 86_400,
    routes: &[(&["الدعم الفني", "support"], "support"), (&["مبيعات", "sales"], "sales")],
};
/// Short windows: one of them is to end before the reader's eyes. Not so short that it ends before
/// its turn on a busy machine.
const RETURNS: Line = Line {
    channel_id: "2077",
    name: "the number for returns",
    bot_enabled: false,
    window_seconds: 6,
    routes: &[],
};

/// All lines of the business.
pub(super) const LINES: &[&Line] = &[&SHOP, &RETURNS];

const SARA: Customer =
    Customer { name: "سارة", contact_id: "966500000001", line: &SHOP, language: "ar" };
const EMILY: Customer =
    Customer { name: "Emily", contact_id: "447700900002", line: &SHOP, language: "en" };
const ADAM: Customer =
    Customer { name: "Adam", contact_id: "447700900003", line: &SHOP, language: "en" };
const LAYLA: Customer =
    Customer { name: "ليلى", contact_id: "966500000004", line: &RETURNS, language: "ar" };
const KHALID: Customer =
    Customer { name: "خالد", contact_id: "966500000005", line: &SHOP, language: "ar" };
const MONA: Customer =
    Customer { name: "منى", contact_id: "966500000006", line: &SHOP, language: "ar" };
/// Khalid too, as the platform names people who go by a username.
const KHALID_89: Customer =
    Customer { name: "khalid_89", contact_id: "SA.1349120", line: &SHOP, language: "ar" };

const ORDER_SHIPPED: Template = Template {
    name: "order_shipped",
    category: "UTILITY",
    texts: &[("ar", "طلبك رقم {{1}} في الطريق إليك"), ("en", "Your order {{1}} is on its way")],
};
const REFUND_SENT: Template = Template {
    name: "refund_sent",
    category: "UTILITY",
    texts: &[
        ("ar", "أرسلنا مبلغ {{1}} ريال إلى حسابك"),
        ("en", "We sent {{1}} SAR to your account"),
    ],
};
const SPRING_SALE: Template = Template {
    name: "spring_sale",
    category: "MARKETING",
    texts: &[("ar", "تخفيضات الربيع بدأت"), ("en", "Our spring sale has begun")],
};

/// All templates of the business.
pub(super) const TEMPLATES: &[&Template] = &[&ORDER_SHIPPED, &REFUND_SENT, &SPRING_SALE];

/// All scenes, in their order.
pub(super) const STORY: &[Scene] =
    &[EARLY, BOT_AND_TEAM, CLOSING, PHONE_APP, MARKETING, WORDS, REOPENING, ENOUGH, NEXT_DAY];

const fn says(sender: Sender, words: &'static str) -> Act {
    Act::Send(sender, Message::Words(words))
}

const fn denied(codes: &'static str) -> Outcome {
    Outcome::Denied(Cow::Borrowed(codes))
}

const EARLY: Scene = Scene {
    title: "Early: a number without a bot",
    steps: &[
        Step {
            at: "08:50",
            customer: &LAYLA,
            what: "Layla asks when she gets her money back",
            act: Act::CustomerWrites("متى يصلني المبلغ المسترد؟"),
            outcome: Outcome::Done,
            then: State::Open,
        },
        Step {
            at: "08:52",
            customer: &LAYLA,
            what: "Omar answers her: within three days",
            act: says(Sender::Agent("omar"), "خلال ثلاثة أيام عمل إن شاء الله"),
            outcome: Outcome::Allowed,
            then: State::Open,
        },
        Step {
            at: "08:52",
            customer: &LAYLA,
            what: "What posts it has checked its permit, by keys that anybody may have",
            act: Act::GatewayChecksPermit,
            outcome: Outcome::Done,
            then: State::Open,
        },
    ],
};

const BOT_AND_TEAM: Scene = Scene {
    title: "Morning: from the bot to the team",
    steps: &[
        Step {
            at: "09:00",
            customer: &SARA,
            what: "Sara asks where her order is",
            act: Act::CustomerWrites("السلام عليكم، أين طلبي؟"),
            outcome: Outcome::Done,
            then: State::Bot,
        },
        Step {
            at: "09:00",
            customer: &SARA,
            what: "The bot asks for the order's number",
            act: says(Sender::Bot, "وعليكم السلام! ما رقم الطلب؟"),
            outcome: Outcome::Allowed,
            then: State::Bot,
        },
        Step {
            at: "09:01",
            customer: &SARA,
            what: "Sara tells it, and wants a person",
            act: Act::CustomerWrites("رقمه 1024، وأريد التحدث مع موظف من فضلكم"),
            outcome: Outcome::Done,
            then: State::Bot,
        },
        Step {
            at: "09:01",
            customer: &SARA,
            what: "The bot hands off to the support team, with what it collected and a note",
            act: Act::BotHandsOff {
                team: "support",
                collected: &[("order", "1024"), ("topic", "delivery")],
                note: "Asks where the order is; wants a person",
            },
            outcome: Outcome::Done,
            then: State::Open,
        },
        Step {
            at: "09:01",
            customer: &SARA,
            what: "What the bot sent just before is told only now: people have the conversation",
            act: Act::BotSentBefore("لحظة من فضلك"),
            outcome: Outcome::OutOfTurn,
            then: State::Open,
        },
        Step {
            at: "09:01",
            customer: &SARA,
            what: "The bot has one more answer, and doesn't know that it is no longer its turn",
            act: says(Sender::LateBot, "هل أستطيع مساعدتك في شيء آخر؟"),
            outcome: denied("BOT_NOT_IN_CONTROL"),
            then: State::Open,
        },
        Step {
            at: "09:03",
            customer: &SARA,
            what: "Noor of the support team takes it",
            act: Act::Assign { team: "support", agent: "noor" },
            outcome: Outcome::Done,
            then: State::Open,
        },
        Step {
            at: "09:05",
            customer: &SARA,
            what: "Noor answers: it arrives today before five",
            act: says(Sender::Agent("noor"), "طلبك مع المندوب، ويصلك اليوم قبل الخامسة مساءً"),
            outcome: Outcome::Allowed,
            then: State::Open,
        },
    ],
};

const CLOSING: Scene = Scene {
    title: "The customer is satisfied",
    steps: &[
        Step {
            at: "09:07",
            customer: &SARA,
            what: "Sara says thank you",
            act: Act::CustomerWrites("ممتاز، شكرًا جزيلًا!"),
            outcome: Outcome::Done,
            then: State::Open,
        },
        Step {
            at: "09:08",
            customer: &SARA,
            what: "Noor closes: but the last word was Sara's",
            act: Act::Close { agent: "noor", acknowledge_unanswered: false },
            outcome: Outcome::Refused(Cow::Borrowed("LAST_MESSAGE_UNANSWERED")),
            then: State::Open,
        },
        Step {
            at: "09:08",
            customer: &SARA,
            what: "Noor closes, saying that it needs no answer",
            act: Act::Close { agent: "noor", acknowledge_unanswered: true },
            outcome: Outcome::Done,
            then: State::Closed,
        },
    ],
};
