//! The table against the rules. That its places can be filled is shown with the cases of the rules.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use super::*;
use crate::rule::{Remedy, Values};
use crate::rules::RULES;

const BOTH: [Language; 2] = [Language::English, Language::Arabic];

fn violation(code: &str, values: &[(&str, &str)], wait: Option<TimeDelta>) -> Violation {
    let values: Values = values.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let earliest_allowed_at = wait.map(|wait| now() + wait);
    Violation { code: code.to_owned(), values, remedy: Remedy::Wait, earliest_allowed_at }
}

fn now() -> Time {
    azeer_domain::PLATFORM_BEGAN
}

#[test]
fn every_rule_has_an_entry_and_every_entry_a_rule() {
    let entries: Vec<_> = ENTRIES.iter().map(|entry| entry.code).collect();
    let rules: Vec<_> = RULES.iter().map(|rule| rule.code).collect();
    assert_eq!(entries, rules, "in the order of the rules");
}

#[test]
fn every_text_is_in_its_language_and_both_name_the_same_values() {
    for entry in ENTRIES.iter().chain([&UNKNOWN]) {
        let [english, arabic] = BOTH.map(|language| entry.text(language));
        let is_arabic = |c: char| ('ء'..='ي').contains(&c);
        assert!(!english.message.contains(is_arabic), "{}", entry.code);
        assert!(arabic.message.contains(is_arabic), "{}", entry.code);
        assert_eq!(places(english.message), places(arabic.message), "{}", entry.code);
        assert_eq!(english.passes.is_empty(), arabic.passes.is_empty(), "{}", entry.code);
        for passes in [english.passes, arabic.passes].into_iter().filter(|it| !it.is_empty()) {
            assert_eq!(places(passes), BTreeSet::from(["wait"]), "{}", entry.code);
        }
    }
}

fn places(text: &str) -> BTreeSet<&str> {
    let mut rest = text;
    std::iter::from_fn(|| {
        let (_, name, after) = next_place(rest)?;
        rest = after;
        Some(name)
    })
    .collect()
}

#[test]
fn values_and_waits_are_put_in() {
    let values = [("category", "MARKETING"), ("pause", "1800s")];
    let refused = violation("CONTACT_COOLDOWN", &values, Some(TimeDelta::minutes(25)));
    assert_eq!(
        message(&refused, now(), Language::English),
        "The customer was sent a template only a short while ago. A marketing template must keep \
         a distance of 30 minutes. You can send it in 25 minutes."
    );
    assert_eq!(
        message(&refused, now(), Language::Arabic),
        "أُرسل إلى العميل قالب قبل وقت قصير. يُشترط لقوالب فئة التسويق فاصل لا يقل عن ٣٠ دقيقة. \
         يمكنك إرساله بعد ٢٥ دقيقة."
    );
}

#[test]
fn what_passed_is_not_waited_for() {
    for wait in [None, Some(TimeDelta::zero()), Some(TimeDelta::seconds(-1))] {
        let refused = violation("SENDER_RESTRICTED", &[], wait);
        let told = message(&refused, now(), Language::English);
        assert!(told.ends_with("look at it."), "{told}");
    }
}

#[test]
fn lists_are_told_in_the_language_and_foreign_words_kept_apart() {
    let values = [("template", "order_1"), ("language", "ur"), ("languages", "ar, en_US, sw")];
    let refused = violation("TEMPLATE_LANGUAGE_NOT_FOUND", &values, None);
    let told = message(&refused, now(), Language::Arabic);
    let expected = "القالب \u{2068}order_1\u{2069} غير متوفر بهذه اللغة: الأردية. اللغات المتوفرة: \
                    العربية، الإنجليزية (الولايات المتحدة)، \u{2068}sw\u{2069}. اختر إحداها أو قالبًا آخر.";
    assert_eq!(told, expected);
}

#[test]
fn what_people_named_is_not_taken_for_a_word() {
    for name in ["60s", "12", "ar", "a, b"] {
        let refused = violation("TEMPLATE_NOT_FOUND", &[("template", name)], None);
        let told = message(&refused, now(), Language::English);
        assert!(told.contains(&format!("named {name}.")), "{told}");
    }
}

#[test]
fn what_nobody_knows_any_more_is_told_all_the_same() {
    let refused = violation("GONE", &[], Some(TimeDelta::hours(1)));
    assert_eq!(message(&refused, now(), Language::English), UNKNOWN.english.message);
    assert_eq!(message(&refused, now(), Language::Arabic), UNKNOWN.arabic.message);
    let lacks = violation("TEMPLATE_NOT_FOUND", &[], None);
    assert!(message(&lacks, now(), Language::English).contains("named …."));
}

#[test]
fn languages_by_their_codes() {
    for code in ["ar", "AR", "ar-SA", "ar_EG"] {
        assert_eq!(Language::of(code), Language::Arabic, "{code}");
    }
    for code in ["", "en", "en-US", "arn", "fr", "x-ar"] {
        assert_eq!(Language::of(code), Language::English, "{code}");
    }
}
