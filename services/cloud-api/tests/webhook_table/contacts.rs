//! Whose item it is: ids from the item, completed from the contacts, and never another person's.

use azeer_cloud_api::{ContactIds, Content};
use serde_json::{Value, json};

use crate::bodies::*;

/// The ids and the name of the one who wrote the only message, given the contacts of its change.
fn sender(ids: &Value, contacts: &Value) -> (Vec<String>, Option<String>) {
    let text = with(message("text", &json!({"body": "hi"})), ids);
    let value = with(value("messages", &json!([text])), &json!({"contacts": contacts}));
    match single(&body("messages", &value)) {
        Content::Inbound(inbound) => {
            (inbound.contact.iter().map(str::to_owned).collect(), inbound.contact_name)
        }
        other => panic!("not a message: {other:?}"),
    }
}

#[test]
#[rustfmt::skip] // a line for each row
fn senders() {
    let noura = json!({"wa_id": CUSTOMER, "user_id": USER, "profile": {"name": "Noura"}});
    let sami = json!({"wa_id": "966500000009", "user_id": "SA.9", "profile": {"name": "Sami"}});
    let hidden = json!({"user_id": USER, "profile": {"name": "Noura"}});
    let number_only = json!({"wa_id": CUSTOMER});
    let by_number = json!({"from": CUSTOMER});
    let by_user = json!({"from": null, "from_user_id": USER});
    let by_both = json!({"from": CUSTOMER, "from_user_id": USER});
    let by_nothing = json!({"from": null});

    let rows = [
        ("number and contact", &by_number, json!([sami, noura]), vec![USER, CUSTOMER], Some("Noura")),
        ("number alone", &by_number, json!(null), vec![CUSTOMER], None),
        ("number, another's contact", &by_number, json!([sami]), vec![CUSTOMER], None),
        ("contact without user id", &by_number, json!([number_only]), vec![CUSTOMER], None),
        ("a plus before the number", &json!({"from": "+966500000001"}), json!([noura]), vec![USER, CUSTOMER], Some("Noura")),
        ("number as an integer", &json!({"from": 966_500_000_001_u64}), json!([noura]), vec![USER, CUSTOMER], Some("Noura")),
        ("user id alone", &by_user, json!([]), vec![USER], None),
        ("user id and contact", &by_user, json!([sami, hidden]), vec![USER], Some("Noura")),
        ("user id in the number's place", &json!({"from": USER}), json!([hidden]), vec![USER], Some("Noura")),
        ("both ids in the message", &by_both, json!("?"), vec![USER, CUSTOMER], None),
        ("nothing but the contact", &by_nothing, json!([hidden]), vec![USER], Some("Noura")),
        (
            "a recycled number",
            &json!({"from": CUSTOMER, "from_user_id": "SA.new"}),
            json!([noura]),
            vec!["SA.new", CUSTOMER],
            None,
        ),
    ];
    for (what, ids, contacts, expected, name) in rows {
        let (found, found_name) = sender(ids, &contacts);
        assert_eq!(found, expected, "{what}");
        assert_eq!(found_name.as_deref(), name, "{what}");
    }
}

#[test]
fn nobody_is_guessed_among_several() {
    let text = with(message("text", &json!({"body": "hi"})), &json!({"from": null}));
    let contacts = json!({"contacts": [{"user_id": "SA.1"}, {"user_id": "SA.2"}]});
    let body = body("messages", &with(value("messages", &json!([text])), &contacts));
    assert_eq!(outcomes(&body), ["MALFORMED entry[0].changes[0].value.messages[0].from"]);
}

#[test]
fn an_echo_goes_to_whom_it_names() {
    let text =
        with(echo("text", &json!({"body": "hi"})), &json!({"to": null, "to_user_id": "SA.5"}));
    let Content::Echo(echo) = single(&echoes(&json!([text]))) else {
        panic!("an echo");
    };
    assert_eq!(echo.contact.user_id(), Some("SA.5"));
    assert_eq!(echo.contact.wa_id(), None);
}

#[test]
fn ids_are_at_least_one() {
    assert_eq!(ContactIds::new(None, None), None);
}
