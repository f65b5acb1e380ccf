//! `messaging-policy permit-keys`, as it is typed.

use std::path::Path;
use std::process::Command;

use azeer_tests::database::directory;
use uuid::Uuid;

use crate::PROGRAM;

/// Runs it. Gives what it told, and whether it did it.
fn permit_keys(dir: &Path, command: &[&str]) -> (String, bool) {
    let done = Command::new(PROGRAM)
        .args(["messaging-policy", "permit-keys"])
        .args(command)
        .env("AZEER_PERMIT_KEYS", dir)
        .output()
        .expect("the program starts");
    let told = if done.status.success() { done.stdout } else { done.stderr };
    (String::from_utf8(told).unwrap(), done.status.success())
}

/// The names of keys in a text.
fn ids(told: &str) -> Vec<&str> {
    let words = told.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'));
    words.filter(|word| word.len() == 43).collect()
}

#[test]
fn keys_live_by_its_commands() {
    let dir = directory("permit-keys").join(Uuid::new_v4().to_string());
    let (told, done) = permit_keys(&dir, &["rotate"]);
    assert!(!done, "there is nothing to rotate: {told}");

    let (told, done) = permit_keys(&dir, &["generate"]);
    assert!(done, "{told}");
    let [first, second] = ids(&told)[..] else { panic!("{told}") };
    let (again, done) = permit_keys(&dir, &["generate"]);
    assert!(done && again.contains("nothing was changed"), "{again}");

    let (early, done) = permit_keys(&dir, &["rotate"]);
    assert!(!done && early.contains("--at-once"), "{early}");
    let (told, done) = permit_keys(&dir, &["rotate", "--at-once"]);
    assert!(done, "{told}");
    let [current, previous, third] = ids(&told)[..] else { panic!("{told}") };
    assert_eq!((current, previous), (second, first));
    assert!(![first, second].contains(&third), "{told}");

    let (early, done) = permit_keys(&dir, &["retire"]);
    assert!(!done && early.contains("--at-once"), "{early}");
    let (told, done) = permit_keys(&dir, &["retire", "--at-once"]);
    assert!(done, "{told}");
    assert_eq!(ids(&told), [first]);
    let (told, done) = permit_keys(&dir, &["retire"]);
    assert!(done && told.contains("nothing was changed"), "{told}");
}
