//! What did not go out is as if it had never been: ledgers, reservations and rates against those of
//! the sends that stay.

use std::cell::RefCell;
use std::collections::BTreeSet;

use azeer_domain::Time;
use chrono::TimeDelta;
use messaging_policy_core::ledger::Entry;
use messaging_policy_core::rate::{self, Slot};
use messaging_policy_core::{Category, Ledger, Policy, Rate, Reservations};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;

use crate::offset::now;

/// How long after the one before, whether it is given back, and how many steps later.
type Step = (TimeDelta, Option<usize>);

fn steps(after: impl Strategy<Value = TimeDelta>, most: usize) -> impl Strategy<Value = Vec<Step>> {
    let back = prop_oneof![1 => Just(None), 1 => (0..6_usize).prop_map(Some)];
    vec((after, back), 1..most)
}

/// Reserves in turn, and gives back in between; gives the instants, and who was given back.
fn play(
    steps: &[Step],
    mut reserve: impl FnMut(usize, Time),
    mut give_back: impl FnMut(usize, Time),
) -> (Vec<Time>, BTreeSet<usize>) {
    let (mut at, mut due, mut times) = (now(), BTreeSet::new(), Vec::new());
    for (number, (after, back)) in steps.iter().enumerate() {
        at += *after;
        times.push(at);
        reserve(number, at);
        due.extend(back.map(|back| (number + back, number)));
        while let Some((then, of)) = due.first().copied().filter(|(then, _)| *then <= number) {
            due.remove(&(then, of));
            give_back(of, at);
        }
    }
    // What is to come later than the history does not come.
    let open: BTreeSet<usize> = due.into_iter().map(|(_, of)| of).collect();
    let given = steps.iter().enumerate().filter(|(_, (_, back))| back.is_some());
    let given = given.map(|(number, _)| number).filter(|number| !open.contains(number));
    (times, given.collect())
}

fn decision(number: usize) -> Uuid {
    Uuid::from_u128(number as u128 + 1)
}

fn minutes() -> impl Strategy<Value = TimeDelta> {
    prop_oneof![3 => Just(TimeDelta::zero()), 5 => (0..90_i64).prop_map(TimeDelta::minutes)]
}

proptest! {
    #[test]
    fn a_ledger_is_that_of_the_sends_that_stay(
        steps in steps(minutes(), 60),
        categories in vec(select(vec![Category::Marketing, Category::Utility]), 60),
    ) {
        let entry = |number: usize, at| Entry {
            decision: decision(number),
            at,
            category: categories[number],
            fingerprint: 7,
        };
        let ledger = RefCell::new(Ledger::default());
        let (times, given) = play(
            &steps,
            |number, at| ledger.borrow_mut().reserve(entry(number, at)),
            |number, _| assert!(ledger.borrow_mut().release(decision(number))),
        );
        let mut never = Ledger::default();
        for (number, at) in times.iter().enumerate().filter(|(number, _)| !given.contains(number)) {
            never.reserve(entry(number, *at));
        }
        let mut ledger = ledger.into_inner();
        prop_assert_eq!(&ledger, &never);
        for number in given {
            prop_assert!(!ledger.release(decision(number)), "once");
        }
    }

    #[test]
    fn a_place_is_taken_by_the_last_send_that_stays(steps in steps(minutes(), 200)) {
        let place = RefCell::new(Reservations::default());
        let (times, given) = play(
            &steps,
            |number, at| place.borrow_mut().reserve(decision(number), at),
            |number, _| {
                place.borrow_mut().release(decision(number));
            },
        );
        let place = place.into_inner();
        prop_assert!(place.kept().len() <= 64);
        prop_assert!(place.kept().is_sorted_by_key(|reservation| reservation.at));
        let end = *times.last().unwrap();
        let counts = |at: &Time| *at > end - TimeDelta::days(1);
        let stay = times.iter().enumerate().filter(|(number, _)| !given.contains(number));
        let last = stay.map(|(_, at)| *at).max();
        // Of more than are told apart the oldest are never given back.
        if times.iter().filter(|at| counts(at)).count() <= 64 {
            prop_assert_eq!(place.last().filter(counts), last.filter(counts));
        } else {
            prop_assert!(place.last() >= last);
        }
    }
}

#[test]
fn what_nobody_can_tell_apart_is_not_given_back() {
    let mut place = Reservations::new(vec![], now());
    assert_eq!(place.last(), Some(now()));
    assert!(!place.release(Uuid::nil()));
    for number in 0..70 {
        place.reserve(decision(number), now() + TimeDelta::seconds(1));
    }
    for number in 0..70 {
        assert_eq!(place.release(decision(number)), number > 6, "{number}");
    }
    assert_eq!(place.last(), Some(now() + TimeDelta::seconds(1)));
}

#[test]
fn two_ids_have_one_place() {
    let ahead = |seconds| now() + TimeDelta::seconds(seconds);
    let [mut place, mut other] = [Reservations::default(), Reservations::default()];
    place.reserve(decision(0), ahead(0));
    other.reserve(decision(1), ahead(1));
    place.reserve(decision(2), ahead(2));
    other.join(place);
    for (number, last) in [(2, Some(ahead(1))), (0, Some(ahead(1))), (1, None)] {
        assert!(other.release(decision(number)));
        assert_eq!(other.last(), last);
    }
}

fn policy(interval: i64, burst: i64) -> Policy {
    let mut policy = Policy::default();
    policy.set_value("PAIR_RATE_LIMIT", "interval", interval).unwrap();
    policy.set_value("PAIR_RATE_LIMIT", "burst", burst).unwrap();
    policy
}

