//! What a failed HTTP answer says: a body of any shape, `Retry-After`, the Worker's own error shape.

use super::retry_after::{LONGEST_WAIT, parse_retry_after, parse_seconds};
use super::{Code, Details, Error, Outcome, call_may_be_billed, redact, redact_within};
use crate::json::{Json, text_below};
use crate::wording::{digits, filled, head, is_blank, sentence, trim_end};

/// At most this much of an error's body is read and kept.
pub const MAX_ERROR_BODY_BYTES: usize = 8 * 1024;

/// At most this many characters of the other side's own words stand in our message.
const MAX_QUOTED_CHARS: usize = 300;

/// A failed HTTP answer as the transport met it.
#[derive(Debug, Clone, Copy, Default)]
pub struct FailedResponse<'a> {
    /// The HTTP status; 0 for a redirect that the platform hides, as pages do.
    pub status: u16,
    /// The body's first [`MAX_ERROR_BODY_BYTES`], as text.
    pub body: &'a str,
    /// The `Retry-After` header, if there is one.
    pub retry_after: Option<&'a str>,
    /// The `X-Request-Id` header, if there is one.
    pub request_id: Option<&'a str>,
    /// The time of the answer, in milliseconds since the Unix epoch: a date in `Retry-After` counts from here.
    pub now_ms: f64,
}

impl FailedResponse<'_> {
    /// The typed error for this answer.
    ///
    /// The code goes by the status, unless the body has the Worker's error shape
    /// (`{ error: { code, message, requestId } }`) with a code of our set.
    pub fn into_error<J: Json>(self) -> Error {
        let body = J::parse(self.body);
        let own = body.as_ref().and_then(own_code);
        let of_own = |name| text_below(body.as_ref().filter(|_| own.is_some())?, "error", name);
        let code = own.unwrap_or_else(|| Code::from_status(self.status));
        let said = self.said(body.as_ref());
        let message = if own.is_some() && !said.is_empty() { said } else { explained(code, self.status, &said) };
        Error(Box::new(Details {
            code,
            message,
            outcome: of_own("outcome").and_then(|name| Outcome::from_name(&name)).unwrap_or_else(|| outcome_of(code)),
            status: (self.status != 0).then_some(self.status),
            request_id: of_own("requestId").as_deref().or(self.request_id).map(redact),
            retry_after: self.waits(body.as_ref(), own.is_some()),
            field: of_own("field").as_deref().map(redact),
            violations: Vec::new(),
            partial: None,
            body: (!self.body.is_empty()).then(|| redact_within(self.body, MAX_ERROR_BODY_BYTES)),
        }))
    }

    /// The other side's own words, on one line. Markup says nothing to a person and is left to `body`.
    fn said<J: Json>(&self, body: Option<&J>) -> String {
        match body {
            Some(body) => match body.as_str() {
                Some(text) => quoted(&text),
                None => quoted(&message_in(body, 0).unwrap_or_default()),
            },
            None => Some(quoted(self.body)).filter(|words| !words.starts_with('<')).unwrap_or_default(),
        }
    }

    /// The header's seconds, or those of the body. On a 503 of the API the header alone says that the refusal was
    /// deliberate.
    fn waits<J: Json>(&self, body: Option<&J>, is_own: bool) -> Option<f64> {
        if let Some(seconds) = self.retry_after.and_then(|header| parse_retry_after(header, self.now_ms)) {
            return Some(seconds);
        }
        retry_after_in(body.filter(|_| is_own || self.status != 503)?)
    }
}

/// The code of the Worker's own error shape, if it is one of our set.
fn own_code<J: Json>(body: &J) -> Option<Code> {
    let code = Code::from_name(&text_below(body, "error", "code")?)?;
    // The API's own envelope has `{code, message}` too; only the Worker adds the correlation id.
    text_below(body, "error", "requestId")?;
    text_below(body, "error", "message")?;
    Some(code)
}

/// What an answer is about was sent, even where the code's row speaks of something that never is.
fn outcome_of(code: Code) -> Outcome {
    match code.outcome() {
        Outcome::NotSent => Outcome::Refused,
        outcome => outcome,
    }
}

