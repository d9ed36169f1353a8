//! Bodies: a request's as JSON, an error's up to its bound, and the chunks of a stream.

use js_sys::{Array, Date, Function, JSON, JsString, Object, Promise, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::Response;

use super::failure::Failure;
use super::host_json::{member, set_member};
use super::reply::header;
use crate::error::{Code, Error, FailedResponse, MAX_ERROR_BODY_BYTES, Outcome};
use crate::request::JsonValue;

/// The JSON text of a request, written by the host.
pub(super) fn to_json(input: &JsonValue) -> Result<JsString, Failure> {
    JSON::stringify(&to_host(input)).map_err(|cause| {
        let error = Error::new(Code::Internal, "The request has no JSON.");
        Failure::Failed { error, cause }
    })
}

fn to_host(input: &JsonValue) -> JsValue {
    match input {
        JsonValue::Null => JsValue::NULL,
        JsonValue::Boolean(flag) => (*flag).into(),
        JsonValue::Number(number) => (*number).into(),
        JsonValue::String(text) => (&**text).into(),
        JsonValue::Array(items) => {
            let list = Array::new();
            for item in items {
                list.push(&to_host(item));
            }
            list.into()
        }
        JsonValue::Object(members) => {
            let object = Object::new();
            for (name, value) in members {
                set_member(&object, name, to_host(value));
            }
            object.into()
        }
    }
}

/// An error's answer, whose body is read up to its bound: what follows is not even received.
pub(super) struct ErrorBody {
    response: Response,
    /// `None` where nothing follows.
    reader: Option<JsValue>,
    bytes: Vec<u8>,
}

impl ErrorBody {
    pub(super) fn of(response: Response) -> Self {
        // One that is read already, or is no stream, says no more than the status does.
        let reader = response.body().and_then(|stream| call_method(&stream, "getReader").ok());
        Self { response, reader, bytes: Vec::new() }
    }

    /// The promise of the next chunk, if more is wanted.
    pub(super) fn next(&self) -> Option<Promise> {
        let chunk = call_method(self.reader.as_ref()?, "read").ok()?;
        Some(Promise::resolve(&chunk))
    }

    /// What the promise gave.
    pub(super) fn push(&mut self, result: &JsValue) {
        match chunk_of(result) {
            Some(chunk) => self.bytes.extend_from_slice(&chunk.to_vec()),
            None => return self.end(),
        }
        if self.bytes.len() >= MAX_ERROR_BODY_BYTES {
            self.bytes.truncate(MAX_ERROR_BODY_BYTES);
            self.end();
        }
    }

    /// Nothing more is wanted, or comes.
    pub(super) fn end(&mut self) {
        if let Some(reader) = self.reader.take() {
            cancel(&reader);
        }
    }

    pub(super) fn into_failure(self) -> Failure {
        let Self { response, bytes, .. } = self;
        let body = String::from_utf8_lossy(&bytes);
        let (retry_after, request_id) = (header(&response, "retry-after"), header(&response, "x-request-id"));
        let failed = FailedResponse {
            status: response.status(),
            body: &body,
            retry_after: retry_after.as_deref(),
            request_id: request_id.as_deref(),
            now_ms: Date::now(),
        };
        let error = failed.into_error::<JsValue>();
        // A 504 speaks of a server's limit; whatever was sent may have been worked on.
        let error = if response.status() == 504 { error.with_outcome(Outcome::Unknown) } else { error };
        error.into()
    }
}

/// The chunk in what a reader's promise gave, `None` at the end.
pub(super) fn chunk_of(result: &JsValue) -> Option<Uint8Array> {
    // Bytes of another realm are no instance of this one's class.
    let value = || Some(member(result, "value")).filter(JsValue::is_object).map(JsValue::unchecked_into);
    if member(result, "done").as_bool() == Some(true) { None } else { value() }
}

/// Cancels a reader; its promise is of no interest, and must not become an unhandled rejection.
pub(super) fn cancel(reader: &JsValue) {
    if let Ok(promise) = call_method(reader, "cancel") {
        let promises = Array::new();
        promises.push(&promise);
        let _ = Promise::all_settled(&promises);
    }
}

/// Calls a method without arguments of what a replacement of `fetch` has given, which may not have it.
///
/// # Errors
/// What the method throws, or the member that is no method.
pub(super) fn call_method(object: &JsValue, name: &str) -> Result<JsValue, JsValue> {
    member(object, name).dyn_into::<Function>()?.call0(object)
}
