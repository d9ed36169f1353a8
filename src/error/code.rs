//! The closed set of error codes, one row each: what the Worker answers, and whether the call can have been billed.

use core::fmt;

/// Whether a failed call can have been billed by the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Nothing left this side: it cannot have been billed.
    NotSent,
    /// The other side answered that it would not do the work: it has not been billed.
    Refused,
    /// The work was done and is billed; its answer could not be used.
    Done,
    /// The request may have been worked on: treat it as billed.
    Unknown,
}

impl Outcome {
    /// The name used in JavaScript and in the Worker's answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotSent => "not_sent",
            Self::Refused => "refused",
            Self::Done => "done",
            Self::Unknown => "unknown",
        }
    }

    /// Whether the call has certainly not been billed.
    pub const fn is_unbilled(self) -> bool {
        matches!(self, Self::NotSent | Self::Refused)
    }

    /// The outcome of that name, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::NotSent, Self::Refused, Self::Done, Self::Unknown].into_iter().find(|outcome| outcome.as_str() == name)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident $name:literal $status:literal $outcome:ident,)+) => {
        /// What went wrong, as one of a closed set.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[$doc])* $variant,)+
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The code's name, the same in Rust, JavaScript and the Worker's JSON.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The HTTP status with which the Worker reports this code; `None` where only a client meets it.
            pub const fn worker_status(self) -> Option<u16> {
                match match self { $(Self::$variant => $status,)+ } { 0 => None, status => Some(status) }
            }

            /// Whether such a call can have been billed, unless the error itself says otherwise.
            pub const fn outcome(self) -> Outcome {
                match self { $(Self::$variant => Outcome::$outcome,)+ }
            }
        }
    };
}

codes! {
    /// A rule of the request is broken; every violation is listed and nothing was sent.
    InvalidRequest "invalid_request" 400 NotSent,
    /// An API key was given to a client in a page, where anyone could read it.
    KeyInBrowser "key_in_browser" 0 NotSent,
    /// The API key, or the client's or session's token, was not accepted.
    Unauthorized "unauthorized" 401 Refused,
    /// The Worker wants a session first.
    SessionRequired "session_required" 401 Refused,
    /// The account's credits are used up.
    PaymentRequired "payment_required" 402 Refused,
    /// The key's plan, or the page's origin, is not allowed to do this.
    Forbidden "forbidden" 403 Refused,
    /// No such path, job or conversation.
    NotFound "not_found" 404 Refused,
    /// The path exists, the method does not.
    MethodNotAllowed "method_not_allowed" 405 Refused,
    /// The body is not `application/json`.
    UnsupportedMediaType "unsupported_media_type" 415 Refused,
    /// The `requestId` was used for another body, or has expired.
    Conflict "conflict" 409 Refused,
    /// The body is over 64 KiB.
    PayloadTooLarge "payload_too_large" 413 Refused,
    /// Too many requests; `retry_after` says when to try again, where known.
    RateLimited "rate_limited" 429 Refused,
    /// The owner's daily or session budget is used up, or calls are switched off.
    BudgetExhausted "budget_exhausted" 429 Refused,
    /// The Worker has no key, a setting it cannot work with, or cannot reach its budget, its rate limits or the
    /// challenge's verifier.
    NotConfigured "not_configured" 503 Refused,
    /// The API failed (5xx), redirected (3xx), answered with a 4xx that has no code of its own, or did not accept the
    /// Worker's key, method or content type.
    UpstreamError "upstream_error" 502 Unknown,
    /// The API answered success with something that cannot be read.
    BadResponse "bad_response" 502 Done,
    /// The swap answer is no EVM transaction of the documented shape.
    UnsupportedTransaction "unsupported_transaction" 0 Done,
    /// The stream carried an error instead of an answer.
    StreamError "stream_error" 0 Unknown,
    /// The stream ended before the answer did.
    StreamTruncated "stream_truncated" 0 Unknown,
    /// One event of the stream is larger than the limit.
    EventTooLarge "event_too_large" 0 Unknown,
    /// A time limit passed; the message names which.
    Timeout "timeout" 504 Unknown,
    /// The connection failed.
    Network "network" 502 Unknown,
    /// A fault of this library or of the Worker.
    Internal "internal" 500 Unknown,
}

impl Code {
    /// The code of that name, if it is one of the set.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == name)
    }

    /// May the caller simply send the call again, given its outcome?
    ///
    /// `budget_exhausted` and `not_configured` are not: mostly only the owner, or the next day, changes something. Within a
    /// call, [`decide`](crate::retry::decide) still repeats a 503 that names a wait or stands under a `requestId`.
    pub const fn retryable(self, outcome: Outcome) -> bool {
        match self {
            // Unknown where an earlier attempt of the same call may have been worked on.
            Self::RateLimited => !matches!(outcome, Outcome::Unknown),
            // Refused where a look-up was lost, which costs nothing.
            Self::Network => outcome.is_unbilled(),
            _ => false,
        }
    }

    /// The code for a status that carries no code of its own. Only those with a code of their own prove that no work was
    /// done.
    pub const fn from_status(status: u16) -> Self {
        match status {
            401 => Self::Unauthorized,
            402 => Self::PaymentRequired,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            405 => Self::MethodNotAllowed,
            409 => Self::Conflict,
            413 => Self::PayloadTooLarge,
            415 => Self::UnsupportedMediaType,
            429 => Self::RateLimited,
            400 | 422 => Self::InvalidRequest,
            // Among them those under which frameworks and load balancers give up work that has begun (408, 460, 499).
            _ => Self::UpstreamError,
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::Outcome;

    #[test]
    fn what_was_not_sent_or_provably_refused_is_unbilled_and_nothing_else() {
        let outcomes = [Outcome::NotSent, Outcome::Refused, Outcome::Unknown, Outcome::Done];
        assert_eq!(outcomes.map(Outcome::is_unbilled), [true, true, false, false]);
    }
}
