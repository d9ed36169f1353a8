//! From bytes to text deltas, to the end of the answer.

use core::ops::ControlFlow;

use super::error::{Error, Result};
use super::payload::{Chunk, Payload, reported};
use super::raw_json::RawJson;
use super::template::Template;
use super::text::TextWriter;
use crate::sse::{DEFAULT_MAX_EVENT_BYTES, Decoder, RawEvent, Sink};
use crate::utf8::to_text;

/// Whether a stream must say that its answer is complete.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Terminator {
    /// An end without `[DONE]` or a finish reason is an error.
    #[default]
    Required,
    /// A stream may just end, between two events.
    Optional,
}

/// How a chat stream is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChatOptions {
    /// Whether the stream must say that its answer is complete. Default: required.
    pub terminator: Terminator,
    /// The largest event taken, in bytes. Default: 1 MiB.
    pub max_event_bytes: usize,
}

impl Default for ChatOptions {
    fn default() -> Self {
        Self { terminator: Terminator::Required, max_event_bytes: DEFAULT_MAX_EVENT_BYTES }
    }
}

/// Where a chat stream stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// The answer goes on.
    Open,
    /// The answer is complete.
    Done,
    /// The stream failed; every further call gives the same error.
    Failed,
}

/// Decodes the answer of a streamed chat call.
///
/// It keeps no text that it has given out: the caller joins the deltas. What it holds is bounded by the largest event
/// taken. A surrogate pair that the API splits across two deltas is given out whole, a lone half as U+FFFD.
#[derive(Debug, Clone)]
pub struct ChatDecoder {
    terminator: Terminator,
    events: Decoder,
    answer: Answer,
}

/// What the events of the stream add up to.
#[derive(Debug, Clone)]
struct Answer {
    state: State,
    failure: Option<Error>,
    /// `[DONE]` came: nothing behind it is read.
    sealed: bool,
    /// There was a text, if only an empty one.
    has_text: bool,
    /// There was an event that has none, and says so.
    is_empty: bool,
    /// The first event that is neither.
    unread: Vec<u8>,
    template: Template,
    writer: TextWriter,
    scratch: Vec<u8>,
    chat_id: Option<String>,
    message_id: Option<String>,
    finish_reason: Option<String>,
    usage: Option<String>,
}

impl ChatDecoder {
    /// A decoder at the start of a stream.
    pub fn new(options: ChatOptions) -> Self {
        Self {
            terminator: options.terminator,
            events: Decoder::with_max_event_bytes(options.max_event_bytes),
            answer: Answer {
                state: State::Open,
                failure: None,
                sealed: false,
                has_text: false,
                is_empty: false,
                unread: Vec::new(),
                template: Template::default(),
                writer: TextWriter::default(),
                scratch: Vec::new(),
                chat_id: None,
                message_id: None,
                finish_reason: None,
                usage: None,
            },
        }
    }

    /// Decodes the next chunk and appends the text of its deltas to `text`.
    ///
    /// It was progress if `text` grew or the answer is done; comments and empty deltas are none. Once the answer is
    /// done no more text is given out; a `usage` that follows the finish reason is still taken, up to `[DONE]`.
    ///
    /// # Errors
    /// [`Error::Reported`] when the stream carries an error, [`Error::Events`]; [`Error::NoText`] at the end of an
    /// answer that none of the events held. The text before them was appended.
    // Inlined into a caller that is made for size, it would be made for size.
    #[inline(never)]
    pub fn push(&mut self, chunk: &[u8], text: &mut String) -> Result<State> {
        let mut rest = chunk;
        while !rest.is_empty() && !self.answer.sealed && self.answer.failure.is_none() {
            rest = self.pass_alike(rest, text);
            let Self { events, answer, .. } = self;
            let sink: &mut Sink<'_> = &mut |event| answer.read(event, text);
            let read = events.push_raw(rest, sink);
            match read {
                Ok(length) => rest = &rest[length..],
                Err(error) if answer.state == State::Open => answer.fail(error.into()),
                // The answer was complete before the stream went wrong.
                Err(_) => answer.sealed = true,
            }
        }
        self.answer.standing()
    }

    /// Ends the input.
    ///
    /// # Errors
    /// [`Error::Unterminated`] when the stream did not say that the answer is complete though it must,
    /// [`Error::Events`] when it ended within an event, [`Error::NoText`]. Its own error again if it had failed.
    pub fn finish(&mut self) -> Result<()> {
        if self.answer.state == State::Open {
            match self.end() {
                Ok(()) => self.answer.state = State::Done,
                Err(error) => self.answer.fail(error),
            }
        }
        self.answer.standing().map(|_| ())
    }

    /// Whether an answer that is still open may end here.
    fn end(&mut self) -> Result<()> {
        self.events.finish()?;
        match self.terminator {
            Terminator::Optional => self.answer.check_text(),
            Terminator::Required => Err(Error::Unterminated),
        }
    }

    /// Where the stream stands.
    pub fn state(&self) -> State {
        self.answer.state
    }

    /// Whether `[DONE]` came, behind which nothing is read.
    pub fn is_sealed(&self) -> bool {
        self.answer.sealed
    }

    /// Why the stream failed, if it did.
    pub fn failure(&self) -> Option<&Error> {
        self.answer.failure.as_ref()
    }

