//! The ids that an answer of the API gives to a caller, and so to that caller alone.

use minara::sse::Decoder;
use serde::Deserialize;

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

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Ids {
    chat_id: Option<String>,
    id: Option<String>,
}

impl Learned {
    /// The ids of a JSON answer.
    pub(crate) fn from_json(text: &str) -> Self {
        let Ok(Ids { chat_id, id }) = serde_json::from_str(text) else { return Self::default() };
        let kept = |id: Option<String>| id.filter(|id| id.len() <= MAX_ID).unwrap_or_default();
        Self { chat: kept(chat_id), job: kept(id) }
    }

    /// The chat that the beginning of a stream names. Its events have ids of other things, so no job.
    pub(crate) fn from_stream(beginning: &str) -> Self {
        let mut chat = String::new();
        let read = Decoder::new().push(beginning.as_bytes(), |event| {
            if chat.is_empty() {
                chat = Self::from_json(event.data).chat;
            }
        });
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
            (r#"{"chatId":7}"#, learned("", "")),
            ("[]", learned("", "")),
            ("", learned("", "")),
        ] {
            assert_eq!(Learned::from_json(text), ids, "{text}");
        }
        let long = format!(r#"{{"chatId":"{}"}}"#, "x".repeat(257));
        assert_eq!(Learned::from_json(&long), learned("", ""));
    }

    #[test]
    fn a_chat_is_found_in_the_first_event_of_a_stream() {
        for (text, chat) in [
            ("data: {\"chatId\":\"chat_1\",\"id\":\"x\"}\n\n", "chat_1"),
            (": wait\r\n\r\ndata: {\"chatId\":\"chat_1\"}\r\n\r\n", "chat_1"),
            ("data: hello\n\n", ""),
            ("data: {\"chatId\":\"chat_1\"}", ""),
            ("", ""),
        ] {
            assert_eq!(Learned::from_stream(text), learned(chat, ""), "{text:?}");
        }
    }
}
