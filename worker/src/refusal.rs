//! What an answer of the API outside 2xx means for the caller.

use minara::error::{parse_retry_after, retry_after_in};
use minara::{Code, Error, Outcome};
use worker::web_sys;

use crate::platform;
use crate::rejection::Rejection;

/// Longest body of a refusal that is read, in bytes: only to find how long to wait.
const MAX_REFUSAL: u32 = 8 * 1024;

/// How long that may take, in milliseconds: knowing the wait is worth no longer one.
const REFUSAL_DEADLINE: u32 = 2_000;

/// Longest wait that a caller is asked for, in seconds. What the API says beyond it is no wait but a mistake.
const MAX_WAIT: f64 = 24.0 * 60.0 * 60.0;

/// The rejection for an answer outside 2xx.
pub(crate) async fn refused(response: &web_sys::Response) -> Rejection {
    refusal(response.status(), wait(response).await)
}

/// How long the API asks to wait, in seconds. On a 503 the header alone says that the refusal was deliberate.
async fn wait(response: &web_sys::Response) -> Option<f64> {
    match (platform::header(response, "retry-after"), response.status()) {
        (Some(header), 429 | 503) => parse_retry_after(&header, platform::now()),
        (None, 429) => seconds_in(&platform::read_text(response, MAX_REFUSAL, Some(REFUSAL_DEADLINE)).await.ok()?),
        _ => None,
    }
}

/// How long the body asks to wait, in seconds.
fn seconds_in(body: &str) -> Option<f64> {
    retry_after_in(&serde_json::from_str::<serde_json::Value>(body).ok()?)
}

/// The refusals that prove that the API did no work, so that nothing is billed: with each, what it means for the caller,
/// in words that say nothing of the key. Any other status may come after work has begun (408 and 499 say so themselves).
const REFUSALS: [(u16, Code, &str); 11] = [
    (400, Code::InvalidRequest, "The API refused the request. Nothing was billed."),
    (401, Code::UpstreamError, "The API did not accept the call. Nothing was billed."),
    (402, Code::PaymentRequired, "The service has no credits left. Nothing was billed; try again later."),
    (403, Code::Forbidden, "The API does not allow this call. Nothing was billed."),
    (404, Code::NotFound, "The API knows no such chat or job."),
    (405, Code::UpstreamError, "The API did not accept the call. Nothing was billed."),
    (409, Code::Conflict, "The requestId was used for another request or has expired: use a new one."),
    (413, Code::PayloadTooLarge, "The request is too large for the API: shorten it."),
    (415, Code::UpstreamError, "The API did not accept the call. Nothing was billed."),
    (422, Code::InvalidRequest, "The API refused the request. Nothing was billed."),
    (429, Code::RateLimited, "The API takes no more calls at the moment: wait before the next one."),
];

/// How the part of a refusal's words begins that says that it costs nothing.
const NOTHING_BILLED: &str = " Nothing was billed";

/// What a repetition's refusal says in its place.
const OF_EARLIER_ATTEMPT: &str = " An earlier attempt under this requestId may have been billed: look it up, or send the \
                                  call again under the same requestId. A new one may be charged a second time.";

/// The same failure of a repetition: it takes nothing back of the earlier attempt, which is booked. A requestId that the API
/// does not take again was that attempt's, for only an equal body gets here.
pub(crate) fn behind_earlier_attempt(rejection: Rejection) -> Rejection {
    let Rejection { error, .. } = &rejection;
    if !error.outcome().is_unbilled() {
        return rejection;
    }
    let what = match error.code() {
        Code::Conflict => "The API does not take this requestId again.",
        _ => error.message().split(NOTHING_BILLED).next().unwrap_or_default(),
    };
    let behind = Error::new(error.code(), format!("{what}{OF_EARLIER_ATTEMPT}")).with_outcome(Outcome::Unknown);
    match error.retry_after() {
        Some(seconds) => behind.with_retry_after(seconds),
        None => behind,
    }
    .into()
}

/// What an answer outside 2xx means for the caller.
fn refusal(status: u16, retry_after: Option<f64>) -> Rejection {
    let Rejection { error, .. } = match REFUSALS.iter().find(|(refused, ..)| *refused == status) {
        Some((_, code, message)) => Error::new(*code, *message).with_outcome(Outcome::Refused).into(),
        None => Rejection::maybe_billed(Code::UpstreamError, unproven(status)),
    };
    match retry_after {
        Some(seconds) => error.with_retry_after(seconds.min(MAX_WAIT)),
        None => error,
    }
    .into()
}

/// What happened, for an answer that proves nothing.
const fn unproven(status: u16) -> &'static str {
    match status {
        300..=399 => "The API answered with a redirect, which is not followed.",
        400..=499 => "The API did not serve the call.",
        _ => "The API failed.",
    }
}

