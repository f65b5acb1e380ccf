//! The story: a day of a support team and the morning after, as data. To add to it, add steps, or
//! a scene to [`STORY`].

use std::borrow::Cow;

use conversation_state_core::State;

use super::script::{Act, Customer, Line, Outcome, Scene, Step};

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

const SARA: Customer = Customer { name: "سارة", contact_id: "966500000001", line: &SHOP };
const EMILY: Customer = Customer { name: "Emily", contact_id: "447700900002", line: &SHOP };
const ADAM: Customer = Customer { name: "Adam", contact_id: "447700900003", line: &SHOP };
const LAYLA: Customer = Customer { name: "ليلى", contact_id: "966500000004", line: &RETURNS };
const KHALID: Customer = Customer { name: "خالد", contact_id: "966500000005", line: &SHOP };
/// Khalid too, as the platform names people who go by a username.
const KHALID_89: Customer = Customer { name: "khalid_89", contact_id: "SA.1349120", line: &SHOP };

/// All scenes, in their order.
pub(super) const STORY: &[Scene] =
    &[EARLY, BOT_AND_TEAM, CLOSING, PHONE_APP, WORDS, REOPENING, NEXT_DAY];

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
            act: Act::AgentWrites("omar", "خلال ثلاثة أيام عمل إن شاء الله"),
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
            act: Act::BotWrites("وعليكم السلام! ما رقم الطلب؟"),
            outcome: Outcome::Done,
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
            what: "A message of the bot comes late: people have the conversation",
            act: Act::BotWritesLate("هل أستطيع مساعدتك في شيء آخر؟"),
            outcome: Outcome::OutOfTurn,
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
            act: Act::AgentWrites("noor", "طلبك مع المندوب، ويصلك اليوم قبل الخامسة مساءً"),
            outcome: Outcome::Done,
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

const PHONE_APP: Scene = Scene {
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
            act: Act::BotWrites("Every day but Friday, 9 to 18."),
            outcome: Outcome::Done,
            then: State::Bot,
        },
        Step {
            at: "13:00",
            customer: &ADAM,
            what: "The shop tells Adam that his order is on its way. He never wrote: no window",
            act: Act::SystemSendsTemplate("order_shipped"),
            outcome: Outcome::Done,
            then: State::Expired,
        },
    ],
};

const WORDS: Scene = Scene {
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
            what: "Noor answers: it works again",
            act: Act::AgentWrites("noor", "أهلًا خالد، حسابك يعمل الآن"),
            outcome: Outcome::Done,
            then: State::Open,
        },
        Step {
            at: "14:06",
            customer: &KHALID,
            what: "Noor closes: solved",
            act: Act::Close { agent: "noor", acknowledge_unanswered: false },
            outcome: Outcome::Done,
            then: State::Closed,
        },
    ],
};

const REOPENING: Scene = Scene {
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
            act: Act::AgentWrites("noor", "نعتذر منك، نرسل المنتج الناقص غدًا"),
            outcome: Outcome::Done,
            then: State::Open,
        },
    ],
};

const NEXT_DAY: Scene = Scene {
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
            at: "09:10",
            customer: &LAYLA,
            what: "Omar sends an approved template: recorded, but it opens no window",
            act: Act::AgentSendsTemplate("omar", "refund_sent"),
            outcome: Outcome::Done,
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
            what: "Omar closes: the refund is settled",
            act: Act::Close { agent: "omar", acknowledge_unanswered: true },
            outcome: Outcome::Done,
            then: State::Closed,
        },
    ],
};
