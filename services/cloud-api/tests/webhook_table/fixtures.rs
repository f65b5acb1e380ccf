//! Bodies from elsewhere, where there are any: `$AZEER_FIXTURES/webhooks/*.json`.

use std::{env, fs, io::Write as _, path::Path};

use azeer_cloud_api::{Content, parse_webhook};

#[test]
fn bodies_from_elsewhere_are_read_in_full() {
    let Some(folder) = env::var_os("AZEER_FIXTURES") else {
        tell("AZEER_FIXTURES is not set: no bodies from elsewhere");
        return;
    };
    let folder = Path::new(&folder).join("webhooks");
    let mut count = 0;
    for file in fs::read_dir(&folder).expect("a folder of bodies") {
        let path = file.expect("a file").path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        count += 1;
        let body = fs::read(&path).expect("a readable file");
        let items =
            parse_webhook(&body).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert!(!items.is_empty(), "{}: no items", path.display());
        for item in items {
            if let Content::Skipped(skip) = item.content
                && let Some(malformed) = skip.malformed()
            {
                panic!("{}: {malformed}", path.display());
            }
        }
    }
    tell(&format!("{count} bodies read"));
}

/// Tells it past the test harness, which keeps what passing tests print to itself.
fn tell(text: &str) {
    writeln!(std::io::stderr(), "{text}").expect("standard error can be written");
}
