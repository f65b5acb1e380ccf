//! Which fields a change names.

use azeer_runtime::fields::Fields;
use prost_types::FieldMask;

/// An `update_mask`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mask<'a>(&'a [String]);

impl<'a> Mask<'a> {
    /// Reads a mask, which may name these fields, or all of them as `*`.
    pub(super) fn read(
        fields: &mut Fields,
        given: Option<&'a FieldMask>,
        known: &[&str],
    ) -> Mask<'a> {
        let paths = given.map(|mask| mask.paths.as_slice()).unwrap_or_default();
        // Once, however many are wrong: they are all to be the same.
        if !paths.iter().all(|path| path == "*" || known.contains(&path.as_str())) {
            let known = known.join(", ");
            fields.bad("update_mask", format_args!("must be `*` or of {known}"));
        }
        Self(paths)
    }

    /// Whether it names nothing itself: what the request carries is meant then.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a field is named, by the mask or, without one, by being carried.
    pub(super) fn names(&self, field: &str, is_carried: bool) -> bool {
        if self.is_empty() {
            return is_carried;
        }
        self.0.iter().any(|path| path == "*" || path == field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static KNOWN: [&str; 2] = ["limit", "unlimited"];

    fn named(paths: &[&str]) -> Option<Vec<(bool, bool)>> {
        let given = FieldMask { paths: paths.iter().map(ToString::to_string).collect() };
        let mut fields = Fields::new();
        let mask = Mask::read(&mut fields, Some(&given), &KNOWN);
        let named = KNOWN.map(|field| (mask.names(field, false), mask.names(field, true)));
        fields.finish(|| Some(named.into())).ok()
    }

    #[test]
    fn a_mask_names_fields_and_an_empty_one_what_is_carried() {
        let (yes, no, carried) = ((true, true), (false, false), (false, true));
        let rows: [(&[&str], _); 9] = [
            (&[], Some(vec![carried, carried])),
            (&["*"], Some(vec![yes, yes])),
            (&["limit"], Some(vec![yes, no])),
            (&["unlimited", "unlimited"], Some(vec![no, yes])),
            (&["limit", "*"], Some(vec![yes, yes])),
            (&[""], None),
            (&["limit", "colour"], None),
            (&["Limit"], None),
            (&["limit.x"], None),
        ];
        for (paths, expected) in rows {
            assert_eq!(named(paths), expected, "{paths:?}");
        }
        let mut fields = Fields::new();
        assert!(Mask::read(&mut fields, None, &KNOWN).is_empty());
    }
}
