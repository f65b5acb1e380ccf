//! What a batch writes, in one statement, and its COMMIT.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use azeer_domain::{ContactId, TenantId};
use azeer_runtime::statement::{Part, Statement};
use azeer_runtime::store_error::StoreError;
use deadpool_postgres::Object;
use postgres_types::ToSql;

use super::super::aliases::{self, AliasWrite, PersonKey};
use super::super::consents;
use super::super::decisions::{self, DecisionWrite, Recorded, Request};
use super::super::ledgers::{self, Ledgers};
use super::decide::Deciding;

/// The parameters, by the names that the parts know them by; those of the ledgers come after them.
const PARAMETERS: [(&str, &str); 2] =
    [("$decisions", "decision_write_v2[]"), ("$aliases", "alias_write_v1[]")];

static STATEMENT: LazyLock<Statement<Deciding>> = LazyLock::new(|| {
    let part = |name, text, needed| Part { name, text, needed };
    let mut parts = vec![
        part("decided", decisions::INSERT, |all: &Deciding| !all.rows.decisions.is_empty()),
        part("about", decisions::INSERT_PEOPLE, |all| !all.rows.decisions.is_empty()),
        part("known", aliases::WRITE, |all| !all.rows.aliases.is_empty()),
    ];
    parts.extend(ledgers::parts());
    let parameters = [&PARAMETERS[..], &ledgers::PARAMETERS].concat();
    Statement::new(&parameters, parts, Vec::new())
});

/// The decisions of a batch, and what it notes of people.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) decisions: Vec<(Request, Recorded)>,
    /// Further ids that were not noted yet as this person's.
    pub(super) aliases: BTreeSet<PersonKey>,
    /// Numbers that changed hands, in this order, each with the main id of its former owner.
    pub(super) handed_over: Vec<(TenantId, ContactId, ContactId)>,
}

impl AsRef<Ledgers> for Deciding {
    fn as_ref(&self) -> &Ledgers {
        &self.loaded.ledgers
    }
}

impl Deciding {
    /// Writes everything, with the values as they are now, and commits. Without a decision it ends
    /// the transaction.
    pub(super) async fn commit(&self, client: &Object) -> Result<(), StoreError> {
        let Self { loaded, rows } = self;
        if rows.decisions.is_empty() {
            client.batch_execute("ROLLBACK").await?;
            return Ok(());
        }
        // Rare: so each is written by itself.
        for (tenant, number, former) in &rows.handed_over {
            consents::hand_over(client, tenant, number, former).await?;
        }
        let decisions: Vec<_> = rows
            .decisions
            .iter()
            .map(|(request, recorded)| DecisionWrite::new(request, recorded))
            .collect();
        let aliases: Vec<_> = rows
            .aliases
            .iter()
            .filter_map(|key| {
                Some(AliasWrite::new(key, loaded.people.get(&key.0)?.main_of(&key.1)))
            })
            .collect();
        let ledgers = loaded.ledgers.writes(loaded.now);
        let mut parameters: Vec<&(dyn ToSql + Sync)> = vec![&decisions, &aliases];
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
