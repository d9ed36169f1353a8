//! The answer of a chat.

use super::shape::answer;
use crate::error::{Code, Error, Result};
use crate::json::{Json, text_at};

answer! {
    /// An answer of `POST /v1/developer/chat` (`ChatResponse`), whole or collected from a stream.
    ///
    /// ```
    /// use minara::request::{ChatRequest, Delivery, Request as _};
    /// use minara::response::{Answer as _, ChatAnswer};
    /// use minara::wire::WireRequest;
    ///
    /// let request = ChatRequest::ask("What moved BTC this week?").validate(Delivery::Whole)?;
    /// assert_eq!(WireRequest::call(&request).accept, "application/json");
    ///
    /// let body = r#"{"chatId":"chat_1","content":"Mostly flows."}"#;
    /// let answer = ChatAnswer::read(200, Some("application/json"), body)?;
    /// let next = ChatRequest::ask("And ETH?").continuing(answer.chat_id.unwrap_or_default());
    /// assert_eq!(next.validate(Delivery::Whole)?.chat_id(), Some("chat_1"));
    /// # Ok::<(), minara::Error>(())
    /// ```
    pub struct ChatAnswer {
        /// The conversation: give it to the next request to continue.
        chat_id: "chatId" text,
        /// This answer.
        message_id: "messageId" text,
        /// The answer's text, usually Markdown.
        content: "content" text,
        /// `{ inputTokens, outputTokens, totalTokens }`, or empty.
        usage: "usage" map,
    }
}

/// Whether an answer that came whole, where a stream was asked for, has the text that the stream would have brought.
///
/// # Errors
/// `bad_response` for one without.
pub fn check_content<J: Json>(answer: &J) -> Result<()> {
    text_at(answer, "content").map(|_| ()).ok_or_else(no_content)
}

/// The error for a success that brings no text to a stream.
pub fn no_content() -> Error {
    Error::new(Code::BadResponse, "The API answered the stream request with neither a stream nor a content.")
}
