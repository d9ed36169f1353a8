//! What a caller gets: a status, a body, and headers from a short list; nothing else of an upstream answer passes.

use minara::request::Endpoint;
use worker::wasm_bindgen::JsValue;

use crate::origin::Origin;
use crate::rejection::Rejection;

/// The media type of JSON answers.
pub(crate) const JSON: &str = "application/json";
/// The media type of streams. Its charset is fixed by the specification.
pub(crate) const EVENT_STREAM: &str = "text/event-stream";

/// An answer before the headers that all answers have.
pub(crate) struct Answer {
    /// The HTTP status.
    pub(crate) status: u16,
    /// `Content-Type`; empty without a body.
    pub(crate) content_type: &'static str,
    /// A string, a native stream, or null.
    pub(crate) body: JsValue,
    /// `Retry-After`, in seconds.
    pub(crate) retry_after: Option<u64>,
    /// `Allow`
    pub(crate) allow: &'static str,
    /// The code of the error, in a rejection.
    pub(crate) reject: Option<&'static str>,
    /// Milliseconds until the API answered, if it was asked.
    pub(crate) upstream_ms: Option<f64>,
}

impl Answer {
    /// A successful answer with a JSON text.
    pub(crate) fn json(text: &str) -> Self {
        Self::new(200, JSON, JsValue::from_str(text))
    }

    /// An answer with that body.
    pub(crate) fn new(status: u16, content_type: &'static str, body: JsValue) -> Self {
        Self { status, content_type, body, retry_after: None, allow: "", reject: None, upstream_ms: None }
    }

    /// The answer to a request that is not served.
    pub(crate) fn rejection(rejection: &Rejection, request_id: &str) -> Self {
        Self {
            retry_after: rejection.retry_after(),
            allow: rejection.allow,
            reject: Some(rejection.error.code().as_str()),
            ..Self::new(rejection.status(), JSON, JsValue::from_str(&rejection.to_json(request_id)))
        }
    }
}

/// Milliseconds that the caller may see in `Server-Timing`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Timing {
    /// From the request to its last check.
    pub(crate) check: f64,
    /// From there to the headers of the API's answer.
    pub(crate) upstream: Option<f64>,
}

impl Timing {
    /// The header's value.
    pub(crate) fn header(self) -> String {
        match self.upstream {
            Some(upstream) => format!("check;dur={}, upstream;dur={upstream}", self.check),
            None => format!("check;dur={}", self.check),
        }
    }
}

/// The lines that `respond` in `platform.js` turns into headers.
pub(crate) fn fields(answer: &Answer, request_id: &str, timing: Timing, origin: Origin<'_>) -> String {
    let origin = if let Origin::Allowed(origin) = origin { origin } else { "" };
    let retry_after = answer.retry_after.map(|seconds| seconds.to_string()).unwrap_or_default();
    let (content_type, timing, allow) = (answer.content_type, timing.header(), answer.allow);
    format!("{content_type}\n{request_id}\n{timing}\n{origin}\n{retry_after}\n{allow}")
}

/// How a call's answer may come, by what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Expectation {
    /// The call.
    pub(crate) endpoint: Option<Endpoint>,
    /// Whether an event stream was asked for; JSON is taken then too.
    pub(crate) stream: bool,
}

impl Expectation {
    /// The media type to answer with, for the one that the API sent; `None` where that cannot be read.
    pub(crate) fn content_type(self, sent: &str) -> Option<&'static str> {
        let essence = sent.split(';').next().unwrap_or_default().trim();
        if essence.eq_ignore_ascii_case(EVENT_STREAM) && self.stream {
            return Some(EVENT_STREAM);
        }
        let is_json = essence.eq_ignore_ascii_case(JSON);
        is_json.then_some(JSON)
    }
}
