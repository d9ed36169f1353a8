//! Whether a failed call may go out again, and when. Pure: clock and randomness are arguments.
//!
//! Every call costs credits and the API has no way to take one back, so a POST goes out once, unless
//! - it provably never left,
//! - it was refused (429), or the other side asks for the repetition itself (503 with `Retry-After`), or
//! - it carries a `requestId`, under which the API answers again without charging again.
//!
//! A browser has a rule of its own, which no page can switch off: Chromium sends a request, POSTs too, once more by itself
//! when a kept-alive connection breaks before a byte of the answer came. There only a `requestId` rules a second charge
//! out.

use crate::error::{Code, Error, Outcome, Result};

/// First wait where the other side names none, in milliseconds; it doubles with each attempt.
const BASE_BACKOFF_MS: f64 = 500.0;

/// Longest wait where the other side names none, in milliseconds.
const MAX_BACKOFF_MS: f64 = 8_000.0;

/// How often and how patiently to try again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RetryPolicy {
    /// Repetitions at most. Default: 2.
    pub max_retries: u32,
    /// The longest `Retry-After` that is waited for, in seconds; beyond it the call fails at once. Default: 60.
    pub max_retry_after: f64,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { max_retries: 2, max_retry_after: 60.0 }
    }
}

impl RetryPolicy {
    /// Refuses what is no time to wait: by comparison with it any wait would be short enough.
    ///
    /// # Errors
    /// `invalid_request` for a `max_retry_after` that is no number from 0.
    pub fn check(&self) -> Result<()> {
        if self.max_retry_after >= 0.0 {
            return Ok(());
        }
        let rule = "must be a number of seconds from 0, or infinity for any";
        Err(Error::invalid_field("client options", "maxRetryAfter", rule))
    }
}

/// Where a call stands when an attempt has failed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Attempt {
    /// Repetitions so far.
    pub retries: u32,
    /// Whether a repetition cannot be charged again: true under a `requestId`, and for a GET.
    pub is_repeatable: bool,
    /// Milliseconds left of the call's total limit.
    pub remaining_ms: f64,
    /// A random number, 0 (included) to 1.
    pub jitter: f64,
}

/// What to do after a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Decision {
    /// Send it again after that many milliseconds.
    RetryAfter(f64),
    /// Hand the error to the caller.
    GiveUp,
}

/// Decides about one failed attempt.
///
/// ```
/// use minara::retry::{Attempt, Decision, RetryPolicy, decide};
/// use minara::{Code, Error};
///
/// let attempt = Attempt { retries: 0, is_repeatable: false, remaining_ms: 180_000.0, jitter: 0.5 };
/// let busy = Error::new(Code::RateLimited, "Too many requests").with_status(429).with_retry_after(7.0);
/// assert_eq!(decide(RetryPolicy::default(), &busy, attempt), Decision::RetryAfter(7_000.0));
///
/// // It may have been worked on, and would be charged twice.
/// let lost = Error::new(Code::Network, "The connection failed");
/// assert_eq!(decide(RetryPolicy::default(), &lost, attempt), Decision::GiveUp);
/// ```
pub fn decide(policy: RetryPolicy, error: &Error, attempt: Attempt) -> Decision {
    if attempt.retries >= policy.max_retries || !may_repeat(error, attempt.is_repeatable) {
        return Decision::GiveUp;
    }
    let wait = match error.retry_after() {
        Some(seconds) if seconds > policy.max_retry_after => return Decision::GiveUp,
        Some(seconds) => seconds * 1000.0,
        None => backoff(attempt.retries, attempt.jitter),
    };
    // A wait that outlasts the call could only end in a timeout.
    if wait < attempt.remaining_ms { Decision::RetryAfter(wait) } else { Decision::GiveUp }
}

fn may_repeat(error: &Error, is_repeatable: bool) -> bool {
    match error.code() {
        // A gateway may say that what stands behind it had the call before it refused.
        Code::RateLimited => is_repeatable || error.outcome().is_unbilled(),
        Code::Network if error.outcome() == Outcome::NotSent => true,
        Code::Network | Code::Timeout => is_repeatable,
        Code::UpstreamError | Code::NotConfigured => {
            let is_asked_for = error.status() == Some(503) && error.retry_after().is_some();
            // A redirect is answered the same way each time.
            is_asked_for || (is_repeatable && error.status().is_some_and(|status| status >= 500))
        }
        _ => false,
    }
}

