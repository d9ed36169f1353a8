//! One call of the API, and what its answer means. Of a failed answer nothing is passed on but its meaning: its body
//! and headers may echo the key.

use minara::wire::{ApiKey, EVENT_STREAM, JSON, WireRequest, is_media_type};
use minara::{Code, Error, Outcome};
use serde::de::IgnoredAny;
use worker::wasm_bindgen::JsValue;
use worker::web_sys;

use crate::exchange::Exchange;
use crate::platform;
use crate::refusal::refused;
use crate::rejection::Rejection;
use crate::settings::{Deadlines, Settings};

/// The statuses of the 200s that never have a body (Fetch standard, "null body status").
const BODILESS: [u16; 2] = [204, 205];

/// What is said of a success with nothing in it.
const WITHOUT_BODY: &str = "The API answered without a body.";

/// What is said of one that cannot be read.
const NOT_JSON: &str = "The API answered with something that is not JSON.";

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

/// Sends a request and reads the meaning of its answer, which for a chat may come as a stream, whether one was asked for
/// or not.
pub(crate) async fn send(
    wire: &WireRequest,
    is_chat: bool,
    settings: &Settings,
    exchange: &Exchange<'_>,
) -> Result<Reply, Rejection> {
    let asked = platform::now();
    let answered = ask(wire, settings, &exchange.request.signal()).await;
    exchange.seen.upstream_ms.set(Some(platform::now() - asked));
    let response = answered?;
    exchange.seen.upstream_status.set(Some(response.status()));
    read(response, is_chat).await
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
        check(&text).map(|()| text)
    }
}

/// An answer is known by what it is: what was paid for is not thrown away for what its `Content-Type` says.
fn check(text: &str) -> Result<(), Rejection> {
    let json = text.trim_start();
    if json.is_empty() {
        return Err(Rejection::new(Code::BadResponse, WITHOUT_BODY));
    }
    if json.starts_with(['{', '[']) && serde_json::from_str::<IgnoredAny>(json).is_ok() {
        return Ok(());
    }
    Err(Rejection::new(Code::BadResponse, NOT_JSON))
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
    let first_byte = if wire.accept == EVENT_STREAM { deadlines.first_byte } else { deadlines.answer };
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
    let late =
        |what: &str| Rejection::maybe_billed(Code::Timeout, &format!("The API {what} within {seconds} seconds."));
    match word {
        "first-byte" => late("did not begin to answer"),
        "total" => late("began to answer but did not finish"),
        "too-large" => Rejection::new(Code::BadResponse, "The API's answer is too long to be one."),
        "broken" => Rejection::maybe_billed(Code::Network, "The API's answer did not arrive whole."),
        "early" => Error::new(Code::Network, "The caller went away before anything was sent.")
            .with_outcome(Outcome::NotSent)
            .into(),
        "client" => Rejection::new(Code::Network, "The caller went away before the API answered."),
        _ => Rejection::maybe_billed(Code::Network, "The API could not be reached."),
    }
}

async fn read(response: web_sys::Response, is_chat: bool) -> Result<Reply, Rejection> {
    let status = response.status();
    if !(200..300).contains(&status) {
        return Err(refused(&response).await);
    }
    if BODILESS.contains(&status) || response.body().is_none() {
        return Err(Rejection::new(Code::BadResponse, WITHOUT_BODY));
    }
    match media_type(&platform::header(&response, "content-type").unwrap_or_default(), is_chat) {
        Some(content_type) => Ok(Reply { status, content_type, response }),
        None => Err(Rejection::new(Code::BadResponse, NOT_JSON)),
    }
}

/// Our media type for the one that the API sent: whatever is no stream is read, and may be JSON. `None` for a stream where
/// none can be.
fn media_type(sent: &str, is_chat: bool) -> Option<&'static str> {
    if is_media_type(sent, EVENT_STREAM) { is_chat.then_some(EVENT_STREAM) } else { Some(JSON) }
}

#[cfg(test)]
mod tests {
    use super::{check, failure, media_type};
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
    fn only_a_chat_is_answered_with_a_stream() {
        for (sent, is_chat, media) in [
            ("application/json", false, Some("application/json")),
            ("Application/JSON; charset=utf-8", true, Some("application/json")),
            ("text/event-stream;charset=utf-8", true, Some("text/event-stream")),
            ("text/event-stream", false, None),
            ("text/plain", true, Some("application/json")),
            ("", false, Some("application/json")),
        ] {
            assert_eq!(media_type(sent, is_chat), media, "{sent}");
        }
    }

    #[test]
    fn an_answer_is_a_json_object_or_list() {
        let (nothing, other) =
            ("The API answered without a body.", "The API answered with something that is not JSON.");
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        for (text, verdict) in [
            (" {\"amount\":0.10000000000000000001}\n", Ok(())),
            (r#"{"half":"\ud83d","huge":1e999}"#, Ok(())),
            ("[]", Ok(())),
            (deep.as_str(), Ok(())),
            (" \n", Err(nothing)),
            ("<html>", Err(other)),
            (r#""a text""#, Err(other)),
            ("{\"cut\":", Err(other)),
            ("{} {}", Err(other)),
            ("data: {}\n\n", Err(other)),
        ] {
            let seen = check(text).map_err(|rejection| rejection.error.to_string());
            assert_eq!(seen, verdict.map_err(str::to_owned), "{}", &text[..text.len().min(40)]);
        }
    }
}
