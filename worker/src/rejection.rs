//! Why a request is not served, as the caller sees it.

use minara::error::MAY_HAVE_BEEN_BILLED;
use minara::{Code, Error};
use serde_json::{Map, Value, json};

/// An error on its way to a caller.
#[derive(Debug, Clone)]
pub(crate) struct Rejection {
    /// What went wrong.
    pub(crate) error: Error,
    /// The methods that the path has, where the method was wrong (RFC 9110 §15.5.6).
    pub(crate) allow: &'static str,
}

impl Rejection {
    /// A rejection of that code.
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Error::new(code, message).into()
    }

    /// A rejection of a call that may have been billed, which its message says behind those words. That of a look-up says
    /// something else in the same place.
    pub(crate) fn maybe_billed(code: Code, what: &str) -> Self {
        Self::new(code, format!("{what}{MAY_HAVE_BEEN_BILLED}"))
    }

    /// For a path that leads nowhere, or that this caller need not know of.
    pub(crate) fn nothing_here() -> Self {
        Self::new(Code::NotFound, "There is nothing at this path.")
    }

    /// The same rejection of a look-up, which costs nothing.
    pub(crate) fn of_look_up(self) -> Self {
        Self { error: self.error.of_look_up(), ..self }
    }

    /// The HTTP status of the answer.
    pub(crate) fn status(&self) -> u16 {
        // A code that only clients meet, met here, is a fault of ours.
        self.error.code().worker_status().unwrap_or(500)
    }

    /// Whole seconds after which to try again, rounded up.
    pub(crate) fn retry_after(&self) -> Option<u64> {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates; negative becomes 0")]
        self.error.retry_after().map(|seconds| seconds.ceil() as u64)
    }

    /// The JSON body: `{ error: { code, message, requestId, outcome, field?, violations?, retryAfter? } }`.
    pub(crate) fn to_json(&self, request_id: &str) -> String {
        let mut error = Map::new();
        error.insert("code".to_owned(), self.error.code().as_str().into());
        error.insert("message".to_owned(), self.error.message().into());
        error.insert("requestId".to_owned(), request_id.into());
        error.insert("outcome".to_owned(), self.error.outcome().as_str().into());
        if let Some(field) = self.error.field() {
            error.insert("field".to_owned(), field.into());
            error.insert("violations".to_owned(), self.violations());
        }
        if let Some(seconds) = self.retry_after() {
            error.insert("retryAfter".to_owned(), seconds.into());
        }
        json!({ "error": error }).to_string()
    }

    fn violations(&self) -> Value {
        self.error
            .violations()
            .iter()
            .map(|violation| json!({ "field": violation.field, "message": violation.message }))
            .collect()
    }
}

impl From<Error> for Rejection {
    fn from(error: Error) -> Self {
        Self { error, allow: "" }
    }
}
