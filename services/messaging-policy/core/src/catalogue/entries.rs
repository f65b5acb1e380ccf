//! The table of messages: for each rule what is the matter and what helps, in English and Arabic.
//!
//! `{name}` is a value of the violation, in words; `{wait}` how long it takes until the rule passes.
//! Arabic spans of time are in the genitive: they come after a preposition.

/// What is told of one rule.
pub(super) struct Entry {
    pub(super) code: &'static str,
    pub(super) english: Text,
    pub(super) arabic: Text,
}

/// The same in one language.
pub(super) struct Text {
    /// What is the matter, and what helps.
    pub(super) message: &'static str,
    /// What is added where it passes with time; may be empty.
    pub(super) passes: &'static str,
}

/// What does not pass with time, in English and Arabic.
const fn lasting(code: &'static str, english: &'static str, arabic: &'static str) -> Entry {
    let [english, arabic] =
        [Text { message: english, passes: "" }, Text { message: arabic, passes: "" }];
    Entry { code, english, arabic }
}

/// What may pass with time, in English and Arabic: the message, and what is added.
const fn passing(
    code: &'static str,
    english: [&'static str; 2],
    arabic: [&'static str; 2],
) -> Entry {
    Entry {
        code,
        english: Text { message: english[0], passes: english[1] },
        arabic: Text { message: arabic[0], passes: arabic[1] },
    }
}

/// What is told of a rule that is not there any more.
pub(super) static UNKNOWN: Entry =
    lasting("", "This message cannot be sent.", "لا يمكن إرسال هذه الرسالة.");

/// In the order of the rules.
pub(super) static ENTRIES: &[Entry] = &[
    lasting(
        "CONVERSATION_CLOSED",
        "This conversation is closed. Reopen it, then send your message.",
        "هذه المحادثة مغلقة. أعد فتحها ثم أرسل رسالتك.",
    ),
    lasting(
        "WINDOW_EXPIRED",
        "This conversation has expired: the time for free-form messages after the customer's last \
         message is over. Send an approved template to open it again.",
        "هذه المحادثة منتهية: انقضت المدة التي تُتاح فيها الرسائل الحرة بعد آخر رسالة من العميل. \
         أرسل قالبًا معتمدًا لفتحها من جديد.",
    ),
    lasting(
        "WINDOW_NEVER_OPENED",
        "This customer has not written to you yet, so free-form messages cannot be sent. Begin \
         with an approved template.",
        "لم يراسلكم هذا العميل بعد، لذلك لا يمكن إرسال رسائل حرة إليه. ابدأ بقالب معتمد.",
    ),
    lasting(
        "BOT_NOT_IN_CONTROL",
        "The bot's message was not sent: it does not have this conversation, or has not seen a \
         change of who handles it. Return the conversation to the bot, or leave the answer to the \
         team.",
        "لم تُرسل رسالة الروبوت: المحادثة ليست بيده، أو تغيّر من يتولاها دون علمه. أعد المحادثة \
         إلى الروبوت أو اترك الرد للفريق.",
    ),
    lasting(
        "AGENT_NOT_IN_CONTROL",
        "The bot is handling this conversation. Take it over or hand it to your team, then send \
         your message.",
        "الروبوت يتولى هذه المحادثة الآن. استلمها أو حوّلها إلى فريقك، ثم أرسل رسالتك.",
    ),
    lasting(
        "RECIPIENT_MISMATCH",
        "The message is addressed to somebody other than the customer of this conversation. \
         Correct the recipient and try again.",
        "الرسالة موجّهة إلى غير عميل هذه المحادثة. صحّح المستلم ثم حاول مرة أخرى.",
    ),
    lasting(
        "TEMPLATE_NOT_FOUND",
        "This WhatsApp account has no template named {template}. Check the name, or choose \
         another template.",
        "لا يوجد في حساب واتساب هذا قالب باسم {template}. تحقق من الاسم أو اختر قالبًا آخر.",
    ),
    lasting(
        "TEMPLATE_LANGUAGE_NOT_FOUND",
        "The template {template} is not there in this language: {language}. It is there in: \
         {languages}. Choose one of these, or another template.",
        "القالب {template} غير متوفر بهذه اللغة: {language}. اللغات المتوفرة: {languages}. اختر \
         إحداها أو قالبًا آخر.",
    ),
    lasting(
        "TEMPLATE_NOT_APPROVED",
        "WhatsApp lists this template as {status}, its category as {category}. Only approved \
         templates of a known category can be sent: choose another one.",
        "حالة هذا القالب لدى واتساب: {status}، وفئته: {category}. لا تُرسل إلا القوالب المعتمدة \
         معروفة الفئة، فاختر قالبًا آخر.",
    ),
    lasting(
        "TEMPLATE_PARAMETER_MISMATCH",
        "What fills the template differs from what was approved. Correct the number, names or \
         format of the values.",
        "القيم التي تملأ القالب تخالف ما اعتُمد. صحّح عددها أو أسماءها أو صيغتها.",
    ),
    passing(
        "TEMPLATE_CATEGORY_CHANGING",
        [
            "WhatsApp is about to change this template's category to {new_category}, which the \
             reason “{reason}” does not fit. Choose another template.",
            "The change comes {wait}.",
        ],
        [
            "سيغيّر واتساب فئة هذا القالب قريبًا إلى {new_category}، والسبب «{reason}» لا \
             يناسبها. اختر قالبًا آخر.",
            "يحدث التغيير {wait}.",
        ],
    ),
    lasting(
        "JUSTIFICATION_REQUIRED",
        "Outside the time for free-form messages, a template needs a justification. Give the \
         reason, what it is about, and a short note.",
        "خارج المدة المتاحة للرسائل الحرة، يحتاج إرسال القالب إلى مبرر. اذكر السبب والمرجع \
         وملاحظة قصيرة.",
    ),
    lasting(
        "JUSTIFICATION_REASON_MISMATCH",
        "The reason “{reason}” does not fit a {category} template. Choose the reason that fits, \
         or another template.",
        "السبب «{reason}» لا يناسب قالبًا من فئة {category}. اختر السبب المناسب أو قالبًا آخر.",
    ),
    lasting(
        "JUSTIFICATION_REFERENCE_REQUIRED",
        "The justification does not say what it is about. Add a reference, such as the order's \
         number or the customer's message.",
        "المبرر لا يوضح موضوعه. أضف مرجعًا، مثل رقم الطلب أو رسالة العميل.",
    ),
    lasting(
        "JUSTIFICATION_NOTE_INSUFFICIENT",
        "The note does not explain enough. Write words: at least {characters} characters, and at \
         least this many words: {words}.",
        "الملاحظة لا توضح السبب بما يكفي. اكتب كلمات واضحة: عدد الحروف لا يقل عن {characters}، \
         وعدد الكلمات لا يقل عن {words}.",
    ),
    lasting(
        "JUSTIFICATION_REFERENCE_UNVERIFIED",
        "The reference is not a message that this customer wrote in this conversation within the \
         last {max_age}. Choose the message that you answer.",
        "المرجع ليس رسالة كتبها هذا العميل في هذه المحادثة خلال آخر {max_age}. اختر الرسالة التي \
         ترد عليها.",
    ),
    passing(
        "JUSTIFICATION_REUSED",
        [
            "The same note has been used for as many customers as allowed: {limit} within \
             {period}. Write a note about this customer.",
            "It can be used again {wait}.",
        ],
        [
            "استُخدمت هذه الملاحظة نفسها للعدد المسموح به من العملاء: {limit} خلال {period}. اكتب \
             ملاحظة تخص هذا العميل.",
            "يمكن استخدامها مجددًا {wait}.",
        ],
    ),
    passing(
        "DUPLICATE_SEND",
        [
            "This customer has already been sent the same template about the same matter within \
             {period}.",
            "It can be sent again {wait}.",
        ],
        [
            "سبق إرسال القالب نفسه إلى هذا العميل بشأن الموضوع نفسه خلال {period}.",
            "يمكن إرساله مجددًا {wait}.",
        ],
    ),
    passing(
        "CONTACT_COOLDOWN",
        [
            "The customer was sent a template only a short while ago. A {category} template must \
             keep a distance of {pause}.",
            "You can send it {wait}.",
        ],
        [
            "أُرسل إلى العميل قالب قبل وقت قصير. يُشترط لقوالب فئة {category} فاصل لا يقل عن \
             {pause}.",
            "يمكنك إرساله {wait}.",
        ],
    ),
    passing(
        "CONTACT_FREQUENCY_CAP",
        [
            "The customer was sent as many {category} templates as allowed: {limit} within \
             {period}.",
            "You can send the next one {wait}.",
        ],
        [
            "أُرسل إلى العميل العدد المسموح به من قوالب فئة {category}: {limit} خلال {period}.",
            "يمكنك إرسال القالب التالي {wait}.",
        ],
    ),
    passing(
        "UNANSWERED_TEMPLATE_LIMIT",
        [
            "The customer has left as many marketing templates unanswered as allowed ({limit}). \
             Marketing to this customer pauses for {pause}, or until the customer writes.",
            "You can send the next one {wait}.",
        ],
        [
            "بلغت القوالب التسويقية التي لم يرد عليها العميل الحد المسموح به ({limit}). يتوقف \
             التسويق إليه لمدة {pause} أو إلى أن يراسلكم.",
            "يمكنك إرسال القالب التالي {wait}.",
        ],
    ),
    passing(
        "PAIR_RATE_LIMIT",
        [
            "Messages to this customer follow one another too fast: in the long run WhatsApp \
             takes one every {interval}.",
            "Send it {wait}.",
        ],
        [
            "تتابعت الرسائل إلى هذا العميل بسرعة زائدة: يقبل واتساب في المعدّل رسالة كل \
             {interval}.",
            "أرسلها {wait}.",
        ],
    ),
    lasting(
        "MARKETING_OPTED_OUT",
        "This customer does not want marketing messages. Send them only once the customer agrees \
         to them again.",
        "طلب هذا العميل عدم تلقي الرسائل التسويقية. لا ترسلها إليه إلا إذا وافق عليها من جديد.",
    ),
    lasting(
        "MARKETING_CONSENT_REQUIRED",
        "It is not on record that this customer agreed to marketing messages. Ask for consent and \
         record it first.",
        "لا توجد موافقة مسجّلة من هذا العميل على تلقي الرسائل التسويقية. احصل على موافقته وسجّلها \
         أولًا.",
    ),
    passing(
        "MARKETING_SUPPRESSED",
        ["For now, WhatsApp delivers no marketing messages to this customer.", "Try again {wait}."],
        ["لا يوصل واتساب حاليًا رسائل تسويقية إلى هذا العميل.", "حاول مرة أخرى {wait}."],
    ),
    lasting(
        "SENDER_QUALITY_LOW",
        "Customers' rating of this number is low, so no marketing can be sent from it. Please ask \
         an administrator to look at it.",
        "تقييم جودة هذا الرقم منخفض، لذلك لا يمكن إرسال رسائل تسويقية منه. يُرجى أن تطلب من \
         المسؤول مراجعته.",
    ),
    passing(
        "SENDER_RESTRICTED",
        [
            "This number or its account is restricted, so nothing can be sent from it. Please ask \
             an administrator to look at it.",
            "The restriction ends {wait}.",
        ],
        [
            "هذا الرقم أو حسابه مقيّد، لذلك لا يمكن إرسال أي شيء منه. يُرجى أن تطلب من المسؤول \
             مراجعته.",
            "ينتهي التقييد {wait}.",
        ],
    ),
    passing(
        "PORTFOLIO_LIMIT_REACHED",
        [
            "Your business has reached as many customers with templates as WhatsApp allows: \
             {limit} within {period}. You can still answer those who wrote to you recently.",
            "There is room for another customer {wait}.",
        ],
        [
            "بلغ عدد العملاء الذين راسلهم نشاطكم بالقوالب الحد الذي يسمح به واتساب: {limit} خلال \
             {period}. ما زال بإمكانكم الرد على من راسلكم مؤخرًا.",
            "يتاح الإرسال إلى عميل آخر {wait}.",
        ],
    ),
];
