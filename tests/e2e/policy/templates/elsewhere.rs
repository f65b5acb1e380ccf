//! Templates from elsewhere, where there are any: `$AZEER_FIXTURES/templates/*.json`.

use std::path::Path;
use std::{env, fs};

use azeer_tests::Pair;
use serde_json::{Value, json};

use super::super::import;
use super::{counts, get, listing};
use crate::support::noon;

#[tokio::test]
async fn templates_from_elsewhere_are_taken_over() {
    let Some(folder) = env::var_os("AZEER_FIXTURES") else {
        eprintln!("AZEER_FIXTURES is not set: no templates from elsewhere");
        return;
    };
    let folder = Path::new(&folder).join("templates");
    let pair = Pair::at(noon()).await;
    let mut taken = 0;
    for file in fs::read_dir(&folder).unwrap() {
        let path = file.unwrap().path();
        let mut template: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        template["status"] = json!("APPROVED");
        let text = |key: &str| template[key].as_str().unwrap().to_owned();
        let (name, language, category) = (text("name"), text("language"), text("category"));
        let mut request = listing("waba", &[template]);
        request.complete = false;
        let imported = import(&pair, request).await;
        assert_eq!(imported.invalid, [], "{path:?}");
        assert_eq!(counts(&imported), [1, 0, 0, 0], "{path:?}");
        let told = get(&pair, "", &name, &language).await.unwrap();
        assert_eq!((told.sendable, told.category), (true, category), "{path:?}");
        taken += 1;
    }
    assert!(taken > 0, "there are templates in {folder:?}");
}
