//! The keys as the directory has them now: read again every second, and kept as they were while it
//! cannot be read or holds something else.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use azeer_runtime::causes::told;
use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio::time::{MissedTickBehavior, interval};
use tracing::{error, info};

use super::directory::Files;
use super::error::KeysError;
use super::key_set::KeySet;

const READ_EVERY: Duration = Duration::from_secs(1);

/// Signs permits, with the keys of a directory.
pub(crate) struct Permits {
    keys: watch::Receiver<Arc<KeySet>>,
}

// === impl Permits ===

impl Permits {
    /// Reads the keys and follows their changes. Without a directory there are none.
    pub(crate) fn start(dir: Option<&Path>) -> Result<Self, KeysError> {
        let Some(dir) = dir else {
            let (_, keys) = watch::channel(Arc::new(KeySet::none()));
            return Ok(Self { keys });
        };
        let files = Files::read(dir)?;
        let (taken, keys) = watch::channel(Arc::new(files.keys()?));
        tell(&taken.borrow());
        let follower = Follower { dir: dir.to_owned(), last: Ok(files), taken };
        tokio::spawn(follower.run());
        Ok(Self { keys })
    }

    /// The keys of this moment.
    pub(super) fn keys(&self) -> Arc<KeySet> {
        Arc::clone(&self.keys.borrow())
    }

    /// The name of the key that signs now; none: there are no permits.
    pub(crate) fn current_key(&self) -> Option<Arc<str>> {
        self.keys.borrow().current().cloned()
    }

    /// The keys as they are published: the text of a JSON Web Key Set.
    pub(crate) fn jwks(&self) -> String {
        self.keys.borrow().jwks().to_owned()
    }
}

/// Reads the directory again and again.
struct Follower {
    dir: PathBuf,
    taken: watch::Sender<Arc<KeySet>>,
    /// What was read last, or why it was not.
    last: Result<Files, String>,
}

// === impl Follower ===

impl Follower {
    /// Ends with the last one that asks for keys.
    async fn run(mut self) {
        let mut ticks = interval(READ_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = self.taken.closed() => return,
                _ = ticks.tick() => {}
            }
            let dir = self.dir.clone();
            match spawn_blocking(move || Files::read(&dir)).await {
                Ok(read) => self.look(read.map_err(|error| told(&error))),
                // The runtime is going down.
                Err(_) => return,
            }
        }
    }

    /// Takes what is new, and tells once of what is wrong.
    fn look(&mut self, read: Result<Files, String>) {
        if read == self.last {
            return;
        }
        let keys = match &read {
            Ok(files) => files.keys().map_err(|error| told(&error)),
            Err(wrong) => Err(wrong.clone()),
        };
        match keys {
            Ok(keys) => {
                tell(&keys);
                self.taken.send_replace(Arc::new(keys));
            }
            Err(wrong) => {
                error!("the permit keys cannot be taken; those of before stay: {wrong}");
            }
        }
        self.last = read;
    }
}

fn tell(keys: &KeySet) {
    let ids: Vec<&str> = keys.ids().collect();
    info!(current = keys.current().map(AsRef::as_ref), published = ?ids, "permit keys");
}

#[cfg(test)]
mod tests {
    use std::fs;

    use uuid::Uuid;

    use super::super::directory::File;
    use super::super::rotation::{Rotated, generate, rotate};
    use super::*;

    #[test]
    fn what_is_broken_leaves_the_keys_of_before() {
        let dir = std::env::temp_dir().join(format!("permit-keys-{}", Uuid::new_v4()));
        generate(&dir).unwrap();
        let read = || Files::read(&dir).map_err(|error| told(&error));
        let first = Arc::new(read().unwrap().keys().unwrap());
        let (taken, keys) = watch::channel(Arc::clone(&first));
        let mut follower = Follower { dir: dir.clone(), taken, last: read() };

        let [current, next] = [File::Current, File::Next].map(|file| file.within(&dir));
        let good = fs::read(&current).unwrap();
        let broken: [&dyn Fn(); 4] = [
            &|| fs::write(&current, "no key").unwrap(),
            &|| fs::remove_file(&current).unwrap(),
            // Neither can be read: one is a directory.
            &|| fs::create_dir(&current).unwrap(),
            &|| {
                fs::remove_dir(&current).unwrap();
                fs::write(&current, &good).unwrap();
                fs::write(&next, &good[..20]).unwrap();
            },
        ];
        for (place, break_it) in broken.iter().enumerate() {
            break_it();
            follower.look(read());
            assert!(Arc::ptr_eq(&keys.borrow(), &first), "{place}");
        }

        // As good as new.
        fs::remove_file(&next).unwrap();
        let Rotated::Completed { current, next } = rotate(&dir, true).unwrap() else {
            panic!("there was no next key")
        };
        follower.look(read());
        let after = Arc::clone(&keys.borrow());
        assert_eq!(after.current(), Some(&current));
        assert!(after.find(&next).is_some() && after.ids().count() == 2);
        // What did not change is not taken again.
        follower.look(read());
        assert!(Arc::ptr_eq(&keys.borrow(), &after));
        fs::remove_dir_all(dir).unwrap();
    }
}
