//! Values in words: what the names of statuses, categories, reasons and languages are called.

use super::Language;
use super::span::span;

/// The value that is told as it is: what people named.
const AS_IT_IS: &str = "template";

/// A value as people read it.
pub(super) fn value(name: &str, value: &str, language: Language) -> String {
    if name == AS_IT_IS {
        return apart(value, language);
    }
    let items: Vec<_> = value.split(", ").map(|item| word(item, language)).collect();
    items.join(match language {
        Language::English => ", ",
        Language::Arabic => "، ",
    })
}

/// A duration in seconds, a number, a name with a word for it; what has none stays as it is.
fn word(item: &str, language: Language) -> String {
    if let Some(seconds) = item.strip_suffix('s').and_then(|seconds| seconds.parse().ok()) {
        return span(seconds, language);
    }
    if !item.is_empty() && item.bytes().all(|b| b.is_ascii_digit()) {
        return number(item, language);
    }
    match (WORDS.iter().find(|(name, ..)| *name == item), language) {
        (Some((_, english, _)), Language::English) => (*english).to_owned(),
        (Some((.., arabic)), Language::Arabic) => (*arabic).to_owned(),
        (None, _) => apart(item, language),
    }
}

/// What is not in the language, kept from mixing with its direction of writing.
fn apart(value: &str, language: Language) -> String {
    match language {
        Language::English => value.to_owned(),
        // First strong isolate, and its end.
        Language::Arabic => format!("\u{2068}{value}\u{2069}"),
    }
}

/// A number in the language's digits.
pub(super) fn number(digits: &str, language: Language) -> String {
    match language {
        Language::English => digits.to_owned(),
        Language::Arabic => digits
            .chars()
            .map(|digit| {
                digit.to_digit(10).and_then(|n| char::from_u32('٠' as u32 + n)).unwrap_or(digit)
            })
            .collect(),
    }
}

/// Names, with what they are called in English and Arabic.
static WORDS: &[(&str, &str, &str)] = &[
    // Statuses of templates.
    ("APPROVED", "approved", "معتمد"),
    ("PENDING", "in review", "قيد المراجعة"),
    ("REJECTED", "rejected", "مرفوض"),
    ("PAUSED", "paused", "موقوف مؤقتًا"),
    ("DISABLED", "disabled", "معطّل"),
    ("IN_APPEAL", "under appeal", "قيد الاعتراض"),
    ("PENDING_DELETION", "being deleted", "قيد الحذف"),
    ("DELETED", "deleted", "محذوف"),
    ("LIMIT_EXCEEDED", "over its limit", "متجاوز لحدّه"),
    ("ARCHIVED", "archived", "مؤرشف"),
    // Categories.
    ("MARKETING", "marketing", "التسويق"),
    ("UTILITY", "utility", "الخدمات"),
    ("AUTHENTICATION", "authentication", "المصادقة"),
    ("UNKNOWN", "unknown", "غير معروفة"),
    // Reasons.
    ("ORDER_UPDATE", "order update", "تحديث طلب"),
    ("PAYMENT_UPDATE", "payment update", "تحديث دفعة"),
    ("APPOINTMENT_REMINDER", "appointment reminder", "تذكير بموعد"),
    ("ACCOUNT_ALERT", "account alert", "تنبيه بشأن الحساب"),
    ("REPLY_TO_INQUIRY", "reply to an inquiry", "رد على استفسار"),
    ("SUPPORT_FOLLOW_UP", "support follow-up", "متابعة طلب دعم"),
    ("REQUESTED_OFFER", "requested offer", "عرض طلبه العميل"),
    ("CAMPAIGN", "campaign", "حملة"),
    // Languages of templates, those most often met.
    ("ar", "Arabic", "العربية"),
    ("en", "English", "الإنجليزية"),
    ("en_US", "English (US)", "الإنجليزية (الولايات المتحدة)"),
    ("en_GB", "English (UK)", "الإنجليزية (المملكة المتحدة)"),
    ("fr", "French", "الفرنسية"),
    ("tr", "Turkish", "التركية"),
    ("ur", "Urdu", "الأردية"),
    ("hi", "Hindi", "الهندية"),
    ("fa", "Persian", "الفارسية"),
    ("es", "Spanish", "الإسبانية"),
    ("de", "German", "الألمانية"),
    ("id", "Indonesian", "الإندونيسية"),
];
