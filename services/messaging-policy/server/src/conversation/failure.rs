//! What came of an attempt that gave no answer, and what can be done about it.

use std::error::Error as _;
use std::time::Duration;

use tonic::{Code, Status};
use tonic_types::StatusExt as _;

/// An attempt without an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The replica cannot answer now. Another one may.
    Replica(String),
    /// There is more to do than can be done; trying again makes that worse.
    Overloaded { cause: String, retry_after: Option<Duration> },
    /// Something that was asked for cannot be answered. The rest of the batch may.
    Refused(String),
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        let cause = || format!("{:?}: {}", status.code(), status.message());
        // With a source, it was made on this side: the connection failed.
        if status.source().is_some() {
            return Self::Replica(cause());
        }
        match status.code() {
            // A replica that doesn't know the RPC is older than this program.
            Code::Unavailable
            | Code::DeadlineExceeded
            | Code::Cancelled
            | Code::Aborted
            | Code::Unimplemented => Self::Replica(cause()),
            Code::ResourceExhausted => Self::Overloaded {
                cause: cause(),
                retry_after: status.get_details_retry_info().and_then(|info| info.retry_delay),
            },
            _ => Self::Refused(cause()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Arc;

    use tonic_types::ErrorDetails;

    use super::*;

    #[test]
    fn what_can_be_done() {
        for code in [Code::Unavailable, Code::Cancelled, Code::Unimplemented] {
            let failure = Failure::from(Status::new(code, "x"));
            assert_eq!(failure, Failure::Replica(format!("{code:?}: x")));
        }
        for code in [Code::InvalidArgument, Code::Internal, Code::Unknown, Code::NotFound] {
            let failure = Failure::from(Status::new(code, "x"));
            assert_eq!(failure, Failure::Refused(format!("{code:?}: x")));
        }
        let mut broken = Status::unknown("x");
        broken.set_source(Arc::new(io::Error::other("reset")));
        assert_eq!(Failure::from(broken), Failure::Replica("Unknown: x".into()));
    }

    #[test]
    fn an_overload_tells_when_to_come_again() {
        let told = Some(Duration::from_millis(70));
        let full = |details| Status::with_error_details(Code::ResourceExhausted, "x", details);
        for (details, retry_after) in
            [(ErrorDetails::with_retry_info(told), told), (ErrorDetails::new(), None)]
        {
            let cause = "ResourceExhausted: x".into();
            assert_eq!(Failure::from(full(details)), Failure::Overloaded { cause, retry_after });
        }
    }
}
