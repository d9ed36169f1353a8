//! What one event of the stream says.

use super::raw_json::RawJson;
use super::text::TextWriter;
use crate::utf8::to_text;
use crate::{Error, Report};

/// The data of the event that ends the stream.
const DONE: &[u8] = b"[DONE]";

/// What one event of the stream says.
pub(super) enum Payload<'a> {
    /// The stream is over.
    Done,
    /// Text as it stands: the data is no JSON, or a JSON scalar.
    Plain(&'a [u8]),
    /// A JSON object, array or string.
    Chunk(Chunk<'a>),
}

impl<'a> Payload<'a> {
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

/// The parts of a JSON payload that mean something.
#[derive(Default)]
pub(super) struct Chunk<'a> {
    /// The body of the JSON string that holds the text.
    pub(super) text: Option<&'a [u8]>,
    /// Why the answer ended here, if it did.
    pub(super) finish_reason: Option<RawJson<'a>>,
    pub(super) error: Option<RawJson<'a>>,
    /// What a payload that is an error says in its own `message`.
    pub(super) message: Option<RawJson<'a>>,
    pub(super) chat_id: Option<RawJson<'a>>,
    pub(super) message_id: Option<RawJson<'a>>,
    pub(super) usage: Option<RawJson<'a>>,
}

/// The members of a payload that are looked at; the last one of a name counts, as `JSON.parse` has it.
#[derive(Default)]
struct Members<'a> {
    choices: Option<RawJson<'a>>,
    delta: Option<RawJson<'a>>,
    chunk: Option<RawJson<'a>>,
    content: Option<RawJson<'a>>,
    text: Option<RawJson<'a>>,
    data: Option<RawJson<'a>>,
    found: Chunk<'a>,
}

impl<'a> Members<'a> {
    fn of(json: RawJson<'a>) -> Self {
        let mut members = Self::default();
        for (name, value) in json.members() {
            let slot = match &*name {
                b"choices" => &mut members.choices,
                b"delta" => &mut members.delta,
                b"chunk" => &mut members.chunk,
                b"content" => &mut members.content,
                b"text" => &mut members.text,
                b"data" => &mut members.data,
                b"finish_reason" => &mut members.found.finish_reason,
                b"error" => &mut members.found.error,
                b"message" => &mut members.found.message,
                b"chatId" => &mut members.found.chat_id,
                b"messageId" => &mut members.found.message_id,
                b"usage" => &mut members.found.usage,
                _ => continue,
            };
            *slot = Some(value);
        }
        members
    }
}

impl<'a> Chunk<'a> {
    fn read(json: RawJson<'a>) -> Self {
        if let Some(text) = json.string_body() {
            return Self { text: Some(text), ..Self::default() };
        }
        let members = Members::of(json);
        let choice = members.choices.and_then(RawJson::first);
        let inner = |outer: Option<RawJson<'a>>, name| outer.and_then(|outer| outer.get(name));
        let body = |value: Option<RawJson<'a>>| value.and_then(RawJson::string_body);
        // The order of the look-up is the API's contract.
        let text = body(inner(inner(choice, "delta"), "content"))
            .or_else(|| body(inner(members.delta, "content")))
            .or_else(|| body(members.delta))
            .or_else(|| body(inner(members.chunk, "content")))
            .or_else(|| body(members.chunk))
            .or_else(|| body(members.content))
            .or_else(|| body(members.text))
            .or_else(|| body(inner(members.data, "text")));
        let nested = |name| inner(members.data, name).or_else(|| inner(members.chunk, name));
        let found = members.found;
        Self {
            text,
            finish_reason: inner(choice, "finish_reason")
                .filter(is_reason)
                .or(found.finish_reason.filter(is_reason))
                .or_else(|| nested("finish_reason").filter(is_reason)),
            error: found.error.filter(is_error).or_else(|| nested("error").filter(is_error)),
            message: found.message,
            chat_id: found.chat_id.or_else(|| nested("chatId")),
            message_id: found.message_id.or_else(|| nested("messageId")),
            usage: found.usage.or_else(|| inner(choice, "usage")).or_else(|| nested("usage")),
        }
    }

    /// The error that the stream reports here, if it does: an error object, or the finish reason `error`.
    pub(super) fn failure(&self, event: &str, data: &[u8]) -> Option<Error> {
        let finished_in_error = self.finish_reason.and_then(RawJson::to_text).is_some_and(|reason| reason == "error");
        if self.error.is_none() && !finished_in_error && event != "error" {
            return None;
        }
        let inner = |name| self.error.and_then(|error| error.get(name));
        let words = |value: Option<RawJson<'a>>| value.and_then(RawJson::to_text).filter(|text| !text.is_empty());
        let message = words(self.error)
            .or_else(|| words(inner("message")))
            .or_else(|| words(inner("error")))
            .or_else(|| words(self.message))
            .or_else(|| self.text.map(body_text));
        Some(reported(message, words(inner("code")), data))
    }
}

/// A reason is anything but null. An empty string is none either: some servers send it with every chunk.
fn is_reason(value: &RawJson<'_>) -> bool {
    !value.is_null() && value.bytes() != b"\"\""
}

/// An error is anything but what says that there is none.
fn is_error(value: &RawJson<'_>) -> bool {
    !value.is_null() && !matches!(value.bytes(), b"\"\"" | b"false" | b"0")
}

fn body_text(body: &[u8]) -> String {
    let mut text = String::new();
    let mut writer = TextWriter::default();
    writer.write_json(body, &mut text);
    writer.end(&mut text);
    text
}

/// The failure that the stream reports in that data.
pub(super) fn reported(message: Option<String>, code: Option<String>, data: &[u8]) -> Error {
    let data = to_text(data).into_owned();
    Error::Reported(Box::new(Report { message, code, data }))
}
