//! A streamed answer for Rust callers: decoded, watched by the time limits, and completed after a cut.

use std::rc::Rc;

use js_sys::Promise;
use serde_json::Value;
use wasm_bindgen::JsValue;

use super::body::{call_method, cancel, chunk_of};
use super::call::Call;
use super::config::{CallOptions, Config};
use super::failure::Failure;
use super::reply::{Reply, without_secret};
use crate::chat_stream::{ChatDecoder, ChatOptions, State};
use crate::error::{Code, Error, Outcome, Result};
use crate::json::text_at;
use crate::recovery::{job_answer, refuse_failed};
use crate::response::{check_content, no_content};
use crate::wire::{ApiKey, WireRequest};

/// A streamed answer, read once. Dropping it aborts the call on the wire.
pub struct ChatStream {
    config: Rc<Config>,
    options: CallOptions,
    wire: WireRequest,
    decoder: ChatDecoder,
    source: Source,
    call: Option<Call>,
    has_begun: bool,
    text: String,
    /// The answer where it did not come as a stream, or not to its end; null otherwise.
    answer: Value,
}

enum Source {
    Unsent,
    /// With the reader of its body.
    Open(JsValue),
    Ended,
}

impl core::fmt::Debug for ChatStream {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("ChatStream").field("text", &self.text).finish_non_exhaustive()
    }
}

impl ChatStream {
    pub(super) fn new(config: Rc<Config>, options: CallOptions, wire: WireRequest) -> Self {
        let decoder = ChatDecoder::new(ChatOptions::default());
        Self {
            config,
            options,
            wire,
            decoder,
            source: Source::Unsent,
            call: None,
            has_begun: false,
            text: String::new(),
            answer: Value::Null,
        }
    }

    /// The next part of the answer's text, `None` after the last. The first call sends the request.
    ///
    /// # Errors
    /// Every error of a stream holds the text so far in [`Error::partial`]. Under a `requestId` a stream that was cut
    /// or stalled is completed from the stored answer first.
    pub async fn next(&mut self) -> Result<Option<String>> {
        let part = self.read().await.map_err(Failure::into_error);
        if !matches!(part, Ok(Some(_))) {
            self.end();
        }
        let secret = self.config.key.as_ref().map(ApiKey::secret);
        part.map_err(|error| if self.text.is_empty() { error } else { error.with_partial(&*self.text) })
            .map_err(|error| without_secret(error, secret))
    }

    /// The text so far.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The conversation's id, once the stream has named it.
    pub fn chat_id(&self) -> Option<&str> {
        self.decoder.chat_id().or_else(|| self.answer.get("chatId")?.as_str())
    }

    /// The answer's id, once the stream has named it.
    pub fn message_id(&self) -> Option<&str> {
        self.decoder.message_id().or_else(|| self.answer.get("messageId")?.as_str())
    }

    /// Why the answer ended, as the stream says it: `stop`, or `length` where the text was cut at a limit. `None` before
    /// that, of a stream that ends with `[DONE]` alone, and of an answer that came whole or from the store.
    pub fn finish_reason(&self) -> Option<&str> {
        self.decoder.finish_reason()
    }

    /// What the answer used, once the stream has named it: `{ inputTokens, outputTokens, totalTokens }`.
    pub fn usage(&self) -> Option<Value> {
        let said = self.decoder.usage().and_then(|text| serde_json::from_str(text).ok());
        said.or_else(|| self.answer.get("usage").cloned())
    }

    fn end(&mut self) {
        if let Source::Open(reader) = core::mem::replace(&mut self.source, Source::Ended) {
            cancel(&reader);
        }
        if let Some(call) = self.call.take() {
            call.scope().close();
        }
    }

    async fn read(&mut self) -> Result<Option<String>, Failure> {
        loop {
            let reader = match &self.source {
                Source::Ended => return Ok(None),
                // The connection may stay open behind the end.
                Source::Open(_) if self.decoder.state() == State::Done => return Ok(None),
                Source::Open(reader) => reader.clone(),
                Source::Unsent => match self.open().await? {
                    Some(part) => return Ok(Some(self.give(part))),
                    None => continue,
                },
            };
            match self.read_part(&reader).await {
                Ok(Some(part)) => return Ok(Some(self.give(part))),
                Ok(None) => {}
                Err(failure) => return Ok(self.recover(failure).await?.map(|rest| self.give(rest))),
            }
        }
    }

