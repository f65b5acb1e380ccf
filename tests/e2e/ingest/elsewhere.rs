//! Bodies from elsewhere, where there are any: `$AZEER_FIXTURES/webhooks/**/*.json`.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use azeer_proto::conversation::v1 as pb;
use azeer_tests::service::{Service, at};
use serde_json::{Value, json};

use super::ingest;

#[tokio::test]
async fn bodies_from_elsewhere_are_answered() {
    let Some(folder) = env::var_os("AZEER_FIXTURES") else {
        tell("AZEER_FIXTURES is not set: no bodies from elsewhere");
        return;
    };
    let files = files(&Path::new(&folder).join("webhooks"));
    // Later than whatever they tell.
    let service = Service::at(at("2040-01-01T00:00:00Z")).await;
    let mut failures = Vec::new();
    for (number, file) in files.iter().enumerate() {
        let name = file.file_name().unwrap().to_string_lossy();
        let mut body = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
        give_own_ids(&mut body, number);
        let results = ingest(&service.clients, body.to_string()).await;
        let malformed = results.iter().any(|result| result.reason == "MALFORMED");
        let applied = |result: &pb::IngestResult| result.outcome() == pb::IngestOutcome::Applied;
        let wanted = !is_customers(&name, &body) || results.iter().all(applied);
        if results.is_empty() || malformed || !wanted {
            failures.push(format!("{name}: {results:?}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    tell(&format!("{} bodies answered", files.len()));
}

/// Whether a body, by its name, tells what a customer said or did.
fn is_customers(name: &str, body: &Value) -> bool {
    let by_business = body.to_string().contains("BUSINESS_INITIATED");
    ["message.", "callback_", "call_"].iter().any(|prefix| name.starts_with(prefix)) && !by_business
}

/// All JSON files of a folder and the folders in it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of bodies") {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "json") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Examples repeat their message ids, and each must be recorded.
fn give_own_ids(body: &mut Value, number: usize) {
    let mut items = 0;
    for entry in body["entry"].as_array_mut().into_iter().flatten() {
        for change in entry["changes"].as_array_mut().into_iter().flatten() {
            for list in ["messages", "calls", "message_echoes"] {
                let list = change.get_mut("value").and_then(|value| value.get_mut(list));
                for item in list.and_then(Value::as_array_mut).into_iter().flatten() {
                    item["id"] = json!(format!("wamid.{number}.{items}"));
                    items += 1;
                }
            }
        }
    }
}

/// Tells it past the test harness, which keeps what passing tests print to itself.
fn tell(text: &str) {
    writeln!(std::io::stderr(), "{text}").expect("standard error can be written");
}
