//! What a failed HTTP answer says: a body of any shape, `Retry-After`, the Worker's own error shape.

use httpdate::HttpDate;

use super::{Code, Error, Outcome, redact, redact_within};
use crate::json::{Json, JsonKind};

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
        let own = body.as_ref().and_then(own_error::<J>);
        let code = own.as_ref().map_or_else(|| Code::from_status(self.status), |own| own.code);
        let said = body.as_ref().map_or_else(|| plain_text(self.body), |body| quoted(message_of(body)));
        let outcome = own.as_ref().and_then(|own| own.outcome).unwrap_or_else(|| outcome_of(code));
        let mut error = Error::new(code, sentence(code, self.status, &said, own.is_some())).with_outcome(outcome);
        if self.status != 0 {
            error = error.with_status(self.status);
        }
        if !self.body.is_empty() {
            error = error.with_body(redact_within(self.body, MAX_ERROR_BODY_BYTES));
        }
        if let Some(field) = own.as_ref().and_then(|own| own.field.as_deref()) {
            error = error.with_field(redact(field));
        }
        let request_id = own.and_then(|own| own.request_id).or_else(|| self.request_id.map(str::to_owned));
        if let Some(id) = request_id {
            error = error.with_request_id(redact(&id));
        }
        let waits = self
            .retry_after
            .and_then(|header| parse_retry_after(header, self.now_ms))
            .or_else(|| body.as_ref().and_then(retry_after_of));
        match waits {
            Some(seconds) => error.with_retry_after(seconds),
            None => error,
        }
    }
}

/// Seconds to wait that a `Retry-After` header asks for (RFC 9110 §10.2.3): a number of seconds or an HTTP date.
pub fn parse_retry_after(header: &str, now_ms: f64) -> Option<f64> {
    let header = header.trim();
    // RFC 9110 allows whole seconds only; fractions are seen in the wild and mean what they say.
    if header.starts_with(|first: char| first.is_ascii_digit()) {
        return parse_seconds(header);
    }
    let date = header.parse::<HttpDate>().ok()?;
    let since_epoch = std::time::SystemTime::from(date).duration_since(std::time::UNIX_EPOCH).ok()?;
    Some((since_epoch.as_secs_f64() - now_ms / 1000.0).max(0.0))
}

/// `120` or `0.5`; at most nine digits before the point, which is thirty years. The standard library's parser would
/// weigh more than everything else that is read here.
fn parse_seconds(text: &str) -> Option<f64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 9 || fraction.len() > 9 || !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let value = |digits: &str| digits.bytes().fold(0.0, |value, digit| value * 10.0 + f64::from(digit - b'0'));
    let scale = (0..fraction.len()).fold(1.0, |scale, _| scale * 10.0);
    Some(value(whole) + value(fraction) / scale)
}

/// The Worker's own error shape, with a code of our set.
struct OwnError {
    code: Code,
    outcome: Option<Outcome>,
    request_id: Option<String>,
    field: Option<String>,
}

fn own_error<J: Json>(body: &J) -> Option<OwnError> {
    let error = body.get("error")?;
    let text = |name: &str| error.get(name).and_then(|value| value.as_str().map(std::borrow::Cow::into_owned));
    let code = Code::from_name(&text("code")?)?;
    // The API's own envelope has `{code, message}` too; only the Worker adds the correlation id.
    let request_id = text("requestId")?;
    text("message")?;
    Some(OwnError {
        code,
        outcome: text("outcome").and_then(|name| Outcome::from_name(&name)),
        request_id: Some(request_id),
        field: text("field"),
    })
}

/// What an answer is about was sent, even where the code's row speaks of something that never is.
fn outcome_of(code: Code) -> Outcome {
    match code.outcome() {
        Outcome::NotSent => Outcome::Refused,
        outcome => outcome,
    }
}

/// The human words of an error body: `message`, `error`, `error.message`, or the same inside `data`.
fn message_of<J: Json>(body: &J) -> Option<String> {
    if body.kind() == JsonKind::String {
        return text_of(body);
    }
    ["message", "error", "data", "detail", "title"]
        .into_iter()
        .filter_map(|name| body.get(name))
        .find_map(|found| text_of(&*found).or_else(|| message_of_object(&*found)))
}

