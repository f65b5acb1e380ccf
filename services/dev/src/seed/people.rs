//! Who writes and who answers: names, numbers and message ids as they look in reality.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use conversation_state_core::{AgentId, ContactId, MessageId, TeamId, id::InvalidId};
use rand::{Rng as _, rngs::StdRng, seq::IndexedRandom as _};

/// The mobile numbers of a country: 8 digits after its prefix.
pub(super) const MOST_CONTACTS: u32 = 100_000_000;

const FIRST_NAMES: &[&str] = &[
    "سارة",
    "محمد",
    "نورة",
    "عبدالله",
    "فاطمة",
    "خالد",
    "ريم",
    "يوسف",
    "هند",
    "عمر",
    "ليلى",
    "إبراهيم",
    "Sara",
    "Mohammed",
    "Emily",
    "James",
    "Priya",
    "Ahmed",
    "Maria",
    "Daniel",
    "Aisha",
    "Chen",
    "Fatima",
    "Omar",
];
const LAST_NAMES: &[&str] = &[
    "العتيبي",
    "القحطاني",
    "الحربي",
    "الشمري",
    "الغامدي",
    "المصري",
    "حداد",
    "الخطيب",
    "Haddad",
    "Smith",
    "Khan",
    "Garcia",
    "Al-Otaibi",
    "Miller",
    "Sharma",
    "Mansour",
];
/// Teams with the names of their agents.
const TEAMS: &[(&str, &[&str])] = &[
    ("sales", &["noor", "omar", "huda", "sami"]),
    ("support", &["laila", "tariq", "mona", "yasin", "rana", "adam"]),
    ("billing", &["faisal", "dina"]),
    ("shipping", &["salem", "jana", "bilal"]),
];

/// The contact of a number below [`MOST_CONTACTS`]; each has another one. They are scattered, as
/// real customers' numbers are.
pub(super) fn contact(number: u32) -> Result<ContactId, InvalidId> {
    // Odd and no multiple of 5, so it has no factor in common with the count of all numbers.
    let scattered = u64::from(number) * 61_803_399 % u64::from(MOST_CONTACTS);
    ContactId::parse(&format!("9665{scattered:08}"))
}

/// A first and a last name of one script.
pub(super) fn name(random: &mut StdRng) -> String {
    let of = |names: &[&'static str], arabic: bool, random: &mut StdRng| {
        let fitting: Vec<&str> =
            names.iter().copied().filter(|name| name.is_ascii() != arabic).collect();
        fitting.choose(random).copied().unwrap_or_default()
    };
    let arabic = random.random_bool(0.65);
    format!("{} {}", of(FIRST_NAMES, arabic, random), of(LAST_NAMES, arabic, random))
}

/// A team and one of its agents.
pub(super) fn team(random: &mut StdRng) -> Result<(TeamId, AgentId), InvalidId> {
    let (team, agents) = TEAMS[random.random_range(0..TEAMS.len())];
    Ok((TeamId::parse(team)?, AgentId::parse(agents[random.random_range(0..agents.len())])?))
}

/// An id in the form and length of the platform's: the contact and something random.
pub(super) fn message(contact: &ContactId, random: &mut StdRng) -> Result<MessageId, InvalidId> {
    let mut bytes = contact.as_str().as_bytes().to_vec();
    bytes.extend(random.random::<[u8; 22]>());
    MessageId::parse(&format!("wamid.{}", STANDARD.encode(bytes)))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use rand::SeedableRng as _;

    use super::*;

    #[test]
    fn contacts_differ() {
        let contacts: HashSet<ContactId> = (0..50_000)
            .chain(MOST_CONTACTS - 50_000..MOST_CONTACTS)
            .map(|n| contact(n).unwrap())
            .collect();
        assert_eq!(contacts.len(), 100_000);
    }

    #[test]
    fn names_keep_to_one_script() {
        let mut random = StdRng::seed_from_u64(1);
        for _ in 0..200 {
            let name = name(&mut random);
            let (first, last) = name.split_once(' ').unwrap();
            assert!(!first.is_empty() && first.is_ascii() == last.is_ascii(), "{name}");
        }
    }
}
