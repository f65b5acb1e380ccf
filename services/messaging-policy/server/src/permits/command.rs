//! `messaging-policy permit-keys`: what it can be told, and what it tells.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::error::KeysError;
use super::rotation::{Generated, Retired, Rotated, generate, retire, rotate};

/// What can be done with the keys that sign permits.
#[derive(Debug, Subcommand)]
pub enum PermitKeys {
    /// Make the keys that are missing: one that signs, and one that will.
    Generate(Place),
    /// Have the next key sign, and make a new next one. The previous one stays for its permits.
    Rotate(Change),
    /// Remove the previous key, whose permits have ended: the rotation is over.
    Retire(Change),
}

/// Where the keys are.
#[derive(Debug, Args)]
pub struct Place {
    /// The directory that holds them: `current.pem`, `next.pem` and `previous.pem`.
    #[arg(long, env = "AZEER_PERMIT_KEYS", value_name = "DIR")]
    permit_keys: PathBuf,
}

/// How they are changed.
#[derive(Debug, Args)]
pub struct Change {
    /// Where they are.
    #[command(flatten)]
    place: Place,

    /// Do not wait until callers can do with the change: for a key that somebody else has.
    #[arg(long)]
    at_once: bool,
}

// === impl PermitKeys ===

impl PermitKeys {
    /// Does it. Gives what there is to say about it.
    pub fn run(&self) -> Result<String, KeysError> {
        match self {
            Self::Generate(place) => generated(&place.permit_keys),
            Self::Rotate(Change { place, at_once }) => rotated(&place.permit_keys, *at_once),
            Self::Retire(Change { place, at_once }) => retired(&place.permit_keys, *at_once),
        }
    }
}

fn generated(dir: &Path) -> Result<String, KeysError> {
    let place = dir.display();
    Ok(match generate(dir)? {
        Generated { current: None, next: None } => {
            format!("There is a current and a next key in {place} already: nothing was changed.")
        }
        Generated { current, next } => {
            let told = |what: &str, id: Option<_>| {
                id.map(|id| format!("Made {place}/{what}.pem, key {id}.\n")).unwrap_or_default()
            };
            format!(
                "{}{}Services that are started with --permit-keys {place} sign with the current key \
                 and publish both. All replicas need the same files.",
                told("current", current),
                told("next", next),
            )
        }
    })
}

fn rotated(dir: &Path, at_once: bool) -> Result<String, KeysError> {
    Ok(match rotate(dir, at_once)? {
        Rotated::Done { current, next, previous } => format!(
            "Key {current} signs now. Key {previous} stays published for the permits that it signed, \
             and key {next} is published from now on, to sign after the next rotation.\n\
             Running services notice within a second. Once all replicas have these files, and two \
             minutes more have passed: messaging-policy permit-keys retire"
        ),
        Rotated::Completed { current, next } => format!(
            "There was no next key, as when a rotation is cut short: it is complete now. Key \
             {current} signs as it did before, and key {next} is published from now on, to sign after \
             the next rotation."
        ),
    })
}

fn retired(dir: &Path, at_once: bool) -> Result<String, KeysError> {
    Ok(match retire(dir, at_once)? {
        Retired { previous: Some(id) } => {
            format!(
                "Key {id} is gone, and with it the permits that it signed. The rotation is over."
            )
        }
        Retired { previous: None } => "There is no previous key: nothing was changed.".to_owned(),
    })
}
