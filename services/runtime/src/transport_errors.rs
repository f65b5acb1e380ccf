//! Errors from below the handlers. The transport refuses a call before a handler sees it with a
//! bare status; here it gets the details that clients find in every other error. What the health
//! and reflection services say for themselves stays as it is.

use tonic::body::Body;
use tonic::codegen::http::Response;
use tonic::{Code, Status};

use crate::problem::Problem;

/// How the texts of the transport begin: it tells its errors apart by nothing else.
const UNDECODABLE: &str = "failed to decode Protobuf message: ";
const TOO_LARGE: &str = "Error, decoded message length too large: ";
const COMPRESSED: &str = "Content is compressed with ";
/// Of frames that are none, and of calls that end before their request does.
const BROKEN: [&str; 4] =
    ["protocol error: ", "Error decompressing: ", "Unexpected EOF ", "Missing request message."];

/// Adds details to an error that has none, if it is one of the transport's.
pub(crate) fn with_details(mut response: Response<Body>, domain: &str) -> Response<Body> {
    let headers = response.headers();
    // Of a call that went well so far, or failed later, the status comes after the body.
    if !headers.contains_key(Status::GRPC_STATUS) {
        return response;
    }
    let bare = Status::from_header_map(headers).filter(|status| status.details().is_empty());
    if let Some(problem) = bare.and_then(|status| problem(status.code(), status.message())) {
        // A status that cannot be written leaves the bare one.
        let _ = problem.into_status(domain).add_header(response.headers_mut());
    }
    response
}

/// What the transport's error is to the caller; none for any other.
fn problem(code: Code, message: &str) -> Option<Problem> {
    let malformed =
        |message: String| Problem::new(Code::InvalidArgument, "MALFORMED_REQUEST", message);
    match code {
        Code::Internal => match message.strip_prefix(UNDECODABLE) {
            Some(told) => Some(undecodable(told, malformed)),
            None => BROKEN
                .iter()
                .any(|broken| message.starts_with(broken))
                .then(|| malformed(message.to_owned())),
        },
        Code::OutOfRange => message.strip_prefix(TOO_LARGE).map(|told| {
            let message = format!("the request is too large: {told}");
            Problem::new(Code::InvalidArgument, "REQUEST_TOO_LARGE", message)
        }),
        Code::Unimplemented if message.starts_with(COMPRESSED) => {
            Some(Problem::new(code, "UNSUPPORTED_COMPRESSION", message))
        }
        Code::Unimplemented => {
            let message = "the server has no such service or method";
            Some(Problem::new(code, "UNKNOWN_METHOD", message))
        }
        _ => None,
    }
}

/// `told` is as in `Channel.channel_id: UpsertChannelRequest.channel: invalid string value`: from
/// the inside out, then what is wrong.
fn undecodable(told: &str, malformed: impl FnOnce(String) -> Problem) -> Problem {
    let (mut fields, mut wrong) = (Vec::new(), told);
    while let Some((place, rest)) = wrong.split_once(": ")
        && let Some(field) = field_of(place)
    {
        fields.push(field);
        wrong = rest;
    }
    fields.reverse();
    let problem = malformed(format!("the request is not valid Protobuf: {told}"));
    if fields.is_empty() { problem } else { problem.field(fields.join("."), wrong) }
}

/// The field of a place such as `Channel.channel_id`.
fn field_of(place: &str) -> Option<&str> {
    let (message, field) = place.split_once('.')?;
    let word = |text: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    // The decoder names fields as Rust does: `type` is `r#type`.
    let field = field.strip_prefix("r#").unwrap_or(field);
    (word(message) && word(field)).then_some(field)
}

#[cfg(test)]
mod tests {
    use tonic_types::StatusExt as _;

    use super::*;

    fn told(status: Status) -> Status {
        let response = with_details(status.into_http(), "test.azeer");
        Status::from_header_map(response.headers()).unwrap()
    }

    fn reason(status: &Status) -> Option<String> {
        let info = status.get_details_error_info()?;
        assert_eq!(info.domain, "test.azeer");
        assert!(!status.message().is_empty());
        Some(info.reason)
    }

    #[test]
    fn names_the_field_that_cannot_be_read() {
        let fields = [
            ("Request.tenant_id: invalid string value: x", "tenant_id"),
            ("Channel.channel_id: Request.channel: invalid varint", "channel.channel_id"),
            ("Event.r#type: invalid varint", "type"),
        ];
        for (text, field) in fields {
            let status = told(Status::internal(format!("{UNDECODABLE}{text}")));
            assert_eq!(status.code(), Code::InvalidArgument);
            assert_eq!(reason(&status).unwrap(), "MALFORMED_REQUEST");
            assert!(status.message().ends_with(text));
            let violations = status.get_details_bad_request().unwrap().field_violations;
            assert_eq!(violations.len(), 1);
            assert_eq!(violations[0].field, field);
            assert!(violations[0].description.starts_with("invalid "));
        }
        let status = told(Status::internal(format!("{UNDECODABLE}invalid key value: 1.5")));
        assert_eq!(reason(&status).unwrap(), "MALFORMED_REQUEST");
        assert!(status.get_details_bad_request().is_none());
    }

    #[test]
    fn tells_what_else_the_transport_refuses() {
        let cases = [
            (Status::out_of_range(format!("{TOO_LARGE}found 2")), "REQUEST_TOO_LARGE"),
            (Status::internal("Missing request message."), "MALFORMED_REQUEST"),
            (Status::unimplemented(""), "UNKNOWN_METHOD"),
            (Status::unimplemented(format!("{COMPRESSED}`br`")), "UNSUPPORTED_COMPRESSION"),
        ];
        for (status, expected) in cases {
            assert_eq!(reason(&told(status)).unwrap(), expected);
        }
    }

    #[test]
    fn leaves_what_others_said() {
        let of_handlers = Problem::new(Code::Unimplemented, "LATER", "later");
        assert_eq!(reason(&told(of_handlers.into_status("test.azeer"))).unwrap(), "LATER");
        for status in [Status::not_found("service not registered"), Status::internal("a bug")] {
            let same = told(status.clone());
            assert_eq!((same.code(), same.message()), (status.code(), status.message()));
            assert!(same.details().is_empty());
        }
        let well = with_details(Response::new(Body::empty()), "test.azeer");
        assert!(well.headers().is_empty());
    }
}