/// Where the human words of an error body stand: at its top, in one of those objects, and in one of its own.
const WORDS: [&[&str]; 3] = [&["message", "error", "data", "detail", "title"], &["message", "error"], &["message"]];

/// The human words of an error body, looked for in the order of [`WORDS`].
fn message_in<J: Json>(body: &J, depth: usize) -> Option<String> {
    for name in *WORDS.get(depth)? {
        let Some(found) = body.get(name) else { continue };
        let words = words_of(&*found).or_else(|| message_in(&*found, depth + 1));
        if words.is_some() {
            return words;
        }
    }
    None
}

/// A string, or the strings of a list joined with "; ".
fn words_of<J: Json>(value: &J) -> Option<String> {
    if let Some(text) = value.as_str() {
        return (!is_blank(&text)).then(|| text.into_owned());
    }
    let mut words: Option<String> = None;
    let mut index = 0;
    while let Some(item) = value.at(index) {
        index += 1;
        let Some(text) = item.as_str() else { continue };
        words = Some(match words {
            // What follows would not be quoted any more, and a list can be long.
            Some(words) if words.len() > 4 * MAX_QUOTED_CHARS => return Some(words),
            Some(words) => sentence(&[&words, "; ", &text]),
            None => text.into_owned(),
        });
    }
    words
}

/// How long the body of a refusal asks to wait, in seconds: `retryAfter`, at the top or inside `error` or `data`.
pub fn retry_after_in<J: Json>(body: &J) -> Option<f64> {
    let inner = |name| retry_after_of(&*body.get(name)?);
    retry_after_of(body).or_else(|| inner("error")).or_else(|| inner("data"))
}

/// `retryAfter` in seconds.
fn retry_after_of<J: Json>(body: &J) -> Option<f64> {
    let value = body.get("retryAfter")?;
    let seconds = value.as_f64().or_else(|| parse_seconds(&value.as_str()?));
    seconds.filter(|seconds| (0.0..LONGEST_WAIT).contains(seconds))
}

/// The words on one line, without secrets and not too many.
fn quoted(words: &str) -> String {
    let mut line = String::new();
    let mut is_apart = false;
    for letter in words.chars() {
        if letter.is_whitespace() {
            is_apart = !line.is_empty();
            continue;
        }
        if is_apart {
            line.push(' ');
            is_apart = false;
        }
        line.push(letter);
    }
    let clean = redact(&line);
    let head = head(&clean, MAX_QUOTED_CHARS);
    sentence(&[head, if head.len() < clean.len() { "…" } else { "" }])
}

fn explained(code: Code, status: u16, said: &str) -> String {
    let number = if status == 0 { String::new() } else { filled(" (HTTP {})", &[&digits(status.into())]) };
    let said = trim_end(said, b'.');
    let colon = if said.is_empty() { "" } else { ": " };
    filled(form_of(code, status), &[&sentence(&[&number, colon, said])])
}

/// What happened and what to do, for each code that a bare status can give.
fn form_of(code: Code, status: u16) -> &'static str {
    match code {
        Code::Unauthorized => "The API key was not accepted{}. Check that the key is complete and not deleted.",
        Code::PaymentRequired => "The account's credits are used up{}. Add credits; paused keys resume by themselves.",
        Code::Forbidden => {
            "The call is not allowed for this key or origin{}. Keys pause when the plan is downgraded or \
                            credits run out."
        }
        Code::NotFound => "Nothing was found at this address{}. Check the base URL and the id.",
        Code::MethodNotAllowed => "The method is not allowed here{}. Check the base URL.",
        Code::Conflict => {
            "The requestId was used for another request or has expired{}. Use a new requestId for a new request."
        }
        Code::PayloadTooLarge => "The request is too large{}. Shorten the message.",
        Code::UnsupportedMediaType => "The content type was not accepted{}. Send application/json.",
        Code::RateLimited => "Too many requests{}. Wait before the next call.",
        Code::InvalidRequest => "The request was refused{}. Correct it and send it again.",
        _ if status == 0 || (300..400).contains(&status) => {
            "The API answered with a redirect, which is not followed because the key would travel with it{}. Check the \
             base URL."
        }
        _ => {
            concat!("The API failed{}.", call_may_be_billed!(": send it again only if a second charge is acceptable."))
        }
    }
}
