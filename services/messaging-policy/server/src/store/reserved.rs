//! Reservations as the database keeps them, beside what they make count.

use azeer_domain::Time;
use messaging_policy_core::Reservations;
use messaging_policy_core::reservations::Reservation;
use postgres_types::{FromSql, ToSql};
use uuid::Uuid;

/// A value of `reservation_v1`.
#[derive(Debug, FromSql, ToSql)]
#[postgres(name = "reservation_v1")]
pub(super) struct Reserved {
    decision_id: Uuid,
    reserved_at: Time,
}

/// Reservations from the database, the last of them at an instant.
pub(super) fn read(kept: Vec<Reserved>, last: Time) -> Reservations {
    let kept = kept.into_iter().map(|Reserved { decision_id, reserved_at }| Reservation {
        decision: decision_id,
        at: reserved_at,
    });
    Reservations::new(kept.collect(), last)
}

/// Reservations on their way to the database.
pub(super) fn written(reservations: &Reservations) -> Vec<Reserved> {
    let kept = reservations.kept().iter();
    kept.map(|kept| Reserved { decision_id: kept.decision, reserved_at: kept.at }).collect()
}