#[cfg(test)]
mod tests {
    use super::{behind_earlier_attempt, refusal, seconds_in};
    use crate::rejection::Rejection;
    use minara::{Code, Outcome};

    #[test]
    fn every_status_outside_2xx_has_its_code_and_its_outcome() {
        for (status, code, answer, outcome) in [
            (301, Code::UpstreamError, 502, Outcome::Unknown),
            (304, Code::UpstreamError, 502, Outcome::Unknown),
            (400, Code::InvalidRequest, 400, Outcome::Refused),
            (401, Code::UpstreamError, 502, Outcome::Refused),
            (402, Code::PaymentRequired, 402, Outcome::Refused),
            (403, Code::Forbidden, 403, Outcome::Refused),
            (404, Code::NotFound, 404, Outcome::Refused),
            (405, Code::UpstreamError, 502, Outcome::Refused),
            (406, Code::UpstreamError, 502, Outcome::Unknown),
            (408, Code::UpstreamError, 502, Outcome::Unknown),
            (409, Code::Conflict, 409, Outcome::Refused),
            (413, Code::PayloadTooLarge, 413, Outcome::Refused),
            (415, Code::UpstreamError, 502, Outcome::Refused),
            (422, Code::InvalidRequest, 400, Outcome::Refused),
            (425, Code::UpstreamError, 502, Outcome::Unknown),
            (429, Code::RateLimited, 429, Outcome::Refused),
            (460, Code::UpstreamError, 502, Outcome::Unknown),
            (499, Code::UpstreamError, 502, Outcome::Unknown),
            (500, Code::UpstreamError, 502, Outcome::Unknown),
            (503, Code::UpstreamError, 502, Outcome::Unknown),
        ] {
            let rejection = refusal(status, None);
            let seen = (rejection.error.code(), rejection.status(), rejection.error.outcome());
            assert_eq!(seen, (code, answer, outcome), "{status}");
        }
    }

    #[test]
    fn what_proves_that_no_work_was_done_is_what_the_client_takes_for_it() {
        for status in 100..600 {
            let proves = Code::from_status(status) != Code::UpstreamError;
            assert_eq!(refusal(status, None).error.outcome() == Outcome::Refused, proves, "{status}");
        }
    }

    #[test]
    fn what_proves_nothing_says_that_it_may_have_been_billed() {
        for (status, message) in [
            (307, "The API answered with a redirect, which is not followed. The call may have been billed."),
            (408, "The API did not serve the call. The call may have been billed."),
            (500, "The API failed. The call may have been billed."),
        ] {
            let Rejection { error, .. } = refusal(status, None);
            assert_eq!(error.message(), message, "{status}");
            let free = message.replace("The call may have been billed.", "The look-up costs nothing: look again.");
            assert_eq!(error.of_look_up().message(), free, "{status}");
        }
    }

    #[test]
    fn a_repetitions_refusal_does_not_say_that_nothing_was_billed() {
        let note = " An earlier attempt under this requestId may have been billed: look it up, or send the call again \
                    under the same requestId. A new one may be charged a second time.";
        for (status, what) in [
            (400, "The API refused the request."),
            (402, "The service has no credits left."),
            (403, "The API does not allow this call."),
            (409, "The API does not take this requestId again."),
            (429, "The API takes no more calls at the moment: wait before the next one."),
        ] {
            let before = refusal(status, Some(7.0));
            let Rejection { error, .. } = behind_earlier_attempt(before.clone());
            assert_eq!(error.message(), format!("{what}{note}"), "{status}");
            let seen = (error.code(), error.outcome(), error.retry_after());
            assert_eq!(seen, (before.error.code(), Outcome::Unknown, Some(7.0)), "{status}");
        }
        let doubtful = refusal(500, None);
        assert_eq!(behind_earlier_attempt(doubtful.clone()).error.message(), doubtful.error.message());
    }

    #[test]
    fn a_wait_is_a_day_at_most() {
        for (asked, wait) in [(0.0, 0), (1.2, 2), (86_400.0, 86_400), (86_401.0, 86_400), (1e300, 86_400)] {
            assert_eq!(refusal(429, Some(asked)).retry_after(), Some(wait), "{asked}");
        }
    }

    #[test]
    fn the_wait_is_found_wherever_the_body_has_it() {
        for (body, seconds) in [
            (r#"{"retryAfter":7}"#, Some(7.0)),
            (r#"{"error":{"retryAfter":1.5}}"#, Some(1.5)),
            (r#"{"data":{"retryAfter":3}}"#, Some(3.0)),
            (r#"{"retryAfter":-1}"#, None),
            (r#"{"retryAfter":"7"}"#, Some(7.0)),
            ("slow down", None),
        ] {
            assert_eq!(seconds_in(body), seconds, "{body}");
        }
    }
}
