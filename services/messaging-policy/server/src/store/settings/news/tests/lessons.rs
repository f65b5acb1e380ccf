//! What failures of sends teach, in whatever order they come.

use chrono::TimeDelta;

use super::*;

impl World {
    fn take(&mut self, failures: &[(i64, Taught)]) {
        let mut plan = Plan::new(&self.settings, self.told.clone(), noon());
        for (seconds, taught) in failures {
            plan.take(taught, at(*seconds).unwrap());
        }
        let changes = plan.finish();
        self.keep(&changes);
    }

    fn reason(&self) -> String {
        self.sender("n").restriction_reason
    }
}

fn lasting(seconds: Option<i64>, reason: &str) -> Taught {
    let lasting = seconds.map(TimeDelta::seconds);
    Taught::Restricted { channel: channel("n"), lasting, reason: reason.into() }
}

#[test]
fn of_restrictions_the_longest_holds_in_any_order() {
    let failures = [
        (-1, lasting(Some(30), "back-off")),
        (-3, lasting(Some(86_400), "day")),
        (-5, lasting(None, "halt")),
    ];
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let [mut apart, mut together] = [World::new(), World::new()];
        let failures = order.map(|place| failures[place].clone());
        for failure in &failures {
            apart.take(std::slice::from_ref(failure));
        }
        together.take(&failures);
        assert_eq!([apart.reason(), together.reason()], ["halt", "halt"], "{order:?}");
        together = World::new();
        together.take(&failures.into_iter().filter(|(at, _)| *at > -5).collect::<Vec<_>>());
        assert_eq!(together.reason(), "day", "{order:?}");
        assert_eq!(together.sender("n").version, 1);
    }
}

#[test]
fn what_people_lifted_only_a_later_failure_restricts() {
    let mut world = World::new();
    world.take(&[(-10, lasting(None, "halt"))]);
    let lifted = Fact::NumberRestricted { channel: channel("n"), restriction: None };
    let told = Told { at: at(-5).unwrap(), digests: vec![], fact: lifted };
    world.told.insert(subject(&told.fact), told);
    world.settings = Settings::default();
    world.take(&[(-7, lasting(None, "halt")), (-5, lasting(Some(60), "day"))]);
    assert_eq!(world.sender("n").facts.restriction, None);
    // Together with one that says nothing any more.
    world.take(&[(-7, lasting(None, "halt")), (-4, lasting(Some(60), "day"))]);
    assert_eq!(world.reason(), "day");
}

#[test]
fn a_failure_holds_over_what_was_told_ahead_of_time() {
    let taught = |told: &str| Taught::OfTemplate(status(told));
    let mut world = World::new();
    world.learn_one(at(240), status("PAUSED"));
    world.learn_one(at(240), status("APPROVED"));
    world.take(&[(-1, taught("PAUSED"))]);
    assert_eq!(world.template().status, "PAUSED");
    assert_eq!(world.learn_one(at(240), status("APPROVED")), Learned::Stale, "it comes again");
    assert_eq!(world.learn_one(at(241), status("APPROVED")), Learned::Applied);

    let mut world = World::new();
    world.learn_one(at(-5), status("APPROVED"));
    world.take(&[(-6, taught("PAUSED"))]);
    assert_eq!(world.template().status, "APPROVED", "it was approved since");
}
