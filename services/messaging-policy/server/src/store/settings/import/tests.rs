use azeer_cloud_api::parse_listing;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::*;
use crate::names::MOST_CHARACTERS;

const ACCOUNT: &str = "waba";

fn noon() -> Time {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

/// What is known, and how imports change it.
struct Account(Templates);

impl Account {
    /// One that knows `order_update` in English.
    fn new() -> Self {
        let mut account = Self(Templates::default());
        account.import(&json!([entry(&json!({}))]), noon());
        account
    }

    fn plan(&self, body: &Value, complete: bool, now: Time) -> (Imported, Vec<StoredTemplate>) {
        let listing = parse_listing(body.to_string().as_bytes()).unwrap();
        plan(&self.0, Import { waba_id: ACCOUNT.to_owned(), listing, complete }, now)
    }

    /// Takes over a complete listing. Gives created, changed, unchanged and gone.
    fn import(&mut self, body: &Value, now: Time) -> [usize; 4] {
        let (imported, writes) = self.plan(body, true, now);
        for template in writes {
            self.0.add(template);
        }
        counts(&imported)
    }

    fn get(&self) -> &StoredTemplate {
        self.0.get(ACCOUNT, "order_update", "en_US").unwrap()
    }
}

fn counts(imported: &Imported) -> [usize; 4] {
    [imported.created, imported.changed, imported.unchanged, imported.gone]
}

/// The entry of `order_update` with other values.
fn entry(changes: &Value) -> Value {
    let mut entry = json!({
        "id": "7", "name": "order_update", "language": "en_US", "status": "APPROVED",
        "category": "UTILITY", "components": [{"type": "BODY", "text": "Hi {{1}}"}],
    });
    let changes = changes.as_object().unwrap().clone();
    entry.as_object_mut().unwrap().extend(changes);
    entry
}

#[test]
fn what_is_listed_again_is_unchanged_and_what_differs_is_changed() {
    let later = noon() + TimeDelta::hours(1);
    let rows = [
        (json!({}), false),
        (json!({"rejected_reason": "NONE"}), false),
        (json!({"components": [{"type": "BODY", "text": "Dear {{1}}"}]}), false),
        (json!({"components": [{"type": "BODY", "text": "{{1}} {{2}}"}]}), true),
        (json!({"status": "PAUSED"}), true),
        (json!({"status": "APPROVED\u{0}"}), true),
        (json!({"category": "MARKETING"}), true),
        (json!({"language": "en-us"}), true),
        (json!({"id": 8}), true),
        (json!({"quality_score": {"score": "RED"}}), true),
        (json!({"rejected_reason": "INVALID_FORMAT"}), true),
        (json!({"correct_category": "MARKETING"}), true),
        (json!({"correct_category": "UTILITY"}), false),
    ];
    for (change, is_change) in rows {
        let mut account = Account::new();
        let expected = if is_change { [0, 1, 0, 0] } else { [0, 0, 1, 0] };
        let before = account.get().clone();
        assert_eq!(account.import(&json!([entry(&change)]), later), expected, "{change}");
        let after = account.get();
        assert_eq!(after.create_time, noon());
        assert_eq!(after.update_time, if is_change { later } else { noon() }, "{change}");
        assert_eq!(*after != before, is_change, "{change}");
        assert!(!after.status.contains('\0'));
        assert_eq!(account.import(&json!([entry(&change)]), later), [0, 0, 1, 0], "{change}");
    }
}

#[test]
fn the_last_of_the_same_ones_counts_once() {
    let mut account = Account::new();
    let listed = json!([
        entry(&json!({"name": "new", "language": "ar"})),
        entry(&json!({"status": "PAUSED"})),
        entry(&json!({"name": "new", "language": "AR", "status": "REJECTED"})),
        entry(&json!({"language": "en-US"})),
        entry(&json!({})),
    ]);
    assert_eq!(account.import(&listed, noon()), [1, 0, 1, 0]);
    assert_eq!(account.0.get(ACCOUNT, "new", "ar").unwrap().status, "REJECTED");
}

#[test]
fn only_a_complete_listing_tells_what_is_gone() {
    let account = Account::new();
    let gone = |body: &Value, complete| {
        let (imported, writes) = account.plan(body, complete, noon());
        assert_eq!(writes.len(), imported.gone);
        imported.gone
    };
    assert_eq!(gone(&json!([]), true), 1);
    assert_eq!(gone(&json!([]), false), 0);
    assert_eq!(gone(&json!({"data": [], "paging": {"next": "…"}}), true), 0);
    assert_eq!(gone(&json!({"data": [], "paging": {"cursors": {"after": "x"}}}), true), 1);
    // What cannot be read may still be there.
    for unread in [json!({"name": "order_update"}), json!({"id": 7}), json!(null)] {
        assert_eq!(gone(&json!([unread]), true), 0, "{unread}");
    }
    for other in [json!({"name": "other"}), json!({"name": "other", "id": "8"})] {
        assert_eq!(gone(&json!([other]), true), 1, "{other}");
    }
}

#[test]
fn what_is_gone_is_kept_and_comes_back() {
    let mut account = Account::new();
    assert_eq!(account.import(&json!([]), noon()), [0, 0, 0, 1]);
    assert_eq!(account.get().status, StoredTemplate::GONE);
    assert!(!account.get().is_sendable());
    assert_eq!(account.import(&json!([]), noon()), [0; 4], "it goes once");
    assert_eq!(account.import(&json!([entry(&json!({}))]), noon()), [0, 1, 0, 0]);
    assert!(account.get().is_sendable());
}

#[test]
fn what_a_listing_does_not_tell_stays() {
    let at = |hours| (noon() + TimeDelta::hours(hours)).timestamp();
    let told = json!({
        "quality_score": {"score": "YELLOW"}, "rejected_reason": "SCAM", "status": "REJECTED",
        "correct_category": "MARKETING", "category_update_timestamp": at(24),
    });
    let known = |account: &Account| {
        let StoredTemplate { quality, rejected_reason, next_category, .. } = account.get().clone();
        (quality, rejected_reason, next_category)
    };
    let rows = [
        ("the same", json!({"status": "REJECTED"}), 1, "SCAM", "MARKETING"),
        ("another status", json!({}), 1, "", "MARKETING"),
        ("the change took place", json!({"category": "MARKETING"}), 1, "", ""),
        ("the change did not take place", json!({}), 25, "", ""),
        ("the change was called off", json!({"correct_category": "UTILITY"}), 1, "", ""),
        (
            "an instant is not told again",
            json!({"correct_category": "MARKETING"}),
            1,
            "",
            "MARKETING",
        ),
    ];
    for (what, change, hours, reason, next) in rows {
        let mut account = Account::new();
        account.import(&json!([entry(&told)]), noon());
        account.import(&json!([entry(&change)]), noon() + TimeDelta::hours(hours));
        assert_eq!(known(&account), ("YELLOW".into(), reason.into(), next.into()), "{what}");
        let at = account.get().category_changes_at.map(|at| at.timestamp());
        assert_eq!(at, (!next.is_empty()).then(|| noon().timestamp() + 86_400), "{what}");
    }
}

#[test]
fn entries_that_no_send_could_name_are_invalid() {
    let rows = [
        (json!({"name": "Order Update"}), "name"),
        (json!({"name": "x".repeat(513)}), "name"),
        (json!({"name": "a\u{0}b"}), "name"),
        (json!({"language": "en US"}), "language"),
        (json!({"language": "x".repeat(36)}), "language"),
        (json!({"components": {}}), "components"),
    ];
    for (change, field) in rows {
        let body = json!([entry(&json!({})), entry(&change)]);
        let (imported, writes) = Account::new().plan(&body, true, noon());
        let invalid: Vec<_> =
            imported.invalid.iter().map(|bad| (bad.index, bad.field.as_str())).collect();
        assert_eq!(invalid, [(1, field)], "{change}");
        assert_eq!((counts(&imported), writes.len()), ([0, 0, 1, 0], 0));
    }
}

#[test]
fn impossible_instants_and_long_texts_are_kept_as_far_as_they_can_be() {
    for seconds in [i64::MAX, i64::MIN, 0, 253_402_300_800] {
        let mut account = Account::new();
        let change = json!({"correct_category": "MARKETING", "category_update_timestamp": seconds});
        account.import(&json!([entry(&change)]), noon());
        assert_eq!(account.get().category_changes_at, None, "{seconds}");
    }
    let mut account = Account::new();
    account.import(&json!([entry(&json!({"status": "ش".repeat(999)}))]), noon());
    assert_eq!(account.get().status, "ش".repeat(MOST_CHARACTERS));
}
