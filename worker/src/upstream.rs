//! One call of the API, and what its answer means. Of a failed answer nothing is passed on but its meaning: its body
//! and headers may echo the key.

use minara::error::parse_retry_after;
use minara::wire::{BaseUrl, Method};
use minara::{Code, Error, Outcome};
use worker::web_sys;

use crate::answer::{Answer, Expectation};
use crate::platform;
use crate::rejection::Rejection;
use crate::settings::Settings;

/// What is sent to the API.
pub(crate) struct Call<'a> {
    /// The path below the base URL.
    pub(crate) path: &'a str,
    /// The method.
    pub(crate) method: Method,
    /// The JSON body; empty for a look-up.
    pub(crate) body: &'a str,
    /// What may come back.
    pub(crate) expectation: Expectation,
}

/// Sends a call and reads the meaning of its answer; a good answer's body is passed through untouched.
pub(crate) async fn send(
    call: &Call<'_>,
    settings: &Settings,
    signal: &web_sys::AbortSignal,
) -> Result<Answer, Rejection> {
    let mut response = None;
    for key in &settings.keys {
        let answered = attempt(call, settings, signal, &key.authorization()).await?;
        let refused = answered.status() == 401;
        response = Some(answered);
        // A key that is not accepted did no work, so the next one may be tried: nothing else is ever sent twice.
        if !refused {
            break;
        }
    }
    let response = response.ok_or_else(|| Rejection::new(Code::NotConfigured, "There is no API key."))?;
    read(&response, call.expectation)
}

async fn attempt(
    call: &Call<'_>,
    settings: &Settings,
    signal: &web_sys::AbortSignal,
    authorization: &str,
) -> Result<web_sys::Response, Rejection> {
    let deadlines = settings.deadlines;
    let first_byte = if call.expectation.stream { deadlines.first_byte } else { deadlines.answer };
    let outgoing = platform::Outgoing {
        url: &url(&settings.base_url, call.path),
        method: call.method.as_str(),
        authorization,
        accept: if call.expectation.stream { "text/event-stream" } else { "application/json" },
        body: (!call.body.is_empty()).then_some(call.body),
        first_byte,
        total: deadlines.total,
    };
    platform::call_upstream(signal, &outgoing).await.map_err(|word| failure(&word, first_byte))
}

fn url(base: &BaseUrl, path: &str) -> String {
    format!("{}{path}", base.as_str())
}

/// The error for a call that got no answer.
fn failure(word: &str, first_byte: u32) -> Rejection {
    match word {
        "first-byte" => {
            let seconds = f64::from(first_byte) / 1000.0;
            Rejection::new(Code::Timeout, format!("The API did not begin to answer within {seconds} seconds."))
        }
        "client" => Rejection::new(Code::Network, "The caller went away before the API answered."),
        _ => Rejection::new(Code::Network, "The API could not be reached. The call may have been billed."),
    }
}

fn read(response: &web_sys::Response, expectation: Expectation) -> Result<Answer, Rejection> {
    let status = response.status();
    let header = |name| response.headers().get(name).ok().flatten();
    if !(200..300).contains(&status) {
        return Err(refusal(status, header("retry-after").as_deref(), platform::now()));
    }
    let content_type = header("content-type").unwrap_or_default();
    let Some(content_type) = expectation.content_type(&content_type) else {
        return Err(Rejection::new(Code::BadResponse, "The API answered with something that is not JSON."));
    };
    Ok(Answer::new(status, content_type, response.body().into()))
}

/// What an answer outside 2xx means for the caller, in words that say nothing of the key.
fn refusal(status: u16, retry_after: Option<&str>, now: f64) -> Rejection {
    let (code, message) = meaning(status);
    let mut error = Error::new(code, message);
    // A key that is not accepted, and a request that is refused, are not billed.
    if (400..500).contains(&status) {
        error = error.with_outcome(Outcome::Refused);
    }
    let waits = retry_after.filter(|_| matches!(status, 429 | 503)).and_then(|header| parse_retry_after(header, now));
    match waits {
        Some(seconds) => error.with_retry_after(seconds),
        None => error,
    }
    .into()
}

const fn meaning(status: u16) -> (Code, &'static str) {
    match status {
        400 | 422 => (Code::InvalidRequest, "The API refused the request."),
        402 => (Code::PaymentRequired, "The service has no credits left. Nothing was billed; try again later."),
        403 => (Code::Forbidden, "The API does not allow this call. Nothing was billed."),
        404 => (Code::NotFound, "The API knows no such chat or job."),
        409 => (Code::Conflict, "The requestId was used for another request or has expired: use a new one."),
        413 => (Code::PayloadTooLarge, "The request is too large for the API: shorten it."),
        429 => (Code::RateLimited, "The API takes no more calls at the moment: wait before the next one."),
        300..=399 => (Code::UpstreamError, "The API answered with a redirect, which is not followed."),
        400..=499 => (Code::UpstreamError, "The API did not accept the call. Nothing was billed."),
        _ => (Code::UpstreamError, "The API failed. The call may have been billed."),
    }
}
