use super::*;
use crate::Policy;

fn by_default(text: &str) -> bool {
    StopWords::of(&Policy::default().stop_words).are_in(text)
}

#[test]
fn said_alone_or_in_a_sentence_in_any_spelling() {
    let messages = [
        "stop",
        "STOP",
        "Stop.",
        " stop \n",
        "stop!!!",
        "«stop»",
        "please STOP, thanks",
        "stop\u{200f}",
        "🛑stop🛑",
        "ｓｔｏｐ",
        "STOPALL",
        "Unsubscribe",
        "opt-out",
        "Opt  Out",
        "please opt me out",
        "توقف",
        "توقّف",
        "تَوَقَّفْ",
        "تـــوقف",
        " توقف ",
        "توقف؟!",
        "توقف 🙏",
        "😡توقف😡",
        "\u{202b}توقف\u{202c}",
        "لو سمحت توقف",
        "أوقف",
        "اوقف",
        "أوقفوا الإرسال",
        "اوقفوا",
        "إلغاء الاشتراك",
        "الغاء الاشتراك",
        "إلغاء  الإشتراك",
        "إلغاءُ الاشتراكِ",
        "إلغاء_الاشتراك",
        "أريد إلغاء الاشتراك من فضلكم",
        "الغاء اشتراك",
        "إلغاء المتابعه",
        "لا تراسلوني",
        "لا اريد رسائل",
        "s t o p",
        "un subscribe",
        "الغاءالاشتراك",
        "ت و ق ف",
    ];
    for message in messages {
        assert!(by_default(message), "{message:?}");
    }
}

#[test]
fn other_words_that_contain_it_are_not_it() {
    let messages = [
        "",
        " ",
        "🛑",
        "nonstop",
        "stopping",
        "stopped by yesterday",
        "stopwatch",
        "opt",
        "out",
        "out opt",
        "s t o p it",
        "I opted out of the plan",
        "unsubscribed",
        "cancel my order",
        "توقفت عن العمل أمس",
        "متوقف",
        "وتوقفنا",
        "موقف السيارات",
        "هل يتوقف الباص هنا",
        "إلغاء الطلب",
        "الاشتراك",
        "كم سعر الاشتراك",
        "لا تراسل أحدا",
        "شكرا",
    ];
    for message in messages {
        assert!(!by_default(message), "{message:?}");
    }
}

#[test]
fn a_tenants_own_words() {
    let rows: [(&[&str], &str, bool); 10] = [
        (&[], "stop", false),
        (&["basta"], "stop", false),
        (&["basta"], "¡BASTA!", true),
        (&["Basta!"], "ya basta", true),
        (&["no more"], "no  more, please", true),
        (&["no more"], "no, more please", true),
        (&["no more"], "no one more", false),
        (&["no more"], "casino more", false),
        (&["", "!?", "ـ"], "anything at all", false),
        (&["٣"], "press 3", true),
    ];
    for (words, message, expected) in rows {
        let words: Vec<String> = words.iter().map(ToString::to_string).collect();
        assert_eq!(StopWords::of(&words).are_in(message), expected, "{words:?} in {message:?}");
    }
}

#[test]
fn each_default_is_one_of_a_kind_and_finds_itself() {
    let mut seen = std::collections::BTreeSet::new();
    for word in DEFAULT {
        assert!(StopWords::of(&[(*word).to_owned()]).are_in(word), "{word}");
        assert!(seen.insert(fold(word)), "{word} is there in another spelling");
    }
}
