use super::*;

fn said(contact: &str, at: i64, state: Consent, source: &str, recorded: i64) -> Change {
    let time = |second| Time::from_timestamp(second, 0).unwrap();
    let said = StoredConsent {
        state,
        source: source.to_owned(),
        occurred_at: time(at),
        update_time: time(recorded),
    };
    Change { contact: ContactId::parse(contact).unwrap(), said }
}

#[test]
fn what_holds_is_told_first() {
    use Consent::{OptedIn, OptedOut};
    let in_order = [
        said("b", 9, OptedIn, "", 9),
        said("b", 8, OptedOut, "", 20),
        said("a", 8, OptedIn, "", 30),
        said("a", 8, OptedIn, "form", 10),
        said("a", 7, OptedOut, "", 40),
    ];
    for turns in 0..in_order.len() {
        let mut arrived = in_order.to_vec();
        arrived.rotate_left(turns);
        assert_eq!(told(arrived), in_order);
    }
}

#[test]
fn what_was_said_of_several_ids_at_once_is_told_once() {
    use Consent::{OptedIn, OptedOut};
    let all = vec![
        said("b", 9, OptedOut, "stop-word", 10),
        said("a", 9, OptedOut, "stop-word", 11),
        said("c", 9, OptedIn, "stop-word", 10),
        said("c", 9, OptedOut, "form", 10),
        said("c", 8, OptedOut, "stop-word", 10),
    ];
    let once = [
        said("c", 9, OptedOut, "form", 10),
        said("a", 9, OptedOut, "stop-word", 10),
        said("c", 9, OptedIn, "stop-word", 10),
        said("c", 8, OptedOut, "stop-word", 10),
    ];
    assert_eq!(told(all), once);
}

#[test]
fn the_last_hundred_are_told() {
    let all: Vec<_> = (0..250).map(|n| said("a", n / 2, Consent::OptedIn, "", n)).collect();
    let last = told(all);
    assert_eq!(last.len(), 100);
    assert_eq!(last.first(), Some(&said("a", 124, Consent::OptedIn, "", 248)));
    assert_eq!(last.last(), Some(&said("a", 25, Consent::OptedIn, "", 50)));
}
