//! A streamed answer for Rust callers: decoded, watched by the time limits, and completed after a cut.

use std::rc::Rc;

use js_sys::Promise;
use serde_json::{Value, json};
use wasm_bindgen::JsValue;

use super::body::{call_method, cancel, chunk_of};
use super::call::Call;
use super::config::{CallOptions, Config};
use super::failure::Failure;
use super::grace::Grace;
use super::reply::{Reply, without_secret};
use crate::chat_stream::{ChatDecoder, ChatOptions, State};
use crate::error::Result;
use crate::json::text_at;
use crate::recovery::{Accepted, accepted, is_verdict, job_answer, may_be_stored};
use crate::response::{Answer as _, ChatAnswer, check_content, no_content};
use crate::wire::WireRequest;

/// A streamed answer, read once. Dropping it aborts the call on the wire.
pub struct ChatStream {
    config: Rc<Config>,
    options: CallOptions,
    wire: WireRequest,
    decoder: ChatDecoder,
    source: Source,
    call: Option<Call>,
    has_begun: bool,
    /// Text is waited for, and the idle limit counts.
    waits: bool,
    text: String,
    /// The answer where it did not come as a stream, or not to its end; null otherwise.
    answer: Value,
}

enum Source {
    /// Not answered yet; the request goes out with the first read.
    Unsent,
    Open(Body),
    /// Looked for among the stored answers, for that failure of the stream or because it is at work already.
    Stored(Option<Failure>),
    Ended,
}

struct Body {
    reader: JsValue,
    /// The chunk that is waited for. It is kept here so that it is not lost where the read is dropped.
    chunk: Option<Promise>,
    /// Once the answer is complete.
    grace: Option<Grace>,
}

impl core::fmt::Debug for ChatStream {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("ChatStream").field("text", &self.text).finish_non_exhaustive()
    }
}

impl ChatStream {
    pub(super) fn new(config: Rc<Config>, options: CallOptions, decoding: ChatOptions, wire: WireRequest) -> Self {
        Self {
            config,
            options,
            wire,
            decoder: ChatDecoder::new(decoding),
            source: Source::Unsent,
            call: None,
            has_begun: false,
            waits: false,
            text: String::new(),
            answer: Value::Null,
        }
    }

    /// The next part of the answer's text, `None` after the last. The first call sends the request.
    ///
    /// A read may be dropped, as `select!` does: the next one goes on where it stood. Nothing is sent again, and no text is
    /// lost.
    ///
    /// # Errors
    /// Every error of a stream holds the text so far in [`Error::partial`](crate::Error::partial). Under a `requestId` a
    /// stream that was cut or stalled, or held no text, is completed from the stored answer first.
    pub async fn next(&mut self) -> Result<Option<String>> {
        let part = self.read().await.map_err(Failure::into_error);
        if !matches!(part, Ok(Some(_))) {
            self.end();
        }
        let secret = self.config.secret().or(self.options.bearer.as_deref());
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
        said.or_else(|| self.answer.get("usage").cloned()).filter(|usage| !usage.is_null())
    }

    /// The answer, as far as it has come: whole once [`next`](Self::next) has given `None`.
    pub fn answer(&self) -> ChatAnswer {
        ChatAnswer::from_checked(json!({
            "chatId": self.chat_id(),
            "messageId": self.message_id(),
            "content": self.text,
            "usage": self.usage(),
        }))
    }

    fn end(&mut self) {
        self.leave(Source::Ended);
        if let Some(call) = self.call.take() {
            call.scope().close();
        }
    }

    fn leave(&mut self, source: Source) {
        if let Source::Open(body) = core::mem::replace(&mut self.source, source) {
            cancel(&body.reader);
        }
    }

    /// Reads on until there is text. Whatever waits here can be dropped, and taken up again.
    async fn read(&mut self) -> Result<Option<String>, Failure> {
        loop {
            let part = match self.source {
                Source::Ended => return Ok(None),
                Source::Unsent => self.open().await,
                Source::Open(_) if self.decoder.state() == State::Done => self.drain().await,
                Source::Open(_) => self.read_part().await,
                Source::Stored(_) => self.look().await,
            };
            match part {
                Ok(Some(part)) if !part.is_empty() => {
                    self.text.push_str(&part);
                    return Ok(Some(part));
                }
                Ok(_) => {}
                Err(failure) => self.recover(failure)?,
            }
        }
    }

