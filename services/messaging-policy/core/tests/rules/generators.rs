//! Random sends, facts and policies, drawn so that rules meet: most sends are nearly fine, and times
//! often fall on a rule's bound or a microsecond beside it.

use azeer_domain::{ActorKind, Time};
use chrono::TimeDelta;
use messaging_policy_core::facts::{
    CategoryChange, Consent, Contact, Conversation, Handler, KnownTemplate, Portfolio, Quality,
    Restriction, Sender, SenderStatus, SentTemplate, Template,
};
use messaging_policy_core::rule::Parameter;
use messaging_policy_core::{
    Category, Content, Facts, Justification, Mode, Note, Policy, RULES, Reason, Send,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::offset::now;

/// All that a decision rests on.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    pub(crate) facts: Facts,
    pub(crate) send: Send,
    pub(crate) policy: Policy,
}

/// Questions about times that can be.
pub(crate) fn question() -> impl Strategy<Value = Question> {
    questions(instant().boxed())
}

/// Questions about any times, also from the edges of the calendar.
pub(crate) fn wild_question() -> impl Strategy<Value = Question> {
    let edges = select(vec![Time::MIN_UTC, Time::MAX_UTC]);
    questions(prop_oneof![9 => instant(), 1 => edges].boxed())
}

fn questions(at: BoxedStrategy<Time>) -> impl Strategy<Value = Question> {
    (facts(at), send(), policy()).prop_map(|(facts, send, policy)| Question { facts, send, policy })
}

/// Near now, often just on or beside the distance that some rule asks about.
fn instant() -> impl Strategy<Value = Time> {
    let distances = [0, 1, 5, 6, 60, 264, 1_800, 3_600, 86_400, 604_800, 2_592_000];
    let beside = select(vec![-1, 0, 0, 1]).prop_map(TimeDelta::microseconds);
    let on_a_bound = (select(distances.to_vec()), select(vec![-1, 1]), beside)
        .prop_map(|(seconds, sign, beside)| now() + TimeDelta::seconds(seconds * sign) + beside);
    let anywhere = (-700_000_000_000_i64..700_000_000_000)
        .prop_map(|distance| now() + TimeDelta::microseconds(distance));
    prop_oneof![on_a_bound, anywhere]
}

fn facts(at: BoxedStrategy<Time>) -> impl Strategy<Value = Facts> {
    let contact_is = (
        option::weighted(0.9, conversation(at.clone())),
        option::of(prop_oneof![9 => Just(true), 1 => Just(false)]),
        option::of(at.clone()),
        prop_oneof![6 => Just(Some(Consent::OptedIn)), 1 => Just(Some(Consent::OptedOut)), 1 => Just(None)],
        option::weighted(0.2, at.clone()),
    );
    let sender_is = (sender(at.clone()), option::of(portfolio(at.clone())));
    let sent = (contact(at.clone()), times(at.clone(), 40));
    let of_template = option::weighted(0.95, template(at.clone()));
    let as_of = prop_oneof![3 => Just(now()), 1 => at];
    (as_of, contact_is, of_template, sender_is, sent).prop_map(
        |(as_of, contact_is, template, (sender, portfolio), (contact, note_used_for_others))| {
            let (conversation, recipient_matches, referred, consent, suppressed) = contact_is;
            Facts {
                as_of,
                conversation,
                recipient_matches,
                template,
                referred_message_at: referred,
                sender,
                consent,
                marketing_suppressed_until: suppressed,
                contact,
                note_used_for_others,
                portfolio,
            }
        },
    )
}

fn conversation(at: BoxedStrategy<Time>) -> impl Strategy<Value = Conversation> {
    let parts = (
        prop_oneof![9 => Just(false), 1 => Just(true)],
        select(vec![Handler::Human, Handler::Human, Handler::Bot]),
        1..3_i64,
        option::weighted(0.9, at.clone()),
        option::weighted(0.9, at),
    );
    parts.prop_map(|(closed, handler, handler_epoch, last_inbound_at, window_expires_at)| {
        Conversation { closed, handler, handler_epoch, last_inbound_at, window_expires_at }
    })
}

fn template(at: BoxedStrategy<Time>) -> impl Strategy<Value = Template> {
    let known = known_template(at).prop_map(Template::Known);
    let others = vec("[a-z]{2}", 0..3).prop_map(Template::OtherLanguages);
    prop_oneof![20 => known, 1 => Just(Template::Unknown), 1 => others]
}

fn known_template(at: BoxedStrategy<Time>) -> impl Strategy<Value = KnownTemplate> {
    let category = || prop_oneof![15 => category().prop_map(Some), 1 => Just(None)];
    let change = (category(), at).prop_map(|(to, at)| CategoryChange { to, at });
    let parts = (
        prop_oneof![15 => Just("APPROVED"), 1 => select(vec!["PAUSED", "REJECTED", "", "?"])],
        category(),
        option::weighted(0.3, change),
        prop_oneof![15 => Just(vec![]), 1 => vec("[a-z ]{1,20}", 1..3)],
    );
    parts.prop_map(|(status, category, category_change, mismatches)| KnownTemplate {
        status: status.to_owned(),
        category,
        category_change,
        mismatches,
    })
}

