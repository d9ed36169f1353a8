//! One JSON line per request, of nothing but these fields: no body, prompt, wallet, address or token can get in.

use serde::Serialize;

/// What is logged of a request.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct LogLine<'a> {
    /// The correlation id, as the caller got it in `X-Request-Id`.
    pub(crate) id: &'a str,
    /// The route's name; `none` where the path is none.
    pub(crate) route: &'static str,
    /// The HTTP status.
    pub(crate) status: u16,
    /// Milliseconds until the answer's head.
    pub(crate) ms: u64,
    /// What was charged for it, where it got as far as that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cost: Option<u64>,
    /// The API's status, where it was asked and answered. It tells the owner of a key that is not accepted any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) upstream: Option<u16>,
    /// The error's code, where the request was not served.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reject: Option<&'static str>,
}

impl LogLine<'_> {
    /// The line.
    pub(crate) fn to_json(self) -> String {
        // Texts and numbers always have a JSON text.
        serde_json::to_string(&self).unwrap_or_default()
    }
}