    fn give(&mut self, part: String) -> String {
        self.text.push_str(&part);
        part
    }

    /// Sends the request. An answer that is no stream is the whole text.
    async fn open(&mut self) -> Result<Option<String>, Failure> {
        let call = Call::open(self.config.clone(), self.wire.clone(), self.options.clone())?;
        let reply = match self.call.insert(call).exchange().await {
            Ok(reply) => reply,
            // It may be at work all the same.
            Err(failure) => return self.recover(failure).await,
        };
        if reply.text.is_some() {
            self.source = Source::Ended;
            return self.whole(&reply).await;
        }
        let body = reply.response.body().ok_or_else(|| reply.unreadable(no_content()))?;
        self.source = Source::Open(call_method(&body, "getReader").map_err(|_| reply.unreadable(no_content()))?);
        Ok(None)
    }

    async fn whole(&mut self, reply: &Reply) -> Result<Option<String>, Failure> {
        let value: Value = reply.parse()?;
        if let (Some(id), 202) = (self.wire.request_id.clone(), reply.status()) {
            return self.fetch_rest(&id).await;
        }
        refuse_failed(&value).map_err(|error| reply.unreadable(error))?;
        self.answer = job_answer(&value).unwrap_or(value);
        check_content(&self.answer).map_err(|error| reply.unreadable(error))?;
        Ok(text_at(&self.answer, "content"))
    }

    async fn read_part(&mut self, reader: &JsValue) -> Result<Option<String>, Failure> {
        if let Some(error) = self.decoder.failure() {
            return Err(error.into());
        }
        let Some(scope) = self.call.as_ref().map(Call::scope) else { return Ok(None) };
        let chunk = call_method(reader, "read").map(|chunk| Promise::resolve(&chunk));
        let chunk = chunk.map_err(|cause| scope.failure(cause))?;
        let result = scope.run(Some(chunk)).await.map_err(|cause| scope.failure(cause))?;
        let Some(chunk) = chunk_of(&result) else {
            self.decoder.finish()?;
            return Ok(None);
        };
        if !core::mem::replace(&mut self.has_begun, true) {
            scope.received();
        }
        let mut part = String::new();
        let state = self.decoder.push(&chunk.to_vec(), &mut part);
        if part.is_empty() {
            state?;
            return Ok(None);
        }
        // An error behind text comes with the next read, so that the text is not lost.
        scope.progress();
        Ok(Some(part))
    }

    /// Completes a cut stream from the stored answer, if it has an id under which one is kept.
    async fn recover(&mut self, failure: Failure) -> Result<Option<String>, Failure> {
        let id = match (&failure, &self.wire.request_id) {
            (Failure::Failed { error, .. }, Some(id)) if is_recoverable(error) => id.clone(),
            _ => return Err(failure),
        };
        if let Source::Open(reader) = core::mem::replace(&mut self.source, Source::Ended) {
            cancel(&reader);
        }
        self.fetch_rest(&id).await.map_err(|look_up| if is_verdict(&look_up) { look_up } else { failure })
    }

    async fn fetch_rest(&mut self, id: &str) -> Result<Option<String>, Failure> {
        let Some(call) = &mut self.call else { return Ok(None) };
        let (job, rest, _) = call.await_answer(id, &self.text).await?;
        self.answer = job_answer(&job).unwrap_or_default();
        Ok((!rest.is_empty()).then_some(rest))
    }
}

/// Whether an answer may still be on its way to being stored.
fn is_recoverable(error: &Error) -> bool {
    let is_cut = matches!(error.code(), Code::StreamTruncated | Code::Network | Code::Timeout);
    is_cut && error.outcome() == Outcome::Unknown
}

/// Whether a look-up said what became of the answer: that is the last word. That it could not be made says less than what
/// cut the stream.
fn is_verdict(look_up: &Failure) -> bool {
    matches!(look_up, Failure::Failed { error, .. } if matches!(error.code(), Code::StreamError | Code::BadResponse))
}
