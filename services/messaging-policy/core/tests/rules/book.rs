//! Reads the case files: named situations, and cases that tell what differs from them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use messaging_policy_core::{Outcome, Verdict};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_yaml_ng::{Mapping, Value};

use crate::offset::Offset;
use crate::situation::Situation;

/// The file of all named situations.
const SITUATIONS: &str = "situations";
/// The file of cases that are judged by all rules.
const COMBINATIONS: &str = "combinations";

/// All case files.
pub(crate) struct Book {
    /// One for each rule.
    pub(crate) rules: Vec<RuleFile>,
    /// What several rules say together.
    pub(crate) combinations: Vec<Case<Together>>,
    situations: BTreeMap<String, Mapping>,
}

/// The cases of one rule.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleFile {
    /// Its code, which names the file too.
    pub(crate) rule: String,
    /// The cases.
    pub(crate) cases: Vec<Case<Alone>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CombinationsFile {
    cases: Vec<Case<Together>>,
}

/// A case: where it stands, and what is expected.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case<E> {
    /// What it shows.
    pub(crate) name: String,
    /// Situations, each telling what differs from those before it.
    given: Vec<String>,
    /// What differs from them.
    #[serde(default)]
    but: Mapping,
    /// What is expected.
    pub(crate) expect: E,
}

/// What is expected of one rule.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Alone {
    /// What comes of it.
    pub(crate) outcome: Outcome,
    /// The values behind a refusal.
    #[serde(default)]
    pub(crate) values: BTreeMap<String, String>,
    /// When a refusal passes.
    pub(crate) earliest: Option<Offset>,
}

/// What is expected of all rules together.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Together {
    pub(crate) verdict: Verdict,
    /// Which rules refuse, in their order.
    #[serde(default)]
    pub(crate) violations: Vec<String>,
    /// Which rules only warn.
    #[serde(default)]
    pub(crate) warnings: Vec<String>,
    /// When it would pass.
    pub(crate) earliest: Option<Offset>,
    /// Whether it is free of charge.
    pub(crate) free: bool,
}

impl Book {
    /// Reads all files; a test that can't is a failed one.
    pub(crate) fn open() -> Self {
        let mut book = Self {
            rules: Vec::new(),
            combinations: read::<CombinationsFile>(COMBINATIONS).cases,
            situations: read(SITUATIONS),
        };
        for name in names() {
            if name != SITUATIONS && name != COMBINATIONS {
                let file: RuleFile = read(&name);
                assert_eq!(file.rule.to_lowercase(), name, "a file is named as its rule");
                book.rules.push(file);
            }
        }
        book
    }

    /// The situation in which a case stands.
    pub(crate) fn situation<E>(&self, case: &Case<E>) -> Situation {
        let mut all = Mapping::new();
        for name in &case.given {
            let Some(named) = self.situations.get(name) else {
                panic!("{}: there is no situation {name:?}", case.name)
            };
            lay_over(&mut all, named);
        }
        lay_over(&mut all, &case.but);
        serde_yaml_ng::from_value(Value::Mapping(all))
            .unwrap_or_else(|error| panic!("{}: {error}", case.name))
    }
}

/// What the later one tells holds; of things with parts, part by part.
fn lay_over(below: &mut Mapping, above: &Mapping) {
    for (key, value) in above {
        match (below.get_mut(key), value) {
            (Some(Value::Mapping(below)), Value::Mapping(above)) => lay_over(below, above),
            _ => {
                below.insert(key.clone(), value.clone());
            }
        }
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")
}

fn names() -> Vec<String> {
    let files = std::fs::read_dir(folder()).unwrap().map(|file| file.unwrap().path());
    let mut names: Vec<_> = files
        .map(|file| {
            assert_eq!(file.extension(), Some("yaml".as_ref()), "{}", file.display());
            file.file_stem().unwrap().to_str().unwrap().to_owned()
        })
        .collect();
    names.sort();
    names
}

fn read<T: DeserializeOwned>(name: &str) -> T {
    let path = folder().join(name).with_extension("yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    serde_yaml_ng::from_str(&text).unwrap_or_else(|error| panic!("{name}.yaml: {error}"))
}
