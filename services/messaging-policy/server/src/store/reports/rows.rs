//! What a batch of reports writes, in one statement, and its COMMIT.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use azeer_runtime::statement::{Part, Statement};
use azeer_runtime::store_error::StoreError;
use deadpool_postgres::Object;
use postgres_types::ToSql;

use super::super::ledgers::{self, Ledgers};
use super::super::outcomes::{self, OutcomeWrite};
use super::super::waiting::{self, MessageKey, WaitingWrite};
use super::judge::Judging;
use super::load::DecisionKey;
use super::outbox::{self, Kind, OutboxWrite};

/// The parameters, by the names that the parts know them by; those of the ledgers come after them.
const PARAMETERS: [(&str, &str); 4] = [
    ("$outcomes", "outcome_write_v1[]"),
    ("$outbox", "outbox_write_v1[]"),
    ("$waiting", "waiting_write_v1[]"),
    ("$heard", "waiting_write_v1[]"),
];

static STATEMENT: LazyLock<Statement<Judging>> = LazyLock::new(|| {
    let part = |name, text, needed| Part { name, text, needed };
    let mut parts = vec![
        part("reported", outcomes::WRITE, |all: &Judging| !all.rows.outcomes.is_empty()),
        part("told", outbox::INSERT, |all| !all.rows.outbox.is_empty()),
        part("waits", waiting::INSERT, |all| !all.rows.waiting.is_empty()),
        part("heard", waiting::REMOVE, |all| !all.rows.heard.is_empty()),
    ];
    parts.extend(ledgers::parts());
    let parameters = [&PARAMETERS[..], &ledgers::PARAMETERS].concat();
    Statement::new(&parameters, parts, Vec::new())
});

/// Which of the loaded values a batch changes.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) outcomes: BTreeSet<DecisionKey>,
    pub(super) outbox: BTreeSet<(DecisionKey, Kind)>,
    pub(super) waiting: BTreeSet<MessageKey>,
    /// Messages that wait no longer.
    pub(super) heard: BTreeSet<MessageKey>,
}

impl AsRef<Ledgers> for Judging {
    fn as_ref(&self) -> &Ledgers {
        &self.loaded.ledgers
    }
}

impl Judging {
    /// Whether conversation-state is to be told of something.
    pub(super) fn tells(&self) -> bool {
        !self.rows.outbox.is_empty()
    }

    /// Writes everything, with the values as they are now, and commits. Where nothing has changed it
    /// ends the transaction.
    pub(super) async fn commit(&self, client: &Object) -> Result<(), StoreError> {
        let Self { loaded, rows, .. } = self;
        if rows.outcomes.is_empty() && rows.waiting.is_empty() {
            client.batch_execute("ROLLBACK").await?;
            return Ok(());
        }
        let now = loaded.now;
        let outcomes: Vec<_> = rows
            .outcomes
            .iter()
            .filter_map(|key| {
                let outcome = loaded.decisions.get(key)?.outcome.as_ref()?;
                Some(OutcomeWrite::new(&key.0, key.1, outcome))
            })
            .collect();
        let outbox: Vec<_> = rows
            .outbox
            .iter()
            .filter_map(|(key, kind)| OutboxWrite::new(loaded.decisions.get(key)?, *kind, now))
            .collect();
        let waiting: Vec<_> = rows
            .waiting
            .iter()
            .map(|key| WaitingWrite::new(key, loaded.waiting.get(key), now))
            .collect();
        let heard: Vec<_> =
            rows.heard.iter().map(|key| WaitingWrite::new(key, None, now)).collect();
        let ledgers = loaded.ledgers.writes(now);
        let mut parameters: Vec<&(dyn ToSql + Sync)> = vec![&outcomes, &outbox, &waiting, &heard];
        parameters.extend(ledgers.parameters());
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
