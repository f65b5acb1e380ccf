//! A connection on which a batch runs.

use std::ops::Deref;

use deadpool_postgres::Object;

/// A connection in a transaction: closed unless it is kept. That ends its transaction, whatever
/// state it was in.
pub struct Guard(Option<Object>);

impl Guard {
    /// Guards a connection.
    #[must_use]
    pub fn new(connection: Object) -> Self {
        Self(Some(connection))
    }

    /// The transaction has ended: back to the pool.
    pub fn keep(mut self) {
        drop(self.0.take());
    }
}

impl Deref for Guard {
    type Target = Object;

    fn deref(&self) -> &Object {
        // INVARIANT: only `keep` and `drop` take it, and they end the guard.
        self.0.as_ref().expect("the connection is there until the guard ends")
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(connection) = self.0.take() {
            drop(Object::take(connection));
        }
    }
}