    /// The conversation's id, once the stream has named it.
    pub fn chat_id(&self) -> Option<&str> {
        self.answer.chat_id.as_deref()
    }

    /// The answer's id, once the stream has named it.
    pub fn message_id(&self) -> Option<&str> {
        self.answer.message_id.as_deref()
    }

    /// Why the answer ended, as the stream says it: `stop`, or `length` where the text was cut at a limit. `None` before
    /// that, and of a stream that ends with `[DONE]` alone.
    pub fn finish_reason(&self) -> Option<&str> {
        self.answer.finish_reason.as_deref()
    }

    /// The token counts as the stream gave them last, a JSON text: `{"inputTokens":…,"outputTokens":…,"totalTokens":…}`.
    pub fn usage(&self) -> Option<&str> {
        self.answer.usage.as_deref()
    }

    /// Reads the events that are like the last one but for their text; what follows them is returned.
    fn pass_alike<'a>(&mut self, stream: &'a [u8], text: &mut String) -> &'a [u8] {
        let mut rest = stream;
        if self.answer.state != State::Open || !self.events.is_between_events() {
            return rest;
        }
        let most = self.events.max_event_bytes().saturating_sub(self.events.last_event_id().len());
        while let Some((body, behind)) = self.answer.template.event_of(rest, most) {
            self.answer.writer.write_json(body, text);
            rest = behind;
        }
        rest
    }
}

impl Answer {
    /// Where it stands, or why it failed.
    #[inline(never)]
    fn standing(&self) -> Result<State> {
        match &self.failure {
            Some(failure) => Err(failure.clone()),
            None => Ok(self.state),
        }
    }

    /// Takes in one event. Breaks off when there may be a faster way to read what follows, or no need to.
    fn read(&mut self, event: RawEvent<'_>, text: &mut String) -> ControlFlow<()> {
        let may_be_alike = self.state == State::Open && event.event != "error";
        if let Some(body) = may_be_alike.then(|| self.template.body_of(event.data)).flatten() {
            self.writer.write_json(body, text);
            return ControlFlow::Break(());
        }
        self.read_unlike(event, text);
        ControlFlow::Break(())
    }

    /// Takes in an event that is not like the last one. Cold, so that it does not weigh on those that are.
    #[cold]
    fn read_unlike(&mut self, event: RawEvent<'_>, text: &mut String) {
        let is_open = self.state == State::Open;
        let mut scratch = core::mem::take(&mut self.scratch);
        match Payload::read(event.data, &mut scratch) {
            Payload::Done => self.complete(true, text),
            Payload::Chunk(chunk) => self.read_chunk(&chunk, event, text),
            Payload::Plain(words) if is_open && event.event == "error" => {
                self.fail(reported(Some(to_text(words).into_owned()), None, words));
            }
            Payload::Plain(words) if is_open => {
                self.has_text |= !words.is_empty();
                self.writer.write_text(&to_text(words), text);
            }
            Payload::Plain(_) => {}
        }
        self.scratch = scratch;
    }

    fn read_chunk(&mut self, chunk: &Chunk<'_>, event: RawEvent<'_>, text: &mut String) {
        self.template.forget();
        self.read_ids(chunk);
        if self.state != State::Open {
            return;
        }
        if let Some(failure) = chunk.failure(event.event, event.data) {
            return self.fail(failure);
        }
        if let Some(body) = chunk.text {
            self.writer.write_json(body, text);
        }
        self.note_text(chunk, event.data);
        if let Some(reason) = chunk.finish_reason {
            self.finish_reason = reason.to_text();
            self.complete(false, text);
        } else if let Some(body) = chunk.text {
            self.template.learn(event.data, body);
        }
    }

    fn read_ids(&mut self, chunk: &Chunk<'_>) {
        for (slot, found) in [(&mut self.chat_id, chunk.chat_id()), (&mut self.message_id, chunk.message_id())] {
            if let Some(id) = found.and_then(RawJson::to_text).filter(|id| !id.is_empty()) {
                *slot = Some(id);
            }
        }
        let usage = chunk.usage().filter(|usage| usage.is_object());
        // `{}` says nothing; it must not wipe out counts that came before.
        if let Some(usage) = usage.filter(|usage| self.usage.is_none() || usage.members().next().is_some()) {
            self.usage = Some(to_text(usage.bytes()).into_owned());
        }
    }

    #[inline(never)]
    fn note_text(&mut self, chunk: &Chunk<'_>, data: &[u8]) {
        if self.has_text || chunk.text.is_some() {
            self.has_text = true;
        } else if chunk.is_without_text(data) {
            self.is_empty = true;
        } else if self.unread.is_empty() {
            self.unread.extend_from_slice(data);
        }
    }

    /// An answer in a form that is not known must not pass for an empty one.
    #[inline(never)]
    fn check_text(&self) -> Result<()> {
        if self.has_text || (self.is_empty && self.unread.is_empty()) {
            return Ok(());
        }
        Err(Error::NoText(to_text(&self.unread).into_owned()))
    }

    fn complete(&mut self, sealed: bool, text: &mut String) {
        if let Err(failure) = self.check_text() {
            return self.fail(failure);
        }
        self.writer.end(text);
        self.sealed = sealed;
        self.state = State::Done;
    }

    fn fail(&mut self, error: Error) {
        self.state = State::Failed;
        self.failure = Some(error);
    }
}