fn sender(at: BoxedStrategy<Time>) -> impl Strategy<Value = Sender> {
    use SenderStatus::{Banned, Connected, Disconnected, Flagged, Restricted, Unknown};
    let status = prop_oneof![
        15 => select(vec![Unknown, Connected, Flagged]),
        1 => select(vec![Restricted, Disconnected, Banned]),
    ];
    let until = option::weighted(0.9, at).prop_map(|until| Restriction { until });
    let quality = select(vec![
        Quality::Unknown,
        Quality::Green,
        Quality::Green,
        Quality::Yellow,
        Quality::Red,
    ]);
    (quality, status, option::weighted(0.2, until))
        .prop_map(|(quality, status, restriction)| Sender { quality, status, restriction })
}

fn portfolio(at: BoxedStrategy<Time>) -> impl Strategy<Value = Portfolio> {
    let parts =
        (option::weighted(0.9, 0..4_i64), 0..4_i64, any::<bool>(), option::weighted(0.9, at));
    parts.prop_map(|(limit, reached, has_reached_contact, frees_at)| Portfolio {
        limit,
        reached,
        has_reached_contact,
        frees_at,
    })
}

fn contact(at: BoxedStrategy<Time>) -> impl Strategy<Value = Contact> {
    let sent = (at.clone(), category()).prop_map(|(at, category)| SentTemplate { at, category });
    let templates = vec(sent, 0..12).prop_map(|mut sent| {
        sent.sort_by_key(|sent| std::cmp::Reverse(sent.at));
        sent
    });
    (templates, option::weighted(0.3, at.clone()), option::of(at)).prop_map(
        |(templates, same_sent_at, rate_free_at)| Contact { templates, same_sent_at, rate_free_at },
    )
}

/// Up to so many instants, newest first.
fn times(at: BoxedStrategy<Time>, most: usize) -> impl Strategy<Value = Vec<Time>> {
    vec(at, 0..most).prop_map(|mut times| {
        times.sort_by_key(|at| std::cmp::Reverse(*at));
        times
    })
}

pub(crate) fn category() -> impl Strategy<Value = Category> {
    use Category::{Authentication, Marketing, Utility};
    select(vec![Marketing, Marketing, Marketing, Utility, Utility, Utility, Authentication])
}

fn send() -> impl Strategy<Value = Send> {
    use ActorKind::{Agent, Bot, Customer, System};
    let template = Content::Template { name: "order_update".to_owned(), language: "ar".to_owned() };
    let parts = (
        select(vec![Agent, Agent, Agent, Bot, System, System, Customer]),
        option::weighted(0.9, 1..3_i64),
        select(vec![Content::FreeForm, template.clone(), template]),
        option::weighted(0.8, justification()),
    );
    parts.prop_map(|(sender, handler_epoch, content, justification)| Send {
        sender,
        handler_epoch,
        content,
        justification,
    })
}

fn justification() -> impl Strategy<Value = Justification> {
    use Reason::{
        AccountAlert, AppointmentReminder, Campaign, OrderUpdate, PaymentUpdate, ReplyToInquiry,
        RequestedOffer, SupportFollowUp,
    };
    let reasons = vec![
        ReplyToInquiry,
        ReplyToInquiry,
        ReplyToInquiry,
        RequestedOffer,
        Campaign,
        OrderUpdate,
        PaymentUpdate,
        AppointmentReminder,
        AccountAlert,
        SupportFollowUp,
    ];
    let note = prop_oneof![9 => Just("about the order".to_owned()), 1 => any::<String>()];
    let has_reference = prop_oneof![9 => Just(true), 1 => Just(false)];
    (select(reasons), has_reference, note).prop_map(|(reason, has_reference, note)| Justification {
        reason,
        has_reference,
        note: Note::of(&note),
    })
}

/// A change of a policy.
#[derive(Debug, Clone)]
enum Change {
    Mode(&'static str, Mode),
    Value(&'static str, &'static str, i64),
}

/// The defaults, or any rules in any mode with any numbers that they may have.
pub(crate) fn policy() -> impl Strategy<Value = Policy> {
    let codes: Vec<_> = RULES.iter().map(|rule| rule.code).collect();
    let modes = vec![Mode::Enforce, Mode::Warn, Mode::Off];
    let mode = (select(codes), select(modes)).prop_map(|(code, mode)| Change::Mode(code, mode));
    let changes = vec(prop_oneof![1 => mode, 2 => number()], 0..12);
    prop_oneof![Just(Policy::default()), changes.prop_map(changed)]
}

/// The defaults, with any numbers that rules may have.
pub(crate) fn numbers() -> impl Strategy<Value = Policy> {
    vec(number(), 0..30).prop_map(changed)
}

fn number() -> impl Strategy<Value = Change> {
    let all = RULES.iter().flat_map(|rule| rule.parameters.iter().map(|it| (rule.code, *it)));
    select(all.collect::<Vec<_>>()).prop_flat_map(|(code, parameter)| {
        let Parameter { name, least, most, .. } = *parameter;
        let few = least..=most.min(least + 5);
        prop_oneof![Just(least), Just(most), few, least..=most]
            .prop_map(move |value| Change::Value(code, name, value))
    })
}

fn changed(changes: Vec<Change>) -> Policy {
    let mut policy = Policy::default();
    for change in changes {
        match change {
            Change::Mode(code, mode) => policy.set_mode(code, mode),
            Change::Value(code, name, value) => policy.set_value(code, name, value),
        }
        .unwrap();
    }
    policy
}
