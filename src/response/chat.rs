//! The answer of a chat.

use super::shape::answer;

answer! {
    /// An answer of `POST /v1/developer/chat` (`ChatResponse`), whole or collected from a stream.
    pub struct ChatAnswer {
        /// The conversation: give it to the next request to continue.
        chat_id: "chatId" text,
        /// This answer.
        message_id: "messageId" text,
        /// The answer's text, usually Markdown.
        content: "content" text,
        /// `{ inputTokens, outputTokens, totalTokens }`, or empty.
        usage: "usage" anything,
    }
}
