//! What one event of the stream says.

use super::error::{Error, Report};
use super::raw_json::{RawJson, has_words};
use super::text::text_of;
use crate::utf8::to_text;

/// The data of the event that ends the stream.
const DONE: &[u8] = b"[DONE]";

/// What one event of the stream says.
#[allow(clippy::large_enum_variant, reason = "on 64 bits only; it lives on the stack, one at a time")]
pub(super) enum Payload<'a> {
    /// The stream is over.
    Done,
    /// Text as it stands: the data is no JSON, or a JSON scalar.
    Plain(&'a [u8]),
    /// A JSON object, array or string.
    Chunk(Chunk<'a>),
}

impl<'a> Payload<'a> {
    /// Looks into an event's data. `scratch` is space that need not be allocated again.
    pub(super) fn read(data: &'a [u8], scratch: &mut Vec<u8>) -> Self {
        if data.trim_ascii() == DONE {
            return Self::Done;
        }
        match RawJson::parse(data, scratch) {
            Some(json) if json.is_object() || json.is_array() || json.string_body().is_some() => {
                Self::Chunk(Chunk::read(json))
            }
            _ => Self::Plain(data),
        }
    }
}

/// The way to a value: the names of members, and `0` for an array's first element.
type Path = &'static [&'static str];

// The order of each look-up is the API's contract.
const TEXT: &[Path] = &[
    &["choices", "0", "delta", "content"],
    &["delta", "content"],
    &["delta"],
    &["chunk", "content"],
    &["chunk"],
    &["content"],
    &["text"],
    &["data", "text"],
];
const FINISH_REASON: &[Path] =
    &[&["choices", "0", "finish_reason"], &["finish_reason"], &["data", "finish_reason"], &["chunk", "finish_reason"]];
/// What holds the text, where there is some.
const DELTA: &[Path] = &[&["choices", "0", "delta"], &["delta"]];
const ERROR: &[Path] = &[&["error"], &["data", "error"], &["chunk", "error"]];
/// What the body of a failed HTTP answer has.
const CODE: &[Path] = &[&["statusCode"], &["code"]];
const MESSAGE: &[Path] = &[&["message"]];
const CHAT_ID: &[Path] = &[&["chatId"], &["data", "chatId"], &["chunk", "chatId"]];
const MESSAGE_ID: &[Path] = &[&["messageId"], &["data", "messageId"], &["chunk", "messageId"]];
const USAGE: &[Path] = &[&["usage"], &["choices", "0", "usage"], &["data", "usage"], &["chunk", "usage"]];

/// Members whose strings are no part of an answer: what the API documents, and what chunks of this form have elsewhere.
const LABELS: &[&str] = &[
    "chatId",
    "messageId",
    "requestId",
    "object",
    "role",
    "finish_reason",
    "id",
    "model",
    "type",
    "system_fingerprint",
    "service_tier",
];

/// The first names of all paths, and what a payload that is an error says in its own `message`.
const NAMES: [&str; 14] = [
    "choices",
    "delta",
    "chunk",
    "content",
    "text",
    "data",
    "finish_reason",
    "error",
    "message",
    "statusCode",
    "code",
    "chatId",
    "messageId",
    "usage",
];

/// A payload's members of these names, read in one go; the last one of a name counts, as `JSON.parse` has it.
#[derive(Default)]
struct Members<'a>([Option<RawJson<'a>>; NAMES.len()]);

impl<'a> Members<'a> {
    fn of(json: RawJson<'a>) -> Self {
        let mut members = Self::default();
        for (name, value) in json.members() {
            if let Some(index) = NAMES.iter().position(|known| known.as_bytes() == &*name) {
                members.0[index] = Some(value);
            }
        }
        members
    }

    fn get(&self, name: &str) -> Option<RawJson<'a>> {
        self.0[NAMES.iter().position(|known| *known == name)?]
    }

    fn at(&self, path: Path) -> Option<RawJson<'a>> {
        let (first, rest) = path.split_first()?;
        rest.iter().try_fold(self.get(first)?, |value, name| value.get(name))
    }

    /// The value at the first path that has one which fits.
    #[inline(never)]
    fn find(&self, paths: &[Path], fits: fn(RawJson<'a>) -> bool) -> Option<RawJson<'a>> {
        paths.iter().find_map(|path| self.at(path).filter(|value| fits(*value)))
    }
}

/// The parts of a JSON payload that mean something.
#[derive(Default)]
pub(super) struct Chunk<'a> {
    /// The body of the JSON string that holds the text.
    pub(super) text: Option<&'a [u8]>,
    /// Why the answer ended here, if it did.
    pub(super) finish_reason: Option<RawJson<'a>>,
    members: Members<'a>,
}

