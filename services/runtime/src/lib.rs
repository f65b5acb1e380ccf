//! What a service needs to run: batches of writes, the database's pool and migrations, the gRPC
//! server with health and reflection, errors with details, upkeep in small steps, logs. It knows nothing of
//! conversations or policy.

pub mod batches;
pub mod causes;
pub mod clock;
pub mod config;
pub mod database;
pub mod fields;
pub mod group_commit;
pub mod migrations;
pub mod names;
pub mod problem;
pub mod retention;
pub mod schema;
pub mod server;
pub mod statement;
pub mod store_error;
pub mod telemetry;
pub mod tokens;
mod transport_errors;
pub mod upkeep;
pub mod wire;
