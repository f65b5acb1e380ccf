//! The verifiers of `docs`, in Rust and in Python: whatever one takes or refuses, the other does too.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use azeer_tests::ops;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::PROGRAM;

#[path = "../../../docs/verify_permit.rs"]
#[allow(unreachable_pub, reason = "it is a library's where it is used")]
mod verify_permit;

const PROJECT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// A Python with what the verifier needs; made if it is missing.
static PYTHON: LazyLock<String> = LazyLock::new(|| {
    let builds = Path::new(PROGRAM).ancestors().nth(2).unwrap();
    let script = format!("{PROJECT}/tests/ensure-python.sh");
    let done = Command::new("sh").arg(script).arg(builds).output().expect("sh can be run");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap().trim().to_owned()
});

/// Somebody tries to post a body with a permit.
#[derive(Debug, Clone)]
pub(super) struct Attempt {
    pub(super) permit: String,
    pub(super) body: Vec<u8>,
    pub(super) tenant: &'static str,
    pub(super) channel: &'static str,
    /// In seconds since 1970.
    pub(super) now: i64,
}

impl Attempt {
    /// With a permit, from the test's channel.
    pub(super) fn new(permit: &str, body: &[u8], now: i64) -> Self {
        let (permit, body) = (permit.to_owned(), body.to_owned());
        Self { permit, body, tenant: ops::TENANT, channel: ops::CHANNEL, now }
    }
}

/// What a verifier with these keys makes of attempts, one after the other: for each why it is refused,
/// in words of the Rust one; none: it is taken.
#[track_caller]
pub(super) fn attempts(keys: &str, attempts: &[Attempt]) -> Vec<Option<String>> {
    let mut verifier = verify_permit::Verifier::new(keys).unwrap();
    let refusals = attempts.iter().map(|attempt| {
        let Attempt { permit, body, tenant, channel, now } = attempt;
        let now = u64::try_from(*now).unwrap();
        verifier.take(permit, body, (tenant, channel), now).err().map(|refused| refused.to_string())
    });
    let refusals: Vec<_> = refusals.collect();
    let by_python = in_python(keys, attempts);
    let taken = |refusals: &[Option<String>]| -> Vec<bool> {
        refusals.iter().map(Option::is_none).collect()
    };
    assert_eq!(taken(&refusals), taken(&by_python), "{attempts:#?} {refusals:?} {by_python:?}");
    refusals
}

/// The same of one attempt.
#[track_caller]
pub(super) fn attempt(keys: &str, one: Attempt) -> Option<String> {
    attempts(keys, &[one]).remove(0)
}

fn in_python(keys: &str, attempts: &[Attempt]) -> Vec<Option<String>> {
    let attempt = |attempt: &Attempt| {
        json!({
            "permit": attempt.permit, "body": STANDARD.encode(&attempt.body),
            "tenant": attempt.tenant, "channel": attempt.channel, "now": attempt.now,
        })
    };
    let attempts: Vec<Value> = attempts.iter().map(attempt).collect();
    let mut python = Command::new(&*PYTHON)
        .args([&format!("{PROJECT}/tests/e2e/permits/verifiers.py"), &format!("{PROJECT}/docs")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python starts");
    let asked = json!({ "keys": keys, "attempts": attempts }).to_string();
    python.stdin.take().unwrap().write_all(asked.as_bytes()).unwrap();
    let done = python.wait_with_output().unwrap();
    assert!(done.status.success(), "Python ended with {}", done.status);
    serde_json::from_slice(&done.stdout).unwrap()
}
