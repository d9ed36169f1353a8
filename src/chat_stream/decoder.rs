//! The decoder, with this crate's errors.

use minara_stream::chat::{ChatOptions, State};

use crate::error::{Error, Result};

/// Decodes the answer of a streamed chat call: a [`minara_stream::chat::ChatDecoder`], which says how, with this crate's
/// errors.
#[derive(Debug, Clone)]
pub struct ChatDecoder(minara_stream::chat::ChatDecoder);

impl ChatDecoder {
    /// A decoder at the start of a stream.
    pub fn new(options: ChatOptions) -> Self {
        Self(minara_stream::chat::ChatDecoder::new(options))
    }

    /// Decodes the next chunk and appends the text of its deltas to `text`; see
    /// [`push`](minara_stream::chat::ChatDecoder::push) for what counts as progress and what follows a complete answer.
    ///
    /// # Errors
    /// `stream_error` when the stream carries an error, `event_too_large`, `bad_response` at the end of an answer that none
    /// of the events held. The text before them was appended; whoever has kept all of it adds it with
    /// [`Error::with_partial`].
    pub fn push(&mut self, chunk: &[u8], text: &mut String) -> Result<State> {
        Ok(self.0.push(chunk, text)?)
    }

    /// Ends the input.
    ///
    /// # Errors
    /// `stream_truncated` when the answer is not complete: the stream did not say so though it must, or it ended within
    /// an event. The stream's own error again if it had failed.
    pub fn finish(&mut self) -> Result<()> {
        Ok(self.0.finish()?)
    }

    /// Where the stream stands.
    pub fn state(&self) -> State {
        self.0.state()
    }

    /// Whether `[DONE]` came, behind which nothing is read. Before that an answer that is done may still bring its usage.
    pub fn is_sealed(&self) -> bool {
        self.0.is_sealed()
    }

    /// Why the stream failed, if it did.
    pub fn failure(&self) -> Option<Error> {
        self.0.failure().cloned().map(Error::from)
    }

    /// The conversation's id, once the stream has named it.
    pub fn chat_id(&self) -> Option<&str> {
        self.0.chat_id()
    }

    /// The answer's id, once the stream has named it.
    pub fn message_id(&self) -> Option<&str> {
        self.0.message_id()
    }

    /// Why the answer ended: `stop`, or `length` where the text was cut at a limit. `None` where `[DONE]` alone says so.
    pub fn finish_reason(&self) -> Option<&str> {
        self.0.finish_reason()
    }

    /// The token counts as the stream gave them last, a JSON text: `{"inputTokens":…,"outputTokens":…,"totalTokens":…}`.
    pub fn usage(&self) -> Option<&str> {
        self.0.usage()
    }
}
