//! The variables of a text: `{{1}}` or `{{first_name}}`.

use std::collections::BTreeSet;

use super::components::Variables;

/// How a template says that its variables are written (`parameter_format`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Positional,
    Named,
    /// It doesn't say: the texts tell.
    Unsaid,
}

/// The variables that a text has. One that stands there twice is given once.
pub(super) fn variables(text: &str, format: Format) -> Variables {
    let names: BTreeSet<&str> = placeholders(text).into_iter().collect();
    let is_number = |name: &&str| name.bytes().all(|byte| byte.is_ascii_digit());
    let by_name = match format {
        Format::Positional => false,
        Format::Named => true,
        Format::Unsaid => !names.iter().all(is_number),
    };
    if by_name && !names.is_empty() {
        Variables::Named(names.into_iter().map(str::to_owned).collect())
    } else {
        Variables::positional(names.len())
    }
}

/// Whether there is any variable.
pub(super) fn has_variable(text: &str) -> bool {
    !placeholders(text).is_empty()
}

/// The words between pairs of braces, each as often as it stands there.
fn placeholders(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("{{") {
        // The last of several opening braces is the one that counts.
        rest = rest[at + 2..].trim_start_matches('{');
        let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == ' ';
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let word = rest[..end].trim();
        rest = &rest[end..];
        if rest.starts_with("}}") && !word.is_empty() && !word.contains(' ') {
            found.push(word);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_their_variables() {
        use Format::{Named, Positional, Unsaid};
        let named = |names: &[&str]| Variables::Named(names.iter().map(|n| (*n).into()).collect());
        let rows = [
            ("", Unsaid, Variables::Positional(0)),
            ("no variables { } {{ }} {{}} }}{{", Unsaid, Variables::Positional(0)),
            ("{{1}}", Unsaid, Variables::Positional(1)),
            ("{{1}}, {{2}} and {{1}}", Unsaid, Variables::Positional(2)),
            ("{{ 1 }}{{2}}", Positional, Variables::Positional(2)),
            ("مرحبا {{1}}، طلبك {{2}} في الطريق", Unsaid, Variables::Positional(2)),
            ("{{{1}}}", Unsaid, Variables::Positional(1)),
            ("{{1} {{2}}", Unsaid, Variables::Positional(1)),
            ("{{not one}} {{a.b}} {{1", Unsaid, Variables::Positional(0)),
            ("{{b}} {{a_1}} {{b}}", Unsaid, named(&["a_1", "b"])),
            ("{{b}}", Named, named(&["b"])),
            ("{{1}}", Named, named(&["1"])),
            ("{{1}} {{name}}", Unsaid, named(&["1", "name"])),
            ("none", Named, Variables::Positional(0)),
        ];
        for (text, format, expected) in rows {
            assert_eq!(variables(text, format), expected, "{text}");
        }
    }

    #[test]
    fn long_texts_are_read_in_one_pass() {
        for (piece, count) in [("{", 0), ("{{", 0), ("{{a", 0), ("{{1}}", 1)] {
            let found = variables(&piece.repeat(400_000), Format::Unsaid);
            assert_eq!(found, Variables::Positional(count), "{piece}");
        }
    }
}
