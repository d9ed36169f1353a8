//! One call of the API, and what its answer means. Of a failed answer nothing is passed on but its meaning: its body
//! and headers may echo the key.

use minara::error::{parse_retry_after, retry_after_in};
use minara::wire::{ApiKey, EVENT_STREAM, JSON, Method, is_media_type};
use minara::{Code, Error, Outcome};
use worker::wasm_bindgen::JsValue;
use worker::web_sys;

use crate::gateway::Exchange;
use crate::platform;
use crate::rejection::Rejection;
use crate::settings::Settings;

/// Longest body of a refusal that is read, in bytes: only to find how long to wait.
const MAX_REFUSAL: u32 = 8 * 1024;

/// How long that may take, in milliseconds: knowing the wait is worth no longer one.
const REFUSAL_DEADLINE: u32 = 2_000;

/// Longest wait that a caller is asked for, in seconds. What the API says beyond it is no wait but a mistake.
const MAX_WAIT: f64 = 24.0 * 60.0 * 60.0;

/// The statuses of the 200s that never have a body (Fetch standard, "null body status").
const BODILESS: [u16; 2] = [204, 205];

/// What is said of a success with nothing in it.
pub(crate) const WITHOUT_BODY: &str = "The API answered without a body.";

/// What is sent to the API.
pub(crate) struct Outbound<'a> {
    /// The path below the base URL.
    pub(crate) path: &'a str,
    /// The method.
    pub(crate) method: Method,
    /// The JSON body; empty for a look-up.
    pub(crate) body: &'a str,
    /// Whether an event stream is asked for; JSON is taken then too.
    pub(crate) accepts_stream: bool,
}

/// A good answer of the API. Its body is still on its way.
pub(crate) struct Reply {
    /// The HTTP status, of the 200s.
    pub(crate) status: u16,
    /// One of our own media types.
    pub(crate) content_type: &'static str,
    /// The answer itself, its body unread.
    pub(crate) response: web_sys::Response,
}

/// Sends a call and reads the meaning of its answer.
pub(crate) async fn send(
    outbound: &Outbound<'_>,
    settings: &Settings,
    exchange: &Exchange<'_>,
) -> Result<Reply, Rejection> {
    let asked = platform::now();
    let answered = ask(outbound, settings, &exchange.request.signal()).await;
    exchange.seen.upstream_ms.set(Some(platform::now() - asked));
    let response = answered?;
    exchange.seen.upstream_status.set(Some(response.status()));
    read(response, outbound.accepts_stream).await
}

impl Reply {
    /// The native stream, or null.
    pub(crate) fn body(&self) -> JsValue {
        self.response.body().into()
    }
}

/// A key that is not accepted did no work, so the next one may be tried: nothing else is ever sent twice.
async fn ask(
    outbound: &Outbound<'_>,
    settings: &Settings,
    signal: &web_sys::AbortSignal,
) -> Result<web_sys::Response, Rejection> {
    let (last, firsts) = settings.keys.split_last().ok_or_else(no_key)?;
    for key in firsts {
        let response = attempt(outbound, settings, signal, key).await?;
        if response.status() != 401 {
            return Ok(response);
        }
    }
    attempt(outbound, settings, signal, last).await
}

fn no_key() -> Rejection {
    Rejection::new(Code::NotConfigured, "There is no API key.")
}

async fn attempt(
    outbound: &Outbound<'_>,
    settings: &Settings,
    signal: &web_sys::AbortSignal,
    key: &ApiKey,
) -> Result<web_sys::Response, Rejection> {
    let deadlines = settings.deadlines;
    let first_byte = if outbound.accepts_stream { deadlines.first_byte } else { deadlines.answer };
    let outgoing = platform::Outgoing {
        url: &format!("{}{}", settings.base_url.as_str(), outbound.path),
        method: outbound.method.as_str(),
        authorization: &key.authorization(),
        accept: if outbound.accepts_stream { EVENT_STREAM } else { JSON },
        body: (!outbound.body.is_empty()).then_some(outbound.body),
        first_byte,
        total: deadlines.total,
    };
    platform::call_upstream(signal, &outgoing).await.map_err(|word| failure(&word, first_byte))
}

/// The error for a call that got no answer.
fn failure(word: &str, first_byte: u32) -> Rejection {
    match word {
        "first-byte" => {
            let seconds = f64::from(first_byte) / 1000.0;
            let message = format!("The API did not begin to answer within {seconds} seconds. It may have been billed.");
            Rejection::new(Code::Timeout, message)
        }
        "early" => Error::new(Code::Network, "The caller went away before anything was sent.")
            .with_outcome(Outcome::NotSent)
            .into(),
        "client" => Rejection::new(Code::Network, "The caller went away before the API answered."),
        _ => Rejection::new(Code::Network, "The API could not be reached. The call may have been billed."),
    }
}

