//! Errors on their way to JavaScript: a real `MinaraError`, defined in `errors.js`.

use js_sys::{Array, Object};
use minara::Error;
use wasm_bindgen::prelude::*;

use crate::object::{or_undefined, set};

#[wasm_bindgen(raw_module = "./errors.js")]
extern "C" {
    #[wasm_bindgen(js_name = MinaraError)]
    type MinaraError;

    #[wasm_bindgen(constructor, js_class = MinaraError)]
    fn new(message: &str, details: &JsValue) -> MinaraError;
}

/// The `MinaraError` for an error of the crate.
pub(crate) fn to_js(error: &Error, cause: JsValue) -> JsValue {
    let details = Object::new();
    set(&details, "code", error.code().as_str().into());
    set(&details, "status", or_undefined(error.status()));
    set(&details, "requestId", or_undefined(error.request_id()));
    set(&details, "retryable", error.retryable().into());
    set(&details, "retryAfter", or_undefined(error.retry_after()));
    set(&details, "outcome", error.outcome().as_str().into());
    set(&details, "field", or_undefined(error.field()));
    set(&details, "violations", violations(error));
    set(&details, "partial", or_undefined(error.partial()));
    set(&details, "body", or_undefined(error.body()));
    set(&details, "cause", cause);
    MinaraError::new(error.message(), &details).into()
}

/// The `MinaraError` of a stream that has failed; undefined for one that has not.
pub(crate) fn failed(failure: Option<&Error>) -> JsValue {
    failure.map_or(JsValue::UNDEFINED, |error| to_js(error, JsValue::UNDEFINED))
}

fn violations(error: &Error) -> JsValue {
    if error.violations().is_empty() {
        return JsValue::UNDEFINED;
    }
    let list = Array::new();
    for violation in error.violations() {
        list.push(&pair(&violation.field, &violation.message));
    }
    list.into()
}

/// `{ field, message }`
pub(crate) fn pair(field: &str, message: &str) -> JsValue {
    let pair = Object::new();
    set(&pair, "field", field.into());
    set(&pair, "message", message.into());
    pair.into()
}