    /// Sends the request. An answer that is no stream is the whole text.
    async fn open(&mut self) -> Result<Option<String>, Failure> {
        let call = match &mut self.call {
            Some(call) => call,
            none => none.insert(Call::open(self.config.clone(), self.wire.clone(), self.options.clone())?),
        };
        call.scope().rest_unread();
        let reply = call.exchange().await?;
        if reply.text.is_some() {
            return self.whole(&reply);
        }
        let body = reply.response.body().ok_or_else(|| reply.unreadable(no_content()))?;
        let reader = call_method(&body, "getReader").map_err(|_| reply.unreadable(no_content()))?;
        self.source = Source::Open(Body { reader, chunk: None, grace: None });
        Ok(None)
    }

    fn whole(&mut self, reply: &Reply) -> Result<Option<String>, Failure> {
        let is_kept = self.wire.request_id.is_some();
        match accepted(reply.status(), is_kept, reply.parse()?).map_err(|error| reply.unreadable(error))? {
            Accepted::AtWork => {
                self.look_up()?;
                self.source = Source::Stored(None);
                Ok(None)
            }
            Accepted::Answer(answer) => {
                let checked = ChatAnswer::check(&answer).and_then(|()| check_content(&answer));
                checked.map_err(|error| reply.unreadable(error))?;
                self.answer = answer;
                self.source = Source::Ended;
                Ok(text_at(&self.answer, "content"))
            }
        }
    }

    async fn read_part(&mut self) -> Result<Option<String>, Failure> {
        if let Some(error) = self.decoder.failure() {
            return Err(error.into());
        }
        let (Source::Open(body), Some(call)) = (&mut self.source, &self.call) else { return Ok(None) };
        let scope = call.scope();
        if self.has_begun && !core::mem::replace(&mut self.waits, true) {
            scope.progress();
        }
        let chunk = body.next().map_err(|cause| scope.failure(cause))?;
        let result = scope.run(Some(chunk)).await.map_err(|cause| scope.failure(cause))?;
        body.chunk = None;
        let Some(chunk) = chunk_of(&result) else {
            self.decoder.finish()?;
            self.leave(Source::Ended);
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
        self.waits = false;
        Ok(Some(part))
    }

    /// The answer is complete: what comes behind its end, such as the usage, is taken along for a moment. Nothing that goes
    /// wrong here is of concern.
    async fn drain(&mut self) -> Result<Option<String>, Failure> {
        while let (false, Source::Open(body), Some(call)) = (self.decoder.is_sealed(), &mut self.source, &self.call) {
            let Ok(chunk) = body.next() else { break };
            let within = body.grace.get_or_insert_with(Grace::begin).within(&chunk);
            let Ok(result) = call.scope().run(Some(within)).await else { break };
            body.chunk = None;
            let Some(chunk) = chunk_of(&result) else { break };
            let _ = self.decoder.push(&chunk.to_vec(), &mut String::new());
        }
        self.leave(Source::Ended);
        Ok(None)
    }

    /// Goes on with the stored answer, if there is an id under which one is kept.
    fn recover(&mut self, failure: Failure) -> Result<(), Failure> {
        if let Source::Stored(cut) = &mut self.source {
            let is_last_word = matches!(&failure, Failure::Failed { error, .. } if is_verdict(error));
            return Err(cut.take().filter(|_| !is_last_word).unwrap_or(failure));
        }
        let is_kept = self.wire.request_id.is_some();
        match &failure {
            Failure::Failed { error, .. } if is_kept && may_be_stored(error) => self.look_up()?,
            _ => return Err(failure),
        }
        self.leave(Source::Stored(Some(failure)));
        Ok(())
    }

    fn look_up(&mut self) -> Result<(), Failure> {
        match (&mut self.call, &self.wire.request_id) {
            (Some(call), Some(id)) => call.look_up(id),
            _ => Ok(()),
        }
    }

    async fn look(&mut self) -> Result<Option<String>, Failure> {
        let Some(call) = &mut self.call else { return Ok(None) };
        let outcome = call.exchange().await;
        let found = call.look::<Value>(outcome, &self.text).map_err(Failure::of_accepted_call)?;
        let Some((job, rest, _)) = found else { return Ok(None) };
        self.answer = job_answer(&job).unwrap_or_default();
        self.source = Source::Ended;
        Ok(Some(rest))
    }
}

impl Body {
    fn next(&mut self) -> Result<Promise, JsValue> {
        if let Some(chunk) = &self.chunk {
            return Ok(chunk.clone());
        }
        let chunk = Promise::resolve(&call_method(&self.reader, "read")?);
        Ok(self.chunk.insert(chunk).clone())
    }
}
