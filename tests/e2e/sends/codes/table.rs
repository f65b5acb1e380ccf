//! The table: a send that each rule refuses, alone.

use azeer_proto::policy::v1 as pb;
use azeer_tests::ops;
use chrono::TimeDelta;
use pb::JustificationReason as Reason;
use pb::Remedy;
use pb::send::Content;
use serde_json::json;

use super::stage::{about, same_note, through};

/// What a rule refuses, and what is told of it.
pub(crate) struct Row {
    pub(crate) code: &'static str,
    pub(crate) send: pb::Send,
    pub(crate) remedy: Remedy,
    pub(crate) metadata: &'static [(&'static str, &'static str)],
    /// How long after noon it passes, if time helps.
    pub(crate) passes_after: Option<TimeDelta>,
    /// How its message begins.
    pub(crate) english: &'static str,
    pub(crate) arabic: &'static str,
}

impl Row {
    /// Whether the send goes once its rule passes. A template of a new category meets the rules for
    /// that category.
    pub(crate) fn time_alone_helps(&self) -> bool {
        self.passes_after.is_some() && self.code != "TEMPLATE_CATEGORY_CHANGING"
    }
}

/// The platform tells its own times in whole seconds.
const IN_HALF_AN_HOUR: TimeDelta = TimeDelta::milliseconds(30 * 60_000 - 500);

