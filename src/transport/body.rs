//! Bodies: a request's as JSON, an answer's as text, an error's up to its bound.

use js_sys::{JSON, JsString, Reflect, Uint8Array};
use serde::Serialize as _;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{ReadableStreamDefaultReader, Response};

use super::failure::Failure;
use super::scope::Scope;
use crate::error::{Code, Error, MAX_ERROR_BODY_BYTES};
use crate::request::Input;

/// The JSON text of a request, written by the host.
pub(super) fn to_json(input: &Input) -> Result<JsString, Failure> {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    let broken =
        |cause: JsValue| Failure::Failed { error: Error::new(Code::Internal, "The request has no JSON."), cause };
    let value = input.serialize(&serializer).map_err(|fault| broken(fault.into()))?;
    JSON::stringify(&value).map_err(broken)
}

/// The whole body as text.
pub(super) async fn read_text(scope: &Scope, response: &Response) -> Result<JsString, Failure> {
    let promise = response.text().map_err(|cause| scope.failure(cause))?;
    let text = scope.run(&promise).await.map_err(|cause| scope.failure(cause))?;
    Ok(text.unchecked_into())
}

/// The first bytes of an error's body, as text; what follows is not even received.
pub(super) async fn read_error_text(scope: &Scope, response: &Response) -> Result<String, Failure> {
    let Some(stream) = response.body() else { return Ok(String::new()) };
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    let mut bytes = Vec::new();
    while bytes.len() < MAX_ERROR_BODY_BYTES {
        match read_chunk(scope, &reader).await {
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk.to_vec()),
            Ok(None) => break,
            // The status says what happened; a body that breaks off says no more.
            Err(_) if !scope.has_ended() => break,
            Err(failure) => return Err(failure),
        }
    }
    cancel(&reader);
    bytes.truncate(MAX_ERROR_BODY_BYTES);
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The next chunk of a body, `None` at its end.
pub(super) async fn read_chunk(
    scope: &Scope,
    reader: &ReadableStreamDefaultReader,
) -> Result<Option<Uint8Array>, Failure> {
    let result = scope.run(&reader.read()).await.map_err(|cause| scope.failure(cause))?;
    let part = |name: &str| Reflect::get(&result, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED);
    if part("done").is_truthy() { Ok(None) } else { Ok(part("value").dyn_into().ok()) }
}

/// Cancels a reader; its promise is of no interest, and must not become an unhandled rejection.
pub(super) fn cancel(reader: &ReadableStreamDefaultReader) {
    let cancelled = reader.cancel();
    spawn_local(async move {
        let _ = JsFuture::from(cancelled).await;
    });
}
