//! Rows of the table: one for each field of a request, with the values to try there.

use std::fmt::Debug;
use std::ops::RangeInclusive;

use azeer_proto::common::v1::Actor;
use azeer_proto::conversation::v1::ContactRef;
use chrono::TimeDelta;
use prost::Message;
use prost_types::{Duration, Timestamp};

use super::values::{self, Named, Values};
use crate::support::Call;

/// All rows of an RPC: the request that is good as it is, and what to try in its place.
pub(crate) struct Table {
    /// The service, with its package.
    pub(crate) service: String,
    pub(crate) rpc: String,
    pub(crate) as_it_is: Call,
    pub(crate) bad: Vec<Bad>,
    pub(crate) good: Vec<(String, Call)>,
    /// Fields in which nothing can be wrong, and why.
    pub(crate) free: Vec<(String, &'static str)>,
}

/// A request that is refused.
pub(crate) struct Bad {
    /// What is tried.
    pub(crate) value: String,
    /// The fields that are to be named.
    pub(crate) names: Vec<String>,
    pub(crate) call: Call,
}

type SetLast<R> = Box<dyn FnOnce(&mut R)>;

/// The rows of the RPC that takes `R`, as they are written down.
pub(crate) struct Rows<R> {
    as_it_is: R,
    /// Of each row its bad requests, and the setter of the last of them.
    bad: Vec<(Vec<Bad>, SetLast<R>)>,
    good: Vec<(String, Call)>,
    free: Vec<(String, &'static str)>,
}

/// Puts a value into a request.
pub(crate) trait Set<R, V>: Fn(&mut R, V) + Clone + 'static {}

impl<R, V, F: Fn(&mut R, V) + Clone + 'static> Set<R, V> for F {}

impl<R: Message + Clone + 'static> Rows<R> {
    pub(crate) fn of(as_it_is: R) -> Self {
        Self { as_it_is, bad: Vec::new(), good: Vec::new(), free: Vec::new() }
    }

    /// A field that takes anything.
    pub(crate) fn free(mut self, field: impl Into<String>, why: &'static str) -> Self {
        self.free.push((field.into(), why));
        self
    }

    /// A field, its bad values each with the names to be told, and its good ones.
    pub(crate) fn row<V: Clone + Debug + 'static>(
        mut self,
        bad: Named<V>,
        good: &[V],
        set: impl Set<R, V>,
    ) -> Self {
        let call = |value: &V| {
            let mut request = self.as_it_is.clone();
            set(&mut request, value.clone());
            let text: String = format!("{value:?}").chars().take(100).collect();
            (text, Call::new(request))
        };
        let good: Vec<_> = good.iter().map(call).collect();
        let last = bad.last().expect("a row has bad values").0.clone();
        let bad: Vec<_> = bad
            .into_iter()
            .map(|(value, names)| {
                let (value, call) = call(&value);
                Bad { value, names, call }
            })
            .collect();
        self.good.extend(good);
        self.bad.push((bad, Box::new(move |request| set(request, last))));
        self
    }