/// The error of a repeated call: what an earlier attempt may have cost, the refusal of a later one does not take back, and
/// whoever reads the error is told.
pub fn after_attempt(earlier: Outcome, error: Error) -> Error {
    let is_taken_back = earlier == Outcome::Unknown && error.outcome().is_unbilled();
    if is_taken_back { error.behind_billed_attempt() } else { error }
}

/// Whether an error code of the platform, and the system call that it is about, prove that nothing was sent: the
/// connection was never made.
///
/// Node and Bun give such codes; pages do not, so there every failed connection may have been billed.
pub fn never_left(code: &str, system_call: &str) -> bool {
    match code {
        "ECONNREFUSED" | "ENOTFOUND" | "EAI_AGAIN" | "UND_ERR_CONNECT_TIMEOUT" | "ConnectionRefused" => true,
        // A route can be lost in the middle of a call as well.
        "EHOSTUNREACH" | "ENETUNREACH" => system_call == "connect",
        _ => false,
    }
}

/// Full jitter: anything from nothing to the doubled wait, so that many clients do not return together.
fn backoff(retries: u32, jitter: f64) -> f64 {
    let ceiling = BASE_BACKOFF_MS * f64::from(2_u32.saturating_pow(retries.min(16)));
    ceiling.min(MAX_BACKOFF_MS) * jitter.clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Attempt, Decision, RetryPolicy, after_attempt, backoff, decide, never_left};
    use crate::error::{Code, Error, Outcome};

    const FRESH: Attempt = Attempt { retries: 0, is_repeatable: false, remaining_ms: 180_000.0, jitter: 1.0 };

    fn error(code: Code, status: u16, retry_after: Option<f64>) -> Error {
        let error = Error::new(code, "x");
        let error = if status == 0 { error } else { error.with_status(status) };
        match retry_after {
            Some(seconds) => error.with_retry_after(seconds),
            None => error,
        }
    }

    /// One row per condition: what happens to a POST as it is, and to one that carries a `requestId`.
    #[test]
    fn a_post_goes_out_again_only_where_the_table_allows_it() {
        use Decision::{GiveUp, RetryAfter};
        let never_left = || Error::new(Code::Network, "x").with_outcome(Outcome::NotSent);
        for (condition, error, plain, repeatable) in [
            ("provably never left", never_left(), RetryAfter(500.0), RetryAfter(500.0)),
            ("connection lost", error(Code::Network, 0, None), GiveUp, RetryAfter(500.0)),
            ("a limit passed", error(Code::Timeout, 0, None), GiveUp, RetryAfter(500.0)),
            ("504 from the Worker", error(Code::Timeout, 504, None), GiveUp, RetryAfter(500.0)),
            ("429", error(Code::RateLimited, 429, None), RetryAfter(500.0), RetryAfter(500.0)),
            (
                "429 with Retry-After",
                error(Code::RateLimited, 429, Some(7.0)),
                RetryAfter(7_000.0),
                RetryAfter(7_000.0),
            ),
            (
                "429 that does not rule out a charge",
                error(Code::RateLimited, 429, Some(1.0)).with_outcome(Outcome::Unknown),
                GiveUp,
                RetryAfter(1_000.0),
            ),
            ("429 beyond the cap", error(Code::RateLimited, 429, Some(61.0)), GiveUp, GiveUp),
            ("429 at the cap", error(Code::RateLimited, 429, Some(60.0)), RetryAfter(60_000.0), RetryAfter(60_000.0)),
            ("429 of the budget", error(Code::BudgetExhausted, 429, Some(1.0)), GiveUp, GiveUp),
            (
                "503 with Retry-After",
                error(Code::UpstreamError, 503, Some(1.0)),
                RetryAfter(1_000.0),
                RetryAfter(1_000.0),
            ),
            ("503 without", error(Code::UpstreamError, 503, None), GiveUp, RetryAfter(500.0)),
            (
                "503 of the Worker, with",
                error(Code::NotConfigured, 503, Some(2.0)),
                RetryAfter(2_000.0),
                RetryAfter(2_000.0),
            ),
            ("503 of the Worker, without", error(Code::NotConfigured, 503, None), GiveUp, RetryAfter(500.0)),
            ("500", error(Code::UpstreamError, 500, None), GiveUp, RetryAfter(500.0)),
            ("500 with Retry-After", error(Code::UpstreamError, 500, Some(1.0)), GiveUp, RetryAfter(1_000.0)),
            ("302", error(Code::UpstreamError, 302, None), GiveUp, GiveUp),
            ("400", error(Code::InvalidRequest, 400, None), GiveUp, GiveUp),
            ("401", error(Code::Unauthorized, 401, None), GiveUp, GiveUp),
            ("409", error(Code::Conflict, 409, None), GiveUp, GiveUp),
            ("a success that cannot be read", error(Code::BadResponse, 200, None), GiveUp, GiveUp),
            ("a cut stream", error(Code::StreamTruncated, 200, None), GiveUp, GiveUp),
            ("ours", error(Code::Internal, 0, None), GiveUp, GiveUp),
        ] {
            assert_eq!(decide(RetryPolicy::default(), &error, FRESH), plain, "{condition}");
            let under_id = Attempt { is_repeatable: true, ..FRESH };
            assert_eq!(decide(RetryPolicy::default(), &error, under_id), repeatable, "{condition}, with a requestId");
        }
    }

    #[test]
    fn repetitions_end_with_their_number_and_with_the_time() {
        let error = error(Code::RateLimited, 429, Some(1.0));
        let policy = RetryPolicy::default();
        for (attempt, decision) in [
            (Attempt { retries: 1, ..FRESH }, Decision::RetryAfter(1_000.0)),
            (Attempt { retries: 2, ..FRESH }, Decision::GiveUp),
            (Attempt { remaining_ms: 1_000.1, ..FRESH }, Decision::RetryAfter(1_000.0)),
            (Attempt { remaining_ms: 1_000.0, ..FRESH }, Decision::GiveUp),
            (Attempt { remaining_ms: -5.0, ..FRESH }, Decision::GiveUp),
        ] {
            assert_eq!(decide(policy, &error, attempt), decision, "{attempt:?}");
        }
        let none = RetryPolicy { max_retries: 0, ..policy };
        assert_eq!(decide(none, &error, FRESH), Decision::GiveUp);
    }

    #[test]
    fn backoff_doubles_up_to_eight_seconds_and_is_fully_jittered() {
        for (retries, ceiling) in [(0, 500.0), (1, 1_000.0), (2, 2_000.0), (3, 4_000.0), (4, 8_000.0), (40, 8_000.0)] {
            for jitter in [0.0, 0.25, 1.0] {
                assert!((backoff(retries, jitter) - ceiling * jitter).abs() < f64::EPSILON, "{retries} {jitter}");
            }
        }
    }

    #[test]
    fn only_a_connection_that_was_never_made_proves_that_nothing_left() {
        for code in ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT", "ConnectionRefused"] {
            assert!(never_left(code, ""), "{code}");
        }
        for code in ["ECONNRESET", "EPIPE", "UND_ERR_SOCKET", "UND_ERR_HEADERS_TIMEOUT", "ETIMEDOUT", ""] {
            assert!(!never_left(code, "connect"), "{code}");
        }
        for code in ["EHOSTUNREACH", "ENETUNREACH"] {
            assert!(never_left(code, "connect"), "{code}");
            assert!(!never_left(code, "read") && !never_left(code, ""), "{code}");
        }
    }

    #[test]
    fn a_later_refusal_does_not_take_back_what_an_earlier_attempt_may_have_cost() {
        use Outcome::{Done, NotSent, Refused, Unknown};
        for (earlier, later, whole) in [
            (Unknown, NotSent, Unknown),
            (Unknown, Refused, Unknown),
            (Unknown, Unknown, Unknown),
            (Unknown, Done, Done),
            (Refused, NotSent, NotSent),
            (Refused, Refused, Refused),
            (NotSent, Refused, Refused),
            (NotSent, NotSent, NotSent),
            (Refused, Unknown, Unknown),
        ] {
            let error = after_attempt(earlier, Error::new(Code::RateLimited, "Too many.").with_outcome(later));
            assert_eq!(error.outcome(), whole, "{earlier}, then {later}");
            let told = "Too many. An earlier attempt may have been billed: send the call again only under the requestId that \
                        it had, or if a second charge is acceptable.";
            assert_eq!(error.message(), if later == whole { "Too many." } else { told }, "{earlier}, then {later}");
        }
    }

    proptest! {
        #[test]
        fn no_wait_is_negative_or_longer_than_what_is_left(
            retries in 0_u32..100, remaining in -10.0_f64..1e6, jitter in -1.0_f64..2.0, after in proptest::option::of(0.0_f64..1e4)
        ) {
            let attempt = Attempt { retries, is_repeatable: true, remaining_ms: remaining, jitter };
            let policy = RetryPolicy { max_retries: 100, ..RetryPolicy::default() };
            if let Decision::RetryAfter(wait) = decide(policy, &error(Code::RateLimited, 429, after), attempt) {
                prop_assert!(wait >= 0.0 && wait < remaining);
                prop_assert!(wait <= 60_000.0);
            }
        }
    }
}
