//! Bodies from elsewhere, where there are any: `$AZEER_FIXTURES/webhooks/*.json`.

use std::path::Path;
use std::{env, fs};

use azeer_tests::Pair;
use azeer_tests::service::at;
use serde_json::Value;

use super::{ingest, outcome};
use crate::support::Dump;

#[tokio::test]
async fn bodies_from_elsewhere_are_answered_and_change_nothing_the_second_time() {
    let Some(folder) = env::var_os("AZEER_FIXTURES") else {
        eprintln!("AZEER_FIXTURES is not set: no bodies from elsewhere");
        return;
    };
    // Later than whatever they tell.
    let pair = Pair::at(at("2040-01-01T00:00:00Z")).await;
    let dump = Dump::of(&pair.policy.database).await;
    let files = fs::read_dir(Path::new(&folder).join("webhooks")).unwrap();
    let mut paths: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    assert!(!paths.is_empty(), "there are bodies in {folder:?}");
    for path in paths {
        let body: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let results = ingest(&pair, &body).await;
        assert!(!results.is_empty(), "{path:?}");
        let malformed = results.iter().any(|result| result.reason == "MALFORMED");
        assert!(!malformed, "{path:?}: {results:?}");
        let before = dump.rows().await;
        for again in ingest(&pair, &body).await {
            assert_ne!(outcome(&again), "APPLIED", "{path:?}");
        }
        assert_eq!(dump.rows().await, before, "{path:?}");
    }
}