    /// A field that is named by its own path.
    pub(crate) fn values<V: Clone + Debug + 'static>(
        self,
        field: &str,
        values: Values<V>,
        set: impl Set<R, V>,
    ) -> Self {
        let named = |value| (value, vec![field.to_owned()]);
        self.row(values.bad.into_iter().map(named).collect(), &values.good, set)
    }

    pub(crate) fn name(self, field: &str, set: impl Set<R, String>) -> Self {
        self.values(field, values::names(), set)
    }

    pub(crate) fn name_or_empty(self, field: &str, set: impl Set<R, String>) -> Self {
        self.values(field, values::names().or_empty(), set)
    }

    pub(crate) fn uuid(self, field: &str, set: impl Set<R, String>) -> Self {
        self.values(field, values::uuids(), set)
    }

    pub(crate) fn uuid_or_empty(self, field: &str, set: impl Set<R, String>) -> Self {
        self.values(field, values::uuids().or_empty(), set)
    }

    pub(crate) fn time(self, field: &str, set: impl Set<R, Option<Timestamp>>) -> Self {
        self.values(field, values::times(), set)
    }

    pub(crate) fn duration(
        self,
        field: &str,
        least: TimeDelta,
        most: TimeDelta,
        set: impl Set<R, Option<Duration>>,
    ) -> Self {
        self.values(field, values::durations(least, most), set)
    }

    /// A list: too short, too long, or with one bad item.
    pub(crate) fn list(
        self,
        field: &str,
        length: RangeInclusive<usize>,
        items: Values<String>,
        set: impl Set<R, Vec<String>>,
    ) -> Self {
        let item = items.good[0].clone();
        let of_length = |n| vec![item.clone(); n];
        let third_is = |bad| vec![item.clone(), item.clone(), bad];
        let mut bad = vec![(of_length(length.end() + 1), vec![field.to_owned()])];
        let mut good = vec![of_length(*length.start()), of_length(*length.end()), items.good];
        if let Some(too_few) = length.start().checked_sub(1) {
            bad.push((of_length(too_few), vec![field.to_owned()]));
        }
        bad.extend(items.bad.into_iter().map(|it| (third_is(it), vec![format!("{field}[2]")])));
        good.retain(|list| length.contains(&list.len()));
        self.row(bad, &good, set)
    }

    pub(crate) fn actor(self, field: &str, set: impl Set<R, Option<Actor>>) -> Self {
        let (bad, good) = (values::bad_actors(field), values::good_actors());
        self.row(bad, &good, set)
    }

    /// A conversation by its id or by its contact.
    pub(crate) fn target(self, set: impl Set<R, (String, Option<ContactRef>)>) -> Self {
        self.target_within("", set)
    }

    /// The same in a message within the request; `prefix` is what its fields' paths begin with.
    pub(crate) fn target_within(
        self,
        prefix: &str,
        set: impl Set<R, (String, Option<ContactRef>)>,
    ) -> Self {
        let id = format!("{prefix}conversation_id");
        let ids = values::uuids();
        let contact = |channel_id: &str, contact_id: &str| {
            Some(ContactRef { channel_id: channel_id.into(), contact_id: contact_id.into() })
        };
        let by_contact = |channel: &str, contact_id: &str, part: &str| {
            ((String::new(), contact(channel, contact_id)), vec![format!("{prefix}contact.{part}")])
        };
        let mut bad: Vec<_> =
            ids.bad.iter().map(|bad| ((bad.clone(), None), vec![id.clone()])).collect();
        bad.push(((ids.good[0].clone(), contact("main", "ali")), vec![id]));
        let (channels, contacts) = (values::names(), values::printable(128));
        bad.extend(channels.bad.iter().map(|bad| by_contact(bad, "ali", "channel_id")));
        bad.extend(contacts.bad.iter().map(|bad| by_contact("main", bad, "contact_id")));
        let both = [by_contact("", "", "channel_id"), by_contact("", "", "contact_id")];
        let names = both.iter().flat_map(|(_, names)| names.clone()).collect();
        bad.push((both[0].0.clone(), names));
        let mut good: Vec<_> = ids.good.into_iter().map(|id| (id, None)).collect();
        good.extend(channels.good.iter().map(|good| by_contact(good, "ali", "").0));
        good.extend(contacts.good.iter().map(|good| by_contact("main", good, "").0));
        self.row(bad, &good, set)
    }

    /// The rows, and one more in which each field is bad at once.
    pub(crate) fn table(self) -> Table {
        let mut request = self.as_it_is.clone();
        let (mut bad, mut names) = (Vec::new(), Vec::new());
        for (rows, set) in self.bad {
            names.extend(rows.last().into_iter().flat_map(|last| last.names.clone()));
            set(&mut request);
            bad.extend(rows);
        }
        bad.push(Bad { value: "all at once".into(), names, call: Call::new(request) });
        let as_it_is = Call::new(self.as_it_is);
        let (service, rpc) = (as_it_is.service.clone(), as_it_is.rpc.clone());
        Table { service, rpc, as_it_is, bad, good: self.good, free: self.free }
    }
}
