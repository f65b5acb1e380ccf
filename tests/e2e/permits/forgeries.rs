//! What is not a permit for just this: neither verifier takes it.

use azeer_proto::policy::v1 as pb;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{EncodingKey, Header, encode};
use serde_json::{Value, json};

use super::stand::{Stand, body, new_keys, part, published, text};
use super::verifiers::{Attempt, attempt, attempts};
use crate::support::noon;

/// The private key that a directory has under a name.
fn private_key(dir: &std::path::Path, file: &str) -> EncodingKey {
    let pem = std::fs::read_to_string(dir.join(file)).unwrap();
    let lines: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let key = base64::engine::general_purpose::STANDARD.decode(lines).unwrap();
    EncodingKey::from_ed_der(&key)
}

/// A token with any header and claims.
fn signed(header: &Value, claims: &Value, key: &EncodingKey) -> String {
    let header: Header = serde_json::from_value(header.clone()).unwrap();
    encode(&header, claims, key).unwrap()
}

/// A token that nobody signed.
fn unsigned(header: &Value, claims: &Value) -> String {
    let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    format!("{header}.{claims}.")
}

/// A token with one bit of one of its parts flipped.
fn flipped(permit: &str, place: usize) -> String {
    let mut parts: Vec<String> = permit.split('.').map(Into::into).collect();
    let mut bytes = URL_SAFE_NO_PAD.decode(&parts[place]).unwrap();
    // In a value: the part stays JSON.
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    parts[place] = URL_SAFE_NO_PAD.encode(bytes);
    parts.join(".")
}

fn with(value: &Value, name: &str, other: Option<Value>) -> Value {
    let mut changed = value.clone();
    let fields = changed.as_object_mut().unwrap();
    fields.remove(name);
    fields.extend(other.map(|other| (name.to_owned(), other)));
    changed
}

/// The public key of a name, as bytes.
fn public_key(keys: &str, kid: &Value) -> Vec<u8> {
    let keys: Value = serde_json::from_str(keys).unwrap();
    let key = keys["keys"].as_array().unwrap().iter().find(|key| key["kid"] == *kid).unwrap();
    URL_SAFE_NO_PAD.decode(key["x"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn what_nobody_signed_is_refused() {
    let stand = Stand::at(noon()).await;
    let send = text("ali");
    let permit = stand.clients().authorize(send.clone()).await.unwrap().permit;
    let keys = published(stand.clients()).await;
    let (header, claims) = (part(&permit, 0), part(&permit, 1));
    let own = private_key(&stand.keys, "current.pem");
    let foreign = private_key(&new_keys(), "current.pem");
    let now = noon().timestamp();
    let with_permit = |permit: &str| Attempt::new(permit, body(&send), now);
    // What the key has signed they would take.
    assert_eq!(attempt(&keys, with_permit(&signed(&header, &claims, &own))), None);

    let none = with(&header, "alg", Some(json!("none")));
    let shared = with(&header, "alg", Some(json!("HS256")));
    let secret = public_key(&keys, &header["kid"]);
    let later = with(&claims, "exp", Some(json!(now + 3_600)));
    let forgeries = [
        ("a bit of its signature", flipped(&permit, 2)),
        ("a bit of its claims", flipped(&permit, 1)),
        ("a bit of its header", flipped(&permit, 0)),
        ("another key under the same name", signed(&header, &claims, &foreign)),
        ("claims of its own", {
            let [header, _, signature] = permit.split('.').collect::<Vec<_>>()[..] else {
                panic!("{permit}")
            };
            let later = URL_SAFE_NO_PAD.encode(later.to_string());
            format!("{header}.{later}.{signature}")
        }),
        ("no algorithm", unsigned(&none, &claims)),
        ("no signature", unsigned(&header, &claims)),
        ("the public key as secret", {
            signed(&shared, &claims, &EncodingKey::from_secret(&secret))
        }),
        ("the key set as secret", {
            signed(&shared, &claims, &EncodingKey::from_secret(keys.as_bytes()))
        }),
        ("an unknown key", {
            let unknown = with(&header, "kid", Some(json!("unknown")));
            signed(&unknown, &claims, &own)
        }),
        ("no key", signed(&with(&header, "kid", None), &claims, &own)),
        ("another issuer", signed(&header, &with(&claims, "iss", Some(json!("me"))), &own)),
        ("no issuer", signed(&header, &with(&claims, "iss", None), &own)),
        ("no end", signed(&header, &with(&claims, "exp", None), &own)),
        ("nothing", String::new()),
        ("two parts", permit.rsplit_once('.').unwrap().0.to_owned()),
    ];
    let mut tries: Vec<_> = forgeries.iter().map(|(_, forgery)| with_permit(forgery)).collect();
    // None of them uses it up.
    tries.push(with_permit(&permit));
    let mut told = attempts(&keys, &tries);
    assert_eq!(told.pop(), Some(None));
    for ((what, forgery), told) in forgeries.iter().zip(told) {
        assert!(told.is_some(), "{what}: {forgery}");
    }
}

#[tokio::test]
async fn a_permit_is_good_for_one_post_of_one_body() {
    let stand = Stand::at(noon()).await;
    let send = text("ali");
    let allowed = stand.clients().authorize(send.clone()).await.unwrap();
    let keys = published(stand.clients()).await;
    let good = Attempt::new(&allowed.permit, body(&send), noon().timestamp());
    let with_space = [body(&send), b" "].concat();
    let other_body = Some("for another body");
    let elsewhere = Some("for another tenant or channel");
    let tries = [
        (Attempt { body: with_space, ..good.clone() }, other_body),
        (Attempt { body: body(&text("mona")).into(), ..good.clone() }, other_body),
        (Attempt { body: Vec::new(), ..good.clone() }, other_body),
        (Attempt { tenant: "other", ..good.clone() }, elsewhere),
        (Attempt { channel: "other", ..good.clone() }, elsewhere),
        (good.clone(), None),
        (good.clone(), Some("taken before")),
        // Not even when it has ended.
        (Attempt { now: good.now + 60, ..good.clone() }, Some("expired")),
        (good.clone(), Some("taken before")),
    ];
    let (tries, expected): (Vec<_>, Vec<_>) = tries.into_iter().unzip();
    let told = attempts(&keys, &tries);
    let told: Vec<_> = told.iter().map(Option::as_deref).collect();
    assert_eq!(told, expected);

    // Of two permits for the same body each is good once.
    let again = stand.clients().authorize(send.clone()).await.unwrap();
    assert_eq!(again.verdict(), pb::Verdict::Allow);
    let second = Attempt { permit: again.permit, ..good.clone() };
    let told = attempts(&keys, &[good, second.clone(), second]);
    assert_eq!(told, [None, None, Some("taken before".into())]);
}
