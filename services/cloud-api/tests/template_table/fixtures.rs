//! Templates from elsewhere, where there are any: `$AZEER_FIXTURES/templates/*.json`, each the body
//! that creates one.

use std::{env, fs, io::Write as _, path::Path};

use azeer_cloud_api::{Header, Variables};
use serde_json::Value;

use crate::bodies::single;

#[test]
fn templates_from_elsewhere_have_the_variables_of_their_examples() {
    let Some(folder) = env::var_os("AZEER_FIXTURES") else {
        tell("AZEER_FIXTURES is not set: no templates from elsewhere");
        return;
    };
    let folder = Path::new(&folder).join("templates");
    let mut count = 0;
    for file in fs::read_dir(&folder).expect("a folder of templates") {
        let path = file.expect("a file").path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        count += 1;
        let body = fs::read(&path).expect("a readable file");
        let created: Value = serde_json::from_slice(&body).expect("JSON");
        compare(&created, &path);
    }
    tell(&format!("{count} templates read"));
}

fn compare(created: &Value, path: &Path) {
    let message = single(created).components.message;
    let of_password = created["category"] == "AUTHENTICATION";
    let in_body = if of_password { 1 } else { examples(created, "BODY", "/body_text/0") };
    assert_eq!(message.body, Variables::positional(in_body), "{}", path.display());
    if let Some(Header::Text(variables)) = message.header {
        let in_header = examples(created, "HEADER", "/header_text");
        assert_eq!(variables, Variables::positional(in_header), "{}", path.display());
    }
    let buttons = part(created, "BUTTONS").and_then(|part| part["buttons"].as_array());
    assert_eq!(message.buttons.len(), buttons.map_or(0, Vec::len), "{}", path.display());
}

fn part<'a>(created: &'a Value, kind: &str) -> Option<&'a Value> {
    created["components"].as_array()?.iter().find(|part| part["type"] == kind)
}

/// How many values the creator gave as an example of a component's variables.
fn examples(created: &Value, kind: &str, at: &str) -> usize {
    let example = part(created, kind).and_then(|part| part["example"].pointer(at));
    example.and_then(Value::as_array).map_or(0, Vec::len)
}

/// Tells it past the test harness, which keeps what passing tests print to itself.
fn tell(text: &str) {
    writeln!(std::io::stderr(), "{text}").expect("standard error can be written");
}
