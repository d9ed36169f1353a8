//! The ids that an answer of the API gives to a caller, and so to that caller alone.

use minara::sse::Decoder;
use serde_json::Value;

/// Ids of an answer; empty where it has none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Learned {
    /// `chatId`
    pub(crate) chat: String,
    /// `id`, of a job.
    pub(crate) job: String,
}

/// Longest id that is kept, in bytes.
const MAX_ID: usize = 256;

/// What an event of a stream looks like that names a chat, as a regular expression of JavaScript's. Quotes within a text
/// are escaped, so no prose fits.
pub(crate) const NAMES_A_CHAT: &str = r#""chatId"\s*:\s*"[^"]"#;

impl Learned {
    /// The ids of a JSON answer. One of another kind does not hide the other.
    pub(crate) fn from_json(text: &str) -> Self {
        let answer: Value = serde_json::from_str(text).unwrap_or_default();
        let id = |name| answer.get(name).and_then(Value::as_str).filter(|id| id.len() <= MAX_ID).unwrap_or_default();
        Self { chat: id("chatId").to_owned(), job: id("id").to_owned() }
    }

    /// The chat that a stream's event names. Events have ids of other things, so no job.
    pub(crate) fn from_event(event: &str) -> Self {
        let mut chat = String::new();
        let read = Decoder::new().push(event.as_bytes(), |event| chat = Self::from_json(event.data).chat);
        // A stream that cannot be read names no chat; what is wrong with it is for the caller to find out.
        read.map(|()| Self { chat, job: String::new() }).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::Learned;

    fn learned(chat: &str, job: &str) -> Learned {
        Learned { chat: chat.to_owned(), job: job.to_owned() }
    }

    #[test]
    fn ids_are_found_in_a_json_answer() {
        for (text, ids) in [
            (r#"{"chatId":"chat_1","messageId":"msg_1","content":"","usage":{}}"#, learned("chat_1", "")),
            (r#"{"id":"bg_1","requestId":"r","chatId":"chat_1","status":"queued"}"#, learned("chat_1", "bg_1")),
            (r#"{"chatId":null}"#, learned("", "")),
            (r#"{"chatId":7,"id":"bg_1"}"#, learned("", "bg_1")),
            (r#"{"id":7,"chatId":"chat_1"}"#, learned("chat_1", "")),
            (r#"{"id":{"of":"bg_1"},"data":{"chatId":"chat_1"}}"#, learned("", "")),
            (r#"["chat_1","bg_1"]"#, learned("", "")),
            ("[]", learned("", "")),
            ("", learned("", "")),
        ] {
            assert_eq!(Learned::from_json(text), ids, "{text}");
        }
        let long = format!(r#"{{"chatId":"{}"}}"#, "x".repeat(257));
        assert_eq!(Learned::from_json(&long), learned("", ""));
    }

    #[test]
    fn a_chat_is_found_in_an_event_of_a_stream() {
        for (text, chat) in [
            ("data: {\"chatId\":\"chat_1\",\"id\":\"x\"}\n\n", "chat_1"),
            (": wait\r\nevent: chunk\r\ndata: {\"chatId\":\"chat_1\"}\r\n\r\n", "chat_1"),
            ("data: {\ndata: \"chatId\": \"chat_1\"}\n\n", "chat_1"),
            ("data: hello\n\n", ""),
            ("data: {\"chatId\":\"chat_1\"}", ""),
            ("", ""),
        ] {
            assert_eq!(Learned::from_event(text), learned(chat, ""), "{text:?}");
        }
    }
}
