//! A success, and the error where it cannot be read.

use std::rc::Rc;

use js_sys::JsString;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::Response;

use super::failure::Failure;
use crate::chat_stream::whole_answer;
use crate::error::{Error, redact, redact_secret};
use crate::json::Json;
use crate::response::{keep_body, unreadable};
use crate::wire::{EVENT_STREAM, is_media_type};

/// A success.
#[derive(Clone)]
pub struct Reply {
    /// The answer; its body has been read where `text` holds it.
    pub response: Response,
    /// The body; `None` for the event stream that was asked for, which is still to be read.
    pub text: Option<JsString>,
    /// The key or token that the call was sent with, and an error must not repeat.
    secret: Option<Rc<str>>,
}

impl Reply {
    pub(super) fn new(response: Response, text: Option<JsValue>, secret: Option<Rc<str>>) -> Self {
        // What a replacement of `fetch` gives as text may be something else.
        let text = text.map(|text| text.dyn_into().unwrap_or_else(|_| JsString::from("")));
        Self { response, text, secret }
    }

    /// The HTTP status, 2xx.
    pub fn status(&self) -> u16 {
        self.response.status()
    }

    /// The other side's correlation id, without the key or token.
    pub fn request_id(&self) -> Option<String> {
        correlation_id(&self.response, self.secret.as_deref())
    }

    /// The body's media type, as it was sent.
    pub fn content_type(&self) -> Option<String> {
        header(&self.response, "content-type")
    }

    /// The body, parsed by whoever `J` stands for.
    ///
    /// # Errors
    /// `bad_response` with the body, if it is no JSON text.
    pub fn parse<J: Json>(&self) -> Result<J, Failure> {
        J::parse(&self.body()).ok_or_else(|| self.no_json())
    }

    /// The answer of a chat, which the API may give as an event stream though none was asked for.
    ///
    /// # Errors
    /// As [`parse`](Self::parse), and those of a stream that is not complete; all with the body.
    pub fn parse_chat<J: Json>(&self) -> Result<J, Failure> {
        if !is_event_stream(&self.response) {
            return self.parse();
        }
        whole_answer(&self.body()).map_err(|error| self.unreadable(error))
    }

    fn no_json(&self) -> Failure {
        self.unreadable(unreadable(self.content_type().as_deref()))
    }

    /// The error with this answer's status, id and body.
    pub fn unreadable(&self, error: Error) -> Failure {
        self.identified(without_secret(keep_body(error, self.status(), &self.body()), self.secret.as_deref()))
    }

    fn identified(&self, error: Error) -> Failure {
        match self.request_id() {
            Some(id) => error.with_request_id(id).into(),
            None => error.into(),
        }
    }

    fn body(&self) -> String {
        self.text.as_ref().map(String::from).unwrap_or_default()
    }
}

/// The other side's correlation id, which may hold anything.
pub(super) fn correlation_id(response: &Response, secret: Option<&str>) -> Option<String> {
    let id = redact(&header(response, "x-request-id")?);
    Some(match secret {
        Some(secret) => redact_secret(&id, secret),
        None => id,
    })
}

pub(super) fn is_event_stream(response: &Response) -> bool {
    header(response, "content-type").is_some_and(|kind| is_media_type(&kind, EVENT_STREAM))
}

/// A header of an answer.
pub(super) fn header(response: &Response, name: &str) -> Option<String> {
    response.headers().get(name).ok().flatten()
}

pub(super) fn without_secret(error: Error, secret: Option<&str>) -> Error {
    match secret {
        Some(secret) => error.without_secret(secret),
        None => error,
    }
}