fn message_of_object<J: Json>(value: &J) -> Option<String> {
    if value.kind() != JsonKind::Object {
        return None;
    }
    ["message", "error"]
        .into_iter()
        .filter_map(|name| value.get(name))
        .find_map(|found| text_of(&*found).or_else(|| found.get("message").and_then(|message| text_of(&*message))))
}

/// A string, or the strings of a list joined with "; ".
fn text_of<J: Json>(value: &J) -> Option<String> {
    match value.kind() {
        JsonKind::String => value.as_str().map(std::borrow::Cow::into_owned).filter(|text| !text.trim().is_empty()),
        JsonKind::Array => {
            let parts: Vec<_> = (0..)
                .map_while(|index| value.at(index))
                .filter_map(|item| item.as_str().map(std::borrow::Cow::into_owned))
                .collect();
            (!parts.is_empty()).then(|| parts.join("; "))
        }
        _ => None,
    }
}

/// `retryAfter` in seconds, at the top or inside `error` or `data`.
fn retry_after_of<J: Json>(body: &J) -> Option<f64> {
    let seconds = |within: &J| {
        let value = within.get("retryAfter")?;
        let number = value.as_f64().or_else(|| parse_seconds(&value.as_str()?));
        number.filter(|seconds| seconds.is_finite() && *seconds >= 0.0)
    };
    seconds(body).or_else(|| ["error", "data"].into_iter().find_map(|name| seconds(&*body.get(name)?)))
}

/// Words of a body that is no JSON; markup says nothing to a person and is left to `body`.
fn plain_text(body: &str) -> String {
    let body = body.trim();
    if body.starts_with('<') { String::new() } else { quoted(Some(body.to_owned())) }
}

fn quoted(words: Option<String>) -> String {
    let words = words.unwrap_or_default();
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let clean = redact(&line);
    match clean.char_indices().nth(MAX_QUOTED_CHARS) {
        Some((end, _)) => format!("{}…", &clean[..end]),
        None => clean,
    }
}

fn sentence(code: Code, status: u16, said: &str, from_worker: bool) -> String {
    if from_worker && !said.is_empty() {
        return said.to_owned();
    }
    let (what, advice) = words(code, status);
    let number = if status == 0 { String::new() } else { format!(" (HTTP {status})") };
    let said = said.trim_end_matches('.');
    let colon = if said.is_empty() { "" } else { ": " };
    format!("{what}{number}{colon}{said}. {advice}")
}

/// What happened and what to do, for each code that a bare status can give.
fn words(code: Code, status: u16) -> (&'static str, &'static str) {
    match code {
        Code::Unauthorized => ("The API key was not accepted", "Check that the key is complete and not deleted."),
        Code::PaymentRequired => {
            ("The account's credits are used up", "Add credits; paused keys resume by themselves.")
        }
        Code::Forbidden => (
            "The call is not allowed for this key or origin",
            "Keys pause when the plan is downgraded or credits run out.",
        ),
        Code::NotFound => ("Nothing was found at this address", "Check the base URL and the id."),
        Code::MethodNotAllowed => ("The method is not allowed here", "Check the base URL."),
        Code::Conflict => {
            ("The requestId was used for another request or has expired", "Use a new requestId for a new request.")
        }
        Code::PayloadTooLarge => ("The request is too large", "Shorten the message."),
        Code::UnsupportedMediaType => ("The content type was not accepted", "Send application/json."),
        Code::RateLimited => ("Too many requests", "Wait before the next call."),
        Code::InvalidRequest if status == 408 => ("The request did not arrive in time", "Send it again."),
        Code::InvalidRequest => ("The request was refused", "Correct it and send it again."),
        _ if status == 0 || (300..400).contains(&status) => (
            "The API answered with a redirect, which is not followed because the key would travel with it",
            "Check the base URL.",
        ),
        _ => ("The API failed", "The call may have been billed: send it again only if a second charge is acceptable."),
    }
}
