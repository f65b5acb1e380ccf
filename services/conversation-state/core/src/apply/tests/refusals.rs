//! What may not be. A refusal changes nothing: [`apply`] gives no conversation back.

use super::*;

#[test]
fn each_forbidden_transition_has_its_reason() {
    use Refusal::{
        ActorNotAllowed, AlreadyClosed, BotDisabled, BotIsHandler, Closed, HandlerEpochStale,
        LastMessageUnanswered, NotClosed, OnlyAgentMayClose,
    };
    let (on, off) = (bot_channel(), people_channel());
    let waiting = after(&off, &[wrote(minute(0)), assigned(minute(1))]);
    let answered = step(&waiting, &ali_said(minute(2)), &off).conversation;
    let ended = step(&answered, &closed(minute(3)), &off).conversation;
    let with_bot = after(&on, &[wrote(minute(0))]);
    let bot_ended = step(&with_bot, &closed(minute(3)), &on).conversation;
    let handed = hand_off_by(bot(), "sales", "", minute(3));
    let handed = step(&with_bot, &handed, &on).conversation;
    let back = step(&handed, &return_by(ali(), minute(4)), &on).conversation;

    let now = minute(9);
    let system = || Actor::SYSTEM;
    let customer = || Actor::CUSTOMER;
    let close = |actor, acknowledged| close_by(actor, acknowledged, now);
    let hand_off = |actor| hand_off_by(actor, "support", "", now);
    let assign = |actor| assign_by(actor, "support", "mona", now);
    let cases = [
        ("the bot closes", &with_bot, &on, close(bot(), true), OnlyAgentMayClose),
        ("the system closes", &answered, &off, close(system(), true), OnlyAgentMayClose),
        ("the customer closes", &answered, &off, close(customer(), true), OnlyAgentMayClose),
        ("the system closes a closed one", &ended, &off, close(system(), true), OnlyAgentMayClose),
        ("closed twice", &ended, &off, close(ali(), true), AlreadyClosed),
        ("the customer waits", &waiting, &off, close(ali(), false), LastMessageUnanswered),
        ("the bot owes an answer", &with_bot, &on, close(ali(), false), LastMessageUnanswered),
        ("a person was asked for", &handed, &on, close(ali(), false), LastMessageUnanswered),
        ("open one reopened", &answered, &off, reopen_by(ali(), now), NotClosed),
        ("expired one reopened", &answered, &off, reopen_by(ali(), hour(30)), NotClosed),
        ("the bot reopens", &bot_ended, &on, reopen_by(bot(), now), ActorNotAllowed),
        ("the customer reopens", &ended, &off, reopen_by(customer(), now), ActorNotAllowed),
        ("closed one handed off", &ended, &off, hand_off(ali()), Closed),
        ("closed one handed off by the bot", &bot_ended, &on, hand_off(bot()), Closed),
        ("the customer hands off", &answered, &off, hand_off(customer()), ActorNotAllowed),
        ("the bot hands off what people have", &handed, &on, hand_off(bot()), ActorNotAllowed),
        (
            "the bot hands off what people have, by its old epoch",
            &handed,
            &on,
            hand_off(bot()).knowing(1),
            ActorNotAllowed,
        ),
        (
            "the bot hands off what people have, by the present epoch",
            &handed,
            &on,
            hand_off(bot()).knowing(2),
            ActorNotAllowed,
        ),
        (
            "the bot hands off what it has again, by an old epoch",
            &back,
            &on,
            hand_off(bot()).knowing(1),
            ActorNotAllowed,
        ),
        ("an agent's view is stale", &back, &on, hand_off(ali()).knowing(2), HandlerEpochStale),
        (
            "the system's view is stale",
            &back,
            &on,
            hand_off(system()).knowing(2),
            HandlerEpochStale,
        ),
        ("closed one returned", &ended, &on, return_by(ali(), now), Closed),
        ("returned where the bot is off", &answered, &off, return_by(ali(), now), BotDisabled),
        ("returned to the bot that has it", &with_bot, &on, return_by(ali(), now), BotIsHandler),
        ("the bot takes it", &handed, &on, return_by(bot(), now), ActorNotAllowed),
        (
            "the customer asks for the bot",
            &handed,
            &on,
            return_by(customer(), now),
            ActorNotAllowed,
        ),
        ("closed one assigned", &ended, &off, assign(ali()), Closed),
        ("the bot's one assigned", &with_bot, &on, assign(ali()), BotIsHandler),
        (
            "the bot's expired one assigned",
            &with_bot,
            &on,
            assign(ali()).recorded(hour(30)),
            BotIsHandler,
        ),
        ("the bot assigns", &handed, &on, assign(bot()), ActorNotAllowed),
        ("the customer assigns", &handed, &on, assign(customer()), ActorNotAllowed),
    ];
    for (name, before, channel, step, expected) in cases {
        assert_eq!(
            apply(before, &Identity::default(), &step.command, channel, step.now),
            Err(expected),
            "{name}"
        );
    }
}

#[test]
fn refusals_have_the_names_that_clients_know() {
    let cases = [
        (Refusal::AlreadyClosed, "CONVERSATION_ALREADY_CLOSED"),
        (Refusal::Closed, "CONVERSATION_CLOSED"),
        (Refusal::NotClosed, "CONVERSATION_NOT_CLOSED"),
        (Refusal::LastMessageUnanswered, "LAST_MESSAGE_UNANSWERED"),
        (Refusal::OnlyAgentMayClose, "ONLY_AGENT_MAY_CLOSE"),
        (Refusal::BotDisabled, "BOT_DISABLED"),
        (Refusal::BotIsHandler, "BOT_IS_HANDLER"),
        (Refusal::HandlerEpochStale, "HANDLER_EPOCH_STALE"),
        (Refusal::ActorNotAllowed, "ACTOR_NOT_ALLOWED"),
    ];
    for (refusal, reason) in cases {
        assert_eq!(refusal.reason(), reason);
        assert!(!refusal.to_string().is_empty());
    }
}
