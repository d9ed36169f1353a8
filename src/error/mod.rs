//! The error type: one closed set of codes for the crate, the JavaScript package and the Worker.

mod billing;
mod code;
mod redact;
mod response;
mod retry_after;
mod violation;

use core::fmt;

pub use billing::MAY_HAVE_BEEN_BILLED;
pub(crate) use billing::{call_may_be_billed, count_as_billed};
pub use code::{Code, Outcome};
pub(crate) use redact::redact_within;
pub use redact::{redact, redact_secret};
pub use response::{FailedResponse, MAX_ERROR_BODY_BYTES, retry_after_in};
pub use retry_after::parse_retry_after;
pub use violation::{Violation, Warning};

use crate::wording::filled;

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = core::result::Result<T, E>;

/// Why a call failed, and whether it can have been billed.
///
/// The message says what was wrong, where, and what to do. It never holds an API key or a bearer token.
#[derive(Clone)]
pub struct Error(Box<Details>);

#[derive(Clone)]
struct Details {
    code: Code,
    message: String,
    outcome: Outcome,
    status: Option<u16>,
    request_id: Option<String>,
    retry_after: Option<f64>,
    field: Option<String>,
    violations: Vec<Violation>,
    partial: Option<String>,
    body: Option<String>,
}

impl Error {
    /// An error of that code, with the outcome that the code's row in the table gives.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self::with_message(code, message.into())
    }

    fn with_message(code: Code, message: String) -> Self {
        Self(Box::new(Details {
            code,
            message,
            outcome: code.outcome(),
            status: None,
            request_id: None,
            retry_after: None,
            field: None,
            violations: Vec::new(),
            partial: None,
            body: None,
        }))
    }

    /// An `invalid_request` that lists every violation; `subject` names what was checked, as in "chat request".
    ///
    /// A key that was pasted into the wrong field is redacted, for violations quote what they complain of.
    pub fn invalid(subject: &str, mut violations: Vec<Violation>) -> Self {
        for Violation { field, message } in &mut violations {
            *field = redact(field);
            *message = redact(message);
        }
        let mut error = Self::new(Code::InvalidRequest, violation::summary(subject, &violations));
        error.0.violations = violations;
        error
    }

    /// An `invalid_request` with one violation.
    pub fn invalid_field(subject: &str, field: &str, message: &str) -> Self {
        Self::invalid(subject, vec![Violation::new(field, message)])
    }

    /// The same error with another outcome than its code's row gives.
    pub fn with_outcome(mut self, outcome: Outcome) -> Self {
        self.0.outcome = outcome;
        self
    }

    /// The same error with the HTTP status that was received.
    pub fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    /// The same error with the correlation id under which the other side logged the call.
    pub fn with_request_id(mut self, id: impl Into<String>) -> Self {
        self.0.request_id = Some(id.into());
        self
    }

    /// The same error with the seconds after which to try again.
    pub fn with_retry_after(mut self, seconds: f64) -> Self {
        self.0.retry_after = Some(seconds);
        self
    }

    /// The same error with the path of the field that it is about, where the other side named one.
    pub fn with_field(mut self, field: impl Into<String>) -> Self {
        self.0.field = Some(field.into());
        self
    }

    /// The same error with the text that had arrived before it.
    pub fn with_partial(mut self, text: impl Into<String>) -> Self {
        self.0.partial = Some(text.into());
        self
    }

    /// The same error with the body that was received; the caller has bounded and redacted it.
    pub fn with_body(mut self, body: impl Into<String>) -> Self {
        self.0.body = Some(body.into());
        self
    }

    /// The same error without that secret in any of what a server may have written: it may echo a key that no pattern
    /// finds. Violations are the client's own words.
    pub fn without_secret(mut self, secret: &str) -> Self {
        let Details { message, request_id, field, partial, body, .. } = &mut *self.0;
        *message = redact_secret(message, secret);
        for text in [request_id, field, partial, body] {
            let Some(text) = text else { continue };
            *text = redact_secret(text, secret);
        }
        self
    }

    /// Turns this into the error of a look-up (`GET /v1/developer/chat/requests/{id}`), which is free: the billing note is
    /// replaced and the outcome is `refused`. One that is `not_sent` already stays so.
    pub fn of_look_up(mut self) -> Self {
        if self.0.outcome.is_unbilled() {
            return self;
        }
        self.0.outcome = Outcome::Refused;
        billing::replace_in(&mut self.0.message, billing::LOOK_UP_IS_FREE);
        self
    }

    /// Turns this into the error of a call that cannot have been billed: the billing note is replaced and the outcome is
    /// `not_sent`.
    #[cfg(feature = "fetch")]
    pub(crate) fn of_unbilled_call(mut self) -> Self {
        self.0.outcome = Outcome::NotSent;
        billing::replace_in(&mut self.0.message, billing::NOTHING_BILLED);
        self
    }

    /// Turns this into the error of a call whose earlier attempt may have been billed: a note says so, and the outcome is
    /// `unknown`.
    pub(crate) fn behind_billed_attempt(mut self) -> Self {
        self.0.outcome = Outcome::Unknown;
        self.0.message.push_str(billing::OF_EARLIER_ATTEMPT);
        self
    }

    /// What went wrong, as one of a closed set.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// What went wrong, in a sentence.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Whether the call can have been billed.
    pub fn outcome(&self) -> Outcome {
        self.0.outcome
    }

    /// May the caller simply send the call again (after [`retry_after`](Self::retry_after), where given)?
    pub fn retryable(&self) -> bool {
        self.0.code.retryable(self.0.outcome)
    }

    /// The HTTP status that was received, if an answer was.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The other side's correlation id (`X-Request-Id`), if it sent one.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// Seconds after which to try again, if the other side said so.
    pub fn retry_after(&self) -> Option<f64> {
        self.0.retry_after
    }

    /// Path of the first field that broke a rule, as in `message.content`.
    pub fn field(&self) -> Option<&str> {
        let first = || self.0.violations.first().map(|violation| violation.field.as_str());
        self.0.field.as_deref().or_else(first)
    }

    /// Every broken rule, in the order of the fields.
    pub fn violations(&self) -> &[Violation] {
        &self.0.violations
    }

    /// The text that had arrived before a stream failed.
    pub fn partial(&self) -> Option<&str> {
        self.0.partial.as_deref()
    }

    /// The body of the failed answer: at most 8 KiB of an error's, 64 KiB of an unreadable success's, without secrets.
    pub fn body(&self) -> Option<&str> {
        self.0.body.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&filled("{}: {} (outcome {})", &[self.0.code.as_str(), &self.0.message, self.0.outcome.as_str()]))
    }
}

impl core::error::Error for Error {}