/// When the rate is free, of sends at these instants.
fn free_at(policy: &Policy, times: impl IntoIterator<Item = Time>) -> Option<Time> {
    times.into_iter().fold(None, |free_at, at| Some(rate::after(free_at, policy, at)))
}

/// A channel's rate, and what each message took of it.
struct Channel {
    rate: Rate,
    slots: Vec<Slot>,
}

impl Channel {
    fn new() -> Self {
        Self { rate: Rate::free(now()), slots: Vec::new() }
    }

    fn send(&mut self, policy: &Policy, at: Time) {
        if self.rate.is_over(at) {
            self.rate = Rate::free(at);
        }
        let free_at = Some(self.rate.free_at);
        self.slots.push(rate::slot(free_at, policy, at));
        self.rate.take(policy, at);
    }
}

fn seconds() -> impl Strategy<Value = TimeDelta> {
    prop_oneof![
        3 => Just(TimeDelta::zero()),
        4 => (0..9_000_i64).prop_map(TimeDelta::milliseconds),
        1 => (0..30_i64).prop_map(TimeDelta::seconds),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Whatever is given back, and whenever: no sooner free than without what was given back.
    #[test]
    fn a_rate_gives_no_more_back_than_was_taken(steps in steps(seconds(), 40)) {
        let policy = policy(6, 1_000);
        let channel = RefCell::new(Channel::new());
        let (times, given) = play(
            &steps,
            |_, at| channel.borrow_mut().send(&policy, at),
            |number, at| {
                let mut channel = channel.borrow_mut();
                let slot = channel.slots[number];
                channel.rate.give_back(slot, at);
            },
        );
        let stay = times.iter().enumerate().filter(|(number, _)| !given.contains(number));
        let never = free_at(&policy, stay.map(|(_, at)| *at));
        let end = *times.last().unwrap();
        let free_at = channel.borrow().rate.free_at;
        prop_assert!(free_at.max(end) >= never.map_or(end, |never| never.max(end)));
        prop_assert!(free_at <= self::free_at(&policy, times).unwrap());
    }

    /// What is given back at once is as if it had never been.
    #[test]
    fn a_rate_gives_all_back_at_once(steps in vec((seconds(), any::<bool>()), 1..40)) {
        let policy = policy(6, 1_000);
        let (mut channel, mut at, mut stay) = (Channel::new(), now(), Vec::new());
        for (after, stays) in steps {
            at += after;
            channel.send(&policy, at);
            if stays {
                stay.push(at);
            } else {
                let slot = *channel.slots.last().unwrap();
                channel.rate.give_back(slot, at);
            }
        }
        let never = free_at(&policy, stay).map_or(at, |never| never.max(at));
        prop_assert_eq!(channel.rate.free_at.max(at), never);
    }
}

#[test]
fn of_a_burst_all_places_to_come_are_given_back_in_any_order() {
    let policy = policy(6, 45);
    let orders: [Box<dyn Fn(usize) -> usize>; 3] =
        [Box::new(|i| i), Box::new(|i| 44 - i), Box::new(|i| (i * 7) % 45)];
    for order in orders {
        let mut channel = Channel::new();
        (0..45).for_each(|_| channel.send(&policy, now()));
        let later = now() + TimeDelta::seconds(3);
        for i in 0..45 {
            let slot = channel.slots[order(i)];
            channel.rate.give_back(slot, later);
        }
        // The three seconds that passed were somebody's.
        assert!(channel.rate.free_at <= later, "{}", channel.rate.free_at);
    }
}

#[test]
fn where_too_much_was_given_back_the_rest_waits_for_time() {
    let policy = policy(6, 1_000);
    let mut channel = Channel::new();
    (0..70).for_each(|_| channel.send(&policy, now()));
    let given = channel.slots.clone().into_iter().rev().map(|slot| {
        let amount = channel.rate.give_back(slot, now());
        usize::from(amount > TimeDelta::zero())
    });
    assert_eq!(given.sum::<usize>(), 64);
}

/// A number that is busy all day gives back all day.
#[test]
fn what_was_given_back_of_times_that_are_over_is_forgotten() {
    let policy = policy(6, 45);
    let mut channel = Channel::new();
    (0..20).for_each(|_| channel.send(&policy, now()));
    for step in 1..1_000 {
        let at = now() + TimeDelta::seconds(6 * step);
        channel.send(&policy, at);
        channel.send(&policy, at);
        let slot = *channel.slots.last().unwrap();
        assert_eq!(channel.rate.give_back(slot, at), TimeDelta::seconds(6), "{step}");
        assert!(channel.rate.returned.len() <= 45, "{step}");
        assert!(!channel.rate.is_over(at), "it is busy");
    }
}

#[test]
fn what_was_taken_before_the_rate_was_full_is_not_given_back() {
    let policy = policy(6, 45);
    let mut channel = Channel::new();
    (0..10).for_each(|_| channel.send(&policy, now()));
    let before = channel.slots.clone();
    let told = now() + TimeDelta::seconds(1);
    let full_at = rate::full_at(&policy, now());
    channel.rate.fill(full_at, told);
    // The rule may only warn: so more is sent.
    let later = told + TimeDelta::seconds(6);
    channel.send(&policy, later);
    for slot in before {
        assert_eq!(channel.rate.give_back(slot, later), TimeDelta::zero());
    }
    let slot = *channel.slots.last().unwrap();
    assert!(channel.rate.give_back(slot, later) > TimeDelta::zero());
    assert_eq!(channel.rate.free_at, full_at);
}