async fn read(response: web_sys::Response, accepts_stream: bool) -> Result<Reply, Rejection> {
    let status = response.status();
    if !(200..300).contains(&status) {
        return Err(refusal(status, wait(&response).await));
    }
    if BODILESS.contains(&status) || response.body().is_none() {
        return Err(Rejection::new(Code::BadResponse, WITHOUT_BODY));
    }
    match media_type(&header(&response, "content-type").unwrap_or_default(), accepts_stream) {
        Some(content_type) => Ok(Reply { status, content_type, response }),
        None => Err(Rejection::new(Code::BadResponse, "The API answered with something that is not JSON.")),
    }
}

fn header(response: &web_sys::Response, name: &str) -> Option<String> {
    response.headers().get(name).ok().flatten()
}

/// How long the API asks to wait, in seconds. On a 503 the header alone says that the refusal was deliberate.
async fn wait(response: &web_sys::Response) -> Option<f64> {
    match (header(response, "retry-after"), response.status()) {
        (Some(header), 429 | 503) => parse_retry_after(&header, platform::now()),
        (None, 429) => seconds_in(&platform::read_text(response, MAX_REFUSAL, Some(REFUSAL_DEADLINE)).await.ok()?),
        _ => None,
    }
}

/// Our media type for the one that the API sent; `None` where that cannot be read.
fn media_type(sent: &str, accepts_stream: bool) -> Option<&'static str> {
    if accepts_stream && is_media_type(sent, EVENT_STREAM) {
        return Some(EVENT_STREAM);
    }
    is_media_type(sent, JSON).then_some(JSON)
}

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

/// What an answer outside 2xx means for the caller.
fn refusal(status: u16, retry_after: Option<f64>) -> Rejection {
    let error = match REFUSALS.iter().find(|(refused, ..)| *refused == status) {
        Some((_, code, message)) => Error::new(*code, *message).with_outcome(Outcome::Refused),
        None => Error::new(Code::UpstreamError, unproven(status)),
    };
    match retry_after {
        Some(seconds) => error.with_retry_after(seconds.min(MAX_WAIT)),
        None => error,
    }
    .into()
}

/// The message for an answer that proves nothing.
const fn unproven(status: u16) -> &'static str {
    match status {
        300..=399 => "The API answered with a redirect, which is not followed. The call may have been billed.",
        400..=499 => "The API did not serve the call. It may have been billed all the same.",
        _ => "The API failed. The call may have been billed.",
    }
}

#[cfg(test)]
mod tests {
    use super::{failure, media_type, refusal, seconds_in};
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
            (408, "The API did not serve the call. It may have been billed all the same."),
            (500, "The API failed. The call may have been billed."),
        ] {
            assert_eq!(refusal(status, None).error.message(), message, "{status}");
        }
    }

    #[test]
    fn a_wait_is_a_day_at_most() {
        for (asked, wait) in [(0.0, 0), (1.2, 2), (86_400.0, 86_400), (86_401.0, 86_400), (1e300, 86_400)] {
            assert_eq!(refusal(429, Some(asked)).retry_after(), Some(wait), "{asked}");
        }
    }

    #[test]
    fn a_call_without_an_answer_may_have_been_billed_unless_it_was_not_sent() {
        for (word, code, outcome, message) in [
            ("early", Code::Network, Outcome::NotSent, "The caller went away before anything was sent."),
            ("client", Code::Network, Outcome::Unknown, "The caller went away before the API answered."),
            (
                "first-byte",
                Code::Timeout,
                Outcome::Unknown,
                "The API did not begin to answer within 1.5 seconds. It may have been billed.",
            ),
            (
                "network",
                Code::Network,
                Outcome::Unknown,
                "The API could not be reached. The call may have been billed.",
            ),
            ("", Code::Network, Outcome::Unknown, "The API could not be reached. The call may have been billed."),
        ] {
            let Rejection { error, .. } = failure(word, 1500);
            assert_eq!((error.code(), error.outcome(), error.message()), (code, outcome, message), "{word}");
        }
    }

    #[test]
    fn only_json_and_asked_for_streams_can_be_read() {
        for (sent, accepts_stream, media) in [
            ("application/json", false, Some("application/json")),
            ("Application/JSON; charset=utf-8", true, Some("application/json")),
            ("text/event-stream;charset=utf-8", true, Some("text/event-stream")),
            ("text/event-stream", false, None),
            ("text/html", true, None),
            ("application/jsonp", false, None),
            ("", false, None),
        ] {
            assert_eq!(media_type(sent, accepts_stream), media, "{sent}");
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
