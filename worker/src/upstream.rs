//! One call of the API, and what its answer means. Of a failed answer nothing is passed on but its meaning: its body
//! and headers may echo the key.

use minara::wire::{ApiKey, EVENT_STREAM, JSON, WireRequest, is_media_type};
use minara::{Code, Error, Outcome};
use worker::wasm_bindgen::JsValue;
use worker::web_sys;

use crate::gateway::Exchange;
use crate::platform;
use crate::refusal::refused;
use crate::rejection::Rejection;
use crate::settings::{Deadlines, Settings};

/// The statuses of the 200s that never have a body (Fetch standard, "null body status").
const BODILESS: [u16; 2] = [204, 205];

/// What is said of a success with nothing in it.
const WITHOUT_BODY: &str = "The API answered without a body.";

/// Longest answer that is no stream, in bytes.
const MAX_ANSWER: u32 = 4 * 1024 * 1024;

/// A good answer of the API. Its body is still on its way.
pub(crate) struct Reply {
    /// The HTTP status, of the 200s.
    pub(crate) status: u16,
    /// One of our own media types.
    pub(crate) content_type: &'static str,
    /// The answer itself, its body unread.
    response: web_sys::Response,
}

/// Sends a request and reads the meaning of its answer.
pub(crate) async fn send(wire: &WireRequest, settings: &Settings, exchange: &Exchange<'_>) -> Result<Reply, Rejection> {
    let asked = platform::now();
    let answered = ask(wire, settings, &exchange.request.signal()).await;
    exchange.seen.upstream_ms.set(Some(platform::now() - asked));
    let response = answered?;
    exchange.seen.upstream_status.set(Some(response.status()));
    read(response, accepts_stream(wire)).await
}

/// Whether an event stream is asked for; JSON is taken then too.
fn accepts_stream(wire: &WireRequest) -> bool {
    wire.accept == EVENT_STREAM
}

impl Reply {
    /// The native stream, or null.
    pub(crate) fn body(&self) -> JsValue {
        self.response.body().into()
    }

    /// The text of an answer that is no stream, once all of it is here.
    pub(crate) async fn text(&self, Deadlines { total, .. }: Deadlines) -> Result<String, Rejection> {
        let read = platform::read_text(&self.response, MAX_ANSWER, None).await;
        let text = read.map_err(|word| failure(&word, total))?;
        if text.trim().is_empty() { Err(Rejection::new(Code::BadResponse, WITHOUT_BODY)) } else { Ok(text) }
    }
}

/// A key that is not accepted did no work, so the next one may be tried: nothing else is ever sent twice.
async fn ask(
    wire: &WireRequest,
    settings: &Settings,
    signal: &web_sys::AbortSignal,
) -> Result<web_sys::Response, Rejection> {
    let (last, firsts) = settings.keys.split_last().ok_or_else(no_key)?;
    for key in firsts {
        let response = attempt(wire, settings, signal, key).await?;
        if response.status() != 401 {
            return Ok(response);
        }
    }
    attempt(wire, settings, signal, last).await
}

fn no_key() -> Rejection {
    Rejection::new(Code::NotConfigured, "There is no API key.")
}

async fn attempt(
    wire: &WireRequest,
    settings: &Settings,
    signal: &web_sys::AbortSignal,
    key: &ApiKey,
) -> Result<web_sys::Response, Rejection> {
    let deadlines = settings.deadlines;
    let first_byte = if accepts_stream(wire) { deadlines.first_byte } else { deadlines.answer };
    let body = wire.body_json();
    let outgoing = platform::Outgoing {
        url: &wire.url(&settings.base_url),
        method: wire.method.as_str(),
        authorization: &key.authorization(),
        accept: wire.accept,
        body: body.as_deref(),
        first_byte,
        total: deadlines.total,
    };
    platform::call_upstream(signal, &outgoing).await.map_err(|word| failure(&word, first_byte))
}

/// The error for a call that got no answer, or not the whole of it; `limit` is the one that may have passed, in
/// milliseconds.
fn failure(word: &str, limit: u32) -> Rejection {
    let seconds = f64::from(limit) / 1000.0;
    let late = |what: &str| {
        Rejection::new(
            Code::Timeout,
            format!("The API {what} within {seconds} seconds. The call may have been billed."),
        )
    };
    match word {
        "first-byte" => late("did not begin to answer"),
        "total" => late("began to answer but did not finish"),
        "too-large" => Rejection::new(Code::BadResponse, "The API's answer is too long to be one."),
        "broken" => {
            Rejection::new(Code::Network, "The API's answer did not arrive whole. The call may have been billed.")
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
        return Err(refused(&response).await);
    }
    if BODILESS.contains(&status) || response.body().is_none() {
        return Err(Rejection::new(Code::BadResponse, WITHOUT_BODY));
    }
    match media_type(&platform::header(&response, "content-type").unwrap_or_default(), accepts_stream) {
        Some(content_type) => Ok(Reply { status, content_type, response }),
        None => Err(Rejection::new(Code::BadResponse, "The API answered with something that is not JSON.")),
    }
}

/// Our media type for the one that the API sent; `None` where that cannot be read.
fn media_type(sent: &str, accepts_stream: bool) -> Option<&'static str> {
    if accepts_stream && is_media_type(sent, EVENT_STREAM) {
        return Some(EVENT_STREAM);
    }
    is_media_type(sent, JSON).then_some(JSON)
}

#[cfg(test)]
mod tests {
    use super::{failure, media_type};
    use crate::rejection::Rejection;
    use minara::{Code, Outcome};

    #[test]
    fn a_call_without_a_whole_answer_may_have_been_billed_unless_it_was_not_sent() {
        for (word, code, outcome, message) in [
            ("early", Code::Network, Outcome::NotSent, "The caller went away before anything was sent."),
            ("client", Code::Network, Outcome::Unknown, "The caller went away before the API answered."),
            (
                "first-byte",
                Code::Timeout,
                Outcome::Unknown,
                "The API did not begin to answer within 1.5 seconds. The call may have been billed.",
            ),
            (
                "total",
                Code::Timeout,
                Outcome::Unknown,
                "The API began to answer but did not finish within 1.5 seconds. The call may have been billed.",
            ),
            ("too-large", Code::BadResponse, Outcome::Done, "The API's answer is too long to be one."),
            (
                "broken",
                Code::Network,
                Outcome::Unknown,
                "The API's answer did not arrive whole. The call may have been billed.",
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
}
