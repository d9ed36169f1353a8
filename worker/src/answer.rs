//! What a caller gets: a status, a body, and headers from a short list; nothing else of an upstream answer passes.

use minara::wire::JSON;
use worker::wasm_bindgen::JsValue;

use crate::origin::Origin;
use crate::rejection::Rejection;
use crate::upstream::Reply;

/// An answer before the headers that all answers have.
pub(crate) struct Answer {
    /// The HTTP status.
    pub(crate) status: u16,
    /// `Content-Type`; empty without a body.
    pub(crate) content_type: &'static str,
    /// A string, or a native stream.
    pub(crate) body: JsValue,
    /// `Retry-After`, in seconds.
    pub(crate) retry_after: Option<u64>,
    /// `Allow`
    pub(crate) allow: &'static str,
    /// The code of the error, in a rejection.
    pub(crate) reject: Option<&'static str>,
}

impl Answer {
    /// A successful answer with a JSON text.
    pub(crate) fn json(text: &str) -> Self {
        Self::new(200, JSON, JsValue::from_str(text))
    }

    /// The API's answer, with its text or what was made of it.
    pub(crate) fn text(reply: &Reply, text: &str) -> Self {
        Self::new(reply.status, reply.content_type, JsValue::from_str(text))
    }

    /// An answer with that body.
    pub(crate) fn new(status: u16, content_type: &'static str, body: JsValue) -> Self {
        Self { status, content_type, body, retry_after: None, allow: "", reject: None }
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
    /// From the request to its answer.
    pub(crate) total: f64,
    /// Of those, how many the API took, if it was asked.
    pub(crate) upstream: Option<f64>,
}

impl Timing {
    /// The header's value.
    fn header(self) -> String {
        match self.upstream {
            Some(upstream) => format!("check;dur={}, upstream;dur={upstream}", self.total - upstream),
            None => format!("check;dur={}", self.total),
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