impl<'a> Chunk<'a> {
    fn read(json: RawJson<'a>) -> Self {
        if let Some(text) = json.string_body() {
            return Self { text: Some(text), ..Self::default() };
        }
        let members = Members::of(json);
        Self {
            text: members.find(TEXT, RawJson::is_string).and_then(RawJson::string_body),
            finish_reason: members.find(FINISH_REASON, is_reason),
            members,
        }
    }

    /// Whether it says that there is no text here: it has a delta, tells the usage or ends the answer, and there are no
    /// words in it. What has some may have text in a place that is not known.
    pub(super) fn is_without_text(&self, data: &[u8]) -> bool {
        let is_of_answer = self.finish_reason.is_some()
            || self.members.find(DELTA, RawJson::is_object).is_some()
            || self.usage().is_some_and(RawJson::is_object);
        is_of_answer && !has_words(data, LABELS)
    }

    /// The conversation's id.
    pub(super) fn chat_id(&self) -> Option<RawJson<'a>> {
        self.members.find(CHAT_ID, |_| true)
    }

    /// The answer's id.
    pub(super) fn message_id(&self) -> Option<RawJson<'a>> {
        self.members.find(MESSAGE_ID, |_| true)
    }

    /// The token counts, as they stand.
    pub(super) fn usage(&self) -> Option<RawJson<'a>> {
        self.members.find(USAGE, |_| true)
    }

    /// The failure that the stream reports here, if it does: an error object, or the finish reason `error`.
    pub(super) fn failure(&self, event: &str, data: &[u8]) -> Option<Error> {
        let error = self.members.find(ERROR, is_error);
        let finished_in_error =
            self.finish_reason.is_some_and(|reason| words(reason).is_some_and(|text| text == "error"));
        if error.is_none() && !finished_in_error && event != "error" && !self.is_failed_answer() {
            return None;
        }
        let inner = |name| error.and_then(|error| error.get(name));
        let told = [error, inner("message"), inner("error"), self.members.get("message")];
        let message = told.into_iter().flatten().find_map(words).or_else(|| self.text.map(text_of));
        let code = inner("code").or_else(|| self.members.find(CODE, RawJson::is_string));
        Some(reported(message, code.and_then(words), data))
    }

    /// Whether it is the body of a failed HTTP answer, with nothing around it: words and a failing status, or one of the
    /// API's names for the failure of a job.
    fn is_failed_answer(&self) -> bool {
        let has = |paths: &[Path], fits: fn(RawJson<'a>) -> bool| self.members.find(paths, fits).is_some();
        self.text.is_none()
            && has(CODE, is_failing)
            && has(MESSAGE, RawJson::is_string)
            && !has(DELTA, RawJson::is_object)
    }
}

/// A string's value, unless it is empty.
fn words(value: RawJson<'_>) -> Option<String> {
    value.to_text().filter(|text| !text.is_empty())
}

/// A reason is anything but null. An empty string is none either: some servers send it with every chunk.
fn is_reason(value: RawJson<'_>) -> bool {
    !value.is_null() && value.bytes() != b"\"\""
}

/// An error is anything but what says that there is none.
fn is_error(value: RawJson<'_>) -> bool {
    !value.is_null() && !matches!(value.bytes(), b"\"\"" | b"false" | b"0")
}

fn is_failing(code: RawJson<'_>) -> bool {
    let code = code.string_body().unwrap_or(code.bytes());
    matches!(code, [b'4' | b'5', b'0'..=b'9', b'0'..=b'9']) || code.starts_with(b"processing_")
}

/// The failure that the stream reports in that data.
pub(super) fn reported(message: Option<String>, code: Option<String>, data: &[u8]) -> Error {
    let data = to_text(data).into_owned();
    Error::Reported(Box::new(Report { message, code, data }))
}
