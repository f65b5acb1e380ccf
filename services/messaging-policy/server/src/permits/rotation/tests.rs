//! Rotations, whole and cut short, in directories of the test's own.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;

use uuid::Uuid;

use super::*;

/// A directory with keys, which goes with the test.
struct Keys(PathBuf);

impl Keys {
    fn new() -> Self {
        let dir = std::env::temp_dir().join(format!("permit-keys-{}", Uuid::new_v4()));
        generate(&dir).unwrap();
        Self(dir)
    }

    fn id(&self, file: File) -> Option<Arc<str>> {
        Some(Files::read(&self.0).unwrap().key(file).unwrap()?.id)
    }

    /// Those that are published.
    fn published(&self) -> BTreeSet<Arc<str>> {
        let keys = Files::read(&self.0).unwrap().keys().unwrap();
        keys.ids().map(Into::into).collect()
    }

    /// As if the next key had been made so long ago.
    fn age(&self, by: Duration) {
        let next = fs::File::options().write(true).open(File::Next.within(&self.0)).unwrap();
        let made = next.metadata().unwrap().modified().unwrap();
        next.set_modified(made - by).unwrap();
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_key_is_published_before_it_signs_and_after() {
    let keys = Keys::new();
    let (first, second) = (keys.id(File::Current).unwrap(), keys.id(File::Next).unwrap());
    assert_ne!(first, second);
    assert_eq!(keys.id(File::Previous), None);

    let rotated = rotate(&keys.0, true).unwrap();
    let third = keys.id(File::Next).unwrap();
    let (current, next) = (second.clone(), third.clone());
    assert_eq!(rotated, Rotated::Done { current, next, previous: first.clone() });
    assert_eq!(keys.id(File::Current), Some(second.clone()));
    assert_eq!(keys.published(), [first.clone(), second.clone(), third.clone()].into());

    assert_eq!(retire(&keys.0, true).unwrap(), Retired { previous: Some(first) });
    assert_eq!(keys.published(), [second, third].into());
    assert_eq!(retire(&keys.0, true).unwrap(), Retired { previous: None });
}

#[test]
fn keys_that_are_there_are_kept() {
    let keys = Keys::new();
    let before = keys.published();
    assert_eq!(generate(&keys.0).unwrap(), Generated { current: None, next: None });
    assert_eq!(keys.published(), before);
    fs::remove_file(File::Next.within(&keys.0)).unwrap();
    let generated = generate(&keys.0).unwrap();
    assert_eq!(generated, Generated { current: None, next: keys.id(File::Next) });
}

#[test]
fn only_their_owner_can_read_them() {
    let keys = Keys::new();
    rotate(&keys.0, true).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&keys.0), 0o700);
    for file in [File::Current, File::Next, File::Previous] {
        assert_eq!(mode(&file.within(&keys.0)), 0o600, "{file:?}");
    }
}

#[test]
fn a_rotation_that_is_cut_short_leaves_what_signs_and_can_be_done_again() {
    for done in 0..=3 {
        let keys = Keys::new();
        let (first, second) = (keys.id(File::Current).unwrap(), keys.id(File::Next).unwrap());
        let (steps, _) = plan(&keys.0).unwrap();
        assert_eq!(steps.len(), 3);
        for step in &steps[..done] {
            step.perform(&keys.0).unwrap();
        }
        // What the step that was begun has written so far.
        for file in [File::Current, File::Next, File::Previous] {
            fs::write(aside(&keys.0, file), "-----BEGIN PRIV").unwrap();
        }

        let signs = keys.id(File::Current).unwrap();
        assert_eq!(signs, if done < 2 { first.clone() } else { second.clone() }, "{done}");
        assert!(keys.published().is_superset(&[first.clone(), second.clone()].into()), "{done}");
        if (1..3).contains(&done) {
            assert!(matches!(retire(&keys.0, true), Err(KeysError::Incomplete)), "{done}");
        }

        let next = keys.id(File::Next);
        let again = rotate(&keys.0, true).unwrap();
        let (current, new) = (keys.id(File::Current).unwrap(), keys.id(File::Next).unwrap());
        assert!(![&first, &second].contains(&&new), "{done}");
        if let Some(next) = next {
            assert_eq!(again, Rotated::Done { current: next, next: new, previous: signs });
        } else {
            assert_eq!(current, second);
            assert_eq!(again, Rotated::Completed { current, next: new });
            assert_eq!(keys.id(File::Previous), Some(first));
        }
        retire(&keys.0, true).unwrap();
        assert_eq!(keys.published().len(), 2, "{done}");
    }
}

#[test]
fn keys_have_their_time() {
    let keys = Keys::new();
    let second = Duration::from_secs(1);
    assert!(matches!(rotate(&keys.0, false), Err(KeysError::NotKnownYet(_))));
    keys.age(PUBLISHED_FOR.abs_diff(second));
    let before = keys.published();
    let Err(KeysError::NotKnownYet(left)) = rotate(&keys.0, false) else { panic!("too early") };
    assert!(left <= second, "{left:?}");
    assert_eq!(keys.published(), before);
    keys.age(second);
    rotate(&keys.0, false).unwrap();

    keys.age(KEPT_FOR.abs_diff(second));
    let Err(KeysError::StillInUse(left)) = retire(&keys.0, false) else { panic!("too early") };
    assert!(left <= second, "{left:?}");
    keys.age(second);
    assert!(retire(&keys.0, false).unwrap().previous.is_some());
}

#[test]
fn what_is_no_key_is_named_and_left_alone() {
    let keys = Keys::new();
    fs::write(File::Next.within(&keys.0), "no key").unwrap();
    for refused in [
        generate(&keys.0).map(drop),
        rotate(&keys.0, true).map(drop),
        Files::read(&keys.0).unwrap().keys().map(drop),
    ] {
        let told = refused.unwrap_err().to_string();
        assert!(told.contains("next.pem is not an Ed25519 private key"), "{told}");
    }
    assert_eq!(fs::read_to_string(File::Next.within(&keys.0)).unwrap(), "no key");
    fs::remove_file(File::Current.within(&keys.0)).unwrap();
    fs::remove_file(File::Next.within(&keys.0)).unwrap();
    let told = rotate(&keys.0, true).unwrap_err().to_string();
    assert!(told.contains("current.pem") && told.contains("generate"), "{told}");
}

#[test]
fn one_command_at_a_time() {
    let keys = Keys::new();
    let alone = Alone::with(&keys.0).unwrap();
    assert!(matches!(rotate(&keys.0, true), Err(KeysError::InUse(_))));
    drop(alone);
    rotate(&keys.0, true).unwrap();
}
