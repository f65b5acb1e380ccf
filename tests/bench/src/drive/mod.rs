//! The load driver: a process of its own, single-threaded, told what to do on its standard input.

mod messages;
mod requests;
mod run;
pub(crate) mod sends;
pub(crate) mod spec;
pub(crate) mod watch;
pub(crate) mod wire;

use std::io;

use crate::error::Error;
use spec::Spec;

/// Reads a [`Spec`], does it, and writes an [`spec::Outcome`].
pub(crate) fn main() -> Result<(), Error> {
    let spec: Spec = serde_json::from_reader(io::stdin().lock())?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Error::io("start the driver"))?;
    let outcome = runtime.block_on(run::run(spec))?;
    serde_json::to_writer(io::stdout().lock(), &outcome)?;
    Ok(())
}
