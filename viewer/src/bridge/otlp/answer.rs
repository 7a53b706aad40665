//! Responses in the encoding of their requests.

use axum::http::header::{ACCEPT_ENCODING, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use prost::Message;
use serde::Serialize;

use super::request::{Encoding, Signal};
use super::{Problem, Taken};

/// `ExportLogsServiceResponse` and `ExportTraceServiceResponse`, whose tags are the same.
#[derive(Clone, PartialEq, Message)]
struct Exported {
    #[prost(message, optional, tag = "1")]
    partial_success: Option<PartialSuccess>,
}

#[derive(Clone, PartialEq, Message)]
struct PartialSuccess {
    #[prost(int64, tag = "1")]
    rejected: i64,
    #[prost(string, tag = "2")]
    error_message: String,
}

/// `google.rpc.Status`.
#[derive(Clone, PartialEq, Message, Serialize)]
struct Status {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
}

impl Encoding {
    /// By the type of the content; none if it is of another one.
    pub(super) fn of(content_type: &str) -> Option<Self> {
        match content_type.split(';').next().unwrap_or_default().trim() {
            name if name.eq_ignore_ascii_case("application/x-protobuf") => Some(Self::Protobuf),
            name if name.eq_ignore_ascii_case("application/json") => Some(Self::Json),
            _ => None,
        }
    }

    fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Protobuf => "application/x-protobuf",
            Self::Json => "application/json",
        })
    }
}

/// The request is done with, and its sender must not send it again.
pub(super) fn taken(encoding: Encoding, signal: Signal, taken: &Taken) -> Response {
    let rejected = taken.rejected;
    let body = match (encoding, &taken.reason) {
        (Encoding::Protobuf, reason) => {
            let partial_success = reason.as_ref().map(|reason| PartialSuccess {
                rejected: i64::try_from(rejected).unwrap_or(i64::MAX),
                error_message: reason.clone(),
            });
            Exported { partial_success }.encode_to_vec()
        }
        (Encoding::Json, None) => b"{}".to_vec(),
        (Encoding::Json, Some(reason)) => {
            let name = match signal {
                Signal::Logs => "rejectedLogRecords",
                Signal::Traces => "rejectedSpans",
            };
            let partial_success = serde_json::json!({ name: rejected.to_string(), "errorMessage": reason });
            serde_json::json!({ "partialSuccess": partial_success }).to_string().into_bytes()
        }
    };
    ([(CONTENT_TYPE, encoding.content_type())], body).into_response()
}

/// The request was refused. Its sender may send it again if the response has `Retry-After`.
pub(super) fn refused(encoding: Encoding, problem: &Problem) -> Response {
    let (status, code, retry_after) = match problem {
        // The codes are those of gRPC.
        Problem::Unreadable(_) => (StatusCode::BAD_REQUEST, 3, None),
        Problem::UnknownCoding => (StatusCode::UNSUPPORTED_MEDIA_TYPE, 3, None),
        Problem::Metrics => (StatusCode::NOT_FOUND, 12, None),
        Problem::TooSlow => (StatusCode::REQUEST_TIMEOUT, 4, None),
        Problem::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, 8, None),
        Problem::Busy | Problem::Full => (StatusCode::TOO_MANY_REQUESTS, 8, Some("1")),
        Problem::Stopping => (StatusCode::SERVICE_UNAVAILABLE, 14, Some("5")),
        Problem::Failed => (StatusCode::INTERNAL_SERVER_ERROR, 13, None),
    };
    let message = Status { code, message: problem.to_string() };
    let body = match encoding {
        Encoding::Protobuf => message.encode_to_vec(),
        Encoding::Json => serde_json::to_vec(&message).expect("a number and a text are JSON"),
    };
    let mut response = (status, [(CONTENT_TYPE, encoding.content_type())], body).into_response();
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static(seconds));
    }
    if *problem == Problem::UnknownCoding {
        response.headers_mut().insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip, deflate"));
    }
    response
}

/// The request is in an encoding in which there is no response.
pub(super) fn unknown_type() -> Response {
    let text = "Content-Type: must be application/x-protobuf or application/json\n";
    (StatusCode::UNSUPPORTED_MEDIA_TYPE, text).into_response()
}
