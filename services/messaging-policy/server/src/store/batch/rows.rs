//! What a batch writes, in one statement, and its COMMIT.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use azeer_domain::ContactId;
use azeer_runtime::statement::{Part, Statement};
use azeer_runtime::store_error::StoreError;
use deadpool_postgres::Object;
use postgres_types::ToSql;

use super::super::contacts::{self, ContactKey, ContactWrite};
use super::super::decisions::{self, DecisionWrite, Recorded, Request};
use super::super::notes::{self, NoteKey, NoteWrite};
use super::super::portfolios::{self, PortfolioKey, PortfolioWrite, ReachedKey, ReachedWrite};
use super::load::Loaded;

/// The parameters, by the names that the parts know them by.
const PARAMETERS: &[(&str, &str)] = &[
    ("$decisions", "decision_write_v1[]"),
    ("$contacts", "contact_write_v1[]"),
    ("$portfolios", "portfolio_write_v1[]"),
    ("$reached", "reached_write_v1[]"),
    ("$left", "reached_write_v1[]"),
    ("$notes", "note_write_v1[]"),
    ("$unused", "note_write_v1[]"),
];

static STATEMENT: LazyLock<Statement<Rows>> = LazyLock::new(|| {
    let part = |name, text, needed| Part { name, text, needed };
    let parts = vec![
        part("decided", decisions::INSERT, |rows: &Rows| !rows.decisions.is_empty()),
        part("about", decisions::INSERT_PEOPLE, |rows| !rows.decisions.is_empty()),
        part("taken", contacts::WRITE, |rows| !rows.contacts.is_empty()),
        part("counted", portfolios::WRITE, |rows| !rows.portfolios.is_empty()),
        part("moved", portfolios::SET_REACHED, |rows| !rows.reached.is_empty()),
        part("removed", portfolios::REMOVE_REACHED, |rows| !rows.left.is_empty()),
        part("used", notes::WRITE, |rows| !rows.notes.is_empty()),
        part("unused", notes::REMOVE, |rows| !rows.unused.is_empty()),
    ];
    Statement::new(PARAMETERS, parts, Vec::new())
});

/// The decisions of a batch, and which of the loaded values they changed.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) decisions: Vec<(Request, Recorded)>,
    pub(super) contacts: BTreeSet<ContactKey>,
    pub(super) portfolios: BTreeSet<PortfolioKey>,
    pub(super) reached: BTreeSet<ReachedKey>,
    /// Ids under which a person is not counted any more.
    pub(super) left: BTreeSet<ReachedKey>,
    pub(super) notes: BTreeSet<(NoteKey, ContactId)>,
    /// Ids under which a person is not told as one whom a note was for any more.
    pub(super) unused: BTreeSet<(NoteKey, ContactId)>,
}

impl Rows {
    /// Writes everything, with the values as they are now, and commits. Without a decision it ends
    /// the transaction.
    pub(super) async fn commit(&self, loaded: &Loaded, client: &Object) -> Result<(), StoreError> {
        if self.decisions.is_empty() {
            client.batch_execute("ROLLBACK").await?;
            return Ok(());
        }
        let now = loaded.now;
        let decisions: Vec<_> = self
            .decisions
            .iter()
            .map(|(request, recorded)| DecisionWrite::new(request, recorded))
            .collect();
        let contacts: Vec<_> = self
            .contacts
            .iter()
            .filter_map(|key| Some(ContactWrite::new(key, loaded.contact(key)?)))
            .collect();
        let portfolios = self
            .portfolios
            .iter()
            .filter_map(|key| Some(PortfolioWrite::new(key, loaded.reach.get(key)?.reached, now)));
        let portfolios: Vec<_> = portfolios.collect();
        let reached: Vec<_> = self.reached.iter().map(|key| ReachedWrite::new(key, now)).collect();
        let left: Vec<_> = self.left.iter().map(|key| ReachedWrite::new(key, now)).collect();
        let note = |(note, contact): &(NoteKey, ContactId)| NoteWrite::new(note, contact, now);
        let notes: Vec<_> = self.notes.iter().map(note).collect();
        let unused: Vec<_> = self.unused.iter().map(note).collect();
        let parameters: [&(dyn ToSql + Sync); 7] =
            [&decisions, &contacts, &portfolios, &reached, &left, &notes, &unused];
        let statement = client.prepare_cached(STATEMENT.text(self)).await?;
        // Sent together. After a failed statement COMMIT rolls back, without an error of its own.
        let (written, ended) = futures::join!(
            client.execute(&statement, &parameters),
            client.batch_execute("COMMIT"),
        );
        written?;
        ended?;
        Ok(())
    }
}
