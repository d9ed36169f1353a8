//! The ids that an answer of the API gives to a caller, and so to that caller alone.

use core::fmt;

use minara::chat_stream::{ChatDecoder, ChatOptions};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Ids of an answer; empty where it has none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Learned {
    /// `chatId`, which a job has in its `result` too.
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
    /// The ids of a JSON answer. One of another kind does not hide the other, and what is beside them is skipped: it may
    /// be large, nested deeply, or hold half of a surrogate pair.
    pub(crate) fn from_json(text: &str) -> Self {
        // A list would be taken for the fields in their order.
        let object = Some(text).filter(|text| text.trim_start().starts_with('{'));
        let Ids { chat_id, id, result } = object.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let chat = if chat_id.text.is_empty() { result.chat } else { chat_id.text };
        Self { chat: kept(chat), job: kept(id.text) }
    }

    /// The chat that a stream's event names, as the client reads it. Events have ids of other things, so no job.
    pub(crate) fn from_event(event: &str) -> Self {
        let mut decoder = ChatDecoder::new(ChatOptions::default());
        // What else it says, and what may be wrong with it, is for the caller to find out.
        let _ = decoder.push(event.as_bytes(), &mut String::new());
        Self { chat: kept(decoder.chat_id().unwrap_or_default().to_owned()), job: String::new() }
    }
}

fn kept(id: String) -> String {
    if id.len() <= MAX_ID { id } else { String::new() }
}

#[derive(Default, serde::Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Ids {
    chat_id: Named,
    id: Named,
    result: Named,
}

/// Of a value what can be an id.
#[derive(Default)]
struct Named {
    /// A text; empty in place of any other kind.
    text: String,
    /// `chatId` of an object.
    chat: String,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
enum Name {
    ChatId,
    #[serde(other)]
    Other,
}

impl<'de> Deserialize<'de> for Named {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self::default())
    }
}

impl<'de> Visitor<'de> for Named {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_str<E>(self, text: &str) -> Result<Self, E> {
        Ok(Self { text: text.to_owned(), ..self })
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Self, A::Error> {
        while access.next_element::<IgnoredAny>()?.is_some() {}
        Ok(self)
    }

    /// Numbers whose digits are kept come in this way too.
    fn visit_map<A: MapAccess<'de>>(mut self, mut access: A) -> Result<Self, A::Error> {
        while let Some(name) = access.next_key()? {
            match name {
                Name::ChatId => self.chat = access.next_value::<Self>()?.text,
                Name::Other => drop(access.next_value::<IgnoredAny>()?),
            }
        }
        Ok(self)
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
            (r#"{"id":[7],"chatId":"chat_1"}"#, learned("chat_1", "")),
            (r#"{"id":"bg_1","chatId":null,"result":{"n":1.5,"chatId":"chat_2"}}"#, learned("chat_2", "bg_1")),
            (r#"{"result":{"chatId":"chat_2"},"chatId":"chat_1"}"#, learned("chat_1", "")),
            (r#"{"result":"chat_2"}"#, learned("", "")),
            (r#"{"result":{"chatId":{"chatId":"chat_2"}}}"#, learned("", "")),
            (r#"{"id":true,"chatId":"chat_1"}"#, learned("chat_1", "")),
            (r#"{"content":"half \ud83d","chatId":"chat_1"}"#, learned("chat_1", "")),
            (r#"["chat_1","bg_1"]"#, learned("", "")),
            ("[]", learned("", "")),
            ("", learned("", "")),
        ] {
            assert_eq!(Learned::from_json(text), ids, "{text}");
        }
        let deep = format!(r#"{{"of":{}{},"chatId":"chat_1"}}"#, "[".repeat(1_000), "]".repeat(1_000));
        assert_eq!(Learned::from_json(&deep), learned("chat_1", ""));
        let long = format!(r#"{{"chatId":"{}"}}"#, "x".repeat(257));
        assert_eq!(Learned::from_json(&long), learned("", ""));
    }

    #[test]
    fn a_chat_is_found_in_an_event_of_a_stream() {
        for (text, chat) in [
            ("data: {\"chatId\":\"chat_1\",\"id\":\"x\"}\n\n", "chat_1"),
            (": wait\r\nevent: chunk\r\ndata: {\"chatId\":\"chat_1\"}\r\n\r\n", "chat_1"),
            ("data: {\ndata: \"chatId\": \"chat_1\"}\n\n", "chat_1"),
            ("data: {\"data\":{\"chatId\":\"chat_1\",\"text\":\"SOL\"}}\n\n", "chat_1"),
            ("data: {\"chunk\":{\"chatId\":\"chat_1\"}}\n\n", "chat_1"),
            ("data: {\"of\":{\"chatId\":\"chat_1\"}}\n\n", ""),
            ("data: hello\n\n", ""),
            ("data: {\"chatId\":\"chat_1\"}", ""),
            ("", ""),
        ] {
            assert_eq!(Learned::from_event(text), learned(chat, ""), "{text:?}");
        }
    }
}