/// What must be changed about the send.
fn lasting(
    code: &'static str,
    send: pb::Send,
    remedy: Remedy,
    metadata: &'static [(&'static str, &'static str)],
    [english, arabic]: [&'static str; 2],
) -> Row {
    Row { code, send, remedy, metadata, passes_after: None, english, arabic }
}

/// The same where time helps.
fn passing(after: TimeDelta, row: Row) -> Row {
    Row { passes_after: Some(after), ..row }
}

fn noted(note: &str) -> pb::Send {
    let mut send = about("order-2", "expired", "news", Reason::OrderUpdate);
    send.justification.as_mut().unwrap().note = note.into();
    send
}

fn in_french(mut send: pb::Send) -> pb::Send {
    if let Some(Content::Template(template)) = &mut send.content {
        template.language_code = "fr".into();
    }
    send
}

fn by_bot(send: pb::Send) -> pb::Send {
    pb::Send { sender: ops::bot(), handler_epoch: 1, ..send }
}

/// In the order of the rules.
pub(crate) fn rows() -> Vec<Row> {
    [
        about_the_conversation(),
        about_the_template(),
        about_the_reason(),
        about_what_was_sent(),
        about_marketing(),
        about_the_sender(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[rustfmt::skip] // a line for each part of a row
fn about_the_conversation() -> Vec<Row> {
    let to_another = json!({"messaging_product": "whatsapp", "to": "closed", "text": {"body": "hi"}});
    vec![
        lasting("CONVERSATION_CLOSED", ops::free_form("closed"), Remedy::ReopenConversation, &[],
            ["This conversation is closed.", "هذه المحادثة مغلقة."]),
        lasting("WINDOW_EXPIRED", ops::free_form("expired"), Remedy::UseApprovedTemplate, &[("margin", "5s")],
            ["This conversation has expired:", "هذه المحادثة منتهية:"]),
        lasting("WINDOW_NEVER_OPENED", ops::free_form("stranger"), Remedy::UseApprovedTemplate, &[],
            ["This customer has not written to you yet", "لم يراسلكم هذا العميل بعد"]),
        lasting("BOT_NOT_IN_CONTROL", by_bot(ops::free_form("open")), Remedy::ReturnToBot,
            &[("handler", "HUMAN"), ("handler_epoch", "1")],
            ["The bot's message was not sent:", "لم تُرسل رسالة الروبوت:"]),
        lasting("AGENT_NOT_IN_CONTROL", through("bot", "bots", ops::free_form("")), Remedy::HandOff,
            &[("handler_epoch", "1")],
            ["The bot is handling this conversation.", "الروبوت يتولى هذه المحادثة الآن."]),
        lasting("RECIPIENT_MISMATCH", ops::cloud_api_body("open", &to_another), Remedy::FixRequest, &[],
            ["The message is addressed to somebody other", "الرسالة موجّهة إلى غير عميل هذه المحادثة."]),
    ]
}

#[rustfmt::skip] // a line for each part of a row
fn about_the_template() -> Vec<Row> {
    let other = Remedy::UseOtherTemplate;
    vec![
        lasting("TEMPLATE_NOT_FOUND", ops::template("open", "nobody_knows"), other,
            &[("template", "nobody_knows")],
            ["This WhatsApp account has no template named nobody_knows.", "لا يوجد في حساب واتساب هذا قالب باسم nobody_knows."]),
        lasting("TEMPLATE_LANGUAGE_NOT_FOUND", in_french(ops::template("open", "news")), other,
            &[("template", "news"), ("language", "fr"), ("languages", "en_US")],
            ["The template news is not there in this language: French. It is there in: English (US).", "القالب news غير متوفر بهذه اللغة: "]),
        lasting("TEMPLATE_NOT_APPROVED", ops::template("open", "paused"), other,
            &[("status", "PAUSED"), ("category", "UTILITY")],
            ["WhatsApp lists this template as ", "حالة هذا القالب لدى واتساب: "]),
        lasting("TEMPLATE_PARAMETER_MISMATCH", ops::template("open", "order"), Remedy::FixRequest,
            &[("count", "1"), ("mismatches", "body must have 1, has 0")],
            ["What fills the template differs from what was approved.", "القيم التي تملأ القالب تخالف ما اعتُمد."]),
        passing(IN_HALF_AN_HOUR, lasting("TEMPLATE_CATEGORY_CHANGING",
            about("order-2", "open", "changing", Reason::OrderUpdate), other,
            &[("new_category", "MARKETING"), ("reason", "ORDER_UPDATE")],
            ["WhatsApp is about to change this template's category to ", "سيغيّر واتساب فئة هذا القالب قريبًا إلى "])),
    ]
}

#[rustfmt::skip] // a line for each part of a row
fn about_the_reason() -> Vec<Row> {
    let add = Remedy::AddJustification;
    vec![
        lasting("JUSTIFICATION_REQUIRED", ops::template("expired", "news"), add, &[],
            ["Outside the time for free-form messages, a template needs a justification.", "خارج المدة المتاحة للرسائل الحرة"]),
        lasting("JUSTIFICATION_REASON_MISMATCH", about("order-2", "expired", "news", Reason::Campaign), add,
            &[("category", "UTILITY"), ("reason", "CAMPAIGN")],
            ["The reason “", "السبب «"]),
        lasting("JUSTIFICATION_REFERENCE_REQUIRED", about("", "expired", "news", Reason::OrderUpdate), add, &[],
            ["The justification does not say what it is about.", "المبرر لا يوضح موضوعه."]),
        lasting("JUSTIFICATION_NOTE_INSUFFICIENT", noted("1234567 89 10"), add,
            &[("characters", "10"), ("words", "2")],
            ["The note does not explain enough.", "الملاحظة لا توضح السبب بما يكفي."]),
        // A message that another customer wrote.
        lasting("JUSTIFICATION_REFERENCE_UNVERIFIED", about("open", "expired", "news", Reason::ReplyToInquiry), add,
            &[("max_age", "2592000s")],
            ["The reference is not a message that this customer wrote", "المرجع ليس رسالة كتبها هذا العميل"]),
        passing(TimeDelta::hours(23), lasting("JUSTIFICATION_REUSED", same_note("expired"), add,
            &[("limit", "20"), ("period", "86400s")],
            ["The same note has been used for as many customers as allowed: 20", "استُخدمت هذه الملاحظة نفسها"])),
    ]
}

#[rustfmt::skip] // a line for each part of a row
fn about_what_was_sent() -> Vec<Row> {
    let send = |reference, contact| about(reference, contact, "news", Reason::OrderUpdate);
    vec![
        passing(TimeDelta::hours(23), lasting("DUPLICATE_SEND", send("order-1", "duplicate"), Remedy::Wait,
            &[("period", "86400s")],
            ["This customer has already been sent the same template", "سبق إرسال القالب نفسه إلى هذا العميل"])),
        passing(TimeDelta::seconds(30), lasting("CONTACT_COOLDOWN", send("order-2", "cooling"), Remedy::Wait,
            &[("category", "UTILITY"), ("pause", "60s")],
            ["The customer was sent a template only a short while ago.", "أُرسل إلى العميل قالب قبل وقت قصير."])),
        passing(TimeDelta::hours(22), lasting("CONTACT_FREQUENCY_CAP", send("order-2", "capped"), Remedy::Wait,
            &[("category", "UTILITY"), ("limit", "10"), ("period", "86400s")],
            ["The customer was sent as many ", "أُرسل إلى العميل العدد المسموح به"])),
        passing(TimeDelta::days(5), lasting("UNANSWERED_TEMPLATE_LIMIT",
            about("order-2", "unanswered", "promo", Reason::Campaign), Remedy::Wait,
            &[("limit", "3"), ("pause", "604800s")],
            ["The customer has left as many marketing templates unanswered", "بلغت القوالب التسويقية التي لم يرد عليها العميل"])),
        passing(TimeDelta::seconds(6), lasting("PAIR_RATE_LIMIT", ops::free_form("chatty"), Remedy::Wait,
            &[("burst", "45"), ("interval", "6s")],
            ["Messages to this customer follow one another too fast", "تتابعت الرسائل إلى هذا العميل بسرعة زائدة"])),
    ]
}

#[rustfmt::skip] // a line for each part of a row
fn about_marketing() -> Vec<Row> {
    vec![
        lasting("MARKETING_OPTED_OUT", ops::template("refuses", "promo"), Remedy::GetConsent, &[],
            ["This customer does not want marketing messages.", "طلب هذا العميل عدم تلقي الرسائل التسويقية."]),
        lasting("MARKETING_CONSENT_REQUIRED", ops::template("open", "promo"), Remedy::GetConsent, &[],
            ["It is not on record that this customer agreed", "لا توجد موافقة مسجّلة من هذا العميل"]),
        passing(TimeDelta::hours(23), lasting("MARKETING_SUPPRESSED",
            about("order-2", "suppressed", "promo", Reason::Campaign), Remedy::Wait, &[],
            ["For now, WhatsApp delivers no marketing messages to this customer.", "لا يوصل واتساب حاليًا رسائل تسويقية"])),
    ]
}

#[rustfmt::skip] // a line for each part of a row
fn about_the_sender() -> Vec<Row> {
    let promo = about("order-2", "red", "promo", Reason::Campaign);
    let second = about("order-2", "second", "news", Reason::OrderUpdate);
    vec![
        lasting("SENDER_QUALITY_LOW", through("red", "red", promo), Remedy::ContactAdmin, &[],
            ["Customers' rating of this number is low", "تقييم جودة هذا الرقم منخفض"]),
        passing(TimeDelta::hours(1), lasting("SENDER_RESTRICTED", through("halted", "halted", ops::free_form("")),
            Remedy::ContactAdmin, &[("status", "CONNECTED")],
            ["This number or its account is restricted", "هذا الرقم أو حسابه مقيّد"])),
        passing(TimeDelta::hours(23), lasting("PORTFOLIO_LIMIT_REACHED", through("small", "second", second),
            Remedy::Wait, &[("limit", "1"), ("period", "86400s"), ("reached", "1")],
            ["Your business has reached as many customers", "بلغ عدد العملاء الذين راسلهم نشاطكم"])),
    ]
}
