//! One statement that writes a batch, with a part for each table.
//!
//! It has only those parts that have rows, so that a small batch is a small statement. Every
//! part's rows come as one array, always under the same number; so each combination of parts has
//! one text, which each connection prepares once.

use std::sync::OnceLock;

/// A part of the statement.
pub struct Part<R> {
    /// What checks and other parts know it by.
    pub name: &'static str,
    /// Its SQL, with parameters by their names.
    pub text: &'static str,
    /// Whether a batch with these rows needs it.
    pub needed: fn(&R) -> bool,
}

/// How many rows some parts must touch: else the statement fails.
pub struct Check {
    /// The parts, by their names. The first check's run first.
    pub parts: &'static [&'static str],
    /// The parameter that says how many.
    pub expected: &'static str,
    /// What the rows are, for the error.
    pub what: &'static str,
}

/// The statement, of rows `R`. The database must have `require_rows(touched bigint, expected
/// bigint, what text)`, which fails unless the first two are equal.
pub struct Statement<R: 'static> {
    parameters: Vec<(&'static str, &'static str)>,
    parts: Vec<Part<R>>,
    checks: Vec<Check>,
    /// The texts of the combinations of parts, a bit for each.
    texts: Vec<OnceLock<String>>,
}

impl<R> Statement<R> {
    /// There is a place for each combination: so there can't be more.
    const MOST_PARTS: usize = 16;

    /// Puts the statement together. `parameters` are the names by which the parts know them, such
    /// as `$events`, each with its type, in the order in which they are given. A batch with rows
    /// needs one part at the least.
    ///
    /// # Panics
    ///
    /// If there are more than 16 parts.
    #[must_use]
    pub fn new(
        parameters: &[(&'static str, &'static str)],
        parts: Vec<Part<R>>,
        checks: Vec<Check>,
    ) -> Self {
        assert!(parts.len() <= Self::MOST_PARTS, "the texts would take too much memory");
        let texts = (0..1 << parts.len()).map(|_| OnceLock::new()).collect();
        Self { parameters: parameters.to_vec(), parts, checks, texts }
    }

    /// The text that writes these rows.
    pub fn text(&self, rows: &R) -> &str {
        let needed = self.parts.iter().enumerate().filter(|(_, part)| (part.needed)(rows));
        let shape = needed.fold(0, |shape, (bit, _)| shape | 1 << bit);
        self.texts[shape].get_or_init(|| self.of_shape(shape))
    }

    /// All parameters are named first, since the database wants to know the types also of those
    /// that no part uses.
    fn of_shape(&self, shape: usize) -> String {
        let given: Vec<String> =
            self.parameters.iter().map(|(name, of)| format!("{name}::{of}")).collect();
        let parts = self.parts.iter().enumerate().filter(|(bit, _)| shape & (1 << bit) != 0);
        let parts: Vec<&Part<R>> = parts.map(|(_, part)| part).collect();
        let ctes: Vec<String> =
            parts.iter().map(|part| format!("{} AS ({})", part.name, part.text)).collect();
        let checks: Vec<String> = self.checks.iter().map(|check| check.text(&parts)).collect();
        let (given, ctes, checks) = (given.join(", "), ctes.join(", "), checks.join(", "));
        self.numbered(format!("WITH given AS (SELECT {given}), {ctes} SELECT {checks}"))
    }

    fn numbered(&self, text: String) -> String {
        let mut numbered: Vec<_> = (1..).zip(&self.parameters).collect();
        // A name may begin as another does: the longer one is the one that is meant.
        numbered.sort_by_key(|(_, (name, _))| std::cmp::Reverse(name.len()));
        let number = |text: String, (number, (name, _)): (i32, &(&str, &str))| {
            text.replace(name, &format!("${number}"))
        };
        numbered.into_iter().fold(text, number)
    }
}

impl Check {
    fn text<R>(&self, parts: &[&Part<R>]) -> String {
        let counts = parts.iter().filter(|part| self.parts.contains(&part.name));
        let counts = counts.map(|part| format!("(SELECT count(*) FROM {})", part.name));
        let touched = counts.fold("0".to_owned(), |sum, count| format!("{sum} + {count}"));
        format!("require_rows({touched}, {}, '{}')", self.expected, self.what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether there are rows of each kind.
    type Rows = (bool, bool);

    fn statement() -> Statement<Rows> {
        let part = |name, text, needed: fn(&Rows) -> bool| Part { name, text, needed };
        Statement::new(
            &[("$count", "bigint"), ("$counts", "count[]"), ("$notes", "note[]")],
            vec![
                part("counted", "INSERT INTO c SELECT * FROM unnest($counts)", |rows| rows.0),
                part("noted", "INSERT INTO n SELECT * FROM unnest($notes)", |rows| rows.1),
            ],
            vec![Check { parts: &["counted"], expected: "$count", what: "counts" }],
        )
    }

    #[test]
    fn has_the_parts_that_have_rows() {
        let given = "WITH given AS (SELECT $1::bigint, $2::count[], $3::note[]), ";
        let counted = "counted AS (INSERT INTO c SELECT * FROM unnest($2))";
        let noted = "noted AS (INSERT INTO n SELECT * FROM unnest($3))";
        let one = "0 + (SELECT count(*) FROM counted)";
        let cases = [
            ((true, false), counted.to_owned(), one),
            ((false, true), noted.to_owned(), "0"),
            ((true, true), format!("{counted}, {noted}"), one),
        ];
        let statement = statement();
        for (rows, parts, touched) in cases {
            let check = format!(" SELECT require_rows({touched}, $1, 'counts')");
            assert_eq!(statement.text(&rows), format!("{given}{parts}{check}"));
        }
    }
}
