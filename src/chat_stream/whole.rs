//! A whole answer that came as an event stream, though none was asked for.

use super::{ChatDecoder, ChatOptions};
use crate::error::Result;
use crate::json::Json;

/// Reads an answer that is complete by its events, and gives it as the API does where it answers with JSON: `content`, and
/// `chatId`, `messageId` and `usage` where the stream says them.
///
/// ```
/// use minara::chat_stream::whole_answer;
/// use serde_json::{Value, json};
///
/// let events = "data: {\"chatId\":\"c\",\"delta\":{\"content\":\"SOL is up\"}}\n\ndata: [DONE]\n\n";
/// assert_eq!(whole_answer::<Value>(events)?, json!({ "content": "SOL is up", "chatId": "c" }));
/// # Ok::<(), minara::Error>(())
/// ```
///
/// # Errors
/// Those of [`ChatDecoder`]; the text before the fault is the error's partial text.
pub fn whole_answer<J: Json>(events: &str) -> Result<J> {
    let mut decoder = ChatDecoder::new(ChatOptions { max_event_bytes: events.len(), ..ChatOptions::default() });
    let mut content = String::new();
    if let Err(error) = decoder.push(events.as_bytes(), &mut content).and_then(|_| decoder.finish()) {
        return Err(if content.is_empty() { error } else { error.with_partial(&*content) });
    }
    let text = |text: Option<&str>| text.map(J::from_text);
    Ok(J::from_members([
        ("content", text(Some(&content))),
        ("chatId", text(decoder.chat_id())),
        ("messageId", text(decoder.message_id())),
        ("usage", decoder.usage().and_then(J::parse)),
    ]))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::whole_answer;
    use crate::error::{Code, Result};

    #[test]
    fn what_the_stream_says_is_an_answer_of_the_documented_form() -> Result<()> {
        let events = "data: {\"chatId\":\"c\\\"\",\"messageId\":\"m\",\"delta\":{\"content\":\"a\\u0000\\n\\\\\"}}\n\n\
                      data: {\"delta\":{\"content\":\"\u{e9}\"},\"usage\":{\"totalTokens\":7}}\n\ndata: [DONE]\n\n";
        let answer: Value = whole_answer(events)?;
        let usage = json!({ "totalTokens": 7 });
        assert_eq!(answer, json!({ "content": "a\0\n\\\u{e9}", "chatId": "c\"", "messageId": "m", "usage": usage }));
        Ok(())
    }

    #[test]
    fn an_answer_that_is_not_complete_is_the_error_of_its_stream() {
        for (events, code, partial) in [
            ("data: {\"content\":\"a\"}\n\n", Code::StreamTruncated, Some("a")),
            ("data: {\"content\":\"a\"}\n\ndata: {\"error\":\"busy\"}\n\n", Code::StreamError, Some("a")),
            ("data: {\"answer\":\"a\"}\n\ndata: [DONE]\n\n", Code::BadResponse, None),
            ("", Code::StreamTruncated, None),
        ] {
            let error = whole_answer::<Value>(events).expect_err("it is not complete");
            assert_eq!((error.code(), error.partial()), (code, partial), "{events}");
        }
    }
}
