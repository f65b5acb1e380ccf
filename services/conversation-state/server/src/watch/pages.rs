//! The pages of a tenant's log that those who catch up are reading.
//!
//! After a replica was lost many come back at once, from about the same place. A page is read once
//! for all of them: pages begin at fixed places, one is read at a time, and the last ones are kept
//! for as long as someone catches up.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use azeer_runtime::store_error::StoreError;
use conversation_state_core::TenantId;
use tokio::sync::{Mutex, Semaphore};
use tokio::time::Instant;

use super::entry::{Batch, leading_on};
use super::feed::{End, Feed};
use crate::store::Log;

/// How many entries a page has.
const PAGE: i64 = 128;
/// How many pages are kept: those who come back are not further apart.
const KEPT: usize = 32;

/// Why there is no page.
pub(super) enum NoPage {
    End(End),
    Store(StoreError),
}

/// For how long: their conversations are to be what they are now.
const FRESH: Duration = Duration::from_secs(2);

#[derive(Default)]
pub(super) struct Pages {
    recent: Mutex<VecDeque<(Instant, Arc<Batch>)>>,
    /// How many catch up.
    readers: AtomicUsize,
}

impl Pages {
    /// The page that goes on after a place before the log's end. `turns` bound how many read at
    /// once, over all tenants.
    pub(super) async fn after(
        &self,
        log: &Log,
        turns: &Semaphore,
        tenant: &TenantId,
        after: i64,
    ) -> Result<Arc<Batch>, NoPage> {
        let mut recent = self.recent.lock().await;
        while recent.front().is_some_and(|(read, _)| read.elapsed() > FRESH) {
            recent.pop_front();
        }
        let fits = |page: &Batch| page.before <= after && after < page.last();
        if let Some((_, page)) = recent.iter().find(|(_, page)| fits(page)) {
            return Ok(Arc::clone(page));
        }
        let begin = after - after % PAGE;
        // It is never closed.
        let turn = turns.acquire().await;
        let read = Instant::now();
        let found = log.after(&[(tenant.clone(), begin)], PAGE).await.map_err(NoPage::Store)?;
        drop(turn);
        let found = found.into_iter().next().ok_or(NoPage::End(End::Ahead))?;
        let page = Arc::new(Batch::of(leading_on(after, found).map_err(NoPage::End)?));
        // A page that the log does not fill yet will have more.
        if page.last() == begin + PAGE {
            if recent.len() == KEPT {
                recent.pop_front();
            }
            recent.push_back((read, Arc::clone(&page)));
        }
        Ok(page)
    }
}

/// Someone who catches up.
pub(super) struct CatchingUp(Arc<Feed>);

impl CatchingUp {
    pub(super) fn new(feed: &Arc<Feed>) -> Self {
        feed.pages.readers.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(feed))
    }
}

impl Drop for CatchingUp {
    fn drop(&mut self) {
        let pages = &self.0.pages;
        // Whoever holds the pages now is one more, and forgets them in the end.
        if pages.readers.fetch_sub(1, Ordering::SeqCst) == 1
            && let Ok(mut recent) = pages.recent.try_lock()
        {
            recent.clear();
        }
    }
}
