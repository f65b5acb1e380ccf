//! A database without the schema is refused before anything is served; one that cannot be reached
//! is told with all that is known of why.

use std::net::SocketAddr;

use azeer_tests::Database;
use conversation_state::{Config, Error, Server};
use tokio::process::Command;

use crate::PROGRAM;

async fn refusal(database: &Database) -> Error {
    let config = Config::new(database.url(), SocketAddr::from(([127, 0, 0, 1], 0)));
    match Server::start(config).await {
        Ok(_) => panic!("it serves"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn a_database_that_was_not_migrated_is_refused() {
    let database = Database::new().await;
    let client = database.connect().await;
    client
        .batch_execute("UPDATE refinery_schema_history SET version = version - 1000")
        .await
        .unwrap();
    let told = refusal(&database).await.to_string();
    assert!(told.starts_with("the database has an older schema: version "), "{told}");
    assert!(told.ends_with(": run `conversation-state migrate`"), "{told}");

    for without in ["DELETE FROM refinery_schema_history", "DROP TABLE refinery_schema_history"] {
        client.batch_execute(without).await.unwrap();
        let told = refusal(&database).await.to_string();
        assert_eq!(told, "the database has no schema: run `conversation-state migrate`");
    }
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_served() {
    let database = Database::new().await;
    let client = database.connect().await;
    client
        .batch_execute("UPDATE refinery_schema_history SET version = version + 1000")
        .await
        .unwrap();
    let config = Config::new(database.url(), SocketAddr::from(([127, 0, 0, 1], 0)));
    Server::start(config).await.unwrap().stop().await;
}

#[tokio::test]
async fn why_a_database_cannot_be_migrated_is_told_to_the_last_cause() {
    let url = "postgres://nobody@127.0.0.1:1/nowhere";
    for service in ["conversation-state", "messaging-policy"] {
        let arguments = [service, "migrate", "--database-url", url];
        let ended = Command::new(PROGRAM).args(arguments).output().await.unwrap();
        assert!(!ended.status.success());
        let told = String::from_utf8(ended.stderr).unwrap();
        assert!(told.contains("error connecting to server"), "{told}");
        assert!(told.contains("Connection refused"), "{told}");
    }
}
