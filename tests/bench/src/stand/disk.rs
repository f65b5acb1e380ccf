//! How long the disk takes for a flush, which every commit waits for. Shared disks change their minds
//! within seconds, by factors that dwarf what is measured.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::error::Error;

const BLOCK: [u8; 8_192] = [7; 8_192];
const BLOCKS: u64 = 64;
/// Enough for a dozen flushes of a slow disk.
const FOR: Duration = Duration::from_millis(60);

/// A file beside the database that is written and flushed.
pub(crate) struct Disk {
    file: File,
}

// === impl Disk ===

impl Disk {
    pub(crate) fn open(folder: &Path) -> Result<Self, Error> {
        let mut options = OpenOptions::new();
        let file = options.create(true).truncate(true).write(true).open(folder.join("flush"));
        let disk = Self { file: file.map_err(Error::io("make a file to flush"))? };
        disk.fill().map_err(Error::io("write to the disk"))?;
        Ok(disk)
    }

    fn fill(&self) -> io::Result<()> {
        for n in 0..BLOCKS {
            self.file.write_all_at(&BLOCK, n * BLOCK.len() as u64)?;
        }
        self.file.sync_all()
    }

    /// The median of a few flushes, in microseconds.
    pub(crate) fn flush(&self) -> Result<f64, Error> {
        let mut took = Vec::new();
        let begun = Instant::now();
        while begun.elapsed() < FOR {
            let at = Instant::now();
            let place = took.len() as u64 % BLOCKS * BLOCK.len() as u64;
            let flushed =
                self.file.write_all_at(&BLOCK, place).and_then(|()| self.file.sync_data());
            flushed.map_err(Error::io("flush the disk"))?;
            took.push(at.elapsed().as_secs_f64() * 1e6);
        }
        took.sort_by(f64::total_cmp);
        Ok(took[took.len() / 2])
    }
}
